#include "simulated_math.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts: the first has few enough bits that k * LN2_HIGH is exact. */
#define LN2_HIGH     0.693147180369123816490
#define LN2_LOW      1.90821492927058770002e-10
#define LN2_INVERSE  1.44269504088896338700
#define SQRT_OF_HALF 0.70710678118654752440

enum { DOUBLE_MANTISSA_BITS = 52, DOUBLE_BIAS = 1023 };

static double power_of_two(int64_t exponent)
{
    assert(exponent > -DOUBLE_BIAS && exponent <= DOUBLE_BIAS);
    const uint64_t bits = (uint64_t)(exponent + DOUBLE_BIAS) << DOUBLE_MANTISSA_BITS;
    double power;
    memcpy(&power, &bits, sizeof(power));
    return power;
}

double simulated_exp(double x)
{
    static const double INVERSE_FACTORIALS[] = {
        1.0,
        1.0,
        1.0 / 2,
        1.0 / 6,
        1.0 / 24,
        1.0 / 120,
        1.0 / 720,
        1.0 / 5040,
        1.0 / 40320,
        1.0 / 362880,
        1.0 / 3628800,
        1.0 / 39916800,
        1.0 / 479001600,
        1.0 / 6227020800,
    };
    assert(x >= -600.0 && x <= 600.0);
    const int64_t exponent = (int64_t)(x * LN2_INVERSE + (x < 0.0 ? -0.5 : 0.5));
    const double k = (double)exponent;
    const double r = (x - k * LN2_HIGH) - k * LN2_LOW; /* |r| <= 0.347 */
    double sum = 0.0;
    for (int i = sizeof(INVERSE_FACTORIALS) / sizeof(INVERSE_FACTORIALS[0]) - 1; i >= 0; i--) {
        sum = sum * r + INVERSE_FACTORIALS[i];
    }
    return sum * power_of_two(exponent);
}

double simulated_log(double x)
{
    assert(isfinite(x) && x > 0.0);
    int exponent;
    double mantissa = frexp(x, &exponent); /* exact in every libm */
    if (mantissa < SQRT_OF_HALF) {
        mantissa *= 2.0;
        exponent--;
    }
    /* ln m = 2 atanh((m - 1) / (m + 1)), and |(m - 1) / (m + 1)| <= 0.172. */
    const double t = (mantissa - 1.0) / (mantissa + 1.0);
    double sum = 0.0;
    for (int odd = 25; odd >= 1; odd -= 2) {
        sum = sum * t * t + 1.0 / odd;
    }
    return exponent * LN2_HIGH + (2.0 * t * sum + exponent * LN2_LOW);
}

double simulated_decay(double time, double half_life)
{
    assert(time >= 0.0 && half_life > 0.0);
    const double x = -(time / half_life) * (LN2_HIGH + LN2_LOW);
    return x < -600.0 ? 0.0 : simulated_exp(x);
}
