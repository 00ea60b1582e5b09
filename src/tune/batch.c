#include "batch.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "halving.h"
#include "run/backtest.h"

struct batch_run {
    const struct batch *batch;
    struct rows *rows;
    struct pass *pass;
    struct kernel_job *kernel_jobs;
    int32_t *groups;
    int64_t *indices; /* in the plan, of each configuration of the pass */
    int32_t count;
    int64_t first_ns, last_ns; /* as the jobs were told */
    int64_t start_ns;
};

static struct csv_options options_of(const struct job *job)
{
    return backtest_csv_options(&job->params, false);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* A rate that is given is used for every row, whatever would stand in for a missing one. */
static bool read_the_same(const struct job *a, const struct job *b)
{
    const struct csv_options one = options_of(a);
    const struct csv_options other = options_of(b);
    return strcmp(a->data_file, b->data_file) == 0 && same(one.fx_rate, other.fx_rate) &&
           (!isnan(one.fx_rate) || same(one.default_fx, other.default_fx));
}

int64_t batch_end(const struct jobs *jobs, int64_t first)
{
    int64_t end = first + 1;
    while (end < jobs->count && end < first + PASS_JOBS_MAX &&
           read_the_same(&jobs->list[first], &jobs->list[end])) {
        end++;
    }
    return end;
}

struct place *batch_place(const struct batch *batch, int64_t index)
{
    return &batch->places[index - batch->first];
}

static bool open_rows(struct rows **rows, const struct batch *batch, struct err *err)
{
    const struct job *job = &batch->jobs->list[batch->first];
    const struct csv_options options = options_of(job);
    return rows_open(rows, job->data_file, &options, err);
}

bool batch_hash(const struct batch *batch, char hash[HASH_XXH3_TEXT_SIZE], struct err *err)
{
    struct rows *rows;
    enum source_result got;
    if (!open_rows(&rows, batch, err)) {
        return false;
    }
    struct rows_chunk *chunk = mem_zalloc(sizeof *chunk);
    do {
        got = rows_take(rows, chunk, err);
    } while (got == SOURCE_EVENT);
    text_cut(hash, HASH_XXH3_TEXT_SIZE, "%s", rows_total(rows)->hash);
    mem_free(chunk);
    rows_close(rows);
    return got == SOURCE_END;
}

/* Both ends of the data where looking at them does not tell: all of it is read once more. */
static bool survey(struct batch_run *run, struct err *err)
{
    enum source_result got;
    struct rows_block *block = mem_zalloc(sizeof *block);
    do {
        got = rows_next(run->rows, block, err);
    } while (got == SOURCE_EVENT);
    mem_free(block);
    run->first_ns = rows_total(run->rows)->first_ns;
    run->last_ns = rows_total(run->rows)->last_ns;
    rows_close(run->rows);
    run->rows = NULL;
    return got == SOURCE_END && open_rows(&run->rows, run->batch, err);
}

static void collect(struct batch_run *run)
{
    const struct batch *batch = run->batch;
    for (int64_t i = batch->first; i < batch->end; i++) {
        const enum place_state state = batch_place(batch, i)->state;
        const struct job *job = &batch->jobs->list[i];
        struct err ignored;
        if (state == PLACE_WANTED ||
            (batch->prune && state != PLACE_FAULTY && job->fault == NULL &&
             job_check(job->data_file, &job->params, &ignored))) {
            run->indices[run->count++] = i;
        }
    }
}

static void make_jobs(struct batch_run *run)
{
    for (int32_t i = 0; i < run->count; i++) {
        const struct job *job = &run->batch->jobs->list[run->indices[i]];
        job_part(job, run->first_ns, run->last_ns, &run->kernel_jobs[i]);
    }
    if (run->batch->prune) {
        halving_group(run->kernel_jobs, run->count, run->groups);
    }
}

/* On any thread. Jobs that were told a wrong span are not worth an outcome. */
static void settle(void *context, int32_t index, const struct kernel_outcome *ran,
                   double seen_share)
{
    const struct batch_run *run = context;
    const int64_t number = run->indices[index];
    struct place *place = batch_place(run->batch, number);
    const struct outcome_origin origin = {
        .total = rows_total(run->rows),
        .as_lines = run->batch->as_lines,
        .with_runtime = run->batch->timings,
        .runtime_s = (double)(clock_monotonic_ns() - run->start_ns) / 1e9 / run->count,
    };
    if (place->state == PLACE_WANTED && origin.total->first_ns == run->first_ns &&
        origin.total->last_ns == run->last_ns) {
        outcome_settle(&place->outcome, &run->batch->jobs->list[number], &origin, ran,
                       seen_share);
    }
}

static bool start_pass(struct batch_run *run, struct err *err)
{
    const struct batch *batch = run->batch;
    const struct pass_options options = {
        .jobs = run->kernel_jobs,
        .count = run->count,
        .threads = batch->threads,
        .width = kernel_widest(),
        .halving = {HALVING_RUNGS, batch->prune ? HALVING_RUNGS_COUNT : 0, run->groups},
        .settle = settle,
        .context = run,
    };
    make_jobs(run);
    return pass_start(&run->pass, run->rows, &options, err);
}

static void free_run(struct batch_run *run)
{
    rows_close(run->rows);
    mem_free(run->kernel_jobs);
    mem_free(run->groups);
    mem_free(run->indices);
    mem_free(run);
}

bool batch_start(struct batch_run **out, const struct batch *batch, struct err *err)
{
    const size_t size = (size_t)(batch->end - batch->first);
    struct batch_run *run = mem_zalloc(sizeof *run);
    run->batch = batch;
    run->start_ns = clock_monotonic_ns();
    run->kernel_jobs = mem_array(size, sizeof *run->kernel_jobs);
    run->groups = mem_array(size, sizeof *run->groups);
    run->indices = mem_array(size, sizeof *run->indices);
    collect(run);
    const bool done =
        open_rows(&run->rows, batch, err) &&
        (rows_span(run->rows, &run->first_ns, &run->last_ns) || survey(run, err)) &&
        start_pass(run, err);
    if (done) {
        *out = run;
    } else {
        free_run(run);
    }
    return done;
}

struct pass *batch_pass(const struct batch_run *run)
{
    return run->pass;
}

enum pass_result batch_finish(struct batch_run *run, char hash[HASH_XXH3_TEXT_SIZE],
                              struct err *err)
{
    enum pass_result result = pass_finish(run->pass, err);
    const struct rows_total *total = rows_total(run->rows);
    text_cut(hash, HASH_XXH3_TEXT_SIZE, "%s", total->hash);
    if (result == PASS_DONE &&
        (total->first_ns != run->first_ns || total->last_ns != run->last_ns)) {
        err_set(err, ERR_INPUT, "%s: data changed while they were read",
                run->batch->jobs->list[run->batch->first].data_file);
        result = PASS_FAILED;
    }
    free_run(run);
    return result;
}
