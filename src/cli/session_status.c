#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "run/json.h"
#include "session_verbs.h"
#include "store/results.h"
#include "store/state_dir.h"
#include "tune/runner.h"

enum { PATH_SIZE = 1024, SHOWN_SIZE = 600 };

struct status_args {
    struct global_options global;
    bool json;
};

static const struct arg_option OWN_OPTIONS[] = {
    {"json", ARG_FLAG, offsetof(struct status_args, json), SIZE_MAX, NULL,
     "print an array of objects"},
};

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct status_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct status_args, global));
    const struct arg_spec spec = {
        .command = "session status",
        .operands = "",
        .summary = "Tells of every tuning session that was run with this state folder, the "
                   "last one first.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

/* A runner that was killed could not say so. */
static const char *state_of(const struct results_sweep *sweep)
{
    if (sweep->ended_wall_ns != 0) {
        return sweep->end_reason;
    }
    return runner_lives(sweep->pid, sweep->folder) ? "running" : "interrupted";
}

enum { FAILURES_SHOWN = 5 };

struct printing {
    struct results *results;
    struct json *json; /* NULL: for a reader */
    int64_t count;
};

static void print_line(const struct results_sweep *sweep)
{
    const char *state = state_of(sweep);
    const bool runs = strcmp(state, "running") == 0;
    char folder[SHOWN_SIZE];
    const struct results_pace pace = results_pace_of(sweep);
    safe_text(folder, sizeof folder, sweep->folder, strlen(sweep->folder));
    printf("%s: %s, %" PRId64 " of %" PRId64 " done, %" PRId64 " failed", folder, state,
           sweep->counts[RESULTS_DONE], sweep->jobs, sweep->counts[RESULTS_FAILED]);
    if (sweep->prune && sweep->counts[RESULTS_STOPPED] == 0) {
        fputs(", pruned", stdout);
    }
    if (sweep->counts[RESULTS_STOPPED] > 0) {
        printf(", %" PRId64 " stopped early, %.0f %% of the work saved",
               sweep->counts[RESULTS_STOPPED], sweep->saved_share * 100);
    }
    if (runs && isfinite(sweep->pass_done)) {
        printf(", %" PRId64 " running at %.0f %% of the data", sweep->counts[RESULTS_RUNNING],
               sweep->pass_done * 100);
    }
    if (runs && isfinite(pace.jobs_per_s)) {
        printf(", %.3g jobs/s, ETA %.0f s", pace.jobs_per_s, pace.eta_s);
    }
    if (sweep->best_job[0] != '\0') {
        printf(", best %+.2f USD %s", sweep->best_pnl_usd, sweep->best_job);
    }
    putchar('\n');
}

/* A line a reason, or an object. */
struct reasons {
    struct json *json;
    int count;
};

static bool print_failure(void *context, int64_t jobs, const char *reason)
{
    struct reasons *reasons = context;
    char shown[SHOWN_SIZE];
    if (reasons->json == NULL) {
        printf("  %" PRId64 " failed: %s\n", jobs,
               safe_text(shown, sizeof shown, reason, strlen(reason)));
    } else {
        json_open_object(reasons->json, NULL);
        json_add_integer(reasons->json, "jobs", jobs);
        json_add_string(reasons->json, "reason", reason);
        json_close_object(reasons->json);
    }
    return ++reasons->count < FAILURES_SHOWN;
}

static void print_failures(const struct printing *printing, const struct results_sweep *sweep)
{
    struct reasons reasons = {.json = printing->json};
    /* A list that cannot be read is not worth losing the rest for. */
    struct err ignored;
    (void)!results_failures(printing->results, sweep->id, print_failure, &reasons, &ignored);
}

static bool print_sweep(void *context, const struct results_sweep *sweep)
{
    struct printing *printing = context;
    printing->count++;
    if (printing->json == NULL) {
        print_line(sweep);
        print_failures(printing, sweep);
        return true;
    }
    const struct results_pace pace = results_pace_of(sweep);
    struct json *json = printing->json;
    json_open_object(json, NULL);
    json_add_string(json, "folder", sweep->folder);
    json_add_string(json, "jobs_file", sweep->jobs_file);
    json_add_string(json, "state", state_of(sweep));
    json_add_integer(json, "pid", sweep->pid);
    json_add_integer(json, "started_wall_ns", sweep->started_wall_ns);
    json_add_integer(json, "ended_wall_ns", sweep->ended_wall_ns);
    json_add_integer(json, "parallel", sweep->parallel);
    json_add_bool(json, "prune", sweep->prune);
    json_add_integer(json, "jobs", sweep->jobs);
    for (int i = 0; i <= RESULTS_STATE_LAST; i++) {
        json_add_integer(json, results_state_name((enum results_state)i), sweep->counts[i]);
    }
    json_add_number(json, "pass_done", sweep->pass_done);
    json_add_number(json, "saved_share", sweep->saved_share);
    json_add_number(json, "jobs_per_s", pace.jobs_per_s);
    json_add_number(json, "eta_s", pace.eta_s);
    json_open_array(json, "failures");
    print_failures(printing, sweep);
    json_close_array(json);
    json_add_string_or_null(json, "best_job", sweep->best_job);
    if (sweep->best_job[0] != '\0') {
        json_add_number(json, "best_pnl_usd", sweep->best_pnl_usd);
    } else {
        json_add_null(json, "best_pnl_usd");
    }
    json_close_object(json);
    return true;
}

static bool print_all(const char *path, bool as_json, struct err *err)
{
    struct text out = text_growing();
    struct json json;
    struct printing printing = {.json = as_json ? &json : NULL};
    json_begin(&json, &out);
    json_open_array(&json, NULL);
    /* No file: no session was ever run. */
    bool done = true;
    if (access(path, F_OK) == 0) {
        done = results_open_readonly(&printing.results, path, err) &&
               results_each(printing.results, print_sweep, &printing, err);
    }
    results_close(printing.results);
    json_close_array(&json);
    if (done && as_json) {
        puts(text_string(&out));
    } else if (done && printing.count == 0) {
        done = err_set(err, ERR_INPUT, "no tuning session was run with this state folder");
    }
    text_finish(&out);
    return done;
}

int session_status(int argc, char **argv)
{
    struct status_args args = {0};
    struct err err = {.kind = ERR_NONE};
    struct state_dir dir;
    char path[PATH_SIZE];
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    bool done = global_options_apply(&args.global, &err) &&
                state_dir_find(&dir, args.global.state_dir, &err);
    if (done) {
        text_cut(path, sizeof path, "%s/" RESULTS_FILE, dir.path);
        done = print_all(path, args.json, &err);
    }
    if (!done) {
        fprintf(stderr, "arblite session status: %s\n", err.text);
    }
    return err_exit_code(err.kind);
}
