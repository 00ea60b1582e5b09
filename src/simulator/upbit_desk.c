#include "upbit_desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "upbit_parts.h"

enum { CLOSE_NORMAL = 1000, MESSAGES_PER_S = 5, MESSAGES_PER_MIN = 100 };

static const int32_t DEPTHS[UPBIT_DEPTHS] = {1, 5, 15, 30};

static void leave(struct upbit_client *client, const char *name)
{
    struct text text = text_growing();
    upbit_json_error_name(&text, name, name);
    wire_send(client->member.socket, text_string(&text), text.length, true, NULL);
    member_close(&client->member, CLOSE_NORMAL, "");
    text_finish(&text);
}

/* A side that stands still: its asks are those of the moment it began, until bids reach them.
 */
static void freeze(struct upbit_desk *desk, int32_t index, struct upbit_market *market)
{
    struct frozen_asks *frozen = &desk->frozen[index];
    struct book *book = &market->book;
    struct mischief *mischief = &desk->venue->mischief;
    if (mischief_on(mischief, MISCHIEF_STALE_SIDE, index, stage_now_ns(desk->stage)) == NULL) {
        frozen->on = false;
        return;
    }
    if (!frozen->on || book->bids[0].price >= frozen->levels[0].price) {
        frozen->on = true;
        frozen->count = book->asks_count;
        memcpy(frozen->levels, book->asks, sizeof(frozen->levels));
        mischief_happened(mischief, MISCHIEF_STALE_SIDE);
    }
    book->asks_count = frozen->count;
    memcpy(book->asks, frozen->levels, sizeof(frozen->levels));
}

void upbit_show(struct upbit_desk *desk, int32_t market, struct upbit_market *out)
{
    const int64_t skew_ms = stage_skew_ms(desk->stage, VENUE_A);
    *out = desk->stage->bourse.markets[market];
    out->book_ms += skew_ms;
    out->trade.time_ms += skew_ms;
}

static void cross(struct upbit_market *market, int64_t ticks)
{
    struct book *book = &market->book;
    if (book->asks_count > 0 && book->bids_count > 0) {
        book->bids[0].price = book->asks[0].price + (double)ticks * market->tick;
    }
}

/* One message to whoever wants it, made in each form only if somebody does. */
struct telling {
    struct upbit_desk *desk;
    enum upbit_topic topic;
    bool snapshot;
    bool ordered; /* `order` was looked for */
    bool harmed;  /* and there is one */
    struct mischief_order order;
    struct upbit_market market;
    bool made[UPBIT_FORMS][UPBIT_DEPTHS];
};

static void begin_telling(struct telling *telling, struct upbit_desk *desk, int32_t market,
                          enum upbit_topic topic, bool snapshot)
{
    memset(telling, 0, sizeof(*telling));
    telling->desk = desk;
    telling->topic = topic;
    telling->snapshot = snapshot;
    upbit_show(desk, market, &telling->market);
    if (topic == UPBIT_TOPIC_BOOK) {
        freeze(desk, market, &telling->market);
    }
}

/* The order for this message, once somebody is there to see it. */
static void look_for_order(struct telling *telling, int32_t market)
{
    if (telling->ordered) {
        return;
    }
    telling->ordered = true;
    telling->harmed =
        telling->topic == UPBIT_TOPIC_BOOK && !telling->snapshot &&
        mischief_next_message(&telling->desk->venue->mischief, market, &telling->order);
    if (telling->harmed && telling->order.kind == MISCHIEF_CROSSED) {
        cross(&telling->market, telling->order.amount);
    }
}

static int depth_index(int32_t depth)
{
    int index = 0;
    while (index < UPBIT_DEPTHS - 1 && DEPTHS[index] < depth) {
        index++;
    }
    return index;
}

static const struct text *words(struct telling *telling, const struct upbit_wishes *wishes,
                                int32_t depth)
{
    const int at = telling->topic == UPBIT_TOPIC_BOOK ? depth_index(depth) : 0;
    struct text *text = &telling->desk->said[wishes->form][at];
    if (telling->made[wishes->form][at]) {
        return text;
    }
    telling->made[wishes->form][at] = true;
    text_clear(text);
    if (telling->topic == UPBIT_TOPIC_BOOK) {
        upbit_json_book(text, wishes->form, &telling->market, DEPTHS[at], telling->snapshot);
    } else if (telling->topic == UPBIT_TOPIC_TRADE) {
        upbit_json_trade(text, wishes->form, &telling->market, telling->snapshot);
    } else {
        upbit_json_ticker(text, wishes->form, &telling->market, telling->snapshot);
    }
    if (telling->harmed) {
        mischief_rewrite(&telling->order, text);
    }
    return text;
}

static void send_listed(const struct upbit_client *client, const struct text *text,
                        const struct wire_fault *fault)
{
    if (!client->wishes.list) {
        wire_send(client->member.socket, text->data, text->length, true, fault);
        return;
    }
    struct text list = text_growing();
    text_add_char(&list, '[');
    text_add_bytes(&list, text->data, text->length);
    text_add_char(&list, ']');
    wire_send(client->member.socket, text_string(&list), list.length, true, fault);
    text_finish(&list);
}

/* Says nothing at all while the path is wrong. */
static bool is_mute(struct upbit_desk *desk, int32_t market)
{
    return mischief_strikes(&desk->venue->mischief, MISCHIEF_WRONG_PATH, market,
                            stage_now_ns(desk->stage)) != NULL;
}

static void tell_client(struct telling *telling, struct upbit_client *client, int32_t market)
{
    const struct upbit_wishes *wishes = &client->wishes;
    for (int32_t i = 0; i < wishes->wishes_count && !client->member.leaving; i++) {
        const struct upbit_wish *wish = &wishes->wishes[i];
        const bool wanted = wish->topic == telling->topic &&
                            (telling->snapshot ? wish->snapshot : wish->realtime);
        const struct upbit_code *code =
            wanted ? upbit_wishes_find(wishes, wish, telling->market.code) : NULL;
        if (code == NULL || is_mute(telling->desk, market)) {
            continue;
        }
        look_for_order(telling, market);
        if (telling->harmed && telling->order.kind == MISCHIEF_GAP) {
            continue;
        }
        const struct wire_fault fault =
            mischief_wire_fault(telling->harmed ? &telling->order : NULL);
        send_listed(client, words(telling, wishes, code->depth), &fault);
    }
}

void upbit_desk_tell(struct upbit_desk *desk, int32_t market, enum upbit_topic topic)
{
    struct telling telling;
    begin_telling(&telling, desk, market, topic, false);
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        tell_client(&telling, (struct upbit_client *)at, market);
    }
}

/* What a new subscription gets first. */
static void tell_snapshots(struct upbit_client *client)
{
    const struct bourse *bourse = &client->desk->stage->bourse;
    for (int32_t market = 0; market < bourse_markets(bourse); market++) {
        for (int topic = UPBIT_TOPIC_BOOK; topic <= UPBIT_TOPIC_TICKER; topic++) {
            struct telling telling;
            if (client->desk->stage->recorded ||
                (topic == UPBIT_TOPIC_TRADE && bourse->markets[market].trade.id == 0)) {
                continue;
            }
            begin_telling(&telling, client->desk, market, (enum upbit_topic)topic, true);
            tell_client(&telling, client, market);
        }
    }
}

/* Messages of clients are limited too: one too many ends the connection. */
static bool too_many(struct upbit_client *client)
{
    const int64_t now_ns = stage_now_ns(client->desk->stage);
    return client->desk->stage->options.limits &&
           (limit_take(&client->seconds, 1, now_ns) != LIMIT_PASS ||
            limit_take(&client->minutes, 1, now_ns) != LIMIT_PASS);
}

static void hear(void *context, struct wire_socket *socket, const char *bytes, size_t size,
                 bool binary)
{
    struct upbit_client *client = wire_owner(socket);
    struct upbit_wishes wishes = {.form = UPBIT_FORM_DEFAULT};
    if (client->member.leaving) {
        return;
    }
    if (too_many(client)) {
        leave(client, "TOO_MANY_MESSAGES");
        return;
    }
    if (size == 4 && memcmp(bytes, "PING", 4) == 0) {
        client->status_due_ns = stage_now_ns(client->desk->stage);
        return;
    }
    const char *fault = upbit_wishes_parse(&wishes, bytes, size);
    if (fault != NULL) {
        leave(client, fault);
        return;
    }
    upbit_wishes_finish(&client->wishes);
    client->wishes = wishes;
    tell_snapshots(client);
}

static void forget(struct upbit_client *client)
{
    crowd_leave(&client->desk->venue->crowd, &client->member);
    upbit_wishes_finish(&client->wishes);
    mem_free(client);
}

static void closed(void *context, struct wire_socket *socket, int32_t code)
{
    forget(wire_owner(socket));
}

static void accept_client(struct upbit_desk *desk, wire_exchange exchange)
{
    struct upbit_client *client = mem_zalloc(sizeof(*client));
    client->desk = desk;
    client->seconds = (struct limit){.window_ns = CLOCK_NS_PER_S, .capacity = MESSAGES_PER_S};
    client->minutes =
        (struct limit){.window_ns = 60 * CLOCK_NS_PER_S, .capacity = MESSAGES_PER_MIN};
    client->member.socket = wire_accept(desk->venue->wire, exchange, client, NULL);
    if (client->member.socket == NULL) {
        mem_free(client);
        return;
    }
    crowd_join(&desk->venue->crowd, &client->member, stage_now_ns(desk->stage));
}

static void take_request(void *context, wire_exchange exchange,
                         const struct wire_request *request)
{
    struct upbit_desk *desk = context;
    if (stage_control(desk->stage, VENUE_A, exchange, request) ||
        upbit_refuse(desk, exchange, request) ||
        stage_ask_office(desk->stage, VENUE_A, exchange, request)) {
        return;
    }
    if (!request->upgrade || strcmp(request->path, "/websocket/v1") != 0) {
        upbit_rest(desk, exchange, request);
        return;
    }
    if (upbit_admit(desk, exchange, UPBIT_GROUP_SOCKET)) {
        accept_client(desk, exchange);
    }
}

bool upbit_desk_open(struct upbit_desk **out, struct stage *stage,
                     const struct wire_options *options, struct err *err)
{
    struct upbit_desk *desk = mem_zalloc(sizeof(*desk));
    const struct wire_calls calls = {
        .request = take_request, .message = hear, .closed = closed, .context = desk};
    desk->stage = stage;
    desk->venue = &stage->venues[VENUE_A];
    upbit_limits_init(desk);
    for (int form = 0; form < UPBIT_FORMS; form++) {
        for (int depth = 0; depth < UPBIT_DEPTHS; depth++) {
            desk->said[form][depth] = text_growing();
        }
    }
    if (!wire_listen(&desk->venue->wire, stage->loop, options, &calls, err)) {
        upbit_desk_close(desk);
        return err_wrap(err, "upbit");
    }
    *out = desk;
    return true;
}

void upbit_desk_close(struct upbit_desk *desk)
{
    if (desk == NULL) {
        return;
    }
    wire_finish(desk->venue->wire);
    while (desk->venue->crowd.members != NULL) {
        forget((struct upbit_client *)desk->venue->crowd.members);
    }
    for (int form = 0; form < UPBIT_FORMS; form++) {
        for (int depth = 0; depth < UPBIT_DEPTHS; depth++) {
            text_finish(&desk->said[form][depth]);
        }
    }
    shelf_finish(&desk->venue->shelf);
    mem_free(desk);
}
