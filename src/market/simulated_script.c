#include "simulated_script.h"

#include <stddef.h>

#include "simulated_math.h"

#define PANIC_FROM_STEP   (10 * STEPS_PER_MINUTE)
#define PANIC_RAMP_STEPS  (100 * STEPS_PER_MINUTE)
#define PANIC_HALF_LIFE   (12.0 * 60 * STEPS_PER_MINUTE)
#define PANIC_PREMIUM_BPS 300.0
#define PANIC_NOISE_BPS   21.0
#define PANIC_FX_TICKS    3.0
#define FX_TICK_BPS       (1e4 / KRW_PER_USDT_START)

static const struct script_line OPENING[] = {
    {45, SCRIPT_DISLOCATION, "XRP", -38, 60},   {150, SCRIPT_DISLOCATION, "BTC", 34, 0},
    {210, SCRIPT_SILENCE_A, "ETH", 0, 7},       {300, SCRIPT_FX_JUMP, "", 2, 0},
    {390, SCRIPT_GAP_B, "BTC", 0, 0.25},        {450, SCRIPT_REJECT_B, "ETH", 0, 0},
    {450, SCRIPT_DISLOCATION, "ETH", -45, 180}, {570, SCRIPT_DISLOCATION, "XRP", 24, 120},
};

static const struct script_line CRISIS[] = {
    {14 * 60, SCRIPT_SILENCE_A, "", 0, 90},
    {31 * 60, SCRIPT_SILENCE_A, "", 0, 90},
    {48 * 60, SCRIPT_SILENCE_A, "", 0, 360},
};

static const struct script_line *due(const struct script_line *lines, size_t count,
                                     int64_t step, int32_t *cursor)
{
    if ((size_t)*cursor >= count || (double)step < lines[*cursor].at_s * STEPS_PER_SECOND) {
        return NULL;
    }
    return &lines[(*cursor)++];
}

const struct script_line *script_opening(int64_t step, int32_t *cursor)
{
    return due(OPENING, sizeof(OPENING) / sizeof(OPENING[0]), step, cursor);
}

const struct script_line *script_crisis(int64_t step, int32_t *cursor)
{
    return due(CRISIS, sizeof(CRISIS) / sizeof(CRISIS[0]), step, cursor);
}

/* 1 until the ramp is over, then what is left of it. */
static double fading(int64_t since_step)
{
    if (since_step <= PANIC_RAMP_STEPS) {
        return 1.0;
    }
    return simulated_decay((double)(since_step - PANIC_RAMP_STEPS), PANIC_HALF_LIFE);
}

double crisis_stress(const struct world *world)
{
    const int64_t since_step = world->step - PANIC_FROM_STEP;
    return world->preset->crisis && since_step >= 0 ? fading(since_step) : 0.0;
}

double crisis_premium_bps(const struct world *world, double panic_normal)
{
    if (world->stress == 0.0) {
        return 0.0;
    }
    const double since_steps = (double)(world->step - PANIC_FROM_STEP);
    const double ramp = since_steps < PANIC_RAMP_STEPS ? since_steps / PANIC_RAMP_STEPS : 1.0;
    return world->stress * (PANIC_PREMIUM_BPS * ramp + PANIC_NOISE_BPS * panic_normal);
}

double crisis_fx_bps(struct world *world)
{
    if (world->stress == 0.0 || world->step % STEPS_PER_MINUTE != 0) {
        return 0.0;
    }
    const double sign = rng_uniform(&world->fx_stress) < 0.5 ? -1.0 : 1.0;
    const double before_bps = world->fx_stress_bps;
    world->fx_stress_bps = sign * PANIC_FX_TICKS * FX_TICK_BPS * world->stress;
    return world->fx_stress_bps - before_bps;
}
