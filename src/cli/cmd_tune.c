#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backtest_setup.h"
#include "base/mem.h"
#include "cli/args.h"
#include "cli/subcommand.h"
#include "io/file.h"
#include "run/backtest.h"
#include "tune/job.h"

struct tune_args {
    const char *output_json;
    const char *tag;
    struct backtest_setup setup;
};

#define OWN(field) offsetof(struct tune_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"output-json", ARG_TEXT, OWN(output_json), "FILE",
     "write the result there instead of printing it; a failed run writes its error"},
    {"tag", ARG_TEXT, OWN(tag), "TEXT", "a name of your own in the result"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + BACKTEST_SETUP_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct tune_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    backtest_setup_rows(options + OWN_COUNT, offsetof(struct tune_args, setup));
    const struct arg_spec spec = {
        .command = "tune",
        .operands = "",
        .summary = "Runs one job of a tuning session: a backtest whose result is one JSON "
                   "object. Needed, here or in the config: the data file, min spread, both "
                   "fees, slippage and max position.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool deliver(const struct tune_args *args, struct text *document, struct err *err)
{
    text_add_char(document, '\n');
    if (args->output_json != NULL) {
        return file_replace(args->output_json, text_string(document), document->length, err);
    }
    fputs(text_string(document), stdout);
    return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
           err_set(err, ERR_IO, "cannot write the result: %s", strerror(errno));
}

static bool run_job(const struct tune_args *args, struct text *document, struct err *err)
{
    const struct backtest_setup *setup = &args->setup;
    struct result *result = mem_zalloc(sizeof *result);
    const bool done = backtest_setup_check(setup, err) &&
                      backtest_run_file_without_trades(&setup->config.engine, setup->data_file,
                                                       setup->skip_bad_rows, result, err);
    if (done) {
        text_cut(result->tag, sizeof result->tag, "%s", args->tag != NULL ? args->tag : "");
        result_json(result, document);
        result_finish(result);
    }
    mem_free(result);
    return done;
}

/* An earlier success must not be taken for this run's. */
static void leave_error(const struct tune_args *args, const char *reason)
{
    char none[] = "";
    char *tag = mem_copy_string(args->tag != NULL ? args->tag : "");
    char *data_file = mem_copy_string(args->setup.data_file);
    const struct job job = {
        .id = none,
        .tag = tag,
        .data_file = data_file,
        .params = args->setup.config.engine,
    };
    struct text document = text_growing();
    struct err err;
    job_error_json(&job, reason, &document);
    if (!deliver(args, &document, &err)) {
        fprintf(stderr, "arblite tune: %s\n", err.text);
    }
    text_finish(&document);
    mem_free(data_file);
    mem_free(tag);
}

static bool run(struct tune_args *args, struct err *err)
{
    struct text document = text_growing();
    if (!backtest_setup_settle(&args->setup, err) ||
        !backtest_setup_spares(&args->setup, args->output_json, err)) {
        return false;
    }
    const bool done = run_job(args, &document, err);
    if (done) {
        const bool delivered = deliver(args, &document, err);
        text_finish(&document);
        return delivered;
    }
    if (args->output_json != NULL) {
        leave_error(args, err->text);
    }
    return false;
}

int cmd_tune(int argc, char **argv)
{
    struct tune_args *args = mem_zalloc(sizeof *args);
    struct err err = {.kind = ERR_NONE};
    int code;
    if (parse(argc, argv, args, &code)) {
        if (!run(args, &err)) {
            fprintf(stderr, "arblite tune: %s\n", err.text);
        }
        code = err_exit_code(err.kind);
    }
    mem_free(args);
    return code;
}
