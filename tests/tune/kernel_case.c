#include "kernel_case.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define SECOND_NS INT64_C(1000000000)

/* One of some values. */
static double one_of(struct dice *dice, const double *values, size_t count)
{
    return values[dice_between(dice, 0, (int64_t)count - 1)];
}
#define ONE_OF(dice, ...)                                                                      \
    one_of((dice), (const double[]){__VA_ARGS__},                                              \
           sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void break_row(struct dice *dice, struct tick *tick)
{
    double *const numbers[] = {&tick->bid_a, &tick->ask_a, &tick->bid_b, &tick->ask_b,
                               &tick->krw_per_usd};
    double *number = numbers[dice_between(dice, 0, 4)];
    double swap;
    switch (dice_between(dice, 0, 5)) {
    case 0:
        *number = ONE_OF(dice, 0, -0.0, -1);
        break;
    case 1:
        *number = ONE_OF(dice, INFINITY, -INFINITY, NAN);
        break;
    case 2:
        swap = tick->bid_a;
        tick->bid_a = tick->ask_a;
        tick->ask_a = swap;
        break;
    case 3:
        swap = tick->bid_b;
        tick->bid_b = tick->ask_b;
        tick->ask_b = swap;
        break;
    case 4:
        tick->ask_a = tick->bid_a;
        break;
    default:
        tick->bid_b = tick->ask_b;
        break;
    }
}

/* Prices that make the square of one, or its inverse, leave the range of a double. */
static void stretch_row(struct dice *dice, struct tick *tick)
{
    const double by = ONE_OF(dice, 1e-160, 1e160, 1e303, 1e-300);
    tick->bid_a *= by;
    tick->ask_a *= by;
    if (dice_between(dice, 0, 1) > 0) {
        tick->krw_per_usd *= by;
    } else {
        tick->bid_b *= by;
        tick->ask_b *= by;
    }
}

static int64_t draw_wait_ns(struct dice *dice, int64_t pause_s, int kind)
{
    const int64_t which = dice_between(dice, 0, 9);
    if ((kind & CASE_LONG) != 0 && which >= 7) {
        return dice_between(dice, 0, 90 * 86400) * SECOND_NS + dice_between(dice, 0, 3);
    }
    return which < 2    ? 0
           : which == 9 ? dice_between(dice, 0, pause_s) * SECOND_NS
           : which == 8 ? dice_between(dice, 0, SECOND_NS)
                        : SECOND_NS;
}

/* Both books around a price in USD, B dearer than A by the premium. */
static struct tick draw_row(struct dice *dice, double usd, double premium_bps, double rate)
{
    const double krw = usd * rate;
    const double b = usd * (1 + premium_bps / 1e4);
    const double half = dice_part(dice) / 2000;
    return (struct tick){
        .bid_a = krw * (1 - half),
        .ask_a = krw * (1 + half + 1e-9),
        .bid_b = b * (1 - half / 3),
        .ask_b = b * (1 + half / 5 + 1e-9),
        .krw_per_usd = rate,
    };
}

struct case_rows case_rows_draw(struct dice *dice, int32_t count, int kind)
{
    struct case_rows rows = {mem_array((size_t)count, sizeof *rows.ticks), count};
    const double rate_mean = ONE_OF(dice, 1, 2.5, 1400);
    const double turn = ONE_OF(dice, 0.02, 0.1, 0.5);
    const int64_t pause_s = dice_between(dice, 0, 300);
    int64_t time_ns = dice_between(dice, -5, 2000000000) * SECOND_NS;
    double usd = 100, premium_bps = 0;
    for (int32_t i = 0; i < count; i++) {
        time_ns += draw_wait_ns(dice, pause_s, kind);
        usd *= 1 + (dice_part(dice) - 0.5) / 500;
        if (dice_part(dice) < turn) {
            premium_bps = (dice_part(dice) - 0.5) * 200;
        }
        const double rate = rate_mean * (1 + (dice_part(dice) - 0.5) / 1000);
        rows.ticks[i] = draw_row(dice, usd, premium_bps, rate);
        rows.ticks[i].time_ns = time_ns;
        if ((kind & CASE_BROKEN) != 0 && dice_between(dice, 0, 11) == 0) {
            break_row(dice, &rows.ticks[i]);
        }
        if ((kind & CASE_ODD) != 0 && dice_between(dice, 0, 999) == 0) {
            stretch_row(dice, &rows.ticks[i]);
        }
    }
    return rows;
}

void case_rows_finish(struct case_rows *rows)
{
    mem_free(rows->ticks);
}

struct engine_params case_params_draw(struct dice *dice)
{
    struct engine_params params = engine_defaults();
    params.profile = (enum engine_profile)dice_between(dice, 0, ENGINE_PROFILE_LAST);
    if (params.profile != ENGINE_EXACT) {
        params.pnl_model = (enum engine_pnl_model)dice_between(dice, 0, ENGINE_PNL_MODEL_LAST);
    }
    params.min_spread_bps = ONE_OF(dice, 0, 1, 5, 12.5, 60);
    params.taker_fee_a_bps = ONE_OF(dice, 0, 1, 5, 4.999);
    params.taker_fee_b_bps = ONE_OF(dice, 0, 2, 4, 5);
    params.slippage_bps = ONE_OF(dice, 0, 1, 5.5, 20000, 0.1);
    params.fx_cost_bps = ONE_OF(dice, 0, 0, 1.5);
    params.max_position_usd = ONE_OF(dice, 1000, 77.7, 1e6, 1e-3);
    params.max_open_trades = (int32_t)ONE_OF(dice, 1, 1, 1, 2, 3, 8, 1024);
    params.baseline_bps = ONE_OF(dice, 0, 3, -20);
    params.baseline_tau_s = ONE_OF(dice, 0, 0, 10, 100, 3600);
    params.baseline_warmup_s = ONE_OF(dice, NAN, 0, 30, 600);
    params.baseline_gap_s = ONE_OF(dice, 0, 100, 250);
    params.cooldown_s = ONE_OF(dice, 0, 0, 20, 500, 1e300);
    params.exit_spread_bps = ONE_OF(dice, 0, 10, -5, -1000);
    params.take_profit_bps = ONE_OF(dice, NAN, NAN, 0, 10, 25, -3);
    params.stop_loss_bps = ONE_OF(dice, NAN, NAN, 15, 40, 0);
    params.max_hold_s = ONE_OF(dice, NAN, NAN, 0, 10, 200, 1e12);
    params.spot_short = dice_between(dice, 0, 3) > 0;
    params.initial_balance_usd = ONE_OF(dice, 10000, 123.45, 1);
    params.stop_on_drawdown_pct = ONE_OF(dice, NAN, NAN, NAN, 0.01, 5, 50);
    params.max_steps = (int64_t)ONE_OF(dice, -1, -1, -1, 0, 1, 100, 1500);
    params.close_at_end = dice_between(dice, 0, 1) > 0;
    assert_null(engine_params_fault(&params));
    return params;
}

struct kernel_job case_job_draw(struct dice *dice, const struct case_rows *rows,
                                const struct engine_params *params, bool windows)
{
    struct kernel_job job = {.params = *params, .from_ns = INT64_MIN, .to_ns = INT64_MAX};
    if (rows->count == 0) {
        return job;
    }
    if (windows) {
        const int64_t first_ns = rows->ticks[0].time_ns;
        const int64_t last_ns = rows->ticks[rows->count - 1].time_ns;
        job.from_ns = dice_between(dice, first_ns - SECOND_NS, last_ns);
        job.to_ns = dice_between(dice, job.from_ns, last_ns + SECOND_NS);
    }
    bool any = false;
    for (int32_t i = 0; i < rows->count; i++) {
        const int64_t time_ns = rows->ticks[i].time_ns;
        if (time_ns >= job.from_ns && time_ns < job.to_ns) {
            job.first_ns = any ? job.first_ns : time_ns;
            job.last_ns = time_ns;
            any = true;
        }
    }
    return job;
}

struct reader {
    struct source source;
    const struct case_rows *rows;
    int32_t at;
};

static enum source_result read_next(struct source *source, struct event *out, struct err *err)
{
    struct reader *reader = (struct reader *)source;
    if (reader->at == reader->rows->count) {
        return SOURCE_END;
    }
    out->kind = EVENT_ROW;
    out->row.tick = reader->rows->ticks[reader->at++];
    out->time_ns = out->row.tick.time_ns;
    return SOURCE_EVENT;
}

static const char *read_label(const struct source *source)
{
    return "case";
}

struct result case_oracle(const struct kernel_job *job, const struct case_rows *rows)
{
    static const struct source_ops OPS = {.next = read_next, .label = read_label};
    struct reader reader = {.source = {&OPS}, .rows = rows};
    const struct backtest_survey survey = {.rows = rows->count};
    const struct backtest_part part = {job->from_ns, job->to_ns, job->first_ns, job->last_ns};
    struct result result;
    struct err err;
    assert_true(backtest_run_part(&job->params, &reader.source, &survey, &part, &result, &err));
    return result;
}

static void put_trade(void *context, int32_t index, const struct trade *trade,
                      const struct trade_result *settled)
{
    struct result *results = context;
    result_put_trade(&results[index], trade, settled);
}

static void fill(struct rows_block *block, const struct case_rows *rows, int32_t first,
                 int32_t count)
{
    block->count = count;
    for (int32_t i = 0; i < count; i++) {
        const struct tick *tick = &rows->ticks[first + i];
        block->time_ns[i] = tick->time_ns;
        block->bid_a[i] = tick->bid_a;
        block->ask_a[i] = tick->ask_a;
        block->bid_b[i] = tick->bid_b;
        block->ask_b[i] = tick->ask_b;
        block->krw_per_usd[i] = tick->krw_per_usd;
    }
}

static void take_outcome(const struct kernel *kernel, int32_t index, struct result *result)
{
    struct kernel_outcome outcome;
    kernel_outcome(kernel, index, &outcome);
    result->summary = outcome.summary;
    result->steps_processed = outcome.steps_processed;
    result->width_bps = outcome.width_bps;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        result->equity_change_usd[i] = outcome.equity_change_usd[i];
    }
}

struct result *case_kernel(const struct kernel_job *jobs, int32_t count,
                           const struct case_rows *rows, enum kernel_width width, bool trades,
                           struct dice *cuts)
{
    struct result *results = mem_array((size_t)count, sizeof *results);
    for (int32_t i = 0; i < count; i++) {
        result_init(&results[i], &jobs[i].params);
    }
    struct rows_block *block = mem_zalloc(sizeof *block);
    struct kernel *kernel =
        kernel_create(jobs, count, width, trades ? put_trade : NULL, results);
    const int32_t most = dice_between(cuts, 0, 1) > 0 ? 100 : ROWS_BLOCK_MAX;
    for (int32_t at = 0; at < rows->count;) {
        int32_t length = (int32_t)dice_between(cuts, 0, most);
        length = length < rows->count - at ? length : rows->count - at;
        fill(block, rows, at, length);
        kernel_feed(kernel, block);
        at += length;
    }
    kernel_end(kernel);
    for (int32_t i = 0; i < count; i++) {
        take_outcome(kernel, i, &results[i]);
    }
    kernel_destroy(kernel);
    mem_free(block);
    return results;
}

struct result case_kernel_stopped(const struct kernel_job *job, const struct case_rows *rows,
                                  int32_t until, double *equity_usd)
{
    struct result result;
    struct rows_block *block = mem_zalloc(sizeof *block);
    /* Others of its kind go on, so that they may share their work until then. */
    struct kernel_job jobs[] = {*job, *job, *job};
    jobs[2].params.take_profit_bps = 12;
    jobs[2].params.max_hold_s = 20;
    struct kernel *kernel = kernel_create(jobs, LEN(jobs), kernel_widest(), NULL, NULL);
    result_init(&result, &job->params);
    fill(block, rows, 0, until);
    kernel_feed(kernel, block);
    *equity_usd = kernel_equity_usd(kernel, 1);
    kernel_stop(kernel, 1);
    assert_true(kernel_equity_usd(kernel, 1) == *equity_usd);
    fill(block, rows, until, rows->count - until);
    kernel_feed(kernel, block);
    kernel_end(kernel);
    take_outcome(kernel, 1, &result);
    kernel_destroy(kernel);
    mem_free(block);
    return result;
}

void case_results_finish(struct result *results, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        result_finish(&results[i]);
    }
    mem_free(results);
}

/* Figures are told apart by their bits, so that -0 is not 0; any two NANs are alike. */
static bool same_bits(double got, double want)
{
    return memcmp(&got, &want, sizeof got) == 0 || (isnan(got) && isnan(want));
}

static const char *summary_difference(const struct summary *got, const struct summary *want)
{
#define DOUBLE(figure)                                                                         \
    if (!same_bits(got->figure, want->figure)) {                                               \
        return #figure;                                                                        \
    }
#define INTEGER(figure)                                                                        \
    if (got->figure != want->figure) {                                                         \
        return #figure;                                                                        \
    }
    DOUBLE(initial_balance_usd)
    DOUBLE(balance_usd)
    INTEGER(opened)
    INTEGER(closed)
    INTEGER(wins)
    INTEGER(losses)
    INTEGER(open_most)
    DOUBLE(realized_usd)
    DOUBLE(unrealized_usd)
    DOUBLE(fees_usd)
    DOUBLE(slippage_usd)
    DOUBLE(funding_usd)
    DOUBLE(fx_cost_usd)
    DOUBLE(fx_usd)
    DOUBLE(price_usd)
    DOUBLE(won_usd)
    DOUBLE(lost_usd)
    DOUBLE(pnl_mean)
    DOUBLE(pnl_m2)
    DOUBLE(hold_sum_s)
    DOUBLE(exposed_ns)
    DOUBLE(peak_usd)
    DOUBLE(drawdown)
    INTEGER(first_valid_ns)
    INTEGER(last_valid_ns)
    INTEGER(steps)
    INTEGER(was_exposed)
    for (int fault = 0; fault <= TICK_FAULT_LAST; fault++) {
        INTEGER(invalid[fault])
    }
    return NULL;
}

static const char *trade_difference(const struct trade *got, const struct trade *want)
{
    INTEGER(id)
    INTEGER(pair)
    INTEGER(side)
    INTEGER(state)
    INTEGER(exit)
    INTEGER(open_ns)
    INTEGER(close_ns)
    DOUBLE(entry_spread_bps)
    DOUBLE(exit_spread_bps)
    DOUBLE(net_edge_bps)
    DOUBLE(notional_usd)
    DOUBLE(quantity)
    for (int leg = 0; leg <= TRADE_LEG_LAST; leg++) {
        DOUBLE(legs[leg].quantity)
        DOUBLE(legs[leg].price)
        DOUBLE(legs[leg].touch_price)
        DOUBLE(legs[leg].krw_per_usd)
    }
    return NULL;
}

static const char *settled_difference(const struct trade_result *got,
                                      const struct trade_result *want)
{
    DOUBLE(gross_usd)
    DOUBLE(fees_usd)
    DOUBLE(fx_cost_usd)
    DOUBLE(slippage_usd)
    DOUBLE(fx_usd)
    DOUBLE(price_usd)
    DOUBLE(funding_usd)
    DOUBLE(pnl_usd)
    DOUBLE(pnl_bps)
    return NULL;
}
#undef DOUBLE
#undef INTEGER

static const char *trades_difference(const struct result *got, const struct result *want)
{
    if (got->trades_count != want->trades_count) {
        return "trades_count";
    }
    for (int64_t i = 0; i < got->trades_count; i++) {
        const char *difference = trade_difference(&got->trades[i], &want->trades[i]);
        if (difference == NULL && got->trades[i].state == TRADE_CLOSED) {
            difference = settled_difference(&got->results[i], &want->results[i]);
        }
        if (difference != NULL) {
            return difference;
        }
    }
    return NULL;
}

const char *case_difference(const struct result *got, const struct result *want, bool trades)
{
    const char *difference = trades ? trades_difference(got, want) : NULL;
    if (difference == NULL) {
        difference = summary_difference(&got->summary, &want->summary);
    }
    if (difference == NULL && got->steps_processed != want->steps_processed) {
        difference = "steps_processed";
    }
    if (difference == NULL && !same_bits(got->width_bps, want->width_bps)) {
        difference = "width_bps";
    }
    for (int i = 0; i < SUMMARY_BUCKETS && difference == NULL; i++) {
        if (!same_bits(got->equity_change_usd[i], want->equity_change_usd[i])) {
            difference = "equity_change_usd";
        }
    }
    return difference;
}

bool case_rows_load(struct case_rows *rows, const char *name)
{
    const struct csv_options options = {.fx_rate = NAN, .default_fx = NAN};
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    char path[4096];
    struct err err;
    struct source *source;
    struct event event;
    int32_t capacity = 0;
    *rows = (struct case_rows){0};
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : SHARED_DATA, name);
    if (access(path, R_OK) != 0) {
        return false;
    }
    assert_true(csv_open(&source, path, &options, &err));
    while (source->ops->next(source, &event, &err) == SOURCE_EVENT) {
        if (rows->count == capacity) {
            capacity = capacity > 0 ? 2 * capacity : 1024;
            rows->ticks = mem_grow(rows->ticks, (size_t)capacity, sizeof *rows->ticks);
        }
        rows->ticks[rows->count++] = event.row.tick;
    }
    source_close(source);
    return true;
}
