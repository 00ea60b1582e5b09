#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "run/backtest.h"

/* Whole runs over the real recordings. They are not part of the project: where they are absent,
 * the tests say so and pass by. */

static const char *file_of(const char *name)
{
    static char path[4096];
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : SHARED_DATA, name);
    if (access(path, R_OK) != 0) {
        print_message("no %s, skipped\n", path);
        skip();
    }
    return path;
}

/* min 5, fees 5 and 5, slippage 1, 1000 USD. */
static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    return params;
}

/* The configs/paper.yaml of MARKET.md B.1, as far as the engine goes. */
static struct engine_params paper_params(void)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 14400;
    params.baseline_warmup_s = 3600;
    params.baseline_gap_s = 900;
    params.max_hold_s = 7200;
    params.stop_loss_bps = 120;
    params.cooldown_s = 900;
    return params;
}

static struct result run(const struct engine_params *params, const char *name)
{
    struct err err = {.kind = ERR_NONE};
    struct result result;
    if (!backtest_run_file(params, file_of(name), false, &result, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    return result;
}

/* What must hold of every run, whatever it found. */
static void check_consistency(const struct result *result)
{
    const struct summary *summary = &result->summary;
    int64_t closed = 0;
    double pnl_usd = 0;
    double change_usd = 0;
    for (int64_t i = 0; i < result->trades_count; i++) {
        const struct trade *trade = &result->trades[i];
        assert_int_equal(trade->id, i + 1);
        if (trade->state == TRADE_CLOSED) {
            assert_true(trade->close_ns > trade->open_ns);
            closed++;
            pnl_usd += result->results[i].pnl_usd;
        }
    }
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        change_usd += result->equity_change_usd[i];
    }
    assert_int_equal(summary->opened, result->trades_count);
    assert_int_equal(summary->closed, closed);
    check_near(summary->realized_usd, pnl_usd, 1e-9);
    check_near(summary->balance_usd, 10000 + pnl_usd, 1e-9);
    check_near(change_usd, summary->realized_usd + summary->unrealized_usd, 1e-9);
    check_near(summary->price_usd - summary->slippage_usd + summary->fx_usd - summary->fees_usd,
               summary->realized_usd, 1e-9);
    assert_int_equal(result->steps_processed, result->total_snapshots);
}

/* Goal: the facts of MARKET.md E.6 on 71,800 real minutes: 263 closed, all won, +926.68 USD, of
 * which fx is the whole and more. Valued by the coin bought (SPEC.md 3.4), the fx part is some
 * 0.3 % above the 982 USD of that page, which is the coin's worth when sold. */
static void moves_with_its_fx_column(void **state)
{
    const struct engine_params params = base_params();
    struct result result = run(&params, "real_two_venue_1m.csv");
    check_consistency(&result);
    assert_int_equal(result.total_snapshots, 71800);
    assert_int_equal(result.summary.closed, 263);
    assert_int_equal(result.summary.opened, 264);
    check_near(summary_win_rate(&result.summary), 1, 0);
    check_near(result.summary.realized_usd, 926.68, 1e-5);
    check_near(result.summary.fx_usd, 982, 3e-3);
    assert_true(result_fx_moved(&result));
    result_finish(&result);
}

/* Goal: with the paper defaults the same file must lose: 348 closed, 49 % won, -1.66 USD a
 * trade (MARKET.md B.1). */
static void loses_with_the_paper_defaults(void **state)
{
    const struct engine_params params = paper_params();
    struct result result = run(&params, "real_two_venue_1m.csv");
    check_consistency(&result);
    assert_int_equal(result.summary.closed, 348);
    check_near(summary_win_rate(&result.summary), 0.49, 0.005);
    check_near(summary_mean_pnl_usd(&result.summary), -1.66, 0.005);
    result_finish(&result);
}

/* Goal: a stop inside the costs churns: 3,071 closed trades at 20 bps, two thirds of the money
 * lost, most of them opened again in the very snapshot of the stop (MARKET.md B.1). */
static void churns_with_a_stop_inside_its_costs(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 3600;
    params.stop_loss_bps = 20;
    struct result result = run(&params, "real_two_venue_1m.csv");
    check_consistency(&result);
    assert_int_equal(result.summary.closed, 3071);
    check_near(result.summary.realized_usd / 10000, -0.67, 0.005);
    int64_t reopened = 0;
    for (int64_t i = 1; i < result.trades_count; i++) {
        reopened += result.trades[i - 1].exit == TRADE_EXIT_STOP_LOSS &&
                    result.trades[i - 1].close_ns == result.trades[i].open_ns;
    }
    print_message("# %lld reopened\n", (long long)reopened);
    assert_int_equal(reopened, 2484);
    result_finish(&result);
}

/* Goal: the sparse recordings of 2026 with tau 0: BTC one closed and one open, ETH four closed
 * for +3.49 USD, XRP none (MARKET.md B.1). */
static void finds_little_in_2026(void **state)
{
    static const struct {
        const char *name;
        int64_t closed, open;
    } cases[] = {
        {"real_snapshots_2026_btc.csv", 1, 1},
        {"real_snapshots_2026_eth.csv", 4, 0},
        {"real_snapshots_2026_xrp.csv", 0, 0},
    };
    struct engine_params params = paper_params();
    params.baseline_tau_s = 0;
    params.baseline_warmup_s = 0;
    for (size_t i = 0; i < LEN(cases); i++) {
        struct result result = run(&params, cases[i].name);
        check_consistency(&result);
        assert_int_equal(result.summary.closed, cases[i].closed);
        assert_int_equal(result.summary.opened - result.summary.closed, cases[i].open);
        if (cases[i].closed == 4) {
            check_near(result.summary.realized_usd, 3.49, 0.005);
        }
        result_finish(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_with_its_fx_column),
        cmocka_unit_test(loses_with_the_paper_defaults),
        cmocka_unit_test(churns_with_a_stop_inside_its_costs),
        cmocka_unit_test(finds_little_in_2026),
    };
    return cmocka_run_group_tests_name("run/backtest_real", tests, NULL, NULL);
}
