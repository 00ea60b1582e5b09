#include "tune/desk.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "desk_parts.h"

enum { RENEW_MS = 500, ORDERS_MAX = 4 };

static const struct {
    size_t size;
    desk_answer_fn *answer;
} KINDS[] = {
    [DESK_SESSIONS] = {sizeof(struct tuning), desk_answer_sessions},
    [DESK_FORM] = {sizeof(struct tuning_form), desk_answer_form},
    [DESK_RANKING] = {sizeof(struct ranking), desk_answer_ranking},
    [DESK_RESULT] = {sizeof(struct ranking_result), desk_answer_result},
    [DESK_HEAT] = {sizeof(struct ranking_heat), desk_answer_heat},
};
_Static_assert(sizeof KINDS / sizeof KINDS[0] == DESK_KIND_LAST + 1, "a row per kind");

static desk_order_fn *const VERBS[] = {
    [DESK_START] = desk_start,
    [DESK_STOP] = desk_stop,
    [DESK_RESUME] = desk_resume,
    [DESK_EXPORT] = desk_export,
};
_Static_assert(sizeof VERBS / sizeof VERBS[0] == DESK_VERB_LAST + 1, "a row per verb");

/* One kind of question. Answers go from hand to hand without being copied: the worker makes
 * one, changes it for the one that is ready, and the face changes that for the one it shows. */
struct box {
    bool asked, fresh;       /* guarded */
    struct desk_query query; /* guarded */
    void *ready;             /* guarded */
    void *making;            /* the worker's */
    void *front;             /* the face's */
};

struct thread_desk {
    struct desk desk;
    pthread_t thread;
    pthread_mutex_t mutex;
    int wake_fd; /* to the worker */
    int news_fd; /* to the face */
    struct box boxes[DESK_KIND_LAST + 1];
    bool closing;                                  /* guarded, as what follows */
    struct desk_order orders[ORDERS_MAX];          /* the oldest first */
    struct command_result results[2 * ORDERS_MAX]; /* likewise */
    int orders_count, results_count;
    struct desk_work work; /* the worker's */
};

static struct thread_desk *desk_of(struct desk *desk)
{
    return (struct thread_desk *)desk; /* the first member */
}

static void ring(int fd)
{
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

static void hush(int fd)
{
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
}

static void publish(struct thread_desk *desk, struct box *box)
{
    pthread_mutex_lock(&desk->mutex);
    void *old = box->ready;
    box->ready = box->making;
    box->making = old;
    box->fresh = true;
    pthread_mutex_unlock(&desk->mutex);
    ring(desk->news_fd);
}

static void answer(struct thread_desk *desk, enum desk_kind kind,
                   const struct desk_query *query)
{
    struct box *box = &desk->boxes[kind];
    if (box->making == NULL) {
        box->making = mem_zalloc(KINDS[kind].size);
    }
    memset(box->making, 0, KINDS[kind].size);
    KINDS[kind].answer(&desk->work, query, box->making);
    publish(desk, box);
}

static bool take_order(struct thread_desk *desk, struct desk_order *order)
{
    pthread_mutex_lock(&desk->mutex);
    const bool any = desk->orders_count > 0;
    if (any) {
        *order = desk->orders[0];
        desk->orders_count--;
        memmove(desk->orders, desk->orders + 1,
                (size_t)desk->orders_count * sizeof *desk->orders);
    }
    pthread_mutex_unlock(&desk->mutex);
    return any;
}

static bool take_question(struct thread_desk *desk, struct desk_query *query)
{
    bool any = false;
    pthread_mutex_lock(&desk->mutex);
    for (int kind = 0; kind <= DESK_KIND_LAST && !any; kind++) {
        struct box *box = &desk->boxes[kind];
        any = box->asked;
        if (any) {
            *query = box->query;
            box->asked = false;
        }
    }
    pthread_mutex_unlock(&desk->mutex);
    return any;
}

static void put_result(struct thread_desk *desk, const struct command_result *result)
{
    pthread_mutex_lock(&desk->mutex);
    if (desk->results_count < 2 * ORDERS_MAX) {
        desk->results[desk->results_count++] = *result;
    }
    pthread_mutex_unlock(&desk->mutex);
    ring(desk->news_fd);
}

static bool is_closing(struct thread_desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
    const bool closing = desk->closing;
    pthread_mutex_unlock(&desk->mutex);
    return closing;
}

static void carry_out(struct thread_desk *desk, const struct desk_order *order)
{
    struct command_result result = {.done = false};
    assert((int)order->verb >= 0 && order->verb <= DESK_VERB_LAST);
    result.done = VERBS[order->verb](&desk->work, order, &result);
    put_result(desk, &result);
}

static void wait_for_news(struct thread_desk *desk, int64_t until_ns)
{
    const int64_t left_ms = (until_ns - clock_monotonic_ns()) / CLOCK_NS_PER_MS + 1;
    struct pollfd wake = {.fd = desk->wake_fd, .events = POLLIN};
    poll(&wake, 1, (int)(left_ms > 0 ? left_ms : 0));
    hush(desk->wake_fd);
}

/* Orders first, then the list of sessions when it is due, then questions. */
static void *work(void *context)
{
    static const struct desk_query SESSIONS = {.kind = DESK_SESSIONS};
    struct thread_desk *desk = context;
    struct desk_order *order = mem_zalloc(sizeof *order);
    struct desk_query *query = mem_zalloc(sizeof *query);
    int64_t due_ns = 0;
    while (!is_closing(desk)) {
        if (take_order(desk, order)) {
            carry_out(desk, order);
            due_ns = 0;
        } else if (clock_monotonic_ns() >= due_ns) {
            due_ns = clock_monotonic_ns() + (int64_t)RENEW_MS * CLOCK_NS_PER_MS;
            answer(desk, DESK_SESSIONS, &SESSIONS);
        } else if (take_question(desk, query)) {
            answer(desk, query->kind, query);
        } else {
            wait_for_news(desk, due_ns);
        }
    }
    mem_free(order);
    mem_free(query);
    return NULL;
}

static int face_fd(struct desk *door)
{
    return desk_of(door)->news_fd;
}

static void face_pump(struct desk *door)
{
    struct thread_desk *desk = desk_of(door);
    hush(desk->news_fd);
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
    ring(desk->wake_fd);
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
    pthread_mutex_lock(&desk->mutex);
    const bool taken = desk->orders_count < ORDERS_MAX;
    if (taken) {
        desk->orders[desk->orders_count++] = *order;
    }
    pthread_mutex_unlock(&desk->mutex);
    if (taken) {
        ring(desk->wake_fd);
    } else {
        put_result(desk, &BUSY);
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
    desk_watch_destroy(desk->work.watch);
    desk_children_destroy(desk->work.children);
    desk_shelf_destroy(desk->work.shelf);
    close(desk->wake_fd);
    close(desk->news_fd);
    pthread_mutex_destroy(&desk->mutex);
    mem_free(desk);
}

static void face_close(struct desk *door)
{
    struct thread_desk *desk = desk_of(door);
    pthread_mutex_lock(&desk->mutex);
    desk->closing = true;
    pthread_mutex_unlock(&desk->mutex);
    ring(desk->wake_fd);
    pthread_join(desk->thread, NULL);
    finish(desk);
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

/* Signals are the face's business. */
static bool start_thread(struct thread_desk *desk, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&desk->thread, NULL, work, desk);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ||
           err_set(err, ERR_INTERNAL, "no thread for the desk: %s", strerror(failed));
}

/* Runners may work in other directories than this one. */
static bool make_absolute(char path[DESK_PLACE_SIZE], const char *given, struct err *err)
{
    char here[DESK_PLACE_SIZE] = "";
    if (given[0] != '/' && getcwd(here, sizeof here) == NULL) {
        return err_set(err, ERR_IO, "the working directory has no path");
    }
    text_cut(path, DESK_PLACE_SIZE, "%s%s%s", here, here[0] != '\0' ? "/" : "", given);
    return true;
}

bool desk_open(struct desk **out, const struct desk_options *options, struct err *err)
{
    struct thread_desk *desk = mem_zalloc(sizeof *desk);
    desk->desk.ops = &OPS;
    if (!make_absolute(desk->work.state_dir, options->state_dir, err)) {
        mem_free(desk);
        return false;
    }
    text_cut(desk->work.program, DESK_PLACE_SIZE, "%s", options->program);
    desk->work.watch = desk_watch_create();
    desk->work.children = desk_children_create();
    desk->work.shelf = desk_shelf_create();
    desk->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    desk->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&desk->mutex, NULL);
    if (desk->wake_fd < 0 || desk->news_fd < 0) {
        finish(desk);
        return err_set(err, ERR_IO, "no descriptors for the desk");
    }
    if (!start_thread(desk, err)) {
        finish(desk);
        return false;
    }
    *out = &desk->desk;
    return true;
}
