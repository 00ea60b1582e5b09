#include "run/backtest.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "backtest_steps.h"
#include "base/mem.h"
#include "run/equity.h"

/* Too large for a stack: an engine's decision lists every exit there could be. */
struct backtest {
    const struct engine_params *params;
    const struct backtest_part *part;
    struct result result;
    bool keep_trades;
    bool over;
    int64_t last_step_ns;
    struct engine engine;
    struct engine_decision decision;
    struct trade open[ENGINE_TRADES_MAX]; /* opening order */
    int32_t open_count;
    struct tick last_valid;
    double unrealized_usd; /* of the open trades at last_valid */
    struct equity equity;
};

static bool is_exact(const struct backtest *run)
{
    return run->params->profile == ENGINE_EXACT;
}

static void put_trade(struct backtest *run, const struct trade *trade,
                      const struct trade_result *settled)
{
    if (run->keep_trades) {
        result_put_trade(&run->result, trade, settled);
    }
}

static void close_trade(struct backtest *run, const struct engine_exit *exit,
                        const struct tick *tick)
{
    struct trade *trade = &run->open[exit->index];
    const struct trade_costs costs = engine_costs(run->params);
    trade_close_at(trade, tick, &costs);
    trade->state = TRADE_CLOSED;
    trade->exit = exit->reason;
    trade->exit_spread_bps = exit->exit_spread_bps;
    trade->close_ns = tick->time_ns;

    const struct trade_result settled = engine_settle(run->params, trade);
    summary_closed(&run->result.summary, trade, &settled);
    put_trade(run, trade, &settled);
}

static void forget_closed(struct backtest *run)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < run->open_count; i++) {
        if (run->open[i].state != TRADE_CLOSED) {
            run->open[kept++] = run->open[i];
        }
    }
    run->open_count = kept;
}

static void open_trade(struct backtest *run, const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(run->params);
    struct summary *summary = &run->result.summary;
    struct trade trade =
        trade_open_at(run->decision.side, tick, run->params->max_position_usd, &costs);
    summary_opened(summary);
    trade.id = (uint64_t)summary->opened;
    trade.entry_spread_bps = run->decision.entry_spread_bps;
    trade.net_edge_bps = run->decision.net_edge_bps;
    assert(run->open_count < ENGINE_TRADES_MAX);
    run->open[run->open_count++] = trade;
    put_trade(run, &trade, NULL);
}

static void mark_open(struct backtest *run, const struct tick *tick)
{
    run->unrealized_usd = 0;
    for (int32_t i = 0; i < run->open_count; i++) {
        run->unrealized_usd += engine_mark_usd(run->params, &run->open[i], tick);
    }
}

static void mark_equity(struct backtest *run, int64_t time_ns)
{
    const double open_usd = is_exact(run) ? run->unrealized_usd : 0;
    equity_mark(&run->equity, time_ns, run->result.summary.balance_usd + open_usd);
}

static void step(struct backtest *run, const struct tick *tick)
{
    const struct engine_decision *decision = &run->decision;
    engine_step(&run->engine, run->params, run->open, run->open_count, tick, &run->decision);
    if (decision->fault == TICK_VALID) {
        for (int32_t i = 0; i < decision->exits_count; i++) {
            close_trade(run, &decision->exits[i], tick);
        }
        if (decision->exits_count > 0) {
            forget_closed(run);
        }
        if (decision->enter) {
            open_trade(run, tick);
        }
        mark_open(run, tick);
        run->last_valid = *tick;
        run->result.width_bps = decision->spread.width_bps;
    }
    summary_step(&run->result.summary, decision->fault, tick->time_ns, run->open_count,
                 run->unrealized_usd, is_exact(run));
    mark_equity(run, tick->time_ns);
}

/* --close-at-end: at the books and the time that were the last valid ones. */
static void close_all(struct backtest *run)
{
    for (int32_t i = 0; i < run->open_count; i++) {
        const struct engine_exit exit = {
            .index = i,
            .reason = TRADE_EXIT_END_OF_DATA,
            .exit_spread_bps =
                engine_exit_spread(run->params, run->open[i].side, &run->last_valid),
        };
        close_trade(run, &exit, &run->last_valid);
    }
    forget_closed(run);
    run->unrealized_usd = 0;
    summary_mark(&run->result.summary, 0, is_exact(run));
}

static bool drawdown_reached(const struct backtest *run)
{
    /* Not set is NAN, which nothing reaches. */
    return run->result.summary.drawdown * 100 >= run->params->stop_on_drawdown_pct;
}

/* A row from before the run's part of time. */
static void look_back(struct backtest *run, const struct tick *tick)
{
    if (tick_check(tick) == TICK_VALID) {
        engine_history(&run->engine, run->params, tick->time_ns,
                       spread_exact(tick).premium_bps);
    }
}

struct backtest *backtest_begin(const struct engine_params *params,
                                const struct backtest_part *part, bool keep_trades)
{
    struct backtest *run = mem_zalloc(sizeof *run);
    run->params = params;
    run->part = part;
    run->keep_trades = keep_trades;
    run->over = params->max_steps == 0;
    run->last_step_ns = part->first_ns;
    result_init(&run->result, params);
    equity_init(&run->equity, part->first_ns, part->last_ns, params->initial_balance_usd);
    return run;
}

bool backtest_take(struct backtest *run, const struct tick *tick)
{
    run->over = run->over || tick->time_ns >= run->part->to_ns;
    if (run->over) {
        return false;
    }
    if (tick->time_ns < run->part->from_ns) {
        look_back(run, tick);
        return true;
    }
    run->last_step_ns = tick->time_ns;
    step(run, tick);
    if (drawdown_reached(run)) {
        run->over = true; /* its trades stay booked, the step itself is not counted */
        return false;
    }
    run->over = ++run->result.steps_processed == run->params->max_steps;
    return !run->over;
}

void backtest_end(struct backtest *run, struct result *result)
{
    if (result == NULL) {
        result_finish(&run->result);
        mem_free(run);
        return;
    }
    if (run->params->close_at_end && run->open_count > 0) {
        close_all(run);
        mark_equity(run, run->last_step_ns);
    }
    run->result.has_equity = true;
    memcpy(run->result.equity_change_usd, run->equity.change_usd,
           sizeof run->result.equity_change_usd);
    *result = run->result;
    mem_free(run);
}

static bool run_rows(struct backtest *run, struct source *source, int64_t rows, struct err *err)
{
    bool goes_on = true;
    /* A file that grew since its survey is read as far as it was surveyed. */
    for (int64_t i = 0; i < rows && goes_on; i++) {
        struct event event;
        const enum source_result got = source->ops->next(source, &event, err);
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            return err_set(err, ERR_INPUT, "%s: data changed while they were read",
                           source->ops->label(source));
        }
        goes_on = backtest_take(run, &event.row.tick);
    }
    return true;
}

bool backtest_survey(struct source *source, struct backtest_survey *out, struct err *err)
{
    struct backtest_survey survey = {0};
    for (;;) {
        struct event event;
        const enum source_result got = source->ops->next(source, &event, err);
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            *out = survey;
            return true;
        }
        assert(event.kind == EVENT_ROW);
        if (survey.rows == 0) {
            survey.first_ns = event.time_ns;
        }
        survey.last_ns = event.time_ns;
        survey.rows++;
    }
}

bool backtest_run(const struct engine_params *params, struct source *source,
                  const struct backtest_survey *survey, struct result *result, struct err *err)
{
    const struct backtest_part all = {
        .from_ns = INT64_MIN,
        .to_ns = INT64_MAX,
        .first_ns = survey->first_ns,
        .last_ns = survey->last_ns,
    };
    return backtest_run_part(params, source, survey, &all, result, err);
}

bool backtest_run_part(const struct engine_params *params, struct source *source,
                       const struct backtest_survey *survey, const struct backtest_part *part,
                       struct result *result, struct err *err)
{
    struct backtest *run = backtest_begin(params, part, true);
    const bool done = run_rows(run, source, survey->rows, err);
    backtest_end(run, done ? result : NULL);
    if (done) {
        result->total_snapshots = survey->rows;
    }
    return done;
}
