#include "cli/args.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/num.h"
#include "base/safe.h"

enum { SHOWN_SIZE = 200 };

/* One argument taken apart. */
struct piece {
    const char *name; /* behind the dashes */
    size_t name_length;
    const char *value; /* behind '=', or NULL */
};

static struct piece split(const char *argument)
{
    const char *name = argument + 2;
    const char *equals = strchr(name, '=');
    if (equals == NULL) {
        return (struct piece){.name = name, .name_length = strlen(name)};
    }
    return (struct piece){
        .name = name,
        .name_length = (size_t)(equals - name),
        .value = equals + 1,
    };
}

static const struct arg_option *find(const struct arg_spec *spec, const struct piece *piece)
{
    for (size_t i = 0; i < spec->options_count; i++) {
        const struct arg_option *option = &spec->options[i];
        if (strlen(option->name) == piece->name_length &&
            strncmp(option->name, piece->name, piece->name_length) == 0) {
            return option;
        }
    }
    return NULL;
}

static bool refuse_unknown(const struct arg_spec *spec, const struct piece *piece,
                           struct err *err)
{
    char name[SHOWN_SIZE];
    safe_text(name, sizeof name, piece->name, piece->name_length);
    struct nearest nearest = nearest_to(name);
    nearest_offer(&nearest, "help");
    for (size_t i = 0; i < spec->options_count; i++) {
        nearest_offer(&nearest, spec->options[i].name);
    }
    if (nearest.found != NULL) {
        return err_set(err, ERR_USAGE, "unknown option '--%s' (did you mean '--%s'?)", name,
                       nearest.found);
    }
    return err_set(err, ERR_USAGE, "unknown option '--%s' (see 'arblite %s --help')", name,
                   spec->command);
}

static bool refuse_value(const struct arg_option *option, const char *value,
                         const char *expected, struct err *err)
{
    char shown[SHOWN_SIZE];
    return err_set(err, ERR_INPUT, "--%s: '%s' is not %s", option->name,
                   safe_text(shown, sizeof shown, value, strlen(value)), expected);
}

static bool is_choice(const char *words, const char *value)
{
    const size_t length = strlen(value);
    for (const char *at = words; *at != '\0';) {
        const size_t word = strcspn(at, "|");
        if (word == length && strncmp(at, value, length) == 0) {
            return true;
        }
        at += word + (at[word] == '|' ? 1 : 0);
    }
    return false;
}

static bool store(const struct arg_option *option, const char *value, char *into,
                  struct err *err)
{
    void *target = into + option->offset;
    switch (option->type) {
    case ARG_FLAG:
        *(bool *)target = true;
        return true;
    case ARG_TEXT:
        *(const char **)target = value;
        return true;
    case ARG_CHOICE: {
        char expected[SHOWN_SIZE];
        *(const char **)target = value;
        snprintf(expected, sizeof expected, "one of %s", option->value);
        return is_choice(option->value, value) || refuse_value(option, value, expected, err);
    }
    case ARG_NUMBER:
        return num_parse_double(value, strlen(value), target) ||
               refuse_value(option, value, "a number", err);
    case ARG_COUNT: {
        int64_t count;
        if (!num_parse_int64(value, strlen(value), &count) || count < 0) {
            return refuse_value(option, value, "a whole number of 0 or more", err);
        }
        *(int64_t *)target = count;
        return true;
    }
    case ARG_LIST: {
        struct arg_list *list = target;
        if (list->count == ARG_LIST_MAX) {
            return err_set(err, ERR_INPUT, "--%s: given more than %d times", option->name,
                           ARG_LIST_MAX);
        }
        list->items[list->count] = value;
        list->count++;
        return true;
    }
    }
    assert(false);
    return false;
}

/* Takes the option at argv[*at] and, where it has one, its value behind it. */
static bool take_option(const struct arg_spec *spec, int argc, char **argv, int *at, char *into,
                        struct err *err)
{
    const struct piece piece = split(argv[*at]);
    const struct arg_option *option = find(spec, &piece);
    if (option == NULL) {
        return refuse_unknown(spec, &piece, err);
    }
    const char *value = piece.value;
    if (option->type == ARG_FLAG) {
        if (value != NULL) {
            return err_set(err, ERR_USAGE, "option '--%s' takes no value", option->name);
        }
    } else if (value == NULL) {
        /* A negative number is a value, the next option is not. */
        if (*at + 1 == argc || strncmp(argv[*at + 1], "--", 2) == 0) {
            return err_set(err, ERR_USAGE, "option '--%s' needs a value (%s)", option->name,
                           option->value);
        }
        (*at)++;
        value = argv[*at];
    }
    if (!store(option, value, into, err)) {
        return false;
    }
    if (option->seen_offset != SIZE_MAX) {
        *(bool *)(into + option->seen_offset) = true;
    }
    return true;
}

static bool take_operand(const struct arg_spec *spec, const char *argument,
                         const char *operands[], int *count, struct err *err)
{
    char shown[SHOWN_SIZE];
    safe_text(shown, sizeof shown, argument, strlen(argument));
    if (*count == spec->operands_max) {
        return err_set(err, ERR_USAGE, "unexpected '%s' (see 'arblite %s --help')", shown,
                       spec->command);
    }
    operands[*count] = argument;
    (*count)++;
    return true;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

enum args_result args_parse(const struct arg_spec *spec, int argc, char **argv, void *into,
                            const char *operands[], int *operands_count, struct err *err)
{
    bool options_over = false;
    int count = 0;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (options_over || argument[0] != '-' || argument[1] == '\0') {
            if (!take_operand(spec, argument, operands, &count, err)) {
                return ARGS_ERROR;
            }
        } else if (strcmp(argument, "--") == 0) {
            options_over = true;
        } else if (is_help(argument)) {
            return ARGS_HELP;
        } else if (argument[1] != '-') {
            char shown[SHOWN_SIZE];
            err_set(err, ERR_USAGE, "unknown option '%s' (options start with two dashes)",
                    safe_text(shown, sizeof shown, argument, strlen(argument)));
            return ARGS_ERROR;
        } else if (!take_option(spec, argc, argv, &i, into, err)) {
            return ARGS_ERROR;
        }
    }
    if (count < spec->operands_min) {
        err_set(err, ERR_USAGE, "%s is missing (see 'arblite %s --help')", spec->operands,
                spec->command);
        return ARGS_ERROR;
    }
    if (operands_count != NULL) {
        *operands_count = count;
    }
    return ARGS_OK;
}

bool args_take(const struct arg_spec *spec, int argc, char **argv, void *into,
               const char *operands[], int *operands_count, int *exit_code)
{
    struct err err = {.kind = ERR_NONE};
    switch (args_parse(spec, argc, argv, into, operands, operands_count, &err)) {
    case ARGS_OK:
        return true;
    case ARGS_HELP:
        args_print_usage(spec);
        *exit_code = 0;
        return false;
    case ARGS_ERROR:
        break;
    }
    fprintf(stderr, "arblite %s: %s\n", spec->command, err.text);
    *exit_code = err_exit_code(err.kind);
    return false;
}
