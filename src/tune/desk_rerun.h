#pragma once
#include <time.h>

#include "core/engine.h"
#include "tune/sensitivity.h"
#include "view/tuning.h"

/* desk_rerun: runs a job again over its data on a thread of its own, so that a file of
 * gigabytes keeps nobody from turning a page. Of several wishes the last one counts. */

struct desk_rerun;

struct desk_rerun *desk_rerun_create(void);
/* The thread ends behind the run under way; false: it did not until then, and is let go on. */
bool desk_rerun_stop(struct desk_rerun *rerun, const struct timespec *until);
/* Only after it was stopped. Accepts NULL. */
void desk_rerun_destroy(struct desk_rerun *rerun);

void desk_rerun_wish(struct desk_rerun *rerun, const char *data_file,
                     const struct engine_params *params, const struct result_window *window);
/* Is the last wish fulfilled? Then *measured is the caller's from here on, or NULL, and why
 * says why it cannot be run. */
bool desk_rerun_take(struct desk_rerun *rerun, struct sensitivity **measured,
                     char why[TUNING_TEXT_SIZE]);
