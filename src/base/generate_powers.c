/* generate_powers: writes the table that base/shortest wants, at build time.
 *
 * For every power of ten that a double may meet: its first 128 bits, the first one set, rounded
 * up. Worked out with whole numbers of any length, so there is nothing to trust. */
#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "powers.h"

enum { LIMBS = 40 }; /* 32 bits each, the lowest first; 10^324 has 1077 bits */

struct whole {
    uint32_t limbs[LIMBS];
};

static void multiply(struct whole *number, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)number->limbs[i] * by;
        number->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert(carry == 0);
}

static bool at_least(const struct whole *a, const struct whole *b)
{
    for (int i = LIMBS - 1; i >= 0; i--) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] > b->limbs[i];
        }
    }
    return true;
}

static void subtract(struct whole *a, const struct whole *b)
{
    int64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (int64_t)a->limbs[i] - b->limbs[i];
        a->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert(carry == 0);
}

static struct whole power_of_ten(int exponent)
{
    struct whole power = {{1}};
    for (int i = 0; i < exponent; i++) {
        multiply(&power, 10);
    }
    return power;
}

/* The first 128 bits of a / b, rounded up; a and b are not 0. */
static void print_quotient(struct whole a, struct whole b)
{
    static const struct whole zero;
    while (at_least(&a, &b)) {
        multiply(&b, 2);
    }
    uint64_t high = 0, low = 0;
    while (high >> 63 == 0) {
        multiply(&a, 2);
        const bool bit = at_least(&a, &b);
        if (bit) {
            subtract(&a, &b);
        }
        high = high << 1 | low >> 63;
        low = low << 1 | (bit ? 1 : 0);
    }
    const bool exact = memcmp(&a, &zero, sizeof a) == 0;
    low += exact ? 0 : 1;
    assert(exact || low != 0);
    printf("{UINT64_C(0x%016" PRIx64 "), UINT64_C(0x%016" PRIx64 ")},\n", high, low);
}

int main(void)
{
    for (int exponent = POWERS_FIRST; exponent <= POWERS_LAST; exponent++) {
        print_quotient(power_of_ten(exponent > 0 ? exponent : 0),
                       power_of_ten(exponent < 0 ? -exponent : 0));
    }
    return 0;
}
