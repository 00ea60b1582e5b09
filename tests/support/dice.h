#pragma once
#include <stdint.h>

/* dice: seeded random cases for property tests (splitmix64). A failing case is found again by
 * its seed; the same on every machine. */

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = dice->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* low..high, both included. */
static inline int64_t dice_between(struct dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)(dice_next(dice) % ((uint64_t)(high - low) + 1));
}

/* [0, 1) */
static inline double dice_part(struct dice *dice)
{
    return (double)(dice_next(dice) >> 11) / 9007199254740992.0;
}
