#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine.h"
#include "core/trade.h"

/* summary: how did a run go: profit, drawdown, hit rate (SPEC.md 3.6)?
 *
 * Fed as the run goes; holds no trades. */

enum { SUMMARY_BUCKETS = 256 };

struct summary {
    double initial_balance_usd;
    double balance_usd; /* initial + realised */
    int64_t opened, closed, wins, losses;
    int64_t open_most; /* trades that were open at once */
    double realized_usd, unrealized_usd;
    double fees_usd, slippage_usd, funding_usd, fx_cost_usd, fx_usd,
        price_usd;            /* closed trades */
    double won_usd, lost_usd; /* sums of wins and of losses, both >= 0 */
    double pnl_mean, pnl_m2;  /* running moments of trade PnL */
    double hold_sum_s;
    double exposed_ns;         /* time with an open trade */
    double peak_usd, drawdown; /* drawdown as a fraction of the peak */
    int64_t first_valid_ns, last_valid_ns;
    int64_t steps, invalid[TICK_FAULT_LAST + 1];
    bool was_exposed;
};

void summary_init(struct summary *summary, double initial_balance_usd);
void summary_opened(struct summary *summary);
void summary_closed(struct summary *summary, const struct trade *trade,
                    const struct trade_result *result);
/* The running figures after entries and exits at some moment. The drawdown is of balance +
 * unrealised in `exact`, of the balance alone in the compat profiles. */
void summary_mark(struct summary *summary, double unrealized_usd, bool drawdown_of_equity);
/* Once per step after exits and entries: counts the step and its fault, adds to the exposure,
 * and marks. */
void summary_step(struct summary *summary, enum tick_fault fault, int64_t time_ns,
                  int64_t open_trades, double unrealized_usd, bool drawdown_of_equity);

int64_t summary_invalid(const struct summary *summary);     /* steps, of every fault */
double summary_mean_pnl_usd(const struct summary *summary); /* 0 when none closed */
double summary_mean_hold_s(const struct summary *summary);  /* of closed trades */
double summary_exposure_pct(const struct summary *summary);
double summary_win_rate(const struct summary *summary);
double summary_profit_factor(const struct summary *summary); /* NAN without losses */
double summary_sharpe_per_trade(const struct summary *summary);
double summary_sqn(const struct summary *summary);
