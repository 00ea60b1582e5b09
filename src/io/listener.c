#include "io/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { BACKLOG = 128, ACCEPTS_AT_ONCE = 64, PAUSE_MS = 200 };

static void on_pause_over(void *context, int64_t now_ns)
{
    struct listener *listener = context;
    listener->pause_timer = 0;
    loop_set_events(listener->loop, listener->fd, POLLIN);
}

static void pause_a_moment(struct listener *listener)
{
    const int64_t until_ns = clock_monotonic_ns() + PAUSE_MS * CLOCK_NS_PER_MS;
    loop_set_events(listener->loop, listener->fd, 0);
    listener->pause_timer = loop_add_timer(listener->loop, until_ns, on_pause_over, listener);
}

static void on_knock(void *context, int fd, short revents)
{
    struct listener *listener = context;
    /* Whoever is let in may shut the door while we stand in it. */
    for (int i = 0; i < ACCEPTS_AT_ONCE && listener->fd == fd; i++) {
        const int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            listener->admit(listener->context, client);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_a_moment(listener);
            return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
    }
}

void listener_open(struct listener *listener, struct loop *loop, int fd, listener_fn *admit,
                   void *context)
{
    *listener = (struct listener){.fd = fd, .loop = loop, .admit = admit, .context = context};
    loop_add_fd(loop, fd, POLLIN, on_knock, listener);
}

void listener_close(struct listener *listener)
{
    if (listener->fd >= 0) {
        loop_remove_timer(listener->loop, listener->pause_timer);
        loop_remove_fd(listener->loop, listener->fd);
        close(listener->fd);
        listener->fd = -1;
        listener->pause_timer = 0;
    }
}

bool listener_bind(uint16_t *port, int *fd, struct err *err)
{
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(*port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0 || setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        bind(made, (const struct sockaddr *)&address, size) != 0 ||
        listen(made, BACKLOG) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &size) != 0) {
        err_set(err, ERR_IO, "cannot listen at 127.0.0.1:%d: %s", (int)*port, strerror(errno));
        if (made >= 0) {
            close(made);
        }
        return false;
    }
    *fd = made;
    *port = ntohs(address.sin_port);
    return true;
}
