#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "run/backtest.h"
#include "run/host.h"
#include "support/dice.h"
#include "support/folder.h"
#include "support/scratch.h"

/* A zero-latency paper session over a CSV makes the trades of the backtest of that CSV (SPEC.md
 * 4): ids, sides, times and reasons the same, each PnL within 1e-6 + |pnl| * 1e-8 / q, nothing
 * refused, the ledger true to the unit after every event (the core asserts nothing less in its
 * own suite). */

static struct host_options quiet(const struct setup *setup, struct state_dir *dir)
{
    return (struct host_options){
        .setup = setup,
        .dir = dir,
        .speed = INFINITY,
        .max_events = -1,
        .max_runtime_s = NAN,
        .version = "test",
    };
}

static struct result paper(const struct engine_params *params, const char *csv,
                           const char *folder)
{
    struct err err = {0};
    struct config config;
    struct setup setup;
    struct state_dir dir;
    struct result result;
    enum host_end end;
    char source[SETUP_SOURCE_SIZE];
    snprintf(source, sizeof source, "csv:%s", csv);
    config_defaults(&config);
    config.engine = *params;
    const struct setup_request request = {.source = source, .config = &config};
    if (!setup_make(&setup, &request, &err) || !state_dir_find(&dir, folder, &err)) {
        fail_msg("%s", err.text);
    }
    const struct host_options options = quiet(&setup, &dir);
    if (!host_run(&options, &end, &result, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(end, HOST_DATA_ENDED);
    return result;
}

static void check_trade(const struct trade *want, const struct trade_result *want_result,
                        const struct trade *got, const struct trade_result *got_result)
{
    assert_int_equal(got->id, want->id);
    assert_int_equal(got->side, want->side);
    assert_int_equal(got->open_ns, want->open_ns);
    assert_int_equal(got->close_ns, want->close_ns);
    assert_int_equal(got->exit, want->exit);
    check_near(got->entry_spread_bps, want->entry_spread_bps, 1e-12);
    check_near(got->exit_spread_bps, want->exit_spread_bps, 1e-12);
    if (want->state == TRADE_CLOSED) {
        const double allowed = 1e-6 + fabs(want_result->pnl_usd) * 1e-8 / want->quantity;
        assert_true(fabs(got_result->pnl_usd - want_result->pnl_usd) <= allowed);
    }
}

static int64_t compare(const struct engine_params *params, const char *csv)
{
    char folder[FOLDER_PATH_SIZE];
    folder_create(folder);
    struct err err = {0};
    struct result want;
    if (!backtest_run_file(params, csv, false, &want, &err)) {
        fail_msg("%s", err.text);
    }
    struct result got = paper(params, csv, folder);
    assert_int_equal(got.trades_count, want.trades_count);
    assert_int_equal(got.summary.opened, want.summary.opened);
    assert_int_equal(got.summary.closed, want.summary.closed);
    for (int64_t i = 0; i < want.trades_count; i++) {
        check_trade(&want.trades[i], &want.results[i], &got.trades[i], &got.results[i]);
    }
    check_near(got.summary.drawdown, want.summary.drawdown, 1e-5);
    check_near(got.summary.unrealized_usd, want.summary.unrealized_usd, 1e-5);
    assert_int_equal(got.summary.steps, want.summary.steps);
    assert_int_equal(got.steps_processed, want.steps_processed);
    const int64_t trades = want.trades_count;
    result_finish(&want);
    result_finish(&got);
    folder_remove(folder);
    return trades;
}

static void write_series(char path[SCRATCH_PATH_SIZE], struct dice *dice, int rows)
{
    struct text csv = text_growing();
    text_add(&csv, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    double price = 60000;
    double premium_bps = 0;
    for (int i = 0; i < rows; i++) {
        price *= 1 + (dice_part(dice) - 0.5) * 2e-3;
        premium_bps = premium_bps * 0.97 + (dice_part(dice) - 0.5) * 20;
        const double rate = 1400 + (double)dice_between(dice, -3, 3);
        const double a = price * rate;
        const double b = price * (1 + premium_bps / 1e4);
        text_addf(&csv, "%d,%.0f,%.0f,%.1f,%.1f,%.0f\n", 1700000000 + i * 60, a, a + 2000, b,
                  b + 0.3, rate);
    }
    scratch_write_text(path, text_string(&csv));
    text_finish(&csv);
}

static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 1;
    params.taker_fee_a_bps = 2;
    params.taker_fee_b_bps = 1;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    return params;
}

/* Goal: parity on random series and over every kind of parameter. */
static void random_series_trade_alike(void **state)
{
    int64_t trades = 0;
    for (uint64_t seed = 1; seed <= 16; seed++) {
        struct dice dice = {seed};
        char path[SCRATCH_PATH_SIZE];
        write_series(path, &dice, 400);
        struct engine_params params = base_params();
        params.max_open_trades = (int32_t)dice_between(&dice, 1, 3);
        params.baseline_tau_s = dice_part(&dice) < 0.5 ? 0 : 7200;
        params.baseline_warmup_s = 600;
        params.stop_loss_bps = dice_part(&dice) < 0.5 ? NAN : 40;
        params.take_profit_bps = dice_part(&dice) < 0.5 ? NAN : 20;
        params.max_hold_s = dice_part(&dice) < 0.5 ? NAN : 1800;
        params.cooldown_s = dice_part(&dice) < 0.5 ? 0 : 600;
        params.close_at_end = dice_part(&dice) < 0.5;
        params.max_steps = dice_part(&dice) < 0.3 ? dice_between(&dice, 0, 400) : -1;
        params.stop_on_drawdown_pct = dice_part(&dice) < 0.3 ? 0.2 : NAN;
        if (seed % 4 == 0) {
            params.profile = ENGINE_COMPAT_D37;
            params.pnl_model = seed % 8 == 0 ? ENGINE_PNL_LEGS : ENGINE_PNL_SPREAD;
        }
        trades += compare(&params, path);
        scratch_remove(path);
    }
    assert_true(trades > 80); /* or the series show nothing */
}

/* Goal: parity over 71,800 real minutes. */
static void real_minutes_trade_alike(void **state)
{
    char path[4096];
    const char *data = getenv("ARBLITE_SHARED_DATA");
    snprintf(path, sizeof path, "%s/real_two_venue_1m.csv", data != NULL ? data : SHARED_DATA);
    if (access(path, R_OK) != 0) {
        print_message("no %s, skipped\n", path);
        skip();
    }
    struct engine_params params = base_params();
    params.min_spread_bps = 5;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    assert_int_equal(compare(&params, path), 264);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_series_trade_alike),
        cmocka_unit_test(real_minutes_trade_alike),
    };
    return cmocka_run_group_tests_name("run/parity", tests, NULL, NULL);
}
