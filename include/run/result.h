#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "core/engine.h"
#include "core/summary.h"
#include "core/trade.h"

struct json;

/* result: the outcome of a run as others read it: result JSON, summary table, trade lists
 * (SPEC.md 3.6, 5, 6). */

/* The part of time a run is for: one half of a fold of a walk-forward. Earlier rows moved its
 * baseline and nothing else. */
struct result_window {
    int32_t fold;           /* from 1; 0: no fold, the run is for the whole file */
    bool is_test;           /* else it is the fold's training */
    int64_t from_ns, to_ns; /* rows in [from_ns, to_ns) */
};

struct result {
    struct engine_params params;
    bool is_revised; /* a session's: params are its last ones, and it ran with others before */
    struct result_window window;
    char data_file[4096];
    char tag[128];
    char job_id[128];
    char data_hash[48];
    char source_label[64];  /* sessions: "SIM lively seed 1 x1"; "" in backtests */
    char decision_hash[48]; /* of a session: run/trace.h; "" in backtests */
    uint64_t seed;
    int64_t total_snapshots;
    int64_t bad_rows_skipped;
    int64_t steps_processed;
    bool is_stopped;   /* by successive halving, before the end of the data */
    double seen_share; /* of the data, then */
    double runtime_s;
    bool with_runtime; /* else runtime_seconds is 0 */
    bool funding_modelled;
    double width_bps; /* W of the last valid tick; NAN: none */
    struct summary summary;
    /* Of backtests only: the buckets want the end of the data before the run, and a session's
     * are not known to end. The JSON of a session says null. */
    bool has_equity;
    double equity_change_usd[SUMMARY_BUCKETS];
    struct trade *trades;         /* opening order, owned */
    struct trade_result *results; /* owned */
    int64_t trades_count, trades_capacity;
};

void result_init(struct result *result, const struct engine_params *params);
void result_finish(struct result *result);
/* Puts the trade at its place by id, replacing one that is there. `settled` is NULL while it is
 * open. */
void result_put_trade(struct result *result, const struct trade *trade,
                      const struct trade_result *settled);

/* The `tune` result object, 2-space indent, fields in the order of SPEC.md 5, no trailing
 * newline. */
void result_json(const struct result *result, struct text *out);
/* The same on one line. */
void result_json_line(const struct result *result, struct text *out);
/* `--trades-json` and `--trades-csv` of SPEC.md 6; `pair_names` indexed by trade.pair. */
void result_trades_json(const struct result *result, const char *const *pair_names,
                        struct text *out);
void result_trades_csv(const struct result *result, const char *const *pair_names,
                       struct text *out);
/* The human summary: `Total Trades:` ... and the remarks (fx moved this result, funding not
 * modelled, a simulated profit is no evidence). */
void result_summary(const struct result *result, struct text *out);
/* What a reader must know beside the numbers ("fx moved this result"); static strings, their
 * count returned. */
enum { RESULT_REMARKS_MAX = 5 };
int result_remarks(const struct result *result, const char *remarks[RESULT_REMARKS_MAX]);
/* True when |fx| is more than half of |PnL| of the closed trades. */
bool result_fx_moved(const struct result *result);
/* xxh3-128 of the engine's parameters and the window as text; the data have a hash of their
 * own. `window` may be NULL: the whole file. */
void result_config_hash(const struct result *result, char buffer[48]);
void result_params_hash(const struct engine_params *params, const struct result_window *window,
                        char buffer[48]);
const char *result_part_name(const struct result_window *window); /* "train", "test" */
/* The member "window" of a configuration; nothing for the whole file. */
void result_window_json(const struct result_window *window, struct json *json);
