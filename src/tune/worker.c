#include "worker.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* In front of a document on its way. */
struct reply {
    struct outcome outcome; /* without its document */
    uint64_t length;
};

static bool write_all(int fd, const void *data, size_t length)
{
    const char *at = data;
    while (length > 0) {
        const ssize_t put = send(fd, at, length, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        at += put;
        length -= (size_t)put;
    }
    return true;
}

static bool read_all(int fd, void *data, size_t length)
{
    char *at = data;
    while (length > 0) {
        const ssize_t got = read(fd, at, length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        at += got;
        length -= (size_t)got;
    }
    return true;
}

void worker_fail_job(const struct job *job, const char *reason, struct outcome *outcome)
{
    struct text document = text_growing();
    job_error_json(job, reason, &document);
    *outcome = (struct outcome){
        .document = document.data,
        .pnl_usd = NAN,
        .drawdown_pct = NAN,
    };
    text_cut(outcome->error, sizeof outcome->error, "%s", reason);
}

static void tell_result(struct result *result, struct outcome *outcome)
{
    const struct summary *summary = &result->summary;
    struct text document = text_growing();
    result_json(result, &document);
    *outcome = (struct outcome){
        .success = true,
        .document = document.data,
        .pnl_usd = summary->realized_usd +
                   (result->params.profile == ENGINE_EXACT ? summary->unrealized_usd : 0),
        .drawdown_pct = summary->drawdown * 100,
        .closed_trades = summary->closed,
    };
}

void worker_run_job(const struct worker_task *task, int64_t index, struct outcome *outcome)
{
    const struct job *job = &task->jobs[index];
    struct result *result = mem_zalloc(sizeof *result);
    struct err err;
    const int64_t start_ns = clock_monotonic_ns();
    if (job_run(job, task->data, result, &err)) {
        result->with_runtime = task->timings;
        result->runtime_s = (double)(clock_monotonic_ns() - start_ns) / 1e9;
        tell_result(result, outcome);
        result_finish(result);
    } else {
        worker_fail_job(job, err.text, outcome);
    }
    mem_free(result);
}

/* What the runner holds open is not a worker's: the lock of the folder must go with the runner,
 * and the journal is no concern of ours. */
static int keep_only(int fd)
{
    const int mine = dup2(fd, STDERR_FILENO + 1);
    if (mine < 0 || close_range((unsigned)mine + 1, ~0U, 0) != 0) {
        _exit(1);
    }
    return mine;
}

static _Noreturn void live(const struct worker_task *task, int inherited_fd)
{
    const int fd = keep_only(inherited_fd);
    int64_t index;
    while (read_all(fd, &index, sizeof index)) {
        struct reply reply;
        memset(&reply, 0, sizeof reply);
        worker_run_job(task, index, &reply.outcome);
        char *document = reply.outcome.document;
        reply.length = strlen(document);
        reply.outcome.document = NULL;
        if (!write_all(fd, &reply, sizeof reply) || !write_all(fd, document, reply.length)) {
            break;
        }
        mem_free(document);
    }
    _exit(0);
}

bool worker_start(struct worker *worker, const struct worker_task *task, struct err *err)
{
    int ends[2];
    const pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return err_set(err, ERR_IO, "cannot start a worker: %s", strerror(errno));
    }
    const pid_t pid = fork();
    if (pid < 0) {
        err_set(err, ERR_IO, "cannot start a worker: %s", strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (pid == 0) {
        /* A runner that is killed takes its workers with it. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(0);
        }
        live(task, ends[1]);
    }
    close(ends[1]);
    *worker = (struct worker){.pid = pid, .fd = ends[0], .index = -1};
    return true;
}

static int reap(struct worker *worker)
{
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(worker->fd);
    worker->pid = 0;
    worker->index = -1;
    return status;
}

void worker_stop(struct worker *worker)
{
    if (worker->pid != 0) {
        kill(worker->pid, SIGKILL);
        reap(worker);
    }
}

bool worker_send(struct worker *worker, int64_t index)
{
    worker->index = index;
    return write_all(worker->fd, &index, sizeof index);
}

void worker_receive(struct worker *worker, struct outcome *outcome)
{
    struct reply reply;
    char *document = NULL;
    bool whole = read_all(worker->fd, &reply, sizeof reply);
    if (whole) {
        document = mem_zalloc(reply.length + 1);
        whole = read_all(worker->fd, document, reply.length);
    }
    if (whole) {
        *outcome = reply.outcome;
        outcome->document = document;
        worker->index = -1;
        return;
    }
    mem_free(document);
    *outcome = (struct outcome){.pnl_usd = NAN, .drawdown_pct = NAN};
    const int status = reap(worker);
    if (WIFSIGNALED(status)) {
        text_cut(outcome->error, sizeof outcome->error, "its worker was ended by signal %d",
                 WTERMSIG(status));
    } else {
        text_cut(outcome->error, sizeof outcome->error, "its worker went away");
    }
}
