#include <math.h>

#include "runner_state.h"

/* The money of a photograph: profit, balances, and how long they last. */

/* How many more trades of full size each pocket pays for. */
static void observe_runway(const struct runner *runner, struct snapshot *out)
{
    const struct ledger *ledger = session_ledger(runner->session);
    const struct session_config *setup = &runner->setup.session;
    const double trade_usd = session_params(runner->session)->max_position_usd;
    out->krw_trades_left = out->krw_per_usd > 0.0
                               ? ledger_amount(ledger->krw.cash) / out->krw_per_usd / trade_usd
                               : NAN;
    struct guard_decision probe; /* it knows what positions tie up */
    session_probe(runner->session, 0, &probe);
    out->usdt_trades_left = probe.candidate.free_margin_usd * setup->leverage / trade_usd;
    for (int32_t i = 0; i < setup->pairs_count && i < SNAPSHOT_PAIRS_MAX; i++) {
        const struct tick *tick = &session_pair(runner->session, i)->valid_tick;
        struct snapshot_pair *pair = &out->pairs[i];
        pair->coin_free = ledger_amount(ledger->spot[i].quantity);
        pair->coin_trades_left =
            session_params(runner->session)->spot_short && tick->time_ns != 0
                ? pair->coin_free * tick->bid_a / tick->krw_per_usd / trade_usd
                : NAN;
    }
}

/* What B's position would pay at the next funding, and how far it is from being liquidated. */
static void observe_margin(const struct runner *runner, struct snapshot *out)
{
    const struct ledger *ledger = session_ledger(runner->session);
    out->margin_used_pct = venue_paper_margin_ratio(runner->venue) * 100.0;
    out->liquidation_pct = NAN;
    for (int32_t i = 0; i < runner->setup.session.pairs_count && i < SNAPSHOT_PAIRS_MAX; i++) {
        const struct session_pair *pair = session_pair(runner->session, i);
        const double price = venue_paper_liquidation_price(runner->venue, i);
        if (pair->mark_price > 0.0 && price > 0.0) {
            out->liquidation_pct =
                fmin(out->liquidation_pct, fabs(price / pair->mark_price - 1.0) * 100.0);
        }
        out->pairs[i].funding_expected_usd =
            -ledger_amount(ledger->perp[i].quantity) * pair->mark_price * pair->funding_rate;
    }
}

/* Closed trades with their results, and what the fills of the others have cost by now. */
static double fees_paid_usd(const struct runner *runner)
{
    const struct trade_costs costs = engine_costs(session_params(runner->session));
    double fees_usd = session_summary(runner->session)->fees_usd;
    for (int32_t pair = 0; pair < runner->setup.session.pairs_count; pair++) {
        int32_t count = 0;
        const struct trade *trades = session_trades(runner->session, pair, &count);
        for (int32_t i = 0; i < count; i++) {
            fees_usd += trade_fees_paid_usd(&trades[i], &costs);
        }
    }
    return fees_usd;
}

void runner_observe_money(const struct runner *runner, struct snapshot *out)
{
    const struct summary *summary = session_summary(runner->session);
    const struct ledger *ledger = session_ledger(runner->session);
    int64_t heard_ns = 0;
    out->krw_per_usd = session_fx(runner->session, &heard_ns);
    out->fx_heard_ns = heard_ns;
    out->fx_age_limit_ms =
        runner->setup.session.has_clock ? runner->setup.session.limits.age_fx_ms : NAN;
    text_copy(out->fx_source, sizeof out->fx_source,
              runner->setup.session.has_clock ? "KRW-USDT" : "file");
    out->initial_usd = summary->initial_balance_usd;
    out->realized_usd = summary->realized_usd;
    out->equity_usd = session_equity_usd(runner->session);
    out->unrealized_usd = out->equity_usd - summary->balance_usd;
    out->fees_usd = fees_paid_usd(runner);
    out->day_usd = out->equity_usd - session_guard(runner->session)->day_start_usd;
    out->unhedged_usd = session_unhedged_usd(runner->session, &out->unhedged_since_ns);
    out->balance_krw = ledger_amount(ledger->krw.cash + ledger->krw.locked);
    out->balance_usdt = ledger_amount(ledger->usdt.cash + ledger->usdt.locked);
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        const struct tick *tick = &session_pair(runner->session, i)->valid_tick;
        if (tick->time_ns != 0) {
            out->inventory_usd +=
                ledger_amount(ledger->spot[i].quantity) * tick->bid_a / tick->krw_per_usd;
        }
    }
    observe_runway(runner, out);
    observe_margin(runner, out);
    out->opened = (uint64_t)summary->opened;
    out->closed = (uint64_t)summary->closed;
    out->wins = (uint64_t)summary->wins;
    out->max_drawdown_pct = summary->drawdown * 100.0;
}
