#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "outcome.h"
#include "tune/jobs.h"
#include "tune/pass.h"

/* batch: jobs of a plan that follow each other and read the same rows: one pass.
 *
 * Under successive halving every job of the batch that makes sense runs in its pass, wanted or
 * not: who is stopped must not depend on what an earlier run left. */

enum place_state {
    PLACE_SKIPPED, /* is not wanted */
    PLACE_KEPT,    /* is there already */
    PLACE_FAULTY,  /* failed before it began */
    PLACE_WANTED,  /* runs */
};
struct place {
    enum place_state state;
    struct outcome outcome; /* not of one that is skipped */
};

struct batch {
    const struct jobs *jobs;
    int64_t first, end;
    struct place *places; /* of first .. end - 1 */
    bool prune, timings, as_lines;
    int threads;
};

/* Where the batch that begins there ends. */
int64_t batch_end(const struct jobs *jobs, int64_t first);
/* xxh3-128 of its data file, read to the end. */
bool batch_hash(const struct batch *batch, char hash[HASH_XXH3_TEXT_SIZE], struct err *err);
struct place *batch_place(const struct batch *batch, int64_t index);

/* A pass over it under way. */
struct batch_run;
/* false: it does not come to a pass, and err says why the jobs fail. */
bool batch_start(struct batch_run **out, const struct batch *batch, struct err *err);
struct pass *batch_pass(const struct batch_run *run);
/* Waits. PASS_DONE: the wanted have their outcomes; PASS_FAILED: err says why they have not.
 * `hash` takes the name of the data that were read. */
enum pass_result batch_finish(struct batch_run *run, char hash[HASH_XXH3_TEXT_SIZE],
                              struct err *err);
