#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "market/source.h"

/* export: a stretch of a source as a snapshot file (market/snapshots), for backtests and
 * tuning. The same source gives the same bytes. */

/* Told now and then how far it is, 0..1; false gives the export up. */
typedef bool export_progress_fn(void *context, double share);

struct export_options {
    int32_t pair;
    int64_t start_ns, duration_ns, step_ns; /* rows from start + step to start + duration */
    bool replace;                           /* a file that has the name already */
    export_progress_fn *progress;           /* may be NULL */
    void *progress_context;
};

/* Reads the source up to the end of the stretch, or its own. Makes the folders of the path. The
 * file is there whole or not at all; ERR_ENDED when it was given up. */
bool export_snapshots(struct source *source, const char *path,
                      const struct export_options *options, int64_t *rows, struct err *err);
