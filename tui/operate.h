#pragma once
#include "tui/state.h"

/* operate: actions that ask something of the session. */

/* Sends, or opens the question that comes before sending; false when the action is none of
 * these. */
bool operate_act(struct state *state, const struct world *world, enum action action,
                 const char *argument, struct outbox *outbox);
