#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "tune/aggregate.h"

/* session_results: the results that --results-dir names, for every command that reads them. */

/* ERR_USAGE without a folder, ERR_INPUT for one that holds no result; ended with
 * aggregate_finish(). */
bool session_results_load(const char *folder, struct aggregate *aggregate, struct err *err);
/* The same, and ERR_INPUT when they are of different data, profile or PnL model. */
bool session_results_load_alike(const char *folder, struct aggregate *aggregate,
                                struct err *err);

/* Prints what a command has to say. */
bool session_results_print(const struct text *out, struct err *err);
