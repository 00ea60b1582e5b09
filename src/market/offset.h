#pragma once
#include <stdbool.h>
#include <stdint.h>

/* offset: how far is a venue's clock from ours?
 *
 * An answer that tells the time was written between our asking and our hearing it: that bounds
 * the difference from both sides. Several answers bound it more closely than the fastest of
 * them. When one contradicts the others a clock was set, and it begins anew. */

enum { OFFSET_ANSWERS_MAX = 8 };

struct offset_bounds {
    int64_t low_ns, high_ns;
};

struct offset {
    int64_t heard_ns; /* the newest answer; 0 none */
    int32_t count;    /* of the newest answers, oldest first */
    struct offset_bounds answers[OFFSET_ANSWERS_MAX];
};

/* One answer: it says `venue_ns` and means a time less than `step_ns` later. */
void offset_add(struct offset *offset, int64_t sent_ns, int64_t heard_ns, int64_t venue_ns,
                int64_t step_ns);

/* Venue time less ours, and how wrong that may be at most; false before the first answer. */
bool offset_get(const struct offset *offset, int64_t *offset_ns, int64_t *error_ns);
