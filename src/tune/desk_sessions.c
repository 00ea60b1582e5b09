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
 * runner is still there, and how fast it goes. */

enum { JOURNAL_PATH_SIZE = DESK_PLACE_SIZE + 32 };

/* A running session as it was first seen, so that a rate can be told. */
struct seen {
    int64_t id, started_wall_ns;
    int64_t first_ns, first_done;
    int32_t missed; /* looks in a row that did not find its runner */
};

struct desk_watch {
    struct tuning tuning;
    int32_t seen_count;
    struct seen seen[TUNING_SESSIONS_MAX];
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

static enum tuning_state state_of(const struct results_sweep *sweep)
{
    if (sweep->ended_wall_ns == 0) {
        return TUNING_RUNNING;
    }
    return strcmp(sweep->end_reason, "done") == 0     ? TUNING_DONE
           : strcmp(sweep->end_reason, "failed") == 0 ? TUNING_FAILED
                                                      : TUNING_INTERRUPTED;
}

static bool add_session(void *context, const struct results_sweep *sweep)
{
    struct tuning *tuning = context;
    tuning->total++;
    if (tuning->count == TUNING_SESSIONS_MAX) {
        return true;
    }
    struct tuning_session *session = &tuning->sessions[tuning->count++];
    const char *slash = strrchr(sweep->folder, '/');
    *session = (struct tuning_session){
        .id = sweep->id,
        .state = state_of(sweep),
        .jobs = sweep->jobs,
        .done = sweep->counts[RESULTS_DONE] + sweep->counts[RESULTS_FAILED],
        .failed = sweep->counts[RESULTS_FAILED],
        .interrupted = sweep->counts[RESULTS_INTERRUPTED],
        .pass_done = NAN,
        .jobs_per_s = NAN,
        .eta_s = NAN,
        .started_wall_ns = sweep->started_wall_ns,
        .ended_wall_ns = sweep->ended_wall_ns,
        .best_pnl_usd = sweep->best_pnl_usd,
    };
    session->pid = session->state == TUNING_RUNNING ? (int32_t)sweep->pid : 0;
    text_cut(session->name, sizeof session->name, "%s",
             slash != NULL ? slash + 1 : sweep->folder);
    text_cut(session->folder, sizeof session->folder, "%s", sweep->folder);
    text_cut(session->end_reason, sizeof session->end_reason, "%s", sweep->end_reason);
    text_cut(session->best_job, sizeof session->best_job, "%s", sweep->best_job);
    return true;
}

static void read_journal(const char *state_dir, struct tuning *tuning)
{
    char path[JOURNAL_PATH_SIZE];
    struct results *results = NULL;
    struct err err = {.kind = ERR_NONE};
    text_cut(path, sizeof path, "%s/" RESULTS_FILE, state_dir);
    /* No file: no session was ever run. */
    if (access(path, F_OK) == 0 && (!results_open_readonly(&results, path, &err) ||
                                    !results_each(results, add_session, tuning, &err))) {
        text_cut(tuning->error, sizeof tuning->error, "%s", err.text);
        tuning->count = tuning->total = 0;
    }
    results_close(results);
}

/* What was seen of it at the last look, or now for the first time. */
static struct seen see(const struct desk_watch *watch, const struct tuning_session *session,
                       int64_t now_ns)
{
    for (int32_t i = 0; i < watch->seen_count; i++) {
        if (watch->seen[i].id == session->id &&
            watch->seen[i].started_wall_ns == session->started_wall_ns) {
            return watch->seen[i];
        }
    }
    return (struct seen){session->id, session->started_wall_ns, now_ns, session->done, 0};
}

/* A runner that ends closes its folder before it says so: one look is not enough to call it
 * dead. */
static void find_runner(struct tuning_session *session, struct seen *seen)
{
    seen->missed = runner_lives(session->pid, session->folder) ? 0 : seen->missed + 1;
    if (seen->missed > 1) {
        session->state = TUNING_INTERRUPTED;
        session->pid = 0;
        text_cut(session->end_reason, sizeof session->end_reason, "its runner died");
    }
}

static void tell_speed(struct tuning_session *session, const struct seen *seen, int64_t now_ns)
{
    const double gone_s = (double)(now_ns - seen->first_ns) / (double)CLOCK_NS_PER_S;
    const int64_t made = session->done - seen->first_done;
    if (session->state == TUNING_RUNNING && made > 0 && gone_s > 0.0) {
        session->jobs_per_s = (double)made / gone_s;
        session->eta_s = (double)(session->jobs - session->done) / session->jobs_per_s;
    }
}

static void add_what_is_seen(struct desk_watch *watch, struct tuning *tuning)
{
    struct seen now[TUNING_SESSIONS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < tuning->count; i++) {
        struct tuning_session *session = &tuning->sessions[i];
        if (session->state == TUNING_RUNNING) {
            struct seen *seen = &now[count++];
            *seen = see(watch, session, tuning->made_mono_ns);
            find_runner(session, seen);
            tell_speed(session, seen, tuning->made_mono_ns);
        }
    }
    memcpy(watch->seen, now, (size_t)count * sizeof *now);
    watch->seen_count = count;
}

void desk_answer_sessions(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct tuning *tuning = out;
    tuning->made_mono_ns = clock_monotonic_ns();
    tuning->made_wall_ns = clock_wall_ns();
    read_journal(work->state_dir, tuning);
    add_what_is_seen(work->watch, tuning);
    work->watch->tuning = *tuning;
}
