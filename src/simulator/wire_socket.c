#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "wire_client.h"
#include "wire_parcel.h"

void wire_socket_tell_closed(struct wire_client *client)
{
    struct wire *wire = client->wire;
    wire->stats.sockets--;
    wire->calls.closed(wire->calls.context, &client->socket, client->socket.code);
    wire_frames_finish(&client->socket.frames);
}

/* Our close frame: the first one ends what we send. */
static void order_farewell(struct wire_socket *socket, struct wire_parcel *parcel, int32_t code)
{
    socket->farewell_ordered = true;
    socket->code = socket->farewell_heard ? socket->code : code;
    wire_client_put(socket->client, parcel);
}

static void take_farewell(struct wire_client *client, int32_t code)
{
    struct wire_socket *socket = &client->socket;
    socket->farewell_heard = true;
    if (socket->farewell_sent) {
        wire_client_leave(client, true, false);
    } else if (!socket->farewell_ordered) {
        socket->code = code;
        order_farewell(socket, wire_parcel_close(code, ""), code);
    }
}

static void take_news(struct wire_client *client, const struct wire_news *news)
{
    struct wire *wire = client->wire;
    if (client->silent) {
        return;
    }
    if (news->opcode == WIRE_OP_CLOSE) {
        take_farewell(client, news->code);
    } else if (news->opcode == WIRE_OP_PING) {
        wire_client_put(client, wire_parcel_control(WIRE_OP_PONG, news->bytes, news->size));
    } else if (news->opcode != WIRE_OP_PONG && !client->socket.farewell_ordered) {
        wire->stats.messages_in++;
        wire->calls.message(wire->calls.context, &client->socket, news->bytes, news->size,
                            news->opcode == WIRE_OP_BINARY);
    }
}

static void refuse_frame(struct wire_client *client, int32_t code)
{
    client->wire->stats.rubbish++;
    client->refused = true;
    if (client->silent) {
        wire_client_leave(client, false, false);
        return;
    }
    client->socket.farewell_heard = true; /* nothing it says can be understood any more */
    if (!client->socket.farewell_ordered) {
        client->socket.code = code;
        order_farewell(&client->socket, wire_parcel_close(code, ""), code);
    } else if (client->socket.farewell_sent) {
        wire_client_leave(client, true, false);
    }
}

bool wire_socket_take(struct wire_client *client)
{
    struct wire_news news;
    size_t taken;
    if (client->refused || client->socket.farewell_heard) {
        wire_client_drop_input(client, client->input_size);
        return false;
    }
    switch (wire_frames_next(&client->socket.frames, wire_client_input(client),
                             client->input_size, &taken, &news)) {
    case WIRE_FRAMES_MORE:
        return false;
    case WIRE_FRAMES_BROKEN:
        refuse_frame(client, news.code);
        return true;
    case WIRE_FRAMES_PART:
        break;
    case WIRE_FRAMES_MESSAGE:
    case WIRE_FRAMES_CONTROL:
        client->socket.heard_ns = client->now_ns;
        take_news(client, &news);
        break;
    }
    wire_client_drop_input(client, taken);
    return true;
}

void *wire_owner(const struct wire_socket *socket)
{
    return socket->owner;
}

int64_t wire_heard_ns(const struct wire_socket *socket)
{
    return socket->heard_ns;
}

void wire_send(struct wire_socket *socket, const char *bytes, size_t size, bool binary,
               const struct wire_fault *fault)
{
    fault = wire_fault_given(fault, WIRE_ON_MESSAGE);
    if (socket->farewell_ordered || socket->client->silent) {
        return;
    }
    const int64_t now_ns = clock_monotonic_ns();
    const int64_t due_ns = now_ns + socket->delay_ms * CLOCK_NS_PER_MS;
    struct wire_parcel *parcel = wire_parcel_message(bytes, size, binary, fault, now_ns);
    parcel->due_ns = parcel->due_ns > due_ns ? parcel->due_ns : due_ns;
    if (fault->kind == WIRE_FAULT_CLOSE) {
        order_farewell(socket, parcel, (int32_t)fault->amount);
    } else {
        wire_client_put(socket->client, parcel);
    }
}

void wire_ping(struct wire_socket *socket)
{
    if (!socket->farewell_ordered) {
        wire_client_put(socket->client, wire_parcel_control(WIRE_OP_PING, "wire", 4));
    }
}

void wire_close(struct wire_socket *socket, int32_t code, const char *text)
{
    if (!socket->farewell_ordered) {
        order_farewell(socket, wire_parcel_close(code, text), code);
    }
}

void wire_break(struct wire_socket *socket, const struct wire_fault *fault)
{
    struct wire_client *client = socket->client;
    fault = wire_fault_given(fault, WIRE_ON_SOCKET);
    if (client->phase != WIRE_SOCKET) {
        return;
    }
    wire_count_fault(client->wire, fault->kind);
    switch (fault->kind) {
    case WIRE_FAULT_NONE:
        socket->delay_ms = client->queue.rate = 0;
        if (client->silent && !client->silent_then_cut) {
            wire_client_resume(client);
        }
        break;
    case WIRE_FAULT_DELAY:
        socket->delay_ms = fault->amount;
        break;
    case WIRE_FAULT_DRIP:
        client->queue.rate = fault->amount;
        break;
    case WIRE_FAULT_SILENCE:
        wire_client_silence(client, fault, false, clock_monotonic_ns());
        break;
    case WIRE_FAULT_CUT:
        wire_client_doom(client, fault->reset);
        return;
    case WIRE_FAULT_CLOSE:
        wire_close(socket, (int32_t)fault->amount, "");
        return;
    default:
        break;
    }
    wire_client_wake(client);
}
