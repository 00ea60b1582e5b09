#include <string.h>

#include "base/calendar.h"
#include "core/spread.h"
#include "feeds.h"

/* What the venues' candles say of the premium before we were there: at the end of each minute
 * in which all three were traded, by the engine's own formula. Given once all three are known,
 * and only while nothing newer was shown. */

static double premium_bps(double close_a, double close_b, double krw_per_usdt)
{
    const struct tick tick = {.bid_a = close_a,
                              .ask_a = close_a,
                              .bid_b = close_b,
                              .ask_b = close_b,
                              .krw_per_usd = krw_per_usdt};
    return spread_exact(&tick).premium_bps;
}

/* The candle that ends then, or NULL; *at moves on and never back. */
static const struct candle *find(const struct candle_list *list, size_t *at, int64_t end_ns)
{
    while (*at < list->count && list->items[*at].end_ns < end_ns) {
        ++*at;
    }
    const bool there = *at < list->count && list->items[*at].end_ns == end_ns;
    return there ? &list->items[*at] : NULL;
}

static void give_history(struct feeds *feeds, int32_t index)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    const struct candle_list *of_a = &pair->past[VENUE_A].candles;
    size_t at_b = 0;
    size_t at_fx = 0;
    for (size_t i = 0; i < of_a->count; i++) {
        const struct candle *a = &of_a->items[i];
        const struct candle *b = find(&pair->past[VENUE_B].candles, &at_b, a->end_ns);
        const struct candle *fx = find(&feeds->fx_past.candles, &at_fx, a->end_ns);
        if (b == NULL || fx == NULL || a->end_ns > feeds->receive_ns) {
            continue; /* a minute that is not over has no end yet */
        }
        struct event *event = feeds_add(feeds, EVENT_HISTORY, index);
        event->time_ns = a->end_ns;
        event->day = calendar_utc_day(a->end_ns);
        event->history.premium_bps = premium_bps(a->close, b->close, fx->close);
        pair->past_samples++;
        pair->past_newest_ns = a->end_ns;
    }
}

static void forget(struct feeds_past *past)
{
    candle_list_finish(&past->candles);
    past->told = false;
}

static void give_if_complete(struct feeds *feeds, int32_t index)
{
    struct feeds_pair *pair = &feeds->pairs[index];
    if (feeds->fx_past.told && pair->past[VENUE_A].told && pair->past[VENUE_B].told) {
        give_history(feeds, index);
        forget(&pair->past[VENUE_A]);
        forget(&pair->past[VENUE_B]);
    }
}

static void keep(struct feeds_past *past, const struct candle_list *list)
{
    candle_list_copy(&past->candles, list);
    past->told = true;
}

/* Is it, or was it already, too late for the past of this pair? */
static bool is_over(const struct feeds_pair *pair)
{
    return pair->past_samples > 0 || pair->book_a_ns != 0;
}

void feeds_candles(struct feeds *feeds, enum venue venue, const char *symbol,
                   const struct candle_list *list)
{
    const bool is_fx = venue == VENUE_A && strcmp(symbol, feeds->fx_symbol) == 0;
    bool wanted = is_fx;
    feeds->unknown_fields += (uint64_t)list->unknown_fields;
    if (is_fx) {
        keep(&feeds->fx_past, list);
    }
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        struct feeds_pair *pair = &feeds->pairs[i];
        const bool is_its = strcmp(symbol, feeds_symbol(pair, venue)) == 0;
        if (is_over(pair) || (!is_its && !is_fx)) {
            continue;
        }
        if (is_its) {
            keep(&pair->past[venue], list);
            wanted = true;
        }
        give_if_complete(feeds, i);
    }
    feeds->ignored += wanted ? 0 : 1;
}
