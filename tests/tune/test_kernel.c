#include "kernel_case.h"

#include <stdlib.h>

#include "base/mem.h"

/* What happened in the runs that were compared, so that a suite in which nothing happens is
 * seen. */
struct tally {
    int64_t exits[TRADE_EXIT_LAST + 1];
    int64_t open, both_sides, reopened, drawdowns, invalid[TICK_FAULT_LAST + 1];
};

static void count(struct tally *tally, const struct result *result)
{
    bool sides[SPREAD_SIDE_LAST + 1] = {false};
    for (int64_t i = 0; i < result->trades_count; i++) {
        const struct trade *trade = &result->trades[i];
        tally->exits[trade->exit]++;
        tally->open += trade->state == TRADE_OPEN;
        tally->reopened += i > 0 && trade->open_ns == result->trades[i - 1].close_ns;
        sides[trade->side] = true;
    }
    tally->both_sides += sides[SPREAD_LONG_A_SHORT_B] && sides[SPREAD_LONG_B_SHORT_A];
    tally->drawdowns += result->steps_processed < result->summary.steps;
    for (int fault = 0; fault <= TICK_FAULT_LAST; fault++) {
        tally->invalid[fault] += result->summary.invalid[fault];
    }
}

/* Runs jobs both ways, at every width of the machine, and fails at the first difference. */
static void compare(const struct kernel_job *jobs, int32_t jobs_count,
                    const struct case_rows *rows, bool trades, struct dice *cuts,
                    struct tally *tally)
{
    struct result *want = mem_array((size_t)jobs_count, sizeof *want);
    for (int32_t i = 0; i < jobs_count; i++) {
        want[i] = case_oracle(&jobs[i], rows);
        count(tally, &want[i]);
    }
    for (int width = 0; width <= (int)kernel_widest(); width++) {
        struct result *got =
            case_kernel(jobs, jobs_count, rows, (enum kernel_width)width, trades, cuts);
        for (int32_t i = 0; i < jobs_count; i++) {
            const char *difference = case_difference(&got[i], &want[i], trades);
            if (difference != NULL) {
                fail_msg("%d rows, %d jobs, %s: job %d differs in %s", rows->count, jobs_count,
                         kernel_width_name((enum kernel_width)width), i, difference);
            }
        }
        case_results_finish(got, jobs_count);
    }
    case_results_finish(want, jobs_count);
}

static void draw_and_compare(uint64_t seed, int32_t rows_count, int32_t jobs_count,
                             struct tally *tally)
{
    struct dice dice = {seed};
    const int kind = (int)dice_between(&dice, 0, CASE_LAST);
    const bool windows = dice_between(&dice, 0, 2) == 0, trades = dice_between(&dice, 0, 3) > 0;
    print_message("# seed %llu\n", (unsigned long long)seed);
    struct case_rows rows = case_rows_draw(&dice, rows_count, kind);
    struct kernel_job *jobs = mem_array((size_t)jobs_count, sizeof *jobs);
    for (int32_t i = 0; i < jobs_count; i++) {
        const struct engine_params params = case_params_draw(&dice);
        jobs[i] = case_job_draw(&dice, &rows, &params, windows);
    }
    compare(jobs, jobs_count, &rows, trades, &dice, tally);
    mem_free(jobs);
    case_rows_finish(&rows);
}

/* Goal: every bit of every figure is the oracle's, for series around the sizes at which strips
 * and chunks of rows begin and end, and for any number of configurations. */
static void gives_the_bits_of_the_oracle(void **state)
{
    static const int32_t rows[] = {0,    1,    15,   16,   17,   1023, 1024, 1025,
                                   2047, 2048, 2049, 4097, 5000, 5001, 6000, 6001};
    static const int32_t jobs[] = {1, 7, 8, 9, 63, 65};
    struct tally tally = {0};
    uint64_t seed = 1;
    for (size_t i = 0; i < LEN(rows); i++) {
        for (size_t j = 0; j < LEN(jobs); j++, seed++) {
            draw_and_compare(seed, rows[i], jobs[j], &tally);
        }
    }
    for (int reason = TRADE_EXIT_STOP_LOSS; reason <= TRADE_EXIT_END_OF_DATA; reason++) {
        assert_true(tally.exits[reason] > 20);
    }
    for (int fault = TICK_VALID + 1; fault <= TICK_FAULT_LAST; fault++) {
        assert_true(tally.invalid[fault] > 20);
    }
    assert_true(tally.open > 20 && tally.both_sides > 20 && tally.reopened > 20);
    assert_true(tally.drawdowns > 20);
}

/* Goal: jobs that trade alike and book other costs, in two profiles and both models. */
static void books_each_its_own_costs(void **state)
{
    static const double costs_bps[][3] = {{5, 4, 1},     {4, 5, 1},  {1, 4, 5}, {5, 4, 1},
                                          {2.5, 2.5, 5}, {0, 0, 10}, {10, 0, 0}};
    enum { COPIES = 4 };
    struct dice dice = {7};
    struct tally tally = {0};
    struct case_rows rows = case_rows_draw(&dice, 5000, 0);
    struct kernel_job jobs[LEN(costs_bps) * COPIES];
    for (size_t i = 0; i < LEN(jobs); i++) {
        struct engine_params params = engine_defaults();
        params.profile = i % COPIES < 2 ? ENGINE_COMPAT_D45 : ENGINE_COMPAT_D37;
        params.pnl_model = i % COPIES == 3 ? ENGINE_PNL_LEGS : ENGINE_PNL_SPREAD;
        params.min_spread_bps = i % COPIES == 0 ? 3 : 5;
        params.taker_fee_a_bps = costs_bps[i / COPIES][0];
        params.taker_fee_b_bps = costs_bps[i / COPIES][1];
        params.slippage_bps = costs_bps[i / COPIES][2];
        params.max_position_usd = 333;
        jobs[i] = case_job_draw(&dice, &rows, &params, false);
    }
    compare(jobs, LEN(jobs), &rows, false, &dice, &tally);
    compare(jobs, LEN(jobs), &rows, true, &dice, &tally);
    assert_true(tally.exits[TRADE_EXIT_SPREAD_REVERSAL] > 1000);
    case_rows_finish(&rows);
}

/* Goal: a limit that a row meets exactly is met: the profit to take and the loss to stop at are
 * what the first trade makes at some row, the edge asked for is what it had. */
static void meets_limits_to_the_bit(void **state)
{
    enum { ROWS = 600, LIMITS = 3 };
    struct dice dice = {19};
    struct tally tally = {0};
    struct kernel_job jobs[LIMITS * ROWS];
    int32_t count = 0;
    struct case_rows rows = case_rows_draw(&dice, ROWS, 0);
    struct engine_params params = engine_defaults();
    params.min_spread_bps = params.taker_fee_a_bps = params.taker_fee_b_bps = 1.1;
    params.slippage_bps = 0.7;
    params.max_position_usd = 777;
    params.exit_spread_bps = -1000;
    struct kernel_job job = case_job_draw(&dice, &rows, &params, false);
    struct result first = case_oracle(&job, &rows);
    assert_int_equal(first.trades_count, 1);
    for (int32_t row = 0; row < ROWS; row++) {
        const struct tick *tick = &rows.ticks[row];
        if (tick->time_ns > first.trades[0].open_ns) {
            const double now_bps = engine_mark(&params, &first.trades[0], tick).pnl_bps;
            job.params.min_spread_bps = first.trades[0].net_edge_bps;
            jobs[count++] = job;
            job.params.take_profit_bps = now_bps;
            jobs[count++] = job;
            job.params.stop_loss_bps = -now_bps;
            job.params.take_profit_bps = NAN;
            jobs[count++] = job;
            job.params = params;
        }
    }
    assert_true(count > 1000);
    compare(jobs, count, &rows, true, &dice, &tally);
    assert_true(tally.exits[TRADE_EXIT_TAKE_PROFIT] > 400);
    assert_true(tally.exits[TRADE_EXIT_STOP_LOSS] > 400);
    result_finish(&first);
    case_rows_finish(&rows);
}

/* Goal: jobs that are alike but for their limits go together until a limit tells them apart,
 * which may be at any row, of any trade, and for several of them at once. */
static void parts_jobs_at_their_limits(void **state)
{
    enum { LIMITS = 4, JOBS = LIMITS * LIMITS * LIMITS };
    static const double profits_bps[LIMITS] = {NAN, 10, 12, 60};
    static const double losses_bps[LIMITS] = {30, 31, 60, NAN};
    static const double holds_s[LIMITS] = {20, NAN, 1e12, 100};
    struct tally tally = {0};
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct dice dice = {seed};
        struct kernel_job jobs[JOBS];
        struct case_rows rows = case_rows_draw(&dice, 3000, (int)seed % (CASE_LAST + 1));
        struct engine_params params = case_params_draw(&dice);
        params.profile = ENGINE_EXACT;
        params.pnl_model = ENGINE_PNL_LEGS;
        params.max_open_trades = 1 + (int)seed % 3 * 2;
        for (int i = 0; i < JOBS; i++) {
            params.take_profit_bps = profits_bps[i % LIMITS];
            params.stop_loss_bps = losses_bps[i / LIMITS % LIMITS];
            params.max_hold_s = holds_s[i / LIMITS / LIMITS];
            jobs[i] = case_job_draw(&dice, &rows, &params, false);
        }
        print_message("# seed %llu\n", (unsigned long long)seed);
        compare(jobs, JOBS, &rows, false, &dice, &tally);
        case_rows_finish(&rows);
    }
    assert_true(tally.exits[TRADE_EXIT_TAKE_PROFIT] > 1000);
    assert_true(tally.exits[TRADE_EXIT_STOP_LOSS] > 1000);
    assert_true(tally.exits[TRADE_EXIT_MAX_HOLD] > 1000);
}

/* Goal: at one row each of two trades reaches a limit of another job, so that neither does what
 * the two together would. One second a row; A is bought at a premium of 50 and of 100 bps; with
 * 70 bps at second 10 the first trade is ten seconds old and at a loss, the second some 24 bps
 * in profit. */
static void parts_jobs_of_which_neither_has_all_limits(void **state)
{
    enum { ROWS = 20 };
    struct tick ticks[ROWS];
    struct dice dice = {5};
    struct tally tally = {0};
    for (int i = 0; i < ROWS; i++) {
        const double bid_a = i == 0 ? 99.5 : i < 10 ? 99 : 99.3;
        ticks[i] = (struct tick){i * INT64_C(1000000000), bid_a, bid_a + 0.01, 100, 100.01, 1};
    }
    const struct case_rows rows = {ticks, ROWS};
    struct engine_params params = engine_defaults();
    params.taker_fee_a_bps = params.taker_fee_b_bps = 1;
    params.min_spread_bps = params.slippage_bps = 0;
    params.max_position_usd = 1000;
    params.max_open_trades = 2;
    struct kernel_job jobs[2];
    params.max_hold_s = 10;
    jobs[0] = case_job_draw(&dice, &rows, &params, false);
    params.max_hold_s = NAN;
    params.take_profit_bps = 15;
    jobs[1] = case_job_draw(&dice, &rows, &params, false);
    compare(jobs, LEN(jobs), &rows, false, &dice, &tally);
    assert_true(tally.exits[TRADE_EXIT_TAKE_PROFIT] == 1);
    assert_true(tally.exits[TRADE_EXIT_MAX_HOLD] == 2);
}

/* Goal: a job that is stopped has what the oracle has of the rows before: its trades stay open,
 * whatever it would do at the end; and so its equity on the way. */
static void stops_with_what_it_had(void **state)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct dice dice = {seed};
        double equity_usd;
        struct case_rows rows = case_rows_draw(&dice, 3000, CASE_BROKEN);
        struct engine_params params = case_params_draw(&dice);
        struct kernel_job job = case_job_draw(&dice, &rows, &params, false);
        const int32_t until = (int32_t)dice_between(&dice, 0, rows.count);
        struct result got = case_kernel_stopped(&job, &rows, until, &equity_usd);
        const struct case_rows before = {rows.ticks, until};
        params.close_at_end &= got.steps_processed < until; /* it had ended before */
        job.params = params;
        struct result want = case_oracle(&job, &before);
        const bool exact = params.profile == ENGINE_EXACT;
        assert_null(case_difference(&got, &want, false));
        assert_true(equity_usd ==
                    want.summary.balance_usd + (exact ? want.summary.unrealized_usd : 0));
        result_finish(&got);
        result_finish(&want);
        case_rows_finish(&rows);
    }
}

/* Goal: one bit anywhere is a difference, or the tests above would prove nothing. */
static void notices_one_bit(void **state)
{
    struct dice dice = {3};
    struct case_rows rows = case_rows_draw(&dice, 500, 0);
    struct engine_params params = engine_defaults();
    params.min_spread_bps = params.taker_fee_a_bps = params.taker_fee_b_bps = 1;
    params.slippage_bps = 1;
    params.max_position_usd = 1000;
    const struct kernel_job job = case_job_draw(&dice, &rows, &params, false);
    struct result want = case_oracle(&job, &rows);
    struct result got = case_oracle(&job, &rows);
    assert_true(want.trades_count > 2);
    double *const figures[] = {
        &got.summary.balance_usd,
        &got.summary.drawdown,
        &got.summary.exposed_ns,
        &got.summary.pnl_m2,
        &got.width_bps,
        &got.equity_change_usd[200],
        &got.trades[1].legs[2].price,
        &got.results[0].fx_usd,
        &got.summary.peak_usd,
        &got.trades[0].entry_spread_bps,
        &got.summary.slippage_usd,
        &got.summary.hold_sum_s,
    };
    assert_null(case_difference(&got, &want, true));
    for (size_t i = 0; i < LEN(figures); i++) {
        const double kept = *figures[i];
        *figures[i] = nextafter(kept, INFINITY);
        assert_non_null(case_difference(&got, &want, true));
        *figures[i] = kept;
    }
    got.summary.steps++;
    assert_string_equal(case_difference(&got, &want, true), "steps");
    result_finish(&got);
    result_finish(&want);
    case_rows_finish(&rows);
}

/* Goal: the same over real minutes of two venues, with what an operator would try. */
static void follows_real_minutes(void **state)
{
    enum { JOBS = 12 };
    struct case_rows rows;
    struct dice dice = {11};
    struct tally tally = {0};
    if (!case_rows_load(&rows, "real_two_venue_1m.csv")) {
        print_message("# no recordings here\n");
        skip();
    }
    struct kernel_job jobs[JOBS];
    for (int i = 0; i < JOBS; i++) {
        struct engine_params params = engine_defaults();
        params.min_spread_bps = i % 3 * 5;
        params.taker_fee_a_bps = 2;
        params.taker_fee_b_bps = 2;
        params.slippage_bps = 0.5;
        params.max_position_usd = 1000;
        params.max_open_trades = 1 + i % 2 * 3;
        params.baseline_tau_s = i < 6 ? 3600 : 86400;
        params.take_profit_bps = i % 4 == 0 ? 20 : NAN;
        params.stop_loss_bps = i % 4 == 1 ? 60 : NAN;
        params.max_hold_s = i % 4 == 2 ? 7200 : NAN;
        params.cooldown_s = 600;
        jobs[i] = case_job_draw(&dice, &rows, &params, false);
    }
    compare(jobs, JOBS, &rows, true, &dice, &tally);
    assert_true(tally.exits[TRADE_EXIT_CONVERGENCE] > 100);
    case_rows_finish(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_bits_of_the_oracle),
        cmocka_unit_test(meets_limits_to_the_bit),
        cmocka_unit_test(parts_jobs_at_their_limits),
        cmocka_unit_test(parts_jobs_of_which_neither_has_all_limits),
        cmocka_unit_test(books_each_its_own_costs),
        cmocka_unit_test(stops_with_what_it_had),
        cmocka_unit_test(notices_one_bit),
        cmocka_unit_test(follows_real_minutes),
    };
    return cmocka_run_group_tests_name("tune/kernel", tests, NULL, NULL);
}
