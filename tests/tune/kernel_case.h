#pragma once
/* kernel_case: rows and configurations drawn by dice, run by the oracle and by the kernel, and
 * held against each other to the bit. */
#include "run/backtest.h"
#include "support/check.h"
#include "support/dice.h"
#include "tune/kernel.h"

struct case_rows {
    struct tick *ticks; /* owned */
    int32_t count;
};

/* `count` rows of a market with an excursion now and then. `broken`: some rows are invalid, in
 * every way there is. */
struct case_rows case_rows_draw(struct dice *dice, int32_t count, bool broken);
void case_rows_finish(struct case_rows *rows);

/* A configuration whose parameters may take any of their kinds of values. */
struct engine_params case_params_draw(struct dice *dice);
/* Its part of the rows: all, or some window. */
struct kernel_job case_job_draw(struct dice *dice, const struct case_rows *rows,
                                const struct engine_params *params, bool windows);

/* The oracle. result_finish() ends the result. */
struct result case_oracle(const struct kernel_job *job, const struct case_rows *rows);

/* The kernel, fed in blocks of drawn lengths; one result each, in an array to be freed. With
 * `trades` false the kernel tells of no trade, and the results have none. */
struct result *case_kernel(const struct kernel_job *jobs, int32_t count,
                           const struct case_rows *rows, enum kernel_width width, bool trades,
                           struct dice *cuts);
void case_results_finish(struct result *results, int32_t count);

/* NULL, or the name of the first figure whose bits differ. */
const char *case_difference(const struct result *got, const struct result *want, bool trades);
