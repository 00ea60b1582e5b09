#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "tune/job.h"

/* job_plain: plan lines as tune/plan writes them, without a JSON library in between.
 *
 * It only says yes: a line of any other form, with a window or with any fault is left to
 * job_parse(), which then says what is wrong. What it takes it takes as job_parse() would. */

enum { JOB_ID_MAX = 96, JOB_TAG_MAX = 127 };

/* false: nothing is known of the line. */
bool job_parse_plain(struct job *job, const char *line, size_t length);

/* Letters, digits and -_. of at most `length_max` bytes, not beginning with a dot. */
bool job_is_file_name(const char *name, size_t length_max);
/* outputs/tuning/NAME/FILE.json and nothing else: what is not of that form cannot lie in the
 * session's folder. */
bool job_take_output(struct job *job, const char *path);
