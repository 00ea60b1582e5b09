#include "tune/desk.h"

#include <assert.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "desk_clerk.h"
#include "desk_rerun.h"

enum { CLOSE_MS = 1000 };

static struct thread_desk *desk_of(struct desk *desk)
{
    return (struct thread_desk *)desk; /* the first member */
}

static int face_fd(struct desk *door)
{
    return desk_of(door)->news_fd;
}

static void face_pump(struct desk *door)
{
    struct thread_desk *desk = desk_of(door);
    desk_hush(desk->news_fd);
    pthread_mutex_lock(&desk->mutex);
    for (int kind = 0; kind <= DESK_KIND_LAST; kind++) {
        struct box *box = &desk->boxes[kind];
        if (box->fresh) {
            void *old = box->front;
            box->front = box->ready;
            box->ready = old;
            box->fresh = false;
        }
    }
    pthread_mutex_unlock(&desk->mutex);
}

static void face_ask(struct desk *door, const struct desk_query *query)
{
    struct thread_desk *desk = desk_of(door);
    assert((int)query->kind >= 0 && query->kind <= DESK_KIND_LAST);
    pthread_mutex_lock(&desk->mutex);
    desk->boxes[query->kind].query = *query;
    desk->boxes[query->kind].asked = true;
    pthread_mutex_unlock(&desk->mutex);
    desk_ring(desk_clerk_of_kind(desk, query->kind)->wake_fd);
}

static const void *front_of(struct desk *door, enum desk_kind kind)
{
    return desk_of(door)->boxes[kind].front;
}

static const struct tuning *face_sessions(struct desk *door)
{
    return front_of(door, DESK_SESSIONS);
}

static const struct tuning_form *face_form(struct desk *door)
{
    return front_of(door, DESK_FORM);
}

static const struct ranking *face_ranking(struct desk *door)
{
    return front_of(door, DESK_RANKING);
}

static const struct ranking_result *face_result(struct desk *door)
{
    return front_of(door, DESK_RESULT);
}

static const struct ranking_heat *face_heat(struct desk *door)
{
    return front_of(door, DESK_HEAT);
}

static void face_order(struct desk *door, const struct desk_order *order)
{
    static const struct command_result BUSY = {
        .text = "too many orders at once; wait for their answers"};
    struct thread_desk *desk = desk_of(door);
    assert((int)order->verb >= 0 && order->verb <= DESK_VERB_LAST);
    struct clerk *clerk = desk_clerk_of_verb(desk, order->verb);
    pthread_mutex_lock(&desk->mutex);
    const bool taken = clerk->orders_count < ORDERS_MAX;
    if (taken) {
        clerk->orders[clerk->orders_count++] = *order;
    }
    pthread_mutex_unlock(&desk->mutex);
    if (taken) {
        desk_ring(clerk->wake_fd);
    } else {
        desk_put_result(desk, &BUSY);
    }
}

static bool face_take_result(struct desk *door, struct command_result *out)
{
    struct thread_desk *desk = desk_of(door);
    pthread_mutex_lock(&desk->mutex);
    const bool any = desk->results_count > 0;
    if (any) {
        *out = desk->results[0];
        desk->results_count--;
        memmove(desk->results, desk->results + 1,
                (size_t)desk->results_count * sizeof *desk->results);
    }
    pthread_mutex_unlock(&desk->mutex);
    return any;
}

static void finish(struct thread_desk *desk)
{
    for (int kind = 0; kind <= DESK_KIND_LAST; kind++) {
        mem_free(desk->boxes[kind].making);
        mem_free(desk->boxes[kind].ready);
        mem_free(desk->boxes[kind].front);
    }
    for (int i = 0; i <= CLERK_LAST; i++) {
        struct clerk *clerk = &desk->clerks[i];
        desk_watch_destroy(clerk->work.watch);
        desk_children_destroy(clerk->work.children);
        desk_shelf_destroy(clerk->work.shelf);
        desk_rerun_destroy(clerk->work.rerun);
        close(clerk->wake_fd);
    }
    close(desk->news_fd);
    pthread_mutex_destroy(&desk->mutex);
    mem_free(desk->list);
    mem_free(desk);
}

/* Nobody waits long for a clerk who is reading a mountain of results: it may end with the
 * process, and what it uses stays until then. */
static void face_close(struct desk *door)
{
    struct thread_desk *desk = desk_of(door);
    struct timespec until;
    bool all = true;
    pthread_mutex_lock(&desk->mutex);
    desk->closing = true;
    pthread_mutex_unlock(&desk->mutex);
    const int64_t until_ns = clock_wall_ns() + (int64_t)CLOSE_MS * CLOCK_NS_PER_MS;
    until.tv_sec = until_ns / CLOCK_NS_PER_S;
    until.tv_nsec = until_ns % CLOCK_NS_PER_S;
    for (int i = 0; i <= CLERK_LAST; i++) {
        desk_ring(desk->clerks[i].wake_fd);
        all = pthread_timedjoin_np(desk->clerks[i].thread, NULL, &until) == 0 && all;
        all = desk_rerun_stop(desk->clerks[i].work.rerun, &until) && all;
    }
    if (all) {
        finish(desk);
    }
}

static const struct desk_ops OPS = {
    .fd = face_fd,
    .pump = face_pump,
    .ask = face_ask,
    .sessions = face_sessions,
    .form = face_form,
    .ranking = face_ranking,
    .result = face_result,
    .heat = face_heat,
    .order = face_order,
    .take_result = face_take_result,
    .close = face_close,
};

/* Runners may work in other directories than this one. */
static bool make_absolute(char path[DESK_PLACE_SIZE], const char *given, struct err *err)
{
    char here[DESK_PLACE_SIZE] = "";
    if (given[0] != '/' && getcwd(here, sizeof here) == NULL) {
        return err_set(err, ERR_IO, "the working directory has no path");
    }
    struct text text = text_fixed(path, DESK_PLACE_SIZE);
    text_addf(&text, "%s%s%s", here, here[0] != '\0' ? "/" : "", given);
    return !text.truncated || err_set(err, ERR_INPUT, "'%s': the path is too long", given);
}

static void furnish(struct thread_desk *desk, const char *state_dir, const char *program)
{
    desk->desk.ops = &OPS;
    desk->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    desk->list = mem_zalloc(sizeof *desk->list);
    pthread_mutex_init(&desk->mutex, NULL);
    for (int i = 0; i <= CLERK_LAST; i++) {
        struct clerk *clerk = &desk->clerks[i];
        clerk->desk = desk;
        clerk->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        text_cut(clerk->work.state_dir, DESK_PLACE_SIZE, "%s", state_dir);
        text_cut(clerk->work.program, DESK_PLACE_SIZE, "%s", program);
        clerk->work.watch = desk_watch_create();
        clerk->work.children = desk_children_create();
        clerk->work.shelf = desk_shelf_create();
        clerk->work.rerun = desk_rerun_create();
    }
}

static bool start(struct thread_desk *desk, struct err *err)
{
    bool ready = desk->news_fd >= 0;
    for (int i = 0; i <= CLERK_LAST; i++) {
        ready = ready && desk->clerks[i].wake_fd >= 0;
    }
    if (!ready) {
        return err_set(err, ERR_IO, "no descriptors for the desk");
    }
    if (!desk_clerk_start(&desk->clerks[0], err)) {
        return false;
    }
    if (!desk_clerk_start(&desk->clerks[1], err)) {
        pthread_mutex_lock(&desk->mutex);
        desk->closing = true;
        pthread_mutex_unlock(&desk->mutex);
        desk_ring(desk->clerks[0].wake_fd);
        pthread_join(desk->clerks[0].thread, NULL);
        return false;
    }
    return true;
}

bool desk_open(struct desk **out, const struct desk_options *options, struct err *err)
{
    char state_dir[DESK_PLACE_SIZE];
    if (!make_absolute(state_dir, options->state_dir, err)) {
        return false;
    }
    struct thread_desk *desk = mem_zalloc(sizeof *desk);
    furnish(desk, state_dir, options->program);
    if (!start(desk, err)) {
        finish(desk);
        return false;
    }
    *out = &desk->desk;
    return true;
}
