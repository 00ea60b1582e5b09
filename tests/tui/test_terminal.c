#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "base/clock.h"
#include "fixtures.h"
#include "glass.h"
#include "script_port.h"
#include "tui/console.h"

/* The real console on a real pseudo-terminal, over a script, in a process of its own. */

enum {
    QUIET_MS = 400, /* longer than a frame */
    PATIENCE_MS = 10000,
    EXIT_BASE = 10, /* exit status: this and the kind of the end */
    EXIT_SIGNALLED = 64,
    TAIL_SIZE = 4096,
};

#define NS_PER_MS INT64_C(1000000)

struct stage {
    pid_t child;
    int master, slave; /* the slave is kept open to see its modes at the end */
    struct termios before;
    struct glass glass;
    char tail[TAIL_SIZE]; /* the last bytes */
    size_t tail_length;
    size_t bytes;
};

static void play(const struct console_options *options, bool moving, uint64_t pumps_max)
{
    static struct script_port script;
    struct console_end end = {CONSOLE_DETACHED, 0};
    struct err err = {.kind = ERR_NONE};
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    script_port_open(&script, moving, 100);
    script.pumps_max = pumps_max;
    const bool ran = console_run(&script.port, options, &end, &err);
    if (!ran) {
        _exit(EXIT_FAILURE);
    }
    _exit(end.kind == CONSOLE_SIGNALLED ? EXIT_SIGNALLED + end.signal
                                        : EXIT_BASE + (int)end.kind);
}

/* A play that ends by itself after so many tenths of a second; 0: never. */
static void raise_curtain_for(struct stage *stage, int cols, int rows, bool ascii, bool moving,
                              uint64_t tenths)
{
    const struct winsize size = {.ws_col = (unsigned short)cols,
                                 .ws_row = (unsigned short)rows};
    const struct console_options options = {.ascii = ascii,
                                            .operator_name = "jk",
                                            .come_back = "arblite attach",
                                            .start_again = "arblite console"};
    memset(stage, 0, sizeof *stage);
    glass_init(&stage->glass, cols, rows);
    assert_int_equal(openpty(&stage->master, &stage->slave, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(stage->slave, &stage->before), 0);
    stage->child = fork();
    assert_true(stage->child >= 0);
    if (stage->child == 0) {
        close(stage->master);
        if (login_tty(stage->slave) != 0) {
            _exit(EXIT_FAILURE);
        }
        play(&options, moving, tenths);
    }
}

static void raise_curtain(struct stage *stage, int cols, int rows, bool ascii, bool moving)
{
    raise_curtain_for(stage, cols, rows, ascii, moving, 0);
}

static void remember(struct stage *stage, const char *bytes, size_t length)
{
    stage->bytes += length;
    for (size_t i = 0; i < length; i++) {
        if (stage->tail_length == TAIL_SIZE - 1) {
            memmove(stage->tail, stage->tail + TAIL_SIZE / 2, TAIL_SIZE / 2 - 1);
            stage->tail_length = TAIL_SIZE / 2 - 1;
        }
        stage->tail[stage->tail_length++] = bytes[i];
        stage->tail[stage->tail_length] = '\0';
    }
}

static void type(struct stage *stage, const char *keys)
{
    assert_int_equal(write(stage->master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Reads for up to `wait_ms`; false when nothing came. Answers as a terminal does. */
static bool listen_once(struct stage *stage, int wait_ms)
{
    char bytes[8192];
    struct pollfd master = {.fd = stage->master, .events = POLLIN};
    if (poll(&master, 1, wait_ms) != 1) {
        return false;
    }
    const ssize_t length = read(stage->master, bytes, sizeof bytes);
    if (length <= 0) {
        return false;
    }
    remember(stage, bytes, (size_t)length);
    glass_feed(&stage->glass, bytes, (size_t)length);
    for (; stage->glass.asked > 0; stage->glass.asked--) {
        type(stage, "\033[0n");
    }
    return true;
}

static void print_glass(const struct stage *stage, struct text *out)
{
    text_clear(out);
    canvas_print(stage->glass.canvas, false, out);
}

/* Waits until the glass shows this somewhere. */
static void expect(struct stage *stage, const char *words)
{
    struct text text = text_growing();
    const int64_t end_ns = clock_monotonic_ns() + PATIENCE_MS * NS_PER_MS;
    bool shown = false;
    while (!shown && clock_monotonic_ns() < end_ns) {
        listen_once(stage, 50);
        print_glass(stage, &text);
        shown = strstr(text_string(&text), words) != NULL;
    }
    if (!shown) {
        print_error("'%s' never came; the glass shows\n%s\n", words, text_string(&text));
    }
    text_finish(&text);
    assert_true(shown);
}

/* The heart beats by the clock; everything else stands still. */
static void still_the_heart(struct text *text)
{
    char *beat = text->data != NULL ? strstr(text->data, "\u2022") : NULL;
    if (beat != NULL) {
        memmove(beat + 1, beat + 3, strlen(beat + 3) + 1);
        *beat = ' ';
    }
    beat = text->data != NULL ? strstr(text->data, "* ") : NULL;
    if (beat != NULL) {
        *beat = ' ';
    }
}

/* Goal: what curses brought to the glass is what the snap renderer says. */
static void expect_snap(struct stage *stage, bool ascii)
{
    static struct snapshot snapshot;
    struct text got = text_growing(), want = text_growing();
    struct err err = {.kind = ERR_NONE};
    const struct console_snap snap = {.screen = "live",
                                      .cols = stage->glass.canvas->cols,
                                      .rows = stage->glass.canvas->rows,
                                      .ascii = ascii};
    fixture_fill(&snapshot, FIXTURE_NORMAL);
    assert_true(console_snap(&snapshot, NULL, &snap, &want, &err));
    still_the_heart(&want);
    const int64_t end_ns = clock_monotonic_ns() + PATIENCE_MS * NS_PER_MS;
    bool same = false;
    while (!same && clock_monotonic_ns() < end_ns) {
        listen_once(stage, 50);
        print_glass(stage, &got);
        still_the_heart(&got);
        same = strcmp(text_string(&got), text_string(&want)) == 0;
    }
    if (!same) {
        print_error("got\n%s\nwant\n%s\n", text_string(&got), text_string(&want));
    }
    text_finish(&got);
    text_finish(&want);
    assert_true(same);
    assert_int_equal(stage->glass.unknown, 0);
}

/* Waits for the end, reads what is left and returns the wait status. */
static int wait_for_end(struct stage *stage)
{
    const int64_t end_ns = clock_monotonic_ns() + PATIENCE_MS * NS_PER_MS;
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && clock_monotonic_ns() < end_ns) {
        listen_once(stage, 20);
        ended = waitpid(stage->child, &status, WNOHANG);
    }
    if (ended == 0) {
        kill(stage->child, SIGKILL);
        waitpid(stage->child, &status, 0);
        print_error("the console did not end\n");
        fail();
    }
    while (listen_once(stage, 20)) {
    }
    return status;
}

static void expect_restored(const struct stage *stage)
{
    struct termios after;
    assert_int_equal(tcgetattr(stage->slave, &after), 0);
    assert_int_equal(after.c_lflag, stage->before.c_lflag);
    assert_int_equal(after.c_iflag, stage->before.c_iflag);
    assert_int_equal(after.c_oflag, stage->before.c_oflag);
    assert_false(stage->glass.alternate);
    assert_false(stage->glass.pastes);
    assert_true(stage->glass.cursor_shown);
}

static void drop_curtain(struct stage *stage)
{
    close(stage->slave);
    close(stage->master);
    glass_finish(&stage->glass);
}

static void detach(struct stage *stage)
{
    type(stage, "Q");
    const int status = wait_for_end(stage);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_BASE + CONSOLE_DETACHED);
}

static void shows_what_snap_shows(void **state)
{
    static const struct {
        int cols, rows;
        bool ascii;
    } cases[] = {
        {80, 24, false}, {160, 48, false}, {80, 24, true}, {30, 6, false}, {200, 60, true}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct stage stage;
        raise_curtain(&stage, cases[i].cols, cases[i].rows, cases[i].ascii, false);
        expect_snap(&stage, cases[i].ascii);
        detach(&stage);
        expect_restored(&stage);
        drop_curtain(&stage);
    }
}

/* Goal: leaving says what becomes of the session, on the screen that was there before. */
static void says_goodbye(void **state)
{
    struct stage stage;
    raise_curtain(&stage, 80, 24, false, false);
    expect(&stage, "KRW-BTC");
    type(&stage, "?");
    expect(&stage, "what every key does here");
    type(&stage, "q");
    expect(&stage, "KRW-BTC");
    type(&stage, "q");
    const int status = wait_for_end(&stage);
    assert_int_equal(WEXITSTATUS(status), EXIT_BASE + CONSOLE_DETACHED);
    const char *left = strstr(stage.tail, "\033[?1049l");
    assert_non_null(left);
    assert_non_null(strstr(left, "session paper-20261120-2124 goes on; come back with: "
                                 "arblite attach"));
    drop_curtain(&stage);
}

static void kills_and_tells_when_the_session_is_gone(void **state)
{
    struct stage stage;
    raise_curtain(&stage, 80, 24, false, true);
    expect(&stage, "KRW-BTC");
    type(&stage, "KK");
    expect(&stage, "KILL ENGAGED");
    expect(&stage, "by jk");
    type(&stage, ":quit\r");
    expect(&stage, "End this session?");
    usleep(500000); /* the box is deaf for 400 ms */
    type(&stage, "y");
    const int status = wait_for_end(&stage);
    assert_int_equal(WEXITSTATUS(status), EXIT_BASE + CONSOLE_SESSION_ENDED);
    assert_non_null(strstr(stage.tail, "has ended"));
    expect_restored(&stage);
    drop_curtain(&stage);
}

/* Goal: a host that dies without a word is told from a session that ends, and what to do. */
static void tells_when_the_host_has_died(void **state)
{
    struct stage stage;
    raise_curtain_for(&stage, 80, 24, false, true, 5);
    const int status = wait_for_end(&stage);
    assert_int_equal(WEXITSTATUS(status), EXIT_BASE + CONSOLE_SESSION_GONE);
    assert_non_null(strstr(stage.tail, "the host of session paper-20261120-2124 is gone: "
                                       "the session has gone; start it again with: "
                                       "arblite console"));
    expect_restored(&stage);
    drop_curtain(&stage);
}

/* Goal: what terminals wrap around a paste, and the keys they send in two ways, are known. */
static void understands_what_terminals_send(void **state)
{
    struct stage stage;
    raise_curtain(&stage, 80, 24, false, false);
    expect(&stage, "KRW-BTC");
    assert_true(stage.glass.pastes);
    type(&stage, "\033[200~KKQ\033[201~");
    expect(&stage, "a paste was dropped");
    type(&stage, "?\033[F"); /* help, and End */
    expect(&stage, "end the session itself");
    type(&stage, "\033OH"); /* Home */
    expect(&stage, "what every key does here");
    type(&stage, "\033"); /* Escape by itself */
    expect(&stage, "KRW-BTC");
    detach(&stage);
    drop_curtain(&stage);
}

static void restores_after_every_signal(void **state)
{
    static const struct {
        int signal;
        bool deadly;
    } cases[] = {{SIGTERM, false}, {SIGHUP, false}, {SIGINT, false}, {SIGQUIT, false},
                 {SIGSEGV, true},  {SIGABRT, true}, {SIGBUS, true},  {SIGFPE, true}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct stage stage;
        print_message("# %s\n", strsignal(cases[i].signal));
        raise_curtain(&stage, 80, 24, false, true);
        expect(&stage, "KRW-BTC");
        assert_true(stage.glass.alternate);
        kill(stage.child, cases[i].signal);
        const int status = wait_for_end(&stage);
        if (cases[i].deadly) {
            assert_true(WIFSIGNALED(status));
            assert_int_equal(WTERMSIG(status), cases[i].signal);
        } else {
            assert_int_equal(WEXITSTATUS(status), EXIT_SIGNALLED + cases[i].signal);
        }
        expect_restored(&stage);
        drop_curtain(&stage);
    }
}

static void resize(struct stage *stage, int cols, int rows)
{
    const struct winsize size = {.ws_col = (unsigned short)cols,
                                 .ws_row = (unsigned short)rows};
    while (listen_once(stage, 0)) {
    }
    glass_resize(&stage->glass, cols, rows);
    assert_int_equal(ioctl(stage->master, TIOCSWINSZ, &size), 0);
}

/* Goal: every size down to one cell is survived, and the last one is drawn right. */
static void survives_a_storm_of_sizes(void **state)
{
    static const struct {
        int cols, rows;
    } sizes[] = {{200, 50}, {80, 24}, {40, 10}, {20, 5}, {5, 2}, {1, 1}, {300, 80}, {2, 60}};
    struct stage stage;
    raise_curtain(&stage, 80, 24, false, false);
    expect(&stage, "KRW-BTC");
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < LEN(sizes); i++) {
            resize(&stage, sizes[i].cols, sizes[i].rows);
            listen_once(&stage, round == 0 ? 60 : 1);
        }
    }
    usleep(QUIET_MS * 1000);
    resize(&stage, 100, 30);
    expect_snap(&stage, false);
    detach(&stage);
    drop_curtain(&stage);
}

/* Goal: moving books cost no whole-screen clear, and no more bytes than the budget. */
static void sends_little_and_never_clears(void **state)
{
    enum { WATCHED_MS = 2500 };
    static const struct {
        int cols, rows;
        size_t bytes_per_s_max;
    } cases[] = {{80, 24, 2500}, {200, 50, 6000}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct stage stage;
        raise_curtain(&stage, cases[i].cols, cases[i].rows, false, true);
        expect(&stage, "KRW-BTC");
        while (listen_once(&stage, QUIET_MS / 4)) {
        }
        const int clears = stage.glass.clears;
        const size_t before = stage.bytes;
        const int64_t start_ns = clock_monotonic_ns();
        while (clock_monotonic_ns() - start_ns < WATCHED_MS * NS_PER_MS) {
            listen_once(&stage, 20);
        }
        const size_t bytes_per_s = (stage.bytes - before) * 1000 / WATCHED_MS;
        print_message("# %dx%d: %zu bytes/s\n", cases[i].cols, cases[i].rows, bytes_per_s);
        assert_int_equal(stage.glass.clears, clears);
        assert_true(bytes_per_s > 0);
        assert_true(bytes_per_s <= cases[i].bytes_per_s_max);
        detach(&stage);
        drop_curtain(&stage);
    }
}

/* Goal: a terminal that is gone ends the console at once. */
static void leaves_when_the_terminal_is_gone(void **state)
{
    struct stage stage;
    raise_curtain(&stage, 80, 24, false, true);
    expect(&stage, "KRW-BTC");
    close(stage.slave);
    close(stage.master);
    int status = 0;
    pid_t ended = 0;
    for (int i = 0; i < PATIENCE_MS / 10 && ended == 0; i++) {
        usleep(10000);
        ended = waitpid(stage.child, &status, WNOHANG);
    }
    if (ended == 0) {
        kill(stage.child, SIGKILL);
        waitpid(stage.child, &status, 0);
    }
    assert_true(ended != 0);
    assert_true(WIFEXITED(status));
    glass_finish(&stage.glass);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_snap_shows),
        cmocka_unit_test(says_goodbye),
        cmocka_unit_test(kills_and_tells_when_the_session_is_gone),
        cmocka_unit_test(tells_when_the_host_has_died),
        cmocka_unit_test(understands_what_terminals_send),
        cmocka_unit_test(restores_after_every_signal),
        cmocka_unit_test(survives_a_storm_of_sizes),
        cmocka_unit_test(sends_little_and_never_clears),
        cmocka_unit_test(leaves_when_the_terminal_is_gone),
    };
    return cmocka_run_group_tests_name("tui/terminal", tests, NULL, NULL);
}
