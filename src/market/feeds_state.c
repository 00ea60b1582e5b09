#include <assert.h>
#include <string.h>

#include "feeds.h"

/* What is to be thought of a feed, from what its messages and its connection tell.
 *
 * A book makes a feed fresh unless something holds it back. Several things may, each until it
 * is over by itself, so that the end of one does not hide another. */

/* Why a feed may be held back; the place is the bit. Others share the last one. */
static const enum reason HOLDS[] = {
    REASON_FEED_STALE, /* these two are the connection's, and end with it */
    REASON_FEED_STALE_SIDE,
    REASON_VENUE_API_DRIFT,
    REASON_VENUE_MAINTENANCE,
};
enum { HOLDS_COUNT = sizeof(HOLDS) / sizeof(HOLDS[0]) };
/* What comes is late: it is FEED.STALE too, but only what comes on time ends it. */
#define HOLD_LATE           (UINT32_C(1) << (HOLDS_COUNT + 1))
#define HOLD_BEHIND         (HOLD_LATE << 1) /* what came for another pair is */
#define HOLDS_OF_CONNECTION (UINT32_C(3) | HOLD_LATE | HOLD_BEHIND)

static uint32_t hold_bit(enum reason reason)
{
    uint32_t bit = 0;
    while (bit < HOLDS_COUNT && HOLDS[bit] != reason) {
        bit++;
    }
    return UINT32_C(1) << bit;
}

const char *feeds_symbol(const struct feeds_pair *pair, enum venue venue)
{
    return venue == VENUE_A ? pair->symbol_a : pair->symbol_b;
}

void feeds_count(struct feeds *feeds, enum venue venue, enum reason reason)
{
    assert((int)reason >= 0 && (int)reason < FEEDS_REASONS_MAX);
    feeds->reasons[venue][reason]++;
}

static void tell(struct feeds *feeds, int32_t pair, enum venue venue)
{
    const struct feed *feed = &feeds->pairs[pair].feeds[venue];
    struct event *event = feeds_add(feeds, EVENT_FEED, pair);
    event->feed.venue = venue;
    event->feed.state = feed->state;
    event->feed.reason = feed->reason;
}

void feeds_set_state(struct feeds *feeds, int32_t pair, enum venue venue, enum feed_state state,
                     enum reason reason)
{
    struct feed *feed = &feeds->pairs[pair].feeds[venue];
    const bool held = state == FEED_FRESH && feed->holds != 0;
    if (held || (feed->state == state && feed->reason == reason)) {
        return;
    }
    feed->state = state;
    feed->reason = reason;
    tell(feeds, pair, venue);
}

static bool same_levels(const struct book_level *a, int32_t a_count, const struct book_level *b,
                        int32_t b_count)
{
    return a_count == b_count && memcmp(a, b, (size_t)a_count * sizeof(*a)) == 0;
}

bool feeds_note_sides(struct feeds *feeds, struct feed *feed, const struct book *book)
{
    struct feed_sides *sides = &feed->sides;
    const bool begins = sides->bids_ns == 0;
    const bool bids = begins || !same_levels(book->bids, book->bids_count, sides->last.bids,
                                             sides->last.bids_count);
    const bool asks = begins || !same_levels(book->asks, book->asks_count, sides->last.asks,
                                             sides->last.asks_count);
    const bool bids_led = sides->bids_ns > sides->asks_ns;
    if (bids && asks) {
        sides->alone = 0;
    } else if (bids || asks) {
        sides->alone = bids == bids_led ? sides->alone + 1 : 1;
    }
    sides->bids_ns = bids ? feeds->receive_ns : sides->bids_ns;
    sides->asks_ns = asks ? feeds->receive_ns : sides->asks_ns;
    book_copy(&sides->last, book);
    return bids || asks;
}

/* Is there a book of the present connection, in sequence? */
static bool has_book(const struct feeds_pair *pair, enum venue venue)
{
    const struct feed *feed = &pair->feeds[venue];
    if (venue == VENUE_A || feed->state == FEED_FRESH || feed->state == FEED_STALE) {
        return feed->sides.bids_ns != 0;
    }
    return depth_ready(pair->depth);
}

static void forget_book(struct feeds_pair *pair, enum venue venue)
{
    pair->feeds[venue].sides = (struct feed_sides){0};
    if (venue == VENUE_A) {
        pair->book_a_ns = 0;
        pair->late_a_count = 0;
        pair->generation_a++;
    } else {
        pair->book_b_id = 0;
        pair->book_b_ns = 0;
        depth_reset(pair->depth);
    }
}

/* The first connection finds nothing to be forgotten. */
static void begin_connection(struct feeds *feeds, int32_t index, enum venue venue)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    struct feed *feed = &pair->feeds[venue];
    feed->holds &= ~HOLDS_OF_CONNECTION;
    feed->under_way_ns = 0;
    if (!feed->opened) {
        feed->opened = true;
        return;
    }
    feed->counters.reconnects++;
    forget_book(pair, venue);
    feeds_count(feeds, venue, REASON_FEED_GENERATION);
    feeds_set_state(feeds, index, venue, FEED_RESYNC, REASON_FEED_GENERATION);
}

/* Something is over, or nothing but that the connection lives: what stood still still stands.
 */
static void hear(struct feeds *feeds, int32_t index, enum venue venue, enum reason over)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    struct feed *feed = &pair->feeds[venue];
    if (venue == VENUE_B) {
        feeds_pass_time(feeds, index);
    }
    feed->holds &= over != REASON_NONE ? ~hold_bit(over) : ~UINT32_C(0);
    const bool lost = feed->state == FEED_DOWN || feed->state == FEED_SILENT;
    if (feed->holds != 0 || lost || !has_book(pair, venue)) {
        return;
    }
    if (feed->state == FEED_FRESH) {
        tell(feeds, index, venue);
    }
    feeds_set_state(feeds, index, venue, FEED_FRESH, REASON_NONE);
}

static void hold_back(struct feeds *feeds, int32_t index, enum venue venue, uint32_t bit,
                      enum reason reason)
{
    struct feed *feed = &feeds->pairs[index].feeds[venue];
    feed->holds |= bit;
    if (feed->state == FEED_FRESH) {
        feeds_set_state(feeds, index, venue, FEED_STALE, reason);
    }
}

bool feeds_is_late(const struct feed *feed)
{
    return (feed->holds & HOLD_LATE) != 0;
}

void feeds_hold_late(struct feeds *feeds, int32_t pair, enum venue venue, bool late)
{
    struct feed *feed = &feeds->pairs[pair].feeds[venue];
    if (late && !feeds_is_late(feed)) {
        feeds_count(feeds, venue, REASON_FEED_STALE);
        hold_back(feeds, pair, venue, HOLD_LATE, REASON_FEED_STALE);
    } else if (!late) {
        feed->holds &= ~HOLD_LATE;
    }
}

void feeds_hold_behind(struct feeds *feeds, enum venue venue, bool behind)
{
    for (int32_t i = 0; behind != feeds->behind[venue] && i < feeds->pairs_count; i++) {
        if (behind) {
            hold_back(feeds, i, venue, HOLD_BEHIND, REASON_FEED_STALE);
        } else {
            feeds->pairs[i].feeds[venue].holds &= ~HOLD_BEHIND;
        }
    }
    feeds->behind[venue] = behind;
}

static void take_news(struct feeds *feeds, int32_t index, enum venue venue,
                      const struct feed_news *news)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    switch (news->kind) {
    case FEED_NEWS_OPEN:
        begin_connection(feeds, index, venue);
        break;
    case FEED_NEWS_FRESH:
        hear(feeds, index, venue, news->reason);
        break;
    case FEED_NEWS_STALE:
        hold_back(feeds, index, venue, hold_bit(news->reason), news->reason);
        break;
    case FEED_NEWS_SILENT:
        feeds_set_state(feeds, index, venue, FEED_SILENT, news->reason);
        break;
    case FEED_NEWS_GAP:
        feeds_set_state(feeds, index, venue, FEED_GAP, news->reason);
        break;
    case FEED_NEWS_RESYNC:
        pair->feeds[venue].counters.resyncs++;
        forget_book(pair, venue);
        feeds_set_state(feeds, index, venue, FEED_RESYNC, news->reason);
        break;
    case FEED_NEWS_DOWN:
        feeds_set_state(feeds, index, venue, FEED_DOWN, news->reason);
        break;
    case FEED_NEWS_CLOCK:
    case FEED_NEWS_OFFSET:
        break;
    }
}

/* KRW per USDT comes over the same connection: what is heard vouches for it, what is lost is
 * not vouched for again before it was told anew. */
static void take_fx_news(struct feeds *feeds, const struct feed_news *news)
{
    if (news->kind == FEED_NEWS_FRESH) {
        if (feeds->fx.fx.krw_per_usd <= 0.0 || feeds->fx_late) {
            return;
        }
        struct event *event = feeds_add(feeds, EVENT_FX, -1);
        event->fx = feeds->fx.fx;
    } else if (news->kind == FEED_NEWS_OPEN || news->kind == FEED_NEWS_DOWN ||
               news->kind == FEED_NEWS_SILENT || news->kind == FEED_NEWS_RESYNC) {
        feeds->fx.fx.krw_per_usd = 0.0;
        feeds->fx_ns = 0;
        feeds->fx_late = false;
    }
}

/* Said again and again while it lasts, and counted where it began. */
static void tell_clock(struct feeds *feeds, enum venue venue, const struct feed_news *news)
{
    struct event *event = feeds_add(feeds, EVENT_CLOCK, -1);
    event->clock.venue = venue;
    event->clock.reason = news->reason;
    event->clock.off_ms = news->off_ms;
    event->clock.limit_ms = news->limit_ms;
}

void feeds_news(struct feeds *feeds, enum venue venue, const char *symbol,
                const struct feed_news *news)
{
    const bool all = symbol[0] == '\0';
    if (news->kind == FEED_NEWS_CLOCK) {
        tell_clock(feeds, venue, news);
        return;
    }
    if (news->kind == FEED_NEWS_OFFSET) {
        feeds_take_offset(feeds, venue, news);
        return;
    }
    if (news->kind != FEED_NEWS_FRESH && news->reason != REASON_NONE) {
        feeds_count(feeds, venue, news->reason);
    }
    if (all && news->kind == FEED_NEWS_OPEN) {
        feeds->behind[venue] = false; /* each pair forgets it by itself */
    }
    if (all && venue == VENUE_A) {
        take_fx_news(feeds, news);
    }
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        if (all || strcmp(symbol, feeds_symbol(&feeds->pairs[i], venue)) == 0) {
            take_news(feeds, i, venue, news);
        }
    }
}
