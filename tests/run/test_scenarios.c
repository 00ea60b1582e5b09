/* The shipped scenarios keep what they promise, through the same run as any file. */
#include "support/check.h"

#include "market/scenario.h"
#include "run/backtest.h"

static int32_t sign_of(double value)
{
    return value > 0.0 ? 1 : value < 0.0 ? -1 : 0;
}

static struct source *open_scenario(const char *name, struct engine_params *params,
                                    struct scenario_expected *expected)
{
    char path[1024];
    struct source *source = NULL;
    struct err err;
    snprintf(path, sizeof(path), "%s/%s.yaml", SCENARIOS, name);
    if (!scenario_open(&source, path, params, expected, &err)) {
        fail_msg("%s", err.text);
    }
    return source;
}

static void check_outcomes(const struct result *result,
                           const struct scenario_expected *expected)
{
    const struct summary *summary = &result->summary;
    assert_true(expected->set_total && expected->set_closed && expected->set_open);
    assert_int_equal(summary->opened, expected->total);
    assert_int_equal(summary->closed, expected->closed);
    assert_int_equal(summary->opened - summary->closed, expected->open);
    assert_true(expected->set_pnl_sign);
    assert_int_equal(sign_of(summary->realized_usd), expected->pnl_sign);
    if (expected->exit_reason[0] != '\0') {
        assert_string_equal(trade_exit_name(result->trades[0].exit), expected->exit_reason);
    }
}

static void check_scenario(const char *name, double pnl_usd, double tolerance)
{
    struct engine_params params = engine_defaults();
    struct scenario_expected expected;
    struct backtest_survey survey;
    struct result result;
    struct err err;
    struct source *source = open_scenario(name, &params, &expected);
    assert_null(engine_params_fault(&params));
    assert_int_equal(params.profile, ENGINE_EXACT);
    assert_true(backtest_survey(source, &survey, &err));
    source_close(source);

    source = open_scenario(name, &params, &expected);
    assert_true(backtest_run(&params, source, &survey, &result, &err));
    check_outcomes(&result, &expected);
    check_near(result.summary.realized_usd, pnl_usd, tolerance);
    result_finish(&result);
    source_close(source);
}

/* Goal: the outcomes in the files hold, and the profits are those the files' comments work out,
 * as far as bps of slightly different prices go: 14.5 bps of 1,000 USD, and 40 - 75 - 26 = -61.
 */
static void shipped_scenarios_keep_their_word(void **state)
{
    check_scenario("basic_spread_win", 1.45, 0.02);
    check_scenario("choppy_market", 0.0, 0.0);
    check_scenario("stop_loss_trigger", -6.1, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_scenarios_keep_their_word),
    };
    return cmocka_run_group_tests_name("run/scenarios", tests, NULL, NULL);
}
