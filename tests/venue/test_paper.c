#include "paper_case.h"

/* What the paper venue adds to a venue: slippage, liquidity that comes back, faults, margin. */

#define SECOND_NS INT64_C(1000000000)

static struct order market_order(struct venue_case *it, enum venue which, enum order_side side,
                                 double quantity)
{
    return venue_case_order(it, 0, which, side, quantity, 0, ORDER_IOC);
}

/* Goal: one level of unknown depth fills at touch*(1+h) and touch*(1-h), to the last bit, since
 * a backtest books the same price. */
static void slips_to_the_bit(void **state)
{
    static const double touches[] = {100.1, 99999.9, 145678000.0, 0.1 + 0.2, 12345.6789};
    static const double slippages_bps[] = {0, 1, 3, 5, 0.7};
    static const double quantities[] = {0.001, 0.037, 0.013};
    for (size_t i = 0; i < LEN(touches) * LEN(slippages_bps) * LEN(quantities); i++) {
        const double touch = touches[i / LEN(slippages_bps) % LEN(touches)];
        const double slippage_bps = slippages_bps[i % LEN(slippages_bps)];
        const double quantity = quantities[i % LEN(quantities)];
        const double h = slippage_bps / 2 / 1e4;
        struct venue_paper_config config = paper_case_config();
        config.slippage_bps = slippage_bps;
        config.minimum_b_units[0] = 0;
        config.usdt_units = 1000000000 * ONE;
        struct venue_case it;
        paper_case_open(&it, &config);
        const struct quote quote = {0, touch, touch * 1.5};
        venue_case_show(&it, 0, VENUE_B, book_of_quote(&quote));
        struct order order = market_order(&it, VENUE_B, ORDER_SELL, quantity);
        venue_case_send(&it, &order);
        struct order_report fill =
            venue_case_expect_fill(&it, &order, quantity, touch * (1 - h));
        check_near(fill.touch_price, touch, 0.0);
        venue_case_expect_done(&it, &order, quantity);
        order = market_order(&it, VENUE_B, ORDER_BUY, quantity);
        venue_case_send(&it, &order);
        fill = venue_case_expect_fill(&it, &order, quantity, touch * 1.5 * (1 + h));
        check_near(fill.touch_price, touch * 1.5, 0.0);
        paper_case_close(&it);
    }
}

/* A limit order pays no slippage beyond its own limit: 100,000*(1+0.0005) would be 100,050. */
static void never_slips_beyond_a_limit(void **state)
{
    struct venue_paper_config config = paper_case_config();
    config.slippage_bps = 10;
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(100000, 10, 0, 0));
    const struct order order =
        venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 100020, ORDER_IOC);
    venue_case_send(&it, &order);
    const struct order_report fill = venue_case_expect_fill(&it, &order, 1, 100020);
    check_near(fill.touch_price, 100000, 0);
    check_near(fill.krw_per_usd, 1450, 0);
    paper_case_close(&it);
}

/* Level of 4, taken whole. After one half-life of 2 s half of it is back, after two three
 * quarters, also though the source shows 4 all along. */
static void gives_liquidity_back_by_halves(void **state)
{
    struct venue_paper_config config = paper_case_config();
    config.replenish_half_life_s = 2;
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
    struct order order = market_order(&it, VENUE_A, ORDER_BUY, 9);
    venue_case_send(&it, &order);
    venue_case_expect_fill(&it, &order, 4, 10000);
    venue_case_expect_done(&it, &order, 4);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
    order = market_order(&it, VENUE_A, ORDER_BUY, 9);
    venue_case_send(&it, &order);
    venue_case_expect_done(&it, &order, 0);
    it.now_ns += 2 * SECOND_NS;
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
    it.now_ns += 2 * SECOND_NS;
    order = market_order(&it, VENUE_A, ORDER_BUY, 9);
    venue_case_send(&it, &order);
    struct order_report fill = venue_case_next(&it);
    check_near(ledger_amount(fill.quantity_units), 3, 1e-7);
    paper_case_close(&it);
}

/* Time alone gives nothing back without a half-life. */
static void keeps_what_was_taken_until_shown_again(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
    struct order order = market_order(&it, VENUE_A, ORDER_BUY, 3);
    venue_case_send(&it, &order);
    const uint64_t first_id = venue_case_expect_fill(&it, &order, 3, 10000).fill_id;
    venue_case_expect_done(&it, &order, 3);
    it.now_ns += 60 * SECOND_NS;
    order = market_order(&it, VENUE_A, ORDER_BUY, 3);
    venue_case_send(&it, &order);
    assert_int_equal(venue_case_expect_fill(&it, &order, 1, 10000).fill_id, first_id + 1);
    venue_case_expect_done(&it, &order, 1);
    paper_case_close(&it);
}

/* Goal: a fill of a resting order is reported for the moment it happens. */
static void reports_a_late_fill_at_its_own_moment(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    const struct order order = venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 9000, ORDER_GTC);
    venue_case_send(&it, &order);
    it.now_ns += 7 * SECOND_NS;
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(9000, 4, 0, 0));
    struct order_report report;
    for (int i = 0; i < 2; i++) {
        int64_t time_ns = 0;
        assert_int_equal(it.venue->ops->next_due_ns(it.venue), it.now_ns);
        assert_true(it.venue->ops->next_report(it.venue, it.now_ns, &report, &time_ns));
        assert_int_equal(report.kind, i == 0 ? REPORT_FILL : REPORT_DONE);
        assert_int_equal(time_ns, it.now_ns);
    }
    paper_case_close(&it);
}

/* Goal: KRW fills need a rate to be valued at; what is no rate does not replace one. */
static void waits_for_a_rate(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    memset(&it, 0, sizeof it);
    it.show = paper_case_show;
    it.venue = venue_paper_create(&config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
    venue_case_show(&it, 0, VENUE_B, venue_case_asks(10, 4, 0, 0));
    struct order order = market_order(&it, VENUE_A, ORDER_BUY, 1);
    venue_case_send(&it, &order);
    venue_case_expect_rejected(&it, &order, VENUE_ERROR_UNKNOWN);
    order = market_order(&it, VENUE_B, ORDER_BUY, 1);
    venue_case_send(&it, &order);
    check_near(venue_case_expect_fill(&it, &order, 1, 10).krw_per_usd, 1, 0);
    venue_case_expect_done(&it, &order, 1);
    static const double rates[] = {1400, 0, -1, NAN, INFINITY};
    for (size_t i = 0; i < LEN(rates); i++) {
        venue_paper_show_fx(it.venue, rates[i]);
        order = market_order(&it, VENUE_A, ORDER_BUY, 0.5);
        venue_case_send(&it, &order);
        check_near(venue_case_next(&it).krw_per_usd, 1400, 0);
        venue_case_expect_done(&it, &order, 0.5);
    }
    paper_case_close(&it);
}

/* Without a half-life what was taken is back as soon as the source shows its book again, and
 * not before: two orders in one moment share its depth. */
static void gives_liquidity_back_when_shown_again(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    for (int round = 0; round < 2; round++) {
        venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 4, 0, 0));
        struct order order = market_order(&it, VENUE_A, ORDER_BUY, 3);
        venue_case_send(&it, &order);
        venue_case_expect_fill(&it, &order, 3, 10000);
        venue_case_expect_done(&it, &order, 3);
        order = market_order(&it, VENUE_A, ORDER_BUY, 3);
        venue_case_send(&it, &order);
        venue_case_expect_fill(&it, &order, 1, 10000);
        venue_case_expect_done(&it, &order, 1);
        it.now_ns += SECOND_NS;
    }
    paper_case_close(&it);
}

/* Goal: what is no market fills nothing, and money stays where it is. */
static void fills_nothing_without_a_market(void **state)
{
    static const struct quote broken[] = {
        {0, 0, 10000}, {0, 10001, 10000}, {0, 10000, 10000}, {0, NAN, 10000}, {0, -1, 10000},
    };
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    for (size_t i = 0; i < LEN(broken); i++) {
        venue_case_show(&it, 0, VENUE_A, book_of_quote(&broken[i]));
        const struct order order = market_order(&it, VENUE_A, ORDER_BUY, 1);
        venue_case_send(&it, &order);
        venue_case_expect_done(&it, &order, 0);
    }
    venue_case_expect_balance(&it, "KRW", 1000000, 0);
    paper_case_close(&it);
}

/* Goal: a scripted fault hits one order of its market: a rejection an entry, a delay any. */
static void misbehaves_as_told(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 10, 0, 0));
    venue_paper_fault(it.venue, 0, VENUE_A, FAULT_REJECT_NEXT_ENTRY, 0);
    struct order order = market_order(&it, VENUE_A, ORDER_BUY, 1);
    order.class = ORDER_REPAIR;
    venue_case_send(&it, &order);
    venue_case_expect_fill(&it, &order, 1, 10000);
    venue_case_expect_done(&it, &order, 1);
    order = market_order(&it, VENUE_A, ORDER_BUY, 1);
    venue_case_send(&it, &order);
    venue_case_expect_rejected(&it, &order, VENUE_ERROR_UNKNOWN);
    order = market_order(&it, VENUE_A, ORDER_BUY, 1);
    venue_case_send(&it, &order);
    venue_case_expect_fill(&it, &order, 1, 10000);
    venue_case_expect_done(&it, &order, 1);
    venue_case_expect_balance(&it, "BTC", 2, 0);
    paper_case_close(&it);
}

/* Goal: UNKNOWN first, again UNKNOWN when asked too early, and the truth when its time comes;
 * it has filled all along. */
static void tells_the_truth_late(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    const int64_t start_ns = it.now_ns;
    venue_case_show(&it, 0, VENUE_A, venue_case_asks(10000, 10, 0, 0));
    venue_paper_fault(it.venue, 0, VENUE_A, FAULT_DELAY_NEXT_REPORT, 5 * SECOND_NS);
    const struct order order = market_order(&it, VENUE_A, ORDER_BUY, 1);
    venue_case_send(&it, &order);
    struct order_report report = venue_case_next(&it);
    assert_int_equal(report.kind, REPORT_UNKNOWN);
    venue_case_expect_balance(&it, "BTC", 1, 0);
    it.now_ns = start_ns + SECOND_NS;
    it.venue->ops->get_order_status(it.venue, order.client_id, it.now_ns);
    report = venue_case_next(&it);
    assert_int_equal(report.kind, REPORT_UNKNOWN);
    assert_int_equal(it.now_ns, start_ns + SECOND_NS);
    venue_case_expect_fill(&it, &order, 1, 10000);
    assert_int_equal(it.now_ns, start_ns + 5 * SECOND_NS);
    assert_int_equal(it.venue->ops->next_due_ns(it.venue), it.now_ns);
    venue_case_expect_done(&it, &order, 1);
    it.venue->ops->get_order_status(it.venue, order.client_id, it.now_ns);
    venue_case_expect_fill(&it, &order, 1, 10000);
    venue_case_expect_done(&it, &order, 1);
    paper_case_close(&it);
}

/* Short 10 at 100 with 1,000 USDT, fee 0.5, and a mark of 110: equity 999.50 - 100, maintenance
 * 0.4 % of 1,100. Liquidation of the short at (999.50 + 1000)/(10*1.004), of a long of 49 at
 * (49*100 - 997.55)/(49*0.996) after a fee of 2.45. */
static void knows_how_far_liquidation_is(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    check_near(venue_paper_margin_ratio(it.venue), 0, 0);
    check_near(venue_paper_liquidation_price(it.venue, 0), 0, 0);
    venue_case_show(&it, 0, VENUE_B, venue_case_bids(100, 1000));
    const struct order sell = market_order(&it, VENUE_B, ORDER_SELL, 10);
    venue_case_send(&it, &sell);
    /* Without a mark price the middle of the book, 150, stands for it. */
    check_near(venue_paper_margin_ratio(it.venue), 6.0 / 499.5, 1e-12);
    venue_paper_show_mark(it.venue, 0, 110);
    check_near(venue_paper_margin_ratio(it.venue), 4.4 / 899.5, 1e-12);
    check_near(venue_paper_liquidation_price(it.venue, 0), 1999.5 / 10.04, 1e-12);
    venue_paper_show_mark(it.venue, 0, 200);
    assert_true(isinf(venue_paper_margin_ratio(it.venue)));
    paper_case_close(&it);

    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_B, venue_case_asks(100, 1000, 0, 0));
    const struct order buy = market_order(&it, VENUE_B, ORDER_BUY, 49);
    venue_case_send(&it, &buy);
    check_near(venue_paper_liquidation_price(it.venue, 0), (4900 - 997.55) / (49 * 0.996),
               1e-12);
    paper_case_close(&it);
}

/* 500 USDT of short need 100 of margin and 0.25 of fee: exactly that is enough. */
static void opens_with_the_last_unit_of_margin(void **state)
{
    for (int64_t short_by = 0; short_by <= 1; short_by++) {
        struct venue_paper_config config = paper_case_config();
        config.usdt_units = 100 * ONE + ONE / 4 - short_by;
        struct venue_case it;
        paper_case_open(&it, &config);
        venue_case_show(&it, 0, VENUE_B, venue_case_bids(100, 10));
        const struct order order = market_order(&it, VENUE_B, ORDER_SELL, 5);
        venue_case_send(&it, &order);
        if (short_by == 0) {
            venue_case_expect_fill(&it, &order, 5, 100);
            venue_case_expect_balance(&it, "USDT", 0, 100);
        } else {
            venue_case_expect_rejected(&it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
        }
        paper_case_close(&it);
    }
}

/* Goal: a cost that does not fit is not one that can be paid; nothing is not a limit. */
static void refuses_a_cost_that_runs_over(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    paper_case_open(&it, &config);
    const struct order order =
        venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1e6, 1e6, ORDER_GTC);
    venue_case_send(&it, &order);
    venue_case_expect_rejected(&it, &order, VENUE_ERROR_INSUFFICIENT_BALANCE);
    struct order free_of_charge = venue_case_order(&it, 1, VENUE_A, ORDER_BUY, 1, 0, ORDER_GTC);
    free_of_charge.type = ORDER_LIMIT;
    venue_case_send(&it, &free_of_charge);
    venue_case_expect_rejected(&it, &free_of_charge, VENUE_ERROR_INVALID_ORDER);
    paper_case_close(&it);
}

/* A long of 10 at mark 100 and 1 bp pays 0.10; a short would be paid. */
static void books_funding(void **state)
{
    const struct venue_paper_config config = paper_case_config();
    struct venue_case it;
    struct err err;
    int64_t paid_units = 0;
    paper_case_open(&it, &config);
    venue_case_show(&it, 0, VENUE_B, venue_case_asks(100, 1000, 0, 0));
    const struct order order = market_order(&it, VENUE_B, ORDER_BUY, 10);
    venue_case_send(&it, &order);
    venue_case_expect_balance(&it, "USDT", 799.5, 200);
    assert_true(venue_paper_fund(it.venue, 0, 100, 0.0001, &paid_units, &err));
    assert_int_equal(paid_units, ONE / 10); /* 10 * 100 * 1 bp */
    venue_case_expect_balance(&it, "USDT", 799.4, 200);
    assert_true(venue_paper_fund(it.venue, 0, 100, -0.0003, &paid_units, &err));
    venue_case_expect_balance(&it, "USDT", 799.7, 200);
    assert_int_equal(venue_paper_ledger(it.venue)->usdt.funding_paid, -ONE / 5);
    assert_false(venue_paper_fund(it.venue, 0, NAN, 0.0001, &paid_units, &err));
    assert_true(ledger_balances(venue_paper_ledger(it.venue)));
    paper_case_close(&it);
}

/* Upbit's steps (VENUES.md 2.5): 145,678,500 is between two, 145,678,000 is one. */
static void knows_the_table_of_krw_prices(void **state)
{
    static const struct {
        double limit;
        bool fine;
    } rows[] = {
        {145678000, true}, {145678500, false}, {999500, true},  {999400, false},
        {499900, true},    {499950, false},    {99950, true},   {99970, false},
        {49990, true},     {49995, false},     {9995, true},    {9992, false},
        {4999, true},      {4998.5, false},    {123, true},     {123.5, false},
        {99.9, true},      {99.95, false},     {9.99, true},    {9.995, false},
        {0.999, true},     {0.9995, false},    {0.0999, true},  {0.09995, false},
        {0.00999, true},   {0.009995, false},  {0.00099, true},
    };
    struct venue_paper_config config = paper_case_config();
    config.tick_a_units[0] = 0;
    config.tick_a_by_price = true;
    config.minimum_a_units[0] = 0;
    config.krw_units = 1000000000 * ONE;
    for (size_t i = 0; i < LEN(rows); i++) {
        struct venue_case it;
        paper_case_open(&it, &config);
        const struct order order =
            venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, rows[i].limit, ORDER_GTC);
        venue_case_send(&it, &order);
        if (rows[i].fine) {
            venue_case_expect_silence(&it);
        } else {
            venue_case_expect_rejected(&it, &order, VENUE_ERROR_INVALID_ORDER);
        }
        paper_case_close(&it);
    }
}

/* Without the table and without a step any price is a price; the table is Upbit's alone. */
static void asks_for_ticks_only_where_there_are_any(void **state)
{
    struct venue_paper_config config = paper_case_config();
    config.tick_a_units[0] = config.tick_b_units[0] = 0;
    struct venue_case it;
    paper_case_open(&it, &config);
    struct order order = venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 90000.5, ORDER_GTC);
    venue_case_send(&it, &order);
    venue_case_expect_silence(&it);
    paper_case_close(&it);
    config.tick_a_by_price = true;
    paper_case_open(&it, &config);
    order = venue_case_order(&it, 0, VENUE_B, ORDER_BUY, 1, 990.5, ORDER_GTC);
    venue_case_send(&it, &order);
    venue_case_expect_silence(&it);
    paper_case_close(&it);
}

static void tell_terms(struct venue_case *it, int64_t lot_units, int64_t tick_units,
                       int64_t minimum_units, bool trading)
{
    struct event event;
    memset(&event, 0, sizeof event);
    event.kind = EVENT_INSTRUMENT;
    event.time_ns = it->now_ns;
    event.instrument.venue = VENUE_A;
    event.instrument.lot_units = lot_units;
    event.instrument.tick_units = tick_units;
    event.instrument.minimum_notional_units = minimum_units;
    event.instrument.trading = trading;
    venue_paper_show_instrument(it->venue, &event);
}

/* Goal: what the market says of a symbol replaces what was configured, also in a kept state: of
 * 1 coin at 90,000 KRW a step of 2 coin, of 7 KRW, a least 90,001 KRW and a halt are refused
 * each for itself, and the terms before and after are not. */
static void takes_what_the_market_says_it_takes(void **state)
{
    static const struct {
        int64_t lot, tick, minimum;
        bool trading, fine;
    } rows[] = {
        {ONE, ONE, 90000 * ONE, true, true},    {2 * ONE, ONE, 0, true, false},
        {ONE, 7 * ONE, 0, true, false},         {ONE, ONE, 90001 * ONE, true, false},
        {ONE, ONE, 90000 * ONE, false, false},  {ONE, ONE, 90000 * ONE, true, true},
        {0, 7 * ONE, 90001 * ONE, false, true}, /* no terms at all: the ones before stand */
    };
    const struct venue_paper_config config = paper_case_config();
    struct err err;
    struct venue_case it;
    paper_case_open(&it, &config);
    for (size_t i = 0; i < LEN(rows); i++) {
        size_t size;
        tell_terms(&it, rows[i].lot, rows[i].tick, rows[i].minimum, rows[i].trading);
        const void *kept = venue_paper_state(it.venue, &size);
        assert_true(venue_paper_restore(it.venue, kept, size, &err));
        const struct order order =
            venue_case_order(&it, 0, VENUE_A, ORDER_BUY, 1, 90000, ORDER_GTC);
        venue_case_send(&it, &order);
        if (rows[i].fine) {
            venue_case_expect_silence(&it);
        } else {
            venue_case_expect_rejected(&it, &order, VENUE_ERROR_INVALID_ORDER);
        }
    }
    paper_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_to_the_bit),
        cmocka_unit_test(never_slips_beyond_a_limit),
        cmocka_unit_test(gives_liquidity_back_by_halves),
        cmocka_unit_test(keeps_what_was_taken_until_shown_again),
        cmocka_unit_test(reports_a_late_fill_at_its_own_moment),
        cmocka_unit_test(waits_for_a_rate),
        cmocka_unit_test(gives_liquidity_back_when_shown_again),
        cmocka_unit_test(fills_nothing_without_a_market),
        cmocka_unit_test(misbehaves_as_told),
        cmocka_unit_test(tells_the_truth_late),
        cmocka_unit_test(knows_how_far_liquidation_is),
        cmocka_unit_test(opens_with_the_last_unit_of_margin),
        cmocka_unit_test(refuses_a_cost_that_runs_over),
        cmocka_unit_test(books_funding),
        cmocka_unit_test(knows_the_table_of_krw_prices),
        cmocka_unit_test(asks_for_ticks_only_where_there_are_any),
        cmocka_unit_test(takes_what_the_market_says_it_takes),
    };
    return cmocka_run_group_tests_name("venue/paper", tests, NULL, NULL);
}
