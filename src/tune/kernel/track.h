#pragma once
#include "core/engine_params.h"
#include "strip.h"

/* track: one baseline that configurations share, and what they may want to know of it before
 * each row of a strip. */

struct track {
    struct baseline_params params;
    struct baseline baseline; /* after the strips before */
};

/* A track over one strip. */
struct track_strip {
    _Alignas(64) double level_bps[STRIP_ROWS]; /* m */
    /* Of the rows of a chunk that are valid: most of what each side's net edge could be before
     * costs, (p - m) - W and (m - p) - W, or -INFINITY while no row is warm; and p - m. */
    double edge_bps_max[2][STRIP_CHUNKS];
    double away_bps_min[STRIP_CHUNKS], away_bps_max[STRIP_CHUNKS];
    bool warm[STRIP_ROWS];
    bool chunk_warm[STRIP_CHUNKS]; /* any row of it is */
};

/* Moves the baseline over the strip and writes down the levels; kernel_unit.weigh() adds the
 * chunks. */
void track_follow(struct track *track, const struct strip *strip, struct track_strip *out);
