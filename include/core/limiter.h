#pragma once
#include <stdbool.h>
#include <stdint.h>

/* limiter: may one more happen now? A sliding window that counts exactly, time passed in.
 *
 * A plain value with room for LIMITER_EVENTS_MAX stamps; a limit above that is refused by
 * config. */

enum { LIMITER_EVENTS_MAX = 512 };

struct limiter {
    int64_t stamps_ns[LIMITER_EVENTS_MAX];
    int32_t head;
    int32_t count;
};

/* Events after now - window. Stamps ahead of now count too: a clock that stepped back must not
 * give the budget back. */
int32_t limiter_count(const struct limiter *limiter, int64_t now_ns, int64_t window_ns);
void limiter_add(struct limiter *limiter, int64_t now_ns);
