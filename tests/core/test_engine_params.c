#include "support/check.h"

#include "core/engine_params.h"

static struct engine_params good_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 0;
    params.taker_fee_a_bps = 0;
    params.taker_fee_b_bps = 0;
    params.slippage_bps = 0;
    params.max_position_usd = 1000;
    return params;
}

/* Goal: the neutral defaults of SPEC.md 3.6: what is required is missing, what is off is off.
 */
static void starts_neutral(void **state)
{
    const struct engine_params params = engine_defaults();
    assert_int_equal(params.profile, ENGINE_EXACT);
    assert_int_equal(params.max_open_trades, 1);
    check_near(params.initial_balance_usd, 10000, 0);
    check_near(params.baseline_tau_s, 0, 0);
    check_near(params.exit_spread_bps, 0, 0);
    assert_true(isnan(params.min_spread_bps) && isnan(params.max_position_usd));
    assert_true(isnan(params.take_profit_bps) && isnan(params.stop_loss_bps));
    assert_true(isnan(params.max_hold_s) && isnan(params.stop_on_drawdown_pct));
    assert_int_equal(params.max_steps, -1);
    assert_true(params.spot_short);
    assert_false(params.close_at_end);
    const struct engine_params good = good_params();
    assert_null(engine_params_fault(&good));
}

/* Goal: one wrong value, one message; 0 is a value where it may be. */
static void names_what_makes_no_sense(void **state)
{
    static const struct {
        size_t offset;
        double value;
        const char *fault;
    } cases[] = {
#define FIELD(name) offsetof(struct engine_params, name)
        {FIELD(min_spread_bps), -1, "min_spread_bps must be non-negative"},
        {FIELD(min_spread_bps), NAN, "min_spread_bps must be non-negative"},
        {FIELD(taker_fee_a_bps), -0.5, "taker_fee_a_bps must be non-negative"},
        {FIELD(taker_fee_b_bps), -0.5, "taker_fee_b_bps must be non-negative"},
        {FIELD(slippage_bps), -1e-9, "slippage_bps must be non-negative"},
        {FIELD(max_position_usd), 0, "max_position_usd must be positive"},
        {FIELD(max_position_usd), INFINITY, "max_position_usd must be positive"},
        {FIELD(initial_balance_usd), 0, "initial_balance_usd must be positive"},
        {FIELD(stop_on_drawdown_pct), 0, "stop_on_drawdown_pct must be positive"},
        {FIELD(fx_rate), 0, "fx_rate must be positive"},
        {FIELD(baseline_tau_s), -1, "baseline_tau_s must be non-negative"},
        {FIELD(baseline_warmup_s), -1, "baseline_warmup_s must be non-negative"},
        {FIELD(cooldown_s), -1, "cooldown_s must be non-negative"},
        {FIELD(max_hold_s), -1, "max_hold_s must be non-negative"},
        {FIELD(max_hold_s), 0, NULL},
        {FIELD(max_hold_s), NAN, NULL},
        {FIELD(exit_spread_bps), -3, NULL},
        {FIELD(baseline_bps), -3, NULL},
        {FIELD(stop_loss_bps), 0, NULL},
#undef FIELD
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = good_params();
        memcpy((char *)&params + cases[i].offset, &cases[i].value, sizeof(double));
        const char *fault = engine_params_fault(&params);
        if (cases[i].fault == NULL) {
            assert_null(fault);
        } else {
            assert_non_null(fault);
            assert_string_equal(fault, cases[i].fault);
        }
    }
}

static void refuses_counts_out_of_range(void **state)
{
    struct engine_params params = good_params();
    params.max_open_trades = 0;
    assert_string_equal(engine_params_fault(&params), "max_open_trades must be at least 1");
    params.max_open_trades = ENGINE_TRADES_MAX;
    assert_null(engine_params_fault(&params));
    params.max_open_trades = ENGINE_TRADES_MAX + 1;
    assert_string_equal(engine_params_fault(&params), "max_open_trades must be at most 1024");
    params = good_params();
    params.max_steps = 0;
    assert_null(engine_params_fault(&params));
}

/* Goal: the order of SPEC.md 6 when everything is wrong at once, mended one by one. */
static void reports_the_first_fault_first(void **state)
{
    struct engine_params params = {
        .min_spread_bps = -1,
        .taker_fee_a_bps = -1,
        .taker_fee_b_bps = -1,
        .slippage_bps = -1,
        .stop_on_drawdown_pct = -1,
        .fx_rate = NAN,
    };
    assert_string_equal(engine_params_fault(&params), "min_spread_bps must be non-negative");
    params.min_spread_bps = 0;
    assert_string_equal(engine_params_fault(&params), "taker_fee_a_bps must be non-negative");
    params.taker_fee_a_bps = 0;
    assert_string_equal(engine_params_fault(&params), "taker_fee_b_bps must be non-negative");
    params.taker_fee_b_bps = 0;
    assert_string_equal(engine_params_fault(&params), "slippage_bps must be non-negative");
    params.slippage_bps = 0;
    assert_string_equal(engine_params_fault(&params), "max_position_usd must be positive");
    params.max_position_usd = 1;
    assert_string_equal(engine_params_fault(&params), "initial_balance_usd must be positive");
    params.initial_balance_usd = 1;
    assert_string_equal(engine_params_fault(&params), "max_open_trades must be at least 1");
    params.max_open_trades = 1;
    assert_string_equal(engine_params_fault(&params), "stop_on_drawdown_pct must be positive");
    params.stop_on_drawdown_pct = 1;
    assert_null(engine_params_fault(&params));
}

/* Goal: `exact` books legs and nothing else. */
static void knows_no_spread_model_in_exact(void **state)
{
    struct engine_params params = good_params();
    params.pnl_model = ENGINE_PNL_SPREAD;
    assert_string_equal(engine_params_fault(&params),
                        "profile exact knows no pnl_model spread");
    params.profile = ENGINE_COMPAT_D45;
    assert_null(engine_params_fault(&params));
    assert_int_equal(engine_default_model(ENGINE_EXACT), ENGINE_PNL_LEGS);
    assert_int_equal(engine_default_model(ENGINE_COMPAT_D37), ENGINE_PNL_SPREAD);
}

/* Goal: the warm-up is tau unless it was given, and 0 was given. */
static void warms_up_for_tau_unless_told(void **state)
{
    struct engine_params params = good_params();
    params.baseline_tau_s = 3600;
    check_near(engine_baseline_params(&params).warmup_s, 3600, 0);
    params.baseline_warmup_s = 0;
    check_near(engine_baseline_params(&params).warmup_s, 0, 0);
}

static void names_profiles_and_models(void **state)
{
    assert_string_equal(engine_profile_name(ENGINE_EXACT), "exact");
    assert_string_equal(engine_profile_name(ENGINE_COMPAT_D37), "compat-d37");
    assert_string_equal(engine_profile_name(ENGINE_COMPAT_D45), "compat-d45");
    assert_string_equal(engine_pnl_model_name(ENGINE_PNL_LEGS), "legs");
    assert_string_equal(engine_pnl_model_name(ENGINE_PNL_SPREAD), "spread");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_neutral),
        cmocka_unit_test(names_what_makes_no_sense),
        cmocka_unit_test(refuses_counts_out_of_range),
        cmocka_unit_test(reports_the_first_fault_first),
        cmocka_unit_test(knows_no_spread_model_in_exact),
        cmocka_unit_test(warms_up_for_tau_unless_told),
        cmocka_unit_test(names_profiles_and_models),
    };
    return cmocka_run_group_tests_name("core/engine_params", tests, NULL, NULL);
}
