#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "cli/args.h"
#include "cli/session_options.h"
#include "cli/subcommand.h"
#include "run/record.h"

/* record: what both venues send, into a folder, without a session. */

struct record_args {
    struct arg_list pairs;
    struct arg_list set;
    double max_runtime_s;
    bool max_runtime_seen;
    struct global_options global;
};

enum { OWN_COUNT = 3, OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT };

static void list_options(struct arg_option rows[OPTIONS_COUNT])
{
    static const struct arg_option OWN[OWN_COUNT] = {
        {"pair", ARG_LIST, offsetof(struct record_args, pairs), SIZE_MAX, "PAIR",
         "KRW-BTC/BTCUSDT"},
        {"set", ARG_LIST, offsetof(struct record_args, set), SIZE_MAX, "KEY=VALUE",
         "one config key"},
        {"max-runtime-s", ARG_NUMBER, offsetof(struct record_args, max_runtime_s),
         offsetof(struct record_args, max_runtime_seen), "S", "stop after that long"},
    };
    memcpy(rows, OWN, sizeof OWN);
    global_options_rows(rows + OWN_COUNT, offsetof(struct record_args, global));
}

static void say(void *context, const char *line)
{
    printf("%s\n", line);
    fflush(stdout);
}

static bool run(const struct record_args *args, const char *folder,
                struct record_outcome *outcome, struct err *err)
{
    struct session_options session = {
        .source = "live", .pairs = args->pairs, .set = args->set, .global = args->global};
    struct setup setup;
    struct state_dir dir;
    struct host_options host = {0};
    if (!session_options_resolve(&session, &setup, &dir, &host, err)) {
        return false;
    }
    const struct record_options options = {
        .setup = &setup,
        .folder = folder,
        .max_runtime_s = args->max_runtime_seen ? args->max_runtime_s : NAN,
        .version = build_name(),
        .say = say,
    };
    return record_run(&options, outcome, err);
}

int cmd_record(int argc, char **argv)
{
    struct arg_option rows[OPTIONS_COUNT];
    list_options(rows);
    const struct arg_spec spec = {
        .command = "record",
        .operands = "FOLDER",
        .summary = "Records what both venues send, without a session, until it is interrupted.",
        .options = rows,
        .options_count = OPTIONS_COUNT,
        .operands_min = 1,
        .operands_max = 1,
    };
    struct record_args args = {0};
    struct record_outcome outcome;
    struct err err = {0};
    const char *folder = NULL;
    int count = 0;
    int code = 0;
    if (!args_take(&spec, argc, argv, &args, &folder, &count, &code)) {
        return code;
    }
    if (!run(&args, folder, &outcome, &err)) {
        fprintf(stderr, "arblite record: %s\n", err.text);
        return err_exit_code(err.kind);
    }
    printf("%" PRIu64 " frames, %" PRIu64 " bytes in %" PRId32 " files\n", outcome.frames,
           outcome.bytes, outcome.files);
    return outcome.signal == SIGINT ? 130 : outcome.signal == SIGTERM ? 143 : 0;
}
