#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "market/upbit.h"
#include "upbit_parts.h"

/* What an Upbit desk does beside answering: it keeps house, and it plays recordings. */

#define STATUS_NS (10 * CLOCK_NS_PER_S)

static const char STATUS[] = "{\"status\":\"UP\"}";

static void keep_client(struct upbit_client *client, int64_t now_ns)
{
    const struct stage *stage = client->desk->stage;
    struct member *member = &client->member;
    const int64_t idle_ns = clock_monotonic_ns() - wire_heard_ns(member->socket);
    if (member->leaving) {
        return;
    }
    if (idle_ns > stage->options.idle_ms * CLOCK_NS_PER_MS) {
        member_cut(member);
    } else if (client->status_due_ns > 0 && now_ns >= client->status_due_ns) {
        client->status_due_ns += STATUS_NS;
        wire_send(member->socket, STATUS, sizeof(STATUS) - 1, true, NULL);
    }
}

void upbit_desk_keep(struct upbit_desk *desk)
{
    const int64_t now_ns = stage_now_ns(desk->stage);
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        keep_client((struct upbit_client *)at, now_ns);
    }
}

void upbit_desk_settle(struct upbit_desk *desk)
{
    memset(desk->frozen, 0, sizeof(desk->frozen));
    const int32_t markets = desk->stage->recorded ? 0 : bourse_markets(&desk->stage->bourse);
    for (int32_t market = 0; market < markets; market++) {
        upbit_desk_tell(desk, market, UPBIT_TOPIC_BOOK);
    }
}

static bool topic_of(enum upbit_kind kind, enum upbit_topic *out)
{
    *out = kind == UPBIT_ORDERBOOK ? UPBIT_TOPIC_BOOK
           : kind == UPBIT_TRADE   ? UPBIT_TOPIC_TRADE
                                   : UPBIT_TOPIC_TICKER;
    return kind == UPBIT_ORDERBOOK || kind == UPBIT_TRADE || kind == UPBIT_TICKER;
}

static bool wants(const struct upbit_wishes *wishes, const struct upbit_message *message)
{
    enum upbit_topic topic;
    if (!topic_of(message->kind, &topic)) {
        return false;
    }
    for (int32_t i = 0; i < wishes->wishes_count; i++) {
        const struct upbit_wish *wish = &wishes->wishes[i];
        if (wish->topic == topic && wish->realtime &&
            upbit_wishes_find(wishes, wish, message->symbol) != NULL) {
            return true;
        }
    }
    return false;
}

static void play_message(struct upbit_desk *desk, const struct upbit_message *message,
                         const char *bytes, size_t size)
{
    struct mischief_order order;
    struct wire_fault fault = WIRE_NO_FAULT;
    struct text text = text_growing();
    text_add_bytes(&text, bytes, size);
    if (desk->venue->crowd.members != NULL &&
        mischief_next_message(&desk->venue->mischief, MISCHIEF_ALL_PAIRS, &order)) {
        fault = mischief_wire_fault(&order);
        mischief_rewrite(&order, &text);
    }
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        struct upbit_client *client = (struct upbit_client *)at;
        if (!at->leaving && wants(&client->wishes, message)) {
            wire_send(at->socket, text_string(&text), text.length, true, &fault);
        }
    }
    text_finish(&text);
}

void upbit_desk_play(struct upbit_desk *desk, const struct frame *frame)
{
    struct upbit_list list = {0};
    enum reason reason;
    struct err err;
    if (upbit_decode(&list, frame->raw, frame->raw_length, &reason, &err) && list.count > 0) {
        play_message(desk, &list.messages[0], frame->raw, frame->raw_length);
    }
    upbit_list_finish(&list);
}
