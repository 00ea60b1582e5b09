#pragma once
#include <stdbool.h>

#include "core/spread.h"
#include "run/backtest.h"

/* backtest_steps: one engine and its trades, a row at a time, wherever the rows come from. */

struct backtest;

/* `params` and `part` are borrowed until the end. Without `keep_trades` the result has their
 * figures and no list of them. */
struct backtest *backtest_begin(const struct engine_params *params,
                                const struct backtest_part *part, bool keep_trades);
/* Rows come in order of time. False: this one was the last that is of any use to the run, or
 * behind it. */
bool backtest_take(struct backtest *run, const struct tick *tick);
/* Closes what is to be closed and hands the result over; NULL: nobody wants it. The names and
 * counts of the data are the caller's to set. Ends the run. */
void backtest_end(struct backtest *run, struct result *result);
