#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "run/json.h"
#include "run/result.h"

/* row: a result as a ranking sees it, read back from its JSON.
 *
 * Nothing that can stand in a file makes it fail: what cannot be read, says "error" or has no
 * finite PnL is a row that did not succeed, with its reason. A job that was stopped early has a
 * finite PnL, of the part it ran over, and did not succeed either. */

enum { ROW_SIZE_MAX = 1024 * 1024 };

struct row {
    bool success;
    bool is_result;    /* it was written by a run, whatever became of it */
    bool stopped;      /* early, by successive halving: neither a success nor an error */
    double seen_share; /* of the data: 1 unless it was stopped */
    char *error;       /* NULL when it succeeded */
    char *job_id, *tag;
    char *config_hash, *data_hash, *profile, *pnl_model, *version; /* "" when missing */
    struct result_window window;                                   /* fold 0: none */
    double pnl_usd;                      /* what is ranked: `exact` counts what is still open */
    double realized_usd, unrealized_usd; /* NAN when missing */
    double drawdown_pct;                 /* NAN when missing */
    int64_t total_trades, closed_trades;
    bool fx_moved;             /* |fx| is more than half of |PnL| of the closed trades */
    double pnl_per_traded_bps; /* ranked PnL per notional of the trades it counts; NAN: none */
    double pnl_per_peak_usd;   /* and per USD of the notional that was open at once, at most */
    double *equity_change_usd; /* SUMMARY_BUCKETS of them, owned; NULL when missing */
    json_t *root;              /* the whole object, owned; NULL when there is none */
};

/* Reads the bytes; `name` stands for the job id where they have none. */
void row_read(struct row *row, const char *name, const char *bytes, size_t length);
/* A row of something that could not even be read. */
void row_fail(struct row *row, const char *name, const char *reason);
void row_finish(struct row *row); /* accepts zeroed */

/* A summary that lies among the results is no result. */
bool row_is_summary(const struct row *row);
/* A parameter of its run; NAN when it is not there or not a number. */
double row_param(const struct row *row, const char *name);
bool row_has_param(const struct row *row, const char *name); /* also one that is not set */
/* A metric of its run; NAN when it is not there or not a number. */
double row_metric(const struct row *row, const char *name);
/* "" when there is none. */
const char *row_data_file(const struct row *row);
/* What it was run with; what the row does not tell has the neutral default. */
struct engine_params row_engine_params(const struct row *row);

/* Members of an open object, as the result has them: "config" with every parameter, "metrics",
 * "remarks" (what a reader must know beside the numbers). */
void row_config_json(const struct row *row, struct json *json);
void row_metrics_json(const struct row *row, struct json *json);
void row_remarks_json(const struct row *row, struct json *json);
