#include "record.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "tune/plan.h"

/* Opens a transaction if there is none. */
static bool join(struct record *record, struct err *err)
{
    record->open = record->open || results_begin(record->results, err);
    return record->open;
}

static bool flush(struct record *record, struct err *err)
{
    if (!record->open) {
        return true;
    }
    record->open = false;
    return results_commit(record->results, err);
}

bool record_running(struct record *record, int64_t first, int64_t end, struct err *err)
{
    return record->results == NULL ||
           (join(record, err) &&
            results_run(record->results, record->sweep, first + 1, end, err));
}

bool record_outcome(struct record *record, int64_t index, const struct outcome *outcome,
                    const char *data_hash, struct err *err)
{
    const struct results_job row = {
        .number = index + 1,
        .state = outcome->state,
        .data_hash = data_hash,
        .pnl_usd = outcome->pnl_usd,
        .drawdown_pct = outcome->drawdown_pct,
        .closed_trades = outcome->closed_trades,
        .error = outcome->error,
    };
    return record->results == NULL ||
           (join(record, err) && results_settle(record->results, record->sweep, &row, err));
}

bool record_tell(struct record *record, int64_t kept, double pass_done, double saved_share,
                 struct err *err)
{
    const struct results_progress progress = {kept, pass_done, saved_share, clock_wall_ns()};
    return record->results == NULL ||
           (join(record, err) && results_tell(record->results, record->sweep, &progress, err) &&
            flush(record, err));
}

static bool plan(struct record *record, const struct job *job, int64_t number, struct err *err)
{
    char config_hash[48];
    const struct results_job row = {
        .number = number,
        .job_id = job->id,
        .state = RESULTS_PLANNED,
        .config_hash = config_hash,
        .data_hash = "",
        .pnl_usd = NAN,
        .drawdown_pct = NAN,
        .error = "",
    };
    job_config_hash(job, config_hash);
    return results_put(record->results, record->sweep, &row, err);
}

bool record_start(struct record *record, const struct jobs *jobs,
                  const struct sweep_options *options, struct err *err)
{
    struct results *results = options->results;
    struct results_sweep sweep = {
        .jobs = jobs->count,
        .pid = getpid(),
        .parallel = options->parallel,
        .prune = options->prune,
        .started_wall_ns = clock_wall_ns(),
    };
    char folder[PATH_MAX];
    *record = (struct record){.results = results};
    if (results == NULL) {
        return true;
    }
    if (getcwd(folder, sizeof folder) == NULL) {
        return err_set(err, ERR_IO, "the working directory has no path");
    }
    text_cut(sweep.folder, sizeof sweep.folder, "%s/" PLAN_FOLDER "/%s", folder, jobs->folder);
    text_cut(sweep.jobs_file, sizeof sweep.jobs_file, "%s", options->jobs_file);
    if (!join(record, err) || !results_start(results, &sweep, err)) {
        return false;
    }
    record->sweep = sweep.id;
    for (int64_t i = 0; i < jobs->count; i++) {
        if (!plan(record, &jobs->list[i], i + 1, err)) {
            return false;
        }
    }
    return flush(record, err);
}

bool record_end(struct record *record, const char *reason, struct err *err)
{
    return record->results == NULL ||
           (flush(record, err) &&
            results_end(record->results, record->sweep, clock_wall_ns(), reason, err));
}
