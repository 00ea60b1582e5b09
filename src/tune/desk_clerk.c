#include "desk_clerk.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { RENEW_MS = 500 };

static const struct {
    enum clerk_duty clerk;
    size_t size;
    desk_answer_fn *answer;
} KINDS[] = {
    [DESK_SESSIONS] = {CLERK_SESSIONS, sizeof(struct tuning), desk_answer_sessions},
    [DESK_FORM] = {CLERK_SESSIONS, sizeof(struct tuning_form), desk_answer_form},
    [DESK_RANKING] = {CLERK_RESULTS, sizeof(struct ranking), desk_answer_ranking},
    [DESK_RESULT] = {CLERK_RESULTS, sizeof(struct ranking_result), desk_answer_result},
    [DESK_HEAT] = {CLERK_RESULTS, sizeof(struct ranking_heat), desk_answer_heat},
};
_Static_assert(sizeof KINDS / sizeof KINDS[0] == DESK_KIND_LAST + 1, "a row per kind");

static const struct {
    enum clerk_duty clerk;
    desk_order_fn *carry_out;
} VERBS[] = {
    [DESK_START] = {CLERK_SESSIONS, desk_start},
    [DESK_STOP] = {CLERK_SESSIONS, desk_stop},
    [DESK_RESUME] = {CLERK_SESSIONS, desk_resume},
    [DESK_EXPORT] = {CLERK_RESULTS, desk_export},
};
_Static_assert(sizeof VERBS / sizeof VERBS[0] == DESK_VERB_LAST + 1, "a row per verb");

struct clerk *desk_clerk_of_kind(struct thread_desk *desk, enum desk_kind kind)
{
    return &desk->clerks[KINDS[kind].clerk];
}

struct clerk *desk_clerk_of_verb(struct thread_desk *desk, enum desk_verb verb)
{
    return &desk->clerks[VERBS[verb].clerk];
}

void desk_ring(int fd)
{
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

void desk_hush(int fd)
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
    desk_ring(desk->news_fd);
}

static void answer(struct clerk *clerk, const struct desk_query *query)
{
    const size_t size = KINDS[query->kind].size;
    struct box *box = &clerk->desk->boxes[query->kind];
    if (box->making == NULL) {
        box->making = mem_zalloc(size);
    }
    memset(box->making, 0, size);
    KINDS[query->kind].answer(&clerk->work, query, box->making);
    publish(clerk->desk, box);
}

static bool take_order(struct clerk *clerk, struct desk_order *order)
{
    pthread_mutex_lock(&clerk->desk->mutex);
    const bool any = clerk->orders_count > 0;
    if (any) {
        *order = clerk->orders[0];
        clerk->orders_count--;
        memmove(clerk->orders, clerk->orders + 1,
                (size_t)clerk->orders_count * sizeof *clerk->orders);
    }
    pthread_mutex_unlock(&clerk->desk->mutex);
    return any;
}

static bool take_question(struct clerk *clerk, struct desk_query *query)
{
    struct thread_desk *desk = clerk->desk;
    bool any = false;
    pthread_mutex_lock(&desk->mutex);
    for (int kind = 0; kind <= DESK_KIND_LAST && !any; kind++) {
        struct box *box = &desk->boxes[kind];
        any = box->asked && desk_clerk_of_kind(desk, (enum desk_kind)kind) == clerk;
        if (any) {
            *query = box->query;
            box->asked = false;
        }
    }
    pthread_mutex_unlock(&desk->mutex);
    return any;
}

void desk_put_result(struct thread_desk *desk, const struct command_result *result)
{
    pthread_mutex_lock(&desk->mutex);
    if (desk->results_count < RESULTS_MAX) {
        desk->results[desk->results_count++] = *result;
    }
    pthread_mutex_unlock(&desk->mutex);
    desk_ring(desk->news_fd);
}

static bool is_closing(struct thread_desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
    const bool closing = desk->closing;
    pthread_mutex_unlock(&desk->mutex);
    return closing;
}

static void carry_out(struct clerk *clerk, const struct desk_order *order)
{
    struct command_result result = {.done = false};
    result.done = VERBS[order->verb].carry_out(&clerk->work, order, &result);
    desk_put_result(clerk->desk, &result);
}

static void wait_for_work(const struct clerk *clerk, int wait_ms)
{
    struct pollfd wake = {.fd = clerk->wake_fd, .events = POLLIN};
    poll(&wake, 1, wait_ms);
    desk_hush(clerk->wake_fd);
}

/* The list goes to the other clerk as well, who wakes up for the first one. */
static void renew_list(struct clerk *clerk)
{
    static const struct desk_query SESSIONS = {.kind = DESK_SESSIONS};
    struct thread_desk *desk = clerk->desk;
    answer(clerk, &SESSIONS);
    pthread_mutex_lock(&desk->mutex);
    const bool first = desk->list->made_mono_ns == 0;
    *desk->list = *desk_watch_list(clerk->work.watch);
    pthread_mutex_unlock(&desk->mutex);
    if (first) {
        desk_ring(desk->clerks[CLERK_RESULTS].wake_fd);
    }
}

/* Orders first, then the list of sessions when it is due, then questions. */
static void watch_sessions(struct clerk *clerk, struct desk_order *order,
                           struct desk_query *query)
{
    int64_t due_ns = 0;
    while (!is_closing(clerk->desk)) {
        const int64_t left_ns = due_ns - clock_monotonic_ns();
        if (take_order(clerk, order)) {
            carry_out(clerk, order);
            due_ns = 0;
        } else if (left_ns <= 0) {
            due_ns = clock_monotonic_ns() + (int64_t)RENEW_MS * CLOCK_NS_PER_MS;
            renew_list(clerk);
        } else if (take_question(clerk, query)) {
            answer(clerk, query);
        } else {
            wait_for_work(clerk, (int)(left_ns / CLOCK_NS_PER_MS) + 1);
        }
    }
}

static bool take_list(struct clerk *clerk)
{
    struct thread_desk *desk = clerk->desk;
    pthread_mutex_lock(&desk->mutex);
    const bool any = desk->list->made_mono_ns != 0;
    desk_watch_set(clerk->work.watch, desk->list);
    pthread_mutex_unlock(&desk->mutex);
    return any;
}

static void read_results(struct clerk *clerk, struct desk_order *order,
                         struct desk_query *query)
{
    while (!is_closing(clerk->desk)) {
        if (!take_list(clerk)) {
            wait_for_work(clerk, -1);
        } else if (take_order(clerk, order)) {
            carry_out(clerk, order);
        } else if (take_question(clerk, query)) {
            answer(clerk, query);
        } else {
            wait_for_work(clerk, -1);
        }
    }
}

static void *work(void *context)
{
    struct clerk *clerk = context;
    struct desk_order *order = mem_zalloc(sizeof *order);
    struct desk_query *query = mem_zalloc(sizeof *query);
    if (clerk == &clerk->desk->clerks[CLERK_SESSIONS]) {
        watch_sessions(clerk, order, query);
    } else {
        read_results(clerk, order, query);
    }
    mem_free(order);
    mem_free(query);
    return NULL;
}

/* Signals are the face's business. */
bool desk_clerk_start(struct clerk *clerk, struct err *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&clerk->thread, NULL, work, clerk);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ||
           err_set(err, ERR_INTERNAL, "no thread for the desk: %s", strerror(failed));
}
