#pragma once
#include "base/text.h"
#include "store/journal.h"
#include "store/state_dir.h"
#include "view/snapshot.h"
#include "view/tuning.h"

/* status: a session as one JSON object, for machines (SPEC.md 6), or a few lines, for people.
 */

enum { STATUS_SCHEMA_VERSION = 1 };

/* `tuning` is what the tuning journal beside it says; NULL: it was not asked. */
void status_json(const struct snapshot *snapshot, const struct tuning *tuning, int64_t mono_ns,
                 struct text *out);
void status_lines(const struct snapshot *snapshot, const struct tuning *tuning,
                  struct text *out);

/* What the journal cannot say of a session whose host is not heard. */
struct status_aside {
    bool killed;         /* its flag file is there */
    int other_build_pid; /* of the host that runs and shares no language with us; 0: none runs
                          */
};

/* From the journal, in the shape of the above, with null and [] where only a host knows; state
 * "down", or "other_build". */
void status_json_down(const struct journal_status *status, const struct status_aside *aside,
                      const struct tuning *tuning, struct text *out);
void status_lines_down(const struct journal_status *status, const struct status_aside *aside,
                       const struct tuning *tuning, struct text *out);
