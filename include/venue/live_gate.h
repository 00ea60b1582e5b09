#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "core/reason.h"

/* live_gate: may this process send orders to real venues (docs/live-trading.md)?
 *
 * Four locks, each of which alone keeps it shut, and everybody's is shut at first. */

struct live_gate {
    bool built;               /* with the option live-trading */
    bool enabled;             /* config: live.enabled */
    const char *session;      /* its name */
    const char *confirmation; /* of the environment, LIVE_GATE_VARIABLE; NULL: not set */
    const char *phrase;       /* typed at the terminal; NULL: not typed */
};

/* Must hold the session's name. */
#define LIVE_GATE_VARIABLE "ARBLITE_LIVE_SESSION"
/* Was this program built with the option? */
bool live_gate_built(void);

/* REASON_NONE: it may. Otherwise GATE.LIVE_DISABLED and, in `err`, which lock is shut and how
 * it is opened; the first that is. */
enum reason live_gate_check(const struct live_gate *gate, struct err *err);

/* What is no live session has no use for keys: GATE.MODE_MISMATCH when one is set. What it
 * holds is not read. */
enum reason live_gate_check_keys(struct err *err);
