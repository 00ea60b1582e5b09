#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static uint64_t splitmix64(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void rng_seed(struct rng *rng, uint64_t seed, uint64_t salt)
{
    /* The seed is mixed before the salt comes in, so that seed 1 salt 2 is not seed 2 salt 1.
     */
    uint64_t state = seed;
    state = splitmix64(&state) ^ salt;
    /* Four outputs of one splitmix64 run are distinct, so never all zero. */
    for (int i = 0; i < 4; i++) {
        rng->state[i] = splitmix64(&state);
    }
}

uint64_t rng_salt(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    }
    return hash;
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

/* The natural logarithm of a normal x > 0, within 2 units in the last place (tests/base/rng).
 *
 * x = m * 2^e with m in [sqrt(1/2), sqrt(2)); log(m) = 2 * atanh(f), f = (m - 1) / (m + 1),
 * |f| <= 0.1716. The eleventh term of its series is below 2^-60 of the first. libm's log may
 * differ in the last bit from machine to machine; this one cannot. */
static double log_series(double x)
{
    static const double LN2_HIGH = 0x1.62e42feep-1; /* 32 bits, so e * LN2_HIGH is exact */
    static const double LN2_LOW = 0x1.a39ef35793c76p-33;
    static const double SQRT2 = 0x1.6a09e667f3bcdp+0;

    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
    double m;
    memcpy(&m, &bits, sizeof(m)); /* [1, 2) */
    if (m >= SQRT2) {
        m *= 0.5;
        exponent++;
    }

    const double f = (m - 1.0) / (m + 1.0);
    const double f2 = f * f;
    double tail = 0.0;
    for (int k = 23; k >= 3; k -= 2) {
        tail = (tail + 1.0 / k) * f2;
    }
    return exponent * LN2_HIGH + (exponent * LN2_LOW + (2.0 * f * tail + 2.0 * f));
}

struct rng_point rng_normal_point(struct rng *rng)
{
    /* Marsaglia's polar method. The second number of each pair is dropped: keeping it would be
     * state that the four words do not show. */
    for (;;) {
        const double u = 2.0 * rng_uniform(rng) - 1.0;
        const double v = 2.0 * rng_uniform(rng) - 1.0;
        const double s = u * u + v * v;
        if (s > 0.0 && s < 1.0) {
            return (struct rng_point){u, s};
        }
    }
}

double rng_normal_value(struct rng_point point)
{
    return point.u * sqrt(-2.0 * log_series(point.s) / point.s);
}

double rng_normal(struct rng *rng)
{
    return rng_normal_value(rng_normal_point(rng));
}

double rng_exponential(struct rng *rng)
{
    return -log_series(1.0 - rng_uniform(rng));
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
    assert(n >= 1);
    /* 2^64 mod n values at the bottom would favour small results; they are drawn again. */
    const uint64_t unfair = -n % n;
    uint64_t drawn = rng_next(rng);
    while (drawn < unfair) {
        drawn = rng_next(rng);
    }
    return drawn % n;
}
