#pragma once
#include "base/text.h"
#include "store/journal.h"
#include "store/state_dir.h"
#include "view/snapshot.h"

/* status: a session as one JSON object, for machines (SPEC.md 6), or a few lines, for people.
 */

enum { STATUS_SCHEMA_VERSION = 1 };

void status_json(const struct snapshot *snapshot, int64_t mono_ns, struct text *out);
void status_lines(const struct snapshot *snapshot, struct text *out);

/* With no host running: what the journal knows; state "down". */
void status_json_down(const struct journal_status *status, bool killed, struct text *out);
void status_lines_down(const struct journal_status *status, bool killed, struct text *out);
