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

static double number_at(const struct engine_params *params, size_t offset)
{
    double number;
    memcpy(&number, (const char *)params + offset, sizeof number);
    return number;
}

/* Goal: every numeric option reaches its own parameter and no other; 0 is a value. */
static void reaches_every_number(void **state)
{
    static const struct {
        const char *word;
        size_t offset;
        double value;
    } cases[] = {
#define FIELD(name) offsetof(struct engine_params, name)
        {"--min-spread-bps=1", FIELD(min_spread_bps), 1},
        {"--taker-fee-a-bps=2", FIELD(taker_fee_a_bps), 2},
        {"--taker-fee-b-bps=3", FIELD(taker_fee_b_bps), 3},
        {"--slippage-bps=4", FIELD(slippage_bps), 4},
        {"--max-position-usd=5", FIELD(max_position_usd), 5},
        {"--fx-rate=7", FIELD(fx_rate), 7},
        {"--baseline-bps=-8", FIELD(baseline_bps), -8},
        {"--baseline-tau-s=9", FIELD(baseline_tau_s), 9},
        {"--baseline-warmup-s=0", FIELD(baseline_warmup_s), 0},
        {"--baseline-gap-s=11", FIELD(baseline_gap_s), 11},
        {"--cooldown-s=12", FIELD(cooldown_s), 12},
        {"--fx-cost-bps=13", FIELD(fx_cost_bps), 13},
        {"--exit-spread-bps=-14", FIELD(exit_spread_bps), -14},
        {"--take-profit-bps=15", FIELD(take_profit_bps), 15},
        {"--stop-loss-bps=0", FIELD(stop_loss_bps), 0},
        {"--max-hold-s=17", FIELD(max_hold_s), 17},
        {"--initial-balance-usd=18", FIELD(initial_balance_usd), 18},
        {"--stop-on-drawdown-pct=19", FIELD(stop_on_drawdown_pct), 19},
#undef FIELD
    };
    const struct engine_params defaults = engine_defaults();
    for (size_t i = 0; i < LEN(cases); i++) {
        const char *const words[] = {cases[i].word, NULL};
        struct engine_params params = defaults;
        struct err err;
        assert_true(apply(words, &params, &err));
        for (size_t k = 0; k < LEN(cases); k++) {
            const double before = number_at(&defaults, cases[k].offset);
            check_near(number_at(&params, cases[k].offset), k == i ? cases[i].value : before,
                       0);
        }
    }
}

/* Goal: so does every other one. */
static void reaches_every_choice_count_and_flag(void **state)
{
    static const char *const words[] = {
        "--profile",     "compat-d45",     "--pnl-model=legs", "--max-open-trades=6",
        "--max-steps=0", "--close-at-end", "--no-spot-short",  NULL};
    struct engine_params params = engine_defaults();
    struct err err;
    assert_true(apply(words, &params, &err));
    assert_int_equal(params.profile, ENGINE_COMPAT_D45);
    assert_int_equal(params.pnl_model, ENGINE_PNL_LEGS);
    assert_int_equal(params.max_open_trades, 6);
    assert_int_equal(params.max_steps, 0);
    assert_true(params.close_at_end);
    assert_false(params.spot_short);
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
        cmocka_unit_test(reaches_every_number),
        cmocka_unit_test(reaches_every_choice_count_and_flag),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(takes_the_model_of_the_profile),
        cmocka_unit_test(refuses_unknown_names),
        cmocka_unit_test(does_not_wrap_large_counts),
        cmocka_unit_test(names_all_that_is_missing),
    };
    return cmocka_run_group_tests_name("cli/engine_options", tests, NULL, NULL);
}
