#pragma once
#include <stdint.h>

/* histogram: how long did it take, over many times?
 *
 * Each power of two is cut into 16 buckets of equal width, so what is read from it is never
 * less than the truth and at most 1/16 more. Counts, sum and maximum are exact. A plain value
 * of some 4 kB; zeroed, it is empty. */

enum {
    HISTOGRAM_PARTS = 16,  /* of a power of two */
    HISTOGRAM_POWERS = 36, /* up to 2^36 ns, 68.7 s; longer ones share the last bucket */
    HISTOGRAM_BUCKETS = (HISTOGRAM_POWERS - 3) * HISTOGRAM_PARTS + 1,
};

struct histogram {
    uint64_t count;
    uint64_t sum_ns;
    int64_t max_ns;
    uint64_t buckets[HISTOGRAM_BUCKETS]; /* each without its lower bound, with its upper one */
};

/* Below zero counts as zero: clocks of two processors may disagree by that much. */
void histogram_add(struct histogram *histogram, int64_t value_ns);
/* As if all that `from` was given had been given to `into`. */
void histogram_merge(struct histogram *into, const struct histogram *from);
/* The least value that a share of 0 < `share` <= 1 of all does not exceed, rounded up to the
 * end of its bucket, though not over the maximum; 0 when empty. */
int64_t histogram_quantile_ns(const struct histogram *histogram, double share);
/* How many took 2^power ns or less, exactly; 4 <= power <= HISTOGRAM_POWERS. */
uint64_t histogram_within(const struct histogram *histogram, int power);
