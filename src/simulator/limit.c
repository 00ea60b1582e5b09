#include "limit.h"

enum { DOUBLINGS_MAX = 10 };

static void turn_window(struct limit *limit, int64_t now_ns)
{
    const int64_t window = now_ns / limit->window_ns;
    if (window != limit->window) {
        limit->window = window;
        limit->used = 0;
    }
}

static void ban(struct limit *limit, int64_t now_ns)
{
    const int32_t doublings = limit->bans < DOUBLINGS_MAX ? limit->bans : DOUBLINGS_MAX;
    limit->banned_until_ns = now_ns + (limit->ban_ns << doublings);
    limit->bans++;
    limit->refused = 0;
}

enum limit_verdict limit_take(struct limit *limit, int32_t weight, int64_t now_ns)
{
    if (now_ns < limit->banned_until_ns) {
        return LIMIT_BAN;
    }
    turn_window(limit, now_ns);
    limit->used += limit->used < limit->capacity + weight ? weight : 0;
    if (limit->used <= limit->capacity) {
        limit->refused = 0;
        return LIMIT_PASS;
    }
    limit->refused++;
    if (limit->patience > 0 && limit->refused > limit->patience) {
        ban(limit, now_ns);
        return LIMIT_BAN;
    }
    return LIMIT_WAIT;
}

int32_t limit_left(const struct limit *limit)
{
    return limit->used < limit->capacity ? limit->capacity - limit->used : 0;
}

int64_t limit_wait_ns(const struct limit *limit, int64_t now_ns)
{
    if (now_ns < limit->banned_until_ns) {
        return limit->banned_until_ns - now_ns;
    }
    return limit->window_ns - now_ns % limit->window_ns;
}
