#include "support/check.h"

#include "cli/engine_options.h"

/* Parses words and lays them over *params. */
static bool apply(const char *const *words, struct engine_params *params, struct err *err)
{
    struct engine_options options = {0};
    struct arg_option rows[ENGINE_OPTIONS_COUNT];
    char *argv[64] = {(char *)"backtest"};
    int argc = 1;
    engine_options_rows(rows, 0);
    const struct arg_spec spec = {.command = "backtest",
                                  .operands = "",
                                  .summary = "",
                                  .options = rows,
                                  .options_count = LEN(rows)};
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)words[argc - 1];
    }
    *err = (struct err){.kind = ERR_NONE};
    assert_int_equal(args_parse(&spec, argc, argv, &options, NULL, NULL, err), ARGS_OK);
    return engine_options_apply(&options, params, err);
}

/* Goal: every option reaches its own parameter, and 0 is a value. */
static void reaches_every_parameter(void **state)
{
    static const char *const words[] = {"--profile",
                                        "compat-d45",
                                        "--pnl-model=legs",
                                        "--min-spread-bps=1",
                                        "--taker-fee-a-bps=2",
                                        "--taker-fee-b-bps=3",
                                        "--slippage-bps=4",
                                        "--max-position-usd=5",
                                        "--max-open-trades=6",
                                        "--fx-rate=7",
                                        "--baseline-bps=-8",
                                        "--baseline-tau-s=9",
                                        "--baseline-warmup-s=0",
                                        "--baseline-gap-s=11",
                                        "--cooldown-s=12",
                                        "--fx-cost-bps=13",
                                        "--exit-spread-bps=-14",
                                        "--take-profit-bps=15",
                                        "--stop-loss-bps=0",
                                        "--max-hold-s=17",
                                        "--initial-balance-usd=18",
                                        "--stop-on-drawdown-pct=19",
                                        "--max-steps=0",
                                        "--close-at-end",
                                        "--no-spot-short",
                                        NULL};
    struct engine_params got = engine_defaults();
    struct err err;
    assert_true(apply(words, &got, &err));
    const struct engine_params want = {
        .profile = ENGINE_COMPAT_D45,
        .pnl_model = ENGINE_PNL_LEGS,
        .min_spread_bps = 1,
        .taker_fee_a_bps = 2,
        .taker_fee_b_bps = 3,
        .slippage_bps = 4,
        .max_position_usd = 5,
        .max_open_trades = 6,
        .fx_rate = 7,
        .baseline_bps = -8,
        .baseline_tau_s = 9,
        .baseline_warmup_s = 0,
        .baseline_gap_s = 11,
        .cooldown_s = 12,
        .fx_cost_bps = 13,
        .exit_spread_bps = -14,
        .take_profit_bps = 15,
        .stop_loss_bps = 0,
        .max_hold_s = 17,
        .spot_short = false,
        .initial_balance_usd = 18,
        .stop_on_drawdown_pct = 19,
        .max_steps = 0,
        .close_at_end = true,
    };
    check_near(got.min_spread_bps, want.min_spread_bps, 0);
    check_near(got.taker_fee_a_bps, want.taker_fee_a_bps, 0);
    check_near(got.taker_fee_b_bps, want.taker_fee_b_bps, 0);
    check_near(got.slippage_bps, want.slippage_bps, 0);
    check_near(got.max_position_usd, want.max_position_usd, 0);
    check_near(got.fx_rate, want.fx_rate, 0);
    check_near(got.baseline_bps, want.baseline_bps, 0);
    check_near(got.baseline_tau_s, want.baseline_tau_s, 0);
    check_near(got.baseline_warmup_s, want.baseline_warmup_s, 0);
    check_near(got.baseline_gap_s, want.baseline_gap_s, 0);
    check_near(got.cooldown_s, want.cooldown_s, 0);
    check_near(got.fx_cost_bps, want.fx_cost_bps, 0);
    check_near(got.exit_spread_bps, want.exit_spread_bps, 0);
    check_near(got.take_profit_bps, want.take_profit_bps, 0);
    check_near(got.stop_loss_bps, want.stop_loss_bps, 0);
    check_near(got.max_hold_s, want.max_hold_s, 0);
    check_near(got.initial_balance_usd, want.initial_balance_usd, 0);
    check_near(got.stop_on_drawdown_pct, want.stop_on_drawdown_pct, 0);
    assert_int_equal(got.profile, want.profile);
    assert_int_equal(got.pnl_model, want.pnl_model);
    assert_int_equal(got.max_open_trades, want.max_open_trades);
    assert_int_equal(got.max_steps, want.max_steps);
    assert_int_equal(got.close_at_end, want.close_at_end);
    assert_int_equal(got.spot_short, want.spot_short);
}

/* Goal: what is not given stays as the config had it. */
static void leaves_the_rest_alone(void **state)
{
    static const char *const words[] = {"--min-spread-bps", "3", NULL};
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 9;
    params.max_open_trades = 4;
    params.max_steps = 77;
    params.spot_short = false;
    params.close_at_end = true;
    params.profile = ENGINE_COMPAT_D37;
    params.pnl_model = ENGINE_PNL_LEGS;
    struct err err;
    assert_true(apply(words, &params, &err));
    check_near(params.min_spread_bps, 3, 0);
    assert_true(isnan(params.slippage_bps));
    assert_int_equal(params.max_open_trades, 4);
    assert_int_equal(params.max_steps, 77);
    assert_false(params.spot_short);
    assert_true(params.close_at_end);
    assert_int_equal(params.profile, ENGINE_COMPAT_D37);
    assert_int_equal(params.pnl_model, ENGINE_PNL_LEGS);
}

/* Goal: a profile brings its usual PnL model, unless told otherwise. */
static void takes_the_model_of_the_profile(void **state)
{
    static const struct {
        const char *words[4];
        enum engine_pnl_model model;
    } cases[] = {
        {{"--profile=exact", NULL}, ENGINE_PNL_LEGS},
        {{"--profile=compat-d37", NULL}, ENGINE_PNL_SPREAD},
        {{"--profile=compat-d37", "--pnl-model=legs", NULL}, ENGINE_PNL_LEGS},
        {{"--pnl-model=spread", "--profile=exact", NULL},
         ENGINE_PNL_SPREAD}, /* refused later */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = engine_defaults();
        struct err err;
        assert_true(apply(cases[i].words, &params, &err));
        assert_int_equal(params.pnl_model, cases[i].model);
    }
}

/* Goal: a name nobody knows is an error with the known ones, and changes nothing. */
static void refuses_unknown_names(void **state)
{
    static const struct {
        const char *words[4];
        const char *message;
    } cases[] = {
        {{"--profile=compat-d73", "--min-spread-bps=1", NULL},
         "--profile: 'compat-d73' is not known (expected one of exact, compat-d37, compat-d45; "
         "did you mean 'compat-d37'?)"},
        {{"--pnl-model=leg", "--min-spread-bps=1", NULL},
         "--pnl-model: 'leg' is not known (expected one of legs, spread; did you mean "
         "'legs'?)"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = engine_defaults();
        struct err err;
        assert_false(apply(cases[i].words, &params, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, cases[i].message);
        assert_true(isnan(params.min_spread_bps));
    }
}

/* Goal: a count too large for its parameter is too large, not something else. */
static void does_not_wrap_large_counts(void **state)
{
    static const char *const words[] = {"--max-open-trades=4294967297", NULL};
    struct engine_params params = engine_defaults();
    struct err err;
    assert_true(apply(words, &params, &err));
    assert_int_equal(params.max_open_trades, INT32_MAX);
}

/* Goal: everything that is missing is named at once. */
static void names_all_that_is_missing(void **state)
{
    struct engine_params params = engine_defaults();
    struct err err = {.kind = ERR_NONE};
    params.taker_fee_a_bps = 0;
    params.max_position_usd = 1000;
    assert_false(engine_options_complete(&params, NULL, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_string_equal(err.text, "missing --data-file, --min-spread-bps, --taker-fee-b-bps, "
                                  "--slippage-bps (give it here or in a --config FILE)");
    params.min_spread_bps = params.taker_fee_b_bps = params.slippage_bps = 0;
    assert_true(engine_options_complete(&params, "", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_every_parameter),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(takes_the_model_of_the_profile),
        cmocka_unit_test(refuses_unknown_names),
        cmocka_unit_test(does_not_wrap_large_counts),
        cmocka_unit_test(names_all_that_is_missing),
    };
    return cmocka_run_group_tests_name("cli/engine_options", tests, NULL, NULL);
}
