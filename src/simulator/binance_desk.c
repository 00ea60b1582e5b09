#include "binance_desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "binance_parts.h"

enum { CLOSE_NORMAL = 1000 };

static void keep_client(struct binance_client *client, int64_t now_ns)
{
    const struct stage_options *options = &client->desk->stage->options;
    struct member *member = &client->member;
    const int64_t idle_ns = clock_monotonic_ns() - wire_heard_ns(member->socket);
    if (member->leaving) {
        return;
    }
    if (now_ns - client->opened_ns > options->lifetime_ms * CLOCK_NS_PER_MS) {
        member_close(member, CLOSE_NORMAL, "");
    } else if (idle_ns > options->pong_ms * CLOCK_NS_PER_MS) {
        member_cut(member);
    } else if (now_ns >= client->ping_due_ns) {
        client->ping_due_ns = now_ns + options->ping_ms * CLOCK_NS_PER_MS;
        wire_ping(member->socket);
    }
}

void binance_desk_keep(struct binance_desk *desk)
{
    const int64_t now_ns = stage_now_ns(desk->stage);
    for (struct member *at = desk->venue->crowd.members; at != NULL; at = at->next) {
        keep_client((struct binance_client *)at, now_ns);
    }
    binance_tell_slow(desk);
}

static void take_request(void *context, wire_exchange exchange,
                         const struct wire_request *request)
{
    struct binance_desk *desk = context;
    if (stage_control(desk->stage, VENUE_B, exchange, request) ||
        binance_refuse(desk, exchange) ||
        stage_ask_office(desk->stage, VENUE_B, exchange, request)) {
        return;
    }
    if (request->upgrade) {
        binance_greet(desk, exchange, request);
    } else {
        binance_rest(desk, exchange, request);
    }
}

static void hear(void *context, struct wire_socket *socket, const char *bytes, size_t size,
                 bool binary)
{
    binance_hear(wire_owner(socket), bytes, size);
}

static void forget(struct binance_client *client)
{
    crowd_leave(&client->desk->venue->crowd, &client->member);
    stream_wishes_finish(&client->wishes);
    mem_free(client);
}

static void closed(void *context, struct wire_socket *socket, int32_t code)
{
    forget(wire_owner(socket));
}

bool binance_desk_open(struct binance_desk **out, struct stage *stage,
                       const struct wire_options *options, struct err *err)
{
    struct binance_desk *desk = mem_zalloc(sizeof(*desk));
    const struct wire_calls calls = {
        .request = take_request, .message = hear, .closed = closed, .context = desk};
    desk->stage = stage;
    desk->venue = &stage->venues[VENUE_B];
    desk->lines = mem_array((size_t)stage->bourse.pairs_count + 1, sizeof(*desk->lines));
    desk->payload = text_growing();
    desk->message = text_growing();
    binance_limits_init(desk);
    for (int32_t pair = 0; pair < stage->bourse.pairs_count; pair++) {
        for (int at = 0; at < BINANCE_SPEEDS; at++) {
            desk->lines[pair].speeds[at].previous_id = stage->bourse.symbols[pair].book.last_id;
        }
    }
    if (!wire_listen(&desk->venue->wire, stage->loop, options, &calls, err)) {
        binance_desk_close(desk);
        return err_wrap(err, "binance");
    }
    *out = desk;
    return true;
}

void binance_desk_close(struct binance_desk *desk)
{
    if (desk == NULL) {
        return;
    }
    wire_finish(desk->venue->wire);
    while (desk->venue->crowd.members != NULL) {
        forget((struct binance_client *)desk->venue->crowd.members);
    }
    for (int32_t pair = 0; pair < desk->stage->bourse.pairs_count; pair++) {
        for (int at = 0; at < BINANCE_SPEEDS; at++) {
            tall_changes_finish(&desk->lines[pair].speeds[at].pending);
        }
        tall_changes_finish(&desk->lines[pair].held);
    }
    mem_free(desk->lines);
    text_finish(&desk->payload);
    text_finish(&desk->message);
    shelf_finish(&desk->venue->shelf);
    mem_free(desk);
}
