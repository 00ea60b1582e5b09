#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "live_state.h"

/* The past of the pairs: asked for once, and the sockets wait for it a little, since a baseline
 * takes nothing that is older than what it has seen. */

enum { PAST_WAIT_S = 5 };

static bool is_candles(const struct live_ask *ask)
{
    return ask->kind == ASK_CANDLES || ask->kind == ASK_KLINES;
}

/* Nobody is there, or another attempt will not be made in time. */
static bool is_hopeless(const struct live *live, const struct live_ask *ask)
{
    const struct live_venue *venue = &live->venues[live_ask_venue(ask->kind)];
    return ask->due_ns > live->past.until_ns || venue->banned_ns > live->past.until_ns ||
           (ask->failures > 0 && live_is_of_network(venue->reason));
}

static bool is_complete(const struct live *live)
{
    for (int32_t i = 0; i < live->asks_count; i++) {
        const struct live_ask *ask = &live->asks[i];
        if (is_candles(ask) && (ask->under_way || (ask->wanted && !is_hopeless(live, ask)))) {
            return false;
        }
    }
    return true;
}

static void hold_lines(struct live *live, int64_t now_ns)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        if (now_ns >= live->venues[venue].banned_ns) {
            live_lines_hold(live, venue, now_ns + 2 * LIVE_TICK_MS * CLOCK_NS_PER_MS);
        }
    }
}

void live_past_begin(struct live *live, int32_t minutes, int64_t now_ns)
{
    if (minutes > 0) {
        live->past.minutes = minutes < LIVE_PAST_MINUTES_MAX ? minutes : LIVE_PAST_MINUTES_MAX;
        live->past.awaited = true;
        live->past.until_ns = now_ns + PAST_WAIT_S * CLOCK_NS_PER_S;
        hold_lines(live, now_ns);
    }
}

/* The pair that knows least speaks for all. */
static void tell_past(struct live *live, int64_t now_ns)
{
    const struct feeds *feeds = &live->intake.feeds;
    struct text text = text_fixed(live->past.text, sizeof(live->past.text));
    struct text without = text_growing();
    int32_t samples = INT32_MAX;
    int64_t newest_ns = INT64_MAX;
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        const struct feeds_pair *pair = &feeds->pairs[i];
        if (pair->past_samples == 0) {
            text_addf(&without, " %s", pair->symbol_a);
            continue;
        }
        samples = pair->past_samples < samples ? pair->past_samples : samples;
        newest_ns = pair->past_newest_ns < newest_ns ? pair->past_newest_ns : newest_ns;
    }
    if (samples < INT32_MAX) {
        text_addf(&text,
                  "baseline from %" PRId32 " minute candles of upbit and binance, newest "
                  "%" PRId64 " s old",
                  samples, (now_ns + live->ahead_ns - newest_ns) / CLOCK_NS_PER_S);
    }
    if (without.length > 0) {
        text_addf(&text, "%sno minute candles in time for%s: the baseline warms up",
                  samples < INT32_MAX ? "; " : "", text_string(&without));
    }
    text_finish(&without);
}

void live_past_watch(struct live *live, int64_t now_ns)
{
    if (!live->past.awaited) {
        return;
    }
    if (now_ns < live->past.until_ns && !is_complete(live)) {
        hold_lines(live, now_ns);
        return;
    }
    live->past.awaited = false;
    for (int32_t i = 0; i < live->asks_count; i++) {
        live->asks[i].wanted = live->asks[i].wanted && !is_candles(&live->asks[i]);
    }
    tell_past(live, now_ns);
    log_info("market", "%s", live->past.text);
}

bool live_past(const struct source *source, char text[LIVE_TEXT_SIZE])
{
    const struct live *live = (const struct live *)source;
    text_cut(text, LIVE_TEXT_SIZE, "%s", live->past.text);
    return live->past.text[0] != '\0';
}
