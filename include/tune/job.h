#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "core/engine_params.h"
#include "run/result.h"
#include "tune/kernel.h"

/* job: one line of a plan: a configuration to run, and what it gave.
 *
 * Plan lines are foreign text: an id or a path that does not fit makes no job. A job whose
 * configuration makes no sense is a job all the same, and fails with its reason. */

struct job {
    char *id;
    char *folder; /* NAME of outputs/tuning/NAME */
    char *output; /* name of the result file in it */
    char *tag;
    char *data_file;
    char *fault; /* of the configuration; NULL: none */
    struct engine_params params;
    struct result_window window; /* of its fold; fold 0: the whole file */
};

/* Reads a plan line. ERR_INPUT: the line makes no job. */
bool job_parse(struct job *job, const char *line, size_t length, struct err *err);
void job_finish(struct job *job); /* accepts zeroed */

/* The one whole check, first failure first (SPEC.md 6); err takes the reason. */
bool job_check(const char *data_file, const struct engine_params *params, struct err *err);

/* What a kernel is asked for it, over data whose first and last row have these times. The
 * equity buckets of a fold part its own time, as far as there are data. */
void job_part(const struct job *job, int64_t first_ns, int64_t last_ns, struct kernel_job *out);

/* What is compared before a result is taken for this job's: parameters and window. */
void job_config_hash(const struct job *job, char buffer[48]);

/* The result object of a failed run, in the shape of result_json(): what was to be run, status
 * "error" and the reason. */
void job_error_json(const struct job *job, const char *reason, struct text *out);
