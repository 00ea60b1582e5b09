#include "resolve.h"

#include <assert.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

struct resolve {
    struct loop *loop;
    int fd;
    resolve_fn *done;
    void *context;
};

/* What the thread owns. */
struct question {
    int fd;
    char *host;
};

static struct addresses look_up(const char *host)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addresses found = {.count = 0};
    struct addrinfo *list = NULL;
    found.problem = getaddrinfo(host, NULL, &hints, &list);
    for (const struct addrinfo *one = list; one != NULL && found.count < ADDRESSES_MAX;
         one = one->ai_next) {
        if (getnameinfo(one->ai_addr, one->ai_addrlen, found.text[found.count],
                        sizeof(found.text[0]), NULL, 0, NI_NUMERICHOST) == 0) {
            found.count++;
        }
    }
    if (list != NULL) {
        freeaddrinfo(list);
    }
    return found;
}

static void *run(void *argument)
{
    struct question *question = argument;
    const struct addresses found = look_up(question->host);
    /* One datagram that fits; it fails when nobody wants to know any more. */
    send(question->fd, &found, sizeof(found), MSG_NOSIGNAL);
    close(question->fd);
    mem_free(question->host);
    mem_free(question);
    return NULL;
}

static void on_answer(void *context, int fd, short revents)
{
    struct resolve *resolve = context;
    const struct resolve copy = *resolve;
    struct addresses found = {.problem = EAI_SYSTEM};
    const ssize_t got = recv(fd, &found, sizeof(found), 0);
    if (got != (ssize_t)sizeof(found)) {
        found = (struct addresses){.problem = EAI_SYSTEM};
    }
    resolve_cancel(resolve);
    copy.done(copy.context, &found);
}

/* Signals are the loop's; none may be delivered to the helper. */
static bool start_thread(struct question *question)
{
    sigset_t all, before;
    pthread_attr_t detached;
    pthread_t thread;
    sigfillset(&all);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&thread, &detached, run, question) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
    return started;
}

struct resolve *resolve_start(struct loop *loop, const char *host, resolve_fn *done,
                              void *context)
{
    int fds[2];
    const int paired = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
    assert(paired == 0);
    struct question *question = mem_zalloc(sizeof(*question));
    *question = (struct question){.fd = fds[1], .host = mem_copy_string(host)};
    if (!start_thread(question)) {
        /* The closed end is an answer: no addresses. */
        close(fds[1]);
        mem_free(question->host);
        mem_free(question);
    }
    struct resolve *resolve = mem_zalloc(sizeof(*resolve));
    *resolve = (struct resolve){.loop = loop, .fd = fds[0], .done = done, .context = context};
    loop_add_fd(loop, resolve->fd, POLLIN, on_answer, resolve);
    return resolve;
}

void resolve_cancel(struct resolve *resolve)
{
    if (resolve == NULL) {
        return;
    }
    loop_remove_fd(resolve->loop, resolve->fd);
    close(resolve->fd);
    mem_free(resolve);
}
