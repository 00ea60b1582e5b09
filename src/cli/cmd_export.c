#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "config/config.h"
#include "market/simulated.h"
#include "run/export.h"

/* export: a stretch of the simulated market as a file of snapshots, which backtests and tuning
 * sessions run on. */

enum { PATH_SIZE = 256, EXIT_SIGNAL = 128, HISTORY_MINUTES = 240 };

#define NS_PER_MS    INT64_C(1000000)
#define NS_PER_H     (INT64_C(3600000) * NS_PER_MS)
#define HOURS_MAX    8784.0
#define STEP_MS_MAX  INT64_C(86400000)
#define COIN_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
/* Not the clock of the machine: the same words give the same bytes. */
#define START_AT "2026-01-01T00:00:00Z"

struct export_args {
    struct global_options global;
    const char *preset, *pair, *faults, *start_at, *output;
    double hours;
    int64_t seed, step_ms;
    bool has_seed, has_hours, has_step, force;
};

#define AT(field)  offsetof(struct export_args, field)
#define OWN(field) AT(field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"preset", ARG_CHOICE, OWN(preset), "lively|calm|crisis|noise|planted",
     "which market (lively)"},
    {"seed", ARG_COUNT, AT(seed), AT(has_seed), "N", "which course of it (1)"},
    {"pair", ARG_TEXT, OWN(pair), "COIN", "BTC (the default), ETH, XRP or another"},
    {"hours", ARG_NUMBER, AT(hours), AT(has_hours), "H", "how long (72)"},
    {"step-ms", ARG_COUNT, AT(step_ms), AT(has_step), "MS", "from row to row (1000)"},
    {"start-at", ARG_TEXT, OWN(start_at), "TIME", "its clock (" START_AT ")"},
    {"faults", ARG_CHOICE, OWN(faults), "on|off",
     "on: books that stand still while a feed is silent, and crossed ones (off)"},
    {"output", ARG_TEXT, OWN(output), "FILE", "(outputs/simulated-PRESET-SEED.csv)"},
    {"force", ARG_FLAG, OWN(force), NULL, "replace a file that is there"},
};

#undef OWN
#undef AT

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct export_args *args, const char **what, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    int operands;
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct export_args, global));
    const struct arg_spec spec = {
        .command = "export",
        .operands = "simulated",
        .summary = "Writes a stretch of the simulated market as a file of snapshots, for "
                   "backtests and tuning sessions: the prices of a session with that preset, "
                   "seed and start, without its opening. The same words give the same bytes.",
        .options = options,
        .options_count = OPTIONS_COUNT,
        .operands_min = 1,
        .operands_max = 1,
    };
    return args_take(&spec, argc, argv, args, what, &operands, code);
}

/* What an option does not say, the config says. */
static bool settle(struct export_args *args, struct config *config, struct err *err)
{
    struct text report = text_growing();
    config_defaults(config);
    const bool loaded =
        args->global.config == NULL || config_load(config, args->global.config, &report, err);
    fputs(text_string(&report), stderr);
    text_finish(&report);
    if (!loaded) {
        return false;
    }
    args->preset = args->preset != NULL ? args->preset : config->market.simulated;
    args->pair = args->pair != NULL ? args->pair : "BTC";
    config->market.seed = args->has_seed ? (uint64_t)args->seed : config->market.seed;
    args->hours = args->has_hours ? args->hours : 72.0;
    args->step_ms = args->has_step ? args->step_ms : 1000;
    return global_options_apply(&args->global, err);
}

static bool check(const struct export_args *args, int64_t *start_ns, struct err *err)
{
    const char *start_at = args->start_at != NULL ? args->start_at : START_AT;
    if (!(args->hours > 0.0 && args->hours <= HOURS_MAX)) {
        return err_set(err, ERR_INPUT, "--hours: expected more than 0, at most %.0f",
                       HOURS_MAX);
    }
    if (args->step_ms < 1 || args->step_ms > STEP_MS_MAX) {
        return err_set(err, ERR_INPUT, "--step-ms: expected 1 to %" PRId64, STEP_MS_MAX);
    }
    if (args->pair[0] == '\0' || args->pair[strspn(args->pair, COIN_LETTERS)] != '\0') {
        return err_set(err, ERR_INPUT, "--pair: '%s' is not a coin (expected BTC)", args->pair);
    }
    return calendar_parse(start_at, strlen(start_at), start_ns) ||
           err_set(err, ERR_INPUT,
                   "--start-at: '%s' is not a time (expected 2026-11-20T21:24:00Z)", start_at);
}

/* TERM and INT are held back and asked for between pieces of work, so that whatever is under
 * way is taken back before the program ends. */
struct watch {
    sigset_t signals;
    int caught;
    bool on_terminal;
};

static void watch_begin(struct watch *watch)
{
    sigemptyset(&watch->signals);
    sigaddset(&watch->signals, SIGINT);
    sigaddset(&watch->signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &watch->signals, NULL);
    watch->caught = 0;
    watch->on_terminal = isatty(STDERR_FILENO) == 1;
}

static bool watch_progress(void *context, double share)
{
    struct watch *watch = context;
    const struct timespec now = {0, 0};
    const int caught = sigtimedwait(&watch->signals, NULL, &now);
    watch->caught = caught > 0 ? caught : 0;
    if (watch->on_terminal) {
        fprintf(stderr, "\r%3.0f %%%s", share * 100.0, share < 1.0 && caught <= 0 ? "" : "\n");
        fflush(stderr);
    }
    return watch->caught == 0;
}

static bool run(struct export_args *args, struct watch *watch, struct err *err)
{
    struct config config;
    int64_t start_ns;
    char path[PATH_SIZE];
    struct source *source;
    int64_t rows;
    if (!settle(args, &config, err) || !check(args, &start_ns, err)) {
        return false;
    }
    const struct simulated_pair pair = {.name = args->pair};
    const struct simulated_options market = {
        .preset = args->preset,
        .seed = config.market.seed,
        .start_ns = start_ns,
        .faults = args->faults != NULL && strcmp(args->faults, "on") == 0,
        .pairs = &pair,
        .pairs_count = 1,
        .history_minutes = HISTORY_MINUTES,
        .view_levels = 1, /* a row has no more */
    };
    const struct export_options options = {
        .start_ns = start_ns,
        .duration_ns = (int64_t)(args->hours * (double)NS_PER_H),
        .step_ns = args->step_ms * NS_PER_MS,
        .replace = args->force,
        .progress = watch_progress,
        .progress_context = watch,
    };
    text_cut(path, sizeof path, "outputs/simulated-%s-%" PRIu64 ".csv", args->preset,
             config.market.seed);
    const char *output = args->output != NULL ? args->output : path;
    if (!simulated_open(&source, &market, err)) {
        return false;
    }
    watch_begin(watch);
    const bool done = export_snapshots(source, output, &options, &rows, err);
    source_close(source);
    if (done) {
        printf("%" PRId64 " rows in '%s'\n", rows, output);
    }
    return done;
}

int cmd_export(int argc, char **argv)
{
    struct export_args args = {0};
    struct watch watch = {.caught = 0};
    struct err err = {.kind = ERR_NONE};
    const char *what = "";
    int code;
    if (!parse(argc, argv, &args, &what, &code)) {
        return code;
    }
    if (strcmp(what, "simulated") != 0) {
        err_set(&err, ERR_USAGE, "'%s' cannot be exported (expected 'simulated')", what);
    }
    if (err.kind != ERR_NONE || !run(&args, &watch, &err)) {
        fprintf(stderr, "arblite export: %s\n", err.text);
    }
    return watch.caught != 0 ? EXIT_SIGNAL + watch.caught : err_exit_code(err.kind);
}
