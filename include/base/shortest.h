#pragma once
#include <stdint.h>

/* shortest: the decimal with the fewest digits that reads back to the same double, and of those
 * the nearest one. */

struct shortest {
    uint64_t digits; /* 1 to 17 of them, the last one not 0 */
    int exponent;    /* of ten; value = digits * 10^exponent */
};

/* `magnitude` is finite and above 0. */
struct shortest shortest_of(double magnitude);
