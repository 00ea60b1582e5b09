#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "run/result.h"

/* sensitivity: does a result survive a world a little worse than assumed (MARKET.md F)?
 *
 * The job is run again over its data, and beside it the same configuration with each
 * assumption made worse, and by the other PnL model where the profile has two (the truth panel
 * of SPEC.md 3.5). All in one reading of the file. */

enum sensitivity_change {
    SENSITIVITY_NONE, /* as it was */
    SENSITIVITY_FEES,
    SENSITIVITY_SLIPPAGE,
    SENSITIVITY_FX_COST,
    SENSITIVITY_LATENCY,
    SENSITIVITY_MODEL,
    SENSITIVITY_CHANGE_LAST = SENSITIVITY_MODEL,
};
/* "as it was", "fees +1 bp", "slippage +5 bps", "fx cost +5 bps", "latency +200 ms", "other PnL
 * model" */
const char *sensitivity_change_name(enum sensitivity_change change);

struct sensitivity_run {
    char note[96];  /* why it cannot be told; "": it is */
    double pnl_usd; /* what ranks; NAN: not told */
    double drawdown_pct, win_rate;
    int64_t closed, open;
};

/* What the trades of the job say. */
struct sensitivity_trades {
    int64_t closed;
    double predicted_bps, realized_bps; /* mean of the closed; NAN: none */
    double worst_usd;                   /* of one closed trade; NAN: none */
    uint64_t worst_id;
    int64_t streak; /* losing trades that closed one after the other, at most */
};

struct sensitivity {
    struct sensitivity_run runs[SENSITIVITY_CHANGE_LAST + 1];
    struct sensitivity_trades trades;
    int64_t rows, first_ns, last_ns; /* of the part of time it ran over */
    struct result result;            /* of the job as it was, with its trades */
};

/* `window` of fold 0: the whole file. *out is written on success only, and then ended with
 * sensitivity_finish(); it is large, keep it on the heap. */
bool sensitivity_measure(const char *data_file, const struct engine_params *params,
                         const struct result_window *window, struct sensitivity *out,
                         struct err *err);
void sensitivity_finish(struct sensitivity *sensitivity); /* accepts zeroed */
