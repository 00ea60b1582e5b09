#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "market/rows.h"
#include "store/results.h"
#include "tune/job.h"
#include "tune/kernel.h"
#include "tune/row.h"

/* outcome: what became of a job, with the result object that says so. */

struct outcome {
    enum results_state state; /* done, stopped or failed */
    char *document;           /* as it is put down, owned; NULL for one that is kept */
    size_t length;
    char error[512];
    double pnl_usd, drawdown_pct; /* NAN when it failed */
    int64_t closed_trades;
    double seen_share; /* of the data; 1 unless it was stopped */
};

/* What the outcomes of one pass have in common. */
struct outcome_origin {
    const struct rows_total *total;
    bool as_lines;
    bool with_runtime;
    double runtime_s; /* of a job: its share of the pass */
};

/* Of a job that a pass has run; any thread. */
void outcome_settle(struct outcome *outcome, const struct job *job,
                    const struct outcome_origin *origin, const struct kernel_outcome *ran,
                    double seen_share);
/* Of a job that could not be run. */
void outcome_fail(struct outcome *outcome, const struct job *job, const char *reason,
                  bool as_lines);
/* Of a result that an earlier run left. */
void outcome_keep(struct outcome *outcome, const struct row *row);
void outcome_finish(struct outcome *outcome); /* accepts zeroed */
