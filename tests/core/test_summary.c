#include "support/check.h"

#include "core/summary.h"

#define SECOND INT64_C(1000000000)

static void close_one(struct summary *summary, double pnl_usd)
{
    const struct trade trade = {.open_ns = 10 * SECOND, .close_ns = 40 * SECOND};
    const struct trade_result result = {
        .pnl_usd = pnl_usd, .fees_usd = 2, .slippage_usd = 0.5, .funding_usd = -0.25};
    summary_opened(summary);
    summary_closed(summary, &trade, &result);
}

/* Goal: system quality. With n trades it is mean / sample deviation * sqrt(n).
 *
 * 1, -.5, 2, -1, .5, 1.5, -.5, 1: mean 0.5, sum of squares 10, variance (10 - 8*0.25)/7 = 8/7,
 * sqn = 0.5/sqrt(8/7)*sqrt(8) = sqrt(7)/2 = 1.3229. 1, .5, 2, 1.5, .8: mean 1.16, sum of
 * squares 8.14, variance (8.14 - 5*1.3456)/4 = 0.353, sqn = 1.16/sqrt(0.353)*sqrt(5) = 4.3657.
 */
static void rates_the_system(void **state)
{
    static const struct {
        double pnl_usd[8];
        int count;
        double sqn;
    } cases[] = {
        {{1, -.5, 2, -1, .5, 1.5, -.5, 1}, 8, 1.3228756555},
        {{1, .5, 2, 1.5, .8}, 5, 4.3657},
        {{1}, 1, 0},
        {{0}, 0, 0},
        {{2, 2, 2}, 3, 0}, /* no deviation: nothing to divide by */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct summary summary;
        summary_init(&summary, 10000);
        for (int k = 0; k < cases[i].count; k++) {
            close_one(&summary, cases[i].pnl_usd[k]);
        }
        check_near(summary_sqn(&summary), cases[i].sqn, 1e-5);
    }
}

/* Goal: the drawdown is relative to the peak so far, and the peak starts at the initial
 * balance. 1000, 500, 1000, 11000, 10000: half of the first peak is the deepest, though 1000
 * is lost again from the top. */
static void finds_the_deepest_relative_drawdown(void **state)
{
    const double pnl_usd[] = {0, -500, 500, 10000, -1000};
    struct summary summary;
    summary_init(&summary, 1000);
    for (size_t i = 0; i < LEN(pnl_usd); i++) {
        close_one(&summary, pnl_usd[i]);
        summary_mark(&summary, 0, true);
    }
    check_near(summary.drawdown, 0.5, 1e-12);
    check_near(summary.balance_usd, 10000, 1e-12);
}

/* Goal: open losses count for equity (exact) and not for the balance (compat). */
static void draws_down_on_open_losses_where_it_should(void **state)
{
    struct summary equity, balance;
    summary_init(&equity, 1000);
    summary_init(&balance, 1000);
    summary_mark(&equity, -100, true);
    summary_mark(&balance, -100, false);
    check_near(equity.drawdown, 0.1, 1e-12);
    check_near(balance.drawdown, 0, 0);
    check_near(balance.unrealized_usd, -100, 0);
}

/* Goal: the most trades at once, not how many there were: two, one gone, one more is two. */
static void counts_trades_open_at_once(void **state)
{
    struct summary summary;
    summary_init(&summary, 10000);
    summary_opened(&summary);
    close_one(&summary, 1);
    assert_int_equal(summary.open_most, 2);
    summary_opened(&summary);
    assert_int_equal(summary.open_most, 2);
    summary_opened(&summary);
    assert_int_equal(summary.open_most, 3);
}

/* Goal: wins, losses and their ratios; a trade of exactly 0 is neither. */
static void counts_wins_and_losses(void **state)
{
    struct summary summary;
    summary_init(&summary, 10000);
    check_near(summary_win_rate(&summary), 0, 0);
    close_one(&summary, 3);
    assert_true(isnan(summary_profit_factor(&summary)));
    close_one(&summary, 0);
    close_one(&summary, -2);
    close_one(&summary, 5);
    assert_int_equal(summary.wins, 2);
    assert_int_equal(summary.losses, 1);
    check_near(summary_win_rate(&summary), 0.5, 1e-12);
    check_near(summary_profit_factor(&summary), 4, 1e-12);
    check_near(summary_mean_pnl_usd(&summary), 1.5, 1e-12);
    check_near(summary_mean_hold_s(&summary), 30, 1e-12);
    check_near(summary.fees_usd, 8, 1e-12);
    check_near(summary.slippage_usd, 2, 1e-12);
    check_near(summary.funding_usd, -1, 1e-12);
}

/* Goal: exposure is the time with an open trade between valid ticks: open from 10 to 30 of
 * 0..40 s is half. Broken ticks are counted by reason and move no clock. */
static void measures_exposure_between_valid_ticks(void **state)
{
    static const struct {
        enum tick_fault fault;
        int64_t time_s, open;
    } steps[] = {
        {TICK_CROSSED_A, -90, 0},   {TICK_VALID, 0, 0},      {TICK_VALID, 10, 1},
        {TICK_NOT_FINITE, 20, 1},   {TICK_VALID, 30, 0},     {TICK_VALID, 40, 0},
        {TICK_NOT_POSITIVE, 99, 0}, {TICK_CROSSED_A, 99, 0},
    };
    struct summary summary;
    summary_init(&summary, 10000);
    check_near(summary_exposure_pct(&summary), 0, 0);
    for (size_t i = 0; i < LEN(steps); i++) {
        summary_step(&summary, steps[i].fault, steps[i].time_s * SECOND, steps[i].open, 0,
                     true);
    }
    check_near(summary_exposure_pct(&summary), 50, 1e-12);
    assert_int_equal(summary.steps, 8);
    assert_int_equal(summary_invalid(&summary), 4);
    assert_int_equal(summary.invalid[TICK_CROSSED_A], 2);
    assert_int_equal(summary.invalid[TICK_NOT_FINITE], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_the_system),
        cmocka_unit_test(finds_the_deepest_relative_drawdown),
        cmocka_unit_test(draws_down_on_open_losses_where_it_should),
        cmocka_unit_test(counts_trades_open_at_once),
        cmocka_unit_test(counts_wins_and_losses),
        cmocka_unit_test(measures_exposure_between_valid_ticks),
    };
    return cmocka_run_group_tests_name("core/summary", tests, NULL, NULL);
}
