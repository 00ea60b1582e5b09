#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/global_options.h"
#include "io/file.h"
#include "session_verbs.h"
#include "tune/plan.h"

struct plan_args {
    struct global_options global;
    const char *session_file;
    const char *output_jobs_file;
};

#define OWN(field) offsetof(struct plan_args, field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"session-file", ARG_TEXT, OWN(session_file), "FILE", "what to try: YAML or JSON"},
    {"output-jobs-file", ARG_TEXT, OWN(output_jobs_file), "FILE",
     "where the plan goes, a JSON line a job"},
};

#undef OWN

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct plan_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct plan_args, global));
    const struct arg_spec spec = {
        .command = "session plan",
        .operands = "",
        .summary = "Makes a plan of jobs from a session file. The same file gives the same "
                   "bytes.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static bool write_plan(const struct plan_args *args, const struct session_file *file,
                       int64_t *jobs, struct err *err)
{
    struct text plan = text_growing();
    const bool done =
        file_check_apart(args->output_jobs_file, args->session_file, err) &&
        file_check_apart(args->output_jobs_file, file->data_file, err) &&
        plan_format(file, &plan, jobs, err) &&
        file_replace(args->output_jobs_file, text_string(&plan), plan.length, err);
    text_finish(&plan);
    return done;
}

static bool run(const struct plan_args *args, struct err *err)
{
    struct session_file file;
    struct text report = text_growing();
    int64_t jobs;
    if (args->session_file == NULL || args->output_jobs_file == NULL) {
        return err_set(err, ERR_USAGE, "missing %s",
                       args->session_file == NULL ? "--session-file" : "--output-jobs-file");
    }
    if (!global_options_apply(&args->global, err)) {
        return false;
    }
    const bool loaded = session_file_load(&file, args->session_file, &report, err);
    fputs(text_string(&report), stderr);
    text_finish(&report);
    if (!loaded) {
        return false;
    }
    const bool done = write_plan(args, &file, &jobs, err);
    session_file_finish(&file);
    if (done) {
        printf("%" PRId64 " jobs\n", jobs);
    }
    return done;
}

int session_plan(int argc, char **argv)
{
    struct plan_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &err)) {
        fprintf(stderr, "arblite session plan: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
