#include "support/check.h"
#include "support/scratch.h"

#include "market/scenario.h"

/* A = 1,000,000 KRW in the middle, 20 bps wide: 999,000 / 1,001,000. One KRW is one USDT, so
 * B's middle is the same number, the premium on top. */
#define HEAD                                                                                   \
    "name: test\n"                                                                             \
    "start_time: 1970-01-01T00:00:10Z\n"                                                       \
    "step_s: 0.5\n"                                                                            \
    "market: {mid_a_krw: 1000000, krw_per_usdt: 1, premium_bps: 0, width_a_bps: 20,"           \
    " width_b_bps: 20}\n"

static struct source *open_text(char path[SCRATCH_PATH_SIZE], const char *text,
                                struct engine_params *params,
                                struct scenario_expected *expected)
{
    struct source *source = NULL;
    struct err err;
    scratch_write_text(path, text);
    if (!scenario_open(&source, path, params, expected, &err)) {
        fail_msg("%s", err.text);
    }
    return source;
}

static void check_row(struct source *source, uint64_t line, int64_t time_ns, double bid_a,
                      double ask_a, double bid_b, double ask_b, double fx)
{
    struct event got;
    struct err err;
    assert_int_equal(source->ops->next(source, &got, &err), SOURCE_EVENT);
    assert_int_equal(got.kind, EVENT_ROW);
    assert_int_equal(got.line, line);
    assert_true(got.time_ns == time_ns && got.row.tick.time_ns == time_ns);
    check_near(got.row.tick.bid_a, bid_a, 1e-12);
    check_near(got.row.tick.ask_a, ask_a, 1e-12);
    check_near(got.row.tick.bid_b, bid_b, 1e-12);
    check_near(got.row.tick.ask_b, ask_b, 1e-12);
    check_near(got.row.tick.krw_per_usd, fx, 1e-12);
    assert_true(isinf(got.row.bid_size_a) && isinf(got.row.ask_size_b));
}

static void check_end(struct source *source)
{
    struct event got;
    struct err err;
    assert_int_equal(source->ops->next(source, &got, &err), SOURCE_END);
}

#define S10  INT64_C(10000000000)
#define HALF INT64_C(500000000)

/* Goal: steps hold, jump and ramp; quotes stand as they are for their own rows only. */
static void works_out_its_rows(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct scenario_expected expected;
    struct source *source =
        open_text(path,
                  HEAD "steps:\n"
                       "  - rows: 2\n"
                       "  - {premium_bps: 100, rows: 2, ramp: true}\n"
                       "  - {krw_per_usdt: 2}\n"
                       "  - {quotes: {bid_a: 0, ask_a: 5, bid_b: 9, ask_b: 8}, rows: 1}\n"
                       "  - {width_a_bps: 40, premium_bps: 0}\n",
                  NULL, &expected);
    check_row(source, 1, S10, 999000, 1001000, 999000, 1001000, 1);
    check_row(source, 2, S10 + HALF, 999000, 1001000, 999000, 1001000, 1);
    /* Half way is 50 bps: B's middle 1,005,000, 20 bps of it 2,010. */
    check_row(source, 3, S10 + 2 * HALF, 999000, 1001000, 1003995, 1006005, 1);
    check_row(source, 4, S10 + 3 * HALF, 999000, 1001000, 1008990, 1011010, 1);
    check_row(source, 5, S10 + 4 * HALF, 999000, 1001000, 504495, 505505, 2);
    check_row(source, 6, S10 + 5 * HALF, 0, 5, 9, 8, 2);
    check_row(source, 7, S10 + 6 * HALF, 998000, 1002000, 499500, 500500, 2);
    check_end(source);
    check_near(source->ops->progress(source), 1.0, 0.0);
    assert_string_equal(source->ops->label(source), "SCENARIO test");
    assert_memory_equal(source->ops->data_hash(source), "xxh3-128:", 9);
    assert_false(expected.set_total || expected.set_closed || expected.set_open ||
                 expected.set_pnl_sign);
    assert_string_equal(expected.exit_reason, "");
    source_close(source);
    scratch_remove(path);
}

/* Goal: the engine section is laid over what the caller has, the rest of it stays. */
static void lays_its_engine_over_the_callers(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct scenario_expected expected;
    struct engine_params params = engine_defaults();
    params.cooldown_s = 77;
    struct source *source =
        open_text(path,
                  HEAD "engine: {min_spread_bps: 3.5, stop_loss_bps: 0, max_open_trades: 2}\n"
                       "steps: [{rows: 1}]\n"
                       "expected_outcomes: {total_trades: 3, closed_trades: 2, open_trades: 1,"
                       " pnl_sign: negative, first_exit_reason: stop_loss}\n",
                  &params, &expected);
    check_near(params.min_spread_bps, 3.5, 0.0);
    check_near(params.stop_loss_bps, 0.0, 0.0);
    assert_int_equal(params.max_open_trades, 2);
    check_near(params.cooldown_s, 77.0, 0.0);
    assert_true(expected.set_total && expected.set_closed && expected.set_open);
    assert_int_equal(expected.total, 3);
    assert_int_equal(expected.closed, 2);
    assert_int_equal(expected.open, 1);
    assert_true(expected.set_pnl_sign && expected.pnl_sign == -1);
    assert_string_equal(expected.exit_reason, "stop_loss");
    source_close(source);
    scratch_remove(path);
}

static void goes_on_where_it_stopped(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct scenario_expected expected;
    struct err err;
    struct source *source = open_text(path, HEAD "steps: [{rows: 3}]\n", NULL, &expected);
    assert_true(source->ops->seek(source, 2, &err));
    check_row(source, 3, S10 + 2 * HALF, 999000, 1001000, 999000, 1001000, 1);
    check_end(source);
    assert_false(source->ops->seek(source, 4, &err));
    assert_string_equal(err.text, "SCENARIO test: no row 4 to go on after (it has 3)");
    source_close(source);
    scratch_remove(path);
}

#define STEPS "steps: [{rows: 1}]\n"

/* Goal: every mistake is named with its line, and what was expected. HEAD is four lines. */
static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "1: expected keys and values"},
        {"name: x\n", "1: 'start_time' is missing"},
        {HEAD, "1: 'steps' is missing"},
        {HEAD STEPS "discription: 1\n",
         "6: discription: unknown key (did you mean 'description'?)"},
        {HEAD "steps: []\n", "5: steps: expected a list of at least one step"},
        {HEAD "steps: [{rows: 0}]\n", "5: rows: '0' is out of range (expected 1 to 100000)"},
        {HEAD "steps: [{rows: 100000}, {rows: 1}]\n", "5: more than 100000 rows in all"},
        {HEAD "steps: [{rows: many}]\n", "5: rows: 'many' is not a whole number"},
        {HEAD "steps: [{premium_bps: nan}]\n", "5: premium_bps: 'nan' is not a number"},
        {HEAD "steps: [{premium_bps: -10000}]\n",
         "5: premium_bps: '-10000' is out of range (expected above -10000 and below 1e+06)"},
        {HEAD "steps: [{mid_a_krw: 0}]\n",
         "5: mid_a_krw: '0' is out of range (expected above 0 and below 1e+15)"},
        {HEAD "steps: [{quotes: {bid_a: 1, ask_a: 2, bid_b: 3}}]\n",
         "5: quotes: 'ask_b' is missing"},
        {HEAD "steps: [{quotes: {}, ramp: true}]\n",
         "5: quotes cannot ramp (say premium_bps and the like)"},
        {HEAD "steps: [{quotes: {}, premium_bps: 5}]\n",
         "5: has quotes and 'premium_bps' (expected one or the other)"},
        {HEAD STEPS "expected_outcomes: {pnl_sign: up}\n",
         "6: pnl_sign: 'up' is not a sign (expected positive, zero or negative)"},
        {HEAD STEPS "expected_outcomes: {total_trades: -1}\n",
         "6: total_trades: '-1' is not a number of trades"},
        {HEAD STEPS "expected_outcomes: {first_exit_reason: bored}\n",
         "6: first_exit_reason: 'bored' is not an exit reason (expected convergence, "
         "stop_loss...)"},
        {HEAD STEPS "engine: 5\n", "6: engine: expected keys and values"},
        {HEAD STEPS "engine: {profile: [1]}\n", "6: profile: expected one value"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[SCRATCH_PATH_SIZE], want[512];
        struct source *source = NULL;
        struct scenario_expected expected = {.total = 42};
        struct engine_params params = {.min_spread_bps = 42};
        struct err err;
        print_message("# %s\n", cases[i].message);
        scratch_write_text(path, cases[i].text);
        snprintf(want, sizeof(want), "%s:%s", path, cases[i].message);
        assert_false(scenario_open(&source, path, &params, &expected, &err));
        assert_string_equal(err.text, want);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(source);
        assert_true(params.min_spread_bps == 42.0 && expected.total == 42);
        scratch_remove(path);
    }
}

/* Goal: the engine's own table refuses its keys; the place comes in front. */
static void passes_on_what_the_engines_table_says(void **state)
{
    char path[SCRATCH_PATH_SIZE], place[SCRATCH_PATH_SIZE + 32];
    struct source *source = NULL;
    struct scenario_expected expected;
    struct err err;
    scratch_write_text(path, HEAD STEPS "engine:\n  min_spread_bps: abc\n");
    snprintf(place, sizeof(place), "%s:7: engine.min_spread_bps: ", path);
    assert_false(scenario_open(&source, path, NULL, &expected, &err));
    assert_memory_equal(err.text, place, strlen(place));
    scratch_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_out_its_rows),
        cmocka_unit_test(lays_its_engine_over_the_callers),
        cmocka_unit_test(goes_on_where_it_stopped),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(passes_on_what_the_engines_table_says),
    };
    return cmocka_run_group_tests_name("market/scenario", tests, NULL, NULL);
}
