#pragma once
#include "base/err.h"
#include "outcome.h"
#include "store/results.h"
#include "tune/jobs.h"
#include "tune/sweep.h"

/* record: what a sweep tells the tuning journal, gathered into few transactions. */

struct record {
    struct results *results; /* NULL: nothing is recorded */
    int64_t sweep;
    bool open; /* a transaction is */
};

/* All jobs of the plan as planned. */
bool record_start(struct record *record, const struct jobs *jobs,
                  const struct sweep_options *options, struct err *err);
/* Those from `first` to before `end` that are planned are running. */
bool record_running(struct record *record, int64_t first, int64_t end, struct err *err);
bool record_outcome(struct record *record, int64_t index, const struct outcome *outcome,
                    const char *data_hash, struct err *err);
/* How far it is; commits all before. */
bool record_tell(struct record *record, int64_t kept, double pass_done, double saved_share,
                 struct err *err);
bool record_end(struct record *record, const char *reason, struct err *err);
