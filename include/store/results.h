#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* results: tuning sessions and their jobs as they go, for whoever wants to watch: the tuning
 * journal, an SQLite file of its own beside the journal.
 *
 * Of its own, because a sweep must not make a trading session wait for a commit. It is a record
 * of what happened; the result files are what counts. */

#define RESULTS_FILE "tuning.sqlite" /* in the state folder */

enum results_state {
    RESULTS_PLANNED,
    RESULTS_RUNNING,
    RESULTS_DONE,
    RESULTS_FAILED,
    RESULTS_INTERRUPTED,
    RESULTS_STATE_LAST = RESULTS_INTERRUPTED,
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
    int64_t pid; /* of its runner */
    int64_t started_wall_ns;
    int64_t ended_wall_ns; /* 0: not ended */
    char end_reason[64];
    /* Of results_each() alone. */
    int64_t counts[RESULTS_STATE_LAST + 1];
    char best_job[128]; /* "" : none */
    double best_pnl_usd;
};

/* Starts the sweep of that folder, again if there was one, without jobs; sets id. */
bool results_start(struct results *results, struct results_sweep *sweep, struct err *err);
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

/* Calls for every sweep, the last started first, until it returns false. */
typedef bool results_sweep_fn(void *context, const struct results_sweep *sweep);
bool results_each(struct results *results, results_sweep_fn *call, void *context,
                  struct err *err);
