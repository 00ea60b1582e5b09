#pragma once
#include "base/err.h"
#include "store/results.h"
#include "tune/jobs.h"
#include "worker.h"

/* record: what a sweep tells the tuning journal, gathered and committed a few times a second,
 * so that quick jobs do not wait for the disk. */

struct record {
    struct results *results; /* NULL: nothing is recorded */
    int64_t sweep;
    bool open; /* a transaction is */
};

/* All jobs of the plan as planned. */
bool record_start(struct record *record, struct results *results, const struct jobs *jobs,
                  const char *jobs_file, struct err *err);
bool record_state(struct record *record, const struct job *job, int64_t index,
                  enum results_state state, struct err *err);
bool record_outcome(struct record *record, const struct job *job, int64_t index,
                    const struct outcome *outcome, const char *data_hash, struct err *err);
bool record_flush(struct record *record, struct err *err);
bool record_end(struct record *record, const char *reason, struct err *err);
