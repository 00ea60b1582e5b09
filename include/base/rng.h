#pragma once
#include <stdint.h>

/* rng: a seeded generator (xoshiro256**, seeded by splitmix64), so that every simulation can be
 * played again. A plain value: copy it, journal it, compare it. Uses only integer steps and
 * + - * / sqrt, log by our own series, so the digits are the same on every machine. */

struct rng {
    uint64_t state[4];
};

/* A stream of its own for each (seed, salt): adding one process changes no other. */
void rng_seed(struct rng *rng, uint64_t seed, uint64_t salt);

/* A salt from a name, for rng_seed(). FNV-1a 64. */
uint64_t rng_salt(const char *name);

uint64_t rng_next(struct rng *rng);
double rng_uniform(struct rng *rng);             /* [0, 1), 53 bits */
double rng_normal(struct rng *rng);              /* N(0, 1) */
double rng_exponential(struct rng *rng);         /* mean 1 */
uint64_t rng_below(struct rng *rng, uint64_t n); /* 0 .. n-1 without bias, n >= 1 */

/* rng_normal() in two steps, for those who draw many numbers and look at few: the point takes
 * the same draws, its value is the same number. */
struct rng_point {
    double u, s;
};
struct rng_point rng_normal_point(struct rng *rng);
double rng_normal_value(struct rng_point point);
