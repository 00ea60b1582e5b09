#include <stdio.h>

#include "tui/pane/pane.h"

/* The lamp that is out says which feed it is, what is wrong with it and by how much: how old
 * what is known of it has become, or how far it is from what it should be. */

#define BPS_PER_UNIT 10000.0
#define LONG_MS      10000.0

static const char *feed_name(enum guard_feed feed)
{
    static const char *const NAMES[] = {
        [GUARD_FEED_NONE] = "feed", [GUARD_FEED_A] = "upbit",    [GUARD_FEED_B] = "binance",
        [GUARD_FEED_FX] = "fx",     [GUARD_FEED_BOTH] = "books",
    };
    _Static_assert(sizeof NAMES / sizeof NAMES[0] == GUARD_FEED_LAST + 1, "a name per feed");
    return NAMES[feed];
}

const char *pane_reason_words(enum reason reason)
{
    static const struct {
        enum reason reason;
        const char *words;
    } ROWS[] = {
        {REASON_FEED_DISCONNECTED, "disconnected"},
        {REASON_FEED_SILENT, "silent"},
        {REASON_FEED_STALE, "stale"},
        {REASON_FEED_STALE_SIDE, "one side stale"},
        {REASON_FEED_SEQ_GAP, "gap"},
        {REASON_FEED_SEQ_RANGE, "numbered anew"},
        {REASON_FEED_SNAPSHOT_OLD, "snapshot old"},
        {REASON_FEED_GENERATION, "begins anew"},
        {REASON_FEED_CROSSED, "crossed"},
        {REASON_FEED_LOCKED, "locked"},
        {REASON_FEED_EMPTY, "side empty"},
        {REASON_FEED_OUT_OF_ORDER, "out of order"},
        {REASON_FEED_RESYNC_STORM, "lost repeatedly"},
        {REASON_FEED_THIN, "too little depth"},
        {REASON_FX_MISSING, "unknown"},
        {REASON_FX_STALE, "stale"},
        {REASON_CLOCK_STALL, "stood still"},
        {REASON_CLOCK_VENUE_SKEW, "clock differs"},
        {REASON_VENUE_MAINTENANCE, "maintenance"},
        {REASON_VENUE_RATE_LIMIT, "rate limit"},
        {REASON_VENUE_RATE_BUDGET, "budget used up"},
        {REASON_VENUE_BANNED, "banned us"},
        {REASON_VENUE_SERVER_ERROR, "server error"},
        {REASON_VENUE_API_DRIFT, "other dialect"},
        {REASON_GATE_MODE_MISMATCH, "keys and mode differ"},
        {REASON_SYMBOL_HALTED, "symbol not traded"},
        {REASON_SYMBOL_COLLAR, "price jumped"},
        {REASON_ROUTE_STREAK, "losses in a row here"},
        {REASON_ROUTE_SYNC_WINDOW, "books apart"},
        {REASON_CROSS_LEG_OPEN, "a leg has no hedge"},
        {REASON_CROSS_RECON_MISMATCH, "books differ from venue's"},
        {REASON_ORDER_UNKNOWN, "order outcome unknown"},
        {REASON_ORDER_LATE_FILL, "fill after the end"},
        {REASON_ALERT_UNDELIVERED, "alert not delivered"},
        {REASON_PROC_LOCKED, "state folder is held"},
        {REASON_NET_DNS, "no address"},
        {REASON_NET_CONNECT, "no connection"},
        {REASON_NET_RESET, "cut"},
        {REASON_NET_TLS, "no TLS"},
        {REASON_NET_TIMEOUT, "no answer"},
        {REASON_NET_SLOW, "too slow"},
        {REASON_NET_TRUNCATED, "ended early"},
        {REASON_NET_OVERSIZE, "oversize"},
        {REASON_NET_PROXY, "proxy refuses"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (ROWS[i].reason == reason) {
            return ROWS[i].words;
        }
    }
    return reason_text(reason);
}

/* Event time when the feed was last as it should be; 0 never, or not of one feed. */
static int64_t heard_ns(const struct view *view, const struct snapshot_pair *pair)
{
    switch (pair->misaligned_feed) {
    case GUARD_FEED_A:
        return pair->a.heard_ns;
    case GUARD_FEED_B:
        return pair->b.heard_ns;
    case GUARD_FEED_FX:
        return view->snapshot->fx_heard_ns;
    case GUARD_FEED_NONE:
    case GUARD_FEED_BOTH:
        break;
    }
    return 0;
}

static const char *span_words(char buffer[UNITS_SIZE], double ms)
{
    const bool is_long = ms >= LONG_MS;
    snprintf(buffer, UNITS_SIZE, "%.*f %s", is_long ? 1 : 0, is_long ? ms / 1e3 : ms,
             is_long ? "s" : "ms");
    return buffer;
}

/* Too old or too far apart, by the limit of the guard. */
static void say_measured(const struct snapshot_pair *pair, char full[PANE_WORDS_SIZE],
                         char brief[PANE_WORDS_SIZE])
{
    char observed[UNITS_SIZE], limit[UNITS_SIZE];
    const char *feed = feed_name(pair->misaligned_feed);
    const char *word = pair->misaligned_feed == GUARD_FEED_BOTH ? "apart" : "old";
    span_words(observed, pair->misaligned_observed);
    snprintf(full, PANE_WORDS_SIZE, "\u25cb %s %.24s %s, limit %.24s", feed, observed, word,
             span_words(limit, pair->misaligned_limit));
    snprintf(brief, PANE_WORDS_SIZE, "\u25cb %s %.24s %s", feed, observed, word);
}

/* The touch itself is wrong: the bid is what was observed, the ask its limit. */
static const char *by_how_much(char buffer[2 * UNITS_SIZE], const struct view *view,
                               const struct snapshot_pair *pair)
{
    char number[UNITS_SIZE];
    const double over = pair->misaligned_observed - pair->misaligned_limit;
    buffer[0] = '\0';
    if (pair->misaligned_reason == REASON_FEED_CROSSED && pair->misaligned_limit > 0.0) {
        snprintf(buffer, UNITS_SIZE, " by %s bp",
                 units_number(number, over / pair->misaligned_limit * BPS_PER_UNIT, 2));
    } else if (heard_ns(view, pair) > 0) {
        snprintf(buffer, UNITS_SIZE, " %s",
                 units_age(number, view_age_ns(view, heard_ns(view, pair))));
    }
    return buffer;
}

void pane_lamp(const struct view *view, const struct snapshot_pair *pair,
               char full[PANE_WORDS_SIZE], char brief[PANE_WORDS_SIZE])
{
    const enum reason reason = pair->misaligned_reason;
    const bool about_age = reason == REASON_FEED_STALE || reason == REASON_FX_STALE ||
                           reason == REASON_ROUTE_SYNC_WINDOW;
    if (about_age && pair->misaligned_limit > 0.0) { /* 0: the feed itself said so */
        say_measured(pair, full, brief);
        return;
    }
    char much[2 * UNITS_SIZE];
    const char *feed = feed_name(pair->misaligned_feed);
    by_how_much(much, view, pair);
    snprintf(full, PANE_WORDS_SIZE, "\u25cb %s: %.60s%.24s", feed, reason_text(reason), much);
    snprintf(brief, PANE_WORDS_SIZE, "\u25cb %s %.28s%.24s", feed, pane_reason_words(reason),
             much);
}
