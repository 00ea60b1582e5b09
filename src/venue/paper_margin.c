#include <math.h>

#include "paper_state.h"

/* The cross-margin account on B (MARKET.md E.7). */

#define BPS_PER_ONE 1e4

double paper_mark(const struct venue_paper *paper, int32_t pair)
{
    const struct paper_market *market = &paper->state.markets[pair][VENUE_B];
    if (market->mark_price > 0.0) {
        return market->mark_price;
    }
    const struct quote touch = book_quote(&market->book);
    if (touch.bid > 0.0 && touch.ask > 0.0) {
        return (touch.bid + touch.ask) / 2.0;
    }
    const struct ledger_perp *perp = &paper->state.ledger.perp[pair];
    return perp->quantity == 0 ? 0.0 : (double)perp->entry_value / fabs((double)perp->quantity);
}

double paper_unrealized_usdt(const struct venue_paper *paper)
{
    double sum_usdt = 0.0;
    for (int32_t pair = 0; pair < paper->config.pairs_count; pair++) {
        const struct ledger_perp *perp = &paper->state.ledger.perp[pair];
        const double worth = ledger_amount(perp->quantity) * paper_mark(paper, pair);
        const double entry = ledger_amount(perp->entry_value);
        sum_usdt += worth - (perp->quantity < 0 ? -entry : entry);
    }
    return sum_usdt;
}

int64_t paper_extending_units(const struct venue_paper *paper, const struct order *order,
                              int64_t quantity_units)
{
    const int64_t held = paper->state.ledger.perp[order->pair].quantity;
    const int64_t against = order->side == ORDER_BUY ? -held : held;
    const int64_t reducing = against > 0 ? against : 0;
    return quantity_units > reducing ? quantity_units - reducing : 0;
}

static bool margin_of_value(const struct venue_paper *paper, int64_t value_units,
                            int64_t *units)
{
    const double leverage = paper->config.leverage > 1.0 ? paper->config.leverage : 1.0;
    return ledger_fee(value_units, BPS_PER_ONE / leverage, units);
}

bool paper_margin_units(const struct venue_paper *paper, double price, int64_t quantity_units,
                        int64_t *units)
{
    int64_t value;
    if (quantity_units == 0) {
        *units = 0;
        return true;
    }
    return ledger_value(price, quantity_units, &value) && margin_of_value(paper, value, units);
}

static int64_t add_up_to(int64_t sum, int64_t term)
{
    int64_t result;
    return __builtin_add_overflow(sum, term, &result) ? INT64_MAX : result;
}

static int64_t margin_wanted(const struct venue_paper *paper)
{
    int64_t wanted = 0;
    int64_t units;
    for (int32_t pair = 0; pair < paper->config.pairs_count; pair++) {
        if (margin_of_value(paper, paper->state.ledger.perp[pair].entry_value, &units)) {
            wanted = add_up_to(wanted, units);
        }
    }
    for (int32_t i = 0; i < paper->state.orders_count; i++) {
        const struct paper_order *known = &paper->state.orders[i];
        if (known->state != PAPER_RESTING || known->order.venue != VENUE_B) {
            continue;
        }
        const int64_t left = known->order.quantity_units - known->filled_units;
        const int64_t extending = paper_extending_units(paper, &known->order, left);
        const double price = ledger_amount(known->order.limit_price_units);
        if (paper_margin_units(paper, price, extending, &units)) {
            wanted = add_up_to(wanted, units);
        }
    }
    return wanted;
}

void paper_lock_margin(struct venue_paper *paper)
{
    struct ledger *ledger = &paper->state.ledger;
    const int64_t wanted = margin_wanted(paper);
    (void)ledger_unlock_usdt(ledger, ledger->usdt.locked);
    const int64_t cash = ledger->usdt.cash > 0 ? ledger->usdt.cash : 0;
    (void)ledger_lock_usdt(ledger, wanted < cash ? wanted : cash);
}

static double wallet_usdt(const struct venue_paper *paper)
{
    const struct ledger_money *usdt = &paper->state.ledger.usdt;
    return ledger_amount(usdt->cash) + ledger_amount(usdt->locked);
}

double venue_paper_margin_ratio(const struct venue_port *venue)
{
    const struct venue_paper *paper = paper_of((struct venue_port *)venue);
    double maintenance_usdt = 0.0;
    for (int32_t pair = 0; pair < paper->config.pairs_count; pair++) {
        const double held = fabs(ledger_amount(paper->state.ledger.perp[pair].quantity));
        maintenance_usdt +=
            held * paper_mark(paper, pair) * paper->config.maintenance_rate[pair];
    }
    const double equity_usdt = wallet_usdt(paper) + paper_unrealized_usdt(paper);
    if (!(maintenance_usdt > 0.0)) {
        return 0.0;
    }
    return equity_usdt > 0.0 ? maintenance_usdt / equity_usdt : INFINITY;
}

double venue_paper_liquidation_price(const struct venue_port *venue, int32_t pair)
{
    const struct venue_paper *paper = paper_of((struct venue_port *)venue);
    const struct ledger_perp *perp = &paper->state.ledger.perp[pair];
    if (perp->quantity == 0) {
        return 0.0;
    }
    const double held = fabs(ledger_amount(perp->quantity));
    const double entry = ledger_amount(perp->entry_value);
    const double rate = paper->config.maintenance_rate[pair];
    const double price = perp->quantity < 0
                             ? (wallet_usdt(paper) + entry) / (held * (1.0 + rate))
                             : (entry - wallet_usdt(paper)) / (held * (1.0 - rate));
    return price > 0.0 ? price : 0.0;
}
