#include "track.h"

#include <string.h>

void track_follow(struct track *track, const struct strip *strip, struct track_strip *out)
{
    memset(out->chunk_warm, 0, sizeof out->chunk_warm);
    for (int32_t row = 0; row < strip->count; row++) {
        out->warm[row] = false;
        out->level_bps[row] = 0;
        if (strip->fault[row] != TICK_VALID) {
            continue;
        }
        const double premium_bps = strip->premium_bps[row];
        const int64_t now_ns = strip->time_ns[row];
        out->level_bps[row] = baseline_level(&track->baseline, &track->params, premium_bps);
        out->warm[row] = baseline_warmup_left_ns(&track->baseline, &track->params, now_ns) == 0;
        out->chunk_warm[row / CHUNK_ROWS] |= out->warm[row];
        baseline_update(&track->baseline, &track->params, now_ns, premium_bps);
    }
}
