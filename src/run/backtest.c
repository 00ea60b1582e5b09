#include "run/backtest.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "run/equity.h"

/* Too large for a stack: an engine's decision lists every exit there could be. */
struct backtest {
    const struct engine_params *params;
    const struct backtest_part *part;
    struct result *result;
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
    summary_closed(&run->result->summary, trade, &settled);
    result_put_trade(run->result, trade, &settled);
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
    struct summary *summary = &run->result->summary;
    struct trade trade =
        trade_open_at(run->decision.side, tick, run->params->max_position_usd, &costs);
    summary_opened(summary);
    trade.id = (uint64_t)summary->opened;
    trade.entry_spread_bps = run->decision.entry_spread_bps;
    trade.net_edge_bps = run->decision.net_edge_bps;
    assert(run->open_count < ENGINE_TRADES_MAX);
    run->open[run->open_count++] = trade;
    result_put_trade(run->result, &trade, NULL);
}

static void mark_open(struct backtest *run, const struct tick *tick)
{
    run->unrealized_usd = 0;
    for (int32_t i = 0; i < run->open_count; i++) {
        run->unrealized_usd += engine_mark(run->params, &run->open[i], tick).pnl_usd;
    }
}

static void mark_equity(struct backtest *run, int64_t time_ns)
{
    const double open_usd = is_exact(run) ? run->unrealized_usd : 0;
    equity_mark(&run->equity, time_ns, run->result->summary.balance_usd + open_usd);
}

static void step(struct backtest *run, const struct tick *tick)
{
    const struct engine_decision *decision = &run->decision;
    engine_step(&run->engine, run->params, run->open, run->open_count, tick, &run->decision);
    if (decision->fault == TICK_VALID) {
        for (int32_t i = 0; i < decision->exits_count; i++) {
            close_trade(run, &decision->exits[i], tick);
        }
        forget_closed(run);
        if (decision->enter) {
            open_trade(run, tick);
        }
        mark_open(run, tick);
        run->last_valid = *tick;
        run->result->width_bps = decision->spread.width_bps;
    }
    summary_step(&run->result->summary, decision->fault, tick->time_ns, run->open_count,
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
    summary_mark(&run->result->summary, 0, is_exact(run));
}

static bool drawdown_reached(const struct backtest *run)
{
    /* Not set is NAN, which nothing reaches. */
    return run->result->summary.drawdown * 100 >= run->params->stop_on_drawdown_pct;
}

/* A row from before the run's part of time. */
static void look_back(struct backtest *run, const struct tick *tick)
{
    if (tick_check(tick) == TICK_VALID) {
        engine_history(&run->engine, run->params, tick->time_ns,
                       spread_exact(tick).premium_bps);
    }
}

static bool run_rows(struct backtest *run, struct source *source, int64_t rows, struct err *err)
{
    const int64_t steps_max = run->params->max_steps;
    struct result *result = run->result;
    int64_t time_ns = run->equity.first_ns;
    /* A file that grew since its survey is read as far as it was surveyed. */
    for (int64_t i = 0; i < rows && result->steps_processed != steps_max; i++) {
        struct event event;
        const enum source_result got = source->ops->next(source, &event, err);
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            return err_set(err, ERR_INPUT, "%s: data changed while they were read",
                           source->ops->label(source));
        }
        if (event.time_ns >= run->part->to_ns) {
            break;
        }
        if (event.time_ns < run->part->from_ns) {
            look_back(run, &event.row.tick);
            continue;
        }
        time_ns = event.time_ns;
        step(run, &event.row.tick);
        if (drawdown_reached(run)) {
            break; /* its trades stay booked, the step itself is not counted */
        }
        result->steps_processed++;
    }
    if (run->params->close_at_end && run->open_count > 0) {
        close_all(run);
        mark_equity(run, time_ns);
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
    struct backtest *run = mem_zalloc(sizeof *run);
    struct result *made = mem_zalloc(sizeof *made);
    result_init(made, params);
    made->total_snapshots = survey->rows;
    run->params = params;
    run->part = part;
    run->result = made;
    equity_init(&run->equity, part->first_ns, part->last_ns, params->initial_balance_usd);

    const bool done = run_rows(run, source, survey->rows, err);
    if (done) {
        made->has_equity = true;
        for (int i = 0; i < SUMMARY_BUCKETS; i++) {
            made->equity_change_usd[i] = run->equity.change_usd[i];
        }
        *result = *made;
    } else {
        result_finish(made);
    }
    mem_free(made);
    mem_free(run);
    return done;
}

/* What stands for KRW per USD where the data say nothing: the reference used one currency in
 * D37 and a fixed rate in D45. */
static double default_fx(enum engine_profile profile)
{
    switch (profile) {
    case ENGINE_COMPAT_D37:
        return 1;
    case ENGINE_COMPAT_D45:
        return 2.5;
    case ENGINE_EXACT:
        break;
    }
    return NAN;
}

struct csv_options backtest_csv_options(const struct engine_params *params, bool skip_bad_rows)
{
    return (struct csv_options){
        .fx_rate = params->fx_rate,
        .default_fx = default_fx(params->profile),
        .skip_bad_rows = skip_bad_rows,
    };
}

static bool survey_file(const char *path, const struct csv_options *options,
                        struct backtest_survey *survey, int64_t *bad_rows, struct err *err)
{
    struct source *source;
    if (!csv_open(&source, path, options, err)) {
        return false;
    }
    const bool done = backtest_survey(source, survey, err);
    *bad_rows = (int64_t)csv_bad_rows(source);
    source_close(source);
    return done;
}

bool backtest_run_file(const struct engine_params *params, const char *path, bool skip_bad_rows,
                       struct result *result, struct err *err)
{
    const struct csv_options options = backtest_csv_options(params, skip_bad_rows);
    struct backtest_survey survey;
    int64_t bad_rows;
    struct source *source;
    if (!survey_file(path, &options, &survey, &bad_rows, err) ||
        !csv_open(&source, path, &options, err)) {
        return false;
    }
    const bool done = backtest_run(params, source, &survey, result, err);
    if (done) {
        snprintf(result->data_file, sizeof result->data_file, "%s", path);
        snprintf(result->data_hash, sizeof result->data_hash, "%s",
                 source->ops->data_hash(source));
        result->bad_rows_skipped = bad_rows;
        result->total_snapshots += bad_rows;
    }
    source_close(source);
    return done;
}
