#pragma once
#include <stdint.h>

/* limit: so many requests in a stretch of time, then 429, and 418 for those who do not listen
 * (VENUES.md 2.6 and 5.2). A plain value; zeroed but for the first three it is unused. */

enum limit_verdict { LIMIT_PASS, LIMIT_WAIT, LIMIT_BAN };

struct limit {
    int64_t window_ns;
    int32_t capacity;
    int32_t patience; /* requests over the limit before a ban; 0: never */
    int64_t ban_ns;   /* of the first ban; each further one lasts twice as long */

    int64_t window; /* number of the running one */
    int32_t used, refused;
    int32_t bans;
    int64_t banned_until_ns;
};

/* A request of that weight comes at `now_ns`. */
enum limit_verdict limit_take(struct limit *limit, int32_t weight, int64_t now_ns);
int32_t limit_left(const struct limit *limit); /* in the running window */
/* Until the window ends, or the ban. */
int64_t limit_wait_ns(const struct limit *limit, int64_t now_ns);
