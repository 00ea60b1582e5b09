#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "session_results.h"
#include "session_verbs.h"
#include "tune/detail.h"

struct show_args {
    struct global_options global;
    const char *results_dir;
    const char *job;
    bool json;
};

#define OWN(field) offsetof(struct show_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"results-dir", ARG_TEXT, OWN(results_dir), "DIR", "the folder of a session's results"},
    {"job", ARG_TEXT, OWN(job), "ID", "the job"},
    {"json", ARG_FLAG, OWN(json), NULL, "print an object"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct show_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct show_args, global));
    const struct arg_spec spec = {
        .command = "session show",
        .operands = "",
        .summary = "Everything that is known of one job: parameters, metrics, and what speaks "
                   "for and against it. It is run again over its data, and with each "
                   "assumption a little worse.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool show(const struct show_args *args, struct detail *detail, struct err *err)
{
    struct text out = text_growing();
    if (args->json) {
        detail_json(detail, &out);
        text_add_char(&out, '\n');
    } else {
        detail_table(detail, &out);
    }
    const bool done = session_results_print(&out, err);
    text_finish(&out);
    return done;
}

static bool run(const struct show_args *args, struct err *err)
{
    struct aggregate aggregate;
    if (args->results_dir != NULL && args->job == NULL) {
        return err_set(err, ERR_USAGE, "missing --job");
    }
    if (!global_options_apply(&args->global, err) ||
        !session_results_load(args->results_dir, &aggregate, err)) {
        return false;
    }
    struct detail *detail = mem_zalloc(sizeof *detail);
    const bool done =
        detail_init(detail, &aggregate, args->job, err) && show(args, detail, err);
    detail_finish(detail);
    mem_free(detail);
    return done;
}

int session_show(int argc, char **argv)
{
    struct show_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite session show: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
