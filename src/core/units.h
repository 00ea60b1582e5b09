#pragma once
#include <stdbool.h>
#include <stdint.h>

/* units: exact arithmetic on whole units; products in 128 bits, halves to even. */

/* value*factor/divisor with the exact value of the double; 1 <= divisor <= 10000. False when
 * value or factor is negative, factor is not finite, or the result does not fit. */
bool units_scale(int64_t value, double factor, int64_t divisor, int64_t *out);

/* total*part/whole; 0 <= total, 0 <= part <= whole, whole > 0, so the result always fits. */
int64_t units_share(int64_t total, int64_t part, int64_t whole);

/* *sum += term; false when it does not fit, and *sum is then worthless. */
bool units_add(int64_t *sum, int64_t term);
