#include <assert.h>
#include <math.h>

#include "paper_state.h"

/* Lognormal latencies and halvings, by our own exp and log: libm's may differ in the last bit
 * from machine to machine, and a replay must not. */

#define LN_2   0.693147180559945309417
#define Z_P99  2.326347874040841
#define Z_MOST 4.0 /* one in 30,000 would be slower; a queue of ours should not wait for it */

static double exponential(double x)
{
    const double turns = x / LN_2;
    const int whole = (int)(turns < 0.0 ? turns - 0.5 : turns + 0.5);
    const double rest = x - whole * LN_2; /* within half of ln 2: 17 terms are enough */
    double sum = 1.0;
    for (int k = 17; k >= 1; k--) {
        sum = 1.0 + sum * rest / k;
    }
    for (int i = 0; i < whole; i++) {
        sum *= 2.0;
    }
    for (int i = 0; i > whole; i--) {
        sum /= 2.0;
    }
    return sum;
}

/* Newton's method on the exponential; ratios of latencies lie between 1 and some hundreds. */
static double logarithm(double x)
{
    assert(x >= 1.0);
    double y = 0.0;
    for (int i = 0; i < 60; i++) {
        const double power = exponential(y);
        y += 2.0 * (x - power) / (x + power);
    }
    return y;
}

double paper_power_of_two(double exponent)
{
    assert(exponent <= 0.0);
    return exponent < -100.0 ? 0.0 : exponential(exponent * LN_2);
}

int64_t paper_latency_ns(struct venue_paper *paper, enum venue venue)
{
    const bool on_a = venue == VENUE_A;
    const double median_ms =
        on_a ? paper->config.latency_a_ms_median : paper->config.latency_b_ms_median;
    const double p99_ms =
        on_a ? paper->config.latency_a_ms_p99 : paper->config.latency_b_ms_p99;
    if (!(median_ms > 0.0)) {
        return 0;
    }
    const double z = rng_normal(&paper->state.latency[venue]);
    const double bounded = z > Z_MOST ? Z_MOST : z < -Z_MOST ? -Z_MOST : z;
    const double sigma = p99_ms > median_ms ? logarithm(p99_ms / median_ms) / Z_P99 : 0.0;
    return (int64_t)(median_ms * exponential(sigma * bounded) * 1e6);
}
