#pragma once
#include "support/check.h"

#include "core/ledger.h"
#include "venue/venue.h"

/* conformance: what every venue must do, whatever stands behind the port.
 *
 * A fixture opens an account as described below and shows the books a test asks for; a test
 * sees the six operations only. Run it by expanding CONFORMANCE_TESTS in a suite whose setup
 * puts a struct conformance into *state. */

#define ONE UNITS_PER_ONE

/* Two pairs, fees of 5 bps on both venues, no slippage, five-fold leverage, orders in lots of
 * 0.001 coin. Pair 0 ("BTC") starts without coin, pair 1 ("ETH") with 10 coins that cost 100
 * each; ticks of 1 KRW and 0.1 USDT, minimums of 5,000 KRW and 5 USDT on pair 0, none on
 * pair 1. */
#define CONFORMANCE_KRW  INT64_C(1000000)
#define CONFORMANCE_USDT INT64_C(1000)

struct conformance {
    struct venue_port *venue;
    int64_t now_ns;
    uint64_t last_id;
    /* Makes the market of one pair show a book of up to two levels a side. */
    void (*show)(struct conformance *it, int32_t pair, enum venue which,
                 const struct book *book);
};

/* A book with one ask (and one more behind it when its size is not 0) and a bid far below. */
static inline struct book conformance_asks(double price, double size, double next_price,
                                           double next_size)
{
    return (struct book){
        .bids_count = 1,
        .asks_count = next_size > 0.0 ? 2 : 1,
        .bids = {{price / 2.0, 1000.0}},
        .asks = {{price, size}, {next_price, next_size}},
    };
}

static inline struct book conformance_bids(double price, double size)
{
    return (struct book){
        .bids_count = 1,
        .asks_count = 1,
        .bids = {{price, size}},
        .asks = {{price * 2.0, 1000.0}},
    };
}

static inline void conformance_show(struct conformance *it, int32_t pair, enum venue which,
                                    struct book book)
{
    it->show(it, pair, which, &book);
}

/* An order with a fresh id; limit 0 is a market order. */
static inline struct order conformance_order(struct conformance *it, int32_t pair,
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

static inline void conformance_send(struct conformance *it, const struct order *order)
{
    it->venue->ops->create_order(it->venue, order, it->now_ns);
}

/* The next report of what has been asked so far; waits for it if it is on its way. */
static inline struct order_report conformance_next(struct conformance *it)
{
    struct order_report report;
    int64_t time_ns = 0;
    for (int tries = 0; tries < 100; tries++) {
        if (it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns)) {
            assert_true(time_ns <= it->now_ns);
            return report;
        }
        const int64_t due_ns = it->venue->ops->next_due_ns(it->venue);
        if (due_ns == INT64_MAX) {
            break;
        }
        it->now_ns = due_ns > it->now_ns ? due_ns : it->now_ns;
    }
    fail_msg("no report came");
    return report;
}

/* Nothing comes, also when all that is on its way has arrived. */
static inline void conformance_expect_silence(struct conformance *it)
{
    struct order_report report;
    int64_t time_ns;
    int64_t due_ns;
    do {
        due_ns = it->venue->ops->next_due_ns(it->venue);
        it->now_ns = due_ns != INT64_MAX && due_ns > it->now_ns ? due_ns : it->now_ns;
        assert_false(it->venue->ops->next_report(it->venue, it->now_ns, &report, &time_ns));
    } while (due_ns != INT64_MAX);
}

static inline struct order_report conformance_expect_fill(struct conformance *it,
                                                          const struct order *order,
                                                          double quantity, double price)
{
    const struct order_report report = conformance_next(it);
    assert_int_equal(report.kind, REPORT_FILL);
    assert_int_equal(report.client_id, order->client_id);
    check_near(ledger_amount(report.quantity_units), quantity, 0.0);
    check_near(report.price, price, 0.0);
    assert_true(report.fill_id > 0);
    return report;
}

static inline void conformance_expect_done(struct conformance *it, const struct order *order,
                                           double filled)
{
    const struct order_report report = conformance_next(it);
    assert_int_equal(report.kind, REPORT_DONE);
    assert_int_equal(report.client_id, order->client_id);
    check_near(ledger_amount(report.quantity_units), filled, 0.0);
}

static inline void conformance_expect_rejected(struct conformance *it,
                                               const struct order *order,
                                               enum venue_error error)
{
    const struct order_report report = conformance_next(it);
    assert_int_equal(report.kind, REPORT_REJECTED);
    assert_int_equal(report.client_id, order->client_id);
    assert_int_equal(report.error, error);
}

static inline void conformance_expect_balance(struct conformance *it, const char *asset,
                                              double free, double locked)
{
    struct err err;
    int64_t free_units, locked_units;
    assert_true(
        it->venue->ops->get_balance(it->venue, asset, &free_units, &locked_units, &err));
    check_near(ledger_amount(free_units), free, 0.0);
    check_near(ledger_amount(locked_units), locked, 0.0);
}

/* Row 73: 1 coin at 100,000 KRW and 50 KRW of fee leave 899,950 of a million. */
static void pays_price_and_fee(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(100000, 10, 0, 0));
    const struct order order =
        conformance_order(it, 0, VENUE_A, ORDER_BUY, 1, 100000, ORDER_IOC);
    conformance_send(it, &order);
    const struct order_report fill = conformance_expect_fill(it, &order, 1, 100000);
    assert_int_equal(fill.value_units, 100000 * ONE);
    assert_int_equal(fill.fee_units, 50 * ONE);
    conformance_expect_done(it, &order, 1);
    conformance_expect_silence(it);
    conformance_expect_balance(it, "KRW", 899950, 0);
    conformance_expect_balance(it, "BTC", 1, 0);
}

static void refuses_what_it_cannot_pay(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_bids(100000, 10));
    struct order order = conformance_order(it, 0, VENUE_A, ORDER_SELL, 1, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    /* 10 coins cost a million, and there is the fee. */
    conformance_show(it, 0, VENUE_A, conformance_asks(100000, 100, 0, 0));
    order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 10, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 10, 100000, ORDER_GTC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    conformance_expect_balance(it, "KRW", 1000000, 0);
    conformance_expect_balance(it, "BTC", 0, 0);
}

/* A market order for 5 into a book of 1: one is filled and the rest cancelled. */
static void fills_what_is_there(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(10000, 1, 0, 0));
    const struct order order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 5, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 1, 10000);
    conformance_expect_done(it, &order, 1);
    conformance_expect_balance(it, "KRW", 1000000 - 10005, 0);
}

/* 1 at 10,000 and 3 of 5 at 12,000: the fourth part of 46,000 is 11,500. A limit of 11,000 only
 * reaches the first level. */
static void walks_the_levels_up_to_the_limit(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(10000, 1, 12000, 5));
    struct order order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 2, 11000, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 1, 10000);
    conformance_expect_done(it, &order, 1);
    conformance_show(it, 1, VENUE_A, conformance_asks(10000, 1, 12000, 5));
    order = conformance_order(it, 1, VENUE_A, ORDER_BUY, 4, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 4, 11500);
    conformance_expect_done(it, &order, 4);
}

static void fills_or_kills(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(10000, 1, 12000, 1));
    struct order order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 2.001, 0, ORDER_FOK);
    conformance_send(it, &order);
    conformance_expect_done(it, &order, 0);
    conformance_expect_balance(it, "KRW", 1000000, 0);
    order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 2, 12000, ORDER_FOK);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 2, 11000);
    conformance_expect_done(it, &order, 2);
}

/* Row 83: under the ask it rests, and 90,000 KRW with 45 of fee are locked until it goes. */
static void rests_below_the_ask(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(100000, 10, 0, 0));
    const struct order order =
        conformance_order(it, 0, VENUE_A, ORDER_BUY, 1, 90000, ORDER_GTC);
    conformance_send(it, &order);
    conformance_expect_silence(it);
    conformance_expect_balance(it, "KRW", 909955, 90045);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    conformance_expect_done(it, &order, 0);
    conformance_expect_balance(it, "KRW", 1000000, 0);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    conformance_expect_done(it, &order, 0);
}

/* The seller comes to our price in two steps; each fills at our own 90,000. */
static void fills_a_resting_order_when_crossed(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(100000, 10, 0, 0));
    const struct order order =
        conformance_order(it, 0, VENUE_A, ORDER_BUY, 1, 90000, ORDER_GTC);
    conformance_send(it, &order);
    conformance_expect_silence(it);
    conformance_show(it, 0, VENUE_A, conformance_asks(90001, 10, 0, 0));
    conformance_expect_silence(it);
    conformance_show(it, 0, VENUE_A, conformance_asks(89000, 0.4, 90001, 10));
    conformance_expect_fill(it, &order, 0.4, 90000);
    conformance_expect_silence(it);
    conformance_expect_balance(it, "BTC", 0.4, 0);
    conformance_expect_balance(it, "KRW", 909955, 54027);
    conformance_show(it, 0, VENUE_A, conformance_asks(90000, 3, 0, 0));
    conformance_expect_fill(it, &order, 0.6, 90000);
    conformance_expect_done(it, &order, 1);
    conformance_expect_balance(it, "KRW", 909955, 0);
}

/* Coin on offer is locked; what crosses at once goes at the bid, the rest waits. */
static void locks_coin_that_is_on_offer(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 1, VENUE_A, conformance_bids(110, 4));
    const struct order order =
        conformance_order(it, 1, VENUE_A, ORDER_SELL, 10, 105, ORDER_GTC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 4, 110);
    conformance_expect_balance(it, "ETH", 0, 6);
    const struct order more = conformance_order(it, 1, VENUE_A, ORDER_SELL, 1, 0, ORDER_IOC);
    conformance_send(it, &more);
    conformance_expect_rejected(it, &more, VENUE_ERROR_INSUFFICIENT_BALANCE);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    conformance_expect_done(it, &order, 4);
    conformance_expect_balance(it, "ETH", 6, 0);
}

/* Short 1 at 100 USDT: 20 of margin, 0.05 of fee. Back at 90: 10 gained, 0.045 of fee. */
static void holds_margin_for_a_short(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_B, conformance_bids(100, 10));
    struct order order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 1, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 1, 100);
    conformance_expect_done(it, &order, 1);
    conformance_expect_balance(it, "USDT", 979.95, 20);
    struct venue_position position[2];
    assert_int_equal(it->venue->ops->get_open_positions(it->venue, position, 2), 1);
    assert_int_equal(position[0].pair, 0);
    assert_int_equal(position[0].quantity_units, -ONE);
    assert_int_equal(position[0].entry_value_units, 100 * ONE);
    conformance_show(it, 0, VENUE_B, conformance_asks(90, 10, 0, 0));
    order = conformance_order(it, 0, VENUE_B, ORDER_BUY, 1, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 1, 90);
    conformance_expect_done(it, &order, 1);
    conformance_expect_balance(it, "USDT", 1009.905, 0);
    assert_int_equal(it->venue->ops->get_open_positions(it->venue, position, 2), 0);
}

/* 1,000 USDT at five-fold leverage carry less than 5,000: 50 at 100 leave nothing for the fee.
 * What reduces a position is never refused. */
static void refuses_more_than_the_margin_carries(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_B, conformance_bids(100, 1000));
    struct order order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 50, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 49, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 49, 100);
    conformance_expect_done(it, &order, 49);
    order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 1, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    conformance_show(it, 0, VENUE_B, conformance_asks(119, 1000, 0, 0));
    order = conformance_order(it, 0, VENUE_B, ORDER_BUY, 49, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 49, 119);
}

static void refuses_an_order_of_the_wrong_shape(void **state)
{
    static const struct {
        const char *name;
        int32_t pair;
        double quantity, limit;
        enum order_lifetime lifetime;
        enum venue_error error;
    } rows[] = {
        {"below a lot", 0, 0.0005, 0, ORDER_IOC, VENUE_ERROR_INVALID_ORDER},
        {"between lots", 0, 1.0005, 0, ORDER_IOC, VENUE_ERROR_INVALID_ORDER},
        {"nothing", 0, 0, 0, ORDER_IOC, VENUE_ERROR_INVALID_ORDER},
        {"negative", 0, -1, 0, ORDER_IOC, VENUE_ERROR_INVALID_ORDER},
        {"between ticks", 0, 1, 99999.5, ORDER_GTC, VENUE_ERROR_INVALID_ORDER},
        {"a market order that rests", 0, 1, 0, ORDER_GTC, VENUE_ERROR_INVALID_ORDER},
        {"4,900 KRW", 0, 0.049, 0, ORDER_IOC, VENUE_ERROR_INVALID_ORDER},
        {"4,999 KRW at its limit", 0, 1, 4999, ORDER_GTC, VENUE_ERROR_INVALID_ORDER},
        {"no such pair", 2, 1, 0, ORDER_IOC, VENUE_ERROR_SYMBOL_NOT_FOUND},
        {"no such pair", -1, 1, 0, ORDER_IOC, VENUE_ERROR_SYMBOL_NOT_FOUND},
    };
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(100000, 10, 0, 0));
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# %s\n", rows[i].name);
        const struct order order =
            conformance_order(it, rows[i].pair, VENUE_A, ORDER_BUY, rows[i].quantity,
                              rows[i].limit, rows[i].lifetime);
        conformance_send(it, &order);
        conformance_expect_rejected(it, &order, rows[i].error);
    }
    const struct order order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 0.05, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 0.05, 100000);
}

/* A position may be reduced in any size, though 4 USDT are too few to open one. */
static void reduces_a_position_below_the_minimum(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_B, conformance_bids(100, 1000));
    struct order order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 0.04, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INVALID_ORDER);
    order = conformance_order(it, 0, VENUE_B, ORDER_SELL, 0.05, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 0.05, 100);
    conformance_expect_done(it, &order, 0.05);
    conformance_show(it, 0, VENUE_B, conformance_asks(100, 1000, 0, 0));
    order = conformance_order(it, 0, VENUE_B, ORDER_BUY, 0.04, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 0.04, 100);
}

/* Goal: an order sent twice is one order. */
static void takes_a_client_id_once(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(10000, 10, 0, 0));
    const struct order order = conformance_order(it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    conformance_send(it, &order);
    conformance_expect_fill(it, &order, 1, 10000);
    conformance_expect_done(it, &order, 1);
    conformance_send(it, &order);
    conformance_expect_rejected(it, &order, VENUE_ERROR_INVALID_ORDER);
    conformance_expect_balance(it, "BTC", 1, 0);
}

/* Goal: asked again, it tells the same story with the same fill ids, and no other. */
static void tells_what_became_of_an_order(void **state)
{
    struct conformance *it = *state;
    conformance_show(it, 0, VENUE_A, conformance_asks(10000, 10, 0, 0));
    const struct order filled = conformance_order(it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    const struct order poor = conformance_order(it, 0, VENUE_A, ORDER_SELL, 9, 0, ORDER_IOC);
    conformance_send(it, &filled);
    const struct order_report first = conformance_expect_fill(it, &filled, 1, 10000);
    conformance_expect_done(it, &filled, 1);
    conformance_send(it, &poor);
    conformance_expect_rejected(it, &poor, VENUE_ERROR_INSUFFICIENT_BALANCE);
    for (int i = 0; i < 2; i++) {
        it->venue->ops->get_order_status(it->venue, filled.client_id, it->now_ns);
        const struct order_report again = conformance_expect_fill(it, &filled, 1, 10000);
        assert_memory_equal(&again, &first, sizeof again);
        conformance_expect_done(it, &filled, 1);
        it->venue->ops->get_order_status(it->venue, poor.client_id, it->now_ns);
        conformance_expect_rejected(it, &poor, VENUE_ERROR_INSUFFICIENT_BALANCE);
    }
    conformance_expect_silence(it);
    conformance_expect_balance(it, "BTC", 1, 0);
}

static void never_heard_of_what_it_never_had(void **state)
{
    struct conformance *it = *state;
    it->venue->ops->get_order_status(it->venue, 77, it->now_ns);
    struct order_report report = conformance_next(it);
    assert_int_equal(report.kind, REPORT_NOT_FOUND);
    assert_int_equal(report.client_id, 77);
    assert_int_equal(report.error, VENUE_ERROR_ORDER_NOT_FOUND);
    it->venue->ops->cancel_order(it->venue, 78, it->now_ns);
    report = conformance_next(it);
    assert_int_equal(report.kind, REPORT_NOT_FOUND);
    assert_int_equal(report.client_id, 78);
}

static void shows_its_books_and_balances(void **state)
{
    struct conformance *it = *state;
    struct err err;
    conformance_show(it, 1, VENUE_B, conformance_asks(100, 7, 101, 8));
    struct book book;
    assert_true(it->venue->ops->get_orderbook(it->venue, 1, VENUE_B, &book, &err));
    assert_int_equal(book.asks_count, 2);
    check_near(book.asks[1].price, 101, 0);
    check_near(book.asks[1].size, 8, 0);
    assert_false(it->venue->ops->get_orderbook(it->venue, 2, VENUE_B, &book, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    conformance_expect_balance(it, "ETH", 10, 0);
    int64_t units;
    assert_false(it->venue->ops->get_balance(it->venue, "DOGE", &units, &units, &err));
    assert_non_null(strstr(err.text, "DOGE"));
}

#define CONFORMANCE_TESTS(X)                                                                   \
    X(pays_price_and_fee)                                                                      \
    X(refuses_what_it_cannot_pay)                                                              \
    X(fills_what_is_there)                                                                     \
    X(walks_the_levels_up_to_the_limit)                                                        \
    X(fills_or_kills)                                                                          \
    X(rests_below_the_ask)                                                                     \
    X(fills_a_resting_order_when_crossed)                                                      \
    X(locks_coin_that_is_on_offer)                                                             \
    X(holds_margin_for_a_short)                                                                \
    X(refuses_more_than_the_margin_carries)                                                    \
    X(refuses_an_order_of_the_wrong_shape)                                                     \
    X(reduces_a_position_below_the_minimum)                                                    \
    X(takes_a_client_id_once)                                                                  \
    X(tells_what_became_of_an_order)                                                           \
    X(never_heard_of_what_it_never_had)                                                        \
    X(shows_its_books_and_balances)
