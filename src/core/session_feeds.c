#include <math.h>

#include "session_state.h"

#define BPS 1e4

/* What is known of a pair's two feeds, and of what their venues take. */

void session_begin_feeds(struct session_pair *pair, const struct session_instrument *instrument)
{
    pair->feed_a = pair->feed_b = FEED_SILENT;
    pair->feed_a_reason = pair->feed_b_reason = REASON_FEED_SILENT;
    pair->terms[VENUE_A] = (struct session_terms){
        .lot_units = instrument->lot_a_units,
        .minimum_notional_units = instrument->minimum_notional_a_units,
    };
    pair->terms[VENUE_B] = (struct session_terms){
        .lot_units = instrument->lot_b_units,
        .minimum_notional_units = instrument->minimum_notional_b_units,
    };
}

/* A feed that says it is fresh is heard, though the book did not change; one that never gave a
 * book has nothing to be as old as. */
static void hear(int64_t *heard_ns, enum feed_state state, int64_t now_ns)
{
    if (state == FEED_FRESH && *heard_ns != 0) {
        *heard_ns = now_ns;
    }
}

static void set_feed(struct session_pair *pair, const struct event *event)
{
    if (event->feed.venue == VENUE_A) {
        pair->feed_a = event->feed.state;
        pair->feed_a_reason = event->feed.reason;
        hear(&pair->heard_a_ns, event->feed.state, event->time_ns);
    } else {
        pair->feed_b = event->feed.state;
        pair->feed_b_reason = event->feed.reason;
        hear(&pair->heard_b_ns, event->feed.state, event->time_ns);
    }
}

void session_take_feed(struct session *session, const struct event *event)
{
    for (int32_t i = 0; i < session->config.pairs_count; i++) {
        if (event->pair < 0 || event->pair == i) {
            set_feed(&session->pairs[i], event);
        }
    }
}

/* What a venue takes from now on. What cannot be is no answer: what was known stands. */
void session_take_instrument(struct session *session, const struct event *event)
{
    if (!event_instrument_fine(event)) {
        return;
    }
    session->pairs[event->pair].terms[event->instrument.venue] = (struct session_terms){
        .lot_units = event->instrument.lot_units,
        .minimum_notional_units = event->instrument.minimum_notional_units,
        .halted = !event->instrument.trading,
        .told = true,
    };
}

/* A book from a feed that nobody had anything to say of. */
void session_first_word(enum feed_state *state, enum reason *reason)
{
    if (*state == FEED_SILENT) {
        *state = FEED_FRESH;
        *reason = REASON_NONE;
    }
}

/* SAFETY.md 2, row 18: no entry on a price that jumped, until as many updates in a row as are
 * wanted have stayed near the one before them. */
void session_follow_collar(struct session *session, int32_t pair, enum venue venue,
                           const struct quote *quote)
{
    struct session_collar *collars = session->pairs[pair].collars;
    struct session_collar *collar = &collars[venue];
    const double limit_bps = session->config.limits.collar_bps;
    if (!session->config.has_depth_model || !(quote->bid > 0.0) || !(quote->bid < quote->ask)) {
        return;
    }
    const double mid = (quote->bid + quote->ask) / 2.0;
    const double move_bps =
        collar->mid > 0.0 ? fabs(mid - collar->mid) / collar->mid * BPS : 0.0;
    collar->mid = mid;
    if (move_bps > limit_bps) {
        collar->to_confirm = SESSION_COLLAR_UPDATES;
        guard_add_cause(&session->guard, &(struct guard_cause){.reason = REASON_SYMBOL_COLLAR,
                                                               .pair = pair,
                                                               .level = GUARD_OBSERVE,
                                                               .since_ns = session->time_ns,
                                                               .observed = move_bps,
                                                               .limit = limit_bps});
        return;
    }
    collar->to_confirm -= collar->to_confirm > 0 ? 1 : 0;
    if (collars[VENUE_A].to_confirm == 0 && collars[VENUE_B].to_confirm == 0) {
        guard_clear_cause(&session->guard, REASON_SYMBOL_COLLAR, pair);
    }
}
