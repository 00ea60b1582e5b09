#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "mischief.h"

/* chaos: which mischief is ordered when: by a script, by a seed, or both.
 *
 * Times count from the opening. The same seed orders the same things at the same times, kind by
 * kind: one kind more, or one pair more, moves no other. */

struct chaos_options {
    const char *script; /* a YAML file; NULL: none */
    bool seeded;
    uint64_t seed;
    double per_minute;        /* of each kind */
    const char *const *coins; /* borrowed */
    int32_t pairs_count;
};

struct chaos;
bool chaos_open(struct chaos **out, const struct chaos_options *options, struct err *err);
void chaos_close(struct chaos *chaos); /* accepts NULL */

/* The next order that is due by then; false: none. */
bool chaos_next(struct chaos *chaos, int64_t elapsed_ns, struct mischief_order *out);
int64_t chaos_due_ns(const struct chaos *chaos); /* INT64_MAX: never again */

/* What names a pair in scripts and requests: a coin, "USDT" for KRW-USDT, "" or "all". */
bool chaos_find_pair(const char *const *coins, int32_t pairs_count, const char *name,
                     int32_t *out, struct err *err);
/* "upbit", "binance" or "both". */
bool chaos_find_venue(const char *name, bool hits[VENUE_LAST + 1], struct err *err);
