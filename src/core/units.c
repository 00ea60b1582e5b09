#include "units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MANTISSA_BITS = 52, EXPONENT_MASK = 0x7ff, EXPONENT_BIAS = 1075, WIDE_BITS = 128 };

/* A finite double >= 0 is mantissa * 2^exponent, exactly. */
static uint64_t split(double number, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    const int biased = (int)(bits >> MANTISSA_BITS) & EXPONENT_MASK;
    const uint64_t fraction = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    *exponent = (biased == 0 ? 1 : biased) - EXPONENT_BIAS;
    return biased == 0 ? fraction : fraction | UINT64_C(1) << MANTISSA_BITS;
}

static wide divide_half_even(wide dividend, wide divisor)
{
    const wide quotient = dividend / divisor;
    const wide rest = dividend % divisor;
    const wide other_rest = divisor - rest;
    const bool up = rest > other_rest || (rest == other_rest && quotient % 2 == 1);
    return quotient + (up ? 1 : 0);
}

bool units_scale(int64_t value, double factor, int64_t divisor, int64_t *out)
{
    assert(divisor >= 1 && divisor <= 10000);
    if (value < 0 || !isfinite(factor) || !(factor >= 0.0)) {
        return false;
    }
    int exponent;
    wide dividend = (wide)split(factor, &exponent) * (wide)value;
    wide by = (wide)divisor;
    if (exponent > 0) {
        if (dividend != 0 && (exponent >= WIDE_BITS || dividend > ~(wide)0 >> exponent)) {
            return false;
        }
        dividend = dividend == 0 ? 0 : dividend << exponent;
    } else if (-exponent >= WIDE_BITS || by > ~(wide)0 >> 1 >> -exponent) {
        /* The dividend is below 2^116 and what it is divided by above 2^127: nothing is left.
         */
        dividend = 0;
    } else {
        by <<= -exponent;
    }
    const wide result = divide_half_even(dividend, by);
    if (result > INT64_MAX) {
        return false;
    }
    *out = (int64_t)result;
    return true;
}

int64_t units_share(int64_t total, int64_t part, int64_t whole)
{
    assert(total >= 0 && part >= 0 && part <= whole && whole > 0);
    return (int64_t)divide_half_even((wide)total * (wide)part, (wide)whole);
}

bool units_add(int64_t *sum, int64_t term)
{
    return !__builtin_add_overflow(*sum, term, sum);
}
