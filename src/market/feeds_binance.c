#include <assert.h>
#include <string.h>

#include "feeds.h"

/* Three streams tell of one book. The diffs give most and win while their chain holds; else
 * partial books; else the ticker. What is shown never goes back behind an id already shown. */

static void give_book(struct feeds *feeds, int32_t index, const struct book *book, uint64_t id)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    pair->book_b_id = id;
    pair->book_b_ns = book->exchange_ns;
    feeds_note_sides(feeds, &pair->feeds[VENUE_B], book);
    struct event *event = feeds_add(feeds, EVENT_BOOK, index);
    event->book.venue = VENUE_B;
    book_copy(&event->book.book, book);
    event->book.book.receive_ns = feeds->receive_ns;
    event->book.book.generation = depth_generation(pair->depth);
}

/* A chain that broke and has not been mended: whole books go on, entries do not. */
static bool is_lost(const struct feeds_pair *pair)
{
    const enum feed_state state = pair->feeds[VENUE_B].state;
    return state == FEED_GAP || state == FEED_RESYNC;
}

static void give_depth(struct feeds *feeds, int32_t index)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    struct book book;
    feeds_set_state(feeds, index, VENUE_B, FEED_FRESH, REASON_NONE);
    if (depth_last_id(pair->depth) < pair->book_b_id) {
        return; /* a whole book was ahead of the diffs; they will catch up */
    }
    const bool ready = depth_book(pair->depth, &book);
    assert(ready);
    give_book(feeds, index, &book, depth_last_id(pair->depth));
}

static enum reason reason_of(enum depth_result result)
{
    switch ((int)result) {
    case DEPTH_DUPLICATE:
        return REASON_FEED_DUPLICATE;
    case DEPTH_AHEAD:
        return REASON_FEED_OUT_OF_ORDER;
    case DEPTH_GAP:
        return REASON_FEED_SEQ_GAP;
    case DEPTH_RESTARTED:
        return REASON_FEED_SEQ_RANGE;
    case DEPTH_LOCKED:
        return REASON_FEED_LOCKED;
    case DEPTH_CROSSED:
        return REASON_FEED_CROSSED;
    case DEPTH_SNAPSHOT_OLD:
        return REASON_FEED_SNAPSHOT_OLD;
    default:
        return REASON_NONE;
    }
}

static void lose_depth(struct feeds *feeds, int32_t index, enum depth_result why)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    struct source_feed *counters = &pair->feeds[VENUE_B].counters;
    counters->resyncs++;
    pair->book_b_id = 0;
    pair->book_b_ns = 0;
    if (why == DEPTH_GAP || why == DEPTH_RESTARTED) {
        counters->gaps++;
        feeds_set_state(feeds, index, VENUE_B, FEED_GAP, reason_of(why));
    }
    feeds_set_state(feeds, index, VENUE_B, FEED_RESYNC, reason_of(why));
}

/* What became of the depth book with a diff or a snapshot. */
static void follow_depth(struct feeds *feeds, int32_t index, bool was_ready,
                         enum depth_result result)
{
    const enum reason reason = reason_of(result);
    if (reason != REASON_NONE) {
        feeds_count(feeds, VENUE_B, reason);
    }
    if (result == DEPTH_APPLIED) {
        give_depth(feeds, index);
    } else if (was_ready && !depth_ready(feeds->pairs[index].depth)) {
        lose_depth(feeds, index, result);
    }
}

void feeds_pass_time(struct feeds *feeds, int32_t index)
{
    const enum depth_result result =
        depth_pass_time(feeds->pairs[index].depth, feeds->receive_ns);
    if (result != DEPTH_APPLIED) {
        follow_depth(feeds, index, true, result);
    }
}

static void take_diff(struct feeds *feeds, int32_t index, const struct binance_list *list,
                      const struct binance_message *message)
{
    struct depth *depth = feeds->pairs[index].depth;
    const bool was_ready = depth_ready(depth);
    const struct depth_update update = {
        .first_id = message->depth.first_id,
        .last_id = message->depth.last_id,
        .previous_id = message->depth.previous_id,
        .exchange_ns = message->exchange_ns,
        .bids = binance_levels(list, &message->depth.bids),
        .bids_count = message->depth.bids.count,
        .asks = binance_levels(list, &message->depth.asks),
        .asks_count = message->depth.asks.count,
        .receive_ns = feeds->receive_ns,
    };
    feeds_judge(feeds, index, VENUE_B, message->exchange_ns);
    follow_depth(feeds, index, was_ready, depth_apply(depth, &update));
}

static void take_snapshot(struct feeds *feeds, int32_t index, const struct binance_list *list,
                          const struct binance_message *message)
{
    struct depth *depth = feeds->pairs[index].depth;
    const bool was_ready = depth_ready(depth);
    const struct depth_snapshot snapshot = {
        .last_id = message->depth.last_id,
        .exchange_ns = message->exchange_ns,
        .bids = binance_levels(list, &message->depth.bids),
        .bids_count = message->depth.bids.count,
        .asks = binance_levels(list, &message->depth.asks),
        .asks_count = message->depth.asks.count,
    };
    follow_depth(feeds, index, was_ready, depth_load(depth, &snapshot));
}

/* A book that is whole in one message, while no chain of diffs stands. */
static void take_whole(struct feeds *feeds, int32_t index, const struct book *book, uint64_t id)
{
    const struct feeds_pair *pair = &feeds->pairs[index];
    const bool behind = id <= pair->book_b_id && book->exchange_ns <= pair->book_b_ns;
    if (depth_ready(pair->depth) || behind) {
        return;
    }
    if (pair->book_b_ns != 0 && book->exchange_ns != pair->book_b_ns) {
        feeds_judge(feeds, index, VENUE_B, book->exchange_ns);
    }
    if (!is_lost(pair)) {
        feeds_set_state(feeds, index, VENUE_B, FEED_FRESH, REASON_NONE);
    }
    give_book(feeds, index, book, id);
}

static int32_t copy_top(struct book_level *out, const struct binance_list *list,
                        const struct binance_levels *levels)
{
    const size_t count = levels->count < BOOK_LEVELS_MAX ? levels->count : BOOK_LEVELS_MAX;
    if (count > 0) {
        memcpy(out, binance_levels(list, levels), count * sizeof(*out));
    }
    return (int32_t)count;
}

static void take_partial(struct feeds *feeds, int32_t index, const struct binance_list *list,
                         const struct binance_message *message)
{
    struct book book; /* levels behind its counts are nobody's */
    book.exchange_ns = message->exchange_ns;
    book.bids_count = copy_top(book.bids, list, &message->depth.bids);
    book.asks_count = copy_top(book.asks, list, &message->depth.asks);
    feeds->pairs[index].partial_b = true;
    take_whole(feeds, index, &book, message->depth.last_id);
}

static void take_ticker(struct feeds *feeds, int32_t index,
                        const struct binance_message *message)
{
    if (feeds->pairs[index].partial_b) {
        return;
    }
    struct book book = {.exchange_ns = message->exchange_ns};
    book.bids_count = message->ticker.bid.price > 0.0 ? 1 : 0;
    book.asks_count = message->ticker.ask.price > 0.0 ? 1 : 0;
    book.bids[0] = message->ticker.bid;
    book.asks[0] = message->ticker.ask;
    take_whole(feeds, index, &book, message->ticker.id);
}

/* No message says that a funding was paid; the next settlement moving on does. What was last
 * heard of rate and mark price is what it was settled at. */
static void take_mark(struct feeds *feeds, int32_t index, const struct binance_message *message)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    if (pair->mark_next_ns > 0 && message->mark.next_ns > pair->mark_next_ns) {
        struct event *settled = feeds_add(feeds, EVENT_FUNDING, index);
        settled->funding.price = pair->mark_price;
        settled->funding.rate = pair->mark_rate;
    }
    pair->mark_price = message->mark.price;
    pair->mark_rate = message->mark.rate;
    pair->mark_next_ns = message->mark.next_ns;
    struct event *event = feeds_add(feeds, EVENT_MARK, index);
    event->mark.price = message->mark.price;
    event->mark.rate = message->mark.rate;
    event->mark.next_ns = message->mark.next_ns;
}

static void take_trade(struct feeds *feeds, int32_t index,
                       const struct binance_message *message)
{
    struct event *event = feeds_add(feeds, EVENT_PRINT, index);
    event->print.venue = VENUE_B;
    event->print.price = message->trade.price;
    event->print.size = message->trade.size;
    event->print.aggressor = message->trade.aggressor;
}

static void take_pair(struct feeds *feeds, int32_t index, const struct binance_list *list,
                      const struct binance_message *message)
{
    feeds->pairs[index].feeds[VENUE_B].counters.messages++;
    switch (message->kind) {
    case BINANCE_DEPTH:
        take_diff(feeds, index, list, message);
        break;
    case BINANCE_PARTIAL:
        take_partial(feeds, index, list, message);
        break;
    case BINANCE_SNAPSHOT:
        take_snapshot(feeds, index, list, message);
        break;
    case BINANCE_TICKER:
        take_ticker(feeds, index, message);
        break;
    case BINANCE_MARK:
        take_mark(feeds, index, message);
        break;
    case BINANCE_TRADE:
        take_trade(feeds, index, message);
        break;
    case BINANCE_REPLY:
    case BINANCE_ERROR:
    case BINANCE_OTHER:
        break;
    }
}

void feeds_binance(struct feeds *feeds, const struct binance_list *list,
                   const struct binance_message *message, const char *symbol)
{
    const char *name = message->symbol[0] != '\0' ? message->symbol : symbol;
    const bool is_news = message->kind < BINANCE_REPLY;
    bool asked_for = false;
    feeds->unknown_fields += (uint64_t)message->unknown_fields;
    for (int32_t i = 0; is_news && name != NULL && i < feeds->pairs_count; i++) {
        if (strcmp(name, feeds->pairs[i].symbol_b) == 0) {
            take_pair(feeds, i, list, message);
            asked_for = true;
        }
    }
    feeds->ignored += asked_for ? 0 : 1;
}
