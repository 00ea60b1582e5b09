#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/baseline.h"
#include "core/spread.h"
#include "core/trade.h"

/* engine: given a moment of two markets, which open trades close and what may open?
 *
 * One value per pair. It decides only: trades live with the caller, who hands in the open ones
 * and tells the engine nothing but the next tick. Profiles of SPEC.md 3.2 and 3.5. */

enum engine_profile {
    ENGINE_EXACT,
    ENGINE_COMPAT_D37,
    ENGINE_COMPAT_D45,
    ENGINE_PROFILE_LAST = ENGINE_COMPAT_D45
};
const char *engine_profile_name(enum engine_profile profile); /* "exact", "compat-d37", ... */

enum engine_pnl_model { ENGINE_PNL_LEGS, ENGINE_PNL_SPREAD };

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

struct engine {
    struct baseline baseline;
    int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1]; /* 0: none */
    int64_t last_valid_ns;                           /* 0: none yet */
};

struct engine_exit {
    int32_t index; /* into the trades handed in */
    enum trade_exit reason;
    double exit_spread_bps;
};

enum { ENGINE_TRADES_MAX = 1024 };

/* What one tick says. The arithmetic is there for the screen and the decision record. */
struct engine_decision {
    enum tick_fault fault; /* not TICK_VALID: nothing below is set but counts of 0 */
    struct spread spread;
    double baseline_bps; /* m */
    double cost_bps;     /* cost_rt, or c in the compat profiles */
    double net_bps[2];   /* n1, n2 (exact) or s - c (compat) */
    double need_bps;     /* |p - m| that would open: W + cost_rt + min_spread */
    int64_t warmup_left_ns;
    int32_t exits_count;
    struct engine_exit exits[ENGINE_TRADES_MAX];
    bool enter;
    enum spread_side side; /* the better side, also when enter is false */
    double entry_spread_bps;
    double net_edge_bps;
};

/* Decides and moves the baseline. `trades` are the pair's trades in opening order; those not in
 * TRADE_OPEN neither exit nor, when closing, hold a place; opening and hedging ones hold one.
 * Takes note of the cool-downs that its own exits start. */
void engine_step(struct engine *engine, const struct engine_params *params,
                 const struct trade *trades, int32_t trades_count, const struct tick *tick,
                 struct engine_decision *out);

/* A past premium sample: moves the baseline only. */
void engine_history(struct engine *engine, const struct engine_params *params, int64_t time_ns,
                    double premium_bps);

struct trade_costs engine_costs(const struct engine_params *params);
struct baseline_params engine_baseline_params(const struct engine_params *params);

/* Result of a closed trade by profile and PnL model. */
struct trade_result engine_settle(const struct engine_params *params,
                                  const struct trade *trade);

/* SPEC.md 3.6's neutral defaults; the required parameters are NAN. */
struct engine_params engine_defaults(void);

/* SPEC.md 6: the first failing check as its message ("min_spread_bps must be non-negative"), or
 * NULL. A static string. */
const char *engine_params_fault(const struct engine_params *params);
