#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* results: tuning sessions and their jobs as they go, for whoever wants to watch: the tuning
 * journal, an SQLite file of its own beside the journal.
 *
 * Of its own, because a sweep must not make a trading session wait for a commit. It is a record
 * of what happened; the result files are what counts, so that its commits wait for no disk. */

#define RESULTS_FILE "tuning.sqlite" /* in the state folder */

enum results_state {
    RESULTS_PLANNED,
    RESULTS_RUNNING,
    RESULTS_DONE,
    RESULTS_FAILED,
    RESULTS_INTERRUPTED,
    RESULTS_STOPPED, /* early, by successive halving; no failure, and never ranked */
    RESULTS_STATE_LAST = RESULTS_STOPPED,
};
const char *results_state_name(enum results_state state); /* "planned", ... */

struct results;
bool results_open(struct results **out, const char *path, struct err *err);
bool results_open_readonly(struct results **out, const char *path, struct err *err);
void results_close(struct results *results); /* accepts NULL; drops what was not committed */

/* Calls outside are each a transaction of their own. */
bool results_begin(struct results *results, struct err *err);
bool results_commit(struct results *results, struct err *err);

struct results_sweep {
    int64_t id;
    char folder[512]; /* absolute; there is one sweep a folder */
    char jobs_file[512];
    int64_t jobs;
    int64_t pid;      /* of its runner */
    int32_t parallel; /* threads; 0: not told */
    bool prune;       /* jobs are stopped early */
    int64_t started_wall_ns;
    int64_t ended_wall_ns; /* 0: not ended */
    char end_reason[64];
    /* Of results_each() alone. */
    int64_t kept;       /* of the jobs, results that an earlier run left */
    double pass_done;   /* share of the data that the running jobs have seen; NAN: none runs */
    double saved_share; /* of the work, by stopping jobs early */
    int64_t told_wall_ns; /* when the runner last said so */
    int64_t counts[RESULTS_STATE_LAST + 1];
    char best_job[128]; /* "" : none */
    double best_pnl_usd;
};

/* Starts the sweep of that folder, again if there was one, without jobs; sets id. */
bool results_start(struct results *results, struct results_sweep *sweep, struct err *err);
/* What a runner tells as it goes. */
struct results_progress {
    int64_t kept;
    double pass_done, saved_share;
    int64_t wall_ns;
};
bool results_tell(struct results *results, int64_t sweep,
                  const struct results_progress *progress, struct err *err);
/* Whatever was running is interrupted. */
bool results_end(struct results *results, int64_t sweep, int64_t wall_ns, const char *reason,
                 struct err *err);

struct results_job {
    int64_t number; /* in the plan, from 1 */
    const char *job_id;
    enum results_state state;
    const char *config_hash, *data_hash;
    double pnl_usd, drawdown_pct; /* NAN: not known */
    int64_t closed_trades;
    const char *error; /* "" : none */
};
/* Inserts or replaces. */
bool results_put(struct results *results, int64_t sweep, const struct results_job *job,
                 struct err *err);

/* The planned ones among the jobs from number `first` to `last` are running now. */
bool results_run(struct results *results, int64_t sweep, int64_t first, int64_t last,
                 struct err *err);

/* What became of a job that was put: everything but its id and config hash. */
bool results_settle(struct results *results, int64_t sweep, const struct results_job *job,
                    struct err *err);

/* Calls for every sweep, the last started first, until it returns false. */
typedef bool results_sweep_fn(void *context, const struct results_sweep *sweep);
bool results_each(struct results *results, results_sweep_fn *call, void *context,
                  struct err *err);

/* Jobs a second of this run and the seconds that are left at that rate, a job under way counted
 * by the share it has seen; NAN where nothing is known. Of an ended sweep the rate is that of
 * the whole run and nothing is left. */
struct results_pace {
    double jobs_per_s, eta_s;
};
struct results_pace results_pace_of(const struct results_sweep *sweep);

/* Calls for every reason why jobs of the sweep failed, the commonest first, until it returns
 * false. */
typedef bool results_failure_fn(void *context, int64_t jobs, const char *reason);
bool results_failures(struct results *results, int64_t sweep, results_failure_fn *call,
                      void *context, struct err *err);
