#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/args.h"

/* global_options: the options every command takes (SPEC.md 6). */

enum { GLOBAL_OPTIONS_COUNT = 4 };

struct global_options {
    const char *state_dir; /* NULL: the default */
    const char *config;
    const char *log_level;
    const char *color;
};

/* Writes the rows for a struct global_options at `offset` in the struct the command parses
 * into. */
void global_options_rows(struct arg_option rows[GLOBAL_OPTIONS_COUNT], size_t offset);

/* How many arguments, 1 or 2, the global option at argv[0] takes up; 0 when it is none. */
int global_option_length(int argc, char **argv);

/* Opens the log on standard error at --log-level (default: warn). */
bool global_options_apply(const struct global_options *options, struct err *err);
