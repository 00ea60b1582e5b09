#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "wire_client.h"
#include "wire_parcel.h"

enum { STATUS_TIMEOUT = 408, STATUS_FIELDS = 431, STATUS_BAD = 400 };

void wire_http_settle(struct wire_client *client)
{
    if (client->asked && client->exchange == 0) {
        wire_head_finish(&client->head);
        client->scan = (struct wire_scan){0};
        client->asked = client->head_known = false;
        client->phase_since_ns = client->input_since_ns = client->now_ns;
    }
}

void wire_http_refuse(struct wire_client *client, int32_t status)
{
    static const char *const HEADERS[] = {"Allow: GET, POST, PUT, DELETE",
                                          "Sec-WebSocket-Version: 13"};
    const struct wire_answer answer = {
        .status = status, .headers = HEADERS, .headers_count = 2, .body = ""};
    if (status == STATUS_TIMEOUT) {
        client->wire->stats.timeouts++;
    } else {
        client->wire->stats.rubbish++;
    }
    client->refused = true;
    wire_client_put(client, wire_parcel_answer(&answer, true, &WIRE_NO_FAULT, client->now_ns));
}

static bool take_head(struct wire_client *client)
{
    const struct wire_options *options = &client->wire->options;
    const size_t size =
        client->input_size < options->head_max ? client->input_size : options->head_max;
    const char *input = (const char *)wire_client_input(client);
    int32_t status;
    switch (wire_scan_head(&client->scan, input, size)) {
    case WIRE_SCAN_MORE:
        if (client->input_size >= options->head_max) {
            wire_http_refuse(client, STATUS_FIELDS);
        }
        return client->refused;
    case WIRE_SCAN_RUBBISH:
        wire_http_refuse(client, STATUS_BAD);
        return true;
    case WIRE_SCAN_WHOLE:
        break;
    }
    client->head_known =
        wire_head_parse(&client->head, input, client->scan.seen, options->body_max, &status);
    if (!client->head_known) {
        wire_http_refuse(client, status);
        return true;
    }
    const int64_t since_ns = client->input_since_ns;
    wire_client_drop_input(client, client->scan.seen);
    client->input_since_ns = since_ns; /* the body has no time of its own */
    return true;
}

/* The body lies at the front of the input and gets a NUL for the time of the call. */
static void hand_over(struct wire_client *client)
{
    struct wire *wire = client->wire;
    struct wire_request request = client->head.request;
    const size_t size = client->head.body_size;
    client->asked = true;
    client->exchange = ++wire->last_exchange;
    wire->stats.requests++;
    if (size == 0) {
        wire->calls.request(wire->calls.context, client->exchange, &request);
        return;
    }
    unsigned char *input = wire_client_input(client);
    const unsigned char behind = input[size];
    input[size] = '\0';
    request.body = (const char *)input;
    request.body_size = size;
    wire->calls.request(wire->calls.context, client->exchange, &request);
    input[size] = behind;
    wire_client_drop_input(client, size);
}

bool wire_http_take(struct wire_client *client)
{
    if (client->silent || client->refused) {
        wire_client_drop_input(client, client->input_size);
        return false;
    }
    /* One at a time: who sends many requests at once reads their answers in between. */
    if (client->exchange != 0 || client->queue.first != NULL) {
        return false;
    }
    if (!client->head_known) {
        return client->input_size > 0 && take_head(client);
    }
    if (client->input_size >= client->head.body_size) {
        hand_over(client);
        return true;
    }
    if (client->head.expects) {
        client->head.expects = false;
        wire_client_put(client, wire_parcel_continue());
        return true;
    }
    return false;
}

/* The client that waits for this answer; NULL: it has gone. */
static struct wire_client *find_asker(struct wire *wire, wire_exchange exchange)
{
    for (int32_t i = 0; i < wire->clients_count; i++) {
        if (exchange != 0 && wire->clients[i]->exchange == exchange) {
            return wire->clients[i];
        }
    }
    return NULL;
}

void wire_answer(struct wire *wire, wire_exchange exchange, const struct wire_answer *answer,
                 const struct wire_fault *fault)
{
    fault = wire_fault_given(fault, WIRE_ON_ANSWER);
    struct wire_client *client = find_asker(wire, exchange);
    if (client != NULL) {
        client->exchange = 0;
        wire_client_put(client, wire_parcel_answer(answer, client->head.close, fault,
                                                   clock_monotonic_ns()));
    }
}

struct wire_socket *wire_accept(struct wire *wire, wire_exchange exchange, void *owner,
                                const struct wire_fault *fault)
{
    fault = wire_fault_given(fault, WIRE_ON_HANDSHAKE);
    struct wire_client *client = find_asker(wire, exchange);
    if (client == NULL) {
        return NULL;
    }
    assert(client->head.key != NULL); /* no handshake */
    const int64_t now_ns = clock_monotonic_ns();
    client->exchange = 0;
    client->phase = WIRE_SOCKET;
    client->socket = (struct wire_socket){
        .client = client, .owner = owner, .code = WIRE_CODE_ABNORMAL, .heard_ns = now_ns};
    wire_frames_init(&client->socket.frames, wire->options.message_max);
    wire->stats.sockets++;
    wire_client_put(client, wire_parcel_handshake(client->head.key, fault, now_ns));
    return &client->socket;
}
