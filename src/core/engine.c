#include "core/engine.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

static const double NS_PER_S = 1e9;

static bool books_spread(const struct engine_params *params)
{
    return params->profile != ENGINE_EXACT && params->pnl_model == ENGINE_PNL_SPREAD;
}

struct trade_result engine_settle(const struct engine_params *params, const struct trade *trade)
{
    const struct trade_costs costs = engine_costs(params);
    return books_spread(params) ? trade_settle_spread(trade, &costs)
                                : trade_settle(trade, &costs);
}

struct trade_result engine_mark(const struct engine_params *params, const struct trade *trade,
                                const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(params);
    return books_spread(params) ? trade_settle_spread(trade, &costs)
                                : trade_mark(trade, tick, &costs);
}

double engine_mark_usd(const struct engine_params *params, const struct trade *trade,
                       const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(params);
    return books_spread(params) ? trade_settle_spread(trade, &costs).pnl_usd
                                : trade_mark_usd(trade, tick, &costs);
}

/* A time no later tick reaches stands for "never", so that adding to it cannot overflow. */
static int64_t later_ns(int64_t now_ns, double wait_s)
{
    const double wait_ns = wait_s * NS_PER_S;
    return wait_ns < 4e18 ? now_ns + (int64_t)wait_ns : INT64_MAX;
}

int32_t engine_places(const struct trade *trades, int32_t trades_count)
{
    int32_t taken = 0;
    for (int32_t i = 0; i < trades_count; i++) {
        taken += trades[i].state != TRADE_CLOSING && trades[i].state != TRADE_CLOSED;
    }
    return taken;
}

/* Net edges, costs and baseline of a valid tick in `exact`. */
static void weigh_exact(const struct engine_params *params, const struct engine_sight *sight,
                        struct engine_decision *out)
{
    const double premium_bps = sight->spread->premium_bps;
    const double width_bps = sight->spread->width_bps;
    const double cost_bps = 2 * (params->taker_fee_a_bps + params->taker_fee_b_bps +
                                 params->slippage_bps + params->fx_cost_bps);
    const double level_bps = sight->level_bps;
    const double net_a_bps = (premium_bps - level_bps) - width_bps - cost_bps;
    const double net_b_bps = (level_bps - premium_bps) - width_bps - cost_bps;

    out->baseline_bps = level_bps;
    out->cost_bps = cost_bps;
    out->net_bps[SPREAD_LONG_A_SHORT_B] = net_a_bps;
    out->net_bps[SPREAD_LONG_B_SHORT_A] = net_b_bps;
    out->need_bps = width_bps + cost_bps + params->min_spread_bps;
    out->warmup_left_ns = sight->warmup_left_ns;
    out->side = net_a_bps >= net_b_bps ? SPREAD_LONG_A_SHORT_B : SPREAD_LONG_B_SHORT_A;
    /* Chosen from a table: which side is the better is a coin's toss to a branch predictor. */
    const double entry_bps[] = {sight->spread->enter_a_bps, -sight->spread->undo_a_bps};
    out->entry_spread_bps = entry_bps[out->side];
    out->net_edge_bps = out->net_bps[out->side];
    out->enter = out->net_edge_bps >= params->min_spread_bps;
}

/* The same in the compatibility profiles, which know no baseline. */
static void weigh_compat(const struct engine_params *params, const struct tick *tick,
                         struct engine_decision *out)
{
    double entry_bps[SPREAD_SIDE_LAST + 1];
    spread_compat(tick, entry_bps);
    const double cost_bps =
        params->taker_fee_a_bps + params->taker_fee_b_bps + params->slippage_bps;
    const double net_bps_min =
        params->profile == ENGINE_COMPAT_D37 ? params->min_spread_bps : 0;

    out->baseline_bps = 0;
    out->cost_bps = cost_bps;
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        out->net_bps[side] = entry_bps[side] - cost_bps;
    }
    out->need_bps = cost_bps + net_bps_min;
    out->warmup_left_ns = 0;
    out->side = entry_bps[SPREAD_LONG_A_SHORT_B] >= entry_bps[SPREAD_LONG_B_SHORT_A]
                    ? SPREAD_LONG_A_SHORT_B
                    : SPREAD_LONG_B_SHORT_A;
    out->entry_spread_bps = entry_bps[out->side];
    out->net_edge_bps = out->net_bps[out->side];
    out->enter = out->net_edge_bps >= net_bps_min;
}

/* What the trade would make if it closed now. */
static double live_bps(const struct engine_params *params, const struct engine_sight *sight,
                       const struct trade *trade, int32_t index)
{
    const double pnl_usd = sight->pnl_usd != NULL ? sight->pnl_usd[index]
                                                  : engine_mark_usd(params, trade, sight->tick);
    return pnl_usd / trade->notional_usd * 1e4;
}

/* A limit that is not set is NAN, and every comparison with it is false. */
static enum trade_exit exit_exact(const struct engine_params *params,
                                  const struct engine_sight *sight, const struct trade *trade,
                                  int32_t index, const struct engine_decision *decision)
{
    if (!isnan(params->stop_loss_bps) || !isnan(params->take_profit_bps)) {
        const double now_bps = live_bps(params, sight, trade, index);
        if (now_bps <= -params->stop_loss_bps) {
            return TRADE_EXIT_STOP_LOSS;
        }
        if (now_bps >= params->take_profit_bps) {
            return TRADE_EXIT_TAKE_PROFIT;
        }
    }
    const double side = trade->side == SPREAD_LONG_A_SHORT_B ? 1 : -1;
    if (side * (decision->spread.premium_bps - decision->baseline_bps) <=
        params->exit_spread_bps) {
        return TRADE_EXIT_CONVERGENCE;
    }
    if ((double)(sight->tick->time_ns - trade->open_ns) >= params->max_hold_s * NS_PER_S) {
        return TRADE_EXIT_MAX_HOLD;
    }
    return TRADE_EXIT_NONE;
}

static enum trade_exit exit_reason(const struct engine_params *params,
                                   const struct engine_sight *sight, const struct trade *trade,
                                   int32_t index, const struct engine_decision *decision)
{
    if (params->profile == ENGINE_EXACT) {
        return exit_exact(params, sight, trade, index, decision);
    }
    double entry_bps[SPREAD_SIDE_LAST + 1];
    spread_compat(sight->tick, entry_bps);
    return entry_bps[trade->side] < 0 ? TRADE_EXIT_SPREAD_REVERSAL : TRADE_EXIT_NONE;
}

/* Undoing the side costs this much now; the compat profiles book 0. */
static double exit_spread(const struct engine_params *params, enum spread_side side,
                          const struct spread *spread)
{
    if (params->profile != ENGINE_EXACT) {
        return 0;
    }
    return side == SPREAD_LONG_A_SHORT_B ? spread->undo_a_bps : -spread->enter_a_bps;
}

double engine_exit_spread(const struct engine_params *params, enum spread_side side,
                          const struct tick *tick)
{
    const struct spread spread = spread_exact(tick);
    return exit_spread(params, side, &spread);
}

static void decide_exits(const struct engine_params *params, int64_t *cooldown_until_ns,
                         const struct trade *trades, int32_t trades_count,
                         const struct engine_sight *sight, struct engine_decision *out)
{
    for (int32_t i = 0; i < trades_count; i++) {
        const struct trade *trade = &trades[i];
        if (trade->state != TRADE_OPEN) {
            continue;
        }
        const enum trade_exit reason = exit_reason(params, sight, trade, i, out);
        if (reason == TRADE_EXIT_NONE) {
            continue;
        }
        out->exits[out->exits_count++] = (struct engine_exit){
            .index = i,
            .reason = reason,
            .exit_spread_bps = exit_spread(params, trade->side, &out->spread),
        };
        if (reason == TRADE_EXIT_STOP_LOSS || reason == TRADE_EXIT_MAX_HOLD) {
            cooldown_until_ns[trade->side] = later_ns(sight->tick->time_ns, params->cooldown_s);
        }
    }
}

/* What bars an entry that the edge alone would allow. */
static bool may_enter(const struct engine_params *params, const int64_t *cooldown_until_ns,
                      int32_t taken, int64_t now_ns, const struct engine_decision *decision)
{
    const enum spread_side side = decision->side;
    const int64_t until_ns = cooldown_until_ns[side];
    return decision->warmup_left_ns == 0 && taken < params->max_open_trades &&
           (until_ns == 0 || now_ns >= until_ns) &&
           (side == SPREAD_LONG_A_SHORT_B || params->spot_short);
}

void engine_decide(const struct engine_params *params, const struct engine_sight *sight,
                   int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1], const struct trade *trades,
                   int32_t trades_count, struct engine_decision *out)
{
    assert(trades_count >= 0 && trades_count <= ENGINE_TRADES_MAX);

    const struct tick *tick = sight->tick;
    out->fault = TICK_VALID;
    out->exits_count = 0;
    out->spread = *sight->spread;
    if (params->profile == ENGINE_EXACT) {
        weigh_exact(params, sight, out);
    } else {
        weigh_compat(params, tick, out);
    }
    decide_exits(params, cooldown_until_ns, trades, trades_count, sight, out);
    if (out->enter) {
        /* A place that an exit frees counts at once. */
        const int32_t taken = engine_places(trades, trades_count) - out->exits_count;
        out->enter = may_enter(params, cooldown_until_ns, taken, tick->time_ns, out);
    }
}

void engine_step(struct engine *engine, const struct engine_params *params,
                 const struct trade *trades, int32_t trades_count, const struct tick *tick,
                 struct engine_decision *out)
{
    out->exits_count = 0;
    out->enter = false;
    out->fault = tick_check(tick);
    if (out->fault != TICK_VALID) {
        return;
    }
    const struct baseline_params baseline = engine_baseline_params(params);
    const struct spread spread = spread_exact(tick);
    const struct engine_sight sight = {
        .tick = tick,
        .spread = &spread,
        .level_bps = baseline_level(&engine->baseline, &baseline, spread.premium_bps),
        .warmup_left_ns = baseline_warmup_left_ns(&engine->baseline, &baseline, tick->time_ns),
    };
    engine_decide(params, &sight, engine->cooldown_until_ns, trades, trades_count, out);
    baseline_update(&engine->baseline, &baseline, tick->time_ns, spread.premium_bps);
    engine->last_valid_ns = tick->time_ns;
}

void engine_history(struct engine *engine, const struct engine_params *params, int64_t time_ns,
                    double premium_bps)
{
    const struct baseline_params baseline = engine_baseline_params(params);
    baseline_update(&engine->baseline, &baseline, time_ns, premium_bps);
}
