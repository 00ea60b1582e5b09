#pragma once
#include <stdbool.h>
#include <stdint.h>

/* spread: what is one moment of two markets worth, in bps, to each side of the trade?
 *
 * Market A quotes in KRW, market B in USDT. Pure arithmetic in the order of SPEC.md 3.2
 * and 3.5; no clock, no state, no I/O. */

enum spread_side {
    SPREAD_LONG_A_SHORT_B, /* buy on A, sell on B */
    SPREAD_LONG_B_SHORT_A,
    SPREAD_SIDE_LAST = SPREAD_LONG_B_SHORT_A,
};

/* "LONG_A_SHORT_B" or "LONG_B_SHORT_A". */
const char *spread_side_name(enum spread_side side);

/* Both markets and fx at one moment: the engine's input. */
struct tick {
    int64_t time_ns;
    double bid_a; /* KRW */
    double ask_a;
    double bid_b; /* USDT */
    double ask_b;
    double krw_per_usd;
};

enum tick_fault {
    TICK_VALID,
    TICK_NOT_FINITE,
    TICK_NOT_POSITIVE,
    TICK_CROSSED_A, /* bid >= ask */
    TICK_CROSSED_B,
    TICK_FAULT_LAST = TICK_CROSSED_B,
};

const char *tick_fault_name(enum tick_fault fault); /* "crossed_a", ... */

/* SPEC.md 3.1: valid when all five are finite and > 0 and both books are open. */
enum tick_fault tick_check(const struct tick *tick);

struct spread {
    double premium_bps; /* p: B over A, middle to middle */
    double enter_a_bps; /* e1: what buying A and selling B yields now */
    double undo_a_bps;  /* u1: what undoing that costs now; e2 = -u1, u2 = -e1 */
    double width_bps;   /* W = u1 - e1 */
};

/* SPEC.md 3.2, of a valid tick. */
struct spread spread_exact(const struct tick *tick);

/* SPEC.md 3.5, of a valid tick: entry spread of each side, indexed by enum spread_side. */
void spread_compat(const struct tick *tick, double entry_bps[2]);
