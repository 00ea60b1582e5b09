#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "simulated_coin.h"
#include "simulated_preset.h"

/* simulated_process: where are the fair prices now? (MARKET.md A.3)
 *
 * A world is what all pairs share, a strand what one pair adds. Logs of prices, in bps of the
 * start. Every process draws from a stream of its own, seeded by (seed, pair, process), so a
 * pair more changes no other, and books and faults change no price. */

enum {
    STEP_MS = 100,
    STEPS_PER_SECOND = 10,
    STEPS_PER_MINUTE = 600,
    DISLOCATIONS_MAX = 64, /* under way at once; a further one is let pass */
};

#define KRW_PER_USDT_START 1450.0

/* x <- x * keep + kick * N(0, 1): Ornstein-Uhlenbeck, or a walk with keep 1. */
struct drift {
    struct rng rng;
    double value, keep, kick;
};

struct poisson {
    struct rng rng;
    double mean_steps; /* 0: never */
    double left_steps;
};

struct dislocation {
    double size_bps, value_bps, keep;
    int32_t age_steps, ramp_steps;
    bool lasts; /* a level shift */
};

struct dislocations {
    const struct dislocation_law *law;
    struct poisson arrivals;
    struct rng rng;
    double lasting_bps, lasting_keep; /* all level shifts that have arrived */
    int32_t count;
    struct dislocation active[DISLOCATIONS_MAX];
};

struct world {
    const struct simulated_preset *preset;
    uint64_t seed;
    int64_t start_ns;
    int64_t step;     /* 0 at the start of the session, below it in the history */
    double sigma_bps; /* of BTC's common shock, per root minute */
    double restless;  /* sqrt(sigma / median sigma) */
    double shock_bps; /* this step's common shock, jumps included */
    double jump_bps;  /* of the jump under way, per step */
    int32_t jump_steps_left;
    double fx_bps;
    double premium_bps; /* of A over B, what all pairs share */
    double stress;      /* crisis: 0..1 */
    double fx_stress_bps;
    struct drift volatility, premium, level, panic;
    struct rng common, fx, jump_size, fx_stress;
    struct poisson jumps;
    struct dislocations dislocations;
};

struct strand {
    struct simulated_coin coin;
    double fair_b_bps;
    double follow_share; /* of the distance, per step */
    double follow_bps;   /* what Upbit has followed of B * F so far */
    double fair_a_bps;
    struct drift premium, noise;
    struct rng own;
    struct dislocations dislocations;
};

/* Streams of (seed, owner, process); owner "" is the world. */
void stream_init(struct rng *rng, uint64_t seed, const char *owner, const char *process);
void poisson_init(struct poisson *poisson, uint64_t seed, const char *owner,
                  const char *process, double per_hour);
/* True when one falls into this step. */
bool poisson_step(struct poisson *poisson);

void world_init(struct world *world, const struct simulated_preset *preset, uint64_t seed,
                int64_t start_ns, int64_t step);
void world_step(struct world *world);

void strand_init(struct strand *strand, const struct world *world,
                 const struct simulated_coin *coin);
void strand_step(struct strand *strand, const struct world *world);

/* Makes this moment the start: prices are the coins' start prices, premiums go on. Strands
 * first, then their world. */
void strand_rebase(struct strand *strand, const struct world *world);
void world_rebase(struct world *world);

/* A scripted dislocation, on top of the processes. half_life_s 0: a level shift. */
void dislocations_add(struct dislocations *dislocations, double size_bps, double half_life_s,
                      double ramp_s);

double world_krw_per_usd(const struct world *world);
double strand_fair_b_usd(const struct strand *strand);
double strand_fair_a_krw(const struct strand *strand);
/* The engine's premium, B over A, of the fair prices. */
double strand_premium_bps(const struct strand *strand, const struct world *world);
