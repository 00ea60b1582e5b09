#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/args.h"
#include "cli/engine_options.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "config/config.h"
#include "io/file.h"
#include "run/backtest.h"
#include "run/equity.h"

struct backtest_args {
    struct global_options global;
    const char *data_file;
    const char *on_bad_row;
    const char *trades_csv;
    const char *trades_json;
    bool json;
    bool chart;
    struct engine_options engine;
};

#define OWN(field) offsetof(struct backtest_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"data-file", ARG_TEXT, OWN(data_file), "FILE", "CSV of snapshots"},
    {"on-bad-row", ARG_TEXT, OWN(on_bad_row), "WHAT",
     "fail (the default) at a row that cannot be read, or skip and count it"},
    {"json", ARG_FLAG, OWN(json), NULL, "print the result object instead of the summary"},
    {"trades-csv", ARG_TEXT, OWN(trades_csv), "FILE", "write every trade as CSV"},
    {"trades-json", ARG_TEXT, OWN(trades_json), "FILE", "write every trade as JSON"},
    {"chart", ARG_FLAG, OWN(chart), NULL, "draw the equity curve"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + ENGINE_OPTIONS_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct backtest_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    engine_options_rows(options + OWN_COUNT, offsetof(struct backtest_args, engine));
    global_options_rows(options + OWN_COUNT + ENGINE_OPTIONS_COUNT,
                        offsetof(struct backtest_args, global));
    const struct arg_spec spec = {
        .command = "backtest",
        .operands = "",
        .summary = "Runs the engine over a file of snapshots. Needed, here or in the config: "
                   "the data file, min spread, both fees, slippage and max position.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

/* Defaults, then the config file, then what stands on the command line. */
static bool settle_config(const struct backtest_args *args, struct config *config,
                          struct err *err)
{
    struct config_named named = {0};
    config_defaults(config);
    if (args->global.config != NULL) {
        struct text report = text_growing();
        const bool loaded =
            config_load_named(config, &named, args->global.config, &report, err);
        fputs(text_string(&report), stderr);
        text_finish(&report);
        if (!loaded) {
            return false;
        }
    }
    engine_options_settle_model(config, &named);
    return engine_options_apply(&args->engine, &config->engine, err);
}

static bool check_params(const struct backtest_args *args, const struct engine_params *params,
                         struct err *err)
{
    if (!engine_options_complete(params, args->data_file, err)) {
        return false;
    }
    if (args->data_file[0] == '\0') {
        return err_set(err, ERR_INPUT, "data_file must be specified");
    }
    const char *fault = engine_params_fault(params);
    return fault == NULL || err_set(err, ERR_INPUT, "%s", fault);
}

static bool read_bad_row_rule(const char *rule, bool *skip, struct err *err)
{
    *skip = rule != NULL && strcmp(rule, "skip") == 0;
    return rule == NULL || *skip || strcmp(rule, "fail") == 0 ||
           err_set(err, ERR_INPUT, "--on-bad-row: expected 'fail' or 'skip'");
}

static bool write_trades(const struct backtest_args *args, const struct result *result,
                         const char *pair, struct err *err)
{
    const char *const pairs[] = {pair};
    const struct {
        const char *path;
        void (*format)(const struct result *, const char *const *, struct text *);
    } files[] = {
        {args->trades_csv, result_trades_csv},
        {args->trades_json, result_trades_json},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (files[i].path == NULL) {
            continue;
        }
        struct text text = text_growing();
        files[i].format(result, pairs, &text);
        const bool written = file_replace(files[i].path, text_string(&text), text.length, err);
        text_finish(&text);
        if (!written) {
            return false;
        }
    }
    return true;
}

/* The character set of the terminal, as the environment has it. */
static bool terminal_has_braille(void)
{
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
        }
    }
    return false;
}

static bool print_result(const struct backtest_args *args, const struct result *result,
                         struct err *err)
{
    struct text report = text_growing();
    struct text chart = text_growing();
    if (args->json) {
        result_json(result, &report);
        text_add_char(&report, '\n');
    } else {
        result_summary(result, &report);
    }
    if (args->chart) {
        equity_chart(result->equity_change_usd, result->params.initial_balance_usd,
                     terminal_has_braille(), &chart);
    }
    fputs(text_string(&report), stdout);
    fputs(text_string(&chart), args->json ? stderr : stdout);
    text_finish(&report);
    text_finish(&chart);
    return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
           err_set(err, ERR_IO, "cannot write the result: %s", strerror(errno));
}

static bool run(struct backtest_args *args, struct err *err)
{
    struct config config;
    struct result result;
    bool skip_bad_rows;
    if (!global_options_apply(&args->global, err) || !settle_config(args, &config, err)) {
        return false;
    }
    if (args->data_file == NULL && config.market.data_file[0] != '\0') {
        args->data_file = config.market.data_file;
    }
    if (!check_params(args, &config.engine, err) ||
        !read_bad_row_rule(args->on_bad_row, &skip_bad_rows, err) ||
        !backtest_run_file(&config.engine, args->data_file, skip_bad_rows, &result, err)) {
        return false;
    }
    const bool done = write_trades(args, &result, config.pairs[0].name, err) &&
                      print_result(args, &result, err);
    result_finish(&result);
    return done;
}

int cmd_backtest(int argc, char **argv)
{
    struct backtest_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite backtest: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
