#pragma once
#include <stdbool.h>

/* simulated_preset: the numbers of MARKET.md A.3, one row a preset. bps unless named. */

struct ou_law {
    double sd_bps;
    double half_life_s;
};

/* Dislocations: Poisson; size base + Exp(mean). A share of them, the level shifts, decays with
 * a long half-life instead: these make the losers. */
struct dislocation_law {
    double common_per_hour; /* hits every pair at once */
    double pair_per_hour;
    double base_bps, mean_bps;
    double half_life_s_min, half_life_s_max; /* log-uniform */
    double shift_share;
    double shift_half_life_s;
};

struct simulated_preset {
    const char *name;
    struct ou_law premium; /* of A over B, every pair */
    struct ou_law own;     /* each pair's part */
    struct ou_law level;
    double follow_s;        /* time constant with which Upbit follows Binance; 0: at once */
    double quote_noise_bps; /* of Upbit's middle, at the median volatility */
    double walk_common_bps; /* `noise`: the premium is a random walk, per root minute */
    double walk_own_bps;
    struct dislocation_law dislocation;
    double funding_bps_max;
    double rejected_share; /* of orders, while faults are on */
    double delayed_share;
    bool opening; /* has the scripted first ten minutes */
    bool crisis;
};

/* NULL when there is none of that name. */
const struct simulated_preset *simulated_preset_find(const char *name);

/* "lively, calm, ...": for messages. */
const char *simulated_preset_names(void);
