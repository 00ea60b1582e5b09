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

enum { EXP_TERMS = 14, DOUBLE_MANTISSA_BITS = 52, DOUBLE_BIAS = 1023 };

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
    assert(x >= -600.0 && x <= 600.0);
    const double k = floor(x * LN2_INVERSE + 0.5);
    const double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    double sum = 1.0;
    for (int term = EXP_TERMS; term >= 1; term--) {
        sum = 1.0 + sum * r / term;
    }
    return sum * power_of_two((int64_t)k);
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
