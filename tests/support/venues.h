#pragma once
#include "support/desk.h"

/* venues: both simulated venues in a process of their own, and a config that points at them. */

/* A config under which trades come within seconds: they cost nothing, and none is too many. */
#define VENUES_FREE                                                                            \
    "engine:\n"                                                                                \
    "  baseline_tau_s: 20\n"                                                                   \
    "  baseline_warmup_s: 2\n"                                                                 \
    "  min_spread_bps: 0\n"                                                                    \
    "  taker_fee_a_bps: 0\n"                                                                   \
    "  taker_fee_b_bps: 0\n"                                                                   \
    "  slippage_bps: 0\n"                                                                      \
    "  max_hold_s: 5\n"                                                                        \
    "  cooldown_s: 0\n"                                                                        \
    "risk_limits:\n"                                                                           \
    "  pair_losses_in_row: 1000000\n"                                                          \
    "  session_losses_in_row: 1000000\n"

struct venues {
    struct program sim;
    char config[DESK_PATH_SIZE];
};

/* Starts `arblite venue-sim WORDS`, and writes a config into the desk's folder: where the
 * venues are, as they print it, and `more`. */
void venues_open(struct venues *venues, const struct desk *desk, const char *words,
                 const char *more);
void venues_close(struct venues *venues);
