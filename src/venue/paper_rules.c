#include <assert.h>

#include "paper_state.h"

int64_t paper_krw_tick(int64_t price_units)
{
    static const struct {
        int64_t from_units, tick_units;
    } steps[] = {
        {1000000 * UNITS_PER_ONE, 1000 * UNITS_PER_ONE},
        {500000 * UNITS_PER_ONE, 500 * UNITS_PER_ONE},
        {100000 * UNITS_PER_ONE, 100 * UNITS_PER_ONE},
        {50000 * UNITS_PER_ONE, 50 * UNITS_PER_ONE},
        {10000 * UNITS_PER_ONE, 10 * UNITS_PER_ONE},
        {5000 * UNITS_PER_ONE, 5 * UNITS_PER_ONE},
        {100 * UNITS_PER_ONE, UNITS_PER_ONE},
        {10 * UNITS_PER_ONE, UNITS_PER_ONE / 10},
        {UNITS_PER_ONE, UNITS_PER_ONE / 100},
        {UNITS_PER_ONE / 10, UNITS_PER_ONE / 1000},
        {UNITS_PER_ONE / 100, UNITS_PER_ONE / 10000},
        {UNITS_PER_ONE / 1000, UNITS_PER_ONE / 100000},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (price_units >= steps[i].from_units) {
            return steps[i].tick_units;
        }
    }
    return 1;
}

static const struct paper_terms *terms_of(const struct venue_paper *paper,
                                          const struct order *order)
{
    return &paper->state.markets[order->pair][order->venue].terms;
}

int64_t paper_lot(const struct venue_paper *paper, const struct order *order)
{
    const int64_t lot = terms_of(paper, order)->lot_units;
    return lot > 0 ? lot : 1;
}

static int64_t tick_of(const struct venue_paper *paper, const struct order *order)
{
    const int64_t fixed = terms_of(paper, order)->tick_units;
    if (fixed > 0) {
        return fixed;
    }
    const bool by_table = order->venue == VENUE_A && paper->config.tick_a_by_price;
    return by_table ? paper_krw_tick(order->limit_price_units) : 1;
}

static bool shape_fine(const struct venue_paper *paper, const struct order *order)
{
    if (order->quantity_units <= 0 || order->quantity_units % paper_lot(paper, order) != 0) {
        return false;
    }
    if (order->type == ORDER_MARKET) {
        return order->limit_price_units == 0 && order->lifetime != ORDER_GTC;
    }
    return order->limit_price_units > 0 &&
           order->limit_price_units % tick_of(paper, order) == 0;
}

/* The price an order would be valued at: its own, or the touch; 0 without a market. */
static double reference_price(const struct venue_paper *paper, const struct order *order)
{
    if (order->type == ORDER_LIMIT) {
        return ledger_amount(order->limit_price_units);
    }
    const struct book *book = &paper->state.markets[order->pair][order->venue].book;
    const struct quote touch = book_quote(book);
    return order->side == ORDER_BUY ? touch.ask : touch.bid;
}

/* Reducing a futures position is allowed in any size. */
static bool large_enough(const struct venue_paper *paper, const struct order *order)
{
    const bool on_a = order->venue == VENUE_A;
    const int64_t minimum = terms_of(paper, order)->minimum_units;
    const double price = reference_price(paper, order);
    int64_t value;
    if (minimum == 0 || !(price > 0.0) ||
        (!on_a && paper_extending_units(paper, order, order->quantity_units) == 0)) {
        return true;
    }
    return ledger_value(price, order->quantity_units, &value) && value >= minimum;
}

enum venue_error paper_check_order(const struct venue_paper *paper, const struct order *order)
{
    if (order->pair < 0 || order->pair >= paper->config.pairs_count) {
        return VENUE_ERROR_SYMBOL_NOT_FOUND;
    }
    if (order->venue == VENUE_A && !(paper->state.krw_per_usd > 0.0)) {
        return VENUE_ERROR_UNKNOWN; /* a fill in KRW could not be valued */
    }
    if (terms_of(paper, order)->halted) {
        return VENUE_ERROR_INVALID_ORDER; /* as real ones answer: not in trading */
    }
    if (!shape_fine(paper, order) || !large_enough(paper, order)) {
        return VENUE_ERROR_INVALID_ORDER;
    }
    return VENUE_ERROR_NONE;
}
