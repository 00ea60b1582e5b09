#include "likeness.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Adds a number; unset is one and the same whatever its bits. */
static void put(struct likeness *likeness, int *count, double number)
{
    likeness->numbers[(*count)++] = isnan(number) ? NAN : number;
}

static void put_track(struct likeness *likeness, int *count, const struct engine_params *params)
{
    const struct baseline_params baseline = engine_baseline_params(params);
    const bool exact = params->profile == ENGINE_EXACT, moving = baseline.tau_s > 0;
    put(likeness, count, exact ? 0 : 1);
    put(likeness, count, exact ? baseline.tau_s : 0);
    put(likeness, count, exact ? baseline.warmup_s : 0);
    put(likeness, count, exact && !moving ? baseline.level_bps : 0);
    put(likeness, count, exact && moving ? baseline.gap_s : 0);
}

static void put_exact(struct likeness *likeness, int *count, const struct engine_params *params)
{
    const bool exact = params->profile == ENGINE_EXACT;
    const bool cools = !isnan(params->stop_loss_bps) || !isnan(params->max_hold_s);
    put(likeness, count, exact ? params->fx_cost_bps : 0);
    put(likeness, count, exact && cools ? params->cooldown_s : 0);
    put(likeness, count, exact ? params->exit_spread_bps : 0);
}

/* Of a trade in `exact`; the other profiles know none. */
static void put_limits(struct likeness *likeness, const struct engine_params *params)
{
    const double limits[] = {params->take_profit_bps, params->stop_loss_bps,
                             params->max_hold_s};
    for (int i = 0; params->profile == ENGINE_EXACT && i < LIKENESS_LIMITS; i++) {
        likeness->limits[i] = isnan(limits[i]) ? NAN : limits[i];
    }
}

static void put_costs(struct likeness *likeness, int *count, const struct engine_params *params,
                      bool apart)
{
    const bool sum_alone = !apart && params->pnl_model == ENGINE_PNL_SPREAD;
    const double sum_bps =
        params->taker_fee_a_bps + params->taker_fee_b_bps + params->slippage_bps;
    put(likeness, count, sum_alone ? sum_bps : params->taker_fee_a_bps);
    put(likeness, count, sum_alone ? 0 : params->taker_fee_b_bps);
    put(likeness, count, sum_alone ? 0 : params->slippage_bps);
}

struct likeness likeness_of(const struct kernel_job *job, bool apart)
{
    const struct engine_params *params = &job->params;
    const bool has_min = params->profile != ENGINE_COMPAT_D45;
    struct likeness likeness = {
        .times = {job->from_ns, job->to_ns, job->first_ns, job->last_ns, params->max_steps}};
    int count = 0;
    put_track(&likeness, &count, params);
    put_exact(&likeness, &count, params);
    put_costs(&likeness, &count, params, apart);
    put(&likeness, &count, has_min ? params->min_spread_bps : 0);
    put(&likeness, &count, params->pnl_model);
    put(&likeness, &count, params->max_position_usd);
    put(&likeness, &count, params->max_open_trades);
    put(&likeness, &count, params->initial_balance_usd);
    put(&likeness, &count, params->stop_on_drawdown_pct);
    put(&likeness, &count, params->spot_short);
    put(&likeness, &count, params->close_at_end);
    put_limits(&likeness, params);
    return likeness;
}

int likeness_compare(const struct likeness *a, const struct likeness *b)
{
    return memcmp(a, b, sizeof *a);
}

bool likeness_same_but_limits(const struct likeness *a, const struct likeness *b)
{
    return memcmp(a, b, offsetof(struct likeness, limits)) == 0;
}

bool likeness_same_track(const struct likeness *a, const struct likeness *b)
{
    return memcmp(a->numbers, b->numbers, LIKENESS_TRACK * sizeof(double)) == 0;
}
