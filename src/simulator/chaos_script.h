#pragma once
#include "chaos.h"

/* chaos_script: mischief by the clock, from a YAML file (docs/venue-sim.md). */

struct chaos_line {
    int64_t at_ns;
    int32_t place; /* in the file: equal times keep its order */
    struct mischief_order order;
};

struct chaos_script {
    int32_t count;
    struct chaos_line *lines; /* by time */
};

bool chaos_script_load(struct chaos_script *out, const struct chaos_options *options,
                       struct err *err);
void chaos_script_finish(struct chaos_script *script); /* accepts zeroed */
