#include "core/engine_params.h"

#include <assert.h>
#include <math.h>

static const char *const PROFILE_NAMES[] = {
    [ENGINE_EXACT] = "exact",
    [ENGINE_COMPAT_D37] = "compat-d37",
    [ENGINE_COMPAT_D45] = "compat-d45",
};
_Static_assert(sizeof(PROFILE_NAMES) / sizeof(PROFILE_NAMES[0]) == ENGINE_PROFILE_LAST + 1,
               "every profile has a name");

static const char *const MODEL_NAMES[] = {
    [ENGINE_PNL_LEGS] = "legs",
    [ENGINE_PNL_SPREAD] = "spread",
};
_Static_assert(sizeof(MODEL_NAMES) / sizeof(MODEL_NAMES[0]) == ENGINE_PNL_MODEL_LAST + 1,
               "every PnL model has a name");

const char *engine_profile_name(enum engine_profile profile)
{
    assert((int)profile >= 0 && profile <= ENGINE_PROFILE_LAST);
    return PROFILE_NAMES[profile];
}

const char *engine_pnl_model_name(enum engine_pnl_model model)
{
    assert((int)model >= 0 && model <= ENGINE_PNL_MODEL_LAST);
    return MODEL_NAMES[model];
}

enum engine_pnl_model engine_default_model(enum engine_profile profile)
{
    return profile == ENGINE_EXACT ? ENGINE_PNL_LEGS : ENGINE_PNL_SPREAD;
}

struct trade_costs engine_costs(const struct engine_params *params)
{
    return (struct trade_costs){
        .fee_a_bps = params->taker_fee_a_bps,
        .fee_b_bps = params->taker_fee_b_bps,
        .slippage_bps = params->slippage_bps,
        .fx_cost_bps = params->profile == ENGINE_EXACT ? params->fx_cost_bps : 0,
    };
}

struct baseline_params engine_baseline_params(const struct engine_params *params)
{
    return (struct baseline_params){
        .level_bps = params->baseline_bps,
        .tau_s = params->baseline_tau_s,
        .warmup_s = isnan(params->baseline_warmup_s) ? params->baseline_tau_s
                                                     : params->baseline_warmup_s,
        .gap_s = params->baseline_gap_s,
    };
}

static const double STOP_MARGIN_BPS = 10;

bool engine_stop_is_tight(const struct engine_params *params, double width_bps)
{
    const double cost_bps = 2 * (params->taker_fee_a_bps + params->taker_fee_b_bps +
                                 params->slippage_bps + params->fx_cost_bps);
    return params->profile == ENGINE_EXACT &&
           params->stop_loss_bps < cost_bps + width_bps + STOP_MARGIN_BPS;
}

struct engine_params engine_defaults(void)
{
    return (struct engine_params){
        .profile = ENGINE_EXACT,
        .pnl_model = ENGINE_PNL_LEGS,
        .min_spread_bps = NAN,
        .taker_fee_a_bps = NAN,
        .taker_fee_b_bps = NAN,
        .slippage_bps = NAN,
        .max_position_usd = NAN,
        .max_open_trades = 1,
        .fx_rate = NAN,
        .baseline_warmup_s = NAN,
        .take_profit_bps = NAN,
        .stop_loss_bps = NAN,
        .max_hold_s = NAN,
        .spot_short = true,
        .initial_balance_usd = 10000,
        .stop_on_drawdown_pct = NAN,
        .max_steps = -1,
    };
}

/* What a number must be. An "or unset" one may be NAN. */
enum rule {
    NON_NEGATIVE,
    POSITIVE,
    FINITE,
    NON_NEGATIVE_OR_UNSET,
    POSITIVE_OR_UNSET,
    FINITE_OR_UNSET,
};

static bool obeys(double value, enum rule rule)
{
    switch (rule) {
    case NON_NEGATIVE:
        return isfinite(value) && value >= 0;
    case POSITIVE:
        return isfinite(value) && value > 0;
    case FINITE:
        return isfinite(value);
    case NON_NEGATIVE_OR_UNSET:
    case POSITIVE_OR_UNSET:
    case FINITE_OR_UNSET:
        break;
    }
    return isnan(value) || obeys(value, rule - NON_NEGATIVE_OR_UNSET);
}

struct check {
    size_t offset;
    enum rule rule;
    const char *fault;
};

/* The order is a promise: the first that fails is the one reported. */
static const struct check FIRST_CHECKS[] = {
    {offsetof(struct engine_params, min_spread_bps), NON_NEGATIVE,
     "min_spread_bps must be non-negative"},
    {offsetof(struct engine_params, taker_fee_a_bps), NON_NEGATIVE,
     "taker_fee_a_bps must be non-negative"},
    {offsetof(struct engine_params, taker_fee_b_bps), NON_NEGATIVE,
     "taker_fee_b_bps must be non-negative"},
    {offsetof(struct engine_params, slippage_bps), NON_NEGATIVE,
     "slippage_bps must be non-negative"},
    {offsetof(struct engine_params, max_position_usd), POSITIVE,
     "max_position_usd must be positive"},
    {offsetof(struct engine_params, initial_balance_usd), POSITIVE,
     "initial_balance_usd must be positive"},
};

static const struct check LAST_CHECKS[] = {
    {offsetof(struct engine_params, stop_on_drawdown_pct), POSITIVE_OR_UNSET,
     "stop_on_drawdown_pct must be positive"},
    {offsetof(struct engine_params, fx_cost_bps), NON_NEGATIVE,
     "fx_cost_bps must be non-negative"},
    {offsetof(struct engine_params, fx_rate), POSITIVE_OR_UNSET, "fx_rate must be positive"},
    {offsetof(struct engine_params, baseline_bps), FINITE, "baseline_bps must be finite"},
    {offsetof(struct engine_params, baseline_tau_s), NON_NEGATIVE,
     "baseline_tau_s must be non-negative"},
    {offsetof(struct engine_params, baseline_warmup_s), NON_NEGATIVE_OR_UNSET,
     "baseline_warmup_s must be non-negative"},
    {offsetof(struct engine_params, baseline_gap_s), NON_NEGATIVE,
     "baseline_gap_s must be non-negative"},
    {offsetof(struct engine_params, cooldown_s), NON_NEGATIVE,
     "cooldown_s must be non-negative"},
    {offsetof(struct engine_params, exit_spread_bps), FINITE, "exit_spread_bps must be finite"},
    {offsetof(struct engine_params, take_profit_bps), FINITE_OR_UNSET,
     "take_profit_bps must be finite"},
    {offsetof(struct engine_params, stop_loss_bps), FINITE_OR_UNSET,
     "stop_loss_bps must be finite"},
    {offsetof(struct engine_params, max_hold_s), NON_NEGATIVE_OR_UNSET,
     "max_hold_s must be non-negative"},
};

static const char *first_fault(const struct engine_params *params, const struct check *checks,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *place = (const char *)params + checks[i].offset;
        if (!obeys(*(const double *)(const void *)place, checks[i].rule)) {
            return checks[i].fault;
        }
    }
    return NULL;
}

const char *engine_params_fault(const struct engine_params *params)
{
    const char *fault =
        first_fault(params, FIRST_CHECKS, sizeof(FIRST_CHECKS) / sizeof(FIRST_CHECKS[0]));
    if (fault == NULL && params->max_open_trades < 1) {
        fault = "max_open_trades must be at least 1";
    }
    if (fault == NULL) {
        fault = first_fault(params, LAST_CHECKS, sizeof(LAST_CHECKS) / sizeof(LAST_CHECKS[0]));
    }
    if (fault == NULL && params->max_open_trades > ENGINE_TRADES_MAX) {
        fault = "max_open_trades must be at most 1024";
    }
    if (fault == NULL && params->max_steps < -1) {
        fault = "max_steps must be non-negative";
    }
    if (fault == NULL && params->profile == ENGINE_EXACT &&
        params->pnl_model == ENGINE_PNL_SPREAD) {
        fault = "profile exact knows no pnl_model spread";
    }
    return fault;
}
