#pragma once
#include "venue_case.h"

/* conformance: what every venue must do, whatever stands behind the port.
 *
 * Run it by expanding CONFORMANCE_TESTS in a suite whose setup puts a struct venue_case into
 * *state, opened as venue_case.h says. */

/* Row 73: 1 coin at 100,000 KRW and 50 KRW of fee leave 899,950 of a million. */
static void pays_price_and_fee(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(100000, 10, 0, 0));
    const struct order order =
        venue_case_order(it, 0, VENUE_A, ORDER_BUY, 1, 100000, ORDER_IOC);
    venue_case_send(it, &order);
    const struct order_report fill = venue_case_expect_fill(it, &order, 1, 100000);
    assert_int_equal(fill.value_units, 100000 * ONE);
    assert_int_equal(fill.fee_units, 50 * ONE);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_silence(it);
    venue_case_expect_balance(it, "KRW", 899950, 0);
    venue_case_expect_balance(it, "BTC", 1, 0);
}

static void refuses_what_it_cannot_pay(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_bids(100000, 10));
    struct order order = venue_case_order(it, 0, VENUE_A, ORDER_SELL, 1, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    /* 10 coins cost a million, and there is the fee. */
    venue_case_show(it, 0, VENUE_A, venue_case_asks(100000, 100, 0, 0));
    order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 10, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 10, 100000, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    venue_case_expect_balance(it, "KRW", 1000000, 0);
    venue_case_expect_balance(it, "BTC", 0, 0);
}

/* A market order for 5 into a book of 1: one is filled and the rest cancelled. */
static void fills_what_is_there(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(10000, 1, 0, 0));
    const struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 5, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 1, 10000);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_balance(it, "KRW", 1000000 - 10005, 0);
}

/* 1 at 10,000 and 3 of 5 at 12,000: the fourth part of 46,000 is 11,500. A limit of 11,000 only
 * reaches the first level. */
static void walks_the_levels_up_to_the_limit(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(10000, 1, 12000, 5));
    struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 2, 11000, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 1, 10000);
    venue_case_expect_done(it, &order, 1);
    venue_case_show(it, 1, VENUE_A, venue_case_asks(10000, 1, 12000, 5));
    order = venue_case_order(it, 1, VENUE_A, ORDER_BUY, 4, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 4, 11500);
    venue_case_expect_done(it, &order, 4);
}

static void fills_or_kills(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(10000, 1, 12000, 1));
    struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 2.001, 0, ORDER_FOK);
    venue_case_send(it, &order);
    venue_case_expect_done(it, &order, 0);
    venue_case_expect_balance(it, "KRW", 1000000, 0);
    order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 2, 12000, ORDER_FOK);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 2, 11000);
    venue_case_expect_done(it, &order, 2);
}

/* Row 83: under the ask it rests, and 90,000 KRW with 45 of fee are locked until it goes. */
static void rests_below_the_ask(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(100000, 10, 0, 0));
    const struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 1, 90000, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_silence(it);
    venue_case_expect_balance(it, "KRW", 909955, 90045);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    venue_case_expect_done(it, &order, 0);
    venue_case_expect_balance(it, "KRW", 1000000, 0);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    venue_case_expect_done(it, &order, 0);
}

/* The seller comes to our price in two steps; each fills at our own 90,000. */
static void fills_a_resting_order_when_crossed(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(100000, 10, 0, 0));
    const struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 1, 90000, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_silence(it);
    venue_case_show(it, 0, VENUE_A, venue_case_asks(90001, 10, 0, 0));
    venue_case_expect_silence(it);
    venue_case_show(it, 0, VENUE_A, venue_case_asks(89000, 0.4, 90001, 10));
    venue_case_expect_fill(it, &order, 0.4, 90000);
    venue_case_expect_silence(it);
    venue_case_expect_balance(it, "BTC", 0.4, 0);
    venue_case_expect_balance(it, "KRW", 909955, 54027);
    venue_case_show(it, 0, VENUE_A, venue_case_asks(90000, 3, 0, 0));
    venue_case_expect_fill(it, &order, 0.6, 90000);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_balance(it, "KRW", 909955, 0);
}

/* Coin on offer is locked; what crosses at once goes at the bid, the rest waits. */
static void locks_coin_that_is_on_offer(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 1, VENUE_A, venue_case_bids(110, 4));
    const struct order order = venue_case_order(it, 1, VENUE_A, ORDER_SELL, 10, 105, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 4, 110);
    venue_case_expect_balance(it, "ETH", 0, 6);
    const struct order more = venue_case_order(it, 1, VENUE_A, ORDER_SELL, 1, 0, ORDER_IOC);
    venue_case_send(it, &more);
    venue_case_expect_rejected(it, &more, VENUE_ERROR_INSUFFICIENT_BALANCE);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    venue_case_expect_done(it, &order, 4);
    venue_case_expect_balance(it, "ETH", 6, 0);
}

/* A resting order on the futures side locks its margin, 110/5, and gives it back. A price right
 * at its limit is good enough for it. */
static void holds_margin_for_what_rests(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_B, venue_case_bids(100, 10));
    struct order order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 1, 110, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_silence(it);
    venue_case_expect_balance(it, "USDT", 978, 22);
    it->venue->ops->cancel_order(it->venue, order.client_id, it->now_ns);
    venue_case_expect_done(it, &order, 0);
    venue_case_expect_balance(it, "USDT", 1000, 0);
    order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 1, 110, ORDER_GTC);
    venue_case_send(it, &order);
    venue_case_expect_silence(it);
    venue_case_show(it, 0, VENUE_B, venue_case_bids(110, 10));
    venue_case_expect_fill(it, &order, 1, 110);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_balance(it, "USDT", 977.945, 22);
}

/* Short 1 at 100 USDT: 20 of margin, 0.05 of fee. Back at 90: 10 gained, 0.045 of fee. */
static void holds_margin_for_a_short(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_B, venue_case_bids(100, 10));
    struct order order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 1, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 1, 100);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_balance(it, "USDT", 979.95, 20);
    struct venue_position position[2];
    assert_int_equal(it->venue->ops->get_open_positions(it->venue, position, 2), 1);
    assert_int_equal(position[0].pair, 0);
    assert_int_equal(position[0].quantity_units, -ONE);
    assert_int_equal(position[0].entry_value_units, 100 * ONE);
    venue_case_show(it, 0, VENUE_B, venue_case_asks(90, 10, 0, 0));
    order = venue_case_order(it, 0, VENUE_B, ORDER_BUY, 1, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 1, 90);
    venue_case_expect_done(it, &order, 1);
    venue_case_expect_balance(it, "USDT", 1009.905, 0);
    assert_int_equal(it->venue->ops->get_open_positions(it->venue, position, 2), 0);
}

/* 1,000 USDT at five-fold leverage carry less than 5,000: 50 at 100 leave nothing for the fee.
 * What reduces a position is never refused. */
static void refuses_more_than_the_margin_carries(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_B, venue_case_bids(100, 1000));
    struct order order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 50, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 49, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 49, 100);
    venue_case_expect_done(it, &order, 49);
    order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 1, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    venue_case_show(it, 0, VENUE_B, venue_case_asks(119, 1000, 0, 0));
    order = venue_case_order(it, 0, VENUE_B, ORDER_BUY, 49, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 49, 119);
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
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(100000, 10, 0, 0));
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# %s\n", rows[i].name);
        const struct order order =
            venue_case_order(it, rows[i].pair, VENUE_A, ORDER_BUY, rows[i].quantity,
                             rows[i].limit, rows[i].lifetime);
        venue_case_send(it, &order);
        venue_case_expect_rejected(it, &order, rows[i].error);
    }
    const struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 0.05, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 0.05, 100000);
}

/* A position may be reduced in any size, though 4 USDT are too few to open one. */
static void reduces_a_position_below_the_minimum(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_B, venue_case_bids(100, 1000));
    struct order order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 0.04, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INVALID_ORDER);
    order = venue_case_order(it, 0, VENUE_B, ORDER_SELL, 0.05, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 0.05, 100);
    venue_case_expect_done(it, &order, 0.05);
    venue_case_show(it, 0, VENUE_B, venue_case_asks(100, 1000, 0, 0));
    order = venue_case_order(it, 0, VENUE_B, ORDER_BUY, 0.04, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 0.04, 100);
}

/* Goal: an order sent twice is one order. */
static void takes_a_client_id_once(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(10000, 10, 0, 0));
    const struct order order = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    venue_case_send(it, &order);
    venue_case_expect_fill(it, &order, 1, 10000);
    venue_case_expect_done(it, &order, 1);
    venue_case_send(it, &order);
    venue_case_expect_rejected(it, &order, VENUE_ERROR_INVALID_ORDER);
    venue_case_expect_balance(it, "BTC", 1, 0);
}

/* Goal: asked again, it tells the same story with the same fill ids, and no other. */
static void tells_what_became_of_an_order(void **state)
{
    struct venue_case *it = *state;
    venue_case_show(it, 0, VENUE_A, venue_case_asks(10000, 10, 0, 0));
    const struct order filled = venue_case_order(it, 0, VENUE_A, ORDER_BUY, 1, 0, ORDER_IOC);
    const struct order poor = venue_case_order(it, 0, VENUE_A, ORDER_SELL, 9, 0, ORDER_IOC);
    venue_case_send(it, &filled);
    const struct order_report first = venue_case_expect_fill(it, &filled, 1, 10000);
    venue_case_expect_done(it, &filled, 1);
    venue_case_send(it, &poor);
    venue_case_expect_rejected(it, &poor, VENUE_ERROR_INSUFFICIENT_BALANCE);
    for (int i = 0; i < 2; i++) {
        it->venue->ops->get_order_status(it->venue, filled.client_id, it->now_ns);
        const struct order_report again = venue_case_expect_fill(it, &filled, 1, 10000);
        assert_memory_equal(&again, &first, sizeof again);
        venue_case_expect_done(it, &filled, 1);
        it->venue->ops->get_order_status(it->venue, poor.client_id, it->now_ns);
        venue_case_expect_rejected(it, &poor, VENUE_ERROR_INSUFFICIENT_BALANCE);
    }
    venue_case_expect_silence(it);
    venue_case_expect_balance(it, "BTC", 1, 0);
}

static void never_heard_of_what_it_never_had(void **state)
{
    struct venue_case *it = *state;
    it->venue->ops->get_order_status(it->venue, 77, it->now_ns);
    struct order_report report = venue_case_next(it);
    assert_int_equal(report.kind, REPORT_NOT_FOUND);
    assert_int_equal(report.client_id, 77);
    assert_int_equal(report.error, VENUE_ERROR_ORDER_NOT_FOUND);
    it->venue->ops->cancel_order(it->venue, 78, it->now_ns);
    report = venue_case_next(it);
    assert_int_equal(report.kind, REPORT_NOT_FOUND);
    assert_int_equal(report.client_id, 78);
}

static void shows_its_books_and_balances(void **state)
{
    struct venue_case *it = *state;
    struct err err;
    venue_case_show(it, 1, VENUE_B, venue_case_asks(100, 7, 101, 8));
    struct book book;
    assert_true(it->venue->ops->get_orderbook(it->venue, 1, VENUE_B, &book, &err));
    assert_int_equal(book.asks_count, 2);
    check_near(book.asks[1].price, 101, 0);
    check_near(book.asks[1].size, 8, 0);
    assert_false(it->venue->ops->get_orderbook(it->venue, 2, VENUE_B, &book, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    venue_case_expect_balance(it, "ETH", 10, 0);
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
    X(holds_margin_for_what_rests)                                                             \
    X(holds_margin_for_a_short)                                                                \
    X(refuses_more_than_the_margin_carries)                                                    \
    X(refuses_an_order_of_the_wrong_shape)                                                     \
    X(reduces_a_position_below_the_minimum)                                                    \
    X(takes_a_client_id_once)                                                                  \
    X(tells_what_became_of_an_order)                                                           \
    X(never_heard_of_what_it_never_had)                                                        \
    X(shows_its_books_and_balances)
