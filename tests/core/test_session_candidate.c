#include "support/check.h"

#include "session_case.h"

/* The numbers the guard is asked with: what other trades hold or may still take is not free. */

static struct guard_candidate asked(struct fixture *f)
{
    struct guard_decision probe;
    session_probe(f->session, 0, &probe);
    return probe.candidate;
}

/* Goal: nothing traded yet: all but this trade's own fee of 0.5 USD is free; a fifth of 1,000
 * USD and the fee on B are needed as margin. */
static void everything_is_free_at_the_start(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_closes(&f);
    const struct guard_candidate c = asked(&f);
    check_near(c.free_krw_usd, 100000 - 0.5, 1e-9);
    check_near(c.free_coin, 500, 1e-12);
    check_near(c.free_margin_usd, 100000, 1e-9);
    check_near(c.need_margin_usd, 200.5, 1e-12);
    /* 20 bps of costs and books 3 bps wide, roughly */
    assert_true(c.worst_loss_usd > 2.2 && c.worst_loss_usd < 2.4);
    close_fixture(&f);
}

/* Goal: SAFETY 3.9, 11: an entry on its way has taken what it may take: 10 coin at 100 USD and
 * 5 bps on A, on B 10 coin at the ask of 101.01, a fifth of it and its fee; and its worst case.
 */
static void an_entry_under_way_is_reserved(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    open_fixture(&f, &config);
    row_that_opens(&f);
    const struct guard_candidate c = asked(&f);
    check_near(c.free_krw_usd, 100000 - 1000.5 - 0.5, 1e-9);
    check_near(c.free_margin_usd, 100000 - 1010.1 * (0.2 + 5e-4), 1e-9);
    assert_true(c.worst_loss_usd > 4.0); /* two trades' */
    assert_int_equal(c.open_trades, 1);
    close_fixture(&f);
}

/* Goal: a position ties up margin: 10 coin sold at 101 hold 202 USD; its fee of 0.505 is paid.
 * The 10 coin it bought on A are its exit's, so inventory is what it was. */
static void a_position_ties_up_margin_and_coin(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    open_fixture(&f, &config);
    open_trade(&f);
    const struct guard_candidate c = asked(&f);
    check_near(c.free_margin_usd, 100000 - 0.505 - 202, 1e-9);
    check_near(c.free_coin, 500, 1e-12);
    check_near(c.free_krw_usd, 100000 - 1000.5 - 0.5, 1e-9);
    close_fixture(&f);
}

/* Goal: the last money is not spent twice: KRW for one and a half trades open one. */
static void concurrent_entries_share_one_budget(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    config.opening_krw_units = 1500000 * ONE;
    open_fixture(&f, &config);
    row_that_opens(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    row_that_opens(&f);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_VENUE_BALANCE);
    report(&f, 1, REPORT_REJECTED);
    report(&f, 2, REPORT_REJECTED);
    row_that_opens(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    close_fixture(&f);
}

/* Goal: coin an entry of the other side is about to sell is gone: 500 coin, a trade of 50,000
 * USD sells 495 of them. */
static void coin_about_to_be_sold_is_gone(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    config.engine.max_position_usd = 40000;
    open_fixture(&f, &config);
    row(&f, 99990, 100000, 98.99, 99.0); /* B is cheap: buys B, sells A */
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.side, ORDER_SELL);
    const double sold = ledger_amount(find(&f, ACTION_SUBMIT, 0)->order.quantity_units);
    check_near(sold, 40000 / 99.0, 1e-8);
    row(&f, 99990, 100000, 98.99, 99.0);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    const struct guard_candidate c = find(&f, ACTION_DECISION, 0)->decision.candidate;
    check_near(c.free_coin, 500 - sold, 1e-9);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_free_at_the_start),
        cmocka_unit_test(an_entry_under_way_is_reserved),
        cmocka_unit_test(a_position_ties_up_margin_and_coin),
        cmocka_unit_test(concurrent_entries_share_one_budget),
        cmocka_unit_test(coin_about_to_be_sold_is_gone),
    };
    return cmocka_run_group_tests_name("core/session_candidate", tests, NULL, NULL);
}
