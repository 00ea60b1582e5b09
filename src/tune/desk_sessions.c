#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "desk_parts.h"
#include "store/results.h"
#include "tune/runner.h"

/* The list of sessions, as the tuning journal has it, with what it cannot know: whether a
 * runner is still there. */

enum { JOURNAL_PATH_SIZE = DESK_PLACE_SIZE + 32 };

struct desk_watch {
    struct tuning tuning;
    /* Sessions whose runner the last look did not find. */
    int32_t missed_count;
    int64_t missed[TUNING_SESSIONS_MAX];
};

/* The list as it is read. */
struct reading {
    struct tuning *tuning;
    struct results *results;
    struct err err;
};

struct desk_watch *desk_watch_create(void)
{
    return mem_zalloc(sizeof(struct desk_watch));
}

void desk_watch_destroy(struct desk_watch *watch)
{
    mem_free(watch);
}

const struct tuning_session *desk_work_session(const struct desk_work *work, int64_t id)
{
    const struct tuning *tuning = &work->watch->tuning;
    for (int32_t i = 0; i < tuning->count; i++) {
        if (tuning->sessions[i].id == id) {
            return &tuning->sessions[i];
        }
    }
    return NULL;
}

const struct tuning_session *desk_work_last(const struct desk_work *work)
{
    const struct tuning *tuning = &work->watch->tuning;
    return tuning->count > 0 ? &tuning->sessions[0] : NULL;
}

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

static void read_journal(const char *state_dir, struct tuning *tuning)
{
    char path[JOURNAL_PATH_SIZE];
    struct reading reading = {.tuning = tuning};
    text_cut(path, sizeof path, "%s/" RESULTS_FILE, state_dir);
    /* No file: no session was ever run. */
    if (access(path, F_OK) == 0 && !read_all(&reading, path)) {
        text_cut(tuning->error, sizeof tuning->error, "%s", reading.err.text);
        tuning->count = tuning->total = 0;
    }
    results_close(reading.results);
}

static bool was_missed(const struct desk_watch *watch, int64_t id)
{
    for (int32_t i = 0; i < watch->missed_count; i++) {
        if (watch->missed[i] == id) {
            return true;
        }
    }
    return false;
}

/* A runner that ends closes its folder before it says so: it takes two looks to call it dead.
 */
static void find_runners(struct desk_watch *watch, struct tuning *tuning)
{
    int64_t missed[TUNING_SESSIONS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < tuning->count; i++) {
        struct tuning_session *session = &tuning->sessions[i];
        if (session->state != TUNING_RUNNING || runner_lives(session->pid, session->folder)) {
            continue;
        }
        missed[count++] = session->id;
        if (was_missed(watch, session->id)) {
            session->state = TUNING_INTERRUPTED;
            session->pid = 0;
            session->pass_done = session->jobs_per_s = session->eta_s = NAN;
            text_cut(session->end_reason, sizeof session->end_reason, "its runner died");
        }
    }
    memcpy(watch->missed, missed, (size_t)count * sizeof *missed);
    watch->missed_count = count;
}

void desk_answer_sessions(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct tuning *tuning = out;
    desk_children_reap(work->children);
    tuning->made_mono_ns = clock_monotonic_ns();
    tuning->made_wall_ns = clock_wall_ns();
    read_journal(work->state_dir, tuning);
    find_runners(work->watch, tuning);
    work->watch->tuning = *tuning;
}
