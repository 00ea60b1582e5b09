#include "support/check.h"

#include "tune/plan.h"

static int64_t plan(const char *yaml, struct text *out)
{
    struct session_file file;
    struct text report = text_growing();
    struct err err;
    int64_t jobs = -1;
    assert_true(session_file_parse(&file, "s.yaml", yaml, strlen(yaml), &report, &err));
    assert_true(plan_format(&file, out, &jobs, &err));
    session_file_finish(&file);
    text_finish(&report);
    return jobs;
}

static void check_plan(const char *yaml, int64_t jobs, const char *expected)
{
    struct text out = text_growing();
    assert_int_equal(plan(yaml, &out), jobs);
    assert_string_equal(text_string(&out), expected);
    text_finish(&out);
}

/* Goal: ids, key order and path of SPEC.md 5, to the byte. */
static void writes_a_line_a_job(void **state)
{
    check_plan(
        "tag_prefix: sess001\ndata_file: d.csv\n"
        "fixed: {slippage_bps: 5, taker_fee_b_bps: 0}\n"
        "grids:\n  - {name: min_spread_bps, values: [20, 30.5]}\n",
        2,
        "{\"job_id\": \"sess001_0001\", \"config\": {\"data_file\": \"d.csv\", "
        "\"initial_balance_usd\": 10000, \"max_open_trades\": 1, \"profile\": \"exact\", "
        "\"pnl_model\": \"legs\", \"slippage_bps\": 5, \"taker_fee_b_bps\": 0, "
        "\"min_spread_bps\": 20, \"tag\": \"sess001_0001\"}, "
        "\"output_json\": \"outputs/tuning/sess001/sess001_0001.json\"}\n"
        "{\"job_id\": \"sess001_0002\", \"config\": {\"data_file\": \"d.csv\", "
        "\"initial_balance_usd\": 10000, \"max_open_trades\": 1, \"profile\": \"exact\", "
        "\"pnl_model\": \"legs\", \"slippage_bps\": 5, \"taker_fee_b_bps\": 0, "
        "\"min_spread_bps\": 30.5, \"tag\": \"sess001_0002\"}, "
        "\"output_json\": \"outputs/tuning/sess001/sess001_0002.json\"}\n");
}

/* Goal: a grid's value stands in the place of the fixed or usual one it overrides; without a
 * prefix the ids say "job"; a profile brings its PnL model. */
static void lets_grids_override(void **state)
{
    check_plan("data_file: d.csv\nprofile: compat-d45\n"
               "fixed: {slippage_bps: 5, max_hold_s: null}\n"
               "grids:\n  - {name: max_open_trades, values: [3]}\n"
               "  - {name: slippage_bps, values: [1]}\n",
               1,
               "{\"job_id\": \"job_0001\", \"config\": {\"data_file\": \"d.csv\", "
               "\"initial_balance_usd\": 10000, \"max_open_trades\": 3, "
               "\"profile\": \"compat-d45\", \"pnl_model\": \"spread\", "
               "\"slippage_bps\": 1, \"max_hold_s\": null, \"tag\": \"job_0001\"}, "
               "\"output_json\": \"outputs/tuning/s/job_0001.json\"}\n");
}

/* Goal: cases 46-51: the size of the grid, its cut, a single job without grids, none at 0. */
static void counts_its_jobs(void **state)
{
    static const struct {
        const char *more;
        int64_t jobs;
    } cases[] = {
        {"", 1},
        {"grids: []\n", 1},
        {"grids:\n- {name: min_spread_bps, values: [20, 30]}\n"
         "- {name: slippage_bps, values: [3, 5, 7]}\n",
         6},
        {"grids:\n- {name: min_spread_bps, values: [20, 30]}\nmax_jobs: 1\n", 1},
        {"grids:\n- {name: min_spread_bps, values: [20, 30]}\nmax_jobs: 9\n", 2},
        {"max_jobs: 0\n", 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char yaml[512];
        struct text out = text_growing();
        snprintf(yaml, sizeof yaml, "data_file: d.csv\n%s", cases[i].more);
        assert_int_equal(plan(yaml, &out), cases[i].jobs);
        text_finish(&out);
    }
}

/* Goal: the seed is part of the file, so a sampled plan is the same plan again. */
static void gives_the_same_bytes(void **state)
{
    static const char *const samplers[] = {"random", "latin"};
    for (size_t i = 0; i < LEN(samplers); i++) {
        char yaml[512];
        struct text first = text_growing();
        struct text second = text_growing();
        snprintf(yaml, sizeof yaml,
                 "data_file: d\nsampler: %s\nsamples: 5\nseed: 3\ngrids:\n"
                 "- {name: min_spread_bps, values: [1, 2, 3, 4, 5, 6, 7, 8]}\n",
                 samplers[i]);
        assert_int_equal(plan(yaml, &first), 5);
        assert_int_equal(plan(yaml, &second), 5);
        assert_string_equal(text_string(&first), text_string(&second));
        text_finish(&second);
        text_finish(&first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_line_a_job),
        cmocka_unit_test(lets_grids_override),
        cmocka_unit_test(counts_its_jobs),
        cmocka_unit_test(gives_the_same_bytes),
    };
    return cmocka_run_group_tests_name("tune/plan", tests, NULL, NULL);
}
