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

/* What the rows are besides a market with an excursion now and then. */
enum {
    CASE_BROKEN = 1, /* some are invalid, in every way there is */
    CASE_LONG = 2,   /* pauses of years, and times in odd nanoseconds */
    CASE_ODD = 4,    /* now and then prices near the ends of what a double holds */
    CASE_LAST = 7,   /* all of it */
};
struct case_rows case_rows_draw(struct dice *dice, int32_t count, int kind);
/* A recording; false: it is not there. */
bool case_rows_load(struct case_rows *rows, const char *name);
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
/* One that is stopped once the first `until` rows were fed; *equity_usd is what it had then. */
struct result case_kernel_stopped(const struct kernel_job *job, const struct case_rows *rows,
                                  int32_t until, double *equity_usd);
void case_results_finish(struct result *results, int32_t count);

/* NULL, or the name of the first figure whose bits differ. */
const char *case_difference(const struct result *got, const struct result *want, bool trades);
