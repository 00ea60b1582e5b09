#include "tune/pass.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "deal.h"
#include "halving.h"

enum { SLOTS_PER_THREAD = 3, SLOTS_MAX = 12 };

/* A place for a block on its way: taken from the file, parsed, joined to those before it, shown
 * to every kernel. */
enum slot_state { SLOT_FREE, SLOT_TAKEN, SLOT_PARSED, SLOT_JOINED };
struct slot {
    enum slot_state state;
    int to_feed; /* kernels that have not seen it */
    bool is_rung;
    double share; /* of the data, at its end */
    struct rows_chunk chunk;
    struct rows_block block;
};

/* One thread and the jobs that are its own: order[0] .. order[count - 1]. */
struct share {
    struct pass *pass;
    pthread_t thread;
    const int32_t *order;
    int32_t count;
    struct kernel *kernel;
    uint64_t fed; /* blocks its kernel has seen */
    bool at_rung; /* it waits for the others there */
};

/* The lock guards everything but what belongs to a thread by its share or by the state of a
 * slot: a taken slot is its taker's, a joined one may be read by all. */
struct pass {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct rows *rows;
    struct pass_options options;
    struct deal deal;
    struct slot *slots;
    uint64_t slots_count;
    uint64_t taken, joined; /* blocks */
    bool taking;            /* somebody reads the file */
    bool ended;             /* there is no more to take */
    bool stop;
    struct err end_err; /* why the file ends there; told once all before it is joined */
    struct err failure;
    double share; /* of the data that was joined */
    int rungs_passed;
    int arrived;        /* threads that wait at the rung */
    double *earned_usd; /* of each configuration there */
    double *seen_share; /* of each configuration; 1 while it goes on */
    int event_fd;
    int threads, left; /* started, still working */
    struct share shares[PASS_THREADS_MAX];
};

static struct slot *slot_of(struct pass *pass, uint64_t number)
{
    return &pass->slots[number % pass->slots_count];
}

static bool is_failed(const struct pass *pass)
{
    return pass->stop || pass->failure.kind != ERR_NONE;
}

/* Does a rung lie in the block that ends here? One at the very end would stop nobody in time.
 */
static bool passes_rung(struct pass *pass, double share)
{
    const struct pass_halving *halving = &pass->options.halving;
    const int before = pass->rungs_passed;
    while (pass->rungs_passed < halving->rungs_count &&
           share >= halving->rungs[pass->rungs_passed]) {
        pass->rungs_passed++;
    }
    return pass->rungs_passed > before && share < 1;
}

/* Parsed blocks become visible in their order. */
static void join_parsed(struct pass *pass)
{
    while (pass->joined < pass->taken && !is_failed(pass)) {
        struct slot *slot = slot_of(pass, pass->joined);
        if (slot->state != SLOT_PARSED) {
            return;
        }
        if (!rows_join(pass->rows, &slot->chunk, &slot->block, &pass->failure)) {
            return;
        }
        pass->share = slot->share;
        slot->is_rung = passes_rung(pass, slot->share);
        slot->to_feed = pass->threads;
        slot->state = SLOT_JOINED;
        pass->joined++;
    }
    if (pass->ended && pass->joined == pass->taken && !is_failed(pass)) {
        pass->failure = pass->end_err;
    }
}

static bool can_take(struct pass *pass)
{
    return !pass->ended && !pass->taking && slot_of(pass, pass->taken)->state == SLOT_FREE;
}

/* Of the data up to here; the taker alone may ask. */
static double read_share(const struct pass *pass)
{
    uint64_t read_bytes;
    uint64_t total_bytes;
    rows_progress(pass->rows, &read_bytes, &total_bytes);
    return read_bytes < total_bytes ? (double)read_bytes / (double)total_bytes : 1;
}

/* Reads the next lines and parses them; the lock is held at both ends, not in between. */
static void take_one(struct pass *pass)
{
    struct slot *slot = slot_of(pass, pass->taken);
    struct err err;
    pass->taking = true;
    pthread_mutex_unlock(&pass->lock);
    const enum source_result got = rows_take(pass->rows, &slot->chunk, &err);
    const double share = read_share(pass);
    pthread_mutex_lock(&pass->lock);
    pass->taking = false;
    if (got != SOURCE_EVENT) {
        pass->ended = true;
        if (got == SOURCE_ERROR) {
            pass->end_err = err;
        }
        join_parsed(pass);
    } else {
        slot->state = SLOT_TAKEN;
        slot->share = share;
        pass->taken++;
        pthread_cond_broadcast(&pass->changed);
        pthread_mutex_unlock(&pass->lock);
        rows_parse(pass->rows, &slot->chunk, &slot->block);
        pthread_mutex_lock(&pass->lock);
        slot->state = SLOT_PARSED;
        join_parsed(pass);
    }
    pthread_cond_broadcast(&pass->changed);
}

/* The last to arrive decides for all. */
static void decide(struct pass *pass, double share)
{
    const struct pass_options *options = &pass->options;
    struct halving_runner *runners = mem_array((size_t)options->count, sizeof *runners);
    bool *out = mem_array((size_t)options->count, sizeof *out);
    int32_t count = 0;
    for (int32_t i = 0; i < options->count; i++) {
        if (options->halving.groups[i] >= 0 && pass->seen_share[i] >= 1) {
            runners[count++] =
                (struct halving_runner){i, options->halving.groups[i], pass->earned_usd[i]};
        }
    }
    halving_decide(runners, count, out);
    for (int32_t i = 0; i < options->count; i++) {
        if (out[i]) {
            pass->seen_share[i] = share;
        }
    }
    mem_free(out);
    mem_free(runners);
}

static void reach_rung(struct share *share, double data_share)
{
    struct pass *pass = share->pass;
    for (int32_t i = 0; i < share->count; i++) {
        const int32_t job = share->order[i];
        const double earned_usd = kernel_equity_usd(share->kernel, i) -
                                  pass->options.jobs[job].params.initial_balance_usd;
        pass->earned_usd[job] = isnan(earned_usd) ? -HUGE_VAL : earned_usd;
    }
    share->at_rung = true;
    if (++pass->arrived == pass->threads) {
        decide(pass, data_share);
        pass->arrived = 0;
        for (int i = 0; i < pass->threads; i++) {
            pass->shares[i].at_rung = false;
        }
    }
}

/* Those of this share that were stopped where its kernel stands. */
static void stop_losers(struct share *share, double data_share)
{
    for (int32_t i = 0; i < share->count; i++) {
        if (share->pass->seen_share[share->order[i]] == data_share) {
            kernel_stop(share->kernel, i);
        }
    }
}

static bool can_feed(const struct share *share)
{
    return !share->at_rung && share->fed < share->pass->joined;
}

/* Shows the next block to the kernel of the share. */
static void feed_one(struct share *share)
{
    struct pass *pass = share->pass;
    struct slot *slot = slot_of(pass, share->fed);
    pthread_mutex_unlock(&pass->lock);
    kernel_feed(share->kernel, &slot->block);
    pthread_mutex_lock(&pass->lock);
    share->fed++;
    const double data_share = slot->share;
    const bool is_rung = slot->is_rung;
    if (--slot->to_feed == 0) {
        slot->state = SLOT_FREE;
        pthread_cond_broadcast(&pass->changed);
    }
    if (is_rung) {
        reach_rung(share, data_share);
        pthread_cond_broadcast(&pass->changed);
        while (share->at_rung && !is_failed(pass)) {
            pthread_cond_wait(&pass->changed, &pass->lock);
        }
        stop_losers(share, data_share);
    }
}

static bool is_through(const struct share *share)
{
    const struct pass *pass = share->pass;
    return pass->ended && pass->joined == pass->taken && share->fed == pass->joined;
}

static void settle(struct share *share)
{
    const struct pass_options *options = &share->pass->options;
    struct kernel_outcome outcome;
    kernel_end(share->kernel);
    for (int32_t i = 0; i < share->count; i++) {
        const int32_t job = share->order[i];
        kernel_outcome(share->kernel, i, &outcome);
        options->settle(options->context, job, &outcome, share->pass->seen_share[job]);
    }
}

static struct kernel *make_kernel(const struct share *share)
{
    const struct pass_options *options = &share->pass->options;
    struct kernel_job *jobs = mem_array((size_t)share->count, sizeof *jobs);
    for (int32_t i = 0; i < share->count; i++) {
        jobs[i] = options->jobs[share->order[i]];
    }
    struct kernel *kernel = kernel_create(jobs, share->count, options->width, NULL, NULL);
    mem_free(jobs);
    return kernel;
}

static void *work(void *context)
{
    struct share *share = context;
    struct pass *pass = share->pass;
    share->kernel = make_kernel(share);
    pthread_mutex_lock(&pass->lock);
    while (!is_failed(pass) && !is_through(share)) {
        if (can_feed(share)) {
            feed_one(share);
        } else if (can_take(pass)) {
            take_one(pass);
        } else {
            pthread_cond_wait(&pass->changed, &pass->lock);
        }
    }
    const bool failed = is_failed(pass);
    pthread_mutex_unlock(&pass->lock);
    if (!failed) {
        settle(share);
    }
    kernel_destroy(share->kernel);
    pthread_mutex_lock(&pass->lock);
    if (--pass->left == 0) {
        (void)!eventfd_write(pass->event_fd, 1);
    }
    pthread_mutex_unlock(&pass->lock);
    return NULL;
}

static void free_pass(struct pass *pass)
{
    if (pass->event_fd >= 0) {
        close(pass->event_fd);
    }
    pthread_cond_destroy(&pass->changed);
    pthread_mutex_destroy(&pass->lock);
    deal_finish(&pass->deal);
    mem_free(pass->slots);
    mem_free(pass->earned_usd);
    mem_free(pass->seen_share);
    mem_free(pass);
}

static struct pass *make_pass(struct rows *rows, const struct pass_options *options)
{
    struct pass *pass = mem_zalloc(sizeof *pass);
    /* One that has no job still reads and parses. */
    const int threads =
        options->threads <= options->count ? options->threads : options->count + 1;
    const int slots = threads * SLOTS_PER_THREAD;
    pthread_mutex_init(&pass->lock, NULL);
    pthread_cond_init(&pass->changed, NULL);
    pass->rows = rows;
    pass->options = *options;
    pass->threads = threads;
    pass->slots_count = (uint64_t)(slots < SLOTS_MAX ? slots : (int)SLOTS_MAX);
    pass->slots = mem_array(pass->slots_count, sizeof *pass->slots);
    pass->earned_usd = mem_array((size_t)options->count, sizeof *pass->earned_usd);
    pass->seen_share = mem_array((size_t)options->count, sizeof *pass->seen_share);
    for (int32_t i = 0; i < options->count; i++) {
        pass->seen_share[i] = 1;
    }
    pass->deal = deal_jobs(options->jobs, options->count, threads);
    for (int i = 0; i < threads; i++) {
        const int32_t first = i > 0 ? pass->deal.ends[i - 1] : 0;
        pass->shares[i].pass = pass;
        pass->shares[i].order = pass->deal.order + first;
        pass->shares[i].count = pass->deal.ends[i] - first;
    }
    pass->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return pass;
}

/* Signals are for the thread that waits for the pass. */
static bool start_threads(struct pass *pass, int *started)
{
    sigset_t all;
    sigset_t before;
    int problem = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&pass->lock);
    for (*started = 0; *started < pass->threads; ++*started) {
        struct share *share = &pass->shares[*started];
        problem = pthread_create(&share->thread, NULL, work, share);
        if (problem != 0) {
            break;
        }
        pass->left++;
    }
    pass->stop = problem != 0;
    pthread_mutex_unlock(&pass->lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return problem == 0;
}

bool pass_start(struct pass **out, struct rows *rows, const struct pass_options *options,
                struct err *err)
{
    assert(options->count >= 1 && options->count <= PASS_JOBS_MAX);
    assert(options->threads >= 1 && options->threads <= PASS_THREADS_MAX);
    struct pass *pass = make_pass(rows, options);
    int started = 0;
    if (pass->event_fd >= 0 && start_threads(pass, &started)) {
        *out = pass;
        return true;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(pass->shares[i].thread, NULL);
    }
    free_pass(pass);
    return err_set(err, ERR_IO, "cannot start %d threads: no room for them", options->threads);
}

int pass_fd(const struct pass *pass)
{
    return pass->event_fd;
}

double pass_share(struct pass *pass)
{
    pthread_mutex_lock(&pass->lock);
    const double share = pass->share;
    pthread_mutex_unlock(&pass->lock);
    return share;
}

void pass_stop(struct pass *pass)
{
    pthread_mutex_lock(&pass->lock);
    pass->stop = true;
    pthread_cond_broadcast(&pass->changed);
    pthread_mutex_unlock(&pass->lock);
}

enum pass_result pass_finish(struct pass *pass, struct err *err)
{
    enum pass_result result = PASS_DONE;
    for (int i = 0; i < pass->threads; i++) {
        pthread_join(pass->shares[i].thread, NULL);
    }
    if (pass->failure.kind != ERR_NONE) {
        *err = pass->failure;
        result = PASS_FAILED;
    } else if (pass->stop) {
        result = PASS_STOPPED;
    }
    free_pass(pass);
    return result;
}
