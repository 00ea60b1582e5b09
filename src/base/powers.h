#pragma once
#include <stdint.h>

/* powers: the powers of ten between which every double lies, as generate_powers.c makes them:
 * 10^exponent = (high * 2^64 + low) * 2^n, rounded up in its last bit. */

enum { POWERS_FIRST = -292, POWERS_LAST = 324 };

struct power {
    uint64_t high; /* its highest bit is set */
    uint64_t low;
};
