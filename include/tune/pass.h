#pragma once
#include <stdint.h>

#include "base/err.h"
#include "market/rows.h"
#include "tune/kernel.h"

/* pass: many configurations over one reading of a file, on threads.
 *
 * Whoever is free takes the next lines, parses lines, or shows the next block to the kernel of
 * its share of the configurations. Every kernel sees every block in order, so the number of
 * threads changes no bit. Nothing is kept but a few blocks. */

enum { PASS_JOBS_MAX = 1024, PASS_THREADS_MAX = 256 };

/* What became of a configuration, told once the last row was seen: on any thread of the pass,
 * for different ones at once. `seen_share` is how much of the data it saw, 1 unless it was
 * stopped. */
typedef void pass_settle_fn(void *context, int32_t index, const struct kernel_outcome *outcome,
                            double seen_share);

/* Successive halving: at each of these shares of the data whoever is in the lower half of its
 * group goes no further (tune/halving.h). */
struct pass_halving {
    const double *rungs;   /* ascending, above 0 and below 1 */
    int rungs_count;       /* 0: nobody is stopped */
    const int32_t *groups; /* of each configuration; -1: never stopped */
};

struct pass_options {
    const struct kernel_job *jobs; /* at most PASS_JOBS_MAX */
    int32_t count;
    int threads; /* 1 .. PASS_THREADS_MAX; no more start than there is work for */
    enum kernel_width width;
    struct pass_halving halving;
    pass_settle_fn *settle;
    void *context;
};

struct pass;

/* Starts over fresh rows. Rows, jobs and groups are borrowed until pass_finish(). */
bool pass_start(struct pass **out, struct rows *rows, const struct pass_options *options,
                struct err *err);
int pass_fd(const struct pass *pass); /* readable once all threads are through */
double pass_share(struct pass *pass); /* of the data that were read so far */
void pass_stop(struct pass *pass);    /* nothing is told of any configuration any more */

enum pass_result { PASS_DONE, PASS_STOPPED, PASS_FAILED };
/* Waits for the threads and frees the pass. PASS_FAILED: the data are no good, and err says
 * where. Unless it is PASS_DONE nothing may have been told of some. */
enum pass_result pass_finish(struct pass *pass, struct err *err);
