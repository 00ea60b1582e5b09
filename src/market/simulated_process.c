#include "simulated_process.h"

#include <math.h>
#include <string.h>

#include "simulated_math.h"
#include "simulated_script.h"

#define SIGMA_MEDIAN_BPS  5.6
#define VOLATILITY_SD     0.45
#define JUMP_BPS          22.0
#define JUMPS_PER_HOUR    0.16
#define JUMP_STEPS        150
#define FX_BPS_ROOT_HOUR  12.0
#define FX_CORRELATION    (-0.45)
#define NOISE_HALF_LIFE_S 20.0
#define STEPS_PER_HOUR    (3600.0 * STEPS_PER_SECOND)
#define STEP_S            (STEP_MS / 1000.0)
#define FORGOTTEN_BPS     0.001

/* Median 1-minute volatility by hour, 3 h bins from 00 UTC. */
static const double HOUR_BPS[8] = {5.2, 4.3, 4.1, 5.8, 8.9, 6.3, 6.3, 5.7};

void stream_init(struct rng *rng, uint64_t seed, const char *owner, const char *process)
{
    /* The two names are salted apart, so that "AB" + "C" is not "A" + "BC". */
    rng_seed(rng, seed, rng_salt(owner) * UINT64_C(0x9e3779b97f4a7c15) + rng_salt(process));
}

void poisson_init(struct poisson *poisson, uint64_t seed, const char *owner,
                  const char *process, double per_hour)
{
    stream_init(&poisson->rng, seed, owner, process);
    poisson->mean_steps = per_hour > 0.0 ? STEPS_PER_HOUR / per_hour : 0.0;
    poisson->left_steps = rng_exponential(&poisson->rng) * poisson->mean_steps;
}

bool poisson_step(struct poisson *poisson)
{
    if (poisson->mean_steps == 0.0) {
        return false;
    }
    poisson->left_steps -= 1.0;
    if (poisson->left_steps > 0.0) {
        return false;
    }
    poisson->left_steps += rng_exponential(&poisson->rng) * poisson->mean_steps;
    return true;
}

/* Starts in its stationary law, so that the first minute is like any other. */
static void drift_init(struct drift *drift, const struct world *world, const char *owner,
                       const char *process, struct ou_law law)
{
    stream_init(&drift->rng, world->seed, owner, process);
    drift->keep = 1.0;
    drift->kick = 0.0;
    drift->value = 0.0;
    if (law.half_life_s > 0.0) {
        drift->keep = simulated_decay(STEP_S, law.half_life_s);
        drift->kick = law.sd_bps * sqrt(1.0 - drift->keep * drift->keep);
        drift->value = law.sd_bps * rng_normal(&drift->rng);
    }
}

static void drift_walk(struct drift *drift, double bps_root_minute)
{
    if (bps_root_minute > 0.0) {
        drift->keep = 1.0;
        drift->kick = bps_root_minute * sqrt(1.0 / STEPS_PER_MINUTE);
        drift->value = 0.0;
    }
}

static double drift_step(struct drift *drift)
{
    if (drift->kick > 0.0) {
        drift->value = drift->value * drift->keep + drift->kick * rng_normal(&drift->rng);
    }
    return drift->value;
}

static void dislocations_init(struct dislocations *dislocations, const struct world *world,
                              const char *owner, double per_hour)
{
    dislocations->law = &world->preset->dislocation;
    const double half_life_s = dislocations->law->shift_half_life_s;
    dislocations->lasting_keep = half_life_s > 0.0 ? simulated_decay(STEP_S, half_life_s) : 1.0;
    poisson_init(&dislocations->arrivals, world->seed, owner, "dislocation time", per_hour);
    stream_init(&dislocations->rng, world->seed, owner, "dislocation");
}

void dislocations_add(struct dislocations *dislocations, double size_bps, double half_life_s,
                      double ramp_s)
{
    if (dislocations->count == DISLOCATIONS_MAX) {
        return;
    }
    dislocations->active[dislocations->count++] = (struct dislocation){
        .size_bps = size_bps,
        .keep = half_life_s > 0.0 ? simulated_decay(STEP_S, half_life_s) : 1.0,
        .ramp_steps = (int32_t)(ramp_s * STEPS_PER_SECOND),
        .lasts = half_life_s == 0.0,
    };
}

static void dislocations_arrive(struct dislocations *dislocations)
{
    const struct dislocation_law *law = dislocations->law;
    struct rng *rng = &dislocations->rng;
    const double sign = rng_uniform(rng) < 0.5 ? -1.0 : 1.0;
    const double size_bps = law->base_bps + law->mean_bps * rng_exponential(rng);
    const double ramp_s = 15.0 + 45.0 * rng_uniform(rng);
    const bool lasts = rng_uniform(rng) < law->shift_share;
    const double place = rng_uniform(rng);
    const double span = simulated_log(law->half_life_s_max / law->half_life_s_min);
    const double half_life_s = law->half_life_s_min * simulated_exp(place * span);
    dislocations_add(dislocations, sign * size_bps, lasts ? 0.0 : half_life_s, ramp_s);
}

/* Half of it jumps in two seconds, half ramps up, then it decays. True while it goes on. */
static bool dislocation_step(struct dislocation *one)
{
    const int32_t jump_steps = 2 * STEPS_PER_SECOND;
    const int32_t age = one->age_steps++;
    if (age < jump_steps) {
        one->value_bps += one->size_bps / 2.0 / jump_steps;
        return true;
    }
    if (age < jump_steps + one->ramp_steps) {
        one->value_bps += one->size_bps / 2.0 / one->ramp_steps;
        return true;
    }
    one->value_bps *= one->keep;
    return !one->lasts && fabs(one->value_bps) > FORGOTTEN_BPS;
}

/* None arrives in the history: a session that starts inside one would open a trade before
 * anyone has looked. */
static double dislocations_step(struct dislocations *dislocations, const struct world *world)
{
    if (world->step >= 0 && poisson_step(&dislocations->arrivals)) {
        dislocations_arrive(dislocations);
    }
    dislocations->lasting_bps *= dislocations->lasting_keep;
    double sum_bps = 0.0;
    int32_t kept = 0;
    for (int32_t i = 0; i < dislocations->count; i++) {
        struct dislocation *one = &dislocations->active[i];
        if (dislocation_step(one)) {
            sum_bps += one->value_bps;
            dislocations->active[kept++] = *one;
        } else if (one->lasts) {
            dislocations->lasting_bps += one->value_bps;
        }
    }
    dislocations->count = kept;
    return sum_bps + dislocations->lasting_bps;
}

void world_init(struct world *world, const struct simulated_preset *preset, uint64_t seed,
                int64_t start_ns, int64_t step)
{
    memset(world, 0, sizeof(*world));
    world->preset = preset;
    world->seed = seed;
    world->start_ns = start_ns;
    world->step = step;
    drift_init(&world->volatility, world, "", "volatility",
               (struct ou_law){VOLATILITY_SD, 3 * 3600.0});
    drift_init(&world->premium, world, "", "premium", preset->premium);
    drift_walk(&world->premium, preset->walk_common_bps);
    drift_init(&world->level, world, "", "level", preset->level);
    drift_init(&world->panic, world, "", "panic",
               (struct ou_law){1.0, preset->crisis ? 60.0 : 0.0});
    stream_init(&world->common, seed, "", "common shock");
    stream_init(&world->fx, seed, "", "fx");
    stream_init(&world->fx_stress, seed, "", "fx stress");
    stream_init(&world->jump_size, seed, "", "jump");
    poisson_init(&world->jumps, seed, "", "jump time", JUMPS_PER_HOUR);
    dislocations_init(&world->dislocations, world, "", preset->dislocation.common_per_hour);
}

static double hour_factor(const struct world *world)
{
    const int64_t second =
        world->start_ns / 1000000000 + (int64_t)floor((double)world->step / STEPS_PER_SECOND);
    const int64_t of_day = ((second % 86400) + 86400) % 86400;
    return HOUR_BPS[of_day / 10800] / SIGMA_MEDIAN_BPS;
}

/* The pull back to the start has a half-life of five days. */
static void fx_step(struct world *world, double common_normal)
{
    const double half_life_s = 5 * 86400.0;
    const double own = sqrt(1.0 - FX_CORRELATION * FX_CORRELATION) * rng_normal(&world->fx);
    const double pull = 0.69314718055994531 * STEP_S / half_life_s;
    world->fx_bps -= pull * world->fx_bps;
    world->fx_bps +=
        FX_BPS_ROOT_HOUR / sqrt(STEPS_PER_HOUR) * (FX_CORRELATION * common_normal + own);
    world->fx_bps += crisis_fx_bps(world);
}

/* Jumps are known from one-minute prices only. Ours take some seconds: at once they would open
 * a riskless trade on every pair while Upbit follows, which no recording shows. */
static double jump_step(struct world *world, double relative)
{
    if (poisson_step(&world->jumps)) {
        world->jump_bps = JUMP_BPS * relative * rng_normal(&world->jump_size) / JUMP_STEPS;
        world->jump_steps_left = JUMP_STEPS;
    }
    if (world->jump_steps_left == 0) {
        return 0.0;
    }
    world->jump_steps_left--;
    return world->jump_bps;
}

void world_step(struct world *world)
{
    world->step++;
    world->sigma_bps =
        SIGMA_MEDIAN_BPS * hour_factor(world) * simulated_exp(drift_step(&world->volatility));
    const double relative = world->sigma_bps / SIGMA_MEDIAN_BPS;
    world->restless = sqrt(relative);
    const double common_normal = rng_normal(&world->common);
    world->shock_bps = world->sigma_bps * sqrt(1.0 / STEPS_PER_MINUTE) * common_normal;
    world->shock_bps += jump_step(world, relative);
    world->stress = crisis_stress(world);
    fx_step(world, common_normal);
    world->premium_bps = drift_step(&world->premium) + drift_step(&world->level) +
                         dislocations_step(&world->dislocations, world) +
                         crisis_premium_bps(world, drift_step(&world->panic));
}

void world_rebase(struct world *world)
{
    world->fx_bps = 0.0;
}

void strand_init(struct strand *strand, const struct world *world,
                 const struct simulated_coin *coin)
{
    memset(strand, 0, sizeof(*strand));
    strand->coin = *coin;
    const struct simulated_preset *preset = world->preset;
    drift_init(&strand->premium, world, coin->name, "premium", preset->own);
    drift_walk(&strand->premium, preset->walk_own_bps);
    drift_init(&strand->noise, world, coin->name, "quote noise",
               (struct ou_law){1.0, NOISE_HALF_LIFE_S});
    strand->follow_share =
        preset->follow_s > 0.0 ? 1.0 - simulated_exp(-STEP_S / preset->follow_s) : 1.0;
    stream_init(&strand->own, world->seed, coin->name, "own shock");
    dislocations_init(&strand->dislocations, world, coin->name,
                      preset->dislocation.pair_per_hour);
}

void strand_step(struct strand *strand, const struct world *world)
{
    const double root_step = sqrt(1.0 / STEPS_PER_MINUTE);
    strand->fair_b_bps +=
        strand->coin.beta * world->shock_bps +
        strand->coin.own * world->sigma_bps * root_step * rng_normal(&strand->own);
    const double target_bps = strand->fair_b_bps + world->fx_bps;
    strand->follow_bps += (target_bps - strand->follow_bps) * strand->follow_share;
    /* In a panic Upbit is four times as restless. */
    const double noise_bps = world->preset->quote_noise_bps * world->restless *
                             sqrt(1.0 + 3.0 * world->stress) * drift_step(&strand->noise);
    strand->fair_a_bps = strand->follow_bps + world->premium_bps +
                         drift_step(&strand->premium) +
                         dislocations_step(&strand->dislocations, world) + noise_bps;
}

void strand_rebase(struct strand *strand, const struct world *world)
{
    const double moved_bps = strand->fair_b_bps + world->fx_bps;
    strand->fair_b_bps = 0.0;
    strand->follow_bps -= moved_bps;
    strand->fair_a_bps -= moved_bps;
}

double world_krw_per_usd(const struct world *world)
{
    return KRW_PER_USDT_START * simulated_exp(world->fx_bps / 1e4);
}

double strand_fair_b_usd(const struct strand *strand)
{
    return strand->coin.price_usd * simulated_exp(strand->fair_b_bps / 1e4);
}

double strand_fair_a_krw(const struct strand *strand)
{
    return KRW_PER_USDT_START * strand->coin.price_usd *
           simulated_exp(strand->fair_a_bps / 1e4);
}

double strand_premium_bps(const struct strand *strand, const struct world *world)
{
    const double ahead_bps = strand->fair_b_bps + world->fx_bps - strand->fair_a_bps;
    return (simulated_exp(ahead_bps / 1e4) - 1.0) * 1e4;
}
