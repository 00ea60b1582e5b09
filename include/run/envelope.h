#pragma once
#include <stdint.h>

#include "base/text.h"
#include "core/guard.h"
#include "core/session.h"

/* envelope: a guard decision as the one JSON line of SAFETY.md 3.7. */

struct envelope_context {
    const char *session;
    const char *mode;
    const char *build;
    const char *config_hash; /* of what the session was started with */
    uint64_t revision;       /* of its parameters since */
    uint64_t cycle;          /* events taken */
    int64_t wall_ns;
    const struct session_instrument *instrument; /* of the candidate's pair */
};

void envelope_json(const struct guard_decision *decision,
                   const struct envelope_context *context, struct text *out);
