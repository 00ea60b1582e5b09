#include "core/baseline.h"

#include <assert.h>
#include <stddef.h>

static const double NS_PER_S = 1e9;

/* A silence that ends now and is longer than gap_s. Only a moving level can go stale. */
static bool after_gap(const struct baseline *baseline, const struct baseline_params *params,
                      int64_t now_ns)
{
    return params->tau_s > 0 && params->gap_s > 0 && baseline->started &&
           (double)(now_ns - baseline->last_ns) > params->gap_s * NS_PER_S;
}

double baseline_level(const struct baseline *baseline, const struct baseline_params *params,
                      double premium_bps)
{
    if (!(params->tau_s > 0)) {
        return params->level_bps;
    }
    return baseline->started ? baseline->mean_bps : premium_bps;
}

int64_t baseline_warmup_left_ns(const struct baseline *baseline,
                                const struct baseline_params *params, int64_t now_ns)
{
    const bool starts_now = !baseline->started || after_gap(baseline, params, now_ns);
    const int64_t from_ns = starts_now ? now_ns : baseline->warm_from_ns;
    const double left_ns = params->warmup_s * NS_PER_S - (double)(now_ns - from_ns);

    if (left_ns <= 0) {
        return 0;
    }
    /* Anything that is left counts as at least one whole nanosecond. */
    return left_ns < 9e18 ? (int64_t)left_ns + (left_ns > (double)(int64_t)left_ns) : INT64_MAX;
}

void baseline_revise(struct baseline *baseline, const struct baseline_params *before,
                     const struct baseline_params *after)
{
    if (!baseline->started || !(after->tau_s > before->tau_s)) {
        return; /* a shorter memory forgets by itself */
    }
    if (!(before->tau_s > 0)) {
        *baseline = (struct baseline){0};
        return;
    }
    const double memory_ns = before->tau_s * NS_PER_S;
    if ((double)(baseline->last_ns - baseline->first_ns) > memory_ns) {
        baseline->first_ns = baseline->last_ns - (int64_t)memory_ns;
    }
    if (baseline->warm_from_ns < baseline->first_ns) {
        baseline->warm_from_ns = baseline->first_ns;
    }
}

void baseline_update(struct baseline *baseline, const struct baseline_params *params,
                     int64_t now_ns, double premium_bps)
{
    if (!baseline->started) {
        *baseline = (struct baseline){
            .mean_bps = premium_bps,
            .started = true,
            .first_ns = now_ns,
            .last_ns = now_ns,
            .warm_from_ns = now_ns,
        };
        return;
    }
    if (now_ns <= baseline->last_ns) {
        return;
    }
    if (after_gap(baseline, params, now_ns)) {
        baseline->warm_from_ns = now_ns;
    }
    if (params->tau_s > 0) {
        const double step_s = (double)(now_ns - baseline->last_ns) / NS_PER_S;
        const double known_s = (double)(baseline->last_ns - baseline->first_ns) / NS_PER_S;
        const double memory_s = params->tau_s < known_s ? params->tau_s : known_s;
        const double weight = step_s / (step_s + memory_s);
        baseline->mean_bps = baseline->mean_bps + (premium_bps - baseline->mean_bps) * weight;
    }
    baseline->last_ns = now_ns;
}
