#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "simulated_process.h"

/* simulated_script: what happens by the clock: the first ten minutes of `lively` (MARKET.md
 * A.5) and the panic of `crisis` (A.6). Times count from the start of the session. */

enum script_kind {
    SCRIPT_DISLOCATION, /* size in bps of A over B; length is the half-life, 0 a level shift */
    SCRIPT_SILENCE_A,
    SCRIPT_FX_JUMP, /* size in ticks */
    SCRIPT_GAP_B,
    SCRIPT_REJECT_B, /* the next entry order, the second leg */
};

struct script_line {
    double at_s;
    enum script_kind kind;
    const char *coin; /* "": all */
    double size;
    double length_s;
};

/* The lines that fall into this step, from *cursor on; NULL when there are none left. */
const struct script_line *script_opening(int64_t step, int32_t *cursor);
const struct script_line *script_crisis(int64_t step, int32_t *cursor);

/* 0 before and without the panic, 1 while it lasts, fading behind it. */
double crisis_stress(const struct world *world);
/* The panic's premium of A over B; panic_normal is an OU of sd 1. */
double crisis_premium_bps(const struct world *world, double panic_normal);
/* How far the panic moves the fx in this step. */
double crisis_fx_bps(struct world *world);
