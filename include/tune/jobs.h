#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "tune/job.h"

/* jobs: a whole plan, read. All its results lie in one folder, that of the first good line.
 *
 * A line that makes no job, leads elsewhere or repeats an id or an output is left out, told of
 * and counted. */

struct jobs {
    struct job *list; /* in the order of the plan, owned */
    int64_t count;
    int64_t refused;    /* lines left out */
    const char *folder; /* NAME of outputs/tuning/NAME; NULL without a job */
};

/* `report` gets a line for each of the first refused ones: `FILE:LINE: reason`. */
bool jobs_load(struct jobs *jobs, const char *path, struct text *report, struct err *err);
void jobs_finish(struct jobs *jobs); /* accepts zeroed */
