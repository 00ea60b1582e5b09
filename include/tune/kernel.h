#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine.h"
#include "core/summary.h"
#include "market/rows.h"

/* kernel: what would each of many configurations have done over the same rows?
 *
 * To the bit what core/engine does row by row (run/backtest is the oracle), many times as fast:
 * what does not depend on a configuration is computed once a block, and a configuration looks
 * only at the moments at which it could act or its equity could mark a new high or low. Vector
 * units are used as far as the machine has them; the bits are the same on each.
 *
 * Not shared between threads: each thread has a kernel of its own for its configurations. */

enum kernel_width {
    KERNEL_PLAIN,
    KERNEL_AVX2,
    KERNEL_AVX512,
    KERNEL_WIDTH_LAST = KERNEL_AVX512
};
const char *kernel_width_name(enum kernel_width width); /* "plain", "avx2", "avx512" */
enum kernel_width kernel_widest(void);                  /* that this machine carries out */

/* A configuration and the part of time it is for: rows in [from_ns, to_ns) are its steps.
 * Earlier rows move its baseline and nothing else; later ones do not exist for it. The equity
 * buckets part [first_ns, last_ns], the times of its first and last row. */
struct kernel_job {
    struct engine_params params; /* engine_params_fault() finds none */
    int64_t from_ns, to_ns;      /* INT64_MIN, INT64_MAX: all */
    int64_t first_ns, last_ns;
};

struct kernel_outcome {
    struct summary summary;
    int64_t steps_processed; /* as SPEC.md 3.6 has it */
    double width_bps;        /* W of the last valid row; NAN: none */
    double equity_change_usd[SUMMARY_BUCKETS];
};

/* Told of each trade when it opens (`settled` NULL) and when it closes. */
typedef void kernel_trade_fn(void *context, int32_t index, const struct trade *trade,
                             const struct trade_result *settled);

struct kernel;
/* `jobs` are copied. `trade` may be NULL. */
struct kernel *kernel_create(const struct kernel_job *jobs, int32_t count,
                             enum kernel_width width, kernel_trade_fn *trade, void *context);
void kernel_destroy(struct kernel *kernel); /* accepts NULL */

/* The next rows of the file; a block may have any number of them. */
void kernel_feed(struct kernel *kernel, const struct rows_block *block);
/* There are no more: trades are closed where the configuration says so. */
void kernel_end(struct kernel *kernel);

/* Equity so far: what a configuration would be ranked by now. */
double kernel_equity_usd(struct kernel *kernel, int32_t index);
/* It goes no further; its outcome is what it had. */
void kernel_stop(struct kernel *kernel, int32_t index);

/* After kernel_end(); or of a stopped one. */
void kernel_outcome(const struct kernel *kernel, int32_t index, struct kernel_outcome *out);
