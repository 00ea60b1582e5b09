#include <math.h>

#include "session_state.h"

/* What is at stake: marks, exposure, and the causes that follow from them. */

static double price_usd(const struct tick *tick, enum venue venue)
{
    return venue == VENUE_A ? (tick->bid_a + tick->ask_a) / 2.0 / tick->krw_per_usd
                            : (tick->bid_b + tick->ask_b) / 2.0;
}

/* Both legs are whole and equal: the arithmetic of the backtest, bit for bit. */
static bool is_whole(const struct trade *trade)
{
    return trade->quantity > 0.0 &&
           (trade->state == TRADE_OPEN || trade->state == TRADE_CLOSING) &&
           !(trade->legs[TRADE_A_OUT].quantity > 0.0) &&
           !(trade->legs[TRADE_B_OUT].quantity > 0.0);
}

/* `executable`: by the four legs, whatever the profile books in the end. */
static double mark_trades(const struct session *session, bool executable)
{
    struct session *self = (struct session *)session;
    const struct engine_params *params = &session->params;
    const struct trade_costs costs = engine_costs(params);
    double sum_usd = 0.0;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct session_pair *state = &session->pairs[pair];
        const struct trade *trades = session_trade_array(self, pair);
        for (int32_t i = 0; i < state->trades_count; i++) {
            const struct tick *tick = &state->valid_tick;
            if (trades[i].id == 0) {
                continue; /* nothing has filled yet */
            }
            sum_usd += !is_whole(&trades[i])
                           ? trade_mark_apart_usd(&trades[i], tick, &costs)
                           : (executable ? trade_mark(&trades[i], tick, &costs).pnl_usd
                                         : engine_mark(params, &trades[i], tick).pnl_usd);
        }
    }
    return sum_usd;
}

double session_unrealized_usd(const struct session *session)
{
    return mark_trades(session, true);
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

static bool say_cause(struct action_list *out, enum state_change change,
                      const struct session_cause *cause)
{
    struct action *action = session_act(out, ACTION_STATE);
    if (action == NULL) {
        return false;
    }
    action->state.change = change;
    action->state.reason = cause->reason;
    action->state.pair = cause->pair;
    return true;
}

static bool stands(const struct guard *guard, const struct session_cause *cause)
{
    for (int32_t i = 0; i < guard->causes_count; i++) {
        if (guard->causes[i].reason == cause->reason && guard->causes[i].pair == cause->pair) {
            return true;
        }
    }
    return false;
}

static void tell_left(struct session *session, struct action_list *out)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < session->causes_told; i++) {
        const struct session_cause told = session->told[i];
        if (stands(&session->guard, &told) || !say_cause(out, STATE_CAUSE_LEFT, &told)) {
            session->told[kept++] = told;
        }
    }
    session->causes_told = kept;
}

static struct session_cause *find_told(struct session *session, const struct guard_cause *cause)
{
    for (int32_t i = 0; i < session->causes_told; i++) {
        if (session->told[i].reason == cause->reason && session->told[i].pair == cause->pair) {
            return &session->told[i];
        }
    }
    return NULL;
}

static void tell_entered(struct session *session, struct action_list *out)
{
    for (int32_t i = 0; i < session->guard.causes_count; i++) {
        const struct guard_cause *cause = &session->guard.causes[i];
        const struct session_cause now = {cause->reason, cause->pair, cause->level};
        struct session_cause *told = find_told(session, cause);
        const bool known = told != NULL && told->level == cause->level;
        const bool room = told != NULL || session->causes_told < GUARD_CAUSES_MAX;
        if (known || !room || !say_cause(out, STATE_CAUSE_ENTERED, &now)) {
            continue; /* what finds no room is told with the next event */
        }
        told = told != NULL ? told : &session->told[session->causes_told++];
        *told = now;
    }
}

void session_mark(struct session *session, struct action_list *out)
{
    guard_mark(&session->guard, &session->config.limits, session->time_ns, session->day,
               session_equity_usd(session));
    watch_unhedged(session);
    tell_left(session, out);
    tell_entered(session, out);
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
    const bool of_equity = session->params.profile == ENGINE_EXACT;
    if (session->step_pending) {
        session->step_pending = false;
        summary_step(&session->summary, session->step_fault, session->step_time_ns,
                     session_open_count(session), mark_trades(session, false), of_equity);
    } else if (session->end_pending) {
        session->end_pending = false;
        summary_mark(&session->summary, mark_trades(session, false), of_equity);
    }
}
