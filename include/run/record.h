#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "run/setup.h"

/* record: what both venues send, into a folder, without a session.
 *
 * Until SIGINT or SIGTERM, or for so long. A venue that cannot be reached is tried again; a
 * disk that takes no more ends it. */

struct record_options {
    const struct setup *setup; /* of SETUP_LIVE */
    const char *folder;
    double max_runtime_s; /* NAN: no end */
    const char *version;
    void (*say)(void *context, const char *line); /* what happens, one line each */
    void *context;
};

struct record_outcome {
    uint64_t frames, bytes;
    int32_t files;
    int signal; /* that ended it; 0: its time was over */
};

bool record_run(const struct record_options *options, struct record_outcome *out,
                struct err *err);
