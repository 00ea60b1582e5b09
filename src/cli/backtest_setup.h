#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "cli/engine_options.h"
#include "cli/global_options.h"
#include "config/config.h"

/* backtest_setup: what `backtest` and `tune` run over what: defaults, then the config file,
 * then the command line. */

/* A plain value, zeroed before the parse. */
struct backtest_setup {
    struct global_options global;
    const char *data_file;
    const char *on_bad_row;
    struct engine_options engine;
    struct config config; /* settled */
    bool skip_bad_rows;   /* settled */
};

enum { BACKTEST_SETUP_OPTIONS_COUNT = 2 + ENGINE_OPTIONS_COUNT + GLOBAL_OPTIONS_COUNT };

/* Writes the rows for a struct backtest_setup at `offset` in the struct the command parses
 * into. */
void backtest_setup_rows(struct arg_option rows[BACKTEST_SETUP_OPTIONS_COUNT], size_t offset);

/* Layers everything. ERR_USAGE when something needed was not given. */
bool backtest_setup_settle(struct backtest_setup *setup, struct err *err);
/* Do the settled values make sense? The first that does not is the reason. */
bool backtest_setup_check(const struct backtest_setup *setup, struct err *err);
/* false where writing to `output` (NULL: nothing is written) would replace what is read. */
bool backtest_setup_spares(const struct backtest_setup *setup, const char *output,
                           struct err *err);
