#include "simulated_preset.h"

#include <stddef.h>
#include <string.h>

#include "market/simulated.h"

#define MINUTE 60.0
#define HOUR   3600.0

#define FOLLOW_S 3.0

#define CALM_PROCESSES                                                                         \
    .premium = {4.2, 22 * MINUTE}, .own = {3.2, 18 * MINUTE}, .level = {2.0, 24 * HOUR},       \
    .follow_s = FOLLOW_S, .quote_noise_bps = 2.0

#define CALM_DISLOCATIONS                                                                      \
    {                                                                                          \
        .common_per_hour = 0.03, .pair_per_hour = 0.08, .base_bps = 10, .mean_bps = 12,        \
        .half_life_s_min = 1.5 * MINUTE, .half_life_s_max = 8 * MINUTE, .shift_share = 0.25,   \
        .shift_half_life_s = 40 * MINUTE                                                       \
    }

/* MARKET.md A.5. */
#define ORDER_FAULTS .rejected_share = 0.004, .delayed_share = 0.002

static const struct simulated_preset PRESETS[] = {
    {
        .name = "lively",
        .premium = {6.0, 18 * MINUTE},
        .own = {5.0, 14 * MINUTE},
        .level = {2.0, 24 * HOUR},
        .follow_s = FOLLOW_S,
        .quote_noise_bps = 2.0,
        .dislocation = {.common_per_hour = 0.3,
                        .pair_per_hour = 2.0,
                        .base_bps = 17,
                        .mean_bps = 9,
                        .half_life_s_min = 1 * MINUTE,
                        .half_life_s_max = 8 * MINUTE,
                        .shift_share = 0.35,
                        .shift_half_life_s = 90 * MINUTE},
        .funding_bps_max = 1,
        ORDER_FAULTS,
        .opening = true,
    },
    {
        .name = "calm",
        CALM_PROCESSES,
        .dislocation = CALM_DISLOCATIONS,
        .funding_bps_max = 1,
        ORDER_FAULTS,
    },
    {
        .name = "crisis",
        CALM_PROCESSES,
        .dislocation = CALM_DISLOCATIONS,
        .funding_bps_max = 10,
        .rejected_share = 0.05,
        .delayed_share = 0.002,
        .crisis = true,
    },
    {
        .name = "noise",
        .walk_common_bps = 1.5,
        .walk_own_bps = 1.0,
        .funding_bps_max = 1,
    },
    {
        .name = "planted",
        CALM_PROCESSES,
        .dislocation = {.pair_per_hour = 3.0,
                        .base_bps = 22,
                        .mean_bps = 8,
                        .half_life_s_min = 1 * MINUTE,
                        .half_life_s_max = 5 * MINUTE},
        .funding_bps_max = 1,
    },
};

const struct simulated_preset *simulated_preset_find(const char *name)
{
    for (size_t i = 0; i < sizeof(PRESETS) / sizeof(PRESETS[0]); i++) {
        if (strcmp(PRESETS[i].name, name) == 0) {
            return &PRESETS[i];
        }
    }
    return NULL;
}

const char *simulated_preset_names(void)
{
    return "lively, calm, crisis, noise, planted";
}

void simulated_order_faults(const char *preset, double *rejected_share, double *delayed_share)
{
    const struct simulated_preset *found = simulated_preset_find(preset);
    *rejected_share = found == NULL ? 0.0 : found->rejected_share;
    *delayed_share = found == NULL ? 0.0 : found->delayed_share;
}
