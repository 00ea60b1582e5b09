#include "core/limiter.h"

#include <assert.h>

int32_t limiter_count(const struct limiter *limiter, int64_t now_ns, int64_t window_ns)
{
    assert(window_ns >= 0);
    int32_t count = 0;
    for (int32_t i = 0; i < limiter->count; i++) {
        int64_t age_ns;
        /* An age too large for its type belongs to a stamp far outside of every window. */
        const bool fits = !__builtin_sub_overflow(now_ns, limiter->stamps_ns[i], &age_ns);
        const bool recent = fits ? age_ns < window_ns : now_ns < limiter->stamps_ns[i];
        count += recent ? 1 : 0;
    }
    return count;
}

void limiter_add(struct limiter *limiter, int64_t now_ns)
{
    assert(limiter->head >= 0 && limiter->head < LIMITER_EVENTS_MAX);
    limiter->stamps_ns[limiter->head] = now_ns;
    limiter->head = (limiter->head + 1) % LIMITER_EVENTS_MAX;
    if (limiter->count < LIMITER_EVENTS_MAX) {
        limiter->count++;
    }
}
