#include "support/check.h"

#include "follower.h"

#include <stdlib.h>

#include "base/clock.h"

#define NS_PER_MS INT64_C(1000000)

enum { SNAPSHOT_MAX = 1 << 20 };

static void note_pause(struct follower_notes *notes)
{
    const int64_t now_ns = clock_monotonic_ns();
    if (notes->heard_ns > 0) {
        const int64_t pause_ms = (now_ns - notes->heard_ns) / NS_PER_MS;
        notes->pause_ms_longest =
            pause_ms > notes->pause_ms_longest ? pause_ms : notes->pause_ms_longest;
    }
    notes->heard_ns = now_ns;
}

static bool same(const struct book_level *a, const struct book_level *b)
{
    return a->price == b->price && a->size == b->size;
}

static void hear_upbit(void *context, const char *bytes, size_t size)
{
    struct follower *follower = context;
    struct follower_notes *notes = &follower->notes[VENUE_A];
    struct err err;
    note_pause(notes);
    if (!upbit_decode(&follower->upbit_list, bytes, size, &notes->reason, &err)) {
        notes->unreadable++;
        return;
    }
    const struct upbit_message *message = &follower->upbit_list.messages[0];
    if (message->kind != UPBIT_ORDERBOOK) {
        return;
    }
    const struct book *book = &message->book;
    const struct book *before = &follower->upbit;
    notes->messages++;
    notes->unknown_fields += message->unknown_fields;
    notes->duplicates += memcmp(book, before, sizeof(*book)) == 0 ? 1 : 0;
    notes->behind += book->exchange_ns < before->exchange_ns ? 1 : 0;
    notes->crossed += book_check(book) == BOOK_CROSSED ? 1 : 0;
    const bool asks_stand =
        same(&book->asks[0], &before->asks[0]) && same(&book->asks[1], &before->asks[1]);
    const bool bids_move =
        !same(&book->bids[0], &before->bids[0]) || !same(&book->bids[1], &before->bids[1]);
    notes->standing = asks_stand && bids_move ? notes->standing + 1
                      : asks_stand            ? notes->standing
                                              : 0;
    follower->upbit = *book;
}

static void take_snapshot(void *context, const struct http_answer *answer)
{
    struct follower *follower = context;
    enum reason reason;
    struct err err;
    follower->asking = false;
    if (answer->fault != NET_NONE || answer->status != 200 ||
        !binance_decode(&follower->snapshot_list, "", answer->body, answer->body_size, &reason,
                        &err) ||
        follower->snapshot_list.count == 0 ||
        follower->snapshot_list.messages[0].kind != BINANCE_SNAPSHOT) {
        return;
    }
    const struct binance_message *message = &follower->snapshot_list.messages[0];
    const struct depth_snapshot snapshot = {
        .last_id = message->depth.last_id,
        .exchange_ns = message->exchange_ns,
        .bids = binance_levels(&follower->snapshot_list, &message->depth.bids),
        .asks = binance_levels(&follower->snapshot_list, &message->depth.asks),
        .bids_count = message->depth.bids.count,
        .asks_count = message->depth.asks.count,
    };
    depth_load(follower->depth, &snapshot);
}

static void ask_snapshot(struct follower *follower)
{
    char url[128];
    if (follower->asking) {
        return;
    }
    const struct http_request request = {
        .method = "GET",
        .url = text_cut(url, sizeof(url),
                        "http://127.0.0.1:%d/fapi/v1/depth?symbol=BTCUSDT&limit=1000",
                        venue_sim_port(follower->bench->sim, VENUE_B)),
        .timeout_ms = 500,
        .size_max = SNAPSHOT_MAX,
    };
    follower->asking = http_send(follower->bench->http, &request, take_snapshot, follower) > 0;
}

static void note_result(struct follower_notes *notes, enum depth_result result)
{
    notes->applied += result == DEPTH_APPLIED ? 1 : 0;
    notes->behind += result == DEPTH_AHEAD ? 1 : 0;
    notes->gaps += result == DEPTH_GAP ? 1 : 0;
    notes->duplicates += result == DEPTH_DUPLICATE ? 1 : 0;
    notes->crossed += result == DEPTH_CROSSED ? 1 : 0;
}

static void note_touch(struct follower *follower)
{
    struct follower_notes *notes = &follower->notes[VENUE_B];
    struct book book;
    if (!depth_book(follower->depth, &book)) {
        return;
    }
    const bool asks_stand = same(&book.asks[0], &follower->best_ask);
    const bool bids_move = !same(&book.bids[0], &follower->best_bid);
    notes->standing = asks_stand && bids_move ? notes->standing + 1
                      : asks_stand            ? notes->standing
                                              : 0;
    follower->best_ask = book.asks[0];
    follower->best_bid = book.bids[0];
}

/* A book of the connection before is none. */
static void begin_anew(struct follower *follower)
{
    if (follower->openings != follower->sockets[VENUE_B].opened) {
        follower->openings = follower->sockets[VENUE_B].opened;
        depth_reset(follower->depth);
    }
}

void follower_mend(struct follower *follower)
{
    begin_anew(follower);
    if (!depth_ready(follower->depth)) {
        ask_snapshot(follower);
    }
}

static void hear_binance(void *context, const char *bytes, size_t size)
{
    struct follower *follower = context;
    struct follower_notes *notes = &follower->notes[VENUE_B];
    struct binance_list *list = &follower->binance_list;
    struct err err;
    note_pause(notes);
    begin_anew(follower);
    if (!binance_decode(list, "btcusdt@depth@100ms", bytes, size, &notes->reason, &err)) {
        notes->unreadable++;
        return;
    }
    const struct binance_message *message = &list->messages[0];
    if (message->kind != BINANCE_DEPTH) {
        return;
    }
    const struct depth_update update = {
        .first_id = message->depth.first_id,
        .last_id = message->depth.last_id,
        .previous_id = message->depth.previous_id,
        .exchange_ns = message->exchange_ns,
        .bids = binance_levels(list, &message->depth.bids),
        .asks = binance_levels(list, &message->depth.asks),
        .bids_count = message->depth.bids.count,
        .asks_count = message->depth.asks.count,
        .receive_ns = notes->heard_ns,
    };
    notes->messages++;
    notes->unknown_fields += message->unknown_fields;
    note_result(notes, depth_apply(follower->depth, &update));
    note_touch(follower);
    if (!depth_ready(follower->depth)) {
        ask_snapshot(follower);
    }
}

struct follower *follower_open(struct bench *bench)
{
    struct follower *follower = calloc(1, sizeof(*follower));
    follower->bench = bench;
    follower->depth = depth_create();
    follower->sockets[VENUE_A].hear = hear_upbit;
    follower->sockets[VENUE_B].hear = hear_binance;
    follower->sockets[VENUE_A].context = follower->sockets[VENUE_B].context = follower;
    bench_dial(bench, &follower->sockets[VENUE_A], VENUE_A, "/websocket/v1",
               "[{\"ticket\":\"t\"},{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC.15\"]}]");
    bench_dial(bench, &follower->sockets[VENUE_B], VENUE_B, "/public/ws/btcusdt@depth@100ms",
               NULL);
    return follower;
}

void follower_close(struct follower *follower)
{
    bench_hang_up(&follower->sockets[VENUE_A]);
    bench_hang_up(&follower->sockets[VENUE_B]);
    depth_destroy(follower->depth);
    upbit_list_finish(&follower->upbit_list);
    binance_list_finish(&follower->binance_list);
    binance_list_finish(&follower->snapshot_list);
    free(follower);
}

void follower_forget(struct follower *follower)
{
    for (int venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        follower->notes[venue] = (struct follower_notes){0};
        follower->sockets[venue].lost = 0;
    }
}

static bool is_well(void *context)
{
    const struct follower *follower = context;
    return depth_ready(follower->depth) && follower->notes[VENUE_A].messages > 1 &&
           follower->notes[VENUE_B].applied > 1;
}

void follower_until_well(struct follower *follower)
{
    bench_until(follower->bench, is_well, follower);
}
