#include <math.h>
#include <string.h>

#include "session_state.h"

/* Every number the guard looks at, for an entry on one pair at this moment. */

#define BPS 1e4

int64_t session_lot(const struct session_pair *pair)
{
    const int64_t lot_a = pair->terms[VENUE_A].lot_units;
    const int64_t lot_b = pair->terms[VENUE_B].lot_units;
    return lot_a > lot_b ? lot_a : lot_b;
}

/* A quantity on the coarser of both venues' steps. Files round to the nearest so that a replay
 * trades what the backtest traded; everywhere else down, never more than decided. */
int64_t session_lot_units(const struct session *session, int32_t pair, double quantity)
{
    const int64_t lot = session_lot(&session->pairs[pair]);
    const double lots = quantity * (double)UNITS_PER_ONE / (double)lot;
    if (!isfinite(lots) || lots < 0.0 || lots > 9e15 / (double)lot) {
        return 0;
    }
    const bool nearest = session->config.pairs[pair].lot_nearest;
    return (int64_t)(nearest ? lots + 0.5 : lots) * lot;
}

double session_entry_quantity(const struct tick *tick, enum spread_side side,
                              double notional_usd)
{
    return side == SPREAD_LONG_A_SHORT_B ? notional_usd / (tick->ask_a / tick->krw_per_usd)
                                         : notional_usd / tick->ask_b;
}

double session_age_ms(int64_t now_ns, int64_t heard_ns)
{
    return heard_ns == 0 ? -1.0 : (double)(now_ns - heard_ns) / 1e6;
}

bool session_feed_usable(enum feed_state state)
{
    return state == FEED_FRESH;
}

static double worst_loss_usd(const struct session *session, int32_t pair, double notional_usd)
{
    const struct session_pair *state = &session->pairs[pair];
    const struct engine_params *params = &session->params;
    const double cost_bps = 2.0 * (params->taker_fee_a_bps + params->taker_fee_b_bps +
                                   params->slippage_bps + params->fx_cost_bps);
    return notional_usd * (cost_bps + fmax(state->spread.width_bps, 0.0)) / BPS;
}

/* What entries decided before this one may still take: those under way count as if they fill
 * whole (SAFETY.md 3.9, 11 and 12). */
struct commitment {
    double krw_usd, margin_usd, worst_loss_usd;
    double coin; /* of the candidate's pair */
};

static double left_of(const struct session_slot *slot, enum venue venue)
{
    const int64_t left = slot->wanted_units - slot->in_units[venue];
    return left > 0 ? ledger_amount(left) : 0.0;
}

static void commit_entry(const struct session *session, const struct session_pair *state,
                         const struct trade *trade, const struct session_slot *slot,
                         struct commitment *sum)
{
    const struct engine_params *params = &session->params;
    const struct tick *tick = &state->valid_tick;
    const double slip = 1.0 + params->slippage_bps / 2.0 / BPS;
    const double b_usd = left_of(slot, VENUE_B) * tick->ask_b * slip;
    sum->margin_usd += b_usd * (1.0 / session->config.leverage + params->taker_fee_b_bps / BPS);
    sum->worst_loss_usd += worst_loss_usd(session, trade->pair, slot->wanted_usd);
    if (trade->side == SPREAD_LONG_A_SHORT_B) {
        sum->krw_usd += left_of(slot, VENUE_A) * tick->ask_a / tick->krw_per_usd * slip *
                        (1.0 + params->taker_fee_a_bps / BPS);
    }
}

/* Coin a trade has bought is there to be sold by its exit, coin it will sell is gone. */
static double coin_of(const struct trade *trade, const struct session_slot *slot)
{
    return trade->side == SPREAD_LONG_A_SHORT_B
               ? ledger_amount(slot->in_units[VENUE_A] - slot->out_units[VENUE_A])
               : left_of(slot, VENUE_A);
}

static struct commitment committed(const struct session *session, int32_t pair)
{
    struct session *self = (struct session *)session;
    struct commitment sum = {0};
    for (int32_t p = 0; p < session->config.pairs_count; p++) {
        const struct session_pair *state = &session->pairs[p];
        const struct trade *trades = session_trade_array(self, p);
        const struct session_slot *slots = session_slot_array(self, p);
        for (int32_t i = 0; i < state->trades_count; i++) {
            const bool entering =
                trades[i].state == TRADE_OPENING || trades[i].state == TRADE_HEDGING;
            if (entering) {
                commit_entry(session, state, &trades[i], &slots[i], &sum);
            }
            if (p == pair && (entering || trades[i].side == SPREAD_LONG_A_SHORT_B)) {
                sum.coin += coin_of(&trades[i], &slots[i]);
            }
        }
        const double entry_usd = ledger_amount(session->ledger.perp[p].entry_value);
        sum.margin_usd += entry_usd / session->config.leverage;
    }
    return sum;
}

/* compat-d45 ignores min_spread (SPEC.md 3.5). */
double session_least_edge_bps(const struct engine_params *params)
{
    return params->profile == ENGINE_COMPAT_D45 ? 0.0 : params->min_spread_bps;
}

static void candidate_clock(const struct session *session, const struct session_pair *state,
                            struct guard_candidate *candidate)
{
    const int64_t now_ns = session->time_ns;
    candidate->has_clock = session->config.has_clock;
    candidate->has_depth_model = session->config.has_depth_model;
    candidate->age_a_ms = session_age_ms(now_ns, state->heard_a_ns);
    candidate->age_b_ms = session_age_ms(now_ns, state->heard_b_ns);
    candidate->age_fx_ms = session_age_ms(now_ns, session->fx_heard_ns);
    const int64_t skew_ns = state->heard_a_ns - state->heard_b_ns;
    candidate->skew_ms = (double)(skew_ns < 0 ? -skew_ns : skew_ns) / 1e6;
    candidate->feed_a_ok = session_feed_usable(state->feed_a);
    candidate->feed_b_ok = session_feed_usable(state->feed_b);
    candidate->feed_a_reason = state->feed_a_reason;
    candidate->feed_b_reason = state->feed_b_reason;
    candidate->halted_a = state->terms[VENUE_A].halted;
    candidate->halted_b = state->terms[VENUE_B].halted;
}

static void candidate_money(const struct session *session, int32_t pair,
                            struct guard_candidate *candidate)
{
    const struct session_terms *terms = session->pairs[pair].terms;
    const struct ledger *ledger = &session->ledger;
    const double krw_per_usd =
        candidate->tick.krw_per_usd > 0.0 ? candidate->tick.krw_per_usd : 1.0;
    candidate->lot_minimum_a = ledger_amount(terms[VENUE_A].lot_units);
    candidate->lot_minimum_b = ledger_amount(terms[VENUE_B].lot_units);
    candidate->minimum_notional_a_usd =
        ledger_amount(terms[VENUE_A].minimum_notional_units) / krw_per_usd;
    candidate->minimum_notional_b_usd = ledger_amount(terms[VENUE_B].minimum_notional_units);
    const struct engine_params *params = &session->params;
    const struct commitment taken = committed(session, pair);
    const double fee_a_usd = candidate->notional_usd * params->taker_fee_a_bps / BPS;
    const double fee_b_usd = candidate->notional_usd * params->taker_fee_b_bps / BPS;
    candidate->free_krw_usd =
        ledger_amount(ledger->krw.cash) / krw_per_usd - taken.krw_usd - fee_a_usd;
    candidate->free_coin = ledger_amount(ledger->spot[pair].quantity) - taken.coin;
    candidate->free_margin_usd = ledger_amount(ledger->usdt.cash) - taken.margin_usd;
    candidate->need_margin_usd = candidate->notional_usd / session->config.leverage + fee_b_usd;
    candidate->worst_loss_usd += taken.worst_loss_usd;
}

/* Both legs of the entry, against the books as they stand. */
static double walk_bps(const struct session_pair *state, enum spread_side side, double quantity)
{
    const bool buys_a = side == SPREAD_LONG_A_SHORT_B;
    const struct book *a = &state->book_a;
    const struct book *b = &state->book_b;
    const double walk_a = buys_a ? book_walk_bps(a->asks, a->asks_count, quantity)
                                 : book_walk_bps(a->bids, a->bids_count, quantity);
    const double walk_b = buys_a ? book_walk_bps(b->bids, b->bids_count, quantity)
                                 : book_walk_bps(b->asks, b->asks_count, quantity);
    return walk_a + walk_b;
}

/* Fills every number the guard looks at. `notional_usd` is the size before slippage. */
void session_candidate(const struct session *session, int32_t pair,
                       const struct engine_decision *decision, double notional_usd,
                       struct guard_candidate *candidate)
{
    const struct session_pair *state = &session->pairs[pair];
    const struct engine_params *params = &session->params;
    memset(candidate, 0, sizeof *candidate);
    candidate->class = ORDER_ENTRY;
    candidate->pair = pair;
    candidate->side = decision->side;
    candidate->time_ns = session->time_ns;
    candidate->tick = state->tick;
    candidate->net_edge_bps = decision->net_edge_bps;
    candidate->min_edge_bps = session_least_edge_bps(params);
    candidate->notional_usd = notional_usd * (1.0 + params->slippage_bps / 2.0 / BPS);
    candidate->worst_loss_usd = worst_loss_usd(session, pair, notional_usd);
    candidate_clock(session, state, candidate);
    candidate_money(session, pair, candidate);
    if (decision->fault == TICK_VALID) {
        const double quantity =
            session_entry_quantity(&state->tick, decision->side, notional_usd);
        candidate->quantity = ledger_amount(session_lot_units(session, pair, quantity));
        if (session->config.has_depth_model) {
            candidate->walk_bps = walk_bps(state, decision->side, candidate->quantity);
            candidate->worst_loss_usd += 2.0 * notional_usd * candidate->walk_bps / BPS;
        }
    }
    candidate->spot_short = params->spot_short;
    candidate->open_trades = session_open_count(session);
    candidate->gross_exposure_usd = session_gross_usd(session);
    candidate->unhedged_usd = session_unhedged_usd(session, &(int64_t){0});
    candidate->orders_wanted = 4; /* in and out again */
    candidate->ttl_ns = session->config.decision_ttl_ns;
}
