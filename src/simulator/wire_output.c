#include <assert.h>

#include "base/clock.h"
#include "wire_client.h"

enum { SEND_BYTES_AT_ONCE = 256 * 1024 };

void wire_count_fault(struct wire *wire, enum wire_fault_kind kind)
{
    wire->stats.faults[kind] += kind != WIRE_FAULT_NONE;
}

const struct wire_fault *wire_fault_given(const struct wire_fault *fault, enum wire_place place)
{
    struct err err;
    fault = fault != NULL ? fault : &WIRE_NO_FAULT;
    const bool fits = wire_fault_check(fault, place, &err);
    assert(fits);
    return fault;
}

void wire_client_put(struct wire_client *client, struct wire_parcel *parcel)
{
    const bool ends = client->phase == WIRE_LEAVING || client->silent || client->gone ||
                      client->doom != WIRE_SPARED;
    if (ends) {
        wire_parcel_destroy(parcel);
        return;
    }
    /* An answer is the only one of its client, whatever its size. */
    const bool counts = parcel->kind != WIRE_PARCEL_ANSWER;
    wire_queue_put(&client->queue, parcel);
    if (counts && client->queue.size > client->wire->options.queue_max) {
        client->wire->stats.too_slow++;
        wire_client_doom(client, true);
        return;
    }
    wire_client_wake(client);
}

void wire_client_silence(struct wire_client *client, const struct wire_fault *fault,
                         bool then_cut, int64_t now_ns)
{
    const int64_t silence_ns = fault->amount * CLOCK_NS_PER_MS;
    client->silent = true;
    client->silent_then_cut = then_cut;
    client->silent_reset = fault->reset;
    client->silent_until_ns = silence_ns > 0 ? now_ns + silence_ns : 0;
    client->wait_ns = 0;
    wire_queue_forget(&client->queue);
}

void wire_client_resume(struct wire_client *client)
{
    const struct wire_socket *socket = &client->socket;
    client->silent = false;
    if (client->phase == WIRE_SOCKET && socket->farewell_ordered && !socket->farewell_sent) {
        wire_client_doom(client, false); /* its good-bye was lost in the silence */
    }
}

static void count_gone(struct wire_client *client, const struct wire_parcel *parcel)
{
    struct wire_stats *stats = &client->wire->stats;
    const bool heard = parcel->size > 0; /* a cut instead of an answer is none */
    stats->answers += heard && parcel->kind == WIRE_PARCEL_ANSWER;
    stats->messages_out += heard && parcel->kind == WIRE_PARCEL_MESSAGE;
    client->phase_since_ns = client->now_ns;
}

static void say_farewell(struct wire_client *client, bool reset)
{
    struct wire_socket *socket = &client->socket;
    if (client->phase == WIRE_HTTP || socket->farewell_heard || reset) {
        wire_client_leave(client, true, reset);
        return;
    }
    socket->farewell_sent = true; /* and theirs is waited for */
}

/* The first parcel has gone: what it ends with. */
static void end_parcel(struct wire_client *client)
{
    const struct wire_parcel *parcel = client->queue.first;
    const struct wire_fault fault = parcel->fault;
    const enum wire_parcel_end end = parcel->end;
    const bool answers = parcel->kind == WIRE_PARCEL_ANSWER;
    /* A stall is a silence for good; its amount counted bytes. */
    const struct wire_fault silence = {
        .amount = fault.kind == WIRE_FAULT_SILENCE ? fault.amount : 0, .reset = fault.reset};
    count_gone(client, parcel);
    wire_queue_drop(&client->queue);
    switch (end) {
    case WIRE_END_NONE:
        break;
    case WIRE_END_CUT:
        wire_client_leave(client, false, fault.reset);
        break;
    case WIRE_END_CLOSE:
        say_farewell(client, fault.reset);
        break;
    case WIRE_END_SILENCE:
        wire_client_silence(client, &silence, answers, client->now_ns);
        break;
    }
}

static void mark_blocked(struct wire_client *client, size_t size)
{
    if (!client->blocked) {
        client->blocked = true;
        client->blocked_since_ns = client->now_ns;
    }
    client->blocked_size = size;
}

/* False: no more goes now. */
static bool send_bytes(struct wire_client *client, const struct wire_turn *turn)
{
    /* TLS must be offered again what it could not get rid of, whatever the rate is by now. */
    const bool again = client->blocked && client->blocked_size > turn->size;
    const size_t size = again ? client->blocked_size : turn->size;
    size_t sent;
    switch (wire_stream_write(&client->stream, turn->bytes, size, &sent)) {
    case WIRE_STREAM_FINE:
        client->wire->stats.bytes_out += sent;
        client->blocked = false;
        wire_queue_sent(&client->queue, sent);
        return true;
    case WIRE_STREAM_BLOCKED:
        mark_blocked(client, size);
        return false;
    default:
        wire_client_lose(client);
        return false;
    }
}

static bool may_send(const struct wire_client *client)
{
    return !client->gone && !client->silent && client->doom == WIRE_SPARED &&
           (client->phase == WIRE_HTTP || client->phase == WIRE_SOCKET);
}

bool wire_client_send(struct wire_client *client)
{
    const uint64_t before = client->wire->stats.bytes_out;
    bool moved = false;
    client->wants_turn = false;
    client->wait_ns = 0;
    while (may_send(client)) {
        struct wire_turn turn;
        const enum wire_queue_state state =
            wire_queue_look(&client->queue, client->now_ns, &turn);
        if (turn.begins) {
            wire_count_fault(client->wire, client->queue.first->fault.kind);
        }
        if (state == WIRE_QUEUE_EMPTY) {
            break;
        }
        if (state == WIRE_QUEUE_WAIT) {
            client->wait_ns = turn.wait_ns;
            break;
        }
        if (client->wire->stats.bytes_out - before > SEND_BYTES_AT_ONCE) {
            client->wants_turn = true; /* the others first */
            break;
        }
        if (state == WIRE_QUEUE_DONE) {
            end_parcel(client);
        } else if (!send_bytes(client, &turn)) {
            break;
        }
        moved = true;
    }
    return moved;
}
