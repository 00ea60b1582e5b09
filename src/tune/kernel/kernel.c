#include "tune/kernel.h"

#include <assert.h>

#include "base/mem.h"
#include "lane.h"

/* What the passes of a strip work on; aligned for the widest unit. */
struct bench {
    struct strip strip;
    struct track_strip track;
};

struct kernel {
    const struct kernel_unit *unit;
    void *bench_memory; /* owned; `bench` lies in it */
    struct bench *bench;
    struct strip_wants wants;
    struct lane *lanes; /* those of one track beside each other */
    int32_t *lane_of;   /* of each job */
    int32_t count;
    struct track *tracks;
    int32_t *track_end; /* behind the last lane of each track; the rest know none */
    int32_t tracks_count;
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
#ifdef __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        return KERNEL_AVX512;
    }
    if (__builtin_cpu_supports("avx2")) {
        return KERNEL_AVX2;
    }
#endif
    return KERNEL_PLAIN;
}

static const struct kernel_unit *unit_of(enum kernel_width width)
{
#ifdef __x86_64__
    if (width == KERNEL_AVX512) {
        return &kernel_unit_avx512;
    }
    if (width == KERNEL_AVX2) {
        return &kernel_unit_avx2;
    }
#endif
    return &kernel_unit_plain;
}

/* The track of an `exact` configuration among those there are, or a new one. */
static int32_t find_track(struct kernel *kernel, const struct engine_params *params)
{
    const struct track track = track_of(params);
    for (int32_t i = 0; i < kernel->tracks_count; i++) {
        if (track_equal(&kernel->tracks[i], &track)) {
            return i;
        }
    }
    kernel->tracks[kernel->tracks_count] = track;
    return kernel->tracks_count++;
}

/* Puts the jobs into lanes, track by track. */
static void seat(struct kernel *kernel, const struct kernel_job *jobs)
{
    int32_t *track_by_job = mem_array((size_t)kernel->count, sizeof *track_by_job);
    for (int32_t i = 0; i < kernel->count; i++) {
        const bool exact = jobs[i].params.profile == ENGINE_EXACT;
        track_by_job[i] = exact ? find_track(kernel, &jobs[i].params) : INT32_MAX;
        kernel->wants.exact |= exact;
        kernel->wants.compat |= !exact;
    }
    int32_t seated = 0;
    for (int32_t track = 0; track <= kernel->tracks_count; track++) {
        const bool none = track == kernel->tracks_count;
        for (int32_t i = 0; i < kernel->count; i++) {
            if (track_by_job[i] == (none ? INT32_MAX : track)) {
                lane_init(&kernel->lanes[seated], &jobs[i], i);
                kernel->lane_of[i] = seated++;
            }
        }
        kernel->track_end[track] = seated;
    }
    mem_free(track_by_job);
}

struct kernel *kernel_create(const struct kernel_job *jobs, int32_t count,
                             enum kernel_width width, kernel_trade_fn *trade, void *context)
{
    assert(count >= 0 && width <= kernel_widest());
    struct kernel *kernel = mem_zalloc(sizeof *kernel);
    const size_t alignment = _Alignof(struct bench);
    kernel->bench_memory = mem_zalloc(sizeof(struct bench) + alignment - 1);
    kernel->bench = (struct bench *)(((uintptr_t)kernel->bench_memory + alignment - 1) &
                                     ~(uintptr_t)(alignment - 1));
    kernel->unit = unit_of(width);
    kernel->lanes = mem_array((size_t)count, sizeof *kernel->lanes);
    kernel->lane_of = mem_array((size_t)count, sizeof *kernel->lane_of);
    kernel->tracks = mem_array((size_t)count, sizeof *kernel->tracks);
    kernel->track_end = mem_array((size_t)count + 1, sizeof *kernel->track_end);
    kernel->count = count;
    kernel->ear.trade = trade;
    kernel->ear.context = context;
    seat(kernel, jobs);
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
    mem_free(kernel->lane_of);
    mem_free(kernel->tracks);
    mem_free(kernel->track_end);
    mem_free(kernel->bench_memory);
    mem_free(kernel);
}

static struct lane_pass pass_of(struct kernel *kernel, const struct track_strip *track)
{
    return (struct lane_pass){
        .unit = kernel->unit,
        .strip = &kernel->bench->strip,
        .track = track,
        .ear = &kernel->ear,
    };
}

/* Takes the lanes over the strip as far as it is filled. */
static void pass_strip(struct kernel *kernel)
{
    struct strip *strip = &kernel->bench->strip;
    int32_t lane = 0;
    if (strip->count == 0) {
        return;
    }
    kernel->unit->prepare(strip, &kernel->wants);
    strip_count(strip);
    for (int32_t i = 0; i <= kernel->tracks_count; i++) {
        struct track_strip *track = i < kernel->tracks_count ? &kernel->bench->track : NULL;
        const struct lane_pass pass = pass_of(kernel, track);
        if (track != NULL) {
            track_follow(&kernel->tracks[i], strip, track);
            kernel->unit->weigh(strip, track);
        }
        for (; lane < kernel->track_end[i]; lane++) {
            if (!kernel->lanes[lane].done) {
                lane_advance(&kernel->lanes[lane], &pass);
            }
        }
    }
    strip_pass(strip);
}

void kernel_feed(struct kernel *kernel, const struct rows_block *block)
{
    for (int32_t taken = 0; taken < block->count;) {
        strip_fill(&kernel->bench->strip, block, &taken);
        if (kernel->bench->strip.count == STRIP_ROWS) {
            pass_strip(kernel);
        }
    }
}

void kernel_end(struct kernel *kernel)
{
    const struct lane_pass pass = pass_of(kernel, NULL);
    pass_strip(kernel);
    for (int32_t i = 0; i < kernel->count; i++) {
        if (!kernel->lanes[i].done) {
            lane_end(&kernel->lanes[i], &pass, 0, false);
        }
    }
}

static struct lane *lane_of(const struct kernel *kernel, int32_t index)
{
    assert(index >= 0 && index < kernel->count);
    return &kernel->lanes[kernel->lane_of[index]];
}

double kernel_equity_usd(struct kernel *kernel, int32_t index)
{
    pass_strip(kernel);
    const struct lane *lane = lane_of(kernel, index);
    if (lane->done) {
        const bool exact = lane->job.params.profile == ENGINE_EXACT;
        return lane->summary.balance_usd + (exact ? lane->summary.unrealized_usd : 0);
    }
    return lane_equity_usd(lane, &kernel->bench->strip);
}

void kernel_stop(struct kernel *kernel, int32_t index)
{
    pass_strip(kernel);
    struct lane *lane = lane_of(kernel, index);
    const struct lane_pass pass = pass_of(kernel, NULL);
    if (!lane->done) {
        lane_end(lane, &pass, 0, true);
    }
}

void kernel_outcome(const struct kernel *kernel, int32_t index, struct kernel_outcome *out)
{
    const struct lane *lane = lane_of(kernel, index);
    assert(lane->done);
    out->summary = lane->summary;
    /* The step at which a drawdown stops a run is not counted. */
    out->steps_processed = lane->summary.steps - lane->stopped;
    out->width_bps = lane->width_bps;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        out->equity_change_usd[i] = lane->equity.change_usd[i];
    }
}
