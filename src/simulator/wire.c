#include "simulator/wire.h"

#include <assert.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire_client.h"

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

static void admit(void *context, int fd)
{
    struct wire *wire = context;
    if (wire->clients_count == wire->options.connections_max) {
        wire->stats.turned_away++;
        close(fd);
        return;
    }
    wire_client_open(wire, fd);
}

bool wire_open(struct wire *wire, struct err *err)
{
    int fd;
    if (wire->listener.fd >= 0) {
        return true;
    }
    if (!listener_bind(&wire->port, &fd, err)) {
        return false;
    }
    listener_open(&wire->listener, wire->loop, fd, admit, wire);
    return true;
}

void wire_shut(struct wire *wire)
{
    listener_close(&wire->listener);
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
    wire->listener.fd = -1;
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
