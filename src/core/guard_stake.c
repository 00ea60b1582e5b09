#include "guard_check.h"

/* Feed to global: is what we know fresh, and would every limit still hold afterwards? Caps
 * allow being at the limit, budgets that are at theirs are used up. */

#define LEGS      2.0
#define MINUTE_NS (60 * INT64_C(1000000000))
#define HOUR_NS   (60 * MINUTE_NS)

/* The feed's own word for its state, when it gave one. */
static bool feed_broken(bool fine, enum reason why, struct guard_fault *fault)
{
    if (why != REASON_NONE) {
        fault->reason = why;
    }
    return !fine;
}

static bool feed_a_broken(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_A;
    const struct guard_candidate *candidate = question->candidate;
    return feed_broken(candidate->feed_a_ok, candidate->feed_a_reason, fault);
}

static bool feed_a_silent(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_A;
    return !guard_heard_a(question);
}

static bool feed_a_stale(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_A;
    return question->candidate->has_clock &&
           guard_above(fault, question->candidate->age_a_ms, question->limits->age_a_ms);
}

static bool book_a_locked(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_A;
    const struct tick *tick = &question->candidate->tick;
    return guard_heard_a(question) && tick->bid_a == tick->ask_a;
}

static bool book_a_crossed(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_A;
    const struct tick *tick = &question->candidate->tick;
    return guard_above(fault, tick->bid_a, tick->ask_a);
}

static bool feed_b_broken(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_B;
    const struct guard_candidate *candidate = question->candidate;
    return feed_broken(candidate->feed_b_ok, candidate->feed_b_reason, fault);
}

static bool feed_b_silent(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_B;
    return !guard_heard_b(question);
}

static bool feed_b_stale(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_B;
    return question->candidate->has_clock &&
           guard_above(fault, question->candidate->age_b_ms, question->limits->age_b_ms);
}

static bool book_b_locked(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_B;
    const struct tick *tick = &question->candidate->tick;
    return guard_heard_b(question) && tick->bid_b == tick->ask_b;
}

static bool book_b_crossed(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_B;
    const struct tick *tick = &question->candidate->tick;
    return guard_above(fault, tick->bid_b, tick->ask_b);
}

static bool fx_missing(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_FX;
    return !guard_above(fault, question->candidate->tick.krw_per_usd, 0.0);
}

static bool fx_silent(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_FX;
    return question->candidate->has_clock &&
           guard_below(fault, question->candidate->age_fx_ms, 0.0);
}

static bool fx_stale(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_FX;
    return question->candidate->has_clock &&
           guard_above(fault, question->candidate->age_fx_ms, question->limits->age_fx_ms);
}

static bool cash_a_short(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard_candidate *candidate = question->candidate;
    return candidate->side == SPREAD_LONG_A_SHORT_B &&
           guard_below(fault, candidate->free_krw_usd, candidate->notional_usd);
}

static bool margin_b_short(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard_candidate *candidate = question->candidate;
    return guard_below(fault, candidate->free_margin_usd, candidate->need_margin_usd);
}

static bool symbol_a_halted(const struct guard_question *question, struct guard_fault *fault)
{
    return question->candidate->halted_a;
}

static bool symbol_b_halted(const struct guard_question *question, struct guard_fault *fault)
{
    return question->candidate->halted_b;
}

static bool edge_too_low(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard_candidate *candidate = question->candidate;
    return guard_below(fault, candidate->net_edge_bps, candidate->min_edge_bps);
}

/* The edge is there at the touch, and gone when this size walks the books. */
static bool books_too_thin(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard_candidate *candidate = question->candidate;
    return candidate->net_edge_bps >= candidate->min_edge_bps &&
           guard_below(fault, candidate->net_edge_bps - candidate->walk_bps,
                       candidate->min_edge_bps);
}

static bool edge_abnormal(const struct guard_question *question, struct guard_fault *fault)
{
    const double limit_bps = question->limits->edge_abnormal_bps;
    return question->candidate->has_depth_model &&
           guard_above(fault, question->candidate->net_edge_bps, limit_bps);
}

static bool spot_short_barred(const struct guard_question *question, struct guard_fault *fault)
{
    return question->candidate->side == SPREAD_LONG_B_SHORT_A &&
           !question->candidate->spot_short;
}

static bool inventory_short(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard_candidate *candidate = question->candidate;
    return candidate->side == SPREAD_LONG_B_SHORT_A &&
           guard_below(fault, candidate->free_coin, candidate->quantity);
}

static bool books_apart(const struct guard_question *question, struct guard_fault *fault)
{
    fault->feed = GUARD_FEED_BOTH;
    return question->candidate->has_clock &&
           guard_above(fault, question->candidate->skew_ms, question->limits->skew_ms);
}

static bool legs_unequal(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_above(fault, question->candidate->unhedged_usd,
                       question->limits->unhedged_usd);
}

static bool trade_too_big(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_above(fault, question->candidate->notional_usd,
                       question->limits->notional_per_trade_usd);
}

static bool too_many_trades(const struct guard_question *question, struct guard_fault *fault)
{
    const double after = question->candidate->open_trades + 1.0;
    return guard_above(fault, after, question->limits->open_trades);
}

static bool exposure_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    const double after_usd =
        question->candidate->gross_exposure_usd + LEGS * question->candidate->notional_usd;
    return guard_above(fault, after_usd, question->limits->gross_exposure_usd);
}

static bool used_up(struct guard_fault *fault, double loss_usd, double limit_usd)
{
    fault->observed = loss_usd;
    fault->limit = limit_usd;
    return loss_usd >= limit_usd;
}

/* Not used up yet, but this trade's worst case would use it up. */
static bool at_stake(const struct guard_question *question, struct guard_fault *fault,
                     double loss_usd, double limit_usd)
{
    const double after_usd = loss_usd + question->candidate->worst_loss_usd;
    return loss_usd < limit_usd && used_up(fault, after_usd, limit_usd);
}

static bool day_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    return used_up(fault, guard_day_loss_usd(question->guard), question->limits->day_loss_usd);
}

static bool day_at_stake(const struct guard_question *question, struct guard_fault *fault)
{
    const double loss_usd = guard_day_loss_usd(question->guard);
    return at_stake(question, fault, loss_usd, question->limits->day_loss_usd);
}

static double rolling_loss_usd(const struct guard_question *question)
{
    return guard_rolling_loss_usd(question->guard, question->candidate->time_ns);
}

static bool rolling_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    return used_up(fault, rolling_loss_usd(question), question->limits->rolling_loss_usd);
}

static bool rolling_at_stake(const struct guard_question *question, struct guard_fault *fault)
{
    const double limit_usd = question->limits->rolling_loss_usd;
    return at_stake(question, fault, rolling_loss_usd(question), limit_usd);
}

static bool session_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    const double loss_usd = guard_session_loss_usd(question->guard);
    return used_up(fault, loss_usd, question->limits->session_loss_usd);
}

static bool session_at_stake(const struct guard_question *question, struct guard_fault *fault)
{
    const double loss_usd = guard_session_loss_usd(question->guard);
    return at_stake(question, fault, loss_usd, question->limits->session_loss_usd);
}

static bool drawdown_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    const struct guard *guard = question->guard;
    const double after_usd = guard->equity_usd - question->candidate->worst_loss_usd;
    return used_up(fault, guard_drawdown_at(guard, after_usd), question->limits->drawdown_pct);
}

static double orders_after(const struct guard_question *question, int64_t window_ns)
{
    const int32_t sent =
        limiter_count(&question->guard->orders, question->candidate->time_ns, window_ns);
    return (double)sent + (double)question->candidate->orders_wanted;
}

static bool minute_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_above(fault, orders_after(question, MINUTE_NS),
                       question->limits->orders_per_min);
}

static bool hour_used_up(const struct guard_question *question, struct guard_fault *fault)
{
    return guard_above(fault, orders_after(question, HOUR_NS),
                       question->limits->orders_per_hour);
}

#define ENTRIES GUARD_OF_ENTRIES
#define FEED    GUARD_LAYER_FEED
#define VENUE   GUARD_LAYER_VENUE
#define SYMBOL  GUARD_LAYER_SYMBOL
#define ROUTE   GUARD_LAYER_ROUTE
#define CROSS   GUARD_LAYER_CROSS
#define GLOBAL  GUARD_LAYER_GLOBAL
#define BLOCK   GUARD_BLOCK
#define STOP    GUARD_STOP_SESSION

static const struct guard_check CHECKS[] = {
    {FEED, ENTRIES, BLOCK, REASON_FEED_DISCONNECTED, feed_a_broken},
    {FEED, ENTRIES, BLOCK, REASON_FEED_SILENT, feed_a_silent},
    {FEED, ENTRIES, BLOCK, REASON_FEED_STALE, feed_a_stale},
    {FEED, ENTRIES, BLOCK, REASON_FEED_LOCKED, book_a_locked},
    {FEED, ENTRIES, BLOCK, REASON_FEED_CROSSED, book_a_crossed},
    {FEED, ENTRIES, BLOCK, REASON_FEED_DISCONNECTED, feed_b_broken},
    {FEED, ENTRIES, BLOCK, REASON_FEED_SILENT, feed_b_silent},
    {FEED, ENTRIES, BLOCK, REASON_FEED_STALE, feed_b_stale},
    {FEED, ENTRIES, BLOCK, REASON_FEED_LOCKED, book_b_locked},
    {FEED, ENTRIES, BLOCK, REASON_FEED_CROSSED, book_b_crossed},
    {FEED, ENTRIES, BLOCK, REASON_FEED_THIN, books_too_thin},
    {FEED, ENTRIES, BLOCK, REASON_FX_MISSING, fx_missing},
    {FEED, ENTRIES, BLOCK, REASON_FX_MISSING, fx_silent},
    {FEED, ENTRIES, BLOCK, REASON_FX_STALE, fx_stale},

    {VENUE, ENTRIES, BLOCK, REASON_VENUE_BALANCE, cash_a_short},
    {VENUE, ENTRIES, BLOCK, REASON_VENUE_BALANCE, margin_b_short},

    {SYMBOL, ENTRIES, BLOCK, REASON_SYMBOL_HALTED, symbol_a_halted},
    {SYMBOL, ENTRIES, BLOCK, REASON_SYMBOL_HALTED, symbol_b_halted},

    {ROUTE, ENTRIES, BLOCK, REASON_ROUTE_EDGE_LOW, edge_too_low},
    {ROUTE, ENTRIES, BLOCK, REASON_ROUTE_EDGE_ABNORMAL, edge_abnormal},
    {ROUTE, ENTRIES, BLOCK, REASON_ROUTE_INVENTORY, spot_short_barred},
    {ROUTE, ENTRIES, BLOCK, REASON_ROUTE_INVENTORY, inventory_short},
    {ROUTE, ENTRIES, BLOCK, REASON_ROUTE_SYNC_WINDOW, books_apart},

    {CROSS, ENTRIES, BLOCK, REASON_CROSS_IMBALANCE, legs_unequal},

    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_NOTIONAL_PER_TRADE, trade_too_big},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_OPEN_TRADES, too_many_trades},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_GROSS_EXPOSURE, exposure_used_up},
    {GLOBAL, ENTRIES, STOP, REASON_GLOBAL_DAY_LOSS, day_used_up},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_DAY_LOSS, day_at_stake},
    {GLOBAL, ENTRIES, STOP, REASON_GLOBAL_ROLLING_LOSS, rolling_used_up},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_ROLLING_LOSS, rolling_at_stake},
    {GLOBAL, ENTRIES, STOP, REASON_GLOBAL_SESSION_LOSS, session_used_up},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_SESSION_LOSS, session_at_stake},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_DRAWDOWN, drawdown_used_up},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_ORDER_RATE, minute_used_up},
    {GLOBAL, ENTRIES, BLOCK, REASON_GLOBAL_ORDER_RATE, hour_used_up},
};

const struct guard_check *guard_late_checks(size_t *count)
{
    *count = sizeof CHECKS / sizeof CHECKS[0];
    return CHECKS;
}
