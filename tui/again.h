#pragma once
#include <stddef.h>

#include "view/snapshot.h"

/* again: how is a session started again whose host has died?
 *
 * What it was started with is in its journal, the speed is not: it is a matter of the host. */

enum { AGAIN_SIZE = 512 };

/* `command` is what starts a console, NULL: "arblite console"; `newest` what was last heard,
 * NULL: nothing. Returns the buffer. */
const char *again_command(char buffer[AGAIN_SIZE], const char *command,
                          const struct snapshot *newest);
