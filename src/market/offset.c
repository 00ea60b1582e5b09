#include "offset.h"

#include <string.h>

static struct offset_bounds common_of(const struct offset *offset)
{
    struct offset_bounds common = offset->answers[0];
    for (int32_t i = 1; i < offset->count; i++) {
        const struct offset_bounds *at = &offset->answers[i];
        common.low_ns = at->low_ns > common.low_ns ? at->low_ns : common.low_ns;
        common.high_ns = at->high_ns < common.high_ns ? at->high_ns : common.high_ns;
    }
    return common;
}

void offset_add(struct offset *offset, int64_t sent_ns, int64_t heard_ns, int64_t venue_ns,
                int64_t step_ns)
{
    if (offset->count == OFFSET_ANSWERS_MAX) {
        offset->count--;
        memmove(offset->answers, offset->answers + 1,
                (size_t)offset->count * sizeof(*offset->answers));
    }
    const struct offset_bounds answer = {venue_ns - heard_ns, venue_ns + step_ns - sent_ns};
    offset->answers[offset->count++] = answer;
    offset->heard_ns = heard_ns;
    const struct offset_bounds common = common_of(offset);
    if (common.low_ns > common.high_ns) {
        offset->answers[0] = answer;
        offset->count = 1;
    }
}

bool offset_get(const struct offset *offset, int64_t *offset_ns, int64_t *error_ns)
{
    if (offset->count == 0) {
        return false;
    }
    const struct offset_bounds common = common_of(offset);
    *error_ns = (common.high_ns - common.low_ns) / 2;
    *offset_ns = common.low_ns + *error_ns;
    return true;
}
