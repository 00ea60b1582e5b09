#include "tune/kernel.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "lane.h"
#include "likeness.h"

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
    struct seat *seats;  /* of the jobs */
    struct seat **order; /* alike ones beside each other, and those of one track */
    struct lane *lanes;  /* each where its first seat is in `order` */
    int32_t count;
    struct track *tracks;
    int32_t *track_end; /* behind the last seat of each track; the rest know none */
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

struct candidate {
    struct likeness likeness;
    int32_t index;
};

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    const int order = likeness_compare(&a->likeness, &b->likeness);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* Who is told of trades is told of each job's own. */
static bool share_lane(const struct kernel *kernel, const struct likeness *a,
                       const struct likeness *b)
{
    return kernel->ear.trade == NULL && likeness_same_but_limits(a, b);
}

/* Puts the jobs into lanes, in their order. */
static void seat_all(struct kernel *kernel, const struct kernel_job *jobs,
                     const struct candidate *order)
{
    struct lane *lane = NULL;
    for (int32_t i = 0; i < kernel->count; i++) {
        const struct kernel_job *job = &jobs[order[i].index];
        const struct likeness *one = &order[i].likeness;
        const struct likeness *before = i > 0 ? &order[i - 1].likeness : NULL;
        const bool exact = job->params.profile == ENGINE_EXACT;
        kernel->order[i] = &kernel->seats[order[i].index];
        kernel->order[i]->params = job->params;
        if (before != NULL && share_lane(kernel, one, before)) {
            lane_join(lane);
        } else {
            lane = &kernel->lanes[i];
            lane_init(lane, job, order[i].index, &kernel->order[i]);
        }
        if (exact && (before == NULL || !likeness_same_track(one, before))) {
            kernel->tracks[kernel->tracks_count++].params =
                engine_baseline_params(&job->params);
        }
        /* The lanes without a track stand at the end, as if there was one more. */
        kernel->track_end[kernel->tracks_count - exact] = i + 1;
        kernel->wants.exact |= exact;
        kernel->wants.compat |= !exact;
    }
}

static void sort_and_seat(struct kernel *kernel, const struct kernel_job *jobs)
{
    const bool told = kernel->ear.trade != NULL;
    struct candidate *order = mem_array((size_t)kernel->count, sizeof *order);
    for (int32_t i = 0; i < kernel->count; i++) {
        order[i] = (struct candidate){likeness_of(&jobs[i], told), i};
    }
    qsort(order, (size_t)kernel->count, sizeof *order, compare_candidates);
    seat_all(kernel, jobs, order);
    mem_free(order);
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
    kernel->seats = mem_array((size_t)count, sizeof *kernel->seats);
    kernel->order = mem_array((size_t)count, sizeof *kernel->order);
    kernel->tracks = mem_array((size_t)count, sizeof *kernel->tracks);
    kernel->track_end = mem_array((size_t)count + 1, sizeof *kernel->track_end);
    kernel->count = count;
    kernel->ear.trade = trade;
    kernel->ear.context = context;
    sort_and_seat(kernel, jobs);
    return kernel;
}

void kernel_destroy(struct kernel *kernel)
{
    if (kernel == NULL) {
        return;
    }
    for (int32_t i = 0; i < kernel->count; i += kernel->lanes[i].seats_count) {
        lane_finish(&kernel->lanes[i]);
    }
    for (int32_t i = 0; i < kernel->count; i++) {
        mem_free(kernel->seats[i].outcome);
    }
    mem_free(kernel->lanes);
    mem_free(kernel->order);
    mem_free(kernel->seats);
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
    if (kernel->wants.compat) {
        strip_find_turns(strip);
    }
    for (int32_t i = 0; i <= kernel->tracks_count; i++) {
        struct track_strip *track = i < kernel->tracks_count ? &kernel->bench->track : NULL;
        const struct lane_pass pass = pass_of(kernel, track);
        if (track != NULL) {
            track_follow(&kernel->tracks[i], strip, track);
            kernel->unit->weigh(strip, track);
        }
        /* A lane may leave seats behind it to another, which then goes on where it did. */
        for (; lane < kernel->track_end[i]; lane += kernel->lanes[lane].seats_count) {
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
    for (int32_t i = 0; i < kernel->count; i += kernel->lanes[i].seats_count) {
        if (!kernel->lanes[i].done) {
            lane_end(&kernel->lanes[i], &pass, 0, false);
        }
    }
}

static struct seat *seat_of(const struct kernel *kernel, int32_t index)
{
    assert(index >= 0 && index < kernel->count);
    return &kernel->seats[index];
}

double kernel_equity_usd(struct kernel *kernel, int32_t index)
{
    const struct seat *seat = seat_of(kernel, index);
    pass_strip(kernel);
    const struct lane *lane = seat->lane;
    if (seat->outcome == NULL && !lane->done) {
        return lane_equity_usd(lane, &kernel->bench->strip);
    }
    const struct summary *summary =
        seat->outcome != NULL ? &seat->outcome->summary : &lane->summary;
    const bool exact = seat->params.profile == ENGINE_EXACT;
    return summary->balance_usd + (exact ? summary->unrealized_usd : 0);
}

void kernel_stop(struct kernel *kernel, int32_t index)
{
    struct seat *seat = seat_of(kernel, index);
    const struct lane_pass pass = pass_of(kernel, NULL);
    pass_strip(kernel);
    struct lane *lane = seat->lane;
    if (lane->done || seat->outcome != NULL) {
        return;
    }
    struct lane ended = *lane; /* its trades are looked at only */
    lane_end(&ended, &pass, 0, true);
    seat->outcome = mem_zalloc(sizeof *seat->outcome);
    lane_outcome(&ended, &seat->params, seat->outcome);
    lane->done = --lane->waiting == 0;
}

void kernel_outcome(const struct kernel *kernel, int32_t index, struct kernel_outcome *out)
{
    const struct seat *seat = seat_of(kernel, index);
    if (seat->outcome != NULL) {
        *out = *seat->outcome;
    } else {
        lane_outcome(seat->lane, &seat->params, out);
    }
}
