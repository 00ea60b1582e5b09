#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "run/host.h"

/* spawn: a session host that outlives the terminal it was started from. */

/* Forks a host into a session of its own, its output into DIR/host.log, and waits until
 * consoles can attach or it gave up; err then says why. Call before any thread, database or
 * library handle exists in this process. */
bool spawn_host(const struct host_options *options, struct err *err);
