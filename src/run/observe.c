#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "runner_state.h"

/* What a face gets to see: the session photographed into one plain value. */

#define BPS 1e4

/* In the last second that is over; a feed that fell silent has none. */
static double per_second(const struct runner_meter *meter, int64_t now_ns)
{
    const int64_t second = now_ns / CLOCK_NS_PER_S;
    return meter->second >= second       ? meter->last
           : meter->second == second - 1 ? meter->now
                                         : 0.0;
}

static void observe_book(const struct runner *runner, int32_t index, enum venue venue,
                         struct snapshot_book *out)
{
    const struct session_pair *pair = session_pair(runner->session, index);
    const struct session_instrument *instrument = &runner->setup.session.pairs[index];
    const struct runner_meter *meter = &runner->meters[index][venue];
    const bool on_a = venue == VENUE_A;
    const struct book *book = on_a ? &pair->book_a : &pair->book_b;
    text_copy(out->symbol, sizeof out->symbol,
              on_a ? instrument->symbol_a : instrument->symbol_b);
    out->state = on_a ? pair->feed_a : pair->feed_b;
    out->reason = on_a ? pair->feed_a_reason : pair->feed_b_reason;
    out->heard_ns = on_a ? pair->heard_a_ns : pair->heard_b_ns;
    out->changed_ns = book->exchange_ns;
    out->messages = meter->messages;
    out->messages_per_s = per_second(meter, session_time_ns(runner->session));
    struct source_feed feed;
    const struct source_ops *ops = runner->source->ops;
    if (ops->feed != NULL && ops->feed(runner->source, index, venue, &feed)) {
        out->messages = feed.messages;
        out->gaps = feed.gaps;
        out->resyncs = feed.resyncs;
        out->reconnects = feed.reconnects;
        out->dropped = feed.dropped;
    }
    const struct guard_limits *limits = &runner->setup.session.limits;
    out->age_limit_ms = !runner->setup.session.has_clock ? NAN
                        : on_a                           ? limits->age_a_ms
                                                         : limits->age_b_ms;
    out->last_price = meter->last_price;
    out->last_direction = meter->last_direction;
    out->last_ns = meter->last_print_ns;
    out->bids_count =
        book->bids_count < SNAPSHOT_LEVELS_MAX ? book->bids_count : SNAPSHOT_LEVELS_MAX;
    out->asks_count =
        book->asks_count < SNAPSHOT_LEVELS_MAX ? book->asks_count : SNAPSHOT_LEVELS_MAX;
    for (int32_t i = 0; i < out->bids_count; i++) {
        out->bids[i] = (struct snapshot_level){book->bids[i].price, book->bids[i].size};
    }
    for (int32_t i = 0; i < out->asks_count; i++) {
        out->asks[i] = (struct snapshot_level){book->asks[i].price, book->asks[i].size};
    }
}

static void observe_lamp(const struct runner *runner, int32_t index, struct snapshot_pair *out)
{
    struct guard_fault fault = {.reason = REASON_NONE};
    out->aligned = session_check_feeds(runner->session, index, &fault);
    out->misaligned_reason = fault.reason;
    out->misaligned_feed = (enum guard_feed)fault.feed;
    out->misaligned_observed = fault.observed;
    out->misaligned_limit = fault.limit;
}

static void observe_pair(const struct runner *runner, int32_t index, struct snapshot_pair *out)
{
    const struct session_pair *pair = session_pair(runner->session, index);
    const struct engine_params *params = session_params(runner->session);
    text_copy(out->name, sizeof out->name, runner->setup.session.pairs[index].name);
    observe_book(runner, index, VENUE_A, &out->a);
    observe_book(runner, index, VENUE_B, &out->b);
    observe_lamp(runner, index, out);
    out->decided_ns = pair->decided_ns;
    out->premium_bps = pair->spread.premium_bps;
    out->baseline_bps = pair->baseline_bps;
    out->width_bps = pair->spread.width_bps;
    out->need_bps = pair->need_bps;
    out->net_bps[0] = pair->net_bps[0];
    out->net_bps[1] = pair->net_bps[1];
    out->fees_bps = 2.0 * (params->taker_fee_a_bps + params->taker_fee_b_bps);
    out->slippage_bps = 2.0 * params->slippage_bps;
    out->fx_cost_bps = 2.0 * params->fx_cost_bps;
    out->cost_bps = out->fees_bps + out->slippage_bps + out->fx_cost_bps;
    out->min_spread_bps = params->min_spread_bps;
    out->exit_spread_bps = params->exit_spread_bps;
    out->warmup_left_s = (double)pair->warmup_left_ns / 1e9;
    (void)session_trades(runner->session, index, &out->open_trades);
    out->mark_price = pair->mark_price;
    out->funding_rate_bps = pair->funding_rate * BPS;
    out->funding_next_ns = pair->funding_next_ns;
    out->mark_ns = runner->meters[index][VENUE_B].mark_ns;
    chart_copy(&runner->charts[index], out->charts);
}

static double leg_pnl_usd(const struct trade *trade, enum trade_leg leg, double out_usd)
{
    const struct trade_fill *in = &trade->legs[leg];
    if (!(in->quantity > 0.0) || !(in->krw_per_usd > 0.0)) {
        return 0.0;
    }
    const bool bought = (leg == TRADE_A_IN) == (trade->side == SPREAD_LONG_A_SHORT_B);
    const double change_usd = out_usd - in->price / in->krw_per_usd;
    return in->quantity * (bought ? change_usd : -change_usd);
}

/* What closing would cost and bring now, at the last valid touch with slippage. */
static void observe_exit(const struct runner *runner, const struct trade *trade,
                         struct snapshot_position *out)
{
    const struct session_pair *pair = session_pair(runner->session, trade->pair);
    const struct engine_params *params = session_params(runner->session);
    const struct tick *tick = &pair->valid_tick;
    if (tick->time_ns == 0) {
        return;
    }
    const double h = params->slippage_bps / 2.0 / BPS;
    const bool sells_a = trade->side == SPREAD_LONG_A_SHORT_B;
    out->closes_at_a = sells_a ? tick->bid_a * (1.0 - h) : tick->ask_a * (1.0 + h);
    out->closes_at_b = sells_a ? tick->ask_b * (1.0 + h) : tick->bid_b * (1.0 - h);
    out->pnl_a_usd = leg_pnl_usd(trade, TRADE_A_IN, out->closes_at_a / tick->krw_per_usd);
    out->pnl_b_usd = leg_pnl_usd(trade, TRADE_B_IN, out->closes_at_b);
    const struct trade_costs costs = engine_costs(params);
    if (trade->quantity > 0.0) {
        const struct trade_result now = trade_mark(trade, tick, &costs);
        out->pnl_usd = now.pnl_usd;
        out->fees_usd = now.fees_usd;
        out->live_bps = now.pnl_bps;
    } else {
        out->pnl_usd = trade_mark_apart_usd(trade, tick, &costs);
    }
}

/* `index` is the trade's among its pair's: by that it is known what closes it. */
static void observe_position(const struct runner *runner, const struct trade *trade,
                             int32_t index, struct snapshot_position *out)
{
    const struct session_pair *pair = session_pair(runner->session, trade->pair);
    double level_bps = 0;
    const struct engine_params *params =
        session_trade_params(runner->session, trade->pair, index, &level_bps);
    const double sign = trade->side == SPREAD_LONG_A_SHORT_B ? 1.0 : -1.0;
    *out = (struct snapshot_position){
        .id = trade->id,
        .pair = trade->pair,
        .side = trade->side,
        .state = trade->state,
        .open_ns = trade->open_ns,
        .quantity = trade->quantity,
        .notional_usd = trade->notional_usd,
        .entry_a = trade->legs[TRADE_A_IN].price,
        .entry_b = trade->legs[TRADE_B_IN].price,
        .entry_net_bps = trade->net_edge_bps,
        .deviation_bps = sign * (pair->spread.premium_bps - level_bps),
        .exit_at_bps = params->exit_spread_bps,
        .max_hold_s = params->max_hold_s,
        .hold_left_s = NAN,
        .stop_bps = params->stop_loss_bps,
    };
    if (!isnan(params->max_hold_s) && trade->open_ns != 0) {
        const int64_t held_ns = session_time_ns(runner->session) - trade->open_ns;
        out->hold_left_s = params->max_hold_s - (double)held_ns / 1e9;
    }
    observe_exit(runner, trade, out);
}

static void observe_positions(const struct runner *runner, struct snapshot *out)
{
    for (int32_t pair = 0; pair < runner->setup.session.pairs_count; pair++) {
        int32_t count = 0;
        const struct trade *trades = session_trades(runner->session, pair, &count);
        for (int32_t i = 0; i < count && out->positions_count < SNAPSHOT_POSITIONS_MAX; i++) {
            if (trades[i].id != 0) {
                observe_position(runner, &trades[i], i,
                                 &out->positions[out->positions_count++]);
            }
        }
    }
}

static void add_limit(struct snapshot *out, const char *name, const char *unit, double used,
                      double limit)
{
    if (out->limits_count < SNAPSHOT_LIMITS_MAX) {
        struct snapshot_limit *row = &out->limits[out->limits_count++];
        text_copy(row->name, sizeof row->name, name);
        text_copy(row->unit, sizeof row->unit, unit);
        row->used = used;
        row->limit = limit;
    }
}

static void observe_guard(const struct runner *runner, struct snapshot *out)
{
    const struct guard *guard = session_guard(runner->session);
    const struct guard_limits *limits = &runner->setup.session.limits;
    const int64_t now_ns = session_time_ns(runner->session);
    out->guard_level = guard_level_of(guard, -1);
    out->guard_limits = *limits;
    for (int32_t i = 0; i < guard->causes_count && i < SNAPSHOT_CAUSES_MAX; i++) {
        const struct guard_cause *cause = &guard->causes[i];
        out->causes[out->causes_count++] = (struct snapshot_cause){
            .reason = cause->reason,
            .level = cause->level,
            .pair = cause->pair,
            .since_ns = cause->since_ns,
            .until_ns = cause->until_ns,
            .observed = cause->observed,
            .limit = cause->limit,
        };
    }
    const double open_trades = (double)(out->opened - out->closed);
    add_limit(out, "day loss", "USD", guard_day_loss_usd(guard), limits->day_loss_usd);
    add_limit(out, "24 h loss", "USD", guard_rolling_loss_usd(guard, now_ns),
              limits->rolling_loss_usd);
    add_limit(out, "session loss", "USD", guard_session_loss_usd(guard),
              limits->session_loss_usd);
    add_limit(out, "drawdown", "%", guard_drawdown_pct(guard), limits->drawdown_pct);
    add_limit(out, "open trades", "", open_trades, limits->open_trades);
    add_limit(out, "gross exposure", "USD", session_gross_usd(runner->session),
              limits->gross_exposure_usd);
    add_limit(out, "orders", "/min",
              limiter_count(&guard->orders, now_ns, INT64_C(60) * CLOCK_NS_PER_S),
              limits->orders_per_min);
    add_limit(out, "orders", "/h",
              limiter_count(&guard->orders, now_ns, INT64_C(3600) * CLOCK_NS_PER_S),
              limits->orders_per_hour);
    add_limit(out, "trade size", "USD", session_params(runner->session)->max_position_usd,
              limits->notional_per_trade_usd);
    add_limit(out, "losses in row", "", guard->session_losses, limits->session_losses_in_row);
}

static void observe_refusals(const struct runner *runner, struct snapshot *out)
{
    out->refused_count = session_refused(runner->session);
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        const struct session_refusal *last = session_refusal(runner->session, i);
        if (last->time_ns == 0 || (out->refused_any && last->time_ns < out->refused_ns)) {
            continue;
        }
        out->refused_any = true;
        out->refused_ns = last->time_ns;
        out->refused_pair = i;
        out->refused_side = last->side;
        out->refused_reason = last->reason;
        out->refused_observed = last->observed;
        out->refused_limit = last->limit;
        out->refused_near_miss = last->near_miss;
    }
}

/* What stands in the way of an entry on one pair right now; NONE when nothing does. */
static enum reason in_the_way(const struct runner *runner, int32_t index, double *until_s)
{
    const struct session_pair *pair = session_pair(runner->session, index);
    *until_s = NAN;
    struct guard_decision probe;
    session_probe(runner->session, index, &probe);
    const struct guard_fault *cause = guard_decision_cause(&probe);
    const double again_s = probe.cooldown_ns > 0 ? (double)probe.cooldown_ns / 1e9 : NAN;
    const bool gate = probe.primary != REASON_NONE && probe.primary < REASON_INPUT_NOT_FINITE;
    if (gate) {
        *until_s = again_s;
        return cause->reason;
    }
    /* A file's first row is not there yet; where there is a clock the guard says what is. */
    if (!runner->setup.session.has_clock && pair->heard_a_ns == 0) {
        return REASON_FEED_SILENT;
    }
    if (probe.action == GUARD_BLOCK || probe.action == GUARD_STOP_SESSION) {
        *until_s = again_s;
        return probe.primary;
    }
    if (pair->warmup_left_ns > 0) {
        *until_s = (double)pair->warmup_left_ns / 1e9;
        return REASON_ROUTE_WARM_UP;
    }
    return REASON_NONE;
}

/* Entries are open when any pair may enter; else the first pair's obstacle is named, for all
 * when all have the same. */
static void observe_gate(const struct runner *runner, struct snapshot *out)
{
    const struct guard_gate *gate = session_gate(runner->session);
    out->armed = gate->armed;
    out->paused = gate->paused;
    out->killed = gate->killed || latch_is_on(runner->latch);
    out->stopped = session_guard(runner->session)->stopped;
    text_copy(out->paused_by, sizeof out->paused_by, runner->paused_by);
    text_copy(out->killed_by, sizeof out->killed_by, runner->killed_by);
    text_copy(out->killed_reason, sizeof out->killed_reason, runner->killed_reason);
    out->killed_wall_ns = runner->killed_wall_ns;
    out->entries_pair = -1;
    out->entries_until_s = NAN;
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        double until_s = NAN;
        const enum reason reason = in_the_way(runner, i, &until_s);
        out->entries_open = out->entries_open || reason == REASON_NONE;
        if (i == 0) {
            out->entries_reason = reason;
            out->entries_until_s = until_s;
        } else if (reason != out->entries_reason) {
            out->entries_pair = 0;
        }
    }
    const int64_t backlog_ns = runner_backlog_ns(runner, out->made_mono_ns);
    if (out->entries_open && backlog_ns > 0) {
        out->entries_open = false;
        out->entries_reason = REASON_JOURNAL_BACKLOG;
        out->entries_until_s = (double)backlog_ns / 1e9;
    } else if (out->entries_open) {
        out->entries_reason = REASON_NONE;
        out->entries_until_s = NAN;
    } else if (runner->source_ended && out->entries_reason == REASON_NONE) {
        out->entries_reason = REASON_FEED_SILENT;
    }
}

static const char *kind_name(enum setup_kind kind)
{
    switch (kind) {
    case SETUP_CSV:
        return "csv";
    case SETUP_FRAMES:
        return "frames";
    case SETUP_SCENARIO:
        return "scenario";
    case SETUP_SIMULATED:
        return "simulated";
    case SETUP_LIVE:
        return "live";
    }
    return "";
}

static void observe_identity(const struct runner *runner, struct snapshot *out)
{
    text_copy(out->source_kind, sizeof out->source_kind, kind_name(runner->setup.kind));
    const struct source_ops *ops = runner->source->ops;
    text_copy(out->session, sizeof out->session, runner->record.name);
    text_copy(out->mode, sizeof out->mode, runner->record.mode);
    text_copy(out->profile, sizeof out->profile,
              engine_profile_name(session_params(runner->session)->profile));
    text_copy(out->source, sizeof out->source, ops->label(runner->source));
    out->speed = runner->pace.speed;
    out->playback_paused = runner->pace.paused;
    out->source_ended = runner->source_ended;
    out->pid = (int32_t)getpid();
    out->started_wall_ns = runner->record.started_wall_ns;
    out->time_ns = session_time_ns(runner->session);
    out->sequence = session_sequence(runner->session);
    out->decisions = runner->trace.count;
    text_copy(out->decision_hash, sizeof out->decision_hash, runner->trace.hash);
    out->progress = ops->progress == NULL ? NAN : ops->progress(runner->source);
    out->revision = session_revision(runner->session);
    out->params = *session_params(runner->session);
    text_copy(out->revision_origin, sizeof out->revision_origin, runner->revision_origin);
}

static void observe_log(const struct runner *runner, struct snapshot *out)
{
    const int32_t oldest =
        (runner->log_head + RUNNER_LOG_LINES - runner->log_count) % RUNNER_LOG_LINES;
    for (int32_t i = 0; i < runner->log_count; i++) {
        out->log[out->log_count++] = runner->log[(oldest + i) % RUNNER_LOG_LINES];
    }
}

void runner_snapshot(struct runner *runner, int64_t wall_ns, int64_t mono_ns,
                     struct snapshot *out)
{
    memset(out, 0, sizeof *out);
    out->version = SNAPSHOT_VERSION;
    out->size = sizeof *out;
    out->made_wall_ns = wall_ns;
    out->made_mono_ns = mono_ns;
    observe_identity(runner, out);
    runner_observe_money(runner, out);
    observe_gate(runner, out);
    observe_guard(runner, out);
    observe_refusals(runner, out);
    out->pairs_count = runner->setup.session.pairs_count < SNAPSHOT_PAIRS_MAX
                           ? runner->setup.session.pairs_count
                           : SNAPSHOT_PAIRS_MAX;
    for (int32_t i = 0; i < out->pairs_count; i++) {
        observe_pair(runner, i, &out->pairs[i]);
    }
    runner_observe_metrics(runner, out);
    observe_positions(runner, out);
    out->alerts_count = alert_table_rows(runner->alerts, out->alerts, SNAPSHOT_ALERTS_MAX);
    alert_table_counts(runner->alerts, &out->alerts_unacked, &out->alerts_high_unacked,
                       &out->alerts_total);
    observe_log(runner, out);
}
