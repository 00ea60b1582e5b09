#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine_params.h"
#include "core/guard.h"
#include "core/trade.h"

/* rehearsal: which trades of a backtest would a session's guard have refused, and why?
 *
 * The trades are put to a fresh guard with the session's limits in the order of time. What it
 * refuses did not happen; what it allows counts in its books as it did in the backtest: size,
 * number, exposure, orders, losses, drawdown. Feeds and balances are always fine here, and days
 * are those of UTC. */

enum { REHEARSAL_REASONS_MAX = 8 };

struct rehearsal {
    int64_t asked;
    int64_t refused;
    int64_t scaled; /* allowed at half the size */
    int32_t reasons_count;
    struct {
        enum reason reason;
        int64_t count;
    } reasons[REHEARSAL_REASONS_MAX]; /* as they first came; the last takes what has no row */
};

/* Trades in opening order, each with what it gave when closed. `has_depth_model` as in struct
 * guard_candidate. */
void rehearsal_run(const struct guard_limits *limits, const struct engine_params *params,
                   bool has_depth_model, const struct trade *trades,
                   const struct trade_result *results, int64_t count, struct rehearsal *out);
