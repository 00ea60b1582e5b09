#include <math.h>
#include <string.h>

#include "session_state.h"

/* What a fresh moment of a pair leads to: exits, and at most one entry past the guard. */

/* An excursion is over when the deviation has come back to this part of where it began. */
#define EXCURSION_OVER 0.5

static void record_refusal(struct session *session, int32_t pair,
                           const struct guard_decision *verdict, bool near_miss,
                           struct action_list *out)
{
    struct session_refusal *last = &session->refusal[pair];
    const struct guard_fault *fault = guard_decision_cause(verdict);
    const enum reason reason = fault != NULL ? fault->reason : REASON_NONE;
    const bool again = last->time_ns != 0 && last->side == verdict->candidate.side &&
                       last->reason == reason &&
                       session->time_ns - last->time_ns < session->config.refusal_repeat_ns;
    if (again) {
        return;
    }
    *last = (struct session_refusal){
        .time_ns = session->time_ns,
        .side = verdict->candidate.side,
        .reason = reason,
        .net_edge_bps = verdict->candidate.net_edge_bps,
        .observed = fault != NULL ? fault->observed : 0.0,
        .limit = fault != NULL ? fault->limit : 0.0,
        .near_miss = near_miss,
    };
    session->refused += near_miss ? 0 : 1;
    struct action *action = session_act(out, ACTION_DECISION);
    if (action != NULL) {
        action->decision = *verdict;
    }
}

/* An excursion that came near the entry line and is not going to open: one why-not record. */
static void watch_near_miss(struct session *session, int32_t pair,
                            const struct engine_decision *decision, struct action_list *out)
{
    struct session_pair *state = &session->pairs[pair];
    const double share = session->config.near_miss_pct / 100.0;
    if (!(share > 0.0) || decision->warmup_left_ns > 0 || !(decision->need_bps > 0.0)) {
        return;
    }
    const double deviation = fabs(decision->spread.premium_bps - decision->baseline_bps);
    if (state->excursion) {
        state->excursion = deviation > decision->need_bps * share * EXCURSION_OVER;
        return;
    }
    if (decision->enter || deviation < decision->need_bps * share) {
        return;
    }
    state->excursion = true;
    if (decision->net_edge_bps >= session_least_edge_bps(&session->params)) {
        return; /* no room or cooling down: not a question of edge */
    }
    struct guard_candidate candidate;
    session_candidate(session, pair, decision, session->params.max_position_usd, &candidate);
    struct guard_decision verdict;
    guard_decide(&session->guard, &session->config.limits, &session->gate, &candidate,
                 &verdict);
    record_refusal(session, pair, &verdict, true, out);
}

static void propose(struct session *session, int32_t pair,
                    const struct engine_decision *decision, struct action_list *out)
{
    struct guard_candidate candidate;
    const double full_usd = session->params.max_position_usd;
    session_candidate(session, pair, decision, full_usd, &candidate);
    struct guard_decision verdict;
    guard_decide(&session->guard, &session->config.limits, &session->gate, &candidate,
                 &verdict);
    if (verdict.action != GUARD_ALLOW && verdict.action != GUARD_SCALE) {
        record_refusal(session, pair, &verdict, false, out);
        return;
    }
    const double notional_usd = full_usd * verdict.scale;
    const double quantity =
        session_entry_quantity(&session->pairs[pair].tick, decision->side, notional_usd);
    const int64_t units = session_lot_units(session, pair, quantity);
    if (units == 0 || session_room(out) < 3) {
        return; /* scaled below one lot, or no room to say so: the next tick asks again */
    }
    struct action *action = session_act(out, ACTION_DECISION);
    action->decision = verdict;
    if (!session_open_attempt(session, pair, decision, units, notional_usd, quantity, out)) {
        out->count--; /* no slot free: nothing was decided after all */
    }
}

static void open_inventory(struct session *session, int32_t pair)
{
    struct session_pair *state = &session->pairs[pair];
    const struct tick *tick = &state->tick;
    state->coin_opened = true;
    const double coin = session->config.opening_coin_usd / (tick->ask_a / tick->krw_per_usd);
    int64_t units = 0;
    int64_t cost = 0;
    if (ledger_units(coin, &units) && units > 0 && ledger_value(tick->ask_a, units, &cost)) {
        (void)ledger_open_spot(&session->ledger, pair, units, cost);
    }
}

static void remember(struct session *session, struct session_pair *state,
                     const struct engine_decision *decision)
{
    state->spread = decision->spread;
    state->baseline_bps = decision->baseline_bps;
    state->need_bps = decision->need_bps;
    state->net_bps[0] = decision->net_bps[0];
    state->net_bps[1] = decision->net_bps[1];
    state->warmup_left_ns = decision->warmup_left_ns;
    state->decided_ns = session->time_ns;
}

/* Ages and sequence are known only where there is a clock; a stale side is no market at all: it
 * opens nothing, closes nothing and moves no baseline. */
static bool moment_is_whole(const struct session *session, const struct session_pair *state)
{
    if (!session->config.has_clock) {
        return true;
    }
    const struct guard_limits *limits = &session->config.limits;
    const int64_t now_ns = session->time_ns;
    return session_feed_usable(state->feed_a) && session_feed_usable(state->feed_b) &&
           state->heard_a_ns != 0 && state->heard_b_ns != 0 && session->fx_heard_ns != 0 &&
           !(session_age_ms(now_ns, state->heard_a_ns) > limits->age_a_ms) &&
           !(session_age_ms(now_ns, state->heard_b_ns) > limits->age_b_ms) &&
           !(session_age_ms(now_ns, session->fx_heard_ns) > limits->age_fx_ms);
}

static bool moment_is_aligned(const struct session *session, const struct session_pair *state)
{
    const int64_t skew_ns = state->heard_a_ns - state->heard_b_ns;
    const double skew_ms = (double)(skew_ns < 0 ? -skew_ns : skew_ns) / 1e6;
    return !session->config.has_clock || !(skew_ms > session->config.limits.skew_ms);
}

/* The present revision's engine, among trades of which earlier ones opened some. */
static void decide_present(struct session *session, int32_t pair, struct engine_decision *out,
                           struct action_list *actions)
{
    struct session_pair *state = &session->pairs[pair];
    struct engine_params params = session->params;
    int32_t places_taken = 0;
    const int32_t first = session_decide_held(session, pair, &places_taken, out, actions);
    params.max_open_trades -= places_taken;
    engine_step(&state->engine, &params, session_trade_array(session, pair) + first,
                state->trades_count - first, &state->tick, out);
    for (int32_t i = 0; i < out->exits_count; i++) {
        const struct engine_exit *exit = &out->exits[i];
        session_want_exit(session, pair, first + exit->index, exit->reason,
                          exit->exit_spread_bps, actions);
    }
}

void session_decide(struct session *session, int32_t pair, struct action_list *out)
{
    struct session_pair *state = &session->pairs[pair];
    if (!moment_is_whole(session, state)) {
        return;
    }
    session->step_pending = true;
    session->step_fault = tick_check(&state->tick);
    session->step_time_ns = session->time_ns;
    if (session->step_fault != TICK_VALID) {
        return;
    }
    state->valid_tick = state->tick;
    if (!state->coin_opened) {
        open_inventory(session, pair);
    }
    struct engine_decision decision;
    decide_present(session, pair, &decision, out);
    remember(session, state, &decision);
    /* Books of different moments show edges that are not there: wait for the next update, which
     * is a fraction of a second away; a skew that stays has its own alarm. */
    if (!moment_is_aligned(session, state)) {
        session->misaligned++;
        return;
    }
    if (decision.enter) {
        propose(session, pair, &decision, out);
    }
    watch_near_miss(session, pair, &decision, out);
}

bool session_check_feeds(const struct session *session, int32_t pair, struct guard_fault *out)
{
    struct engine_decision decision;
    memset(&decision, 0, sizeof decision);
    decision.fault = tick_check(&session->pairs[pair].tick);
    struct guard_candidate candidate;
    session_candidate(session, pair, &decision, session->params.max_position_usd, &candidate);
    return guard_check_feeds(&session->config.limits, &candidate, out);
}

void session_probe(const struct session *session, int32_t pair, struct guard_decision *out)
{
    struct guard guard = session->guard;
    struct engine_decision decision;
    memset(&decision, 0, sizeof decision);
    decision.fault = tick_check(&session->pairs[pair].tick);
    decision.net_edge_bps = session_least_edge_bps(&session->params);
    struct guard_candidate candidate;
    session_candidate(session, pair, &decision, session->params.max_position_usd, &candidate);
    candidate.walk_bps = 0.0;
    candidate.skew_ms = 0.0; /* moments come and go; the question is about states */
    guard_decide(&guard, &session->config.limits, &session->gate, &candidate, out);
}
