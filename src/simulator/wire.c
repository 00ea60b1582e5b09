#include "simulator/wire.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "wire_client.h"

enum { BACKLOG = 128, ACCEPTS_AT_ONCE = 64, PAUSE_MS = 200 };

struct wire_options wire_defaults(void)
{
    return (struct wire_options){
        .connections_max = 256,
        .head_max = 16 * 1024,
        .body_max = 256 * 1024,
        .message_max = 256 * 1024,
        .queue_max = 8 * 1024 * 1024,
        .request_ms = 10 * 1000,
        .idle_ms = 120 * 1000,
        .stuck_ms = 10 * 1000,
    };
}

static void on_pause_over(void *context, int64_t now_ns)
{
    struct wire *wire = context;
    wire->pause_timer = 0;
    if (wire->listen_fd >= 0) {
        loop_set_events(wire->loop, wire->listen_fd, POLLIN);
    }
}

static void admit(struct wire *wire, int fd)
{
    if (wire->clients_count == wire->options.connections_max) {
        wire->stats.turned_away++;
        close(fd);
        return;
    }
    wire_client_open(wire, fd);
}

static void on_knock(void *context, int fd, short revents)
{
    struct wire *wire = context;
    /* A client's fault may shut the door while we stand in it. */
    for (int i = 0; i < ACCEPTS_AT_ONCE && wire->listen_fd == fd; i++) {
        const int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            admit(wire, client);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            /* The knock stays; without a pause the loop would spin on it. */
            loop_set_events(wire->loop, fd, 0);
            wire->pause_timer =
                loop_add_timer(wire->loop, clock_monotonic_ns() + PAUSE_MS * CLOCK_NS_PER_MS,
                               on_pause_over, wire);
            return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
    }
}

static bool bind_to(int fd, uint16_t *port, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t size = sizeof(address);
    const int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return err_set(err, ERR_IO, "cannot listen on 127.0.0.1 port %d: %s", (int)*port,
                       strerror(errno));
    }
    *port = ntohs(address.sin_port);
    return true;
}

bool wire_open(struct wire *wire, struct err *err)
{
    if (wire->listen_fd >= 0) {
        return true;
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return err_set(err, ERR_IO, "socket: %s", strerror(errno));
    }
    if (!bind_to(fd, &wire->port, err)) {
        close(fd);
        return false;
    }
    wire->listen_fd = fd;
    loop_add_fd(wire->loop, fd, POLLIN, on_knock, wire);
    return true;
}

void wire_shut(struct wire *wire)
{
    if (wire->listen_fd >= 0) {
        loop_remove_timer(wire->loop, wire->pause_timer);
        loop_remove_fd(wire->loop, wire->listen_fd);
        close(wire->listen_fd);
        wire->listen_fd = -1;
        wire->pause_timer = 0;
    }
}

bool wire_listen(struct wire **out, struct loop *loop, const struct wire_options *options,
                 const struct wire_calls *calls, struct err *err)
{
    assert(options->connections_max > 0 && options->head_max > 0 && options->message_max > 0);
    assert(calls->request != NULL && calls->message != NULL && calls->closed != NULL);
    struct wire *wire = mem_zalloc(sizeof(*wire));
    wire->loop = loop;
    wire->options = *options;
    wire->options.tls_folder = NULL; /* borrowed for this call only */
    wire->calls = *calls;
    wire->port = options->port;
    wire->listen_fd = -1;
    wire->clients = mem_array((size_t)options->connections_max, sizeof(struct wire_client *));
    const bool encrypted =
        options->tls_folder == NULL ||
        wire_tls_create(&wire->tls, options->tls_folder, options->identity, err);
    if (!encrypted || !wire_open(wire, err)) {
        wire_finish(wire);
        return false;
    }
    *out = wire;
    return true;
}

void wire_finish(struct wire *wire)
{
    if (wire == NULL) {
        return;
    }
    assert(wire->turning == NULL); /* not from inside a call */
    while (wire->clients_count > 0) {
        wire_client_close(wire->clients[0]);
    }
    wire_shut(wire);
    wire_tls_destroy(wire->tls);
    mem_free(wire->clients);
    mem_free(wire);
}

uint16_t wire_port(const struct wire *wire)
{
    return wire->port;
}

bool wire_identify(struct wire *wire, enum wire_identity identity, struct err *err)
{
    if (wire->tls == NULL) {
        return err_set(err, ERR_USAGE, "without TLS there is no identity '%s'",
                       wire_identity_name(identity));
    }
    return wire_tls_identify(wire->tls, identity, err);
}

void wire_cut(struct wire *wire, bool reset)
{
    for (int32_t i = 0; i < wire->clients_count; i++) {
        wire_client_doom(wire->clients[i], reset);
    }
}

const struct wire_stats *wire_stats(const struct wire *wire)
{
    return &wire->stats;
}
