#pragma once
#include <stdint.h>

#include "base/text.h"
#include "view/snapshot.h"

/* exposition: a session's numbers as Prometheus reads them (text format 0.0.4).
 *
 * Names, units and labels are in docs/metrics.md. A number that does not exist has no line; a
 * name without any has no HELP either. */

void exposition_write(const struct snapshot *snapshot, int64_t mono_ns, struct text *out);
