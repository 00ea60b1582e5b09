#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "core/engine.h"
#include "market/source.h"
#include "run/result.h"

/* backtest: one engine over one source of EVENT_ROW events, as fast as it goes; trades fill at
 * the touch of their own row (SPEC.md 3). */

bool backtest_run(const struct engine_params *params, struct source *source,
                  struct result *result, struct err *err);
