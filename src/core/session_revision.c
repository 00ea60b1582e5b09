#include <math.h>
#include <string.h>

#include "session_state.h"

/* Other parameters while a session runs.
 *
 * An engine that is replaced lives on for the trades it opened: it goes on looking at every
 * tick with its own parameters and its own level, closes those trades as if there had been no
 * revision, and opens nothing. So a trade keeps the exits it was opened with, whatever they are
 * made of. Trades lie in opening order, and so those of one revision lie together. */

/* What a revision may not touch. */
static const struct {
    size_t offset;
    const char *fault;
} FIXED[] = {
    {offsetof(struct engine_params, taker_fee_a_bps),
     "taker_fee_a_bps is what the venue takes, no parameter to choose: it stays"},
    {offsetof(struct engine_params, taker_fee_b_bps),
     "taker_fee_b_bps is what the venue takes, no parameter to choose: it stays"},
    {offsetof(struct engine_params, slippage_bps),
     "slippage_bps is what the market takes, no parameter to choose: it stays"},
    {offsetof(struct engine_params, fx_cost_bps),
     "fx_cost_bps is what converting costs, no parameter to choose: it stays"},
    {offsetof(struct engine_params, fx_rate),
     "fx_rate says where the session's rate comes from: it stays"},
    {offsetof(struct engine_params, initial_balance_usd),
     "initial_balance_usd is what this session's profit is reported against: it stays"},
    {offsetof(struct engine_params, stop_on_drawdown_pct),
     "stop_on_drawdown_pct says how this session's run ends: it stays"},
};

/* Given numbers, not computed ones; NAN is "not set". */
static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

static double number_at(const struct engine_params *params, size_t offset)
{
    double value;
    memcpy(&value, (const char *)params + offset, sizeof value);
    return value;
}

static const char *fixed_fault(const struct engine_params *now,
                               const struct engine_params *then)
{
    if (then->profile != now->profile) {
        return "profile decides what a session's trades mean: it stays";
    }
    if (then->pnl_model != now->pnl_model) {
        return "pnl_model decides what a session's profit means: it stays";
    }
    for (size_t i = 0; i < sizeof FIXED / sizeof FIXED[0]; i++) {
        if (!same(number_at(now, FIXED[i].offset), number_at(then, FIXED[i].offset))) {
            return FIXED[i].fault;
        }
    }
    if (then->spot_short != now->spot_short) {
        return "spot_short says whether there is coin to sell, no parameter to choose: it "
               "stays";
    }
    if (then->max_steps != now->max_steps) {
        return "max_steps says how this session's run ends: it stays";
    }
    if (then->close_at_end != now->close_at_end) {
        return "close_at_end says how this session's run ends: it stays";
    }
    return NULL;
}

static bool holds(const struct session *session, uint64_t revision)
{
    struct session *self = (struct session *)session;
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct session_slot *slots = session_slot_array(self, pair);
        for (int32_t i = 0; i < session->pairs[pair].trades_count; i++) {
            if (slots[i].revision == revision) {
                return true;
            }
        }
    }
    return false;
}

static bool has_room(const struct session *session)
{
    int32_t held = holds(session, session->revision) ? 1 : 0;
    for (int32_t i = 0; i < session->held_count; i++) {
        held += holds(session, session->held[i].revision) ? 1 : 0;
    }
    return held <= SESSION_HELD_MAX;
}

const char *session_revision_fault(const struct session *session,
                                   const struct engine_params *params)
{
    const char *fault = fixed_fault(&session->params, params);
    if (fault == NULL) {
        fault = engine_params_fault(params);
    }
    if (fault != NULL) {
        return fault;
    }
    if (params->max_open_trades > session->config.engine.max_open_trades) {
        return "max_open_trades is over what this session was started with, and has room for";
    }
    if (params->max_position_usd > session->config.limits.notional_per_trade_usd) {
        return "max_position_usd is over risk_limits.notional_per_trade_usd: every trade would "
               "be refused";
    }
    if (!has_room(session)) {
        return "open trades hold as many earlier revisions as there is room for: close some "
               "first";
    }
    return NULL;
}

/* The revisions that no trade holds any more are let go. */
static void drop_unheld(struct session *session)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < session->held_count; i++) {
        if (!holds(session, session->held[i].revision)) {
            continue;
        }
        session->held[kept] = session->held[i];
        for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
            session->pairs[pair].held[kept] = session->pairs[pair].held[i];
        }
        kept++;
    }
    session->held_count = kept;
}

static void hold_present(struct session *session)
{
    const int32_t at = session->held_count++;
    session->held[at] = (struct session_held_params){session->revision, session->params};
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        struct session_pair *state = &session->pairs[pair];
        state->held[at] = (struct session_held){state->engine, state->baseline_bps};
    }
}

void session_revise(struct session *session, const struct engine_params *params,
                    struct action_list *out)
{
    if (session_revision_fault(session, params) != NULL) {
        return;
    }
    drop_unheld(session);
    if (holds(session, session->revision)) {
        hold_present(session);
    }
    const struct baseline_params before = engine_baseline_params(&session->params);
    const struct baseline_params after = engine_baseline_params(params);
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        baseline_revise(&session->pairs[pair].engine.baseline, &before, &after);
    }
    session->params = *params;
    session->revision++;
    struct action *action = session_act(out, ACTION_STATE);
    if (action != NULL) {
        action->state.change = STATE_REVISED;
        action->state.pair = -1;
    }
}

static int32_t count_of(const struct session_slot *slots, int32_t first, int32_t count,
                        uint64_t revision)
{
    int32_t end = first;
    while (end < count && slots[end].revision == revision) {
        end++;
    }
    return end - first;
}

/* The pause after a bad exit bars entries, and those are the present revision's business. */
static void cool_down(struct session *session, int32_t pair, const struct engine *held)
{
    struct engine *engine = &session->pairs[pair].engine;
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        if (held->cooldown_until_ns[side] > engine->cooldown_until_ns[side]) {
            engine->cooldown_until_ns[side] = held->cooldown_until_ns[side];
        }
    }
}

int32_t session_decide_held(struct session *session, int32_t pair, int32_t *places_taken,
                            struct engine_decision *decision, struct action_list *out)
{
    struct session_pair *state = &session->pairs[pair];
    const struct trade *trades = session_trade_array(session, pair);
    const struct session_slot *slots = session_slot_array(session, pair);
    int32_t first = 0;
    *places_taken = 0;
    for (int32_t i = 0; i < session->held_count; i++) {
        const uint64_t revision = session->held[i].revision;
        const int32_t count = count_of(slots, first, state->trades_count, revision);
        struct session_held *held = &state->held[i];
        struct engine_params params = session->held[i].params;
        if (count == 0) {
            continue; /* it never opens again: what it would see is of no use */
        }
        params.cooldown_s = session->params.cooldown_s;
        engine_step(&held->engine, &params, trades + first, count, &state->tick, decision);
        held->baseline_bps = decision->baseline_bps;
        *places_taken += engine_places(trades + first, count) - decision->exits_count;
        cool_down(session, pair, &held->engine);
        for (int32_t e = 0; e < decision->exits_count; e++) {
            const struct engine_exit *exit = &decision->exits[e];
            session_want_exit(session, pair, first + exit->index, exit->reason,
                              exit->exit_spread_bps, out);
        }
        first += count;
    }
    return first;
}

void session_history_held(struct session *session, int32_t pair, int64_t time_ns,
                          double premium_bps)
{
    for (int32_t i = 0; i < session->held_count; i++) {
        engine_history(&session->pairs[pair].held[i].engine, &session->held[i].params, time_ns,
                       premium_bps);
    }
}

uint64_t session_revision(const struct session *session)
{
    return session->revision;
}

const struct engine_params *session_params(const struct session *session)
{
    return &session->params;
}

const struct engine_params *session_trade_params(const struct session *session, int32_t pair,
                                                 int32_t index, double *baseline_bps)
{
    const struct session_pair *state = &session->pairs[pair];
    const uint64_t revision =
        session_slot_array((struct session *)session, pair)[index].revision;
    for (int32_t i = 0; i < session->held_count; i++) {
        if (session->held[i].revision == revision) {
            *baseline_bps = state->held[i].baseline_bps;
            return &session->held[i].params;
        }
    }
    *baseline_bps = state->baseline_bps;
    return &session->params;
}
