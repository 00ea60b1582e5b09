#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "desk_parts.h"
#include "tune/runner.h"
#include "tune/watch.h"

/* The list of sessions, as the tuning journal has it, with what it cannot know: whether a
 * runner is still there. */

struct desk_watch {
    struct tuning tuning;
    /* Sessions whose runner the last look did not find. */
    int32_t missed_count;
    int64_t missed[TUNING_SESSIONS_MAX];
};

struct desk_watch *desk_watch_create(void)
{
    return mem_zalloc(sizeof(struct desk_watch));
}

void desk_watch_destroy(struct desk_watch *watch)
{
    mem_free(watch);
}

const struct tuning *desk_watch_list(const struct desk_watch *watch)
{
    return &watch->tuning;
}

void desk_watch_set(struct desk_watch *watch, const struct tuning *tuning)
{
    watch->tuning = *tuning;
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
            watch_bury(session);
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
    watch_read(tuning, work->state_dir);
    find_runners(work->watch, tuning);
    work->watch->tuning = *tuning;
}
