#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "tune/session_file.h"

/* plan: a session file as jobs with stable ids, one JSON line each (SPEC.md 5).
 *
 * The same session file gives the same bytes. A line says everything its job needs; the key
 * order is data_file, initial_balance_usd, max_open_trades, profile, pnl_model, the fixed ones,
 * the grids, tag. A grid's value stands where a fixed one of that name would. The line of a
 * fold of a walk-forward names its window behind the config; its data are looked at for their
 * span when they are planned. */

#define PLAN_FOLDER "outputs/tuning"

/* How many lines there would be. */
bool plan_count(const struct session_file *file, int64_t *jobs, struct err *err);
/* Appends the lines and counts them. */
bool plan_format(const struct session_file *file, struct text *out, int64_t *jobs,
                 struct err *err);
