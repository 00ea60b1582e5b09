#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cli/args.h"
#include "config/config.h"
#include "core/engine_params.h"

/* engine_options: one option per engine parameter, the same for every command that runs an
 * engine (SPEC.md 6). What is given on the command line beats the config, which beats the
 * defaults. */

enum { ENGINE_OPTIONS_COUNT = 24 };

/* A plain value, zeroed before the parse. */
struct engine_options {
    const char *profile;
    const char *pnl_model;
    int64_t max_open_trades;
    bool no_spot_short;
    struct engine_params values;
    bool seen[ENGINE_OPTIONS_COUNT];
};

/* Writes the ENGINE_OPTIONS_COUNT rows for a struct engine_options that lies at `offset` in the
 * struct the command parses into. */
void engine_options_rows(struct arg_option rows[ENGINE_OPTIONS_COUNT], size_t offset);

/* Was the option of that name given? */
bool engine_options_has(const struct engine_options *options, const char *name);

/* A config whose file named no PnL model takes the usual one of its profile. */
void engine_options_settle_model(struct config *config, const struct config_named *named);

/* Lays what was given over *params. Without a PnL model of its own, a given profile brings
 * its usual one. */
bool engine_options_apply(const struct engine_options *options, struct engine_params *params,
                          struct err *err);

/* False when a required parameter has come from nowhere; err names every missing option.
 * `data_file` is NULL when that is missing too. */
bool engine_options_complete(const struct engine_params *params, const char *data_file,
                             struct err *err);
