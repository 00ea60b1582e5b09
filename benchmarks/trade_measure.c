#include "trade_measure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NS_PER_S 1e9

struct lane {
    struct engine engine;
    struct tick tick;
    struct trade trade;
    bool open;
};

struct measure {
    struct engine_params params;
    struct lane lanes[TRADE_PAIRS];
    struct trade_totals totals;
    int64_t start_ns;
    int64_t hour_opened, hour; /* of the running hour */
    int64_t hours_without, hours_with_five;
    double *holds_s;
    size_t holds_capacity;
    struct engine_decision decision;
};

struct engine_params trade_measure_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    params.baseline_tau_s = 14400;
    params.baseline_warmup_s = 3600;
    params.baseline_gap_s = 900;
    params.max_hold_s = 7200;
    params.stop_loss_bps = 120;
    params.cooldown_s = 900;
    return params;
}

static void close_trade(struct measure *measure, struct lane *lane, enum trade_exit reason)
{
    const struct trade_costs costs = engine_costs(&measure->params);
    struct trade_totals *totals = &measure->totals;
    trade_close_at(&lane->trade, &lane->tick, &costs);
    const struct trade_result result = trade_settle(&lane->trade, &costs);
    const double hold_s = (double)(lane->tick.time_ns - lane->trade.open_ns) / NS_PER_S;
    lane->open = false;
    if ((size_t)totals->closed == measure->holds_capacity) {
        measure->holds_capacity = measure->holds_capacity * 2 + 64;
        measure->holds_s =
            mem_grow(measure->holds_s, measure->holds_capacity, sizeof(*measure->holds_s));
    }
    measure->holds_s[totals->closed++] = hold_s;
    totals->hold_s += hold_s;
    totals->exits[reason]++;
    totals->pnl_usd += result.pnl_usd;
    totals->predicted_bps += lane->trade.net_edge_bps;
    totals->realised_bps += result.pnl_bps;
    if (result.pnl_usd > 0.0) {
        totals->won++;
        totals->win_usd += result.pnl_usd;
    } else {
        totals->loss_usd -= result.pnl_usd;
    }
}

static void open_trade(struct measure *measure, struct lane *lane)
{
    const struct trade_costs costs = engine_costs(&measure->params);
    lane->trade = trade_open_at(measure->decision.side, &lane->tick,
                                measure->params.max_position_usd, &costs);
    lane->trade.state = TRADE_OPEN;
    lane->trade.net_edge_bps = measure->decision.net_edge_bps;
    lane->open = true;
    struct trade_totals *totals = &measure->totals;
    if (totals->opened++ == 0) {
        totals->first_open_s = (double)(lane->tick.time_ns - measure->start_ns) / NS_PER_S;
    }
    measure->hour_opened++;
}

static void decide(struct measure *measure, struct lane *lane, int64_t now_ns)
{
    struct engine_decision *decision = &measure->decision;
    lane->tick.time_ns = now_ns;
    engine_step(&lane->engine, &measure->params, &lane->trade, lane->open ? 1 : 0, &lane->tick,
                decision);
    if (decision->exits_count > 0) {
        close_trade(measure, lane, decision->exits[0].reason);
    }
    if (decision->enter) {
        open_trade(measure, lane);
    }
}

static void end_hours(struct measure *measure, int64_t now_ns)
{
    const int64_t hour = (int64_t)((double)(now_ns - measure->start_ns) / (3600 * NS_PER_S));
    for (; measure->hour < hour; measure->hour++) {
        measure->hours_without += measure->hour_opened == 0;
        measure->hours_with_five += measure->hour_opened >= 5;
        measure->hour_opened = 0;
    }
}

static void take(struct measure *measure, const struct event *event)
{
    if (event->kind == EVENT_HISTORY) {
        engine_history(&measure->lanes[event->pair].engine, &measure->params, event->time_ns,
                       event->history.premium_bps);
        return;
    }
    if (measure->start_ns == 0) {
        measure->start_ns = event->time_ns;
    }
    end_hours(measure, event->time_ns);
    if (event->kind == EVENT_FX) {
        for (int32_t pair = 0; pair < TRADE_PAIRS; pair++) {
            measure->lanes[pair].tick.krw_per_usd = event->fx.krw_per_usd;
            decide(measure, &measure->lanes[pair], event->time_ns);
        }
    } else if (event->kind == EVENT_BOOK) {
        struct lane *lane = &measure->lanes[event->pair];
        const struct quote quote = book_quote(&event->book.book);
        if (event->book.venue == VENUE_A) {
            lane->tick.bid_a = quote.bid;
            lane->tick.ask_a = quote.ask;
        } else {
            lane->tick.bid_b = quote.bid;
            lane->tick.ask_b = quote.ask;
        }
        decide(measure, lane, event->time_ns);
    } else if (event->kind == EVENT_FUNDING && measure->lanes[event->pair].open) {
        struct trade *trade = &measure->lanes[event->pair].trade;
        trade->funding_usd +=
            trade_funding_usd(trade, event->funding.price, event->funding.rate);
    }
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void sum_up(struct measure *measure)
{
    struct trade_totals *totals = &measure->totals;
    const double closed = totals->closed > 0 ? (double)totals->closed : 1.0;
    const double hours = measure->hour > 0 ? (double)measure->hour : 1.0;
    qsort(measure->holds_s, (size_t)totals->closed, sizeof(*measure->holds_s), by_value);
    totals->hold_s_median = totals->closed > 0 ? measure->holds_s[totals->closed / 2] : 0.0;
    totals->predicted_bps /= closed;
    totals->realised_bps /= closed;
    totals->hold_s /= closed;
    totals->hours_without_share = (double)measure->hours_without / hours;
    totals->hours_with_five_share = (double)measure->hours_with_five / hours;
}

struct trade_totals trade_measure(struct source *source, const struct engine_params *params,
                                  double hours)
{
    struct measure *measure = mem_zalloc(sizeof(*measure));
    measure->params = *params;
    measure->totals.first_open_s = -1.0;
    measure->totals.hours = hours;
    struct err err = {0};
    struct event event;
    do {
        const enum source_result result = source->ops->next(source, &event, &err);
        assert(result == SOURCE_EVENT);
        take(measure, &event);
    } while (measure->start_ns == 0 ||
             (double)(event.time_ns - measure->start_ns) < hours * 3600 * NS_PER_S);
    sum_up(measure);
    const struct trade_totals totals = measure->totals;
    mem_free(measure->holds_s);
    mem_free(measure);
    return totals;
}
