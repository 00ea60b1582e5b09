#pragma once
#include <stdint.h>

#include "view/snapshot.h"

/* chart: the last 15 minutes, hour and four hours of a pair's premium, in equal buckets of
 * event time; the newest sample of a bucket stands for it. A plain value; nothing grows. */

struct chart {
    int64_t newest_bucket[SNAPSHOT_CHART_SPANS];                    /* INT64_MIN: none yet */
    float premium_bps[SNAPSHOT_CHART_SPANS][SNAPSHOT_CHART_POINTS]; /* ring by bucket number */
    float baseline_bps[SNAPSHOT_CHART_SPANS][SNAPSHOT_CHART_POINTS];
    float need_bps[SNAPSHOT_CHART_SPANS][SNAPSHOT_CHART_POINTS];
};

void chart_init(struct chart *chart);
void chart_add(struct chart *chart, int64_t time_ns, double premium_bps, double baseline_bps,
               double need_bps);
/* The spans, oldest point first. */
void chart_copy(const struct chart *chart, struct snapshot_chart out[SNAPSHOT_CHART_SPANS]);
