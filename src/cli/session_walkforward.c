#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/global_options.h"
#include "session_results.h"
#include "session_verbs.h"
#include "tune/walk.h"

struct walkforward_args {
    struct global_options global;
    const char *results_dir;
    bool json;
};

#define OWN(field) offsetof(struct walkforward_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"results-dir", ARG_TEXT, OWN(results_dir), "DIR", "the folder of a session's results"},
    {"json", ARG_FLAG, OWN(json), NULL, "print an array of objects"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct walkforward_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct walkforward_args, global));
    const struct arg_spec spec = {
        .command = "session walkforward",
        .operands = "",
        .summary = "What the best of each training earned in the test behind it, and whether "
                   "the choice stayed the same.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool run(const struct walkforward_args *args, struct err *err)
{
    struct aggregate aggregate;
    struct text out = text_growing();
    if (!global_options_apply(&args->global, err) ||
        !session_results_load_alike(args->results_dir, &aggregate, err)) {
        return false;
    }
    bool done = aggregate.folds > 0 ||
                err_set(err, ERR_INPUT,
                        "these results are of no walk-forward (their session file has no "
                        "'walk_forward: {train_s, test_s}'), or no job ended well");
    if (done && args->json) {
        struct json json;
        json_begin(&json, &out);
        walk_all_json(&aggregate, NULL, &json);
        text_add_char(&out, '\n');
    } else if (done) {
        walk_all_table(&aggregate, &out);
    }
    done = done && session_results_print(&out, err);
    aggregate_finish(&aggregate);
    text_finish(&out);
    return done;
}

int session_walkforward(int argc, char **argv)
{
    struct walkforward_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite session walkforward: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
