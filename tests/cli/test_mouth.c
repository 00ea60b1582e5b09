#include "support/check.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/mouth.h"
#include "core/reason.h"
#include "io/outlet.h"

/* ALERT.UNDELIVERED: whoever should read the alarms does not. */

static char read_bytes[1 << 20];

static const char *take(int fd)
{
    size_t size = 0;
    ssize_t got = 1;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, read_bytes + size, sizeof(read_bytes) - 1 - size)) > 0) {
        size += (size_t)got;
    }
    read_bytes[size] = '\0';
    return read_bytes;
}

static void fill(int fd)
{
    static const char room[4096];
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, room, sizeof(room)) > 0) {
    }
    fcntl(fd, F_SETFL, 0); /* who writes to it now would wait for ever */
}

/* Goal: a thousand lines nobody reads are dropped, alarms last; consoles hear of it once; when
 * somebody reads again the alarms are there and it is said how much is not. */
static void alarms_outlive_a_reader_that_does_not_read(void **state)
{
    int ends[2];
    char line[160];
    assert_int_equal(pipe(ends), 0);
    fill(ends[1]);
    struct mouth *mouth = mouth_open(ends[1], false);
    mouth_say(mouth, "T alarm HIGH feed.stale: upbit");
    mouth_say(mouth, "T alarm LOW rate.budget: binance");
    mouth_say(mouth, "T trade 1 alarm HIGH"); /* not where an alarm says it */
    assert_false(mouth_beat(mouth, line, sizeof(line)));
    for (int i = 0; i < OUTLET_LINES_MAX; i++) {
        mouth_say(mouth, "T trade 2 opened");
    }
    assert_true(mouth_beat(mouth, line, sizeof(line)));
    assert_string_equal(line, "nobody reads the output of this session: ALERT.UNDELIVERED an "
                              "alert could not be delivered");
    assert_false(mouth_beat(mouth, line, sizeof(line)));
    (void)take(ends[0]);
    assert_false(mouth_beat(mouth, line, sizeof(line)));
    assert_false(mouth_beat(mouth, line, sizeof(line)));
    const char *said = take(ends[0]);
    assert_ptr_equal(strstr(said, "T alarm HIGH feed.stale: upbit\nT alarm LOW"), said);
    assert_null(strstr(said, "trade 1"));
    /* Of 1,027 lines 1,024 were kept. */
    assert_non_null(strstr(said, "ALERT.UNDELIVERED: 3 lines before this one were dropped\n"));
    mouth_close(mouth);
    close(ends[0]);
    close(ends[1]);
}

/* Goal: without a clock nothing is lost: whoever says it waits until it is taken. */
static void waits_where_no_clock_runs(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct mouth *mouth = mouth_open(ends[1], true);
    const pid_t reader = fork();
    if (reader == 0) {
        size_t size = 0;
        ssize_t got = 1;
        close(ends[1]);
        while (got > 0) {
            got = read(ends[0], read_bytes, 1000);
            size += got > 0 ? (size_t)got : 0;
        }
        _exit(size == 5000 * strlen("T trade 1 opened and more\n") ? 0 : 1);
    }
    close(ends[0]);
    for (int i = 0; i < 5000; i++) { /* twice what a pipe holds */
        mouth_say(mouth, "T trade 1 opened and more");
    }
    mouth_close(mouth);
    close(ends[1]);
    int status = 0;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    mouth_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_outlive_a_reader_that_does_not_read),
        cmocka_unit_test(waits_where_no_clock_runs),
    };
    return cmocka_run_group_tests_name("cli/mouth", tests, NULL, NULL);
}
