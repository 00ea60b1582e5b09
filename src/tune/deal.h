#pragma once
#include <stdint.h>

#include "tune/kernel.h"

/* deal: which thread's kernel does which jobs?
 *
 * A kernel works out once what its jobs have in common. So jobs that are alike go to one
 * thread, and those of one baseline stay together as far as that leaves every thread as many
 * kinds of jobs as the others. */

struct deal {
    int32_t *order; /* every job once, those of a thread beside each other; owned */
    int32_t *ends;  /* behind the last job of each thread, in `order`; owned */
};

/* A thread may be left without jobs. */
struct deal deal_jobs(const struct kernel_job *jobs, int32_t count, int threads);
void deal_finish(struct deal *deal);
