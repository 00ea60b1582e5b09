#include "core/spread.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

static const char *const SIDE_NAMES[] = {
    [SPREAD_LONG_A_SHORT_B] = "LONG_A_SHORT_B",
    [SPREAD_LONG_B_SHORT_A] = "LONG_B_SHORT_A",
};
_Static_assert(sizeof(SIDE_NAMES) / sizeof(SIDE_NAMES[0]) == SPREAD_SIDE_LAST + 1,
               "every side has a name");

static const char *const FAULT_NAMES[] = {
    [TICK_VALID] = "valid",
    [TICK_NOT_FINITE] = "not_finite",
    [TICK_NOT_POSITIVE] = "not_positive",
    [TICK_CROSSED_A] = "crossed_a",
    [TICK_CROSSED_B] = "crossed_b",
};
_Static_assert(sizeof(FAULT_NAMES) / sizeof(FAULT_NAMES[0]) == TICK_FAULT_LAST + 1,
               "every fault has a name");

const char *spread_side_name(enum spread_side side)
{
    assert((int)side >= 0 && side <= SPREAD_SIDE_LAST);
    return SIDE_NAMES[side];
}

const char *tick_fault_name(enum tick_fault fault)
{
    assert((int)fault >= 0 && fault <= TICK_FAULT_LAST);
    return FAULT_NAMES[fault];
}

/* What nearly every tick is, in few comparisons: a bid above 0 and below a finite ask is finite
 * itself, and no comparison with a NAN holds. */
static bool is_valid(const struct tick *tick)
{
    return tick->bid_a > 0 && tick->bid_a < tick->ask_a && tick->ask_a < INFINITY &&
           tick->bid_b > 0 && tick->bid_b < tick->ask_b && tick->ask_b < INFINITY &&
           tick->krw_per_usd > 0 && tick->krw_per_usd < INFINITY;
}

enum tick_fault tick_check(const struct tick *tick)
{
    if (is_valid(tick)) {
        return TICK_VALID;
    }
    const double numbers[] = {tick->bid_a, tick->ask_a, tick->bid_b, tick->ask_b,
                              tick->krw_per_usd};
    const size_t count = sizeof(numbers) / sizeof(numbers[0]);

    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i])) {
            return TICK_NOT_FINITE;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] <= 0.0) {
            return TICK_NOT_POSITIVE;
        }
    }
    if (tick->bid_a >= tick->ask_a) {
        return TICK_CROSSED_A;
    }
    return tick->bid_b >= tick->ask_b ? TICK_CROSSED_B : TICK_VALID;
}

struct spread spread_exact(const struct tick *tick)
{
    const double rate = tick->krw_per_usd;
    const double middle_a = (tick->bid_a + tick->ask_a) / 2;
    const double middle_b = (tick->bid_b + tick->ask_b) / 2;
    const double enter_a_bps = (tick->bid_b * rate - tick->ask_a) / middle_a * 1e4;
    const double undo_a_bps = (tick->ask_b * rate - tick->bid_a) / middle_a * 1e4;

    return (struct spread){
        .premium_bps = (middle_b * rate - middle_a) / middle_a * 1e4,
        .enter_a_bps = enter_a_bps,
        .undo_a_bps = undo_a_bps,
        .width_bps = undo_a_bps - enter_a_bps,
    };
}

void spread_compat(const struct tick *tick, double entry_bps[2])
{
    const double bid_b_krw = tick->bid_b * tick->krw_per_usd;
    const double ask_b_krw = tick->ask_b * tick->krw_per_usd;

    entry_bps[SPREAD_LONG_A_SHORT_B] = (bid_b_krw - tick->ask_a) / tick->ask_a * 1e4;
    entry_bps[SPREAD_LONG_B_SHORT_A] = (tick->bid_a - ask_b_krw) / ask_b_krw * 1e4;
}
