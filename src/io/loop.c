#include "io/loop.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* poll() counts no time spent in suspend, the loop's clock does: looking at it once a second
 * keeps a timer from being late by the length of the suspend. */
#define WAIT_NS_MAX CLOCK_NS_PER_S

struct watch {
    int fd;
    short events;
    loop_fd_fn *call; /* NULL: removed while callbacks ran, swept before the next wait */
    void *context;
};

struct timer {
    uint64_t id; /* grows with every start */
    int64_t due_ns;
    loop_timer_fn *call;
    void *context;
};

struct signal_watch {
    loop_signal_fn *call;
    void *context;
};

struct loop {
    struct watch *watches;
    struct pollfd *polls; /* as many as watches; filled anew for each wait */
    size_t watch_count, watch_capacity;
    struct timer *timers; /* in no order: a program has a handful */
    size_t timer_count, timer_capacity;
    uint64_t last_timer_id;
    int signal_fd; /* -1 until the first signal is added */
    sigset_t signal_set;
    struct signal_watch signals[NSIG];
    bool stopped;
    int result;
};

struct loop *loop_create(void)
{
    struct loop *loop = mem_zalloc(sizeof(*loop));
    loop->signal_fd = -1;
    sigemptyset(&loop->signal_set);
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (loop == NULL) {
        return;
    }
    if (loop->signal_fd >= 0) {
        close(loop->signal_fd);
    }
    mem_free(loop->watches);
    mem_free(loop->polls);
    mem_free(loop->timers);
    mem_free(loop);
}

static struct watch *find_watch(struct loop *loop, int fd)
{
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].fd == fd && loop->watches[i].call != NULL) {
            return &loop->watches[i];
        }
    }
    return NULL;
}

void loop_add_fd(struct loop *loop, int fd, short events, loop_fd_fn *call, void *context)
{
    assert(fd >= 0 && call != NULL);
    assert(find_watch(loop, fd) == NULL);
    if (loop->watch_count == loop->watch_capacity) {
        loop->watch_capacity = loop->watch_capacity > 0 ? 2 * loop->watch_capacity : 8;
        loop->watches = mem_grow(loop->watches, loop->watch_capacity, sizeof(*loop->watches));
        loop->polls = mem_grow(loop->polls, loop->watch_capacity, sizeof(*loop->polls));
    }
    loop->watches[loop->watch_count++] =
        (struct watch){.fd = fd, .events = events, .call = call, .context = context};
}

void loop_set_events(struct loop *loop, int fd, short events)
{
    struct watch *watch = find_watch(loop, fd);
    assert(watch != NULL);
    watch->events = events;
}

void loop_remove_fd(struct loop *loop, int fd)
{
    struct watch *watch = find_watch(loop, fd);
    if (watch != NULL) {
        watch->call = NULL;
    }
}

uint64_t loop_add_timer(struct loop *loop, int64_t due_ns, loop_timer_fn *call, void *context)
{
    assert(call != NULL);
    if (loop->timer_count == loop->timer_capacity) {
        loop->timer_capacity = loop->timer_capacity > 0 ? 2 * loop->timer_capacity : 8;
        loop->timers = mem_grow(loop->timers, loop->timer_capacity, sizeof(*loop->timers));
    }
    const uint64_t id = ++loop->last_timer_id;
    loop->timers[loop->timer_count++] =
        (struct timer){.id = id, .due_ns = due_ns, .call = call, .context = context};
    return id;
}

void loop_remove_timer(struct loop *loop, uint64_t id)
{
    for (size_t i = 0; i < loop->timer_count; i++) {
        if (loop->timers[i].id == id) {
            loop->timers[i] = loop->timers[--loop->timer_count];
            return;
        }
    }
}

/* One signal per call: the descriptor stays readable, and a stop in between loses none. */
static void take_signal(void *context, int fd, short revents)
{
    struct loop *loop = context;
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
        return;
    }
    const int signal = (int)info.ssi_signo;
    const struct signal_watch *watch = &loop->signals[signal];
    if (watch->call != NULL) {
        watch->call(watch->context, signal);
    }
}

bool loop_add_signal(struct loop *loop, int signal, loop_signal_fn *call, void *context,
                     struct err *err)
{
    assert(signal > 0 && signal < NSIG && call != NULL);
    sigset_t wanted = loop->signal_set;
    sigaddset(&wanted, signal);
    /* Blocked first: an unblocked signal in between would end the process. */
    const int failed = pthread_sigmask(SIG_BLOCK, &wanted, NULL);
    assert(failed == 0);

    const int fd = signalfd(loop->signal_fd, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) {
        return err_set(err, ERR_IO, "cannot watch signal %d: %s", signal, strerror(errno));
    }
    if (loop->signal_fd < 0) {
        loop->signal_fd = fd;
        loop_add_fd(loop, fd, POLLIN, take_signal, loop);
    }
    loop->signal_set = wanted;
    loop->signals[signal] = (struct signal_watch){.call = call, .context = context};
    return true;
}

/* The timer to fire next: the earliest, and of several the one started first. */
static const struct timer *next_timer(const struct loop *loop)
{
    const struct timer *next = NULL;
    for (size_t i = 0; i < loop->timer_count; i++) {
        const struct timer *timer = &loop->timers[i];
        if (next == NULL || timer->due_ns < next->due_ns ||
            (timer->due_ns == next->due_ns && timer->id < next->id)) {
            next = timer;
        }
    }
    return next;
}

static void sweep_watches(struct loop *loop)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].call != NULL) {
            loop->watches[kept++] = loop->watches[i];
        }
    }
    loop->watch_count = kept;
}

static struct timespec wait_time(const struct loop *loop)
{
    int64_t wait_ns = WAIT_NS_MAX;
    const struct timer *timer = next_timer(loop);
    if (timer != NULL) {
        const int64_t now_ns = clock_monotonic_ns();
        if (timer->due_ns <= now_ns) {
            wait_ns = 0;
        } else if (timer->due_ns - now_ns < wait_ns) {
            wait_ns = timer->due_ns - now_ns;
        }
    }
    return (struct timespec){.tv_sec = wait_ns / CLOCK_NS_PER_S,
                             .tv_nsec = wait_ns % CLOCK_NS_PER_S};
}

static void call_watches(struct loop *loop)
{
    sweep_watches(loop);
    /* Watches added by a callback stand behind this count and wait for the next round. */
    const size_t count = loop->watch_count;
    for (size_t i = 0; i < count; i++) {
        loop->polls[i] =
            (struct pollfd){.fd = loop->watches[i].fd, .events = loop->watches[i].events};
    }
    const struct timespec wait = wait_time(loop);
    const int ready = ppoll(loop->polls, count, &wait, NULL);
    assert(ready >= 0 || errno == EINTR || errno == ENOMEM);
    for (size_t i = 0; ready > 0 && i < count && !loop->stopped; i++) {
        const short revents = loop->polls[i].revents;
        const struct watch watch = loop->watches[i];
        if (revents != 0 && watch.call != NULL) {
            assert((revents & POLLNVAL) == 0); /* closed before it was removed */
            watch.call(watch.context, watch.fd, revents);
        }
    }
}

static void call_timers(struct loop *loop)
{
    /* Timers started by a callback wait for the next round, even if they are due already, so
     * that a chain of them cannot starve the descriptors. */
    const uint64_t last_id = loop->last_timer_id;
    const int64_t now_ns = clock_monotonic_ns();
    while (!loop->stopped) {
        const struct timer *next = next_timer(loop);
        if (next == NULL || next->due_ns > now_ns || next->id > last_id) {
            return;
        }
        const struct timer timer = *next;
        loop_remove_timer(loop, timer.id);
        timer.call(timer.context, now_ns);
    }
}

int loop_run(struct loop *loop)
{
    while (!loop->stopped) {
        call_watches(loop);
        call_timers(loop);
    }
    loop->stopped = false;
    return loop->result;
}

void loop_stop(struct loop *loop, int result)
{
    loop->stopped = true;
    loop->result = result;
}
