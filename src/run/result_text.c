#include "run/result.h"

#include <inttypes.h>
#include <math.h>

#include "base/num.h"

enum { LABEL_WIDTH = 27 };

static void add_count(struct text *out, const char *label, int64_t count)
{
    text_addf(out, "%-*s%" PRId64 "\n", LABEL_WIDTH, label, count);
}

static void add_number(struct text *out, const char *label, double value, const char *unit)
{
    if (isnan(value)) {
        text_addf(out, "%-*s-\n", LABEL_WIDTH, label);
    } else {
        text_addf(out, "%-*s%.2f%s\n", LABEL_WIDTH, label, value, unit);
    }
}

static void add_outcome(struct text *out, const struct summary *summary)
{
    add_count(out, "Total Trades:", summary->opened);
    add_count(out, "Closed Trades:", summary->closed);
    add_count(out, "Open Trades:", summary->opened - summary->closed);
    add_number(out, "Final Balance (USD):", summary->balance_usd, "");
    add_number(out, "Realized PnL (USD):", summary->realized_usd, "");
    add_number(out, "Unrealized PnL (USD):", summary->unrealized_usd, "");
    add_number(out, "Max Drawdown (%):", summary->drawdown * 100, "%");
    add_number(out, "Win Rate:", summary_win_rate(summary) * 100, "%");
    add_number(out, "Avg PnL per Trade (USD):", summary_mean_pnl_usd(summary), "");
}

/* The realised PnL taken apart, so that the lines add up. A cost of 0 is 0, not -0. */
static void add_split(struct text *out, const struct summary *summary)
{
    add_number(out, "  Price (USD):", summary->price_usd, "");
    add_number(out, "  FX (USD):", summary->fx_usd, "");
    add_number(out, "  Slippage (USD):", 0 - summary->slippage_usd, "");
    add_number(out, "  Fees (USD):", 0 - summary->fees_usd, "");
    add_number(out, "  FX Cost (USD):", 0 - summary->fx_cost_usd, "");
    add_number(out, "  Funding (USD):", 0 - summary->funding_usd, "");
}

static void add_quality(struct text *out, const struct summary *summary)
{
    add_number(out, "Profit Factor:", summary_profit_factor(summary), "");
    add_number(out, "Sharpe per Trade:", summary_sharpe_per_trade(summary), "");
    add_number(out, "SQN:", summary_sqn(summary), "");
    add_number(out, "Avg Hold (s):", summary_mean_hold_s(summary), "");
    add_number(out, "Exposure (%):", summary_exposure_pct(summary), "%");
}

static void add_data(struct text *out, const struct result *result)
{
    const struct summary *summary = &result->summary;
    add_count(out, "Steps Processed:", result->steps_processed);
    add_count(out, "Total Snapshots:", result->total_snapshots);
    add_count(out, "Invalid Snapshots:", summary_invalid(summary));
    for (int fault = TICK_VALID + 1; fault <= TICK_FAULT_LAST; fault++) {
        if (summary->invalid[fault] > 0) {
            text_addf(out, "  %-*s%" PRId64 "\n", LABEL_WIDTH - 2,
                      tick_fault_name((enum tick_fault)fault), summary->invalid[fault]);
        }
    }
    if (result->bad_rows_skipped > 0) {
        add_count(out, "Bad Rows Skipped:", result->bad_rows_skipped);
    }
}

void result_summary(const struct result *result, struct text *out)
{
    const char *remarks[RESULT_REMARKS_MAX];
    const int remarks_count = result_remarks(result, remarks);
    text_addf(out, "%-*s%s, %s\n", LABEL_WIDTH,
              "Profile:", engine_profile_name(result->params.profile),
              engine_pnl_model_name(result->params.pnl_model));
    add_outcome(out, &result->summary);
    add_split(out, &result->summary);
    add_quality(out, &result->summary);
    add_data(out, result);
    for (int i = 0; i < remarks_count; i++) {
        text_addf(out, "%s\n", remarks[i]);
    }
}

static void add_field(struct text *out, double value)
{
    char buffer[NUM_TEXT_SIZE];
    text_add_char(out, ',');
    if (isfinite(value)) {
        text_add(out, num_format_shortest(buffer, value));
    }
}

/* What an open trade does not know yet is an empty field. */
static void add_row(struct text *out, const struct trade *trade,
                    const struct trade_result *settled, const char *pair)
{
    const bool closed = trade->state == TRADE_CLOSED;
    text_addf(out, "%" PRIu64 ",%s,%s,%" PRId64 ",", trade->id, pair,
              spread_side_name(trade->side), trade->open_ns);
    if (closed) {
        text_addf(out, "%" PRId64, trade->close_ns);
    }
    add_field(out, trade->entry_spread_bps);
    add_field(out, closed ? trade->exit_spread_bps : NAN);
    text_addf(out, ",%s", trade_exit_name(trade->exit));
    add_field(out, trade->notional_usd);
    add_field(out, trade->quantity);
    add_field(out, closed ? settled->pnl_usd : NAN);
    add_field(out, closed ? settled->pnl_bps : NAN);
    add_field(out, closed ? settled->fees_usd : NAN);
    text_add_char(out, '\n');
}

void result_trades_csv(const struct result *result, const char *const *pair_names,
                       struct text *out)
{
    text_add(out, "id,pair,side,open_ns,close_ns,entry_spread_bps,exit_spread_bps,exit_reason,"
                  "notional_usd,quantity,pnl_usd,pnl_bps,fees_usd\n");
    for (int64_t i = 0; i < result->trades_count; i++) {
        const struct trade *trade = &result->trades[i];
        add_row(out, trade, &result->results[i], pair_names[trade->pair]);
    }
}
