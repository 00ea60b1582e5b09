#pragma once
#include "tui/shape.h"
#include "view/tuning.h"

/* news: what has begun and ended among tuning sessions since the last look, a line each. Pure.
 */

struct news {
    bool begun;
    int32_t count;
    struct {
        int64_t id, started_wall_ns;
        enum tuning_state state;
    } seen[TUNING_SESSIONS_MAX];
};

/* Writes the next thing that is new; false when there is none. What was over before the first
 * look is no news. */
bool news_next(struct news *news, const struct tuning *tuning, struct line *line);
