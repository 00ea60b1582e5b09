#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "tune/detail.h"
#include "view/command.h"

/* use_result: one result of a tuning session, with everything that is known for and against
 * it. */

struct use_result {
    struct detail detail;             /* of a result that ran to its end */
    char origin[COMMAND_ORIGIN_SIZE]; /* "SESSION/JOB data HASH" */
};

/* `path` is a folder of results, a results.jsonl or one result's file; `job` may be NULL where
 * that leaves one. The job is run again for what its result does not tell. */
bool use_result_load(struct use_result *result, const char *path, const char *job,
                     struct err *err);
void use_result_finish(struct use_result *result); /* accepts zeroed */
