#include "store/results.h"

#include <assert.h>

#include "base/mem.h"
#include "query.h"
#include "results_2_sql.h"
#include "results_3_sql.h"
#include "results_db.h"
#include "results_sql.h"
#include "store/journal.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const char *const STEPS[] = {RESULTS_SQL, RESULTS_2_SQL, RESULTS_3_SQL};

static const struct db_kind KIND = {
    .name = "tuning journal",
    .writer = "arblite session run",
    .application_id = 0x61726274, /* "arbt" */
    .version = LEN(STEPS),
    .steps = STEPS,
    .relaxed = true,
};

static const char *const STATE_NAMES[] = {
    [RESULTS_PLANNED] = "planned",
    [RESULTS_RUNNING] = "running",
    [RESULTS_DONE] = "done",
    [RESULTS_FAILED] = "failed",
    [RESULTS_INTERRUPTED] = "interrupted",
    [RESULTS_STOPPED] = "stopped",
};
_Static_assert(LEN(STATE_NAMES) == RESULTS_STATE_LAST + 1, "every state has a name");

const char *results_state_name(enum results_state state)
{
    assert((int)state >= 0 && state <= RESULTS_STATE_LAST);
    return STATE_NAMES[state];
}

static bool open_as(struct results **out, const char *path, bool readonly, struct err *err)
{
    struct results *results = mem_zalloc(sizeof *results);
    if (!db_open(&results->journal, &KIND, path, readonly, err)) {
        results_close(results);
        return err_wrap(err, "'%s'", path);
    }
    *out = results;
    return true;
}

bool results_open(struct results **out, const char *path, struct err *err)
{
    return open_as(out, path, false, err);
}

bool results_open_readonly(struct results **out, const char *path, struct err *err)
{
    return open_as(out, path, true, err);
}

void results_close(struct results *results)
{
    if (results != NULL) {
        db_close(&results->journal);
        mem_free(results);
    }
}

bool results_begin(struct results *results, struct err *err)
{
    return journal_begin(&results->journal, err);
}

bool results_commit(struct results *results, struct err *err)
{
    return journal_commit(&results->journal, err);
}

static bool find_sweep(struct journal *journal, const char *folder, int64_t *id, bool *found,
                       struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_FIND_SWEEP, err)) {
        return false;
    }
    query_bind_text(&query, folder);
    const enum query_result got = query_step(&query, err);
    *found = got == QUERY_ROW;
    if (*found) {
        *id = query_take_int(&query);
    }
    if (got != QUERY_FAILED) {
        query_end(&query);
    }
    return got != QUERY_FAILED;
}

static bool add_sweep(struct journal *journal, const char *folder, int64_t *id, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_ADD_SWEEP, err)) {
        return false;
    }
    query_bind_text(&query, folder);
    if (!query_run(&query, err)) {
        return false;
    }
    *id = sqlite3_last_insert_rowid(journal->db);
    return true;
}

/* A statement whose last parameter is the sweep. */
static bool run_of_sweep(struct query *query, int64_t sweep, struct err *err)
{
    query_bind_int(query, sweep);
    return query_run(query, err);
}

static bool clear_jobs(struct journal *journal, int64_t sweep, struct err *err)
{
    struct query query;
    return query_start(&query, journal, STATEMENT_CLEAR_SWEEP_JOBS, err) &&
           run_of_sweep(&query, sweep, err);
}

static bool note_start(struct journal *journal, const struct results_sweep *sweep, int64_t id,
                       struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_START_SWEEP, err)) {
        return false;
    }
    query_bind_text(&query, sweep->jobs_file);
    query_bind_int(&query, sweep->jobs);
    query_bind_int(&query, sweep->pid);
    query_bind_int(&query, sweep->started_wall_ns);
    query_bind_int(&query, sweep->started_wall_ns);
    query_bind_int(&query, sweep->parallel);
    query_bind_int(&query, sweep->prune);
    return run_of_sweep(&query, id, err);
}

bool results_start(struct results *results, struct results_sweep *sweep, struct err *err)
{
    struct journal *journal = &results->journal;
    int64_t id = 0;
    bool found = false;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    const bool fine = find_sweep(journal, sweep->folder, &id, &found, err) &&
                      (found || add_sweep(journal, sweep->folder, &id, err)) &&
                      clear_jobs(journal, id, err) && note_start(journal, sweep, id, err);
    if (!db_leave(journal, own, fine, err)) {
        return false;
    }
    sweep->id = id;
    return true;
}

bool results_tell(struct results *results, int64_t sweep,
                  const struct results_progress *progress, struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_TELL_SWEEP, err);
    if (fine) {
        query_bind_int(&query, progress->kept);
        query_bind_real(&query, progress->pass_done);
        query_bind_real(&query, progress->saved_share);
        query_bind_int(&query, progress->wall_ns);
        fine = run_of_sweep(&query, sweep, err);
    }
    return db_leave(journal, own, fine, err);
}

bool results_run(struct results *results, int64_t sweep, int64_t first, int64_t last,
                 struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_RUN_SWEEP_JOBS, err);
    if (fine) {
        query_bind_int(&query, first);
        query_bind_int(&query, last);
        fine = run_of_sweep(&query, sweep, err);
    }
    return db_leave(journal, own, fine, err);
}

bool results_end(struct results *results, int64_t sweep, int64_t wall_ns, const char *reason,
                 struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_INTERRUPT_SWEEP, err) &&
                run_of_sweep(&query, sweep, err) &&
                query_start(&query, journal, STATEMENT_END_SWEEP, err);
    if (fine) {
        query_bind_int(&query, wall_ns);
        query_bind_text(&query, reason);
        fine = run_of_sweep(&query, sweep, err);
    }
    return db_leave(journal, own, fine, err);
}

bool results_put(struct results *results, int64_t sweep, const struct results_job *job,
                 struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_PUT_SWEEP_JOB, err);
    if (fine) {
        query_bind_int(&query, sweep);
        query_bind_int(&query, job->number);
        query_bind_text(&query, job->job_id);
        query_bind_int(&query, job->state);
        query_bind_text(&query, job->config_hash);
        query_bind_text(&query, job->data_hash);
        query_bind_real(&query, job->pnl_usd);
        query_bind_real(&query, job->drawdown_pct);
        query_bind_int(&query, job->closed_trades);
        query_bind_text(&query, job->error);
        fine = query_run(&query, err);
    }
    return db_leave(journal, own, fine, err);
}

bool results_settle(struct results *results, int64_t sweep, const struct results_job *job,
                    struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool own;
    if (!db_join(journal, &own, err)) {
        return false;
    }
    bool fine = query_start(&query, journal, STATEMENT_SETTLE_SWEEP_JOB, err);
    if (fine) {
        query_bind_int(&query, job->state);
        query_bind_text(&query, job->data_hash);
        query_bind_real(&query, job->pnl_usd);
        query_bind_real(&query, job->drawdown_pct);
        query_bind_int(&query, job->closed_trades);
        query_bind_text(&query, job->error);
        query_bind_int(&query, job->number);
        fine = run_of_sweep(&query, sweep, err);
    }
    return db_leave(journal, own, fine, err);
}
