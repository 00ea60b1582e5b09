#include "support/check.h"

#include <stdlib.h>

#include "run/backtest.h"

#define SECOND INT64_C(1000000000)

/* A source of rows from a table, a second apart unless they carry a time of their own. */
struct script {
    struct source source;
    const struct tick *ticks;
    size_t count, at;
    size_t fails_at; /* SIZE_MAX: never */
};

static enum source_result script_next(struct source *source, struct event *out, struct err *err)
{
    struct script *script = (struct script *)source;
    if (script->at == script->fails_at) {
        err_set(err, ERR_INPUT, "script:%zu: broken", script->at);
        return SOURCE_ERROR;
    }
    if (script->at == script->count) {
        return SOURCE_END;
    }
    *out = (struct event){.kind = EVENT_ROW, .line = script->at + 1};
    out->row.tick = script->ticks[script->at];
    if (out->row.tick.time_ns == 0) {
        out->row.tick.time_ns = (int64_t)script->at * SECOND;
    }
    out->time_ns = out->row.tick.time_ns;
    script->at++;
    return SOURCE_EVENT;
}

static const char *script_label(const struct source *source)
{
    return "script";
}

static const struct source_ops script_ops = {.next = script_next, .label = script_label};

static struct script script_of(const struct tick *ticks, size_t count)
{
    return (struct script){
        .source = {&script_ops}, .ticks = ticks, .count = count, .fails_at = SIZE_MAX};
}

/* Both passes over the table. */
static struct result run(const struct engine_params *params, const struct tick *ticks,
                         size_t count)
{
    struct err err = {.kind = ERR_NONE};
    struct script script = script_of(ticks, count);
    struct backtest_survey survey;
    struct result result;
    assert_true(backtest_survey(&script.source, &survey, &err));
    script = script_of(ticks, count);
    assert_true(backtest_run(params, &script.source, &survey, &result, &err));
    int64_t closed = 0;
    for (int64_t i = 0; i < result.trades_count; i++) {
        assert_int_equal(result.trades[i].id, i + 1);
        closed += result.trades[i].state == TRADE_CLOSED;
    }
    assert_int_equal(result.summary.closed, closed);
    assert_int_equal(result.trades_count, result.summary.opened);
    return result;
}

/* The base of SPEC.md 7. */
static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.profile = ENGINE_COMPAT_D37;
    params.pnl_model = ENGINE_PNL_SPREAD;
    params.min_spread_bps = 30;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 5;
    params.max_position_usd = 1000;
    return params;
}

static const struct tick B_DEAR = {0, 99, 100, 102, 103, 1}; /* case 4: 200 bps for A */
static const struct tick A_DEAR = {0, 102, 103, 99, 100, 1}; /* case 5: the other side */

/* Goal: case 24: no snapshots, no trades, the balance is kept. */
static void keeps_the_balance_without_snapshots(void **state)
{
    const struct engine_params params = base_params();
    struct result result = run(&params, NULL, 0);
    assert_int_equal(result.summary.opened, 0);
    assert_int_equal(result.total_snapshots, 0);
    assert_int_equal(result.steps_processed, 0);
    check_near(result.summary.balance_usd, 10000, 0);
    result_finish(&result);
}

/* Goal: case 25: case 9 as a run: one closed at +18.5, one open. */
static void books_a_turn(void **state)
{
    const struct tick ticks[] = {B_DEAR, A_DEAR};
    const struct engine_params params = base_params();
    struct result result = run(&params, ticks, LEN(ticks));
    assert_int_equal(result.summary.opened, 2);
    assert_int_equal(result.summary.closed, 1);
    check_near(result.summary.balance_usd, 10018.5, 1e-12);
    check_near(summary_win_rate(&result.summary), 1, 0);
    check_near(result.summary.drawdown, 0, 0);
    assert_int_equal(result.trades[0].state, TRADE_CLOSED);
    assert_int_equal(result.trades[0].close_ns, SECOND);
    assert_int_equal(result.trades[1].state, TRADE_OPEN);
    check_near(result.results[0].pnl_usd, 18.5, 1e-12);
    result_finish(&result);
}

/* Goal: case 30: 4, 5, 4 closes two of three: 37.0. */
static void books_two_turns(void **state)
{
    const struct tick ticks[] = {B_DEAR, A_DEAR, B_DEAR};
    const struct engine_params params = base_params();
    struct result result = run(&params, ticks, LEN(ticks));
    assert_int_equal(result.summary.opened, 3);
    assert_int_equal(result.summary.closed, 2);
    check_near(result.summary.realized_usd, 37, 1e-12);
    result_finish(&result);
}

/* Goal: case 27: max_steps stops before the step after it; 0 is a value; every row of the data
 * is counted all the same. */
static void stops_after_so_many_steps(void **state)
{
    struct tick ticks[100];
    for (size_t i = 0; i < LEN(ticks); i++) {
        ticks[i] = (struct tick){0, 100, 100.5, 102, 102.5, 1};
    }
    const struct {
        int64_t max_steps, steps, opened;
    } cases[] = {{5, 5, 1}, {0, 0, 0}, {-1, 100, 1}, {1000, 100, 1}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = base_params();
        params.max_steps = cases[i].max_steps;
        struct result result = run(&params, ticks, LEN(ticks));
        assert_int_equal(result.steps_processed, cases[i].steps);
        assert_int_equal(result.summary.steps, cases[i].steps);
        assert_int_equal(result.summary.opened, cases[i].opened);
        assert_int_equal(result.total_snapshots, 100);
        result_finish(&result);
    }
}

/* Goal: a drawdown ends the run at its own step, whose trades stay booked and which is not
 * counted. With legs, case 32 loses 11.3963 of 10,000: 0.113963 %. The third row never runs. */
static void stops_on_drawdown(void **state)
{
    const struct tick ticks[] = {{0, 99, 100, 100.16, 100.3, 1},
                                 {0, 99, 100, 99.5, 100.1, 1},
                                 {0, 99, 100, 100.16, 100.3, 1}};
    const struct {
        double limit_pct;
        int64_t steps, opened;
    } cases[] = {{0.113, 1, 1}, {0.114, 3, 2}, {NAN, 3, 2}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = base_params();
        params.pnl_model = ENGINE_PNL_LEGS;
        params.min_spread_bps = 0;
        params.slippage_bps = 0;
        params.stop_on_drawdown_pct = cases[i].limit_pct;
        struct result result = run(&params, ticks, LEN(ticks));
        assert_int_equal(result.steps_processed, cases[i].steps);
        assert_int_equal(result.summary.opened, cases[i].opened);
        assert_int_equal(result.summary.closed, 1);
        check_near(result.summary.realized_usd, -11.3963, 1e-9);
        check_near(result.summary.drawdown * 100, 0.113963, 1e-9);
        assert_int_equal(result.total_snapshots, 3);
        result_finish(&result);
    }
}

/* Goal: broken rows are steps, counted by reason, and touch nothing. */
static void counts_broken_rows_by_reason(void **state)
{
    const struct tick ticks[] = {
        {0, 0, 100, 102, 103, 1},  {0, 100, 100, 102, 103, 1}, B_DEAR,
        {0, 102, 103, 100, 99, 1}, {0, 102, 103, 99, 100, 0},
    };
    const struct engine_params params = base_params();
    struct result result = run(&params, ticks, LEN(ticks));
    assert_int_equal(result.summary.invalid[TICK_NOT_POSITIVE], 2);
    assert_int_equal(result.summary.invalid[TICK_CROSSED_A], 1);
    assert_int_equal(result.summary.invalid[TICK_CROSSED_B], 1);
    assert_int_equal(result.steps_processed, 5);
    assert_int_equal(result.summary.opened, 1);
    assert_int_equal(result.summary.closed, 0);
    result_finish(&result);
}

/* `exact`, R = 1, no costs: opens at p = 50 bps of 10,000, with a spread of 1 on either side.
 */
static struct engine_params exact_params(void)
{
    struct engine_params params = base_params();
    params.profile = ENGINE_EXACT;
    params.pnl_model = ENGINE_PNL_LEGS;
    params.taker_fee_a_bps = params.taker_fee_b_bps = params.slippage_bps = 0;
    params.max_position_usd = 10001;
    return params;
}

/* Goal: what is open is marked at the last valid books, also in the drawdown.
 *
 * q = 10,001/10,001 = 1: bought at 10,001 on A, sold at 10,049 on B. Undoing it at once costs
 * 9,999 and 10,051: -2 - 2 = -4. At B 10,100/10,102: -2 + (10,049 - 10,102) = -55; the peak is
 * the initial 10,000, so the drawdown is 0.55 %. A broken row changes nothing. */
static void marks_what_is_open(void **state)
{
    const struct tick ticks[] = {
        {0, 9999, 10001, 10049, 10051, 1},
        {0, 9999, 10001, 10100, 10102, 1},
        {0, 9999, 10001, 10102, 10100, 1},
    };
    const struct engine_params params = exact_params();
    struct result result = run(&params, ticks, LEN(ticks));
    assert_int_equal(result.summary.opened, 1);
    check_near(result.summary.unrealized_usd, -55, 1e-12);
    check_near(result.summary.drawdown, 0.0055, 1e-12);
    check_near(result.summary.balance_usd, 10000, 0);
    check_near(result.equity_change_usd[0], -4, 1e-12);
    check_near(result.equity_change_usd[128], -51, 1e-12);
    check_near(result.equity_change_usd[255], 0, 0);
    check_near(result.width_bps, 4, 1e-9);
    result_finish(&result);
}

/* Goal: --close-at-end turns the mark into a trade of its own reason, at the last valid books
 * and time, and all metrics know it. u1 at the end is (10,102 - 9,999)/10,000 = 103 bps. */
static void closes_at_the_end_when_told(void **state)
{
    const struct tick ticks[] = {
        {0, 9999, 10001, 10049, 10051, 1},
        {0, 9999, 10001, 10100, 10102, 1},
        {0, 9999, 10001, 10102, 10100, 1},
    };
    struct engine_params params = exact_params();
    params.close_at_end = true;
    struct result result = run(&params, ticks, LEN(ticks));
    assert_int_equal(result.summary.closed, 1);
    check_near(result.summary.realized_usd, -55, 1e-12);
    check_near(result.summary.unrealized_usd, 0, 0);
    check_near(result.summary.drawdown, 0.0055, 1e-12);
    assert_int_equal(result.summary.losses, 1);
    assert_int_equal(result.trades[0].exit, TRADE_EXIT_END_OF_DATA);
    assert_int_equal(result.trades[0].close_ns, SECOND);
    check_near(result.trades[0].exit_spread_bps, 103, 1e-9);
    check_near(result.equity_change_usd[255], 0, 1e-12);
    assert_int_equal(result.steps_processed, 3);
    result_finish(&result);

    /* In the spread model the end realises what was marked all along: 200 - 15 bps. */
    const struct tick compat[] = {B_DEAR};
    struct engine_params spread = base_params();
    result = run(&spread, compat, LEN(compat));
    check_near(result.summary.unrealized_usd, 18.5, 1e-12);
    check_near(result.summary.drawdown, 0, 0);
    result_finish(&result);
    spread.close_at_end = true;
    result = run(&spread, compat, LEN(compat));
    check_near(result.summary.realized_usd, 18.5, 1e-12);
    check_near(result.trades[0].exit_spread_bps, 0, 0);
    check_near(result.equity_change_usd[255], 18.5, 1e-12);
    result_finish(&result);
}

/* Goal: compat profiles draw down on the realised balance alone, also with legs. */
static void draws_down_on_the_balance_in_compat(void **state)
{
    const struct tick ticks[] = {B_DEAR, {0, 99, 100, 110, 111, 1}};
    struct engine_params params = base_params();
    params.pnl_model = ENGINE_PNL_LEGS;
    struct result result = run(&params, ticks, LEN(ticks));
    assert_true(result.summary.unrealized_usd < -80);
    check_near(result.summary.drawdown, 0, 0);
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        check_near(result.equity_change_usd[i], 0, 0);
    }
    result_finish(&result);
}

/* Goal: a source that fails fails the run, with its words, and leaves the result alone. */
static void passes_on_what_the_source_says(void **state)
{
    const struct tick ticks[] = {B_DEAR, A_DEAR};
    const struct engine_params params = base_params();
    const struct backtest_survey survey = {.rows = 2, .last_ns = SECOND};
    struct script script = script_of(ticks, LEN(ticks));
    struct err err = {.kind = ERR_NONE};
    struct result result = {.seed = 42};
    script.fails_at = 1;
    assert_false(backtest_run(&params, &script.source, &survey, &result, &err));
    assert_string_equal(err.text, "script:1: broken");
    assert_int_equal(result.seed, 42);
    assert_null(result.trades);

    script = script_of(ticks, 1); /* shorter than it was */
    assert_false(backtest_run(&params, &script.source, &survey, &result, &err));
    assert_non_null(strstr(err.text, "data changed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_balance_without_snapshots),
        cmocka_unit_test(books_a_turn),
        cmocka_unit_test(books_two_turns),
        cmocka_unit_test(stops_after_so_many_steps),
        cmocka_unit_test(stops_on_drawdown),
        cmocka_unit_test(counts_broken_rows_by_reason),
        cmocka_unit_test(marks_what_is_open),
        cmocka_unit_test(closes_at_the_end_when_told),
        cmocka_unit_test(draws_down_on_the_balance_in_compat),
        cmocka_unit_test(passes_on_what_the_source_says),
    };
    return cmocka_run_group_tests_name("run/backtest", tests, NULL, NULL);
}
