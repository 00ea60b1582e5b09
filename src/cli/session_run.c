#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/safe.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "session_verbs.h"
#include "store/state_dir.h"
#include "tune/plan.h"
#include "tune/sweep.h"

enum {
    EXIT_FAILED_JOBS = 1,
    EXIT_NOTHING = 2,
    EXIT_SIGNAL = 128,
    DATABASE_PATH_SIZE = 1024,
    HEAP_STEP_BYTES = 1024 * 1024,
    FAILURES_MAX = 5, /* reasons that are told */
    SHOWN_SIZE = 600,
};

struct run_args {
    struct global_options global;
    const char *jobs_file;
    const char *results;
    int64_t parallel, max_jobs;
    bool has_parallel, has_max_jobs;
    bool stop_on_error, resume, prune, timings;
};

#define AT(field)  offsetof(struct run_args, field)
#define OWN(field) AT(field), SIZE_MAX

static const struct arg_option OWN_OPTIONS[] = {
    {"jobs-file", ARG_TEXT, OWN(jobs_file), "FILE", "the plan: a JSON line a job"},
    {"parallel", ARG_COUNT, AT(parallel), AT(has_parallel), "N",
     "threads (as many as there are processors); the results are the same"},
    {"max-jobs", ARG_COUNT, AT(max_jobs), AT(has_max_jobs), "N", "attempt no more than these"},
    {"stop-on-error", ARG_FLAG, OWN(stop_on_error), NULL, "stop behind the first failed job"},
    {"resume", ARG_FLAG, OWN(resume), NULL,
     "keep the results that are there, made by this build from the same config and data"},
    {"prune", ARG_FLAG, OWN(prune), NULL,
     "successive halving: at 1/8, 1/4 and 1/2 of the data stop the lower half of the jobs that "
     "rank together"},
    {"results", ARG_TEXT, OWN(results), "HOW",
     "files (the default): one a job; jsonl: a line a job in results.jsonl"},
    {"timings", ARG_FLAG, OWN(timings), NULL,
     "runtime_seconds of a result: the time of its pass over the data, by the jobs in it"},
};

#undef OWN
#undef AT

enum {
    OWN_COUNT = sizeof OWN_OPTIONS / sizeof OWN_OPTIONS[0],
    OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT,
};

static bool parse(int argc, char **argv, struct run_args *args, int *code)
{
    struct arg_option options[OPTIONS_COUNT];
    memcpy(options, OWN_OPTIONS, sizeof OWN_OPTIONS);
    global_options_rows(options + OWN_COUNT, offsetof(struct run_args, global));
    const struct arg_spec spec = {
        .command = "session run",
        .operands = "",
        .summary = "Runs the jobs of a plan. Results go to the session's folder under "
                   "outputs/tuning; TERM and INT stop it, and --resume goes on from there.",
        .options = options,
        .options_count = OPTIONS_COUNT,
    };
    return args_take(&spec, argc, argv, args, NULL, NULL, code);
}

static int processors(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > SWEEP_PARALLEL_MAX ? (int)SWEEP_PARALLEL_MAX : (int)count;
}

/* One line, drawn over itself; spaces wipe what a longer one left. */
static void draw_progress(void *context, const struct sweep_progress *progress)
{
    char line[160];
    struct text text = text_fixed(line, sizeof line);
    const double rate = progress->elapsed_s > 0 ? progress->run / progress->elapsed_s : 0;
    text_addf(&text, "%" PRId64 "/%" PRId64, progress->done, progress->total);
    if (isfinite(progress->pass_share)) {
        text_addf(&text, " (%.0f %% of the data)", progress->pass_share * 100);
    }
    if (rate > 0) {
        text_addf(&text, "  %.3g jobs/s  ETA %.0f s", rate,
                  ((double)progress->to_run - progress->run) / rate);
    }
    if (progress->failed > 0) {
        text_addf(&text, "  %" PRId64 " failed", progress->failed);
    }
    if (progress->best_job[0] != '\0') {
        text_addf(&text, "  best %+.2f USD %s", progress->best_pnl_usd, progress->best_job);
    }
    fprintf(context, "\r%-78.78s", text_string(&text));
    fflush(context);
}

static bool check(const struct run_args *args, struct sweep_options *options, struct err *err)
{
    if (args->jobs_file == NULL) {
        return err_set(err, ERR_USAGE, "missing --jobs-file");
    }
    if (args->has_parallel && (args->parallel < 1 || args->parallel > SWEEP_PARALLEL_MAX)) {
        return err_set(err, ERR_INPUT, "--parallel: expected 1 to %d", SWEEP_PARALLEL_MAX);
    }
    options->as_lines = args->results != NULL && strcmp(args->results, "jsonl") == 0;
    if (args->results != NULL && !options->as_lines && strcmp(args->results, "files") != 0) {
        return err_set(err, ERR_INPUT, "--results: expected 'files' or 'jsonl'");
    }
    options->parallel = args->has_parallel ? (int)args->parallel : processors();
    options->max_jobs = args->has_max_jobs ? args->max_jobs : -1;
    options->stop_on_error = args->stop_on_error;
    options->resume = args->resume;
    options->prune = args->prune;
    options->timings = args->timings;
    options->jobs_file = args->jobs_file;
    return global_options_apply(&args->global, err);
}

static bool open_results(const struct run_args *args, struct results **results, struct err *err)
{
    struct state_dir dir;
    char path[DATABASE_PATH_SIZE];
    if (!state_dir_find(&dir, args->global.state_dir, err) || !state_dir_create(&dir, err)) {
        return false;
    }
    text_cut(path, sizeof path, "%s/" RESULTS_FILE, dir.path);
    return results_open(results, path, err);
}

static bool load(const char *path, struct jobs *jobs, struct err *err)
{
    struct text report = text_growing();
    const bool loaded = jobs_load(jobs, path, &report, err);
    fputs(text_string(&report), stderr);
    text_finish(&report);
    return loaded;
}

static bool print_failure(void *context, int64_t jobs, const char *reason)
{
    int *left = context;
    char shown[SHOWN_SIZE];
    fprintf(stderr, "%" PRId64 " failed: %s\n", jobs,
            safe_text(shown, sizeof shown, reason, strlen(reason)));
    return --*left > 0;
}

static bool print_failures(void *context, const struct results_sweep *sweep)
{
    int left = FAILURES_MAX;
    struct err ignored;
    if (sweep->pid != getpid()) {
        return true; /* was started later, beside this one */
    }
    (void)!results_failures(context, sweep->id, print_failure, &left, &ignored);
    return false;
}

static void tell_stopped(const struct sweep_report *report)
{
    const double saved = report->saved_share;
    printf(", stopped %" PRId64 " early (%.0f %% of the work saved", report->stopped,
           saved * 100);
    /* The time of what was kept is not known. */
    if (report->kept == 0) {
        printf(", about %.2g s", report->elapsed_s * saved / (1 - saved));
    }
    putchar(')');
}

static void tell_strangers(const struct sweep_report *report, const char *folder)
{
    if (report->strangers > 0) {
        fprintf(stderr,
                "warning: %" PRId64 " result%s of another plan in " PLAN_FOLDER
                "/%s: rank and the others take them for this session's; remove what is not "
                "wanted, or give the session a tag_prefix of its own\n",
                report->strangers, report->strangers == 1 ? "" : "s", folder);
    }
}

static int tell(const struct sweep_report *report, int64_t refused)
{
    printf("attempted %" PRId64 ", success %" PRId64 ", error %" PRId64 ", skipped %" PRId64,
           report->attempted, report->success, report->error, report->skipped);
    if (report->kept > 0) {
        printf(", kept %" PRId64, report->kept);
    }
    if (report->stopped > 0) {
        tell_stopped(report);
    }
    if (refused > 0) {
        printf(", refused %" PRId64 " line%s", refused, refused == 1 ? "" : "s");
    }
    putchar('\n');
    if (report->signal != 0) {
        fputs("interrupted; --resume goes on from here\n", stderr);
        return EXIT_SIGNAL + report->signal;
    }
    if (report->attempted == 0 && report->kept == 0) {
        fprintf(stderr, "nothing was attempted: %s\n",
                report->skipped > 0 ? "--max-jobs is 0" : "the plan has no jobs");
        return EXIT_NOTHING;
    }
    return report->error > 0 || refused > 0 ? EXIT_FAILED_JOBS : 0;
}

/* A run that may attempt nothing begins nothing, and so takes nothing of an earlier one away.
 */
static bool begin(const struct jobs *jobs, struct sweep_options *options,
                  const struct run_args *args, struct sweep_report *report, struct err *err)
{
    if (options->max_jobs == 0 && !options->resume) {
        *report = (struct sweep_report){.skipped = jobs->count};
        return true;
    }
    return open_results(args, &options->results, err) && sweep_run(jobs, options, report, err);
}

static bool run(const struct run_args *args, int *code, struct err *err)
{
    struct sweep_options options = {.parallel = 1};
    struct sweep_report report;
    struct jobs jobs;
    /* A heap of its own for each thread would be grown a page at a time. */
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, HEAP_STEP_BYTES);
    if (!check(args, &options, err) || !load(args->jobs_file, &jobs, err)) {
        return false;
    }
    const bool on_terminal = isatty(STDERR_FILENO) == 1;
    if (on_terminal) {
        options.progress = draw_progress;
        options.progress_context = stderr;
    }
    const bool done = begin(&jobs, &options, args, &report, err);
    if (on_terminal) {
        fputc('\n', stderr);
    }
    if (done) {
        struct err ignored;
        *code = tell(&report, jobs.refused);
        fflush(stdout);
        tell_strangers(&report, jobs.folder);
        if (report.error > 0) {
            (void)!results_each(options.results, print_failures, options.results, &ignored);
        }
    }
    results_close(options.results);
    jobs_finish(&jobs);
    return done;
}

int session_run(int argc, char **argv)
{
    struct run_args args = {0};
    struct err err = {.kind = ERR_NONE};
    int code;
    if (!parse(argc, argv, &args, &code)) {
        return code;
    }
    if (!run(&args, &code, &err)) {
        fprintf(stderr, "arblite session run: %s\n", err.text);
        code = err_exit_code(err.kind);
    }
    return code;
}
