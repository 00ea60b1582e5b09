#include "tune/sensitivity.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "delayed.h"
#include "run/backtest.h"
#include "tune/kernel.h"

/* The steps of MARKET.md F. */
static const double FEES_BPS = 1;
static const double SLIPPAGE_BPS = 5;
static const double FX_COST_BPS = 5;
static const int64_t LATENCY_NS = 200 * CLOCK_NS_PER_MS;

static const char *const NAMES[] = {
    [SENSITIVITY_NONE] = "as it was",           [SENSITIVITY_FEES] = "fees +1 bp",
    [SENSITIVITY_SLIPPAGE] = "slippage +5 bps", [SENSITIVITY_FX_COST] = "fx cost +5 bps",
    [SENSITIVITY_LATENCY] = "latency +200 ms",  [SENSITIVITY_MODEL] = "other PnL model",
};
_Static_assert(sizeof NAMES / sizeof NAMES[0] == SENSITIVITY_CHANGE_LAST + 1, "all have names");

const char *sensitivity_change_name(enum sensitivity_change change)
{
    assert((int)change >= 0 && change <= SENSITIVITY_CHANGE_LAST);
    return NAMES[change];
}

static struct engine_params changed(const struct engine_params *params,
                                    enum sensitivity_change change)
{
    struct engine_params made = *params;
    switch (change) {
    case SENSITIVITY_FEES:
        made.taker_fee_a_bps += FEES_BPS;
        made.taker_fee_b_bps += FEES_BPS;
        break;
    case SENSITIVITY_SLIPPAGE:
        made.slippage_bps += SLIPPAGE_BPS;
        break;
    case SENSITIVITY_FX_COST:
        made.fx_cost_bps += FX_COST_BPS;
        break;
    case SENSITIVITY_MODEL:
        made.pnl_model =
            params->pnl_model == ENGINE_PNL_LEGS ? ENGINE_PNL_SPREAD : ENGINE_PNL_LEGS;
        break;
    case SENSITIVITY_NONE:
    case SENSITIVITY_LATENCY:
        break;
    }
    return made;
}

/* Why a change says nothing of this profile; NULL: it does. */
static const char *senseless(const struct engine_params *params, enum sensitivity_change change)
{
    const bool is_exact = params->profile == ENGINE_EXACT;
    if (change == SENSITIVITY_FX_COST && !is_exact) {
        return "the compat profiles know no fx cost";
    }
    if (change == SENSITIVITY_MODEL && is_exact) {
        return "exact books four legs and nothing else";
    }
    if (change == SENSITIVITY_LATENCY && params->pnl_model == ENGINE_PNL_SPREAD) {
        return "the spread model books what was decided, whenever it fills";
    }
    return NULL;
}

static void tell(const struct engine_params *params, const struct summary *summary,
                 struct sensitivity_run *out)
{
    const double open_usd = params->profile == ENGINE_EXACT ? summary->unrealized_usd : 0;
    *out = (struct sensitivity_run){
        .pnl_usd = summary->realized_usd + open_usd,
        .drawdown_pct = summary->drawdown * 100,
        .win_rate = summary_win_rate(summary),
        .closed = summary->closed,
        .open = summary->opened - summary->closed,
    };
}

__attribute__((format(printf, 2, 3))) static void refuse(struct sensitivity_run *run,
                                                         const char *format, ...)
{
    va_list args;
    *run = (struct sensitivity_run){.pnl_usd = NAN, .drawdown_pct = NAN, .win_rate = NAN};
    va_start(args, format);
    vsnprintf(run->note, sizeof run->note, format, args);
    va_end(args);
}

/* One reading of the file: a kernel for all that fill at once, one run that fills late. */
struct measuring {
    struct sensitivity *out;
    struct kernel_job jobs[SENSITIVITY_CHANGE_LAST + 1];
    enum sensitivity_change changes[SENSITIVITY_CHANGE_LAST + 1]; /* of each job */
    int32_t count;
    struct kernel *kernel;
    struct delayed late;
    struct rows_block block;
    int64_t from_ns, to_ns;
    int64_t streak; /* losses in a row by now */
};

/* In closing order, so that a streak is one in time. */
static void look_at_trade(struct measuring *measuring, const struct trade *trade,
                          const struct trade_result *settled)
{
    struct sensitivity_trades *trades = &measuring->out->trades;
    const bool is_first = trades->closed++ == 0;
    trades->predicted_bps = (is_first ? 0 : trades->predicted_bps) + trade->net_edge_bps;
    trades->realized_bps = (is_first ? 0 : trades->realized_bps) + settled->pnl_bps;
    if (is_first || settled->pnl_usd < trades->worst_usd) {
        trades->worst_usd = settled->pnl_usd;
        trades->worst_id = trade->id;
    }
    measuring->streak = settled->pnl_usd < 0 ? measuring->streak + 1 : 0;
    trades->streak = measuring->streak > trades->streak ? measuring->streak : trades->streak;
}

static void take_trade(void *context, int32_t index, const struct trade *trade,
                       const struct trade_result *settled)
{
    struct measuring *measuring = context;
    if (index == SENSITIVITY_NONE) {
        result_put_trade(&measuring->out->result, trade, settled);
        if (settled != NULL) {
            look_at_trade(measuring, trade, settled);
        }
    }
}

static void prepare(struct measuring *measuring, const struct engine_params *params,
                    const struct result_window *window)
{
    const bool is_whole = window->fold == 0;
    measuring->from_ns = is_whole ? INT64_MIN : window->from_ns;
    measuring->to_ns = is_whole ? INT64_MAX : window->to_ns;
    for (int i = 0; i <= SENSITIVITY_CHANGE_LAST; i++) {
        const enum sensitivity_change change = (enum sensitivity_change)i;
        const char *why = senseless(params, change);
        if (why != NULL) {
            refuse(&measuring->out->runs[i], "%s", why);
        } else if (change != SENSITIVITY_LATENCY) {
            measuring->changes[measuring->count] = change;
            /* Nobody looks at the equity of these runs: all of it falls into one bucket. */
            measuring->jobs[measuring->count++] = (struct kernel_job){
                .params = changed(params, change),
                .from_ns = measuring->from_ns,
                .to_ns = measuring->to_ns,
                .first_ns = INT64_MIN,
                .last_ns = INT64_MIN,
            };
        }
    }
    measuring->kernel = kernel_create(measuring->jobs, measuring->count, kernel_widest(),
                                      take_trade, measuring);
    delayed_init(&measuring->late, params, LATENCY_NS);
}

static void take_tick(struct measuring *measuring, const struct tick *tick)
{
    struct sensitivity *out = measuring->out;
    if (tick->time_ns >= measuring->to_ns) {
        return;
    }
    if (tick->time_ns < measuring->from_ns) {
        delayed_history(&measuring->late, tick);
        return;
    }
    out->first_ns = out->rows == 0 ? tick->time_ns : out->first_ns;
    out->last_ns = tick->time_ns;
    out->rows++;
    delayed_step(&measuring->late, tick);
}

static void take_block(struct measuring *measuring)
{
    const struct rows_block *block = &measuring->block;
    kernel_feed(measuring->kernel, block);
    for (int32_t i = 0; i < block->count; i++) {
        const struct tick tick = {
            .time_ns = block->time_ns[i],
            .bid_a = block->bid_a[i],
            .ask_a = block->ask_a[i],
            .bid_b = block->bid_b[i],
            .ask_b = block->ask_b[i],
            .krw_per_usd = block->krw_per_usd[i],
        };
        take_tick(measuring, &tick);
    }
}

static bool read_rows(struct measuring *measuring, struct rows *rows, struct err *err)
{
    enum source_result got;
    while ((got = rows_next(rows, &measuring->block, err)) == SOURCE_EVENT) {
        take_block(measuring);
    }
    kernel_end(measuring->kernel);
    delayed_end(&measuring->late);
    return got == SOURCE_END;
}

/* An order that waits for its row much longer than the latency meets another market, which says
 * nothing about latency. */
static void tell_latency(struct measuring *measuring)
{
    struct sensitivity_run *run = &measuring->out->runs[SENSITIVITY_LATENCY];
    const int64_t wait_ns = delayed_wait_ns(&measuring->late);
    if (run->note[0] != '\0') {
        return;
    }
    if (wait_ns > 2 * LATENCY_NS) {
        refuse(run, "not modelled: rows are %.3g s apart", (double)wait_ns / 1e9);
    } else {
        tell(&measuring->late.params, &measuring->late.summary, run);
    }
}

static void tell_all(struct measuring *measuring)
{
    struct sensitivity *out = measuring->out;
    struct kernel_outcome *outcome = mem_zalloc(sizeof *outcome);
    for (int32_t i = 0; i < measuring->count; i++) {
        kernel_outcome(measuring->kernel, i, outcome);
        tell(&measuring->jobs[i].params, &outcome->summary, &out->runs[measuring->changes[i]]);
        if (measuring->changes[i] == SENSITIVITY_NONE) {
            out->result.summary = outcome->summary;
            out->result.steps_processed = outcome->steps_processed;
            out->result.width_bps = outcome->width_bps;
        }
    }
    mem_free(outcome);
    tell_latency(measuring);
    if (out->trades.closed > 0) {
        out->trades.predicted_bps /= (double)out->trades.closed;
        out->trades.realized_bps /= (double)out->trades.closed;
    }
}

bool sensitivity_measure(const char *data_file, const struct engine_params *params,
                         const struct result_window *window, struct sensitivity *out,
                         struct err *err)
{
    const struct csv_options options = backtest_csv_options(params, false);
    struct rows *rows;
    const char *fault = engine_params_fault(params);
    if (fault != NULL) {
        return err_set(err, ERR_INPUT, "%s", fault);
    }
    if (!rows_open(&rows, data_file, &options, err)) {
        return false;
    }
    struct measuring *measuring = mem_zalloc(sizeof *measuring);
    measuring->out = mem_zalloc(sizeof *measuring->out);
    result_init(&measuring->out->result, params);
    measuring->out->result.window = *window;
    measuring->out->trades.predicted_bps = NAN;
    measuring->out->trades.realized_bps = NAN;
    measuring->out->trades.worst_usd = NAN;
    prepare(measuring, params, window);
    const bool done = read_rows(measuring, rows, err);
    if (done) {
        struct result *result = &measuring->out->result;
        text_cut(result->data_file, sizeof result->data_file, "%s", data_file);
        text_cut(result->data_hash, sizeof result->data_hash, "%s", rows_total(rows)->hash);
        result->total_snapshots = rows_total(rows)->rows;
        tell_all(measuring);
        *out = *measuring->out;
    } else {
        sensitivity_finish(measuring->out);
    }
    rows_close(rows);
    kernel_destroy(measuring->kernel);
    delayed_finish(&measuring->late);
    mem_free(measuring->out);
    mem_free(measuring);
    return done;
}

void sensitivity_finish(struct sensitivity *sensitivity)
{
    result_finish(&sensitivity->result);
}
