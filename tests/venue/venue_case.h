#pragma once
#include "support/check.h"

#include "core/ledger.h"
#include "venue/venue.h"

/* venue_case: an account at a venue, orders to send it and answers to expect.
 *
 * A fixture opens an account as described below and shows the books a test asks for; a test
 * sees the six operations only. */

#define ONE UNITS_PER_ONE

/* Two pairs, fees of 5 bps on both venues, no slippage, five-fold leverage, orders in lots of
 * 0.001 coin. Pair 0 ("BTC") starts without coin, pair 1 ("ETH") with 10 coins that cost 100
 * each; ticks of 1 KRW and 0.1 USDT, minimums of 5,000 KRW and 5 USDT on pair 0, none on
 * pair 1. */
#define VENUE_CASE_KRW  INT64_C(1000000)
#define VENUE_CASE_USDT INT64_C(1000)

struct venue_case {
    struct venue_port *venue;
    int64_t now_ns;
    uint64_t last_id;
    /* Makes the market of one pair show a book of up to two levels a side. */
    void (*show)(struct venue_case *it, int32_t pair, enum venue which,
                 const struct book *book);
    /* Before a report is expected, and before a balance is. Where time cannot be wound by hand
     * the one waits until a report is there or all is quiet, and the other until the venue has
     * told its balances. NULL: time is wound, and balances are there. */
    void (*await)(struct venue_case *it);
    void (*refresh)(struct venue_case *it);
};

/* A book with one ask (and one more behind it when its size is not 0) and a bid far below. */
static inline struct book venue_case_asks(double price, double size, double next_price,
                                          double next_size)
{
    return (struct book){
        .bids_count = 1,
        .asks_count = next_size > 0.0 ? 2 : 1,
        .bids = {{price / 2.0, 1000.0}},
        .asks = {{price, size}, {next_price, next_size}},
    };
}

static inline struct book venue_case_bids(double price, double size)
{
    return (struct book){
        .bids_count = 1,
        .asks_count = 1,
        .bids = {{price, size}},
        .asks = {{price * 2.0, 1000.0}},
    };
}

static inline void venue_case_show(struct venue_case *it, int32_t pair, enum venue which,
                                   struct book book)
{
    it->show(it, pair, which, &book);
}

/* An order with a fresh id; limit 0 is a market order. */
static inline struct order venue_case_order(struct venue_case *it, int32_t pair,
                                            enum venue which, enum order_side side,
                                            double quantity, double limit,
                                            enum order_lifetime lifetime)
{
    struct order order;
    memset(&order, 0, sizeof order);
    order.client_id = ++it->last_id;
    order.pair = pair;
    order.venue = which;
    order.side = side;
    order.type = limit > 0.0 ? ORDER_LIMIT : ORDER_MARKET;
    order.lifetime = lifetime;
    order.class = ORDER_ENTRY;
    assert_true(ledger_units(quantity, &order.quantity_units));
    assert_true(ledger_units(limit, &order.limit_price_units));
    return order;
}

static inline void venue_case_send(struct venue_case *it, const struct order *order)
{
    it->venue->ops->create_order(it->venue, order, it->now_ns);
}

/* The next report of what has been asked so far; waits for it if it is on its way. */
static inline struct order_report venue_case_next(struct venue_case *it)
{
    struct order_report report;
    int64_t time_ns = 0;
    for (int tries = 0; tries < 100; tries++) {
        if (it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns)) {
            assert_true(time_ns <= it->now_ns);
            return report;
        }
        if (it->await != NULL) {
            it->await(it);
        }
        const int64_t due_ns = it->venue->ops->next_due_ns(it->venue);
        if (due_ns == INT64_MAX && it->await != NULL) {
            continue; /* quiet, but more may be asked later */
        }
        if (due_ns == INT64_MAX) {
            break;
        }
        it->now_ns = due_ns > it->now_ns ? due_ns : it->now_ns;
    }
    fail_msg("no report came");
    return report;
}

/* Nothing comes, also when all that is on its way has arrived. */
static inline void venue_case_expect_silence(struct venue_case *it)
{
    struct order_report report;
    int64_t time_ns;
    int64_t due_ns;
    do {
        if (it->await != NULL) {
            it->await(it);
        }
        due_ns = it->venue->ops->next_due_ns(it->venue);
        it->now_ns = due_ns != INT64_MAX && due_ns > it->now_ns ? due_ns : it->now_ns;
        assert_false(it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns));
    } while (due_ns != INT64_MAX);
}

static inline struct order_report venue_case_expect_fill(struct venue_case *it,
                                                         const struct order *order,
                                                         double quantity, double price)
{
    const struct order_report report = venue_case_next(it);
    assert_int_equal(report.kind, REPORT_FILL);
    assert_int_equal(report.client_id, order->client_id);
    check_near(ledger_amount(report.quantity_units), quantity, 0.0);
    check_near(report.price, price, 0.0);
    assert_true(report.fill_id > 0);
    return report;
}

static inline void venue_case_expect_done(struct venue_case *it, const struct order *order,
                                          double filled)
{
    const struct order_report report = venue_case_next(it);
    assert_int_equal(report.kind, REPORT_DONE);
    assert_int_equal(report.client_id, order->client_id);
    check_near(ledger_amount(report.quantity_units), filled, 0.0);
}

static inline void venue_case_expect_rejected(struct venue_case *it, const struct order *order,
                                              enum venue_error error)
{
    const struct order_report report = venue_case_next(it);
    assert_int_equal(report.kind, REPORT_REJECTED);
    assert_int_equal(report.client_id, order->client_id);
    assert_int_equal(report.error, error);
}

static inline void venue_case_expect_balance(struct venue_case *it, const char *asset,
                                             double free, double locked)
{
    struct err err;
    int64_t free_units, locked_units;
    if (it->refresh != NULL) {
        it->refresh(it);
    }
    assert_true(
        it->venue->ops->get_balance(it->venue, asset, &free_units, &locked_units, &err));
    check_near(ledger_amount(free_units), free, 0.0);
    check_near(ledger_amount(locked_units), locked, 0.0);
}
