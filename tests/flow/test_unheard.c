#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/file.h"
#include "support/desk.h"
#include "support/edges.h"

/* A host that runs and cannot be spoken to: what an operator is told, and what still works. */

enum { ROWS = 20000, PROGRAM_MAX = 256 * 1024 * 1024, PLACES = 16 };

static void start(struct desk *desk)
{
    char path[DESK_PATH_SIZE];
    struct text csv = text_growing();
    edges_csv(&csv, ROWS);
    desk_file(desk, path, "edges.csv", text_string(&csv));
    text_finish(&csv);
    desk_host(desk, "--source csv:%s/edges.csv --speed 200 " EDGES_OPTIONS, desk->folder);
    desk_hears(desk, "trade 1 opened");
}

static int connect_silently(const struct desk *desk)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    text_cut(name.sun_path, sizeof name.sun_path, "%s/session.sock", desk->state);
    assert_int_equal(connect(fd, (const struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

/* The host's pid, told in a refusal. */
static void was_told_pid(struct desk *desk, enum program_stream stream)
{
    char pid[32];
    text_cut(pid, sizeof pid, "pid %d", (int)desk->host.pid);
    assert_non_null(strstr(program_said(&desk->command, stream), pid));
}

/* Goal: who occupies every place of the socket and says nothing stops no kill, and loses the
 * place within seconds. */
static void is_killed_over_a_full_socket(void **state)
{
    struct desk *desk = *state;
    int fds[PLACES];
    start(desk);
    for (int i = 0; i < PLACES; i++) {
        fds[i] = connect_silently(desk);
    }
    assert_int_equal(desk_run(desk, "pause"), 3);
    desk_was_told(desk, "the limit");
    assert_int_equal(desk_run(desk, "kill --reason full"), 0);
    was_told_pid(desk, PROGRAM_OUT);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT),
                           "but does not answer; the kill flag is set"));
    desk_hears(desk, "session killed");
    program_listen(&desk->host, INT64_C(6000000000)); /* a place is lost after 5 s */
    assert_int_equal(desk_run(desk, "pause"), 0);
    for (int i = 0; i < PLACES; i++) {
        close(fds[i]);
    }
}

static double sequence(struct desk *desk)
{
    json_t *status = desk_status(desk);
    const double seq = desk_number(status, "seq");
    json_decref(status);
    return seq;
}

/* Goal: a pipe of a page is full after a second of trades and nobody reads it: the session goes
 * on, six hundred rows far, and what was said meanwhile is there when somebody reads again. */
static void goes_on_though_nobody_reads_it(void **state)
{
    struct desk *desk = *state;
    start(desk);
    assert_true(fcntl(desk->host.fds[PROGRAM_OUT], F_SETPIPE_SZ, 4096) >= 4096);
    const double began = sequence(desk);
    const int64_t until_ns = clock_monotonic_ns() + 30 * CLOCK_NS_PER_S;
    while (sequence(desk) < began + 600) {
        assert_true(clock_monotonic_ns() < until_ns);
    }
    assert_int_equal(desk_run(desk, "kill --reason unread"), 0);
    desk_hears(desk, "trade 20 closed");
    desk_hears(desk, "session killed");
}

/* The program with another build id: one byte of its note is changed. */
static void write_other_build(const struct desk *desk, char path[DESK_PATH_SIZE])
{
    static const char HEAD[] = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU"; /* and 20 bytes of id */
    char *bytes = NULL;
    size_t length = 0;
    struct err err = {0};
    if (!file_read(getenv("ARBLITE"), PROGRAM_MAX, &bytes, &length, &err)) {
        fail_msg("%s", err.text);
    }
    char *note = memmem(bytes, length, HEAD, sizeof HEAD);
    assert_non_null(note);
    note[sizeof HEAD] ^= 1;
    text_cut(path, DESK_PATH_SIZE, "%.200s/arblite", desk->folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
    mem_free(bytes);
}

static void start_other_build(struct desk *desk)
{
    char other[DESK_PATH_SIZE];
    char ours[DESK_PATH_SIZE * 2];
    text_cut(ours, sizeof ours, "%s", getenv("ARBLITE"));
    write_other_build(desk, other);
    setenv("ARBLITE", other, 1);
    start(desk);
    setenv("ARBLITE", ours, 1);
}

/* Goal: after an upgrade the host of before is still seen, killed and stopped. */
static void speaks_of_a_host_of_another_build(void **state)
{
    struct desk *desk = *state;
    start_other_build(desk);
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "state"), "other_build");
    assert_int_equal((int)desk_number(status, "pid"), (int)desk->host.pid);
    json_decref(status);
    assert_int_equal(desk_run(desk, "status"), 0);
    was_told_pid(desk, PROGRAM_OUT);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "of another build"));

    assert_int_equal(desk_run(desk, "pause"), 3);
    was_told_pid(desk, PROGRAM_MESSAGES);
    desk_was_told(desk, "another build");
    assert_int_equal(desk_run(desk, "kill --reason upgrade"), 0);
    was_told_pid(desk, PROGRAM_OUT);
    desk_hears(desk, "session killed");

    assert_int_equal(desk_run(desk, "quit"), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "stays resumable"));
    status = desk_status(desk); /* at once */
    assert_string_equal(desk_word(status, "state"), "down");
    assert_false(desk_flag(status, "ended"));
    json_decref(status);
    assert_int_equal(desk_host_end(desk), 128 + SIGTERM);
}

/* Goal: `quit; status` never meets a host that is still leaving. */
static void is_gone_when_quit_returns(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 5; i++) {
        start(desk);
        assert_int_equal(desk_run(desk, "quit"), 0);
        json_t *status = desk_status(desk);
        assert_string_equal(desk_word(status, "state"), "down");
        assert_true(desk_flag(status, "ended"));
        json_decref(status);
        assert_int_equal(desk_host_end(desk), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_killed_over_a_full_socket, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(goes_on_though_nobody_reads_it, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(speaks_of_a_host_of_another_build, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(is_gone_when_quit_returns, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/unheard", tests, NULL, NULL);
}
