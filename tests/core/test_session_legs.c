#include "support/check.h"

#include "session_case.h"

/* Legs that cannot be made equal to the unit, and exits that were not meant. */

static struct session_config coarse_config(void)
{
    struct session_config config = base_config();
    config.pairs[0].lot_nearest = false;
    config.pairs[0].lot_b_units = ONE / 1000;
    config.pairs[0].minimum_notional_a_units = 5000 * ONE;
    return config;
}

/* Goal: A ran out of depth at 4.5678 coin and B takes lots of 0.001: B comes down to 4.567 and
 * A to the same, or B would be asked for a quantity it refuses for ever. 0.0008 coin of A are
 * worth 80 KRW, less than an order may be: they go to the inventory. */
static void legs_meet_at_a_lot_of_both(void **state)
{
    struct fixture f;
    const struct session_config config = coarse_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 4.5678, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    fill(&f, 2, 10, 101.0, 1);
    report(&f, 2, REPORT_DONE);
    const struct action *repair = find(&f, ACTION_SUBMIT, 0);
    assert_int_equal(repair->order.venue, VENUE_B);
    assert_int_equal(repair->order.quantity_units, 5433 * (ONE / 1000));
    assert_null(find(&f, ACTION_SUBMIT, 1));
    fill(&f, 3, 5.433, 101.01, 1);
    report(&f, 3, REPORT_DONE);
    int32_t count = 0;
    const struct trade *trade = session_trades(f.session, 0, &count);
    assert_int_equal(trade->state, TRADE_OPEN);
    check_near(trade->quantity, 4.567, 0);
    check_near(trade->legs[TRADE_A_IN].quantity, 4.567, 1e-12);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 50456780000);
    close_fixture(&f);
}

/* Goal: an exit that leaves 0.04 coin worth 4,000 KRW on A is over: nobody would buy them. */
static void dust_of_an_exit_does_not_keep_it_open(void **state)
{
    struct fixture f;
    const struct session_config config = coarse_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_closes(&f);
    fill(&f, 3, 9.96, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    fill(&f, 4, 10, 100.0, 1);
    report(&f, 4, REPORT_DONE);
    assert_int_equal(trades_count(&f), 0);
    /* 10 coin at the prices that were had: see test_session's round trip */
    check_near(session_summary(f.session)->realized_usd, -0.1 + 10.0 - 0.99995 - 1.005, 1e-9);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 50004000000);
    close_fixture(&f);
}

/* Goal: no trade has the number 0, not even one whose first fill is still to come. */
static void closing_number_zero_closes_nothing(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_opens(&f);
    assert_int_equal(trades_count(&f), 2);
    command(&f, OPERATOR_CLOSE);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legs_meet_at_a_lot_of_both),
        cmocka_unit_test(dust_of_an_exit_does_not_keep_it_open),
        cmocka_unit_test(closing_number_zero_closes_nothing),
    };
    return cmocka_run_group_tests_name("core/session_legs", tests, NULL, NULL);
}
