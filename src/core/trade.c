#include "core/trade.h"

#include <assert.h>
#include <stddef.h>

static const char *const STATE_NAMES[] = {
    [TRADE_OPENING] = "opening", [TRADE_HEDGING] = "hedging", [TRADE_OPEN] = "open",
    [TRADE_CLOSING] = "closing", [TRADE_BROKEN] = "broken",   [TRADE_UNWINDING] = "unwinding",
    [TRADE_CLOSED] = "closed",
};
_Static_assert(sizeof(STATE_NAMES) / sizeof(STATE_NAMES[0]) == TRADE_STATE_LAST + 1,
               "every state has a name");

static const char *const EXIT_NAMES[] = {
    [TRADE_EXIT_NONE] = "",
    [TRADE_EXIT_STOP_LOSS] = "stop_loss",
    [TRADE_EXIT_TAKE_PROFIT] = "take_profit",
    [TRADE_EXIT_CONVERGENCE] = "convergence",
    [TRADE_EXIT_MAX_HOLD] = "max_hold",
    [TRADE_EXIT_SPREAD_REVERSAL] = "spread_reversal",
    [TRADE_EXIT_END_OF_DATA] = "end_of_data",
    [TRADE_EXIT_OPERATOR] = "operator",
    [TRADE_EXIT_FLATTEN] = "flatten",
    [TRADE_EXIT_LEG_FAILED] = "leg_failed",
};
_Static_assert(sizeof(EXIT_NAMES) / sizeof(EXIT_NAMES[0]) == TRADE_EXIT_LAST + 1,
               "every exit has a name");

const char *trade_state_name(enum trade_state state)
{
    assert((int)state >= 0 && state <= TRADE_STATE_LAST);
    return STATE_NAMES[state];
}

const char *trade_exit_name(enum trade_exit reason)
{
    assert((int)reason >= 0 && reason <= TRADE_EXIT_LAST);
    return EXIT_NAMES[reason];
}

/* What slippage moves one leg's price by, as a fraction. */
static double half_slippage(const struct trade_costs *costs)
{
    return costs->slippage_bps / 2 / 1e4;
}

static struct trade_fill bought(double quantity, double ask, double krw_per_usd, double h)
{
    return (struct trade_fill){quantity, ask * (1 + h), ask, krw_per_usd};
}

static struct trade_fill sold(double quantity, double bid, double krw_per_usd, double h)
{
    return (struct trade_fill){quantity, bid * (1 - h), bid, krw_per_usd};
}

struct trade trade_open_at(enum spread_side side, const struct tick *tick, double notional_usd,
                           const struct trade_costs *costs)
{
    assert(tick_check(tick) == TICK_VALID);
    assert(notional_usd > 0);

    const double rate = tick->krw_per_usd;
    const double h = half_slippage(costs);
    const bool long_a = side == SPREAD_LONG_A_SHORT_B;
    const double quantity = notional_usd / (long_a ? tick->ask_a / rate : tick->ask_b);
    const struct trade_fill leg_a =
        long_a ? bought(quantity, tick->ask_a, rate, h) : sold(quantity, tick->bid_a, rate, h);
    const struct trade_fill leg_b =
        long_a ? sold(quantity, tick->bid_b, 1, h) : bought(quantity, tick->ask_b, 1, h);
    return (struct trade){
        .side = side,
        .state = TRADE_OPEN,
        .open_ns = tick->time_ns,
        .notional_usd = notional_usd,
        .quantity = quantity,
        .legs = {[TRADE_A_IN] = leg_a, [TRADE_B_IN] = leg_b},
    };
}

/* Both legs out, whole, at the touch of a valid tick. */
struct way_out {
    struct trade_fill a, b;
};

static struct way_out way_out(const struct trade *trade, const struct tick *tick,
                              const struct trade_costs *costs)
{
    assert(tick_check(tick) == TICK_VALID);

    const double rate = tick->krw_per_usd;
    const double h = half_slippage(costs);
    if (trade->side == SPREAD_LONG_A_SHORT_B) {
        return (struct way_out){.a = sold(trade->quantity, tick->bid_a, rate, h),
                                .b = bought(trade->quantity, tick->ask_b, 1, h)};
    }
    return (struct way_out){.a = bought(trade->quantity, tick->ask_a, rate, h),
                            .b = sold(trade->quantity, tick->bid_b, 1, h)};
}

void trade_close_at(struct trade *trade, const struct tick *tick,
                    const struct trade_costs *costs)
{
    const struct way_out out = way_out(trade, tick, costs);
    trade->legs[TRADE_A_OUT] = out.a;
    trade->legs[TRADE_B_OUT] = out.b;
}

void trade_add_fill(struct trade *trade, enum trade_leg leg, const struct trade_fill *fill)
{
    assert((int)leg >= 0 && leg <= TRADE_LEG_LAST);
    assert(fill->quantity > 0 && fill->price > 0 && fill->krw_per_usd > 0);

    struct trade_fill *sum = &trade->legs[leg];
    if (!(sum->quantity > 0)) {
        *sum = *fill;
        return;
    }
    const double quantity = sum->quantity + fill->quantity;
    const double worth = sum->price * sum->quantity + fill->price * fill->quantity;
    const double worth_usd = sum->price * sum->quantity / sum->krw_per_usd +
                             fill->price * fill->quantity / fill->krw_per_usd;
    const double touch_worth =
        sum->touch_price * sum->quantity + fill->touch_price * fill->quantity;

    *sum = (struct trade_fill){
        .quantity = quantity,
        .price = worth / quantity,
        .touch_price = touch_worth / quantity,
        .krw_per_usd = worth / worth_usd,
    };
}

static double usd(const struct trade_fill *fill)
{
    return fill->price / fill->krw_per_usd;
}

static double touch_usd(const struct trade *trade, enum trade_leg leg)
{
    return trade->legs[leg].touch_price / trade->legs[leg].krw_per_usd;
}

/* What a coin fetched on each way. */
struct legs_usd {
    double a_in, b_in, a_out, b_out;
};

static double side_sign(const struct trade *trade)
{
    return trade->side == SPREAD_LONG_A_SHORT_B ? 1 : -1;
}

static double gross_of(const struct trade *trade, const struct legs_usd *legs)
{
    const double q = trade->quantity;
    const double side = side_sign(trade);
    /* A sign never rounds, so one line serves both sides. */
    return q * (side * (legs->a_out - legs->a_in)) + q * (side * (legs->b_in - legs->b_out));
}

static double fees_of(const struct trade *trade, const struct legs_usd *legs,
                      const struct trade_costs *costs)
{
    const double q = trade->quantity;
    return q * costs->fee_a_bps / 1e4 * (legs->a_in + legs->a_out) +
           q * costs->fee_b_bps / 1e4 * (legs->b_in + legs->b_out);
}

static double fx_cost_of(const struct trade *trade, const struct legs_usd *legs,
                         const struct trade_costs *costs)
{
    return trade->quantity * costs->fx_cost_bps / 1e4 * (legs->a_in + legs->a_out);
}

/* What is left when everything was paid. */
static double pnl_of(const struct trade *trade, double gross_usd, double fees_usd,
                     double fx_cost_usd)
{
    return gross_usd - fees_usd - fx_cost_usd - trade->funding_usd + trade->repair_usd;
}

/* The part of a result that the four legs make; funding and repair come on top. */
static struct trade_result settle_legs(const struct trade *trade,
                                       const struct trade_costs *costs)
{
    const double q = trade->quantity;
    const struct legs_usd legs = {
        .a_in = usd(&trade->legs[TRADE_A_IN]),
        .b_in = usd(&trade->legs[TRADE_B_IN]),
        .a_out = usd(&trade->legs[TRADE_A_OUT]),
        .b_out = usd(&trade->legs[TRADE_B_OUT]),
    };
    const double rate_in = trade->legs[TRADE_A_IN].krw_per_usd;
    const double rate_out = trade->legs[TRADE_A_OUT].krw_per_usd;
    const double touches_usd = touch_usd(trade, TRADE_A_IN) + touch_usd(trade, TRADE_B_IN) +
                               touch_usd(trade, TRADE_A_OUT) + touch_usd(trade, TRADE_B_OUT);

    struct trade_result result = {
        .gross_usd = gross_of(trade, &legs),
        .fees_usd = fees_of(trade, &legs, costs),
        .fx_cost_usd = fx_cost_of(trade, &legs, costs),
        .slippage_usd = q * half_slippage(costs) * touches_usd,
        .fx_usd = side_sign(trade) *
                  (q * trade->legs[TRADE_A_IN].price * (1 / rate_out - 1 / rate_in)),
    };
    result.price_usd = result.gross_usd + result.slippage_usd - result.fx_usd;
    return result;
}

struct trade_result trade_settle(const struct trade *trade, const struct trade_costs *costs)
{
    assert(trade->notional_usd > 0);

    struct trade_result result = {0};
    if (trade->quantity > 0) {
        result = settle_legs(trade, costs);
    }
    result.funding_usd = trade->funding_usd;
    result.pnl_usd = pnl_of(trade, result.gross_usd, result.fees_usd, result.fx_cost_usd);
    result.fees_usd += trade->repair_fees_usd;
    result.pnl_bps = result.pnl_usd / trade->notional_usd * 1e4;
    return result;
}

double trade_mark_usd(const struct trade *trade, const struct tick *tick,
                      const struct trade_costs *costs)
{
    assert(trade->quantity > 0);

    const struct way_out out = way_out(trade, tick, costs);
    const struct legs_usd legs = {
        .a_in = usd(&trade->legs[TRADE_A_IN]),
        .b_in = usd(&trade->legs[TRADE_B_IN]),
        .a_out = usd(&out.a),
        .b_out = usd(&out.b),
    };
    return pnl_of(trade, gross_of(trade, &legs), fees_of(trade, &legs, costs),
                  fx_cost_of(trade, &legs, costs));
}

struct trade_result trade_mark(const struct trade *trade, const struct tick *tick,
                               const struct trade_costs *costs)
{
    struct trade closed = *trade;
    trade_close_at(&closed, tick, costs);
    return trade_settle(&closed, costs);
}

double trade_fees_paid_usd(const struct trade *trade, const struct trade_costs *costs)
{
    double fees_usd = trade->repair_fees_usd;
    for (int leg = 0; leg <= TRADE_LEG_LAST; leg++) {
        const struct trade_fill *fill = &trade->legs[leg];
        const bool on_a = leg == TRADE_A_IN || leg == TRADE_A_OUT;
        if (fill->quantity > 0) {
            fees_usd +=
                fill->quantity * usd(fill) * (on_a ? costs->fee_a_bps : costs->fee_b_bps) / 1e4;
        }
    }
    return fees_usd;
}

/* One leg's profit before conversion costs if what is left of it went at `touch`. */
static double leg_apart_usd(const struct trade_fill *in, const struct trade_fill *out,
                            const struct trade_fill *touch, double sign, double cost_bps)
{
    const double left = in->quantity - out->quantity;
    const double in_usd = in->quantity > 0 ? in->quantity * in->price / in->krw_per_usd : 0;
    const double out_usd =
        out->quantity > 0 ? out->quantity * out->price / out->krw_per_usd : 0;
    const double left_usd = left * touch->price / touch->krw_per_usd;
    const double turned_usd = in_usd + out_usd + (left_usd < 0 ? -left_usd : left_usd);
    return sign * (out_usd + left_usd - in_usd) - turned_usd * cost_bps / 1e4;
}

double trade_mark_apart_usd(const struct trade *trade, const struct tick *tick,
                            const struct trade_costs *costs)
{
    struct trade touch = *trade;
    trade_close_at(&touch, tick, costs);
    const double side = trade->side == SPREAD_LONG_A_SHORT_B ? 1 : -1;
    const struct trade_fill *legs = trade->legs;
    const double a_usd =
        leg_apart_usd(&legs[TRADE_A_IN], &legs[TRADE_A_OUT], &touch.legs[TRADE_A_OUT], side,
                      costs->fee_a_bps + costs->fx_cost_bps);
    const double b_usd = leg_apart_usd(&legs[TRADE_B_IN], &legs[TRADE_B_OUT],
                                       &touch.legs[TRADE_B_OUT], -side, costs->fee_b_bps);
    return a_usd + b_usd - trade->funding_usd + trade->repair_usd;
}

struct trade_result trade_settle_spread(const struct trade *trade,
                                        const struct trade_costs *costs)
{
    const double fees_bps = costs->fee_a_bps + costs->fee_b_bps;
    const double cost_bps = fees_bps + costs->slippage_bps;
    const double price_bps = trade->entry_spread_bps - trade->exit_spread_bps;
    const double pnl_bps = price_bps - cost_bps;
    const double notional_usd = trade->notional_usd;

    return (struct trade_result){
        .gross_usd = (price_bps - costs->slippage_bps) / 1e4 * notional_usd,
        .fees_usd = fees_bps / 1e4 * notional_usd,
        .slippage_usd = costs->slippage_bps / 1e4 * notional_usd,
        .price_usd = price_bps / 1e4 * notional_usd,
        .pnl_usd = pnl_bps / 1e4 * notional_usd,
        .pnl_bps = pnl_bps,
    };
}

double trade_funding_usd(const struct trade *trade, double mark_price, double rate)
{
    const double side_b = trade->side == SPREAD_LONG_A_SHORT_B ? -1 : 1;
    return side_b * trade->quantity * mark_price * rate;
}
