#include "lane_parts.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

/* What an edge has to pay for, and what is to be left of it. */
static void set_edges(struct lane *lane)
{
    const struct engine_params *params = &lane->job.params;
    const double sum_bps =
        params->taker_fee_a_bps + params->taker_fee_b_bps + params->slippage_bps;
    lane->spread_alone = !lane_is_exact(lane) && params->pnl_model == ENGINE_PNL_SPREAD;
    lane->cost_bps = lane_is_exact(lane) ? 2 * (sum_bps + params->fx_cost_bps) : sum_bps;
    lane->net_bps_min = params->profile == ENGINE_COMPAT_D45 ? 0 : params->min_spread_bps;
    /* A hair below the edge that is good enough. */
    const double edge_bps = (lane->cost_bps + lane->net_bps_min) * (1 - 1e-14);
    lane->edge_bps[SPREAD_LONG_A_SHORT_B] = edge_bps;
    lane->edge_bps[SPREAD_LONG_B_SHORT_A] = params->spot_short ? edge_bps : INFINITY;
}

/* The profit of a trade at which it makes `bps` of its notional, give or take a hair. */
static double profit_usd(const struct engine_params *params, double bps, double hair)
{
    const double usd = bps * (params->max_position_usd / 1e4);
    return usd + hair * (fabs(usd) * 1e-14 + 1e-250 * (1 + params->max_position_usd));
}

/* Sets the limits; one that left the range of a double is reached by everything. */
void lane_set_limits(struct lane *lane)
{
    const struct engine_params *params = &lane->job.params;
    const double stop_usd = profit_usd(params, -params->stop_loss_bps, 1);
    const double take_usd = profit_usd(params, params->take_profit_bps, -1);
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

void lane_init(struct lane *lane, const struct kernel_job *job, int32_t index,
               struct seat **seats)
{
    const struct engine_params *params = &job->params;
    const size_t open_max = (size_t)params->max_open_trades;
    assert(engine_params_fault(params) == NULL);
    *lane = (struct lane){
        .job = *job,
        .index = index,
        .seats = seats,
        .costs = engine_costs(params),
        .open = mem_array(open_max, sizeof *lane->open),
        .positions = mem_array(open_max, sizeof *lane->positions),
        .width_bps = NAN,
        .exposed_row = -1,
    };
    set_edges(lane);
    lane_join(lane);
    summary_init(&lane->summary, params->initial_balance_usd);
    equity_init(&lane->equity, job->first_ns, job->last_ns, params->initial_balance_usd);
    lane->bucket_until_ns = equity_until_ns(&lane->equity, job->first_ns);
}

void lane_finish(struct lane *lane)
{
    mem_free(lane->open);
    mem_free(lane->positions);
}

double lane_equity_usd(const struct lane *lane, const struct strip *strip)
{
    return lane_equity_before(lane, strip, strip->count);
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
        lane_expose(lane, strip, last);
    }
    summary->steps += end - from;
    if (strip->valid_count == strip->count) {
        return;
    }
    for (int32_t row = from; row < end; row++) {
        summary->invalid[strip->fault[row]] += strip->fault[row] != TICK_VALID;
    }
}

/* The row behind the last step. */
static int32_t walk(struct lane *lane, const struct lane_pass *pass, int32_t from, int32_t end)
{
    while (from < end && !lane->stopped) {
        const int32_t row = lane_next_row(lane, pass, from, end);
        if (row < end && !lane->stopped) {
            lane_take_row(lane, pass, row);
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
    lane->exposed_row = lane->row > 0 ? lane->exposed_row : -1;
    const int32_t walked = walk(lane, pass, lane->row > from ? lane->row : from, end);
    lane->row = 0;
    if (walked > from) {
        count_steps(lane, strip, from, walked);
        lane_end_buckets(lane, strip, walked - 1);
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
        lane_close_trade(lane, ear, &exit, tick);
    }
    lane_forget_closed(lane);
    lane->summary.unrealized_usd = 0;
    summary_mark(&lane->summary, 0, lane_is_exact(lane));
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
    equity_mark(&lane->equity, last_ns, lane_equity_before(lane, strip, row));
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

/* 0 + each + each ..., as it rounds. Between two powers of two each addition rounds alike once
 * two of them did (the first may meet a tie that the next ones do not), so these are made at
 * once: multiples of the last binary digit, exact. */
static double add_up(double each, int64_t count)
{
    double sum = 0;
    while (each > 0 && count-- > 0) {
        const double first = sum + each, second = first + each, third = second + each;
        int exponent;
        frexp(first, &exponent);
        const double power = ldexp(1, exponent), step = second - first;
        const double times = fmin(floor((power - third) / step) - 1, (double)count);
        sum = first;
        if (third - second == step && times > 0) {
            sum += step * times;
            count -= (int64_t)times;
        }
    }
    return sum;
}

/* What a trade costs is the same for each in the `spread` model, and booked trade by trade. */
static void book_costs(const struct engine_params *params, struct summary *summary)
{
    const struct trade_costs costs = engine_costs(params);
    const struct trade trade = {.notional_usd = params->max_position_usd};
    const struct trade_result each = trade_settle_spread(&trade, &costs);
    summary->fees_usd = add_up(each.fees_usd, summary->closed);
    summary->slippage_usd = add_up(each.slippage_usd, summary->closed);
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
