#include "simulated_outage.h"

#include <string.h>

void outage_init(struct outage *outage, uint64_t seed, const char *owner, const char *process,
                 struct outage_law law)
{
    memset(outage, 0, sizeof(*outage));
    outage->law = law;
    poisson_init(&outage->arrivals, seed, owner, process, law.per_hour);
    rng_seed(&outage->rng, rng_next(&outage->arrivals.rng), rng_salt("length"));
    outage->until_ms = INT64_MIN;
}

bool outage_step(struct outage *outage, int64_t now_ms)
{
    if (!poisson_step(&outage->arrivals)) {
        return false;
    }
    const double span_s = outage->law.length_s_max - outage->law.length_s_min;
    const double length_s = outage->law.length_s_min + span_s * rng_uniform(&outage->rng);
    if (outage_on(outage, now_ms)) {
        return false;
    }
    outage_begin(outage, now_ms, length_s);
    return true;
}

void outage_begin(struct outage *outage, int64_t now_ms, double length_s)
{
    const int64_t until_ms = now_ms + (int64_t)(length_s * 1000.0);
    if (until_ms > outage->until_ms) {
        outage->until_ms = until_ms;
    }
}

bool outage_on(const struct outage *outage, int64_t now_ms)
{
    return now_ms < outage->until_ms;
}

bool outage_ends(const struct outage *outage, int64_t now_ms, int64_t *offset_ms)
{
    if (outage->until_ms < now_ms || outage->until_ms >= now_ms + STEP_MS) {
        return false;
    }
    *offset_ms = outage->until_ms - now_ms;
    return true;
}
