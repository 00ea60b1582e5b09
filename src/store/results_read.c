#include <math.h>

#include "query.h"
#include "results_db.h"

static bool take_counts(struct journal *journal, struct results_sweep *sweep, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_COUNT_SWEEP_JOBS, err)) {
        return false;
    }
    query_bind_int(&query, sweep->id);
    if (query_step(&query, err) != QUERY_ROW) {
        return false;
    }
    for (int i = 0; i <= RESULTS_STATE_LAST; i++) {
        sweep->counts[i] = query_take_int(&query);
    }
    query_end(&query);
    return true;
}

static bool take_best(struct journal *journal, struct results_sweep *sweep, struct err *err)
{
    struct query query;
    if (!query_start(&query, journal, STATEMENT_BEST_SWEEP_JOB, err)) {
        return false;
    }
    query_bind_int(&query, sweep->id);
    const enum query_result got = query_step(&query, err);
    if (got == QUERY_FAILED) {
        return false;
    }
    sweep->best_job[0] = '\0';
    if (got == QUERY_ROW) {
        query_take_text(&query, sweep->best_job, sizeof sweep->best_job);
        sweep->best_pnl_usd = query_take_real(&query);
    }
    query_end(&query);
    return true;
}

bool results_each(struct results *results, results_sweep_fn *call, void *context,
                  struct err *err)
{
    struct journal *journal = &results->journal;
    struct query query;
    bool more = true;
    if (!query_start(&query, journal, STATEMENT_EACH_SWEEP, err)) {
        return false;
    }
    while (more) {
        struct results_sweep sweep = {0};
        const enum query_result got = query_step(&query, err);
        if (got == QUERY_FAILED) {
            return false;
        }
        if (got == QUERY_DONE) {
            break;
        }
        sweep.id = query_take_int(&query);
        query_take_text(&query, sweep.folder, sizeof sweep.folder);
        query_take_text(&query, sweep.jobs_file, sizeof sweep.jobs_file);
        sweep.jobs = query_take_int(&query);
        sweep.pid = query_take_int(&query);
        sweep.started_wall_ns = query_take_int(&query);
        sweep.ended_wall_ns = query_take_int(&query);
        query_take_text(&query, sweep.end_reason, sizeof sweep.end_reason);
        sweep.kept = query_take_int(&query);
        sweep.pass_done = query_take_real(&query);
        sweep.saved_share = query_take_real(&query);
        sweep.told_wall_ns = query_take_int(&query);
        sweep.parallel = (int32_t)query_take_int(&query);
        sweep.prune = query_take_int(&query) != 0;
        if (!take_counts(journal, &sweep, err) || !take_best(journal, &sweep, err)) {
            query_end(&query);
            return false;
        }
        more = call(context, &sweep);
    }
    query_end(&query);
    return true;
}

struct results_pace results_pace_of(const struct results_sweep *sweep)
{
    const bool ended = sweep->ended_wall_ns != 0;
    const int64_t until_ns = ended ? sweep->ended_wall_ns : sweep->told_wall_ns;
    const double spent_s = (double)(until_ns - sweep->started_wall_ns) / 1e9;
    const int64_t *counts = sweep->counts;
    const int64_t settled =
        counts[RESULTS_DONE] + counts[RESULTS_FAILED] + counts[RESULTS_STOPPED];
    const double seen = isfinite(sweep->pass_done) ? sweep->pass_done : 0;
    const double run = (double)(settled - sweep->kept) + (double)counts[RESULTS_RUNNING] * seen;
    const double left = (double)(sweep->jobs - sweep->kept) - run;
    struct results_pace pace = {.jobs_per_s = NAN, .eta_s = ended ? 0 : NAN};
    if (spent_s > 0 && run > 0) {
        pace.jobs_per_s = run / spent_s;
        pace.eta_s = ended ? 0 : left / pace.jobs_per_s;
    }
    return pace;
}

enum { REASON_SIZE = 512 };

bool results_failures(struct results *results, int64_t sweep, results_failure_fn *call,
                      void *context, struct err *err)
{
    struct query query;
    bool more = true;
    if (!query_start(&query, &results->journal, STATEMENT_SWEEP_FAILURES, err)) {
        return false;
    }
    query_bind_int(&query, sweep);
    while (more) {
        char reason[REASON_SIZE];
        const enum query_result got = query_step(&query, err);
        if (got == QUERY_FAILED) {
            return false;
        }
        if (got == QUERY_DONE) {
            break;
        }
        const int64_t jobs = query_take_int(&query);
        query_take_text(&query, reason, sizeof reason);
        more = call(context, jobs, reason);
    }
    query_end(&query);
    return true;
}
