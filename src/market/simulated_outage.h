#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "simulated_process.h"

/* simulated_outage: something is not there for a while, now and then (MARKET.md A.5). */

struct outage_law {
    double per_hour;
    double length_s_min, length_s_max;
};

struct outage {
    struct outage_law law;
    struct poisson arrivals;
    struct rng rng;
    int64_t until_ms; /* of session time; not above now: it is there */
};

void outage_init(struct outage *outage, uint64_t seed, const char *owner, const char *process,
                 struct outage_law law);
/* True when one begins in this step. One under way is not cut short by the next. */
bool outage_step(struct outage *outage, int64_t now_ms);
void outage_begin(struct outage *outage, int64_t now_ms, double length_s);
bool outage_on(const struct outage *outage, int64_t now_ms);
/* True in the one step in which it ends; *offset_ms is how far into the step. */
bool outage_ends(const struct outage *outage, int64_t now_ms, int64_t *offset_ms);
