#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* draft: a file that is written piece by piece and is there whole or not at all.
 *
 * It grows under a temporary name beside its place and takes its name when it is published. A
 * device or a pipe (/dev/null, /dev/stdout) is written to as it stands and never replaced. */

struct draft;

/* The umask decides its mode. Errors of a draft name the path. */
bool draft_open(struct draft **out, const char *path, struct err *err);
/* For the owner's eyes alone (0600), whatever the umask; before the first byte. */
bool draft_keep_private(struct draft *draft, struct err *err);
bool draft_add(struct draft *draft, const void *data, size_t length, struct err *err);

/* Fsyncs it, gives it its name, fsyncs the folder; the draft is gone after it, whatever comes
 * of it. Without `replace` a file that has the name is left alone: ERR_INPUT. */
bool draft_publish(struct draft *draft, bool replace, struct err *err);

/* Gives it up and leaves nothing; accepts NULL. */
void draft_drop(struct draft *draft);
