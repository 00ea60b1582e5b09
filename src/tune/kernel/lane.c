#include "lane.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"

static bool is_exact(const struct lane *lane)
{
    return lane->job.params.profile == ENGINE_EXACT;
}

void lane_init(struct lane *lane, const struct kernel_job *job, int32_t index)
{
    const struct engine_params *params = &job->params;
    assert(engine_params_fault(params) == NULL);
    *lane = (struct lane){
        .job = *job,
        .index = index,
        .done = params->max_steps == 0,
        .open = mem_array((size_t)params->max_open_trades, sizeof *lane->open),
        .width_bps = NAN,
        .last_step_ns = job->first_ns,
    };
    summary_init(&lane->summary, params->initial_balance_usd);
    equity_init(&lane->equity, job->first_ns, job->last_ns, params->initial_balance_usd);
}

void lane_finish(struct lane *lane)
{
    mem_free(lane->open);
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
    const struct trade_costs costs = engine_costs(&lane->job.params);
    trade_close_at(trade, tick, &costs);
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
            lane->open[kept++] = lane->open[i];
        }
    }
    lane->open_count = kept;
}

static void open_trade(struct lane *lane, const struct lane_ear *ear, const struct tick *tick)
{
    const struct engine_params *params = &lane->job.params;
    const struct trade_costs costs = engine_costs(params);
    assert(lane->open_count < params->max_open_trades);
    struct trade *trade = &lane->open[lane->open_count++];
    *trade = trade_open_at(ear->decision.side, tick, params->max_position_usd, &costs);
    summary_opened(&lane->summary);
    trade->id = (uint64_t)lane->summary.opened;
    trade->entry_spread_bps = ear->decision.entry_spread_bps;
    trade->net_edge_bps = ear->decision.net_edge_bps;
    tell(lane, ear, trade, NULL);
}

static void mark_open(struct lane *lane, const struct tick *tick)
{
    lane->unrealized_usd = 0;
    for (int32_t i = 0; i < lane->open_count; i++) {
        lane->unrealized_usd += engine_mark(&lane->job.params, &lane->open[i], tick).pnl_usd;
    }
}

static void mark_equity(struct lane *lane, int64_t time_ns)
{
    const double open_usd = is_exact(lane) ? lane->unrealized_usd : 0;
    equity_mark(&lane->equity, time_ns, lane->summary.balance_usd + open_usd);
}

static void step(struct lane *lane, struct lane_ear *ear, const struct tick *tick)
{
    struct engine_decision *decision = &ear->decision;
    engine_step(&lane->engine, &lane->job.params, lane->open, lane->open_count, tick, decision);
    if (decision->fault == TICK_VALID) {
        for (int32_t i = 0; i < decision->exits_count; i++) {
            close_trade(lane, ear, &decision->exits[i], tick);
        }
        forget_closed(lane);
        if (decision->enter) {
            open_trade(lane, ear, tick);
        }
        mark_open(lane, tick);
        lane->last_valid = *tick;
        lane->width_bps = decision->spread.width_bps;
    }
    summary_step(&lane->summary, decision->fault, tick->time_ns, lane->open_count,
                 lane->unrealized_usd, is_exact(lane));
    mark_equity(lane, tick->time_ns);
    lane->last_step_ns = tick->time_ns;
}

/* --close-at-end: at the books and the time that were the last valid ones. */
static void close_all(struct lane *lane, const struct lane_ear *ear)
{
    for (int32_t i = 0; i < lane->open_count; i++) {
        const struct engine_exit exit = {
            .index = i,
            .reason = TRADE_EXIT_END_OF_DATA,
            .exit_spread_bps =
                engine_exit_spread(&lane->job.params, lane->open[i].side, &lane->last_valid),
        };
        close_trade(lane, ear, &exit, &lane->last_valid);
    }
    forget_closed(lane);
    lane->unrealized_usd = 0;
    summary_mark(&lane->summary, 0, is_exact(lane));
    mark_equity(lane, lane->last_step_ns);
}

void lane_end(struct lane *lane, struct lane_ear *ear)
{
    lane->done = true;
    if (lane->job.params.close_at_end && lane->open_count > 0) {
        close_all(lane, ear);
    }
}

void lane_row(struct lane *lane, struct lane_ear *ear, const struct tick *tick)
{
    const struct engine_params *params = &lane->job.params;
    if (lane->done) {
        return;
    }
    if (tick->time_ns < lane->job.from_ns) {
        if (tick_check(tick) == TICK_VALID) {
            engine_history(&lane->engine, params, tick->time_ns,
                           spread_exact(tick).premium_bps);
        }
        return;
    }
    if (tick->time_ns >= lane->job.to_ns) {
        lane_end(lane, ear);
        return;
    }
    step(lane, ear, tick);
    /* Not set is NAN, which nothing reaches. */
    const bool stopped = lane->summary.drawdown * 100 >= params->stop_on_drawdown_pct;
    lane->steps_processed += !stopped;
    if (stopped || lane->steps_processed == params->max_steps) {
        lane_end(lane, ear);
    }
}
