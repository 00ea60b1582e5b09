#include "core/summary.h"

#include <assert.h>
#include <math.h>

static const double NS_PER_S = 1e9;

void summary_init(struct summary *summary, double initial_balance_usd)
{
    *summary = (struct summary){
        .initial_balance_usd = initial_balance_usd,
        .balance_usd = initial_balance_usd,
        .peak_usd = initial_balance_usd,
    };
}

void summary_opened(struct summary *summary)
{
    summary->opened++;
    const int64_t open = summary->opened - summary->closed;
    if (open > summary->open_most) {
        summary->open_most = open;
    }
}

/* Mean and squared deviations of trade PnL, trade by trade (Welford). */
static void add_to_moments(struct summary *summary, double pnl_usd)
{
    const double before = pnl_usd - summary->pnl_mean;
    summary->pnl_mean += before / (double)summary->closed;
    summary->pnl_m2 += before * (pnl_usd - summary->pnl_mean);
}

void summary_closed(struct summary *summary, const struct trade *trade,
                    const struct trade_result *result)
{
    const double pnl_usd = result->pnl_usd;

    summary->closed++;
    if (pnl_usd > 0) {
        summary->wins++;
        summary->won_usd += pnl_usd;
    } else if (pnl_usd < 0) {
        summary->losses++;
        summary->lost_usd -= pnl_usd;
    }
    summary->realized_usd += pnl_usd;
    summary->balance_usd = summary->initial_balance_usd + summary->realized_usd;
    summary->fees_usd += result->fees_usd;
    summary->slippage_usd += result->slippage_usd;
    summary->funding_usd += result->funding_usd;
    summary->fx_cost_usd += result->fx_cost_usd;
    summary->fx_usd += result->fx_usd;
    summary->price_usd += result->price_usd;
    summary->hold_sum_s += (double)(trade->close_ns - trade->open_ns) / NS_PER_S;
    add_to_moments(summary, pnl_usd);
}

void summary_mark(struct summary *summary, double unrealized_usd, bool drawdown_of_equity)
{
    summary->unrealized_usd = unrealized_usd;
    const double equity_usd = summary->balance_usd + (drawdown_of_equity ? unrealized_usd : 0);
    if (equity_usd > summary->peak_usd) {
        summary->peak_usd = equity_usd;
    }
    const double drawdown = (summary->peak_usd - equity_usd) / summary->peak_usd;
    if (drawdown > summary->drawdown) {
        summary->drawdown = drawdown;
    }
}

void summary_step(struct summary *summary, enum tick_fault fault, int64_t time_ns,
                  int64_t open_trades, double unrealized_usd, bool drawdown_of_equity)
{
    assert((int)fault >= 0 && fault <= TICK_FAULT_LAST);

    const bool first = summary->steps == summary_invalid(summary);
    summary->steps++;
    if (fault != TICK_VALID) {
        summary->invalid[fault]++;
    } else {
        if (first) {
            summary->first_valid_ns = time_ns;
        } else if (summary->was_exposed) {
            summary->exposed_ns += (double)(time_ns - summary->last_valid_ns);
        }
        summary->last_valid_ns = time_ns;
        summary->was_exposed = open_trades > 0;
    }
    summary_mark(summary, unrealized_usd, drawdown_of_equity);
}

int64_t summary_invalid(const struct summary *summary)
{
    int64_t invalid = 0;
    for (int fault = TICK_VALID + 1; fault <= TICK_FAULT_LAST; fault++) {
        invalid += summary->invalid[fault];
    }
    return invalid;
}

double summary_win_rate(const struct summary *summary)
{
    return summary->closed > 0 ? (double)summary->wins / (double)summary->closed : 0;
}

double summary_mean_pnl_usd(const struct summary *summary)
{
    return summary->closed > 0 ? summary->realized_usd / (double)summary->closed : 0;
}

double summary_mean_hold_s(const struct summary *summary)
{
    return summary->closed > 0 ? summary->hold_sum_s / (double)summary->closed : 0;
}

double summary_exposure_pct(const struct summary *summary)
{
    const double span_ns = (double)(summary->last_valid_ns - summary->first_valid_ns);
    return span_ns > 0 ? summary->exposed_ns / span_ns * 100 : 0;
}

double summary_profit_factor(const struct summary *summary)
{
    return summary->lost_usd > 0 ? summary->won_usd / summary->lost_usd : NAN;
}

double summary_sharpe_per_trade(const struct summary *summary)
{
    if (summary->closed < 2 || !(summary->pnl_m2 > 0)) {
        return 0;
    }
    const double variance = summary->pnl_m2 / (double)(summary->closed - 1);
    return summary->pnl_mean / sqrt(variance);
}

double summary_sqn(const struct summary *summary)
{
    return summary_sharpe_per_trade(summary) * sqrt((double)summary->closed);
}
