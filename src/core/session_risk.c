#include <math.h>

#include "session_state.h"

/* What is at stake: marks, exposure, and the causes that follow from them. */

static double price_usd(const struct tick *tick, enum venue venue)
{
    return venue == VENUE_A ? (tick->bid_a + tick->ask_a) / 2.0 / tick->krw_per_usd
                            : (tick->bid_b + tick->ask_b) / 2.0;
}

double session_unrealized_usd(const struct session *session)
{
    struct session *self = (struct session *)session;
    const struct trade_costs costs = engine_costs(&session->config.engine);
    double sum_usd = 0.0;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct session_pair *state = &session->pairs[pair];
        const struct trade *trades = session_trade_array(self, pair);
        for (int32_t i = 0; i < state->trades_count; i++) {
            if (trades[i].quantity > 0.0 && state->valid_tick.time_ns != 0) {
                sum_usd += trade_mark(&trades[i], &state->valid_tick, &costs).pnl_usd;
            }
        }
    }
    return sum_usd;
}

static int64_t leg_net(const struct session_slot *slot, enum venue venue)
{
    return slot->in_units[venue] - slot->out_units[venue];
}

double session_gross_usd(const struct session *session)
{
    struct session *self = (struct session *)session;
    double sum_usd = 0.0;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct session_pair *state = &session->pairs[pair];
        const struct session_slot *slots = session_slot_array(self, pair);
        const struct trade *trades = session_trade_array(self, pair);
        for (int32_t i = 0; i < state->trades_count; i++) {
            /* An entry under way counts as if it had filled whole. */
            const bool entering =
                trades[i].state == TRADE_OPENING || trades[i].state == TRADE_HEDGING;
            for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
                const int64_t units =
                    entering ? slots[i].wanted_units : leg_net(&slots[i], venue);
                sum_usd += ledger_amount(units) * price_usd(&state->valid_tick, venue);
            }
        }
    }
    return sum_usd;
}

int32_t session_open_count(const struct session *session)
{
    int32_t count = 0;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        count += session->pairs[pair].trades_count;
    }
    return count;
}

static double unhedged_now_usd(const struct session *session)
{
    struct session *self = (struct session *)session;
    double sum_usd = 0.0;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct session_pair *state = &session->pairs[pair];
        const struct session_slot *slots = session_slot_array(self, pair);
        for (int32_t i = 0; i < state->trades_count; i++) {
            const int64_t apart = leg_net(&slots[i], VENUE_A) - leg_net(&slots[i], VENUE_B);
            if (apart != 0) {
                sum_usd += fabs(ledger_amount(apart)) * price_usd(&state->valid_tick, VENUE_A);
            }
        }
    }
    return sum_usd;
}

double session_unhedged_usd(const struct session *session, int64_t *since_ns)
{
    *since_ns = session->unhedged_since_ns;
    return unhedged_now_usd(session);
}

static void watch_unhedged(struct session *session)
{
    const double now_usd = unhedged_now_usd(session);
    if (!(now_usd > session->config.limits.unhedged_usd)) { /* also when the limit is not set */
        session->unhedged_since_ns = 0;
    } else if (session->unhedged_since_ns == 0) {
        session->unhedged_since_ns = session->time_ns;
    }
    guard_mark_unhedged(&session->guard, &session->config.limits, session->time_ns, now_usd,
                        session->unhedged_since_ns);
}

/* The causes that came and went since the last event, told apart by reason and pair. */
static void announce_causes(struct session *session, struct action_list *out)
{
    const struct guard *guard = &session->guard;
    for (int32_t i = 0; i < guard->causes_count; i++) {
        const struct guard_cause *cause = &guard->causes[i];
        bool known = false;
        for (int32_t k = 0; k < session->causes_told; k++) {
            known |= session->told[k].reason == cause->reason &&
                     session->told[k].pair == cause->pair &&
                     session->told[k].level == cause->level;
        }
        struct action *action = known ? NULL : session_act(out, ACTION_STATE);
        if (action != NULL) {
            action->state.change = STATE_CAUSE_ENTERED;
            action->state.reason = cause->reason;
            action->state.pair = cause->pair;
        }
    }
    for (int32_t k = 0; k < session->causes_told; k++) {
        bool stands = false;
        for (int32_t i = 0; i < guard->causes_count; i++) {
            stands |= session->told[k].reason == guard->causes[i].reason &&
                      session->told[k].pair == guard->causes[i].pair;
        }
        struct action *action = stands ? NULL : session_act(out, ACTION_STATE);
        if (action != NULL) {
            action->state.change = STATE_CAUSE_LEFT;
            action->state.reason = session->told[k].reason;
            action->state.pair = session->told[k].pair;
        }
    }
    session->causes_told = guard->causes_count;
    for (int32_t i = 0; i < guard->causes_count; i++) {
        session->told[i] = (struct session_cause){.reason = guard->causes[i].reason,
                                                  .pair = guard->causes[i].pair,
                                                  .level = guard->causes[i].level};
    }
}

void session_mark(struct session *session, struct action_list *out)
{
    guard_mark(&session->guard, &session->config.limits, session->time_ns, session->day,
               session_equity_usd(session));
    watch_unhedged(session);
    if (session->guard.causes_count != 0 || session->causes_told != 0) {
        announce_causes(session, out);
    }
}

void session_take_fx(struct session *session, double krw_per_usd)
{
    if (!isfinite(krw_per_usd) || !(krw_per_usd > 0.0)) {
        session->krw_per_usd = 0.0; /* an unusable rate is no rate; the tick is invalid */
        return;
    }
    if (session->config.has_clock) {
        guard_mark_fx(&session->guard, &session->config.limits, session->time_ns, krw_per_usd);
    }
    session->krw_per_usd = krw_per_usd;
    session->fx_heard_ns = session->time_ns;
}

void session_settle(struct session *session)
{
    if (!session->step_pending) {
        return;
    }
    session->step_pending = false;
    summary_step(&session->summary, session->step_fault, session->step_time_ns,
                 session_open_count(session), session_unrealized_usd(session),
                 session->config.engine.profile == ENGINE_EXACT);
}
