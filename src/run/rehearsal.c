#include "run/rehearsal.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

static const int64_t NS_PER_DAY = INT64_C(86400000000000);
static const double PLENTY = 1e12;

enum { LEGS = 2 };

struct stage {
    const struct guard_limits *limits;
    const struct engine_params *params;
    bool has_depth_model;
    struct guard guard;
    double equity_usd;
    double open_usd;
    const struct trade *trades;
    const struct trade_result *results;
    int64_t *open; /* indexes of trades, opening order */
    int32_t open_count;
};

static int32_t day_of_utc(int64_t time_ns)
{
    return (int32_t)(time_ns / NS_PER_DAY - (time_ns % NS_PER_DAY < 0));
}

static void mark(struct stage *stage, int64_t time_ns)
{
    guard_expire(&stage->guard, time_ns);
    guard_mark(&stage->guard, stage->limits, time_ns, day_of_utc(time_ns), stage->equity_usd);
}

static void count_orders(struct stage *stage, int64_t time_ns)
{
    for (int leg = 0; leg < LEGS; leg++) {
        guard_count_order(&stage->guard, time_ns);
    }
}

/* The open trade that closes first, among equals the first opened; -1: none closes by then. */
static int32_t next_close(const struct stage *stage, int64_t until_ns)
{
    int32_t found = -1;
    int64_t found_ns = until_ns;
    for (int32_t i = stage->open_count - 1; i >= 0; i--) {
        const struct trade *trade = &stage->trades[stage->open[i]];
        if (trade->state == TRADE_CLOSED && trade->close_ns <= found_ns) {
            found = i;
            found_ns = trade->close_ns;
        }
    }
    return found;
}

static void close_until(struct stage *stage, int64_t until_ns)
{
    for (int32_t i; (i = next_close(stage, until_ns)) >= 0;) {
        const struct trade *trade = &stage->trades[stage->open[i]];
        const double pnl_usd = stage->results[stage->open[i]].pnl_usd;
        stage->equity_usd += pnl_usd;
        stage->open_usd -= trade->notional_usd;
        count_orders(stage, trade->close_ns);
        mark(stage, trade->close_ns);
        guard_count_close(&stage->guard, stage->limits, trade->close_ns, 0, pnl_usd);
        stage->open_count--;
        memmove(&stage->open[i], &stage->open[i + 1],
                (size_t)(stage->open_count - i) * sizeof stage->open[0]);
    }
}

/* A market whose touches are those the trade took; what the other sides were is not kept. */
static struct tick tick_of(const struct trade *trade)
{
    const struct trade_fill *a = &trade->legs[TRADE_A_IN];
    const struct trade_fill *b = &trade->legs[TRADE_B_IN];
    const bool buys_a = trade->side == SPREAD_LONG_A_SHORT_B;
    const double other = 1e-6;
    return (struct tick){
        .time_ns = trade->open_ns,
        .bid_a = buys_a ? a->touch_price * (1 - other) : a->touch_price,
        .ask_a = buys_a ? a->touch_price : a->touch_price * (1 + other),
        .bid_b = buys_a ? b->touch_price : b->touch_price * (1 - other),
        .ask_b = buys_a ? b->touch_price * (1 + other) : b->touch_price,
        .krw_per_usd = a->krw_per_usd,
    };
}

static void ask(struct stage *stage, const struct trade *trade, struct guard_decision *verdict)
{
    const struct engine_params *params = stage->params;
    const double cost_bps = 2 * (params->taker_fee_a_bps + params->taker_fee_b_bps +
                                 params->slippage_bps + params->fx_cost_bps);
    struct guard_candidate candidate;
    memset(&candidate, 0, sizeof candidate);
    candidate.class = ORDER_ENTRY;
    candidate.side = trade->side;
    candidate.time_ns = trade->open_ns;
    candidate.has_depth_model = stage->has_depth_model;
    candidate.notional_usd = trade->notional_usd * (1 + params->slippage_bps / 2 / 1e4);
    candidate.quantity = trade->quantity;
    candidate.net_edge_bps = trade->net_edge_bps;
    candidate.worst_loss_usd = trade->notional_usd * cost_bps / 1e4;
    candidate.tick = tick_of(trade);
    candidate.feed_a_ok = candidate.feed_b_ok = true;
    candidate.free_krw_usd = candidate.free_coin = candidate.free_margin_usd = PLENTY;
    candidate.spot_short = true;
    candidate.open_trades = stage->open_count;
    candidate.gross_exposure_usd = LEGS * stage->open_usd;
    candidate.orders_wanted = 2 * LEGS; /* in and out again */
    candidate.ttl_ns = 1;
    guard_decide(&stage->guard, stage->limits, &(struct guard_gate){.armed = true}, &candidate,
                 verdict);
}

/* A gate that the guard holds shut says little; what it is shut for says more. */
static enum reason why(const struct guard *guard, const struct guard_decision *verdict)
{
    const struct guard_cause *worst = NULL;
    for (int32_t i = 0; i < guard->causes_count; i++) {
        const struct guard_cause *cause = &guard->causes[i];
        worst = worst == NULL || cause->level > worst->level ? cause : worst;
    }
    const bool by_gate = verdict->primary < REASON_INPUT_NOT_FINITE;
    return by_gate && worst != NULL ? worst->reason : verdict->primary;
}

static void note(struct rehearsal *out, enum reason reason)
{
    int32_t i = 0;
    while (i < out->reasons_count && out->reasons[i].reason != reason) {
        i++;
    }
    if (i == REHEARSAL_REASONS_MAX) {
        i--;
    } else if (i == out->reasons_count) {
        out->reasons[out->reasons_count++].reason = reason;
    }
    out->reasons[i].count++;
}

static void put(struct stage *stage, int64_t index, struct rehearsal *out)
{
    const struct trade *trade = &stage->trades[index];
    struct guard_decision verdict;
    close_until(stage, trade->open_ns);
    mark(stage, trade->open_ns);
    ask(stage, trade, &verdict);
    out->asked++;
    if (verdict.action != GUARD_ALLOW && verdict.action != GUARD_SCALE) {
        out->refused++;
        note(out, why(&stage->guard, &verdict));
        return;
    }
    out->scaled += verdict.action == GUARD_SCALE ? 1 : 0;
    count_orders(stage, trade->open_ns);
    stage->open_usd += trade->notional_usd;
    stage->open[stage->open_count++] = index;
}

void rehearsal_run(const struct guard_limits *limits, const struct engine_params *params,
                   bool has_depth_model, const struct trade *trades,
                   const struct trade_result *results, int64_t count, struct rehearsal *out)
{
    *out = (struct rehearsal){0};
    if (count == 0) {
        return;
    }
    struct stage stage = {
        .limits = limits,
        .params = params,
        .has_depth_model = has_depth_model,
        .equity_usd = params->initial_balance_usd,
        .trades = trades,
        .results = results,
        .open = mem_array((size_t)count, sizeof(int64_t)),
    };
    guard_init(&stage.guard, stage.equity_usd, day_of_utc(trades[0].open_ns));
    for (int64_t i = 0; i < count; i++) {
        put(&stage, i, out);
    }
    mem_free(stage.open);
}
