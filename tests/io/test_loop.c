#include "support/check.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/loop.h"

/* What happened, as one letter per callback. */
struct diary {
    struct loop *loop;
    char text[64];
    size_t length;
    int fds[2];
    uint64_t timer;
    int64_t fired_ns;
};

static void note(struct diary *diary, char letter)
{
    assert_true(diary->length < sizeof(diary->text) - 1);
    diary->text[diary->length++] = letter;
}

static int start(void **state)
{
    static struct diary diary;
    diary = (struct diary){.loop = loop_create()};
    assert_int_equal(pipe(diary.fds), 0);
    *state = &diary;
    return 0;
}

static int end(void **state)
{
    struct diary *diary = *state;
    loop_destroy(diary->loop);
    close(diary->fds[0]);
    close(diary->fds[1]);
    return 0;
}

static void note_a(void *context, int64_t now_ns)
{
    note(context, 'a');
}

static void note_b(void *context, int64_t now_ns)
{
    note(context, 'b');
}

static void note_c(void *context, int64_t now_ns)
{
    note(context, 'c');
}

static void stop(void *context, int64_t now_ns)
{
    struct diary *diary = context;
    diary->fired_ns = now_ns;
    loop_stop(diary->loop, 7);
}

static void fires_timers_by_due_then_by_start(void **state)
{
    struct diary *diary = *state;
    const int64_t now_ns = clock_monotonic_ns();
    loop_add_timer(diary->loop, now_ns + 2000000, stop, diary);
    loop_add_timer(diary->loop, now_ns - 1, note_b, diary);
    loop_add_timer(diary->loop, now_ns - 1, note_c, diary);
    loop_add_timer(diary->loop, now_ns - 2, note_a, diary);
    loop_add_timer(diary->loop, now_ns - 1, note_a, diary);
    assert_int_equal(loop_run(diary->loop), 7);
    assert_string_equal(diary->text, "abca");
    assert_true(diary->fired_ns >= now_ns + 2000000);
    assert_true(clock_monotonic_ns() < now_ns + CLOCK_NS_PER_S);
}

static void forgets_a_removed_timer(void **state)
{
    struct diary *diary = *state;
    const uint64_t first = loop_add_timer(diary->loop, 1, note_a, diary);
    loop_add_timer(diary->loop, 2, note_b, diary);
    loop_remove_timer(diary->loop, first);
    loop_remove_timer(diary->loop, first); /* twice, and unknown: ignored */
    loop_remove_timer(diary->loop, 99);
    loop_add_timer(diary->loop, 3, stop, diary);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "b");
}

static void remove_other(void *context, int64_t now_ns)
{
    struct diary *diary = context;
    note(diary, 'r');
    loop_remove_timer(diary->loop, diary->timer);
}

/* Goal: of two timers due together, the first may take back the second. */
static void lets_a_timer_remove_another(void **state)
{
    struct diary *diary = *state;
    loop_add_timer(diary->loop, 1, remove_other, diary);
    diary->timer = loop_add_timer(diary->loop, 1, note_a, diary);
    loop_add_timer(diary->loop, 1, stop, diary);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "r");
}

static void read_and_stop(void *context, int fd, short revents)
{
    struct diary *diary = context;
    char byte;
    assert_int_equal(read(fd, &byte, 1), 1);
    note(diary, byte);
    loop_stop(diary->loop, 0);
}

static void rearm_for_ever(void *context, int64_t now_ns)
{
    struct diary *diary = context;
    loop_add_timer(diary->loop, now_ns, rearm_for_ever, diary);
}

/* Goal: a timer that is always due again does not starve a descriptor. */
static void serves_descriptors_between_timers(void **state)
{
    struct diary *diary = *state;
    loop_add_timer(diary->loop, 0, rearm_for_ever, diary);
    loop_add_fd(diary->loop, diary->fds[0], POLLIN, read_and_stop, diary);
    assert_int_equal(write(diary->fds[1], "x", 1), 1);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "x");
}

static void remove_both(void *context, int fd, short revents)
{
    struct diary *diary = context;
    note(diary, fd == diary->fds[0] ? 'i' : 'o');
    loop_remove_fd(diary->loop, diary->fds[0]);
    loop_remove_fd(diary->loop, diary->fds[1]);
}

/* Goal: both ends are ready in one round; the first callback removes both, so the second is
 * never called, not even in the round that already knew of it. */
static void never_calls_a_removed_watch(void **state)
{
    struct diary *diary = *state;
    assert_int_equal(write(diary->fds[1], "x", 1), 1);
    loop_add_fd(diary->loop, diary->fds[0], POLLIN, remove_both, diary);
    loop_add_fd(diary->loop, diary->fds[1], POLLOUT, remove_both, diary);
    loop_add_timer(diary->loop, clock_monotonic_ns() + 5000000, stop, diary);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "i");
    loop_remove_fd(diary->loop, diary->fds[0]); /* not watched: ignored */
}

static void note_ready(void *context, int fd, short revents)
{
    note(context, 'n');
    struct diary *diary = context;
    loop_stop(diary->loop, 0);
}

static void replace_watch(void *context, int fd, short revents)
{
    struct diary *diary = context;
    note(diary, 'r');
    loop_remove_fd(diary->loop, fd);
    /* Many at once: the tables move while the loop walks them. */
    for (int i = 0; i < 20; i++) {
        const int copy = dup(diary->fds[1]);
        loop_add_fd(diary->loop, copy, 0, note_ready, diary);
        loop_remove_fd(diary->loop, copy);
        close(copy);
    }
    loop_add_fd(diary->loop, fd, POLLIN, note_ready, diary);
}

/* Goal: a descriptor removed and added again in its own callback belongs to the new watch. */
static void accepts_a_new_watch_inside_a_callback(void **state)
{
    struct diary *diary = *state;
    assert_int_equal(write(diary->fds[1], "x", 1), 1);
    loop_add_fd(diary->loop, diary->fds[0], POLLIN, replace_watch, diary);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "rn");
}

static void close_on_hangup(void *context, int fd, short revents)
{
    struct diary *diary = context;
    assert_true(revents & POLLHUP);
    note(diary, 'h');
    loop_stop(diary->loop, 0);
}

static void reports_a_hangup_nobody_asked_for(void **state)
{
    struct diary *diary = *state;
    loop_add_fd(diary->loop, diary->fds[0], 0, close_on_hangup, diary);
    close(diary->fds[1]);
    diary->fds[1] = dup(diary->fds[0]); /* for the tear-down */
    loop_run(diary->loop);
    assert_string_equal(diary->text, "h");
}

static void waits_only_for_the_events_set_last(void **state)
{
    struct diary *diary = *state;
    assert_int_equal(write(diary->fds[1], "x", 1), 1);
    loop_add_fd(diary->loop, diary->fds[0], POLLIN, note_ready, diary);
    loop_set_events(diary->loop, diary->fds[0], 0);
    loop_add_timer(diary->loop, 1, stop, diary);
    assert_int_equal(loop_run(diary->loop), 7);
    assert_string_equal(diary->text, "");
    loop_set_events(diary->loop, diary->fds[0], POLLIN);
    assert_int_equal(loop_run(diary->loop), 0);
    assert_string_equal(diary->text, "n");
}

static void note_signal(void *context, int signal)
{
    struct diary *diary = context;
    note(diary, signal == SIGUSR1 ? '1' : '2');
    if (diary->length == 3) {
        loop_stop(diary->loop, 0);
    }
}

static void raise_again(void *context, int64_t now_ns)
{
    raise(SIGUSR1);
}

static void delivers_signals_from_the_loop(void **state)
{
    struct diary *diary = *state;
    struct err err = {0};
    assert_true(loop_add_signal(diary->loop, SIGUSR1, note_signal, diary, &err));
    assert_true(loop_add_signal(diary->loop, SIGUSR2, note_signal, diary, &err));
    raise(SIGUSR2); /* would end the process if it were not blocked */
    raise(SIGUSR1);
    assert_string_equal(diary->text, "");
    loop_add_timer(diary->loop, clock_monotonic_ns() + 1000000, raise_again, diary);
    loop_run(diary->loop);
    assert_string_equal(diary->text, "121"); /* the kernel hands out the lower number first */
}

/* Goal: a stop that comes before the run is not forgotten, and the loop can run again. */
static void keeps_a_stop_from_before_the_run(void **state)
{
    struct diary *diary = *state;
    loop_stop(diary->loop, 3);
    assert_int_equal(loop_run(diary->loop), 3);
    loop_add_timer(diary->loop, 1, stop, diary);
    assert_int_equal(loop_run(diary->loop), 7);
    loop_destroy(NULL);
}

int main(void)
{
#define DIARY(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        DIARY(fires_timers_by_due_then_by_start), DIARY(forgets_a_removed_timer),
        DIARY(lets_a_timer_remove_another),       DIARY(serves_descriptors_between_timers),
        DIARY(never_calls_a_removed_watch),       DIARY(accepts_a_new_watch_inside_a_callback),
        DIARY(reports_a_hangup_nobody_asked_for), DIARY(waits_only_for_the_events_set_last),
        DIARY(delivers_signals_from_the_loop),    DIARY(keeps_a_stop_from_before_the_run),
    };
    return cmocka_run_group_tests_name("io/loop", tests, NULL, NULL);
}
