#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "tune/kernel.h"

/* halving: who goes no further?
 *
 * At each rung, a share of the data, the better half of every group goes on. Who equals the
 * last of them does too, so that nobody is stopped by the toss of a coin and a group of equals
 * stays whole. Groups are those of a ranking: only equal assumptions and scales compare. */

enum { HALVING_RUNGS_COUNT = 3 };
extern const double HALVING_RUNGS[HALVING_RUNGS_COUNT];

/* The group of every configuration, numbered from 0; -1 of one that is for a part of the time
 * and so is never stopped. */
void halving_group(const struct kernel_job *jobs, int32_t count, int32_t *groups);

struct halving_runner {
    int32_t index;
    int32_t group;
    double earned_usd; /* no NAN */
};

/* Sorts the runners by group, the best first, and sets stop[index] of those that are out. */
void halving_decide(struct halving_runner *runners, int32_t count, bool *stop);
