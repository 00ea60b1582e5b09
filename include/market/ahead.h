#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "market/rows.h"

/* ahead: the blocks of a snapshot file in order, read and parsed before they are asked for.
 *
 * A second thread reads on and parses; who asks for a block that is not ready parses too
 * instead of waiting, so two cores share the work whichever side is the slower. With one thread
 * everything happens when it is asked for. The blocks are the same. */

struct ahead;
/* Borrows `rows`, of which nothing was taken, and until ahead_close() nobody else takes or
 * joins. `threads` is 1 or 2, the caller's among them. */
struct ahead *ahead_open(struct rows *rows, int threads);
void ahead_close(struct ahead *ahead); /* accepts NULL; the rest of the file is left */

/* As rows_next(): never empty, borrowed until the next call. */
enum source_result ahead_next(struct ahead *ahead, const struct rows_block **block,
                              struct err *err);
