#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "desk_parts.h"
#include "store/results.h"
#include "tune/runner.h"
#include "tune/watch.h"

/* The list of sessions, as the tuning journal has it, with what it cannot know: whether a
 * runner is still there. */

/* What shows that a file was written to. */
struct stamp {
    int64_t inode, size, written_ns;
};

struct desk_watch {
    struct tuning tuning;
    struct stamp stamps[2]; /* of the journal and its log, before it was read */
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

static struct stamp stamp_of(const char *state_dir, const char *name)
{
    char path[DESK_PLACE_SIZE + 32];
    struct stat status;
    text_cut(path, sizeof path, "%s/%s", state_dir, name);
    if (stat(path, &status) != 0) {
        return (struct stamp){.inode = -1};
    }
    return (struct stamp){
        .inode = (int64_t)status.st_ino,
        .size = status.st_size,
        .written_ns = (int64_t)status.st_mtim.tv_sec * CLOCK_NS_PER_S + status.st_mtim.tv_nsec,
    };
}

/* A long journal is read again only after it was written to. What was written within the last
 * second may be written again without a trace: file times are no finer than a few ms. */
static bool has_news(struct desk_watch *watch, const char *state_dir, int64_t now_wall_ns)
{
    static const char *const NAMES[] = {RESULTS_FILE, RESULTS_FILE "-wal"};
    bool news = watch->tuning.made_mono_ns == 0 || watch->tuning.error[0] != '\0';
    for (int i = 0; i < 2; i++) {
        const struct stamp now = stamp_of(state_dir, NAMES[i]);
        const struct stamp *then = &watch->stamps[i];
        news = news || now.inode != then->inode || now.size != then->size ||
               now.written_ns != then->written_ns ||
               now_wall_ns - now.written_ns < CLOCK_NS_PER_S;
        watch->stamps[i] = now;
    }
    return news;
}

void desk_answer_sessions(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct tuning *tuning = out;
    const int64_t now_ns = clock_monotonic_ns(), now_wall_ns = clock_wall_ns();
    desk_children_reap(work->children);
    if (has_news(work->watch, work->state_dir, now_wall_ns)) {
        watch_read(tuning, work->state_dir);
    } else {
        *tuning = work->watch->tuning;
    }
    tuning->made_mono_ns = now_ns;
    tuning->made_wall_ns = now_wall_ns;
    find_runners(work->watch, tuning);
    work->watch->tuning = *tuning;
}
