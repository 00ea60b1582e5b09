#include "rows.h"

#include <math.h>
#include <poll.h>

#include "run/backtest.h"
#include "tune/pass.h"

enum { JOBS = 11, ROWS = 30000 };

/* Some twenty chunks of two markets whose premium swings by 100 bps, each time a bit wider, and
 * now and then has a crossed book. */
static void write_swings(const char *path, int bad_row)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(ROWS_HEADER "\n", file);
    for (int i = 0; i < ROWS; i++) {
        const double swing = (i % 200 < 100 ? i % 100 : 100 - i % 100) * (1 + i * 1e-5) * 0.01;
        const double ask = i % 997 == 0 ? 99.0 : 100.02;
        if (i == bad_row) {
            fprintf(file, "%d,100,x,1,2\n", 1000 + i);
        } else {
            fprintf(file, "%d,100.00,%.2f,%.4f,%.4f\n", 1000 + i, ask, 100 + swing,
                    100.01 + swing);
        }
    }
    fclose(file);
}

static struct kernel_job make_job(int number)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = number;
    params.taker_fee_a_bps = 1;
    params.taker_fee_b_bps = 1;
    params.slippage_bps = 0;
    params.max_position_usd = 1000;
    params.fx_rate = 1;
    params.baseline_tau_s = number % 3 * 500;
    params.take_profit_bps = number % 2 == 0 ? 20 : (double)NAN;
    params.max_hold_s = number % 4 == 0 ? 60 : (double)NAN;
    return (struct kernel_job){.params = params, .from_ns = INT64_MIN, .to_ns = INT64_MAX};
}

struct ran {
    struct kernel_job jobs[JOBS];
    struct kernel_outcome outcomes[JOBS];
    double seen[JOBS];
    int told[JOBS];
    struct rows_total total;
};

static void take_outcome(void *context, int32_t index, const struct kernel_outcome *outcome,
                         double seen_share)
{
    struct ran *ran = context;
    ran->outcomes[index] = *outcome;
    ran->seen[index] = seen_share;
    ran->told[index]++;
}

static const struct csv_options CSV = {.fx_rate = 1, .default_fx = NAN};

static enum pass_result run(struct ran *ran, const char *path, int threads,
                            const struct pass_halving *halving, struct err *err)
{
    struct rows *rows;
    struct pass *pass;
    int64_t first_ns = 0;
    int64_t last_ns = 0;
    *ran = (struct ran){.told = {0}};
    assert_true(rows_open(&rows, path, &CSV, err));
    rows_span(rows, &first_ns, &last_ns);
    for (int i = 0; i < JOBS; i++) {
        ran->jobs[i] = make_job(i);
        ran->jobs[i].first_ns = first_ns;
        ran->jobs[i].last_ns = last_ns;
    }
    const struct pass_options options = {
        .jobs = ran->jobs,
        .count = JOBS,
        .threads = threads,
        .width = kernel_widest(),
        .halving = halving != NULL ? *halving : (struct pass_halving){.rungs_count = 0},
        .settle = take_outcome,
        .context = ran,
    };
    assert_true(pass_start(&pass, rows, &options, err));
    struct pollfd end = {.fd = pass_fd(pass), .events = POLLIN};
    assert_int_equal(poll(&end, 1, -1), 1);
    assert_true(pass_share(pass) <= 1);
    const enum pass_result result = pass_finish(pass, err);
    ran->total = *rows_total(rows);
    rows_close(rows);
    return result;
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void check_same(const struct kernel_outcome *a, const struct summary *summary,
                       int64_t steps, const double change_usd[SUMMARY_BUCKETS])
{
    assert_int_equal(a->steps_processed, steps);
    assert_int_equal(a->summary.opened, summary->opened);
    assert_int_equal(a->summary.closed, summary->closed);
    assert_true(same_bits(a->summary.realized_usd, summary->realized_usd));
    assert_true(same_bits(a->summary.unrealized_usd, summary->unrealized_usd));
    assert_true(same_bits(a->summary.drawdown, summary->drawdown));
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        assert_true(same_bits(a->equity_change_usd[i], change_usd[i]));
    }
}

/* Goal: every configuration gives what a backtest of its own gives, on any number of threads,
 * and the data have their name and size. */
static void equals_backtests_on_any_threads(void **state)
{
    static struct ran ran;
    static struct result results[JOBS];
    struct err err;
    write_swings("swings.csv", -1);
    for (int i = 0; i < JOBS; i++) {
        const struct kernel_job job = make_job(i);
        assert_true(backtest_run_file(&job.params, "swings.csv", false, &results[i], &err));
    }
    assert_true(results[0].summary.closed > 100);
    static const int threads[] = {1, 2, 7, PASS_THREADS_MAX};
    for (size_t t = 0; t < LEN(threads); t++) {
        assert_int_equal(run(&ran, "swings.csv", threads[t], NULL, &err), PASS_DONE);
        assert_int_equal(ran.total.rows, ROWS);
        assert_string_equal(ran.total.hash, results[0].data_hash);
        for (int i = 0; i < JOBS; i++) {
            assert_int_equal(ran.told[i], 1);
            assert_true(ran.seen[i] == 1);
            check_same(&ran.outcomes[i], &results[i].summary, results[i].steps_processed,
                       results[i].equity_change_usd);
        }
    }
    for (int i = 0; i < JOBS; i++) {
        result_finish(&results[i]);
    }
}

/* Goal: a bad row in the middle is told with its line and ends the pass; no outcome is told. */
static void fails_at_a_bad_row(void **state)
{
    static struct ran ran;
    struct err err;
    write_swings("bad.csv", 20000);
    for (int threads = 1; threads <= 3; threads++) {
        assert_int_equal(run(&ran, "bad.csv", threads, NULL, &err), PASS_FAILED);
        assert_string_equal(err.text, "bad.csv:20002: best_ask_a: 'x' is not a number "
                                      "(expected a plain decimal)");
        for (int i = 0; i < JOBS; i++) {
            assert_int_equal(ran.told[i], 0);
        }
    }
}

/* Goal: a file without rows is a pass like any other. */
static void passes_over_no_rows(void **state)
{
    static struct ran ran;
    struct err err;
    rows_write("empty.csv", ROWS_HEADER "\n");
    assert_int_equal(run(&ran, "empty.csv", 2, NULL, &err), PASS_DONE);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(ran.told[i], 1);
        assert_int_equal(ran.outcomes[i].summary.opened, 0);
        assert_int_equal(ran.outcomes[i].steps_processed, 0);
    }
}

/* Goal: a stop is heard at once, wherever it comes; nobody waits for ever. */
static void stops_when_told(void **state)
{
    static struct ran ran;
    struct err err;
    struct rows *rows;
    struct pass *pass;
    write_swings("swings.csv", -1);
    for (int i = 0; i < JOBS; i++) {
        ran.jobs[i] = make_job(i);
    }
    const struct pass_options options = {
        .jobs = ran.jobs,
        .count = JOBS,
        .threads = 3,
        .width = kernel_widest(),
        .settle = take_outcome,
        .context = &ran,
    };
    for (int delay_us = 0; delay_us < 2000; delay_us += 400) {
        assert_true(rows_open(&rows, "swings.csv", &CSV, &err));
        assert_true(pass_start(&pass, rows, &options, &err));
        usleep((unsigned)delay_us);
        pass_stop(pass);
        struct pollfd end = {.fd = pass_fd(pass), .events = POLLIN};
        assert_int_equal(poll(&end, 1, 10000), 1);
        assert_int_equal(pass_finish(pass, &err), PASS_STOPPED);
        rows_close(rows);
    }
}

/* Goal: who is stopped early is the same on any number of threads, and goes no further: half of
 * a group at each rung, and never one of no group. */
static void halves_the_same_on_any_threads(void **state)
{
    static struct ran whole, halved, again;
    static const double rungs[] = {0.25, 0.5};
    /* 0, 3, 6, 9 in a group of their own, the others together, 1 in none. */
    static const int32_t groups[JOBS] = {0, -1, 1, 0, 1, 1, 0, 1, 1, 0, 1};
    const struct pass_halving halving = {rungs, LEN(rungs), groups};
    struct err err;
    int stopped[2] = {0, 0};
    write_swings("swings.csv", -1);
    assert_int_equal(run(&whole, "swings.csv", 2, NULL, &err), PASS_DONE);
    assert_int_equal(run(&halved, "swings.csv", 1, &halving, &err), PASS_DONE);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(halved.told[i], 1);
        if (halved.seen[i] < 1) {
            assert_in_range(groups[i], 0, 1);
            stopped[groups[i]]++;
            assert_true(halved.seen[i] >= 0.25 && halved.seen[i] < 0.75);
            assert_true(halved.outcomes[i].steps_processed < ROWS * 3 / 4);
        } else {
            check_same(&halved.outcomes[i], &whole.outcomes[i].summary,
                       whole.outcomes[i].steps_processed, whole.outcomes[i].equity_change_usd);
        }
    }
    assert_in_range(stopped[0], 1, 3);
    assert_in_range(stopped[1], 1, 5);
    for (int threads = 2; threads <= 7; threads += 5) {
        assert_int_equal(run(&again, "swings.csv", threads, &halving, &err), PASS_DONE);
        for (int i = 0; i < JOBS; i++) {
            assert_true(again.seen[i] == halved.seen[i]);
            check_same(&again.outcomes[i], &halved.outcomes[i].summary,
                       halved.outcomes[i].steps_processed,
                       halved.outcomes[i].equity_change_usd);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_backtests_on_any_threads),
        cmocka_unit_test(fails_at_a_bad_row),
        cmocka_unit_test(passes_over_no_rows),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(halves_the_same_on_any_threads),
    };
    return cmocka_run_group_tests_name("tune/pass", tests, rows_enter, rows_leave);
}
