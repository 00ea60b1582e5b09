#include <string.h>

#include "base/mem.h"
#include "wire_client.h"

enum { READ_BYTES_AT_ONCE = 256 * 1024, FIRST_CAPACITY = 4096 };

unsigned char *wire_client_input(const struct wire_client *client)
{
    return client->input + client->input_start;
}

void wire_client_drop_input(struct wire_client *client, size_t size)
{
    client->input_start += size;
    client->input_size -= size;
    client->input_since_ns = client->now_ns;
}

/* How much input is kept: what the request or the frame under way may need. */
static size_t input_max(const struct wire_client *client)
{
    const struct wire_options *options = &client->wire->options;
    if (client->phase == WIRE_SOCKET) {
        return options->message_max + WIRE_FRAME_HEAD_MAX;
    }
    return options->head_max + (client->head_known ? client->head.body_size : 0);
}

static void make_room(struct wire_client *client, size_t size_max)
{
    if (client->input_start > 0) {
        memmove(client->input, wire_client_input(client), client->input_size);
        client->input_start = 0;
    }
    if (client->input_size == client->input_capacity) {
        size_t capacity =
            client->input_capacity > 0 ? client->input_capacity * 2 : FIRST_CAPACITY;
        capacity = capacity < size_max ? capacity : size_max;
        client->input = mem_grow(client->input, capacity + 1, 1);
        client->input_capacity = capacity;
    }
}

static void note_read(struct wire_client *client, enum wire_stream_result result, size_t got)
{
    if (client->input_size == 0) {
        client->input_since_ns = client->now_ns;
    }
    client->input_size += got;
    client->wire->stats.bytes_in += got;
    client->reads_when_writable = client->stream.blocked_writing;
    client->input_ended = result == WIRE_STREAM_END;
    if (result == WIRE_STREAM_BROKEN) {
        wire_client_lose(client);
    }
}

static bool drops_input(const struct wire_client *client)
{
    return client->phase == WIRE_LEAVING || client->refused ||
           (client->silent && client->phase != WIRE_SOCKET);
}

void wire_client_read(struct wire_client *client)
{
    const size_t size_max = input_max(client);
    for (size_t sum = 0; sum < READ_BYTES_AT_ONCE && !client->gone && !client->input_ended;) {
        if (drops_input(client)) {
            wire_client_drop_input(client, client->input_size);
        }
        if (client->input_size >= size_max) {
            return;
        }
        make_room(client, size_max);
        size_t got;
        size_t room = client->input_capacity - client->input_size;
        room = room < size_max - client->input_size ? room : size_max - client->input_size;
        const enum wire_stream_result result =
            wire_stream_read(&client->stream, client->input + client->input_size, room, &got);
        note_read(client, result, got);
        sum += got;
        if (result != WIRE_STREAM_FINE) {
            return;
        }
    }
}

bool wire_client_reads(const struct wire_client *client)
{
    return !client->input_ended &&
           (drops_input(client) || client->input_size < input_max(client));
}
