#include "support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/check.h"

extern char **environ;

enum { WORDS_MAX = 96, RUN_MS = 60 * 1000 };

static size_t split(char *words, char *out[WORDS_MAX])
{
    size_t count = 0;
    while (*words != '\0') {
        assert_true(count < WORDS_MAX - 1);
        out[count++] = words;
        words += strcspn(words, " ");
        if (*words == ' ') {
            *words++ = '\0';
        }
    }
    out[count] = NULL;
    return count;
}

static void connect_streams(posix_spawn_file_actions_t *actions, int pipes[][2])
{
    assert_int_equal(posix_spawn_file_actions_init(actions), 0);
    posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(actions, pipes[PROGRAM_OUT][1], 1);
    posix_spawn_file_actions_adddup2(actions, pipes[PROGRAM_MESSAGES][1], 2);
}

void program_start_in(struct program *program, const char *folder,
                      const char *const environment[], const char *words)
{
    char *path = getenv("ARBLITE");
    if (path == NULL) {
        fail_msg("ARBLITE is not set to the program's path");
    }
    program_finish(program);
    struct text line = text_growing();
    text_addf(&line, "%s %s", path, words);
    char *argv[WORDS_MAX];
    split(line.data, argv);
    int pipes[PROGRAM_STREAM_LAST + 1][2];
    for (int i = 0; i <= PROGRAM_STREAM_LAST; i++) {
        assert_int_equal(pipe2(pipes[i], O_CLOEXEC), 0);
        assert_int_equal(fcntl(pipes[i][0], F_SETFL, O_NONBLOCK), 0);
        program->fds[i] = pipes[i][0];
        program->said[i] = text_growing();
    }
    posix_spawn_file_actions_t actions;
    connect_streams(&actions, pipes);
    if (folder != NULL) {
        posix_spawn_file_actions_addchdir_np(&actions, folder);
    }
    assert_int_equal(posix_spawn(&program->pid, path, &actions, NULL, argv,
                                 environment == NULL ? environ : (char *const *)environment),
                     0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[PROGRAM_OUT][1]);
    close(pipes[PROGRAM_MESSAGES][1]);
    text_finish(&line);
}

void program_start(struct program *program, const char *words)
{
    program_start_in(program, NULL, NULL, words);
}

static void take(struct program *program, int stream)
{
    char bytes[65536];
    const ssize_t count = read(program->fds[stream], bytes, sizeof bytes);
    if (count > 0) {
        text_add_bytes(&program->said[stream], bytes, (size_t)count);
    } else if (count == 0 || errno != EAGAIN) {
        close(program->fds[stream]);
        program->fds[stream] = -1;
    }
}

/* Waits for news until then, at most; false when there is nobody to listen to any more. */
static bool listen_once(struct program *program, int64_t until_ns)
{
    struct pollfd polls[PROGRAM_STREAM_LAST + 1];
    bool alive = false;
    for (int i = 0; i <= PROGRAM_STREAM_LAST; i++) {
        polls[i] = (struct pollfd){.fd = program->fds[i], .events = POLLIN};
        alive = alive || program->fds[i] >= 0;
    }
    const int64_t left_ns = until_ns - clock_monotonic_ns();
    if (!alive || left_ns <= 0) {
        return false;
    }
    const struct timespec left = {left_ns / CLOCK_NS_PER_S, left_ns % CLOCK_NS_PER_S};
    (void)ppoll(polls, LEN(polls), &left, NULL);
    for (int i = 0; i <= PROGRAM_STREAM_LAST; i++) {
        if (polls[i].revents != 0) {
            take(program, i);
        }
    }
    return true;
}

void program_listen(struct program *program, int64_t time_ns)
{
    const int64_t until_ns = clock_monotonic_ns() + time_ns;
    while (listen_once(program, until_ns)) {
    }
}

bool program_says(struct program *program, enum program_stream stream, const char *what,
                  int timeout_ms)
{
    const int64_t until_ns = clock_monotonic_ns() + timeout_ms * (int64_t)CLOCK_NS_PER_MS;
    while (strstr(program_said(program, stream), what) == NULL) {
        if (!listen_once(program, until_ns)) {
            return strstr(program_said(program, stream), what) != NULL;
        }
    }
    return true;
}

void program_signal(const struct program *program, int number)
{
    assert_true(program->pid > 0);
    assert_int_equal(kill(program->pid, number), 0);
}

int program_end(struct program *program, int timeout_ms)
{
    int status = 0;
    assert_true(program->pid > 0);
    program_listen(program, timeout_ms * (int64_t)CLOCK_NS_PER_MS);
    if (program->fds[PROGRAM_OUT] >= 0 || program->fds[PROGRAM_MESSAGES] >= 0) {
        fail_msg("the program did not end within %d ms; it said:\n%s\n%s", timeout_ms,
                 program_said(program, PROGRAM_OUT), program_said(program, PROGRAM_MESSAGES));
    }
    assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
    program->pid = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int program_run(struct program *program, const char *words)
{
    program_start(program, words);
    return program_end(program, RUN_MS);
}

const char *program_said(const struct program *program, enum program_stream stream)
{
    return text_string(&program->said[stream]);
}

void program_finish(struct program *program)
{
    if (program->pid > 0) {
        kill(program->pid, SIGKILL);
        waitpid(program->pid, NULL, 0);
        program->pid = 0;
        close(program->fds[PROGRAM_OUT]);
        close(program->fds[PROGRAM_MESSAGES]);
    }
    for (int i = 0; i <= PROGRAM_STREAM_LAST; i++) {
        text_finish(&program->said[i]);
        program->said[i] = (struct text){0};
        program->fds[i] = -1;
    }
}
