#include "run/chart.h"

#include <math.h>

static const int64_t SPAN_NS[SNAPSHOT_CHART_SPANS] = {
    INT64_C(900000000000),
    INT64_C(3600000000000),
    INT64_C(14400000000000),
};

static int64_t width_ns(int span)
{
    return SPAN_NS[span] / SNAPSHOT_CHART_POINTS;
}

static int32_t place(int64_t bucket)
{
    return (int32_t)(bucket % SNAPSHOT_CHART_POINTS);
}

void chart_init(struct chart *chart)
{
    for (int span = 0; span < SNAPSHOT_CHART_SPANS; span++) {
        chart->newest_bucket[span] = INT64_MIN;
    }
}

/* Empties the buckets between the newest and this one: silence is a gap, not a flat line. */
static void advance(struct chart *chart, int span, int64_t bucket)
{
    const int64_t newest = chart->newest_bucket[span];
    int64_t from = newest == INT64_MIN ? bucket - SNAPSHOT_CHART_POINTS + 1 : newest + 1;
    if (from < bucket - SNAPSHOT_CHART_POINTS + 1) {
        from = bucket - SNAPSHOT_CHART_POINTS + 1;
    }
    for (int64_t i = from < 0 ? 0 : from; i <= bucket; i++) {
        chart->premium_bps[span][place(i)] = NAN;
        chart->baseline_bps[span][place(i)] = NAN;
        chart->need_bps[span][place(i)] = NAN;
    }
    chart->newest_bucket[span] = bucket;
}

void chart_add(struct chart *chart, int64_t time_ns, double premium_bps, double baseline_bps,
               double need_bps)
{
    for (int span = 0; span < SNAPSHOT_CHART_SPANS && time_ns >= 0; span++) {
        const int64_t bucket = time_ns / width_ns(span);
        if (chart->newest_bucket[span] > bucket) {
            continue;
        }
        if (chart->newest_bucket[span] != bucket) {
            advance(chart, span, bucket);
        }
        chart->premium_bps[span][place(bucket)] = (float)premium_bps;
        chart->baseline_bps[span][place(bucket)] = (float)baseline_bps;
        chart->need_bps[span][place(bucket)] = (float)need_bps;
    }
}

void chart_copy(const struct chart *chart, struct snapshot_chart out[SNAPSHOT_CHART_SPANS])
{
    for (int span = 0; span < SNAPSHOT_CHART_SPANS; span++) {
        struct snapshot_chart *to = &out[span];
        const int64_t newest = chart->newest_bucket[span];
        *to = (struct snapshot_chart){.span_ns = SPAN_NS[span]};
        if (newest == INT64_MIN) {
            continue;
        }
        to->end_ns = (newest + 1) * width_ns(span);
        int64_t from = newest - SNAPSHOT_CHART_POINTS + 1;
        from = from < 0 ? 0 : from;
        for (int64_t i = from; i <= newest; i++) {
            to->premium_bps[to->count] = chart->premium_bps[span][place(i)];
            to->baseline_bps[to->count] = chart->baseline_bps[span][place(i)];
            to->need_bps[to->count] = chart->need_bps[span][place(i)];
            to->count++;
        }
    }
}
