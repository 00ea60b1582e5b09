#include <string.h>

#include "binance_parts.h"
#include "market/binance.h"

/* Recorded messages, word for word. */

/* What a message is about: its stream's words behind the symbol say it, or its kind. */
struct recorded {
    enum stream_kind kind;
    const char *symbol;
    const char *bytes; /* of the payload alone */
    size_t size;
};

static bool kind_of(enum binance_kind kind, enum stream_kind *out)
{
    switch (kind) {
    case BINANCE_DEPTH:
        *out = STREAM_DIFF;
        return true;
    case BINANCE_PARTIAL:
        *out = STREAM_PARTIAL;
        return true;
    case BINANCE_TICKER:
        *out = STREAM_TICKER;
        return true;
    case BINANCE_MARK:
        *out = STREAM_MARK;
        return true;
    case BINANCE_TRADE:
        *out = STREAM_TRADE;
        return true;
    default:
        return false;
    }
}

/* The payload of an envelope lies between its second colon's value and the last brace. */
static void unwrap(struct recorded *recorded)
{
    static const char DATA[] = "\"data\":";
    const char *data = memmem(recorded->bytes, recorded->size, DATA, sizeof(DATA) - 1);
    const char *end = recorded->bytes + recorded->size;
    if (recorded->size < 10 || memcmp(recorded->bytes, "{\"stream\"", 9) != 0 || data == NULL) {
        return;
    }
    data += sizeof(DATA) - 1;
    while (end > data && end[-1] != '}') {
        end--;
    }
    recorded->bytes = data;
    recorded->size = (size_t)(end - data) - 1;
}

static const struct stream_wish *find_wish(const struct binance_client *client,
                                           const struct recorded *recorded)
{
    for (int32_t i = 0; i < client->wishes.count; i++) {
        const struct stream_wish *wish = &client->wishes.wishes[i];
        if (wish->kind == recorded->kind && strcmp(wish->symbol, recorded->symbol) == 0 &&
            stream_wish_heard(&client->wishes, wish)) {
            return wish;
        }
    }
    return NULL;
}

static void send(struct binance_desk *desk, const struct recorded *recorded)
{
    struct mischief_order order;
    struct wire_fault fault = WIRE_NO_FAULT;
    struct text *payload = &desk->payload;
    text_clear(payload);
    text_add_bytes(payload, recorded->bytes, recorded->size);
    if (desk->venue->crowd.members != NULL && recorded->kind <= STREAM_PARTIAL &&
        mischief_next_message(&desk->venue->mischief, MISCHIEF_ALL_PAIRS, &order)) {
        fault = mischief_wire_fault(&order);
        mischief_rewrite(&order, payload);
    }
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        const struct binance_client *client = (const struct binance_client *)at;
        const struct stream_wish *wish = at->leaving ? NULL : find_wish(client, recorded);
        if (wish == NULL) {
            continue;
        }
        struct text *message = &desk->message;
        text_clear(message);
        if (client->combined) {
            text_addf(message, "{\"stream\":\"%s\",\"data\":", wish->name);
        }
        text_add_bytes(message, payload->data, payload->length);
        text_add(message, client->combined ? "}" : "");
        wire_send(at->socket, message->data, message->length, false, &fault);
    }
}

void binance_desk_play(struct binance_desk *desk, const struct frame *frame)
{
    struct binance_list list = {0};
    struct recorded recorded = {.bytes = frame->raw, .size = frame->raw_length};
    enum reason reason;
    struct err err;
    const char *stream = strncmp(frame->channel, "ws.", 3) == 0 ? frame->channel + 3 : "";
    if (binance_decode(&list, stream, frame->raw, frame->raw_length, &reason, &err) &&
        list.count > 0 && kind_of(list.messages[0].kind, &recorded.kind)) {
        const char *symbol = list.messages[0].symbol;
        recorded.symbol = symbol[0] != '\0' ? symbol : frame->symbol;
        unwrap(&recorded);
        send(desk, &recorded);
    }
    binance_list_finish(&list);
}
