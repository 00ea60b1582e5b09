#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "run/recording.h"
#include "run/result.h"
#include "run/setup.h"

/* replay: a recorded session once more, as fast as it goes: the same, or with another option.
 *
 * The session runs as it did live, through guard, journal and paper venue, in a folder of its
 * own that is gone afterwards. */

struct replay_options {
    const char *path;        /* a file or a folder */
    const char *const *sets; /* "KEY=VALUE" over the recorded options; a key without a section
                                is the engine's */
    int sets_count;
    const char *version;
};

struct replay {
    struct setup setup;
    struct result result;
    uint64_t decisions;
    char hash[48];
    bool exact; /* it had the recorded options, so the same hash is to be expected */
    char session[64];
    char recorded_version[64]; /* of its first run; of the one that differs, if one does */
    bool has_end;              /* of the recording; else it was cut, and so is this */
    size_t runs;               /* the session was stopped and resumed that often, less one */
    size_t runs_covered;       /* the others went on from what no recording tells */
    uint64_t gap_from, gap_to; /* event numbers of what is missing in front of the next run */
    uint64_t forgotten; /* marks of decisions that were lost in a crash, and not compared */

    /* What the recording says its session decided, as far as that is known and covered. */
    size_t marks, marks_same;
    bool differs;
    struct recording_mark last_same; /* count 0: the beginning */
    struct recording_mark first_other;
    char other_hash[48]; /* what is here instead, after so many */
    uint64_t other_count;
};

/* *out is ended with replay_finish(), on success. */
bool replay_run(const struct replay_options *options, struct replay *out, struct err *err);
void replay_finish(struct replay *replay);

/* Outcomes side by side, a line each: as recorded, and changed. */
void replay_compare(const struct replay *recorded, const struct replay *changed,
                    struct text *out);
