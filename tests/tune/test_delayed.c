#include "rows.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "delayed.h"
#include "run/backtest.h"

enum { ROWS = 3000 };

/* A premium that walks about, some rows of it crossed, some with no time between. */
static void write_walk(const char *path, struct tick *ticks)
{
    struct text text = text_growing();
    struct rng rng;
    double premium = 0;
    int64_t time_ns = INT64_C(1700000000000000000);
    rng_seed(&rng, 7, 1);
    text_add(&text, ROWS_HEADER "\n");
    for (int i = 0; i < ROWS; i++) {
        premium = premium * 0.97 + 0.002 * rng_normal(&rng);
        const double b = 100 * (1 + premium);
        const double half = rng_below(&rng, 50) == 0 ? -0.01 : 0.01;
        time_ns += (int64_t)rng_below(&rng, 3) * 500000000;
        text_addf(&text, "%lld.%09lld,%.4f,%.4f,%.4f,%.4f\n", (long long)(time_ns / 1000000000),
                  (long long)(time_ns % 1000000000), 99.99, 100.01, b - half, b + half);
    }
    rows_write(path, text_string(&text));
    text_finish(&text);
    struct source *source;
    struct err err;
    struct event event;
    const struct csv_options options = {.fx_rate = 1, .default_fx = NAN};
    assert_true(csv_open(&source, path, &options, &err));
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(source->ops->next(source, &event, &err), SOURCE_EVENT);
        ticks[i] = event.row.tick;
    }
    source_close(source);
}

/* Goal: without latency it is the backtest, to the bit, in every profile and with every exit.
 */
static void is_the_backtest_without_latency(void **state)
{
    static struct tick ticks[ROWS];
    struct delayed *run = mem_zalloc(sizeof *run);
    struct result *result = mem_zalloc(sizeof *result);
    struct err err;
    write_walk("walk.csv", ticks);
    for (int i = 0; i < 24; i++) {
        struct engine_params params = engine_defaults();
        params.profile = (enum engine_profile)(i % 3);
        params.pnl_model = engine_default_model(params.profile);
        params.min_spread_bps = 5 + i;
        params.taker_fee_a_bps = 1;
        params.taker_fee_b_bps = 1;
        params.slippage_bps = 1;
        params.max_position_usd = 1000;
        params.max_open_trades = 1 + i % 4;
        params.fx_rate = 1;
        params.baseline_tau_s = i % 2 == 0 ? 0 : 60;
        params.stop_loss_bps = i % 4 < 2 ? NAN : 40;
        params.max_hold_s = i % 5 == 0 ? 30 : NAN;
        params.cooldown_s = i % 6;
        params.close_at_end = i % 2 != 0;
        params.max_steps = i == 7 ? 900 : -1;
        params.stop_on_drawdown_pct = i == 11 ? 0.05 : NAN;
        assert_true(backtest_run_file(&params, "walk.csv", false, result, &err));
        delayed_init(run, &params, 0);
        for (int row = 0; row < ROWS; row++) {
            delayed_step(run, &ticks[row]);
        }
        delayed_end(run);
        assert_true(run->summary.opened == result->summary.opened && run->summary.opened > 0);
        assert_true(run->summary.closed == result->summary.closed);
        assert_true(run->summary.realized_usd == result->summary.realized_usd);
        assert_true(run->summary.unrealized_usd == result->summary.unrealized_usd);
        assert_true(run->summary.drawdown == result->summary.drawdown);
        assert_true(run->steps == result->steps_processed);
        delayed_finish(run);
        result_finish(result);
    }
    mem_free(result);
    mem_free(run);
}

/* Goal: an entry that has no row left never was, and an exit that has none stays open. Rows at
 * 0, 1 and 2 s with 1.5 s of latency: the entry of row 0 fills in row 2. */
static void waits_for_its_row(void **state)
{
    struct engine_params params = engine_defaults();
    struct delayed *run = mem_zalloc(sizeof *run);
    struct tick tick = {0, 99.9, 100.1, 101.9, 102.1, 1};
    params.min_spread_bps = 100;
    params.taker_fee_a_bps = 0;
    params.taker_fee_b_bps = 0;
    params.slippage_bps = 0;
    params.max_position_usd = 1000;
    delayed_init(run, &params, 1500000000);
    delayed_step(run, &tick);
    tick.time_ns = 1000000000;
    delayed_step(run, &tick);
    assert_int_equal(run->summary.opened, 0);
    assert_int_equal(run->count, 1); /* it holds the one place */
    tick.time_ns = 2000000000;
    tick.bid_b = 100.4;
    tick.ask_b = 100.6;
    delayed_step(run, &tick);
    assert_int_equal(run->summary.opened, 1);
    assert_true(run->trades[0].legs[TRADE_B_IN].price == 100.4);
    assert_true(run->trades[0].open_ns == tick.time_ns);
    delayed_end(run);
    assert_int_equal(run->summary.closed, 0);
    assert_int_equal(delayed_wait_ns(run), 2000000000);
    delayed_finish(run);
    mem_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_backtest_without_latency),
        cmocka_unit_test(waits_for_its_row),
    };
    return cmocka_run_group_tests_name("tune/delayed", tests, rows_enter, rows_leave);
}
