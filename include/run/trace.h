#pragma once
#include <stdint.h>

#include "base/hash.h"
#include "core/session.h"

/* trace: everything a session decided, in order, in one number.
 *
 * Each action's content, with its event time, is chained to what came before it. Two sessions
 * have the same hash when they did the same things at the same event times and refused the same
 * for the same reasons. No wall time, name or padding enters it, so it is the same from every
 * compiler. */

struct trace {
    uint64_t count; /* actions so far */
    char hash[HASH_XXH3_TEXT_SIZE];
};

/* "xxh3-128:" of nothing. */
void trace_init(struct trace *trace);
void trace_add(struct trace *trace, int64_t time_ns, const struct action *action);
