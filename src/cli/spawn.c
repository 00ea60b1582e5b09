#include "cli/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "build.h"
#include "cli/subcommand.h"
#include "run/result.h"

enum { LOG_PATH_SIZE = STATE_DIR_PATH_SIZE + 16 };

static void say(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
    fflush(context);
}

/* An empty message is good news: consoles can attach. */
static void tell_parent(void *context)
{
    int *fd = context;
    if (*fd >= 0) {
        (void)!write(*fd, "\n", 1);
        close(*fd);
        *fd = -1;
    }
}

static bool redirect(const struct host_options *options, struct err *err)
{
    char path[LOG_PATH_SIZE];
    text_cut(path, sizeof path, "%s/host.log", options->dir->path);
    const int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0) {
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    }
    close(log);
    close(null);
    return true;
}

static int live(const struct host_options *options, int ready_fd)
{
    struct err err = {0};
    struct host_options mine = *options;
    mine.take_signals = true;
    mine.version = build_name();
    mine.life = say;
    mine.life_context = stdout;
    mine.ready = tell_parent;
    mine.ready_context = &ready_fd;
    struct result result;
    enum host_end end = HOST_DATA_ENDED;
    setsid();
    if (!state_dir_create(mine.dir, &err) || !redirect(&mine, &err) ||
        !host_run(&mine, &end, &result, &err)) {
        log_error("host", "%s", err.text);
        if (ready_fd >= 0) {
            dprintf(ready_fd, "%d %s", (int)err.kind, err.text);
        }
        return err_exit_code(err.kind);
    }
    struct text summary = text_growing();
    result_summary(&result, &summary);
    fputs(text_string(&summary), stdout);
    text_finish(&summary);
    result_finish(&result);
    return 0;
}

/* Reads what the child has to say until it closes its end. */
static bool hear_child(int fd, struct err *err)
{
    char said[sizeof err->text];
    size_t length = 0;
    ssize_t got = 0;
    do {
        got = read(fd, said + length, sizeof said - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && length < sizeof said - 1 && said[0] != '\n') ||
             (got < 0 && errno == EINTR));
    said[length] = '\0';
    if (length > 0 && said[0] == '\n') {
        return true;
    }
    if (length == 0) {
        return err_set(err, ERR_INTERNAL, "session host ended before it was ready");
    }
    const int kind = said[0] - '0';
    return err_set(err,
                   kind > ERR_NONE && kind <= ERR_INTERNAL ? (enum err_kind)kind : ERR_INTERNAL,
                   "%s", length > 2 ? said + 2 : said);
}

bool spawn_host(const struct host_options *options, struct err *err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) {
        return err_set(err, ERR_IO, "pipe: %s", strerror(errno));
    }
    fflush(NULL);
    const pid_t child = fork();
    if (child < 0) {
        close(fds[0]);
        close(fds[1]);
        return err_set(err, ERR_IO, "fork: %s", strerror(errno));
    }
    if (child == 0) {
        close(fds[0]);
        exit(live(options, fds[1]));
    }
    close(fds[1]);
    const bool done = hear_child(fds[0], err);
    close(fds[0]);
    return done;
}
