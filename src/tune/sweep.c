#include "tune/sweep.h"

#include <assert.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/loop.h"
#include "record.h"
#include "sink.h"
#include "worker.h"

enum { TICK_MS = 100, AHEAD_PER_WORKER = 16 };

/* What stands in the place of a job until its turn to be put down has come. */
enum place_state { PLACE_WAITING, PLACE_RAN, PLACE_KEPT, PLACE_SKIPPED };
struct place {
    enum place_state state;
    struct outcome outcome;
};

struct sweep {
    const struct jobs *jobs;
    const struct sweep_options *options;
    struct sink sink;
    struct record record;
    struct loop *loop;
    struct worker workers[SWEEP_WORKERS_MAX];
    struct place *places; /* of the batch */
    int64_t first, end;   /* the batch: jobs over the same rows */
    int64_t next;         /* to be dispatched */
    int64_t settled;      /* everything before is put down */
    int64_t started;      /* attempts begun */
    bool has_data;        /* else why not: */
    struct err data_err;
    struct data data;
    struct sweep_report report;
    bool stopped;
    struct err failure; /* why it cannot go on; ERR_NONE: it can */
    int64_t start_ns;
    char best_job[128];
    double best_pnl_usd;
};

static void pump(struct sweep *sweep);

static bool can_go_on(const struct sweep *sweep)
{
    return !sweep->stopped && sweep->failure.kind == ERR_NONE;
}

static struct place *place_of(struct sweep *sweep, int64_t index)
{
    return &sweep->places[index - sweep->first];
}

static struct worker_task task_of(const struct sweep *sweep)
{
    return (struct worker_task){sweep->jobs->list, &sweep->data, sweep->options->timings};
}

static void note_best(struct sweep *sweep, const struct job *job, const struct outcome *outcome)
{
    const bool better = sweep->best_job[0] == '\0' || outcome->pnl_usd > sweep->best_pnl_usd;
    if (outcome->success && better) {
        text_cut(sweep->best_job, sizeof sweep->best_job, "%s", job->id);
        sweep->best_pnl_usd = outcome->pnl_usd;
    }
}

/* The result of an earlier run as an outcome. */
static bool take_kept(struct sweep *sweep, const struct job *job, struct place *place)
{
    struct row row;
    if (!sweep->has_data || !sink_kept(&sweep->sink, job, sweep->data.hash, &row)) {
        return false;
    }
    place->state = PLACE_KEPT;
    place->outcome = (struct outcome){
        .success = true,
        .pnl_usd = row.pnl_usd,
        .drawdown_pct = row.drawdown_pct,
        .closed_trades = row.closed_trades,
    };
    row_finish(&row);
    return true;
}

/* A job that needs no worker: its configuration or its data are no good. */
static bool take_faulty(const struct sweep *sweep, const struct job *job, struct place *place)
{
    struct err err;
    const char *reason = job->fault;
    if (reason == NULL && !job_check(job->data_file, &job->params, &err)) {
        reason = err.text;
    }
    if (reason == NULL && !sweep->has_data) {
        reason = sweep->data_err.text;
    }
    if (reason != NULL) {
        worker_fail_job(job, reason, &place->outcome);
        place->state = PLACE_RAN;
    }
    return reason != NULL;
}

static struct worker *idle_worker(struct sweep *sweep)
{
    for (int i = 0; i < sweep->options->parallel; i++) {
        struct worker *worker = &sweep->workers[i];
        if (worker->pid == 0 || worker->index < 0) {
            return worker;
        }
    }
    return NULL;
}

static void on_reply(void *context, int fd, short revents)
{
    struct sweep *sweep = context;
    struct worker *worker = sweep->workers;
    while (worker->pid == 0 || worker->fd != fd) {
        worker++;
    }
    const int64_t index = worker->index;
    struct outcome outcome;
    worker_receive(worker, &outcome);
    if (worker->pid == 0) {
        loop_remove_fd(sweep->loop, fd);
    }
    if (index >= 0) {
        if (outcome.document == NULL) {
            char reason[sizeof outcome.error];
            memcpy(reason, outcome.error, sizeof reason);
            worker_fail_job(&sweep->jobs->list[index], reason, &outcome);
        }
        place_of(sweep, index)->state = PLACE_RAN;
        place_of(sweep, index)->outcome = outcome;
    }
    pump(sweep);
}

static bool hand_out(struct sweep *sweep, struct worker *worker, int64_t index)
{
    const struct worker_task task = task_of(sweep);
    if (worker->pid == 0) {
        if (!worker_start(worker, &task, &sweep->failure)) {
            return false;
        }
        loop_add_fd(sweep->loop, worker->fd, POLLIN, on_reply, sweep);
    }
    /* A worker that just died is heard of as one that never answers. */
    worker_send(worker, index);
    return record_state(&sweep->record, &sweep->jobs->list[index], index, RESULTS_RUNNING,
                        &sweep->failure);
}

/* The next job of the batch goes where it belongs; false when it must wait. */
static bool dispatch_one(struct sweep *sweep)
{
    const struct job *job = &sweep->jobs->list[sweep->next];
    struct place *place = place_of(sweep, sweep->next);
    if (take_kept(sweep, job, place)) {
        sweep->next++;
        return true;
    }
    if (sweep->options->max_jobs >= 0 && sweep->started >= sweep->options->max_jobs) {
        place->state = PLACE_SKIPPED;
        sweep->next++;
        return true;
    }
    if (take_faulty(sweep, job, place)) {
        sweep->started++;
        sweep->next++;
        return true;
    }
    struct worker *worker = idle_worker(sweep);
    if (worker == NULL || !hand_out(sweep, worker, sweep->next)) {
        return false;
    }
    sweep->started++;
    sweep->next++;
    return true;
}

static void dispatch(struct sweep *sweep)
{
    const int64_t ahead_max = (int64_t)AHEAD_PER_WORKER * sweep->options->parallel;
    while (can_go_on(sweep) && sweep->next < sweep->end &&
           sweep->next < sweep->settled + ahead_max && idle_worker(sweep) != NULL) {
        if (!dispatch_one(sweep)) {
            return;
        }
    }
}

/* Puts one job down; false when the sweep cannot go on. */
static bool settle_one(struct sweep *sweep, struct place *place)
{
    const struct job *job = &sweep->jobs->list[sweep->settled];
    struct outcome *outcome = &place->outcome;
    const char *hash = sweep->has_data ? sweep->data.hash : "";
    if (place->state == PLACE_SKIPPED) {
        return true;
    }
    if (place->state == PLACE_RAN &&
        !sink_put(&sweep->sink, job, outcome->document, &sweep->failure)) {
        return false;
    }
    if (place->state == PLACE_KEPT) {
        sweep->report.kept++;
    } else {
        sweep->report.attempted++;
        sweep->report.success += outcome->success;
        sweep->report.error += !outcome->success;
    }
    note_best(sweep, job, outcome);
    sweep->stopped = sweep->stopped || (!outcome->success && sweep->options->stop_on_error);
    return record_outcome(&sweep->record, job, sweep->settled, outcome, hash, &sweep->failure);
}

static void settle(struct sweep *sweep)
{
    while (can_go_on(sweep) && sweep->settled < sweep->next) {
        struct place *place = place_of(sweep, sweep->settled);
        if (place->state == PLACE_WAITING || !settle_one(sweep, place)) {
            return;
        }
        mem_free(place->outcome.document);
        place->outcome.document = NULL;
        sweep->settled++;
    }
}

static void pump(struct sweep *sweep)
{
    /* What is settled makes room for what is dispatched, and jobs without a worker are ready
     * at once. */
    int64_t before;
    do {
        before = sweep->settled;
        dispatch(sweep);
        settle(sweep);
    } while (can_go_on(sweep) && sweep->settled > before);
    if (!can_go_on(sweep) || sweep->settled == sweep->end) {
        loop_stop(sweep->loop, 0);
    }
}

static void tell_progress(struct sweep *sweep)
{
    const struct sweep_options *options = sweep->options;
    if (options->progress == NULL) {
        return;
    }
    const struct sweep_progress progress = {
        .total = sweep->jobs->count,
        .done = sweep->report.kept + sweep->report.attempted,
        .failed = sweep->report.error,
        .elapsed_s = (double)(clock_monotonic_ns() - sweep->start_ns) / 1e9,
        .attempted = sweep->report.attempted,
        .best_job = sweep->best_job,
        .best_pnl_usd = sweep->best_pnl_usd,
    };
    options->progress(options->progress_context, &progress);
}

static void on_tick(void *context, int64_t now_ns)
{
    struct sweep *sweep = context;
    tell_progress(sweep);
    if (!record_flush(&sweep->record, &sweep->failure)) {
        loop_stop(sweep->loop, 0);
    }
    loop_add_timer(sweep->loop, now_ns + (int64_t)TICK_MS * CLOCK_NS_PER_MS, on_tick, sweep);
}

static void on_signal(void *context, int signal)
{
    struct sweep *sweep = context;
    sweep->report.signal = signal;
    sweep->stopped = true;
    loop_stop(sweep->loop, 0);
}

static void stop_workers(struct sweep *sweep)
{
    for (int i = 0; i < sweep->options->parallel; i++) {
        if (sweep->workers[i].pid != 0) {
            loop_remove_fd(sweep->loop, sweep->workers[i].fd);
            worker_stop(&sweep->workers[i]);
        }
    }
}

/* Jobs that follow each other and read the same rows. */
static int64_t batch_end(const struct jobs *jobs, int64_t first)
{
    const struct csv_options options = data_options(&jobs->list[first].params);
    int64_t end = first + 1;
    while (end < jobs->count &&
           strcmp(jobs->list[end].data_file, jobs->list[first].data_file) == 0) {
        const struct csv_options other = data_options(&jobs->list[end].params);
        if (!data_options_equal(&options, &other)) {
            break;
        }
        end++;
    }
    return end;
}

static void run_batch(struct sweep *sweep)
{
    const struct job *job = &sweep->jobs->list[sweep->first];
    const struct csv_options options = data_options(&job->params);
    sweep->has_data = data_load(&sweep->data, job->data_file, &options, &sweep->data_err);
    sweep->places = mem_array((size_t)(sweep->end - sweep->first), sizeof *sweep->places);
    sweep->next = sweep->settled = sweep->first;
    pump(sweep);
    /* A stop may be left from a batch that needed no waiting. */
    while (can_go_on(sweep) && sweep->settled < sweep->end) {
        loop_run(sweep->loop);
    }
    stop_workers(sweep);
    for (int64_t i = sweep->first; i < sweep->end; i++) {
        mem_free(place_of(sweep, i)->outcome.document);
    }
    mem_free(sweep->places);
    data_finish(&sweep->data);
}

/* Nothing after the last attempt can be anything but skipped, unless it is there already. */
static bool is_worth_reading(const struct sweep *sweep)
{
    const int64_t max = sweep->options->max_jobs;
    return can_go_on(sweep) && (max < 0 || sweep->started < max || sweep->options->resume);
}

static void run_batches(struct sweep *sweep)
{
    for (sweep->first = 0; sweep->first < sweep->jobs->count && is_worth_reading(sweep);
         sweep->first = sweep->end) {
        sweep->end = batch_end(sweep->jobs, sweep->first);
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

bool sweep_run(const struct jobs *jobs, const struct sweep_options *options,
               struct sweep_report *report, struct err *err)
{
    assert(options->parallel >= 1 && options->parallel <= SWEEP_WORKERS_MAX);
    if (jobs->count == 0) {
        *report = (struct sweep_report){0};
        return true;
    }
    struct sweep *sweep = mem_zalloc(sizeof *sweep);
    sweep->jobs = jobs;
    sweep->options = options;
    bool done = sink_open(&sweep->sink, jobs, options->as_lines, options->resume, err);
    if (done) {
        struct err later = {.kind = ERR_NONE};
        done = record_start(&sweep->record, options->results, jobs, options->jobs_file, err) &&
               run_all(sweep, err);
        /* The first failure is the one that is told. */
        const bool closed = sink_close(&sweep->sink, done ? err : &later);
        const bool told =
            record_end(&sweep->record, end_reason(sweep), done && closed ? err : &later);
        done = done && closed && told;
    }
    if (done) {
        *report = sweep->report;
        report->skipped = jobs->count - report->attempted - report->kept;
    }
    mem_free(sweep);
    return done;
}
