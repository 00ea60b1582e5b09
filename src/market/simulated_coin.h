#pragma once
#include <stdint.h>

/* simulated_coin: what the simulated market knows of each coin by its name (MARKET.md A.3,
 * A.4).
 */

struct simulated_coin {
    const char *name;
    double price_usd; /* at the start */
    double beta;      /* answer to the common shock */
    double own;       /* sd of its own shock, in parts of sigma */
    double tick_a;    /* 0: Upbit's table */
    double tick_b;
    double lot_b;               /* sizes on B are multiples of it */
    double spread_a_ticks_mean; /* above one tick, geometric; 0: the two-valued law below */
    double spread_a_one_share;  /* one tick this often, else two */
    double gap_a_one_share;     /* neighbouring levels one tick apart this often */
    double gap_a_ticks_mean;    /* else 1 + geometric of this mean */
    double
        depth_a; /* a level holds this many times what one of BTC does: its ticks are wider */
    int32_t books_a_per_10s; /* Upbit updates */
};

/* Others behave like XRP, at a price of their own that depends on the name alone. */
struct simulated_coin simulated_coin_find(const char *name);
