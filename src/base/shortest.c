#include "base/shortest.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "powers.h"

/* After "The Schubfach way to render doubles" (Raffaello Giulietti, 2020). What reads back to a
 * double is an interval around it. Scaled by the power of ten that makes the interval 1 to 10
 * units wide, a whole number lies in it, and at most one multiple of ten. The bounds are known
 * to a quarter of a unit and a sticky bit, which decides every comparison exactly. */

enum { FRACTION_BITS = 52, EXPONENT_BIAS = 1075 };

static const struct power POWERS[] = {
#include "powers.inc"
};
_Static_assert(sizeof(POWERS) / sizeof(POWERS[0]) == POWERS_LAST - POWERS_FIRST + 1,
               "a power for every exponent");

/* value = significand * 2^exponent */
struct binary {
    uint64_t significand;
    int exponent;
    bool near_below; /* the next double below is only half as far away as the one above */
};

static struct binary binary_of(double magnitude)
{
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    const uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    const int exponent = (int)(bits >> FRACTION_BITS);
    if (exponent == 0) {
        return (struct binary){fraction, 1 - EXPONENT_BIAS, false};
    }
    return (struct binary){fraction | UINT64_C(1) << FRACTION_BITS, exponent - EXPONENT_BIAS,
                           fraction == 0 && exponent > 1};
}

/* floor(value / 2^bits), of negative values too. */
static int floor_shift(int value, int bits)
{
    return value >= 0 ? value >> bits : ~(~value >> bits);
}

/* floor(log2(10^exponent)) for |exponent| up to 1233 */
static int log2_of_power(int exponent)
{
    return floor_shift(exponent * 1741647, 19);
}

/* floor(log10(2^exponent)), or of 3/4 of that, for |exponent| up to 1500 */
static int log10_of_power(int exponent, bool three_quarters)
{
    return floor_shift(exponent * 1262611 - (three_quarters ? 524031 : 0), 22);
}

__extension__ typedef unsigned __int128 wide;

/* The product with all that lies below the point in one sticky bit. */
static uint64_t scaled(const struct power *power, uint64_t quarters)
{
    const wide low = (wide)power->low * quarters;
    const wide high = (wide)power->high * quarters + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1 ? 1 : 0);
}

/* The interval in quarters of a unit, its ends within it. */
struct interval {
    uint64_t lower, value, upper;
};

static struct interval interval_of(const struct binary *binary, int scale)
{
    const struct power *power = &POWERS[-scale - POWERS_FIRST];
    const int shift = binary->exponent + log2_of_power(-scale) + 1;
    const uint64_t value = 4 * binary->significand;
    /* Halfway between two doubles the even one is read. */
    const uint64_t open = binary->significand & 1;
    return (struct interval){
        .lower = scaled(power, (value - (binary->near_below ? 1 : 2)) << shift) + open,
        .value = scaled(power, value << shift),
        .upper = scaled(power, (value + 2) << shift) - open,
    };
}

/* The only one of n and n + 1 steps of `step` quarters that lies within; 0: both or neither. */
static uint64_t only_one(const struct interval *interval, uint64_t n, uint64_t step)
{
    const bool below = interval->lower <= n * step;
    const bool above = (n + 1) * step <= interval->upper;
    return below == above ? 0 : above ? n + 1 : n;
}

static struct shortest without_zeros(uint64_t digits, int exponent)
{
    while (digits % 10000 == 0) {
        digits /= 10000;
        exponent += 4;
    }
    while (digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (struct shortest){digits, exponent};
}

struct shortest shortest_of(double magnitude)
{
    assert(isfinite(magnitude) && magnitude > 0);
    const struct binary binary = binary_of(magnitude);
    const int scale = log10_of_power(binary.exponent, binary.near_below);
    const struct interval interval = interval_of(&binary, scale);
    const uint64_t units = interval.value / 4;

    const uint64_t tens = only_one(&interval, units / 10, 40);
    if (tens != 0) {
        return without_zeros(tens, scale + 1);
    }
    const uint64_t one = only_one(&interval, units, 4);
    if (one != 0) {
        return without_zeros(one, scale);
    }
    const uint64_t middle = 4 * units + 2;
    const bool up = interval.value > middle || (interval.value == middle && units % 2 == 1);
    return without_zeros(units + (up ? 1 : 0), scale);
}
