/* kernel_ratio FILE [FX_RATE [SAMPLE]]: what one more configuration costs in the kernel,
 * against a scalar run of run/backtest over the same rows in memory.
 *
 * Processor time of one thread, the best of three; the scalar time is that of SAMPLE of the
 * configurations (default 10), spread over the grid, times all of them. Sampled results are
 * held against each other, and any difference ends it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "market/rows.h"
#include "run/backtest.h"
#include "tune/kernel.h"

enum { REPEATS = 3, COUNT_MAX = 1000 };

/* A file in memory, as its blocks. */
struct data {
    struct rows_block *blocks;
    int32_t count;
    struct backtest_survey survey;
};

struct grid {
    const char *name;
    struct kernel_job jobs[COUNT_MAX];
    int32_t count;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add(struct grid *grid, const struct data *data, const struct engine_params *params)
{
    const char *fault = engine_params_fault(params);
    if (fault != NULL) {
        fprintf(stderr, "%s\n", fault);
        exit(2);
    }
    grid->jobs[grid->count++] = (struct kernel_job){
        .params = *params,
        .from_ns = INT64_MIN,
        .to_ns = INT64_MAX,
        .first_ns = data->survey.first_ns,
        .last_ns = data->survey.last_ns,
    };
}

/* 10 fees on A, 5 on B, 4 slippages, 5 thresholds, of which compat-d45 uses none. */
static void fill_compat(struct grid *grid, const struct data *data)
{
    for (int i = 0; i < COUNT_MAX; i++) {
        struct engine_params params = engine_defaults();
        params.profile = ENGINE_COMPAT_D45;
        params.pnl_model = ENGINE_PNL_SPREAD;
        params.max_position_usd = 1000;
        params.taker_fee_a_bps = 1 + i / 100;
        params.taker_fee_b_bps = 2 + i / 20 % 5;
        params.slippage_bps = 1 + i / 5 % 4 * 1.5;
        params.min_spread_bps = 10 + i % 5 * 5;
        add(grid, data, &params);
    }
}

/* 4 mean times, 5 thresholds, 5 profits to take, 5 stops, 2 times to hold: all distinct. */
static void fill_exact(struct grid *grid, const struct data *data)
{
    for (int i = 0; i < COUNT_MAX; i++) {
        struct engine_params params = engine_defaults();
        params.max_position_usd = 1000;
        params.taker_fee_a_bps = 2.5;
        params.taker_fee_b_bps = 2;
        params.slippage_bps = 0.5;
        params.baseline_tau_s = 300 * pow(3, i / 250);
        params.min_spread_bps = 2 + i / 50 % 5 * 3;
        params.take_profit_bps = 4 + i / 10 % 5 * 4;
        params.stop_loss_bps = 15 + i / 2 % 5 * 10;
        params.max_hold_s = i % 2 == 0 ? 60 : 900;
        add(grid, data, &params);
    }
}

/* The same with few trades that are held long: 4 mean times, 10 thresholds, 5 exits, 5 stops.
 */
static void fill_patient(struct grid *grid, const struct data *data)
{
    for (int i = 0; i < COUNT_MAX; i++) {
        struct engine_params params = engine_defaults();
        params.max_position_usd = 1000;
        params.taker_fee_a_bps = 2.5;
        params.taker_fee_b_bps = 2;
        params.slippage_bps = 0.5;
        params.baseline_tau_s = 300 * pow(3, i / 250);
        params.min_spread_bps = 6 + i / 25 % 10;
        params.exit_spread_bps = -10 - 2 * (i / 5 % 5);
        params.stop_loss_bps = 50 + i % 5 * 10;
        add(grid, data, &params);
    }
}

static void load(struct data *data, const char *path, const struct csv_options *options)
{
    struct err err;
    struct rows *rows;
    bool done = rows_open(&rows, path, options, &err);
    enum source_result got = done ? SOURCE_EVENT : SOURCE_ERROR;
    int32_t capacity = 0;
    while (got == SOURCE_EVENT) {
        if (data->count == capacity) {
            capacity = capacity > 0 ? 2 * capacity : 64;
            data->blocks = mem_grow(data->blocks, (size_t)capacity, sizeof *data->blocks);
        }
        got = rows_next(rows, &data->blocks[data->count], &err);
        data->count += got == SOURCE_EVENT;
    }
    if (got == SOURCE_ERROR) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    const struct rows_total *total = rows_total(rows);
    data->survey = (struct backtest_survey){total->rows, total->first_ns, total->last_ns};
    rows_close(rows);
}

struct reader {
    struct source source;
    const struct data *data;
    int32_t block, row;
};

static enum source_result read_next(struct source *source, struct event *out, struct err *err)
{
    struct reader *reader = (struct reader *)source;
    const struct rows_block *block = &reader->data->blocks[reader->block];
    const int32_t row = reader->row++;
    out->kind = EVENT_ROW;
    out->time_ns = block->time_ns[row];
    out->row.tick =
        (struct tick){block->time_ns[row], block->bid_a[row], block->ask_a[row],
                      block->bid_b[row],   block->ask_b[row], block->krw_per_usd[row]};
    if (reader->row == block->count) {
        reader->block++;
        reader->row = 0;
    }
    return SOURCE_EVENT;
}

static const char *read_label(const struct source *source)
{
    return "rows";
}

static double run_kernel(const struct grid *grid, const struct data *data,
                         enum kernel_width width, struct kernel_outcome *outcomes)
{
    double best_s = INFINITY;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        const double start_s = seconds();
        struct kernel *kernel = kernel_create(grid->jobs, grid->count, width, NULL, NULL);
        for (int32_t i = 0; i < data->count; i++) {
            kernel_feed(kernel, &data->blocks[i]);
        }
        kernel_end(kernel);
        for (int32_t i = 0; i < grid->count; i++) {
            kernel_outcome(kernel, i, &outcomes[i]);
        }
        kernel_destroy(kernel);
        best_s = fmin(best_s, seconds() - start_s);
    }
    return best_s;
}

/* Seconds a configuration; leaves its result in *result. */
static double run_scalar(const struct kernel_job *job, const struct data *data,
                         struct result *result)
{
    static const struct source_ops OPS = {.next = read_next, .label = read_label};
    struct err err;
    struct reader reader = {.source = {&OPS}, .data = data};
    const double start_s = seconds();
    if (!backtest_run(&job->params, &reader.source, &data->survey, result, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return seconds() - start_s;
}

static void compare(const struct grid *grid, const struct data *data, int32_t sample)
{
    struct kernel_outcome *outcomes = mem_array((size_t)grid->count, sizeof *outcomes);
    double width_s[KERNEL_WIDTH_LAST + 1] = {0}, scalar_s = 0;
    for (int width = 0; width <= (int)kernel_widest(); width++) {
        width_s[width] = run_kernel(grid, data, (enum kernel_width)width, outcomes);
    }
    int64_t trades = 0;
    for (int32_t i = 0; i < grid->count; i++) {
        trades += outcomes[i].summary.opened;
    }
    for (int32_t i = 0; i < sample; i++) {
        const int32_t job = (int32_t)((int64_t)i * grid->count / sample);
        struct result result;
        scalar_s += run_scalar(&grid->jobs[job], data, &result) / sample;
        if (memcmp(&result.summary.realized_usd, &outcomes[job].summary.realized_usd,
                   sizeof(double)) != 0 ||
            result.summary.opened != outcomes[job].summary.opened ||
            memcmp(&result.summary.drawdown, &outcomes[job].summary.drawdown, sizeof(double)) !=
                0) {
            fprintf(stderr, "%s: configuration %d differs\n", grid->name, job);
            exit(1);
        }
        result_finish(&result);
    }
    printf("%s: %d configurations, %lld rows, %.0f trades each; scalar %.1f ms each\n",
           grid->name, grid->count, (long long)data->survey.rows, (double)trades / grid->count,
           scalar_s * 1e3);
    for (int width = 0; width <= (int)kernel_widest(); width++) {
        printf("  %-7s %8.1f ms, %7.4f ms each, %.0f times as fast\n",
               kernel_width_name((enum kernel_width)width), width_s[width] * 1e3,
               width_s[width] * 1e3 / grid->count, scalar_s * grid->count / width_s[width]);
    }
    mem_free(outcomes);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: kernel_ratio FILE [FX_RATE [SAMPLE]]\n");
        return 2;
    }
    const struct csv_options options = {.fx_rate = argc > 2 ? atof(argv[2]) : NAN,
                                        .default_fx = 2.5};
    const int32_t sample = argc > 3 ? atoi(argv[3]) : 10;
    struct data data = {0};
    load(&data, argv[1], &options);
    struct grid *grids = mem_array(3, sizeof *grids);
    grids[0].name = "compat";
    grids[1].name = "exact";
    grids[2].name = "patient";
    fill_compat(&grids[0], &data);
    fill_exact(&grids[1], &data);
    fill_patient(&grids[2], &data);
    for (int i = 0; i < 3; i++) {
        compare(&grids[i], &data, sample);
    }
    mem_free(grids);
    mem_free(data.blocks);
    return 0;
}
