#include "record.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "tune/plan.h"

static bool put(struct record *record, const struct results_job *row, struct err *err)
{
    if (record->results == NULL) {
        return true;
    }
    if (!record->open) {
        if (!results_begin(record->results, err)) {
            return false;
        }
        record->open = true;
    }
    return results_put(record->results, record->sweep, row, err);
}

static struct results_job row_of(const struct job *job, int64_t index, enum results_state state,
                                 char config_hash[48])
{
    job_config_hash(job, config_hash);
    return (struct results_job){
        .number = index + 1,
        .job_id = job->id,
        .state = state,
        .config_hash = config_hash,
        .data_hash = "",
        .pnl_usd = NAN,
        .drawdown_pct = NAN,
        .error = "",
    };
}

bool record_state(struct record *record, const struct job *job, int64_t index,
                  enum results_state state, struct err *err)
{
    char config_hash[48];
    const struct results_job row = row_of(job, index, state, config_hash);
    return put(record, &row, err);
}

bool record_outcome(struct record *record, const struct job *job, int64_t index,
                    const struct outcome *outcome, const char *data_hash, struct err *err)
{
    char config_hash[48];
    struct results_job row =
        row_of(job, index, outcome->success ? RESULTS_DONE : RESULTS_FAILED, config_hash);
    row.data_hash = data_hash;
    row.pnl_usd = outcome->pnl_usd;
    row.drawdown_pct = outcome->drawdown_pct;
    row.closed_trades = outcome->closed_trades;
    row.error = outcome->error;
    return put(record, &row, err);
}

bool record_flush(struct record *record, struct err *err)
{
    if (!record->open) {
        return true;
    }
    record->open = false;
    return results_commit(record->results, err);
}

bool record_start(struct record *record, struct results *results, const struct jobs *jobs,
                  const char *jobs_file, struct err *err)
{
    struct results_sweep sweep = {
        .jobs = jobs->count,
        .pid = getpid(),
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
    text_cut(sweep.jobs_file, sizeof sweep.jobs_file, "%s", jobs_file);
    if (!results_begin(results, err)) {
        return false;
    }
    record->open = true;
    if (!results_start(results, &sweep, err)) {
        return false;
    }
    record->sweep = sweep.id;
    for (int64_t i = 0; i < jobs->count; i++) {
        if (!record_state(record, &jobs->list[i], i, RESULTS_PLANNED, err)) {
            return false;
        }
    }
    return record_flush(record, err);
}

bool record_end(struct record *record, const char *reason, struct err *err)
{
    return record->results == NULL ||
           (record_flush(record, err) &&
            results_end(record->results, record->sweep, clock_wall_ns(), reason, err));
}
