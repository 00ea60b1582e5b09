#include "terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "base/clock.h"
#include "support/check.h"

enum { WORDS_MAX = 32, PATIENCE_MS = 60 * 1000, LOOK_MS = 50 };

static void play(const char *folder, char *const argv[])
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    if (chdir(folder) == 0) {
        execv(argv[0], argv);
    }
    _exit(127);
}

void terminal_start(struct terminal *terminal, const char *folder, int cols, int rows,
                    const char *words)
{
    const struct winsize size = {.ws_col = (unsigned short)cols,
                                 .ws_row = (unsigned short)rows};
    char line[1024], *argv[WORDS_MAX], *rest = line;
    size_t count = 0;
    int slave;
    assert_non_null(getenv("ARBLITE"));
    text_cut(line, sizeof line, "%s %s", getenv("ARBLITE"), words);
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        assert_true(count < WORDS_MAX - 1);
        argv[count++] = word;
    }
    argv[count] = NULL;
    *terminal = (struct terminal){.screen = text_growing()};
    glass_init(&terminal->glass, cols, rows);
    assert_int_equal(openpty(&terminal->master, &slave, NULL, NULL, &size), 0);
    terminal->pid = fork();
    assert_true(terminal->pid >= 0);
    if (terminal->pid == 0) {
        close(terminal->master);
        if (login_tty(slave) == 0) {
            play(folder, argv);
        }
        _exit(127);
    }
    close(slave);
}

void terminal_type(struct terminal *terminal, const char *keys)
{
    assert_int_equal(write(terminal->master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Reads for up to `wait_ms`; answers as a terminal does. */
static bool listen_once(struct terminal *terminal, int wait_ms)
{
    char bytes[8192];
    struct pollfd master = {.fd = terminal->master, .events = POLLIN};
    const ssize_t length =
        poll(&master, 1, wait_ms) == 1 ? read(terminal->master, bytes, sizeof bytes) : -1;
    if (length <= 0) {
        return false;
    }
    glass_feed(&terminal->glass, bytes, (size_t)length);
    for (; terminal->glass.asked > 0; terminal->glass.asked--) {
        terminal_type(terminal, "\033[0n");
    }
    return true;
}

void terminal_wait(struct terminal *terminal, int wait_ms)
{
    const int64_t end_ns = clock_monotonic_ns() + (int64_t)wait_ms * CLOCK_NS_PER_MS;
    while (clock_monotonic_ns() < end_ns) {
        listen_once(terminal, LOOK_MS);
    }
    text_clear(&terminal->screen);
    canvas_print(terminal->glass.canvas, false, &terminal->screen);
}

void terminal_expect(struct terminal *terminal, const char *words)
{
    const int64_t end_ns = clock_monotonic_ns() + (int64_t)PATIENCE_MS * CLOCK_NS_PER_MS;
    bool shown = false;
    while (!shown && clock_monotonic_ns() < end_ns) {
        terminal_wait(terminal, LOOK_MS);
        shown = strstr(text_string(&terminal->screen), words) != NULL;
    }
    if (!shown) {
        print_error("'%s' never came; the glass shows\n%s\n", words,
                    text_string(&terminal->screen));
        fail();
    }
}

int terminal_end(struct terminal *terminal)
{
    const int64_t end_ns = clock_monotonic_ns() + (int64_t)PATIENCE_MS * CLOCK_NS_PER_MS;
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && clock_monotonic_ns() < end_ns) {
        listen_once(terminal, LOOK_MS);
        ended = waitpid(terminal->pid, &status, WNOHANG);
    }
    if (ended == 0) {
        fail_msg("the console did not end");
    }
    terminal->pid = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void terminal_finish(struct terminal *terminal)
{
    if (terminal->glass.canvas == NULL) {
        return;
    }
    if (terminal->pid != 0) {
        kill(terminal->pid, SIGKILL);
        waitpid(terminal->pid, NULL, 0);
    }
    close(terminal->master);
    glass_finish(&terminal->glass);
    text_finish(&terminal->screen);
    *terminal = (struct terminal){.pid = 0};
}
