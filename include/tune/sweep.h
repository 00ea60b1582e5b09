#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/results.h"
#include "tune/jobs.h"

/* sweep: run a plan's jobs on N workers.
 *
 * Jobs are dispatched in the order of the plan and their results are put down in that order,
 * whoever finishes first: any number of workers gives the same bytes, and what is there when a
 * sweep is stopped is a beginning of the plan. SIGTERM and SIGINT stop it; what was running is
 * run again on resume. */

struct sweep_progress {
    int64_t total, done, failed; /* done: put down or kept, failures among them */
    double elapsed_s;
    int64_t attempted;    /* by this runner, so that a rate can be told */
    const char *best_job; /* "" : none yet */
    double best_pnl_usd;
};
typedef void sweep_progress_fn(void *context, const struct sweep_progress *progress);

enum { SWEEP_WORKERS_MAX = 256 };

struct sweep_options {
    int parallel;     /* 1 .. SWEEP_WORKERS_MAX */
    int64_t max_jobs; /* attempted at most; -1: all */
    bool stop_on_error;
    bool resume; /* results that are there and were made the same way are kept */
    bool as_lines;
    bool timings;
    const char *jobs_file;       /* for the record */
    struct results *results;     /* borrowed; NULL: nothing is recorded */
    sweep_progress_fn *progress; /* a few times a second and at the end; may be NULL */
    void *progress_context;
};

struct sweep_report {
    int64_t attempted, success, error;
    int64_t kept;    /* were there already */
    int64_t skipped; /* neither */
    int signal;      /* that stopped it; 0: none */
};

/* false: it could not go on (a full disk); what is there stays and can be resumed. */
bool sweep_run(const struct jobs *jobs, const struct sweep_options *options,
               struct sweep_report *report, struct err *err);
