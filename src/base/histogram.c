#include "base/histogram.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

enum { PARTS_BITS = 4 };
static_assert(HISTOGRAM_PARTS == 1 << PARTS_BITS, "a part is found by a shift");

/* Bounds belong to the bucket below them, so that "2^k or less" falls between two buckets. 0
 * goes with 1. */
static size_t bucket_of(int64_t value_ns)
{
    const uint64_t below = value_ns > 0 ? (uint64_t)value_ns - 1 : 0;
    if (below < HISTOGRAM_PARTS) {
        return (size_t)below;
    }
    const int power = 63 - __builtin_clzll(below);
    if (power >= HISTOGRAM_POWERS) {
        return HISTOGRAM_BUCKETS - 1;
    }
    const uint64_t part = (below >> (power - PARTS_BITS)) & (HISTOGRAM_PARTS - 1);
    return (size_t)(power - PARTS_BITS + 1) * HISTOGRAM_PARTS + (size_t)part;
}

static int64_t upper_bound_ns(size_t bucket)
{
    if (bucket == HISTOGRAM_BUCKETS - 1) {
        return INT64_MAX;
    }
    if (bucket < HISTOGRAM_PARTS) {
        return (int64_t)bucket + 1;
    }
    const size_t shift = bucket / HISTOGRAM_PARTS - 1;
    return (int64_t)(HISTOGRAM_PARTS + bucket % HISTOGRAM_PARTS + 1) << shift;
}

void histogram_add(struct histogram *histogram, int64_t value_ns)
{
    const int64_t kept_ns = value_ns > 0 ? value_ns : 0;
    histogram->count++;
    histogram->sum_ns += (uint64_t)kept_ns;
    histogram->max_ns = kept_ns > histogram->max_ns ? kept_ns : histogram->max_ns;
    histogram->buckets[bucket_of(kept_ns)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    into->count += from->count;
    into->sum_ns += from->sum_ns;
    into->max_ns = from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        into->buckets[i] += from->buckets[i];
    }
}

int64_t histogram_quantile_ns(const struct histogram *histogram, double share)
{
    assert(share > 0.0 && share <= 1.0);
    const double rank = ceil(share * (double)histogram->count);
    uint64_t passed = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        passed += histogram->buckets[i];
        if (passed > 0 && (double)passed >= rank) {
            const int64_t bound_ns = upper_bound_ns(i);
            return bound_ns < histogram->max_ns ? bound_ns : histogram->max_ns;
        }
    }
    return 0;
}

uint64_t histogram_within(const struct histogram *histogram, int power)
{
    assert(power >= PARTS_BITS && power <= HISTOGRAM_POWERS);
    const size_t end = (size_t)(power - PARTS_BITS + 1) * HISTOGRAM_PARTS;
    uint64_t within = 0;
    for (size_t i = 0; i < end; i++) {
        within += histogram->buckets[i];
    }
    return within;
}
