#include "cli/subcommand.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "config/config.h"

enum { FILES_MAX = 64, SHOWN_SIZE = 256 };

struct options {
    struct global_options global;
    bool with_help;
    bool paper;
};

static const struct arg_option PRINT_OPTIONS[] = {
    {"paper", ARG_FLAG, offsetof(struct options, paper), SIZE_MAX, NULL,
     "start from what a session on the built-in market uses, not from the neutral defaults"},
    {"with-help", ARG_FLAG, offsetof(struct options, with_help), SIZE_MAX, NULL,
     "put what each key does and takes above it"},
};

enum { PRINT_COUNT = sizeof PRINT_OPTIONS / sizeof PRINT_OPTIONS[0] };

static const struct arg_spec CHECK = {
    .command = "config check",
    .operands = "FILE...",
    .summary = "Reads config files and tells every mistake with its line; then what is allowed "
               "and unwise, as a session on the built-in market would use the file.",
    .operands_min = 1,
    .operands_max = FILES_MAX,
};

static const struct arg_spec PRINT = {
    .command = "config print",
    .operands = "",
    .summary = "Prints every key and its value as a config file.",
    .options = PRINT_OPTIONS,
    .options_count = PRINT_COUNT,
};

static const struct arg_spec EXPLAIN = {
    .command = "config explain",
    .operands = "KEY",
    .summary = "Says what a key does, what it takes and its default; of a section, which keys "
               "it has.",
    .operands_min = 1,
    .operands_max = 1,
};

/* args_take() with the global options behind the verb's own. */
static bool take(const struct arg_spec *verb, int argc, char **argv, struct options *options,
                 const char *operands[], int *count, int *code)
{
    struct arg_option rows[PRINT_COUNT + GLOBAL_OPTIONS_COUNT];
    for (size_t i = 0; i < verb->options_count; i++) {
        rows[i] = verb->options[i];
    }
    global_options_rows(rows + verb->options_count, offsetof(struct options, global));
    struct arg_spec spec = *verb;
    spec.options = rows;
    spec.options_count += GLOBAL_OPTIONS_COUNT;
    return args_take(&spec, argc, argv, options, operands, count, code);
}

/* What a session on the built-in market starts from. */
static void load_paper(struct config *config)
{
    struct text report = text_growing();
    struct err err;
    size_t length;
    const char *yaml = config_paper_yaml(&length);
    config_defaults(config);
    const bool loaded = config_load_text(config, "paper.yaml", yaml, length, &report, &err);
    assert(loaded);
    text_finish(&report);
}

/* The file over *config. Mistakes go to stderr. */
static int load_file(struct config *config, const char *path)
{
    struct text report = text_growing();
    struct err err = {.kind = ERR_NONE};
    if (!config_load(config, path, &report, &err)) {
        fputs(text_string(&report), stderr);
        fprintf(stderr, "arblite config: %s\n", err.text);
    }
    text_finish(&report);
    return err_exit_code(err.kind);
}

static void print_warnings(const char *path, const struct config *config)
{
    struct text text = text_growing();
    char shown[SHOWN_SIZE];
    safe_text(shown, sizeof shown, path, strlen(path));
    const int count = config_warnings(config, &text);
    struct text_line line;
    for (const char *rest = text_string(&text); text_take_line(&rest, &line);) {
        printf("%s: warning: %.*s\n", shown, (int)line.length, line.start);
    }
    printf("%s: ok%s\n", shown, count > 0 ? ", with warnings" : "");
    text_finish(&text);
}

static int check(int argc, char **argv)
{
    const char *files[FILES_MAX];
    int count = 0;
    int code = 0;
    struct options options = {.paper = false};
    if (!take(&CHECK, argc, argv, &options, files, &count, &code)) {
        return code;
    }
    for (int i = 0; i < count; i++) {
        struct config config;
        load_paper(&config);
        const int file_code = load_file(&config, files[i]);
        if (file_code == 0) {
            print_warnings(files[i], &config);
        } else {
            code = file_code;
        }
    }
    return code;
}

static int print(int argc, char **argv)
{
    struct options options = {.paper = false};
    int code = 0;
    if (!take(&PRINT, argc, argv, &options, NULL, NULL, &code)) {
        return code;
    }
    struct config config;
    if (options.paper) {
        load_paper(&config);
    } else {
        config_defaults(&config);
    }
    if (options.global.config != NULL) {
        code = load_file(&config, options.global.config);
    }
    if (code == 0) {
        struct text text = text_growing();
        config_print(&config, &text, options.with_help);
        fputs(text_string(&text), stdout);
        text_finish(&text);
    }
    return code;
}

static int explain(int argc, char **argv)
{
    const char *key[1];
    int count = 0;
    int code = 0;
    struct options options = {.paper = false};
    if (!take(&EXPLAIN, argc, argv, &options, key, &count, &code)) {
        return code;
    }
    struct text text = text_growing();
    struct err err = {.kind = ERR_NONE};
    if (config_explain(key[0], &text, &err)) {
        fputs(text_string(&text), stdout);
    } else {
        fprintf(stderr, "arblite config: %s\n", err.text);
    }
    text_finish(&text);
    return err_exit_code(err.kind);
}

static void print_usage(FILE *to)
{
    fputs("usage: arblite config check FILE...\n"
          "       arblite config print [--config FILE] [--paper] [--with-help]\n"
          "       arblite config explain KEY\n"
          "\n"
          "Looks at config files and at the table of keys. Each has its own --help.\n",
          to);
}

static int refuse(const char *verb, const struct nearest *nearest)
{
    char shown[SHOWN_SIZE];
    safe_text(shown, sizeof shown, verb, strlen(verb));
    if (nearest->found != NULL) {
        fprintf(stderr, "arblite config: unknown command '%s' (did you mean '%s'?)\n", shown,
                nearest->found);
    } else {
        fprintf(stderr,
                "arblite config: unknown command '%s' (expected check, print or explain)\n",
                shown);
    }
    return err_exit_code(ERR_USAGE);
}

int cmd_config(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } VERBS[] = {{"check", check}, {"print", print}, {"explain", explain}};
    int at = 1;
    while (at < argc && global_option_length(argc - at, argv + at) > 0) {
        at += global_option_length(argc - at, argv + at);
    }
    if (at >= argc) {
        print_usage(stderr);
        return err_exit_code(ERR_USAGE);
    }
    char *verb = argv[at];
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    /* The verb first, global options behind it. */
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = verb;
    struct nearest nearest = nearest_to(verb);
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        if (strcmp(VERBS[i].name, verb) == 0) {
            return VERBS[i].run(argc - 1, argv + 1);
        }
        nearest_offer(&nearest, VERBS[i].name);
    }
    return refuse(verb, &nearest);
}
