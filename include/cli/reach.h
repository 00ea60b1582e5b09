#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "run/wire.h"
#include "store/state_dir.h"
#include "view/port.h"

/* reach: a command line's way to the session's host, and to the host's process when the two are
 * of different builds and share no more words than a pid and signals. */

/* A host that was told to go writes its last words for at most so long. */
enum { REACH_END_MS = 5000 };

/* Attaches as port_socket_open() does. *other_build, which may be NULL, says that a host of
 * another build refused; err then names its pid and what can be done. */
bool reach_host(struct port **out, const struct state_dir *dir, enum wire_manner manner,
                bool *other_build, struct err *err);

/* Waits until nobody holds the folder; false when somebody still does. */
bool reach_end(const struct state_dir *dir);

/* Sends the folder's holder a signal: its pid, or 0 when there is none to send it to. */
int reach_signal(const struct state_dir *dir, int number);
