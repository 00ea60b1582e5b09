#include "storm.h"

#include <assert.h>

void storm_note(struct storm *storm, int64_t now_ns)
{
    storm->at_ns[storm->next] = now_ns;
    storm->next = (storm->next + 1) % STORM_MAX;
    storm->count += storm->count < STORM_MAX ? 1 : 0;
}

int64_t storm_over_ns(const struct storm *storm, int32_t most, int64_t window_ns,
                      int64_t now_ns)
{
    assert(most >= 1 && most <= STORM_MAX);
    if (storm->count < most) {
        return now_ns;
    }
    /* When the oldest of the newest `most` leaves the window, one more may come. */
    const int64_t oldest_ns = storm->at_ns[(storm->next - most + STORM_MAX) % STORM_MAX];
    return oldest_ns + window_ns > now_ns ? oldest_ns + window_ns : now_ns;
}
