#include "support/check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/outlet.h"

enum { READ_SIZE = 1 << 20 };

static char read_bytes[READ_SIZE];

/* All that is in the pipe now. */
static const char *take(int fd)
{
    size_t size = 0;
    ssize_t got = 1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, read_bytes + size, READ_SIZE - 1 - size)) > 0) {
        size += (size_t)got;
    }
    read_bytes[size] = '\0';
    return read_bytes;
}

/* A pipe that is full from the start. */
static struct outlet *open_full(int ends[2])
{
    static const char ROOM[4096];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], ROOM, sizeof(ROOM)) > 0) {
    }
    fcntl(ends[1], F_SETFL, 0); /* who writes to it now would wait */
    return outlet_create(ends[1]);
}

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static void says_at_once_what_is_taken(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct outlet *outlet = outlet_create(ends[1]);
    assert_true(outlet_say(outlet, "one", 0));
    assert_true(outlet_say(outlet, "", 0));
    assert_true(outlet_say(outlet, "two", 1));
    assert_string_equal(take(ends[0]), "one\n\ntwo\n");
    assert_int_equal(outlet_waiting(outlet), 0);
    outlet_destroy(outlet, 0);
    close_both(ends);
}

/* Goal: nothing waits, whoever does not read; what was kept comes in order, once somebody does.
 */
static void keeps_what_is_not_taken(void **state)
{
    int ends[2];
    struct outlet *outlet = open_full(ends);
    assert_true(outlet_say(outlet, "one", 0));
    assert_true(outlet_say(outlet, "two", 0));
    assert_int_equal(outlet_waiting(outlet), 2);
    (void)take(ends[0]);
    outlet_push(outlet);
    assert_string_equal(take(ends[0]), "one\ntwo\n");
    assert_int_equal(outlet_dropped(outlet), 0);
    outlet_destroy(outlet, 0);
    close_both(ends);
}

/* Goal: of a full queue the oldest of the lightest goes, the new line itself if it is lighter
 * than all. */
static void drops_the_oldest_of_the_lightest(void **state)
{
    int ends[2];
    struct outlet *outlet = open_full(ends);
    assert_true(outlet_say(outlet, "grave", 3));
    assert_true(outlet_say(outlet, "light", 1));
    for (int i = 2; i < OUTLET_LINES_MAX; i++) {
        assert_true(outlet_say(outlet, "x", 2));
    }
    assert_false(outlet_say(outlet, "new", 2)); /* for "light" */
    assert_false(outlet_say(outlet, "too light", 1));
    assert_false(outlet_say(outlet, "last", 3)); /* for the first "x" */
    assert_int_equal(outlet_dropped(outlet), 3);
    assert_int_equal(outlet_waiting(outlet), OUTLET_LINES_MAX);
    (void)take(ends[0]);
    outlet_push(outlet);
    const char *said = take(ends[0]);
    assert_ptr_equal(strstr(said, "grave\nx\n"), said);
    assert_null(strstr(said, "light"));
    assert_string_equal(said + strlen(said) - strlen("x\nnew\nlast\n"), "x\nnew\nlast\n");
    outlet_destroy(outlet, 0);
    close_both(ends);
}

/* Goal: at the end there is some patience and no more; a line cut short is not begun anew. */
static void ends_with_patience(void **state)
{
    int ends[2];
    char *longest = malloc(100001);
    memset(longest, 'l', 100000);
    longest[100000] = '\0';
    assert_int_equal(pipe(ends), 0);
    struct outlet *outlet = outlet_create(ends[1]);
    assert_true(outlet_say(outlet, longest, 0)); /* more than the pipe holds */
    assert_int_equal(outlet_waiting(outlet), 1);
    const size_t first = strlen(take(ends[0]));
    outlet_push(outlet);
    const size_t second = strlen(take(ends[0]));
    assert_int_equal(first + second, 100001);
    outlet_destroy(outlet, 10);
    close_both(ends);
    outlet = open_full(ends);
    assert_true(outlet_say(outlet, "never", 0));
    outlet_destroy(outlet, 10);
    close_both(ends);
    outlet_destroy(NULL, 0);
    free(longest);
}

/* Goal: for a reader that is gone nothing is kept. */
static void forgets_who_is_gone(void **state)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    struct outlet *outlet = outlet_create(ends[1]);
    close(ends[0]);
    for (int i = 0; i < 3; i++) {
        assert_true(outlet_say(outlet, "x", 0));
        assert_int_equal(outlet_waiting(outlet), 0);
    }
    outlet_destroy(outlet, 1000);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_at_once_what_is_taken),
        cmocka_unit_test(keeps_what_is_not_taken),
        cmocka_unit_test(drops_the_oldest_of_the_lightest),
        cmocka_unit_test(ends_with_patience),
        cmocka_unit_test(forgets_who_is_gone),
    };
    return cmocka_run_group_tests_name("io/outlet", tests, NULL, NULL);
}
