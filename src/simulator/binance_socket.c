#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "binance_parts.h"
#include "say.h"

/* The sockets of a Binance desk: who comes, what they ask for, who gets what. */

enum { MESSAGES_PER_S = 10, CLOSE_POLICY = 1008, STREAMS_TEXT_SIZE = 16384 };

/* Where a socket may be opened. An address without a class serves the public one only, and
 * says nothing about it. */
static const struct place {
    const char *path;
    enum stream_class served;
} PLACES[] = {
    {"/public/", STREAM_PUBLIC},
    {"/market/", STREAM_MARKET},
    {"/", STREAM_PUBLIC},
};

static const struct place *find_place(const char *path)
{
    size_t i = 0;
    while (strncmp(path, PLACES[i].path, strlen(PLACES[i].path)) != 0) {
        if (++i == sizeof(PLACES) / sizeof(PLACES[0])) {
            return NULL;
        }
    }
    return &PLACES[i];
}

/* "ws", "ws/a/b" or "stream?streams=a/b" behind the class. */
static bool read_target(struct binance_client *client, const char *target, const char *query)
{
    char streams[STREAMS_TEXT_SIZE];
    if (strcmp(target, "ws") == 0) {
        return true;
    }
    if (strncmp(target, "ws/", 3) == 0) {
        return stream_wishes_add_list(&client->wishes, target + 3);
    }
    if (strcmp(target, "stream") != 0) {
        return false;
    }
    client->combined = true;
    return !wire_form(query, "streams", streams, sizeof(streams)) ||
           stream_wishes_add_list(&client->wishes, streams);
}

static void refuse(struct binance_desk *desk, wire_exchange exchange)
{
    struct text body = text_growing();
    const struct stage_answer answer = {.venue = VENUE_B, .status = 404, .body = &body};
    stage_answer(desk->stage, exchange, &answer);
    text_finish(&body);
}

void binance_greet(struct binance_desk *desk, wire_exchange exchange,
                   const struct wire_request *request)
{
    const struct place *place = find_place(request->path);
    struct binance_client *client = mem_zalloc(sizeof(*client));
    const int64_t now_ns = stage_now_ns(desk->stage);
    client->desk = desk;
    client->wishes.served = place != NULL ? place->served : STREAM_PUBLIC;
    client->opened_ns = now_ns;
    client->ping_due_ns = now_ns + desk->stage->options.ping_ms * CLOCK_NS_PER_MS;
    client->seconds = (struct limit){.window_ns = CLOCK_NS_PER_S, .capacity = MESSAGES_PER_S};
    if (place == NULL ||
        !read_target(client, request->path + strlen(place->path), request->query)) {
        refuse(desk, exchange);
    } else {
        client->member.socket = wire_accept(desk->venue->wire, exchange, client, NULL);
    }
    if (client->member.socket == NULL) {
        stream_wishes_finish(&client->wishes);
        mem_free(client);
        return;
    }
    crowd_join(&desk->venue->crowd, &client->member, now_ns);
}

static int add_bytes(const char *bytes, size_t size, void *out)
{
    text_add_bytes(out, bytes, size);
    return 0;
}

/* A value of the client's as it came; "null" for none. */
static void add_value(struct text *out, const json_t *value)
{
    if (value == NULL) {
        text_add(out, "null");
    } else {
        json_dump_callback(value, add_bytes, out, JSON_ENCODE_ANY | JSON_COMPACT);
    }
}

static void reply_error(struct text *out, int code, const char *message, const json_t *id)
{
    text_add(out, "{\"error\":{");
    say_integer(out, "code", code);
    say_text(out, "msg", message);
    text_add(out, "},\"id\":");
    add_value(out, id);
    text_add_char(out, '}');
}

static void reply_streams(struct text *out, const struct stream_wishes *wishes)
{
    text_add_char(out, '[');
    for (int32_t i = 0; i < wishes->count; i++) {
        json_t *name = json_string(wishes->wishes[i].name);
        say_next(out);
        add_value(out, name);
        json_decref(name);
    }
    text_add_char(out, ']');
}

static bool change_wishes(struct binance_client *client, const json_t *params, bool more)
{
    for (size_t i = 0; i < json_array_size(params); i++) {
        const char *name = json_string_value(json_array_get(params, i));
        if (name == NULL) {
            return false;
        }
        if (!more) {
            stream_wishes_remove(&client->wishes, name);
        } else if (!stream_wishes_add(&client->wishes, name, strlen(name))) {
            return false;
        }
    }
    return json_is_array(params);
}

static void obey_frame(struct binance_client *client, const json_t *root, struct text *out)
{
    const char *method = json_string_value(json_object_get(root, "method"));
    const json_t *id = json_object_get(root, "id");
    const json_t *params = json_object_get(root, "params");
    const bool adds = method != NULL && strcmp(method, "SUBSCRIBE") == 0;
    const bool removes = method != NULL && strcmp(method, "UNSUBSCRIBE") == 0;
    const bool lists = method != NULL && strcmp(method, "LIST_SUBSCRIPTIONS") == 0;
    if (!adds && !removes && !lists) {
        reply_error(out, 2, "Invalid request: unknown variant", id);
        return;
    }
    if (!lists && !change_wishes(client, params, adds)) {
        reply_error(out, 2, "Invalid request: params must be stream names", id);
        return;
    }
    text_add(out, "{\"result\":");
    if (lists) {
        reply_streams(out, &client->wishes);
    } else {
        text_add(out, "null");
    }
    text_add(out, ",\"id\":");
    add_value(out, id);
    text_add_char(out, '}');
}

void binance_hear(struct binance_client *client, const char *bytes, size_t size)
{
    const int64_t now_ns = stage_now_ns(client->desk->stage);
    if (client->member.leaving) {
        return;
    }
    if (client->desk->stage->options.limits &&
        limit_take(&client->seconds, 1, now_ns) != LIMIT_PASS) {
        member_close(&client->member, CLOSE_POLICY, "Too many requests");
        return;
    }
    struct text reply = text_growing();
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
    if (root == NULL) {
        reply_error(&reply, 3, "Invalid JSON", NULL);
    } else {
        obey_frame(client, root, &reply);
    }
    json_decref(root);
    wire_send(client->member.socket, text_string(&reply), reply.length, false, NULL);
    text_finish(&reply);
}

static bool fits(const struct stream_wish *wish, const struct binance_saying *saying,
                 const char *symbol)
{
    return wish->kind == saying->kind && wish->depth == saying->depth &&
           wish->speed_ms == saying->speed_ms && strcmp(wish->symbol, symbol) == 0;
}

static const struct stream_wish *find_wish(const struct binance_client *client,
                                           const struct binance_saying *saying)
{
    const char *symbol = client->desk->stage->bourse.symbols[saying->pair].symbol;
    for (int32_t i = 0; i < client->wishes.count; i++) {
        const struct stream_wish *wish = &client->wishes.wishes[i];
        if (fits(wish, saying, symbol) && stream_wish_heard(&client->wishes, wish)) {
            return wish;
        }
    }
    return NULL;
}

bool binance_wanted(const struct binance_desk *desk, const struct binance_saying *saying)
{
    for (const struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        if (!at->leaving && find_wish((const struct binance_client *)at, saying) != NULL) {
            return true;
        }
    }
    return false;
}

static void send_payload(const struct binance_client *client, const struct stream_wish *wish,
                         const struct binance_saying *saying)
{
    struct binance_desk *desk = client->desk;
    const struct wire_fault fault = mischief_wire_fault(saying->order);
    const struct text *out = &desk->payload;
    if (client->combined) {
        struct text *message = &desk->message;
        text_clear(message);
        text_add(message, "{\"stream\":\"");
        text_add(message, wish->name);
        text_add(message, "\",\"data\":");
        text_add_bytes(message, desk->payload.data, desk->payload.length);
        text_add_char(message, '}');
        out = message;
    }
    wire_send(client->member.socket, out->data, out->length, false, &fault);
}

/* Says nothing at all while the path is wrong. */
static bool is_mute(struct binance_desk *desk, int32_t pair)
{
    return mischief_strikes(&desk->venue->mischief, MISCHIEF_WRONG_PATH, pair,
                            stage_now_ns(desk->stage)) != NULL;
}

void binance_send(struct binance_desk *desk, const struct binance_saying *saying)
{
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        const struct binance_client *client = (const struct binance_client *)at;
        const struct stream_wish *wish = at->leaving ? NULL : find_wish(client, saying);
        if (wish != NULL && !is_mute(desk, saying->pair)) {
            send_payload(client, wish, saying);
        }
    }
}
