#pragma once
#include <stdbool.h>
#include <stdint.h>

/* budget: may one more request go to a venue now, and if not, when?
 *
 * One group of requests that the venue counts together. We count what we send in windows of our
 * own and believe the venue where it says more was used. Time is passed in. */

struct budget {
    int64_t window_ns;
    int32_t limit;      /* what the venue takes in a window */
    double share;       /* of it that is used, 0..1 */
    int32_t used;       /* in this window */
    int64_t began_ns;   /* this window */
    int64_t closed_ns;  /* nothing goes before */
    int64_t humbled_ns; /* until then half of the share is used */
};

void budget_init(struct budget *budget, int32_t limit, int64_t window_ns, double share);

/* Takes `weight` and returns 0, or takes nothing and returns how long to wait. */
int64_t budget_take(struct budget *budget, int32_t weight, int64_t now_ns);

/* What the venue says was used, or is left, in its window. */
void budget_hear_used(struct budget *budget, int32_t used, int64_t now_ns);
void budget_hear_left(struct budget *budget, int32_t left, int64_t now_ns);

/* The venue refused: nothing goes before `until_ns`, and less for a while after it. */
void budget_close(struct budget *budget, int64_t until_ns);

/* How much of what may be used is left in this window, 0..100. */
int32_t budget_left_pct(const struct budget *budget, int64_t now_ns);

/* "group=orderbook; min=600; sec=9": what is left of this second; `min` means nothing. false
 * when it is not of that form. */
enum { BUDGET_GROUP_SIZE = 24 };
bool budget_parse_left(const char *header, char group[BUDGET_GROUP_SIZE], int32_t *left);
