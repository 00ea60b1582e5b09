#include "tune/sweep.h"

#include <assert.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "batch.h"
#include "io/loop.h"
#include "record.h"
#include "sink.h"

enum { TICK_MS = 100 };

struct sweep {
    const struct jobs *jobs;
    const struct sweep_options *options;
    struct sink sink;
    struct record record;
    struct loop *loop;
    struct batch batch;
    struct batch_run *run; /* the pass under way; NULL: none */
    int64_t running;       /* jobs in it that are wanted */
    char hash[HASH_XXH3_TEXT_SIZE];
    int64_t started; /* attempts begun */
    struct sweep_report report;
    double seen, settled; /* work of all that have a result, and what it would have been */
    bool stopped;
    struct err failure; /* why it cannot go on; ERR_NONE: it can */
    int64_t start_ns;
    char best_job[128];
    double best_pnl_usd;
};

static bool can_go_on(const struct sweep *sweep)
{
    return !sweep->stopped && sweep->failure.kind == ERR_NONE;
}

static double saved_share(const struct sweep *sweep)
{
    return sweep->settled > 0 ? 1 - sweep->seen / sweep->settled : 0;
}

static double pass_done(const struct sweep *sweep)
{
    return sweep->run != NULL ? pass_share(batch_pass(sweep->run)) : NAN;
}

static void tell_progress(struct sweep *sweep)
{
    const struct sweep_options *options = sweep->options;
    const struct sweep_report *report = &sweep->report;
    if (options->progress == NULL) {
        return;
    }
    struct sweep_progress progress = {
        .total = sweep->jobs->count,
        .done = report->kept + report->attempted,
        .failed = report->error,
        .stopped = report->stopped,
        .elapsed_s = (double)(clock_monotonic_ns() - sweep->start_ns) / 1e9,
        .run = (double)report->attempted,
        .to_run = sweep->jobs->count - report->kept,
        .pass_share = pass_done(sweep),
        .best_job = sweep->best_job,
        .best_pnl_usd = sweep->best_pnl_usd,
    };
    if (sweep->run != NULL) {
        progress.run += (double)sweep->running * progress.pass_share;
    }
    options->progress(options->progress_context, &progress);
}

static bool tell_record(struct sweep *sweep)
{
    return record_tell(&sweep->record, sweep->report.kept, pass_done(sweep), saved_share(sweep),
                       &sweep->failure);
}

static void on_tick(void *context, int64_t now_ns)
{
    struct sweep *sweep = context;
    tell_progress(sweep);
    if (!tell_record(sweep) && sweep->run != NULL) {
        pass_stop(batch_pass(sweep->run));
    }
    loop_add_timer(sweep->loop, now_ns + (int64_t)TICK_MS * CLOCK_NS_PER_MS, on_tick, sweep);
}

static void on_signal(void *context, int signal)
{
    struct sweep *sweep = context;
    sweep->report.signal = signal;
    sweep->stopped = true;
    pass_stop(batch_pass(sweep->run));
}

static void on_pass_end(void *context, int fd, short revents)
{
    struct sweep *sweep = context;
    loop_stop(sweep->loop, 0);
}

/* The result of an earlier run as an outcome. */
static bool keep(struct sweep *sweep, const struct job *job, struct place *place)
{
    struct row row;
    if (sweep->hash[0] == '\0' || !sink_kept(&sweep->sink, job, sweep->hash, &row)) {
        return false;
    }
    place->state = PLACE_KEPT;
    outcome_keep(&place->outcome, &row);
    row_finish(&row);
    return true;
}

/* What is to be done with a job of the batch. false: it is the last that is attempted. */
static bool plan_place(struct sweep *sweep, const struct job *job, struct place *place)
{
    const struct sweep_options *options = sweep->options;
    struct err err;
    if (keep(sweep, job, place)) {
        return true;
    }
    if (options->max_jobs >= 0 && sweep->started >= options->max_jobs) {
        place->state = PLACE_SKIPPED;
        return true;
    }
    sweep->started++;
    place->state = PLACE_WANTED;
    const char *fault = job->fault;
    if (fault == NULL && !job_check(job->data_file, &job->params, &err)) {
        fault = err.text;
    }
    if (fault != NULL) {
        place->state = PLACE_FAULTY;
        outcome_fail(&place->outcome, job, fault, options->as_lines);
    }
    return fault == NULL || !options->stop_on_error;
}

/* Counts the wanted. What was kept is recorded at once: it waits for no pass. */
static void plan_batch(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    struct err ignored;
    bool more = true;
    sweep->running = 0;
    sweep->hash[0] = '\0';
    if (sweep->options->resume) {
        /* Data that cannot be read keep nothing; the pass will say why. */
        (void)!batch_hash(batch, sweep->hash, &ignored);
    }
    for (int64_t i = batch->first; i < batch->end && can_go_on(sweep); i++) {
        struct place *place = batch_place(batch, i);
        if (!more) {
            place->state = PLACE_SKIPPED;
            continue;
        }
        more = plan_place(sweep, &sweep->jobs->list[i], place);
        sweep->running += place->state == PLACE_WANTED;
        if (place->state == PLACE_KEPT) {
            record_outcome(&sweep->record, i, &place->outcome, sweep->hash, &sweep->failure);
        }
    }
}

static void fail_wanted(struct sweep *sweep, const char *reason)
{
    struct batch *batch = &sweep->batch;
    for (int64_t i = batch->first; i < batch->end; i++) {
        struct place *place = batch_place(batch, i);
        if (place->state == PLACE_WANTED) {
            outcome_finish(&place->outcome);
            outcome_fail(&place->outcome, &sweep->jobs->list[i], reason, batch->as_lines);
        }
    }
}

/* Nobody is skipped between two that are wanted. */
static bool record_wanted(struct sweep *sweep)
{
    const struct batch *batch = &sweep->batch;
    int64_t first = batch->first;
    int64_t end = batch->end;
    while (first < end && batch_place(batch, first)->state != PLACE_WANTED) {
        first++;
    }
    while (end > first && batch_place(batch, end - 1)->state != PLACE_WANTED) {
        end--;
    }
    return record_running(&sweep->record, first, end, &sweep->failure);
}

/* false: there are no outcomes, since it was stopped. */
static bool run_pass(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    char kept_hash[HASH_XXH3_TEXT_SIZE];
    struct err err;
    memcpy(kept_hash, sweep->hash, sizeof kept_hash);
    if (!record_wanted(sweep)) {
        return false;
    }
    if (!batch_start(&sweep->run, batch, &err)) {
        fail_wanted(sweep, err.text);
        return true;
    }
    if (tell_record(sweep)) {
        loop_add_fd(sweep->loop, pass_fd(batch_pass(sweep->run)), POLLIN, on_pass_end, sweep);
        loop_run(sweep->loop);
        loop_remove_fd(sweep->loop, pass_fd(batch_pass(sweep->run)));
    } else {
        pass_stop(batch_pass(sweep->run));
    }
    enum pass_result result = batch_finish(sweep->run, sweep->hash, &err);
    sweep->run = NULL;
    if (result == PASS_DONE && kept_hash[0] != '\0' && strcmp(kept_hash, sweep->hash) != 0) {
        err_set(&err, ERR_INPUT, "%s: data changed while they were read",
                sweep->jobs->list[batch->first].data_file);
        result = PASS_FAILED;
    }
    if (result == PASS_FAILED) {
        fail_wanted(sweep, err.text);
    }
    return result != PASS_STOPPED;
}

static void note_best(struct sweep *sweep, const struct job *job, const struct outcome *outcome)
{
    const bool better = sweep->best_job[0] == '\0' || outcome->pnl_usd > sweep->best_pnl_usd;
    if (outcome->state == RESULTS_DONE && better) {
        text_cut(sweep->best_job, sizeof sweep->best_job, "%s", job->id);
        sweep->best_pnl_usd = outcome->pnl_usd;
    }
}

static void count(struct sweep *sweep, const struct place *place)
{
    struct sweep_report *report = &sweep->report;
    const struct outcome *outcome = &place->outcome;
    if (place->state == PLACE_KEPT) {
        report->kept++;
    } else {
        report->attempted++;
        report->success += outcome->state == RESULTS_DONE;
        report->stopped += outcome->state == RESULTS_STOPPED;
        report->error += outcome->state == RESULTS_FAILED;
    }
    if (outcome->state != RESULTS_FAILED) {
        sweep->seen += outcome->seen_share;
        sweep->settled++;
    }
}

/* Puts down what the batch gave, in order, up to the first failure where that ends it. Returns
 * the end of what was put. */
static int64_t put_down(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    int64_t i = batch->first;
    while (i < batch->end && can_go_on(sweep)) {
        const struct place *place = batch_place(batch, i);
        const bool fresh = place->state == PLACE_WANTED || place->state == PLACE_FAULTY;
        if (fresh &&
            !sink_put(&sweep->sink, &sweep->jobs->list[i], &place->outcome, &sweep->failure)) {
            break;
        }
        i++;
        sweep->stopped = sweep->stopped || (fresh && sweep->options->stop_on_error &&
                                            place->outcome.state == RESULTS_FAILED);
    }
    if (sweep->failure.kind == ERR_NONE) {
        (void)!sink_flush(&sweep->sink, &sweep->failure);
    }
    return i;
}

/* What is on disk is counted and recorded, and nothing else. */
static void settle(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    int64_t before = sweep->sink.landed;
    const int64_t end = put_down(sweep);
    for (int64_t i = batch->first; i < end; i++) {
        struct place *place = batch_place(batch, i);
        const bool fresh = place->state == PLACE_WANTED || place->state == PLACE_FAULTY;
        if (place->state == PLACE_SKIPPED || (fresh && before++ >= sweep->sink.landed)) {
            continue;
        }
        count(sweep, place);
        note_best(sweep, &sweep->jobs->list[i], &place->outcome);
        if (fresh && sweep->failure.kind == ERR_NONE) {
            (void)!record_outcome(&sweep->record, i, &place->outcome, sweep->hash,
                                  &sweep->failure);
        }
    }
    if (sweep->failure.kind == ERR_NONE) {
        tell_record(sweep);
    }
}

static void run_batch(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    batch->places = mem_array((size_t)(batch->end - batch->first), sizeof *batch->places);
    plan_batch(sweep);
    if (can_go_on(sweep) && (sweep->running == 0 || run_pass(sweep)) &&
        sweep->failure.kind == ERR_NONE) {
        settle(sweep);
    }
    for (int64_t i = batch->first; i < batch->end; i++) {
        outcome_finish(&batch_place(batch, i)->outcome);
    }
    mem_free(batch->places);
}

/* Nothing after the last attempt can be anything but skipped, unless it is there already. */
static bool is_worth_reading(const struct sweep *sweep)
{
    const int64_t max = sweep->options->max_jobs;
    return can_go_on(sweep) && (max < 0 || sweep->started < max || sweep->options->resume);
}

static void run_batches(struct sweep *sweep)
{
    struct batch *batch = &sweep->batch;
    *batch = (struct batch){
        .jobs = sweep->jobs,
        .prune = sweep->options->prune,
        .timings = sweep->options->timings,
        .as_lines = sweep->options->as_lines,
        .threads = sweep->options->parallel,
    };
    while (batch->end < sweep->jobs->count && is_worth_reading(sweep)) {
        batch->first = batch->end;
        batch->end = batch_end(sweep->jobs, batch->first);
        run_batch(sweep);
    }
}

static const char *end_reason(const struct sweep *sweep)
{
    if (sweep->failure.kind != ERR_NONE) {
        return "failed";
    }
    if (sweep->report.signal != 0) {
        return "interrupted";
    }
    return sweep->stopped ? "stopped on error" : "done";
}

static bool run_all(struct sweep *sweep, struct err *err)
{
    sweep->loop = loop_create();
    sweep->start_ns = clock_monotonic_ns();
    bool ready = loop_add_signal(sweep->loop, SIGTERM, on_signal, sweep, err) &&
                 loop_add_signal(sweep->loop, SIGINT, on_signal, sweep, err);
    if (ready) {
        loop_add_timer(sweep->loop, sweep->start_ns + (int64_t)TICK_MS * CLOCK_NS_PER_MS,
                       on_tick, sweep);
        run_batches(sweep);
        tell_progress(sweep);
    }
    loop_destroy(sweep->loop);
    if (ready && sweep->failure.kind != ERR_NONE) {
        *err = sweep->failure;
        ready = false;
    }
    return ready;
}

static void make_report(struct sweep *sweep, struct sweep_report *report)
{
    *report = sweep->report;
    report->skipped = sweep->jobs->count - report->attempted - report->kept;
    report->strangers = sweep->sink.strangers;
    report->saved_share = saved_share(sweep);
    report->elapsed_s = (double)(clock_monotonic_ns() - sweep->start_ns) / 1e9;
}

bool sweep_run(const struct jobs *jobs, const struct sweep_options *options,
               struct sweep_report *report, struct err *err)
{
    assert(options->parallel >= 1 && options->parallel <= SWEEP_PARALLEL_MAX);
    if (jobs->count == 0) {
        *report = (struct sweep_report){0};
        return true;
    }
    const struct sink_options sink = {options->as_lines, options->resume, options->prune};
    struct sweep *sweep = mem_zalloc(sizeof *sweep);
    sweep->jobs = jobs;
    sweep->options = options;
    bool done = sink_open(&sweep->sink, jobs, &sink, err);
    if (done) {
        struct err later = {.kind = ERR_NONE};
        done = record_start(&sweep->record, jobs, options, err) &&
               sink_begin(&sweep->sink, jobs, err) && run_all(sweep, err);
        /* The first failure is the one that is told. */
        const bool closed = sink_close(&sweep->sink, done ? err : &later);
        const bool told = record_end(&sweep->record, done ? end_reason(sweep) : "failed",
                                     done && closed ? err : &later);
        done = done && closed && told;
    }
    if (done) {
        make_report(sweep, report);
    }
    mem_free(sweep);
    return done;
}
