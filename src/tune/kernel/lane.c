#include "lane.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

static const double NS_PER_S = 1e9;

static bool is_exact(const struct lane *lane)
{
    return lane->job.params.profile == ENGINE_EXACT;
}

/* An edge before costs that the engine may find good enough, a hair below the true one. */
static double edge_of(const struct engine_params *params)
{
    if (params->profile == ENGINE_EXACT) {
        return (2 * (params->taker_fee_a_bps + params->taker_fee_b_bps + params->slippage_bps +
                     params->fx_cost_bps) +
                params->min_spread_bps) *
               (1 - 1e-14);
    }
    const double cost_bps =
        params->taker_fee_a_bps + params->taker_fee_b_bps + params->slippage_bps;
    const double net_bps_min =
        params->profile == ENGINE_COMPAT_D37 ? params->min_spread_bps : 0;
    return (cost_bps + net_bps_min) * (1 - 1e-14);
}

/* The profit of a trade at which it makes `bps` of its notional, give or take a hair. */
static double profit_usd(const struct engine_params *params, double bps, double hair)
{
    const double usd = bps * (params->max_position_usd / 1e4);
    return usd + hair * (fabs(usd) * 1e-14 + 1e-250 * (1 + params->max_position_usd));
}

/* Sets the limits; one that left the range of a double is reached by everything. */
static void set_limits(struct lane *lane)
{
    const struct engine_params *params = &lane->job.params;
    const double edge_bps = edge_of(params);
    const double stop_usd = profit_usd(params, -params->stop_loss_bps, 1);
    const double take_usd = profit_usd(params, params->take_profit_bps, -1);
    lane->edge_bps[SPREAD_LONG_A_SHORT_B] = edge_bps;
    lane->edge_bps[SPREAD_LONG_B_SHORT_A] = params->spot_short ? edge_bps : INFINITY;
    lane->stop_usd = isnan(params->stop_loss_bps) ? -INFINITY
                     : isfinite(stop_usd)         ? stop_usd
                                                  : INFINITY;
    lane->take_usd = isnan(params->take_profit_bps) ? INFINITY
                     : isfinite(take_usd)           ? take_usd
                                                    : -INFINITY;
    const double h = params->slippage_bps / 2 / 1e4;
    lane->holding = (struct holding){
        .positions = lane->positions,
        .sell = 1 - h,
        .buy = 1 + h,
        .stop_usd = lane->stop_usd,
        .take_usd = lane->take_usd,
        .exit_bps = params->exit_spread_bps,
        .stop_drawdown_pct = params->stop_on_drawdown_pct,
    };
}

void lane_init(struct lane *lane, const struct kernel_job *job, int32_t index)
{
    const struct engine_params *params = &job->params;
    const size_t open_max = (size_t)params->max_open_trades;
    assert(engine_params_fault(params) == NULL);
    *lane = (struct lane){
        .job = *job,
        .index = index,
        .costs = engine_costs(params),
        .open = mem_array(open_max, sizeof *lane->open),
        .positions = mem_array(open_max, sizeof *lane->positions),
        .width_bps = NAN,
        .exposed_row = -1,
    };
    set_limits(lane);
    summary_init(&lane->summary, params->initial_balance_usd);
    equity_init(&lane->equity, job->first_ns, job->last_ns, params->initial_balance_usd);
    lane->bucket_until_ns = equity_until_ns(&lane->equity, job->first_ns);
}

void lane_finish(struct lane *lane)
{
    mem_free(lane->open);
    mem_free(lane->positions);
}

static struct position position_of(const struct trade *trade, const struct trade_costs *costs)
{
    const double q = trade->quantity;
    const struct trade_fill *a_in = &trade->legs[TRADE_A_IN];
    const struct trade_fill *b_in = &trade->legs[TRADE_B_IN];
    return (struct position){
        .side = trade->side == SPREAD_LONG_A_SHORT_B ? 1 : -1,
        .quantity = q,
        .a_in_usd = a_in->price / a_in->krw_per_usd,
        .b_in_usd = b_in->price / b_in->krw_per_usd,
        .fee_a = q * costs->fee_a_bps / 1e4,
        .fee_b = q * costs->fee_b_bps / 1e4,
        .fx_cost = q * costs->fx_cost_bps / 1e4,
    };
}

double position_pnl_usd(const struct position *position, const struct holding *holding,
                        const struct tick *tick)
{
    const bool long_a = position->side > 0;
    const double a_price = long_a ? tick->bid_a * holding->sell : tick->ask_a * holding->buy;
    const double b_out = long_a ? tick->ask_b * holding->buy : tick->bid_b * holding->sell;
    const double a_out = a_price / tick->krw_per_usd;
    const double a_in = position->a_in_usd, b_in = position->b_in_usd;
    const double gross = position->quantity * (position->side * (a_out - a_in)) +
                         position->quantity * (position->side * (b_in - b_out));
    const double fees = position->fee_a * (a_in + a_out) + position->fee_b * (b_in + b_out);
    return gross - fees - position->fx_cost * (a_in + a_out);
}

static void tell(const struct lane *lane, const struct lane_ear *ear, const struct trade *trade,
                 const struct trade_result *settled)
{
    if (ear->trade != NULL) {
        ear->trade(ear->context, lane->index, trade, settled);
    }
}

static void close_trade(struct lane *lane, const struct lane_ear *ear,
                        const struct engine_exit *exit, const struct tick *tick)
{
    struct trade *trade = &lane->open[exit->index];
    trade_close_at(trade, tick, &lane->costs);
    trade->state = TRADE_CLOSED;
    trade->exit = exit->reason;
    trade->exit_spread_bps = exit->exit_spread_bps;
    trade->close_ns = tick->time_ns;

    const struct trade_result settled = engine_settle(&lane->job.params, trade);
    summary_closed(&lane->summary, trade, &settled);
    tell(lane, ear, trade, &settled);
}

static void forget_closed(struct lane *lane)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < lane->open_count; i++) {
        if (lane->open[i].state != TRADE_CLOSED) {
            lane->open[kept] = lane->open[i];
            lane->positions[kept++] = lane->positions[i];
        }
    }
    lane->open_count = kept;
}

static void open_trade(struct lane *lane, const struct lane_ear *ear, const struct tick *tick)
{
    const struct engine_params *params = &lane->job.params;
    assert(lane->open_count < params->max_open_trades);
    struct trade *trade = &lane->open[lane->open_count];
    *trade = trade_open_at(ear->decision.side, tick, params->max_position_usd, &lane->costs);
    summary_opened(&lane->summary);
    trade->id = (uint64_t)lane->summary.opened;
    trade->entry_spread_bps = ear->decision.entry_spread_bps;
    trade->net_edge_bps = ear->decision.net_edge_bps;
    lane->positions[lane->open_count++] = position_of(trade, &lane->costs);
    tell(lane, ear, trade, NULL);
}

/* Of the open trades, as far as equity counts them: in `exact`. */
static double open_usd(const struct lane *lane, const struct tick *tick)
{
    double sum_usd = 0;
    for (int32_t i = 0; is_exact(lane) && i < lane->open_count; i++) {
        sum_usd += position_pnl_usd(&lane->positions[i], &lane->holding, tick);
    }
    return sum_usd;
}

/* Equity after the rows before `row`. */
static double equity_before(const struct lane *lane, const struct strip *strip, int32_t row)
{
    struct tick tick;
    const bool open = lane->open_count > 0 && strip_valid_before(strip, row, &tick);
    return lane->summary.balance_usd + (open ? open_usd(lane, &tick) : 0);
}

double lane_equity_usd(const struct lane *lane, const struct strip *strip)
{
    return equity_before(lane, strip, strip->count);
}

/* Marks the ends of the equity buckets that end at or before `row`, as the trades stand. */
static void end_buckets(struct lane *lane, const struct strip *strip, int32_t row)
{
    int32_t from = 0;
    while (strip->time_ns[row] >= lane->bucket_until_ns) {
        from = strip_row_at(strip, from, row, lane->bucket_until_ns);
        const int64_t time_ns = from > 0 ? strip->time_ns[from - 1] : strip->last_ns;
        equity_mark(&lane->equity, time_ns, equity_before(lane, strip, from));
        lane->bucket_until_ns = equity_until_ns(&lane->equity, strip->time_ns[from]);
    }
}

/* The times between valid rows up to `row`, added one by one. */
static double add_waits(const struct lane *lane, const struct strip *strip, int32_t row)
{
    double sum_ns = lane->summary.exposed_ns;
    int64_t last_ns = lane->summary.last_valid_ns;
    for (int32_t i = lane->exposed_row + 1; i <= row; i++) {
        if (strip->fault[i] == TICK_VALID) {
            sum_ns += (double)(strip->time_ns[i] - last_ns);
            last_ns = strip->time_ns[i];
        }
    }
    return sum_ns;
}

/* Counts the time up to `row`, a valid one. Times that are whole multiples of some 2^n have
 * exact sums up to 2^(53 + n); those need not be added one by one. */
static void expose(struct lane *lane, const struct strip *strip, int32_t row)
{
    struct summary *summary = &lane->summary;
    if (summary->was_exposed) {
        const double sum_ns =
            summary->exposed_ns + (double)(strip->time_ns[row] - summary->last_valid_ns);
        const uint64_t bits =
            strip->wait_bits | (sum_ns < 4e18 ? (uint64_t)summary->exposed_ns : 1);
        const double unit = bits != 0 ? (double)(bits & -bits) : 1;
        summary->exposed_ns = sum_ns <= 0x1p53 * unit ? sum_ns : add_waits(lane, strip, row);
    }
    summary->last_valid_ns = strip->time_ns[row];
    lane->exposed_row = row;
}

/* What summary_step() counts, for the rows of [from, end). */
static void count_steps(struct lane *lane, const struct strip *strip, int32_t from, int32_t end)
{
    struct summary *summary = &lane->summary;
    const bool none_yet = summary->steps == summary_invalid(summary);
    int32_t first = end, last = -1;
    for (int32_t row = from; row < end && first == end; row++) {
        first = strip->fault[row] == TICK_VALID ? row : end;
    }
    for (int32_t row = end - 1; row >= first && last < 0; row--) {
        last = strip->fault[row] == TICK_VALID ? row : -1;
    }
    if (first < end && none_yet) {
        summary->first_valid_ns = strip->time_ns[first];
    }
    if (last >= 0) {
        expose(lane, strip, last);
    }
    summary->steps += end - from;
    if (strip->valid_count == strip->count) {
        return;
    }
    for (int32_t row = from; row < end; row++) {
        summary->invalid[strip->fault[row]] += strip->fault[row] != TICK_VALID;
    }
}

static void mark(struct lane *lane, const struct tick *tick)
{
    summary_mark(&lane->summary, open_usd(lane, tick), is_exact(lane));
    lane->summary.was_exposed = lane->open_count > 0;
    /* Not set is NAN, which nothing reaches. */
    lane->stopped = lane->summary.drawdown * 100 >= lane->job.params.stop_on_drawdown_pct;
}

/* The compat profiles look at the tick alone. */
static struct engine_sight sight_at(const struct lane_pass *pass, int32_t row)
{
    const struct strip *strip = pass->strip;
    struct engine_sight sight = {.tick = strip_tick(strip, row)};
    if (pass->track != NULL) {
        sight.spread = (struct spread){
            .premium_bps = strip->premium_bps[row],
            .enter_a_bps = strip->enter_a_bps[row],
            .undo_a_bps = strip->undo_a_bps[row],
            .width_bps = strip->width_bps[row],
        };
        sight.level_bps = pass->track->level_bps[row];
        sight.warmup_left_ns = !pass->track->warm[row];
    }
    return sight;
}

/* One row, whole: the engine decides. */
static void step(struct lane *lane, const struct lane_pass *pass, int32_t row)
{
    const struct strip *strip = pass->strip;
    struct engine_decision *decision = &pass->ear->decision;
    if (strip->fault[row] != TICK_VALID) {
        return;
    }
    const struct engine_sight sight = sight_at(pass, row);
    end_buckets(lane, strip, row);
    expose(lane, strip, row);
    engine_decide(&lane->job.params, &sight, lane->cooldown_until_ns, lane->open,
                  lane->open_count, decision);
    for (int32_t i = 0; i < decision->exits_count; i++) {
        close_trade(lane, pass->ear, &decision->exits[i], &sight.tick);
    }
    if (decision->exits_count > 0) {
        forget_closed(lane);
    }
    if (decision->enter) {
        open_trade(lane, pass->ear, &sight.tick);
    }
    mark(lane, &sight.tick);
}

/* The edges that could open a trade at `from`, and in *end how long that holds: a side that
 * cools down comes back. */
static void edges_at(const struct lane *lane, const struct strip *strip, int32_t from,
                     int32_t *end, double edge_bps[SPREAD_SIDE_LAST + 1])
{
    const bool full = lane->open_count == lane->job.params.max_open_trades;
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        const int64_t until_ns = lane->cooldown_until_ns[side];
        const bool cooling = until_ns != 0 && strip->time_ns[from] < until_ns;
        edge_bps[side] = full || cooling ? INFINITY : lane->edge_bps[side];
        if (!full && cooling && strip->time_ns[*end - 1] >= until_ns) {
            *end = strip_row_at(strip, from, *end, until_ns);
        }
    }
}

/* The row from which the oldest trade may have been held long enough. */
static int32_t hold_end(const struct lane *lane, const struct strip *strip, int32_t from,
                        int32_t end)
{
    const double wait_ns = lane->job.params.max_hold_s * NS_PER_S * (1 - 1e-15) - 1;
    int64_t until_ns;
    if (!(wait_ns < 4e18) ||
        __builtin_add_overflow(lane->open[0].open_ns, (int64_t)wait_ns, &until_ns) ||
        strip->time_ns[end - 1] < until_ns) {
        return INT32_MAX;
    }
    return strip_row_at(strip, from, end, until_ns);
}

static int32_t next_held(struct lane *lane, const struct lane_pass *pass, int32_t from,
                         int32_t end)
{
    struct holding *holding = &lane->holding;
    const int32_t timeout = hold_end(lane, pass->strip, from, end);
    if (timeout <= from) {
        return from;
    }
    end = timeout < end ? timeout : end;
    edges_at(lane, pass->strip, from, &end, holding->edge_bps);
    holding->count = lane->open_count;
    holding->balance_usd = lane->summary.balance_usd;
    holding->peak_usd = lane->summary.peak_usd;
    holding->drawdown = lane->summary.drawdown;
    const int32_t row = pass->unit->hold(pass->strip, pass->track, from, end, holding);
    lane->summary.peak_usd = holding->peak_usd;
    lane->summary.drawdown = holding->drawdown;
    lane->stopped = holding->stopped;
    return row;
}

static int32_t next_turn(const struct lane *lane, const struct lane_pass *pass, int32_t from,
                         int32_t end)
{
    double edge_bps[SPREAD_SIDE_LAST + 1];
    double turn_bps[SPREAD_SIDE_LAST + 1] = {-INFINITY, -INFINITY};
    edges_at(lane, pass->strip, from, &end, edge_bps);
    for (int32_t i = 0; i < lane->open_count; i++) {
        turn_bps[lane->open[i].side] = 0;
    }
    return pass->unit->find_turn(pass->strip, from, end, edge_bps, turn_bps);
}

/* The next row of [from, end) that may be more than a step like the one before; it may also be
 * one that is not. */
static int32_t next_row(struct lane *lane, const struct lane_pass *pass, int32_t from,
                        int32_t end)
{
    if (pass->strip->odd) {
        return from;
    }
    if (!is_exact(lane)) {
        return next_turn(lane, pass, from, end);
    }
    if (lane->open_count > 0) {
        return next_held(lane, pass, from, end);
    }
    double edge_bps[SPREAD_SIDE_LAST + 1];
    edges_at(lane, pass->strip, from, &end, edge_bps);
    return pass->unit->find_edge(pass->strip, pass->track, from, end, edge_bps);
}

/* The row behind the last step. */
static int32_t walk(struct lane *lane, const struct lane_pass *pass, int32_t from, int32_t end)
{
    while (from < end && !lane->stopped) {
        const int32_t row = next_row(lane, pass, from, end);
        if (row < end && !lane->stopped) {
            step(lane, pass, row);
        }
        from = row + 1;
    }
    return from < end ? from : end;
}

void lane_advance(struct lane *lane, const struct lane_pass *pass)
{
    const struct strip *strip = pass->strip;
    const int64_t steps_max = lane->job.params.max_steps;
    const int64_t first_ns = strip->time_ns[0], last_ns = strip->time_ns[strip->count - 1];
    int32_t end = strip->count;
    if (lane->job.to_ns <= last_ns) {
        end = strip_row_at(strip, 0, end, lane->job.to_ns);
    }
    const int32_t from =
        first_ns >= lane->job.from_ns ? 0 : strip_row_at(strip, 0, end, lane->job.from_ns);
    bool over = end < strip->count;
    if (steps_max >= 0 && end - from >= steps_max - lane->summary.steps) {
        end = from + (int32_t)(steps_max - lane->summary.steps);
        over = true;
    }
    lane->exposed_row = -1;
    const int32_t walked = walk(lane, pass, from, end);
    if (walked > from) {
        count_steps(lane, strip, from, walked);
        end_buckets(lane, strip, walked - 1);
    }
    if (over || lane->stopped) {
        lane_end(lane, pass, walked, false);
    }
}

/* --close-at-end: at the books and the time that were the last valid ones. */
static void close_all(struct lane *lane, const struct lane_ear *ear, const struct tick *tick,
                      int64_t last_ns)
{
    for (int32_t i = 0; i < lane->open_count; i++) {
        const struct engine_exit exit = {
            .index = i,
            .reason = TRADE_EXIT_END_OF_DATA,
            .exit_spread_bps = engine_exit_spread(&lane->job.params, lane->open[i].side, tick),
        };
        close_trade(lane, ear, &exit, tick);
    }
    forget_closed(lane);
    lane->summary.unrealized_usd = 0;
    summary_mark(&lane->summary, 0, is_exact(lane));
    equity_mark(&lane->equity, last_ns, lane->summary.balance_usd);
}

void lane_end(struct lane *lane, const struct lane_pass *pass, int32_t row, bool cut_short)
{
    const struct strip *strip = pass->strip;
    struct summary *summary = &lane->summary;
    const int64_t last_ns = row > 0 ? strip->time_ns[row - 1] : strip->last_ns;
    struct tick tick;
    lane->done = true;
    if (summary->steps == 0) {
        return;
    }
    equity_mark(&lane->equity, last_ns, equity_before(lane, strip, row));
    if (summary->steps == summary_invalid(summary) || !strip_valid_before(strip, row, &tick)) {
        return;
    }
    lane->width_bps = spread_exact(&tick).width_bps;
    summary->unrealized_usd = 0;
    for (int32_t i = 0; i < lane->open_count; i++) {
        summary->unrealized_usd +=
            engine_mark(&lane->job.params, &lane->open[i], &tick).pnl_usd;
    }
    if (lane->job.params.close_at_end && lane->open_count > 0 && !cut_short) {
        close_all(lane, pass->ear, &tick, last_ns);
    }
}

/* The same for each trade in the `spread` model, and added up trade by trade. */
static void book_costs(const struct engine_params *params, struct summary *summary)
{
    const struct trade_costs costs = engine_costs(params);
    const struct trade trade = {.notional_usd = params->max_position_usd};
    const struct trade_result each = trade_settle_spread(&trade, &costs);
    double fees_usd = 0, slippage_usd = 0;
    for (int64_t i = 0; i < summary->closed; i++) {
        fees_usd += each.fees_usd;
        slippage_usd += each.slippage_usd;
    }
    summary->fees_usd = fees_usd;
    summary->slippage_usd = slippage_usd;
}

void lane_outcome(const struct lane *lane, const struct engine_params *params,
                  struct kernel_outcome *out)
{
    const struct trade_costs costs = engine_costs(params);
    assert(lane->done);
    out->summary = lane->summary;
    /* The step at which a drawdown stops a run is not counted. */
    out->steps_processed = lane->summary.steps - lane->stopped;
    out->width_bps = lane->width_bps;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        out->equity_change_usd[i] = lane->equity.change_usd[i];
    }
    if (costs.fee_a_bps != lane->costs.fee_a_bps || costs.fee_b_bps != lane->costs.fee_b_bps ||
        costs.slippage_bps != lane->costs.slippage_bps) {
        book_costs(params, &out->summary);
    }
}
