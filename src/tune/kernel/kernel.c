#include "tune/kernel.h"

#include <assert.h>

#include "base/mem.h"
#include "lane.h"

struct kernel {
    struct lane *lanes;
    int32_t count;
    struct lane_ear ear;
};

static const char *const WIDTH_NAMES[] = {
    [KERNEL_PLAIN] = "plain",
    [KERNEL_AVX2] = "avx2",
    [KERNEL_AVX512] = "avx512",
};
_Static_assert(sizeof(WIDTH_NAMES) / sizeof(WIDTH_NAMES[0]) == KERNEL_WIDTH_LAST + 1,
               "every width has a name");

const char *kernel_width_name(enum kernel_width width)
{
    assert((int)width >= 0 && width <= KERNEL_WIDTH_LAST);
    return WIDTH_NAMES[width];
}

enum kernel_width kernel_widest(void)
{
    return KERNEL_PLAIN;
}

struct kernel *kernel_create(const struct kernel_job *jobs, int32_t count,
                             enum kernel_width width, kernel_trade_fn *trade, void *context)
{
    assert(count >= 0 && width <= kernel_widest());
    struct kernel *kernel = mem_zalloc(sizeof *kernel);
    kernel->lanes = mem_array((size_t)count, sizeof *kernel->lanes);
    kernel->count = count;
    kernel->ear.trade = trade;
    kernel->ear.context = context;
    for (int32_t i = 0; i < count; i++) {
        lane_init(&kernel->lanes[i], &jobs[i], i);
    }
    return kernel;
}

void kernel_destroy(struct kernel *kernel)
{
    if (kernel == NULL) {
        return;
    }
    for (int32_t i = 0; i < kernel->count; i++) {
        lane_finish(&kernel->lanes[i]);
    }
    mem_free(kernel->lanes);
    mem_free(kernel);
}

static struct tick tick_of(const struct rows_block *block, int32_t row)
{
    return (struct tick){
        .time_ns = block->time_ns[row],
        .bid_a = block->bid_a[row],
        .ask_a = block->ask_a[row],
        .bid_b = block->bid_b[row],
        .ask_b = block->ask_b[row],
        .krw_per_usd = block->krw_per_usd[row],
    };
}

void kernel_feed(struct kernel *kernel, const struct rows_block *block)
{
    for (int32_t i = 0; i < kernel->count; i++) {
        for (int32_t row = 0; row < block->count && !kernel->lanes[i].done; row++) {
            const struct tick tick = tick_of(block, row);
            lane_row(&kernel->lanes[i], &kernel->ear, &tick);
        }
    }
}

void kernel_end(struct kernel *kernel)
{
    for (int32_t i = 0; i < kernel->count; i++) {
        if (!kernel->lanes[i].done) {
            lane_end(&kernel->lanes[i], &kernel->ear);
        }
    }
}

static const struct lane *lane_of(const struct kernel *kernel, int32_t index)
{
    assert(index >= 0 && index < kernel->count);
    return &kernel->lanes[index];
}

double kernel_equity_usd(const struct kernel *kernel, int32_t index)
{
    const struct lane *lane = lane_of(kernel, index);
    const bool exact = lane->job.params.profile == ENGINE_EXACT;
    return lane->summary.balance_usd + (exact ? lane->unrealized_usd : 0);
}

void kernel_stop(struct kernel *kernel, int32_t index)
{
    assert(index >= 0 && index < kernel->count);
    kernel->lanes[index].done = true;
}

void kernel_outcome(const struct kernel *kernel, int32_t index, struct kernel_outcome *out)
{
    const struct lane *lane = lane_of(kernel, index);
    assert(lane->done);
    out->summary = lane->summary;
    out->steps_processed = lane->steps_processed;
    out->width_bps = lane->width_bps;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        out->equity_change_usd[i] = lane->equity.change_usd[i];
    }
}
