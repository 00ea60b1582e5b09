#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/baseline.h"
#include "core/trade.h"

/* engine_params: what an operator may turn on the engine (SPEC.md 3.6), and which values make
 * no sense. A plain value. */

enum engine_profile {
    ENGINE_EXACT,
    ENGINE_COMPAT_D37,
    ENGINE_COMPAT_D45,
    ENGINE_PROFILE_LAST = ENGINE_COMPAT_D45
};
const char *engine_profile_name(enum engine_profile profile); /* "exact", "compat-d37", ... */

enum engine_pnl_model {
    ENGINE_PNL_LEGS,
    ENGINE_PNL_SPREAD,
    ENGINE_PNL_MODEL_LAST = ENGINE_PNL_SPREAD
};
const char *engine_pnl_model_name(enum engine_pnl_model model); /* "legs", "spread" */

/* What a profile books unless told otherwise: four legs in `exact`, spread in compat. */
enum engine_pnl_model engine_default_model(enum engine_profile profile);

enum { ENGINE_TRADES_MAX = 1024 }; /* open at once, of one pair */

/* Parameters of SPEC.md 3.6. NAN means "not set" (null) for those marked so; 0 is a value. */
struct engine_params {
    enum engine_profile profile;
    enum engine_pnl_model pnl_model;
    double min_spread_bps;
    double taker_fee_a_bps;
    double taker_fee_b_bps;
    double slippage_bps;
    double fx_cost_bps;
    double max_position_usd;
    int32_t max_open_trades; /* per pair */
    double fx_rate;          /* KRW per USD for every tick; NAN: from the data */
    double baseline_bps;
    double baseline_tau_s;
    double baseline_warmup_s; /* NAN: tau */
    double baseline_gap_s;
    double cooldown_s;
    double exit_spread_bps;
    double take_profit_bps; /* NAN: off */
    double stop_loss_bps;   /* NAN: off */
    double max_hold_s;      /* NAN: off */
    bool spot_short;        /* may sell inventory on A */
    double initial_balance_usd;
    double stop_on_drawdown_pct; /* NAN: off */
    int64_t max_steps;           /* -1: off */
    bool close_at_end;
};

struct trade_costs engine_costs(const struct engine_params *params);
struct baseline_params engine_baseline_params(const struct engine_params *params);

/* SPEC.md 3.6's neutral defaults; the required parameters are NAN. */
struct engine_params engine_defaults(void);

/* SPEC.md 3.2: is stop_loss_bps within reach of a new trade, which starts at minus the costs of
 * a round trip and the width of both books? False while it is not set. */
bool engine_stop_is_tight(const struct engine_params *params, double width_bps);

/* SPEC.md 6: the first failing check as its message ("min_spread_bps must be non-negative"), or
 * NULL. A static string. */
const char *engine_params_fault(const struct engine_params *params);
