#include "tune/watch.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "store/results.h"
#include "tune/runner.h"

enum { JOURNAL_PATH_SIZE = 1024 };

/* The list as it is read. */
struct reading {
    struct tuning *tuning;
    struct results *results;
    struct err err;
};

static enum tuning_state state_of(const struct results_sweep *sweep)
{
    if (sweep->ended_wall_ns == 0) {
        return TUNING_RUNNING;
    }
    return strcmp(sweep->end_reason, "done") == 0     ? TUNING_DONE
           : strcmp(sweep->end_reason, "failed") == 0 ? TUNING_FAILED
                                                      : TUNING_INTERRUPTED;
}

static bool add_failure(void *context, int64_t jobs, const char *reason)
{
    struct tuning_session *session = context;
    const int32_t i = session->failures_count++;
    session->failures[i].jobs = jobs;
    text_cut(session->failures[i].reason, sizeof session->failures[i].reason, "%s", reason);
    return session->failures_count < TUNING_FAILURES_MAX;
}

static void fill_session(struct tuning_session *session, const struct results_sweep *sweep)
{
    const struct results_pace pace = results_pace_of(sweep);
    const char *slash = strrchr(sweep->folder, '/');
    *session = (struct tuning_session){
        .id = sweep->id,
        .state = state_of(sweep),
        .parallel = sweep->parallel,
        .prune = sweep->prune,
        .jobs = sweep->jobs,
        .done = sweep->counts[RESULTS_DONE] + sweep->counts[RESULTS_FAILED] +
                sweep->counts[RESULTS_STOPPED],
        .failed = sweep->counts[RESULTS_FAILED],
        .stopped = sweep->counts[RESULTS_STOPPED],
        .interrupted = sweep->counts[RESULTS_INTERRUPTED],
        .pass_done = sweep->pass_done,
        .jobs_per_s = pace.jobs_per_s,
        .eta_s = pace.eta_s,
        .saved_share = sweep->saved_share,
        .started_wall_ns = sweep->started_wall_ns,
        .ended_wall_ns = sweep->ended_wall_ns,
        .told_wall_ns = sweep->told_wall_ns,
        .best_pnl_usd = sweep->best_pnl_usd,
    };
    session->pid = session->state == TUNING_RUNNING ? (int32_t)sweep->pid : 0;
    text_cut(session->name, sizeof session->name, "%s",
             slash != NULL ? slash + 1 : sweep->folder);
    text_cut(session->folder, sizeof session->folder, "%s", sweep->folder);
    text_cut(session->jobs_file, sizeof session->jobs_file, "%s", sweep->jobs_file);
    text_cut(session->end_reason, sizeof session->end_reason, "%s", sweep->end_reason);
    text_cut(session->best_job, sizeof session->best_job, "%s", sweep->best_job);
}

static bool add_session(void *context, const struct results_sweep *sweep)
{
    struct reading *reading = context;
    struct tuning *tuning = reading->tuning;
    tuning->total++;
    if (tuning->count == TUNING_SESSIONS_MAX) {
        return true;
    }
    struct tuning_session *session = &tuning->sessions[tuning->count++];
    fill_session(session, sweep);
    return session->failed == 0 ||
           results_failures(reading->results, sweep->id, add_failure, session, &reading->err);
}

static bool read_all(struct reading *reading, const char *path)
{
    struct err *err = &reading->err;
    return results_open_readonly(&reading->results, path, err) &&
           results_each(reading->results, add_session, reading, err) && err->kind == ERR_NONE;
}

void watch_read(struct tuning *tuning, const char *state_dir)
{
    char path[JOURNAL_PATH_SIZE];
    struct reading reading = {.tuning = tuning};
    tuning->total = tuning->count = 0;
    tuning->error[0] = '\0';
    text_cut(path, sizeof path, "%s/" RESULTS_FILE, state_dir);
    /* No file: no session was ever run. */
    if (access(path, F_OK) == 0 && !read_all(&reading, path)) {
        text_cut(tuning->error, sizeof tuning->error, "%s", reading.err.text);
        tuning->count = tuning->total = 0;
    }
    results_close(reading.results);
}

void watch_bury(struct tuning_session *session)
{
    session->state = TUNING_INTERRUPTED;
    session->pid = 0;
    session->pass_done = session->jobs_per_s = session->eta_s = NAN;
    text_cut(session->end_reason, sizeof session->end_reason, "its runner died");
}

void watch_look(struct tuning *tuning, const char *state_dir)
{
    watch_read(tuning, state_dir);
    for (int32_t i = 0; i < tuning->count; i++) {
        struct tuning_session *session = &tuning->sessions[i];
        if (session->state == TUNING_RUNNING && !runner_lives(session->pid, session->folder)) {
            watch_bury(session);
        }
    }
}
