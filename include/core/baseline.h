#pragma once
#include <stdbool.h>
#include <stdint.h>

/* baseline: the level the premium returns to: a constant, or a running mean that becomes an
 * exponential one (SPEC.md 3.3). A plain value. */

struct baseline_params {
    double level_bps; /* the constant, when tau_s is 0 */
    double tau_s;     /* 0: constant */
    double warmup_s;  /* no entry before this much time since the first valid tick */
    double gap_s;     /* a longer silence starts the warm-up again; 0: never */
};

struct baseline {
    double mean_bps;
    bool started;
    int64_t first_ns;     /* first valid sample: what the running mean counts from */
    int64_t last_ns;      /* last valid sample */
    int64_t warm_from_ns; /* the warm-up counts from here; first_ns, or the end of a gap */
};

/* The level before a sample at `now_ns` with premium p: p itself when it is the very first. */
double baseline_level(const struct baseline *baseline, const struct baseline_params *params,
                      double premium_bps);

/* Nanoseconds until entries are allowed; 0 when warm. A gap longer than gap_s that ends with
 * the sample at now_ns counts already. */
int64_t baseline_warmup_left_ns(const struct baseline *baseline,
                                const struct baseline_params *params, int64_t now_ns);

/* The level goes on under other parameters. Of a mean with a shorter memory no more counts as
 * seen than that memory, for its weight and for the warm-up; a level that was constant has seen
 * nothing, and the next sample is its first. */
void baseline_revise(struct baseline *baseline, const struct baseline_params *before,
                     const struct baseline_params *after);

/* Takes the sample in, after the decisions of its tick. */
void baseline_update(struct baseline *baseline, const struct baseline_params *params,
                     int64_t now_ns, double premium_bps);
