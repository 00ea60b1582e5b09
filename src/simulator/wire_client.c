#include "wire_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"

enum { ROUNDS_AT_ONCE = 64 };

static void take_turn(struct wire_client *client, short revents);

static void on_socket(void *context, int fd, short revents)
{
    take_turn(context, revents);
}

static void on_timer(void *context, int64_t now_ns)
{
    struct wire_client *client = context;
    client->timer = 0;
    take_turn(client, 0);
}

static void set_timer(struct wire_client *client, int64_t due_ns)
{
    if (client->timer != 0 && client->timer_due_ns == due_ns) {
        return;
    }
    loop_remove_timer(client->wire->loop, client->timer);
    client->timer =
        due_ns == INT64_MAX ? 0 : loop_add_timer(client->wire->loop, due_ns, on_timer, client);
    client->timer_due_ns = due_ns;
}

static void set_events(struct wire_client *client, short events)
{
    if (events != client->events) {
        client->events = events;
        loop_set_events(client->wire->loop, client->stream.fd, events);
    }
}

void wire_client_wake(struct wire_client *client)
{
    client->wants_turn = true;
    if (client->wire->turning != client) {
        set_events(client, client->events | POLLOUT);
    }
}

void wire_client_doom(struct wire_client *client, bool reset)
{
    client->doom = reset ? WIRE_CUT_RESET : WIRE_CUT;
    if (client->wire->turning != client) {
        set_timer(client, 0);
    }
}

static void destroy(struct wire_client *client, bool reset)
{
    struct wire *wire = client->wire;
    for (int32_t i = 0; i < wire->clients_count; i++) {
        if (wire->clients[i] == client) {
            wire->clients[i] = wire->clients[--wire->clients_count];
            break;
        }
    }
    wire->stats.connections--;
    loop_remove_timer(wire->loop, client->timer);
    loop_remove_fd(wire->loop, client->stream.fd);
    wire_stream_close(&client->stream, reset);
    wire_queue_clear(&client->queue);
    wire_head_finish(&client->head);
    mem_free(client->input);
    mem_free(client);
}

void wire_client_close(struct wire_client *client)
{
    if (client->phase == WIRE_SOCKET) {
        client->wire->stats.sockets--;
        wire_frames_finish(&client->socket.frames);
    }
    destroy(client, false);
}

/* Whoever was told of it hears that it is over. */
static void end_phase(struct wire_client *client, enum wire_phase next)
{
    const bool was_socket = client->phase == WIRE_SOCKET;
    client->phase = next;
    client->phase_since_ns = client->now_ns;
    client->exchange = 0;
    client->silent = false;
    client->blocked = false;
    client->wait_ns = 0;
    wire_queue_clear(&client->queue);
    if (was_socket) {
        wire_socket_tell_closed(client);
    }
}

void wire_client_leave(struct wire_client *client, bool orderly, bool reset)
{
    end_phase(client, WIRE_LEAVING);
    if (reset) {
        client->gone = true;
        client->doom = WIRE_CUT_RESET;
        return;
    }
    wire_stream_end(&client->stream, orderly);
}

void wire_client_lose(struct wire_client *client)
{
    client->wire->stats.tls_failed += client->phase == WIRE_SHAKING;
    end_phase(client, WIRE_LEAVING);
    client->gone = true;
}

static void shake_hands(struct wire_client *client)
{
    const enum wire_stream_result result = wire_stream_shake(&client->stream);
    if (result == WIRE_STREAM_FINE) {
        client->phase = WIRE_HTTP;
        client->phase_since_ns = client->now_ns;
    } else if (result == WIRE_STREAM_BROKEN) {
        wire_client_lose(client);
    }
}

/* Answers and takes by turns, until nothing moves or others should have their turn. */
static void work(struct wire_client *client)
{
    for (int round = 0; round < ROUNDS_AT_ONCE; round++) {
        wire_http_settle(client);
        bool moved = wire_client_send(client);
        if (client->phase == WIRE_HTTP) {
            moved = wire_http_take(client) || moved;
        } else if (client->phase == WIRE_SOCKET) {
            moved = wire_socket_take(client) || moved;
        }
        if (!moved || client->gone || client->phase == WIRE_LEAVING) {
            return;
        }
    }
    client->wants_turn = true;
}

static short wanted_events(const struct wire_client *client)
{
    const struct wire_stream *stream = &client->stream;
    if (client->phase == WIRE_WAITING) {
        return POLLRDHUP;
    }
    if (client->phase == WIRE_SHAKING) {
        return stream->blocked_writing ? POLLOUT : POLLIN;
    }
    const bool writes = client->wants_turn || client->reads_when_writable ||
                        (client->blocked && !client->silent);
    return (short)((wire_client_reads(client) ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

static void obey_doom(struct wire_client *client)
{
    if (client->doom != WIRE_SPARED && !client->gone) {
        wire_client_leave(client, false, client->doom == WIRE_CUT_RESET);
        client->doom = client->gone ? client->doom : WIRE_SPARED;
    }
}

/* The client sends no more: what is owed it still gets, if anything. */
static void heed_end(struct wire_client *client)
{
    const bool owed =
        client->phase == WIRE_HTTP && !client->silent &&
        (client->exchange != 0 || (client->queue.first != NULL && client->doom == WIRE_SPARED));
    if (client->input_ended && !owed && !client->wants_turn && !client->gone) {
        wire_client_lose(client);
    }
}

static void serve(struct wire_client *client, short revents)
{
    if (client->phase == WIRE_SHAKING) {
        shake_hands(client);
    }
    if (client->phase < WIRE_HTTP || client->gone) {
        return;
    }
    if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 || client->reads_when_writable ||
        wire_stream_pending(&client->stream)) {
        wire_client_read(client);
    }
    work(client);
    heed_end(client);
}

/* Ends a turn: the client is freed, or it is known what begins its next one. */
static void end_turn(struct wire_client *client, int64_t due_ns)
{
    client->wire->turning = NULL;
    if (client->gone) {
        destroy(client, client->doom == WIRE_CUT_RESET);
        return;
    }
    const bool again = client->doom != WIRE_SPARED ||
                       (wire_stream_pending(&client->stream) && wire_client_reads(client));
    set_timer(client, again ? 0 : due_ns);
    set_events(client, wanted_events(client));
}

static void take_turn(struct wire_client *client, short revents)
{
    client->wire->turning = client;
    client->now_ns = clock_monotonic_ns();
    obey_doom(client);
    const bool lost = (revents & POLLERR) != 0 ||
                      ((revents & (POLLHUP | POLLRDHUP)) != 0 && !(client->events & POLLIN));
    if (lost && !client->gone) {
        wire_client_lose(client);
    }
    serve(client, revents);
    struct wire_due due = wire_client_due(client);
    if (due.at_ns <= client->now_ns) {
        due.act(client);
        serve(client, 0);
        due = wire_client_due(client);
    }
    end_turn(client, due.at_ns);
}

/* What the owner wants for every new connection, from its first byte. */
static void greet(struct wire_client *client, const struct wire_fault *fault)
{
    wire_count_fault(client->wire, fault->kind);
    switch (fault->kind) {
    case WIRE_FAULT_DELAY:
        client->silent_until_ns = client->now_ns + fault->amount * CLOCK_NS_PER_MS;
        break;
    case WIRE_FAULT_DRIP:
        client->queue.rate = fault->amount;
        break;
    case WIRE_FAULT_CUT:
        wire_client_doom(client, fault->reset);
        break;
    case WIRE_FAULT_SILENCE:
        wire_client_silence(client, fault, true, client->now_ns);
        break;
    default:
        break;
    }
}

void wire_client_open(struct wire *wire, int fd)
{
    const int on = 1;
    struct wire_client *client = mem_zalloc(sizeof(*client));
    client->wire = wire;
    client->now_ns = client->phase_since_ns = clock_monotonic_ns();
    wire_queue_init(&client->queue);
    wire_stream_open(&client->stream, fd, wire->tls);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    wire->clients[wire->clients_count++] = client;
    wire->stats.connections++;
    wire->stats.accepted++;
    client->events = POLLRDHUP;
    loop_add_fd(wire->loop, fd, client->events, on_socket, client);
    const struct wire_fault fault = wire->calls.connected != NULL
                                        ? wire->calls.connected(wire->calls.context)
                                        : WIRE_NO_FAULT;
    wire->turning = client;
    greet(client, wire_fault_given(&fault, WIRE_ON_CONNECTION));
    wire->turning = NULL;
    take_turn(client, 0);
}
