#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/summary.h"

/* equity: how a run's equity moved, in 256 equal buckets of its time.
 *
 * Bucket i holds the moments t with i = floor((t - first) * 256 / (last - first)), the last
 * moment falling into the last bucket; its figure is equity after its last moment less equity
 * after the last moment before it. So the figures add up to the whole change, and a bucket
 * without moments is 0. Exact in integers; the span must be known before the run. */

struct equity {
    int64_t first_ns, last_ns;
    int bucket;       /* of the newest moment */
    int64_t until_ns; /* the first time behind that bucket */
    double from_usd;  /* equity at the end of the bucket before */
    double now_usd;
    double change_usd[SUMMARY_BUCKETS];
};

void equity_init(struct equity *equity, int64_t first_ns, int64_t last_ns, double initial_usd);
/* Moments come in order of time. */
void equity_mark(struct equity *equity, int64_t time_ns, double equity_usd);

/* The first time that falls into a later bucket than this one; INT64_MAX: none does. */
int64_t equity_until_ns(const struct equity *equity, int64_t time_ns);

/* The curve as rows of text, one line each, with the highest and lowest equity at the left:
 * braille, or ASCII for a terminal that has none. */
void equity_chart(const double change_usd[SUMMARY_BUCKETS], double initial_usd, bool braille,
                  struct text *out);
