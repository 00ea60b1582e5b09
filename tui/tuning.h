#pragma once
#include "tui/state.h"

/* tuning: actions that launch, stop and resume tuning sessions. */

/* Opens the form, or the question that comes before an order; false when the action is none of
 * these. */
bool tuning_act(struct state *state, const struct world *world, enum action action,
                const char *argument);
