#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backtest_setup.h"
#include "cli/args.h"
#include "cli/subcommand.h"
#include "io/file.h"
#include "run/backtest.h"
#include "run/equity.h"

struct backtest_args {
    const char *trades_csv;
    const char *trades_json;
    bool json;
    bool chart;
    struct backtest_setup setup;
};

#define OWN(field) offsetof(struct backtest_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"json", ARG_FLAG, OWN(json), NULL, "print the result object instead of the summary"},
    {"trades-csv", ARG_TEXT, OWN(trades_csv), "FILE", "write every trade as CSV"},
    {"trades-json", ARG_TEXT, OWN(trades_json), "FILE", "write every trade as JSON"},
    {"chart", ARG_FLAG, OWN(chart), NULL, "draw the equity curve"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + BACKTEST_SETUP_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct backtest_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    backtest_setup_rows(options + OWN_COUNT, offsetof(struct backtest_args, setup));
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

static bool run_file(const struct backtest_args *args, struct result *result, struct err *err)
{
    const struct backtest_setup *setup = &args->setup;
    const struct engine_params *params = &setup->config.engine;
    return args->trades_csv != NULL || args->trades_json != NULL
               ? backtest_run_file(params, setup->data_file, setup->skip_bad_rows, result, err)
               : backtest_run_file_without_trades(params, setup->data_file,
                                                  setup->skip_bad_rows, result, err);
}

static bool run(struct backtest_args *args, struct err *err)
{
    struct backtest_setup *setup = &args->setup;
    struct result result;
    if (!backtest_setup_settle(setup, err) ||
        !backtest_setup_spares(setup, args->trades_csv, err) ||
        !backtest_setup_spares(setup, args->trades_json, err) ||
        !backtest_setup_check(setup, err) || !run_file(args, &result, err)) {
        return false;
    }
    const bool done = write_trades(args, &result, setup->config.pairs[0].name, err) &&
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
