#pragma once
#include <stdint.h>

/* storm: does something happen too often, and when may it happen again?
 *
 * Remembers the times of the last occurrences; zeroed is calm. */

enum { STORM_MAX = 1000 };

struct storm {
    int32_t count, next; /* of the ring */
    int64_t at_ns[STORM_MAX];
};

void storm_note(struct storm *storm, int64_t now_ns);

/* The first moment, from now on, with fewer than `most` in the window before it. */
int64_t storm_over_ns(const struct storm *storm, int32_t most, int64_t window_ns,
                      int64_t now_ns);
