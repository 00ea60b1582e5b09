#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/baseline.h"
#include "core/engine_params.h"
#include "core/spread.h"
#include "core/trade.h"

/* engine: given a moment of two markets, which open trades close and what may open?
 *
 * One value per pair. It decides only: trades live with the caller, who hands in the open ones
 * and tells the engine nothing but the next tick. Profiles of SPEC.md 3.2 and 3.5. */

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
 * TRADE_OPEN do not exit; all but closing and closed ones hold a place of max_open_trades.
 * Takes note of the cool-downs that its own exits start. */
void engine_step(struct engine *engine, const struct engine_params *params,
                 const struct trade *trades, int32_t trades_count, const struct tick *tick,
                 struct engine_decision *out);

/* How many of the trades hold a place of max_open_trades. */
int32_t engine_places(const struct trade *trades, int32_t trades_count);

/* What a decision is made on besides the parameters: a valid tick, its spread_exact(), and what
 * the baseline says before it takes the tick in. */
struct engine_sight {
    const struct tick *tick;
    const struct spread *spread;
    double level_bps; /* m */
    int64_t warmup_left_ns;
    /* Of each trade, in `exact`: engine_mark_usd() at the tick, for a caller that knows it.
     * NULL: engine_decide() works out what it needs. */
    const double *pnl_usd;
};

/* engine_step() for a caller that keeps the baseline: decides, takes note of the cool-downs and
 * moves nothing else. */
void engine_decide(const struct engine_params *params, const struct engine_sight *sight,
                   int64_t cooldown_until_ns[SPREAD_SIDE_LAST + 1], const struct trade *trades,
                   int32_t trades_count, struct engine_decision *out);

/* A past premium sample: moves the baseline only. */
void engine_history(struct engine *engine, const struct engine_params *params, int64_t time_ns,
                    double premium_bps);

/* What a trade of that side records as its exit spread when it closes on a valid tick. */
double engine_exit_spread(const struct engine_params *params, enum spread_side side,
                          const struct tick *tick);

/* Result of a closed trade by profile and PnL model. */
struct trade_result engine_settle(const struct engine_params *params,
                                  const struct trade *trade);

/* The same if the open trade closed at the touch of a valid tick. */
struct trade_result engine_mark(const struct engine_params *params, const struct trade *trade,
                                const struct tick *tick);
/* The pnl_usd of engine_mark() alone, to the bit, for less; quantity > 0. */
double engine_mark_usd(const struct engine_params *params, const struct trade *trade,
                       const struct tick *tick);
