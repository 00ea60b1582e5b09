#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "core/engine.h"
#include "market/source.h"

/* scenario: a scripted market in YAML: steps, and the outcomes they must have. Gives EVENT_ROW.
 * The format is described in configs/scenarios/README.md. */

struct scenario_expected {
    bool set_total, set_closed, set_open, set_pnl_sign;
    int64_t total, closed, open;
    int32_t pnl_sign;     /* of the realised PnL: -1, 0, 1 */
    char exit_reason[32]; /* of the first closed trade; "": not checked */
};

/* params (may be NULL) gets what the scenario's `engine` section sets; the rest of it stays. */
bool scenario_open(struct source **out, const char *path, struct engine_params *params,
                   struct scenario_expected *expected, struct err *err);
