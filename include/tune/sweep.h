#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/results.h"
#include "tune/jobs.h"

/* sweep: run a plan's jobs, as many over one reading of the data as follow each other and read
 * the same rows.
 *
 * Results are put down in the order of the plan: any number of threads gives the same bytes,
 * and what is there when a sweep is stopped is a beginning of the plan. SIGTERM and SIGINT stop
 * it; what was running is run again on resume. */

struct sweep_progress {
    int64_t total, done, failed, stopped; /* done: put down or kept, the others among them */
    double elapsed_s;
    double run;           /* jobs by this runner, those under way by the share they have seen */
    int64_t to_run;       /* of the plan, less what is kept */
    double pass_share;    /* of the data of the pass under way; NAN: none is */
    const char *best_job; /* "" : none yet */
    double best_pnl_usd;
};
typedef void sweep_progress_fn(void *context, const struct sweep_progress *progress);

enum { SWEEP_PARALLEL_MAX = 256 };

struct sweep_options {
    int parallel;     /* threads, 1 .. SWEEP_PARALLEL_MAX */
    int64_t max_jobs; /* attempted at most; -1: all */
    bool stop_on_error;
    bool resume; /* results that are there and were made the same way are kept */
    bool prune;  /* successive halving among the jobs of a pass */
    bool as_lines;
    bool timings;                /* a job's runtime is its share of the pass */
    const char *jobs_file;       /* for the record */
    struct results *results;     /* borrowed; NULL: nothing is recorded */
    sweep_progress_fn *progress; /* a few times a second and at the end; may be NULL */
    void *progress_context;
};

struct sweep_report {
    int64_t attempted, success, stopped, error;
    int64_t kept;       /* were there already */
    int64_t skipped;    /* neither */
    int64_t strangers;  /* results of other plans in the folder, which rank beside these */
    double saved_share; /* of the work of all that have a result, by stopping jobs early */
    double elapsed_s;
    int signal; /* that stopped it; 0: none */
};

/* false: it could not go on (a full disk); what is there stays and can be resumed. */
bool sweep_run(const struct jobs *jobs, const struct sweep_options *options,
               struct sweep_report *report, struct err *err);
