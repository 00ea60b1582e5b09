#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* args: option tables to structs, and the usage printed from the same table.
 *
 * GNU style: --name VALUE, --name=VALUE, flags, `--` ends options. Unknown options name the
 * nearest known one. A bad value is exit 1, a bad option exit 2 (SPEC.md 6). */

enum arg_type {
    ARG_FLAG,   /* bool */
    ARG_TEXT,   /* const char *, borrowed from argv */
    ARG_NUMBER, /* double */
    ARG_COUNT,  /* int64_t >= 0 */
    ARG_LIST,   /* struct arg_list: may stand many times */
    ARG_CHOICE, /* const char *, one of the words of `value`: "on|off" */
};

enum { ARG_LIST_MAX = 32 };
struct arg_list {
    int count;
    const char *items[ARG_LIST_MAX];
};

struct arg_option {
    const char *name; /* without dashes */
    enum arg_type type;
    size_t offset;      /* into the caller's struct */
    size_t seen_offset; /* bool set when it stood there; SIZE_MAX: none */
    const char *value;  /* metavariable in the usage: "FILE"; of a choice, its words */
    const char *help;
};

struct arg_spec {
    const char *command;  /* "backtest" */
    const char *operands; /* "" or "TRADE" */
    const char *summary;
    const struct arg_option *options;
    size_t options_count;
    int operands_min, operands_max;
};

enum args_result { ARGS_OK, ARGS_HELP, ARGS_ERROR };

/* Parses argv[1..) into `into`; operands are left in operands[0..*operands_count). */
enum args_result args_parse(const struct arg_spec *spec, int argc, char **argv, void *into,
                            const char *operands[], int *operands_count, struct err *err);

/* What every command starts with: true to go on; false when help or the error was printed and
 * the command ends with *exit_code. */
bool args_take(const struct arg_spec *spec, int argc, char **argv, void *into,
               const char *operands[], int *operands_count, int *exit_code);

/* Aligned, wrapped at 80 columns, from the same table. */
void args_format_usage(const struct arg_spec *spec, struct text *out);
void args_print_usage(const struct arg_spec *spec);
