#include "simulated_lane.h"

#include <math.h>
#include <string.h>

#include "simulated_math.h"

#define MARK_S              15.0
#define FUNDING_MEAN_BPS    0.45
#define FUNDING_SD_BPS      0.35
#define FUNDING_MEMORY      0.30
#define BOOK_B_SHARE        0.59  /* A.2: the middle moves 5.9 times a second */
#define PRINT_A_SHARE       0.067 /* 2 a second over three pairs */
#define PRINT_B_SHARE       0.333 /* 10 a second over three pairs */
#define PRINT_A_USD         300.0
#define PRINT_B_USD         1600.0 /* 0.016 BTC */
#define PRINT_LOG_SD        1.5
#define WITH_THE_MOVE_SHARE 0.7

enum {
    QUIET_B_STEPS_MAX = 5,
    PHASE_MS = 40,
};

/* MARKET.md A.5 gives the rates of a session of three pairs; each pair has its third. Orders: a
 * session of `lively` sends about ten an hour, 0.4 % and 0.2 % of which are hit. */
#define PAIRS 3.0
static const struct outage_law SILENCE_A = {0.3 / PAIRS, 3, 20};
static const struct outage_law GAP_B = {0.5 / PAIRS, 0.1, 0.6};
static const double CROSSED_PER_HOUR = 0.2 / PAIRS;

static void funding_init(struct lane *lane, const struct world *world)
{
    stream_init(&lane->funding, world->seed, lane->strand.coin.name, "funding");
    lane->funding_bps = FUNDING_MEAN_BPS;
    /* A few steps from the mean are as good as the stationary law. */
    for (int i = 0; i < 8; i++) {
        lane_funding_next(lane, world);
    }
}

static void faults_init(struct lane *lane, const struct world *world, bool faults)
{
    const struct outage_law never = {0, 0, 0};
    const char *name = lane->strand.coin.name;
    const uint64_t seed = world->seed;
    outage_init(&lane->silence_a, seed, name, "silence a", faults ? SILENCE_A : never);
    outage_init(&lane->gap_b, seed, name, "gap b", faults ? GAP_B : never);
    poisson_init(&lane->crossed_a, seed, name, "crossed a", faults ? CROSSED_PER_HOUR : 0.0);
}

void simulated_lane_init(struct lane *lane, const struct world *world,
                         const struct simulated_coin *coin, bool faults)
{
    memset(lane, 0, sizeof(*lane));
    strand_init(&lane->strand, world, coin);
    simulated_book_init(&lane->books[VENUE_A], VENUE_A, coin, world->seed);
    simulated_book_init(&lane->books[VENUE_B], VENUE_B, coin, world->seed);
    stream_init(&lane->activity, world->seed, coin->name, "activity b");
    stream_init(&lane->prints[VENUE_A], world->seed, coin->name, "prints a");
    stream_init(&lane->prints[VENUE_B], world->seed, coin->name, "prints b");
    lane->phase_ms = (int64_t)(rng_salt(coin->name) % PHASE_MS);
    lane->mark_share = 1.0 - simulated_exp(-(STEP_MS / 1000.0) / MARK_S);
    funding_init(lane, world);
    faults_init(lane, world, faults);
}

void lane_step(struct lane *lane, const struct world *world)
{
    strand_step(&lane->strand, world);
    lane->mark_bps += (lane->strand.fair_b_bps - lane->mark_bps) * lane->mark_share;
}

void lane_rebase(struct lane *lane, const struct world *world)
{
    lane->mark_bps -= lane->strand.fair_b_bps;
    strand_rebase(&lane->strand, world);
}

/* Upbit's books come at an even pace, three or two a second, each pair at its own offset. */
static bool book_a_due(const struct lane *lane, int64_t step)
{
    const int64_t per_10s = lane->strand.coin.books_a_per_10s;
    const int64_t shifted = step + lane->phase_ms;
    return step == 0 || shifted * per_10s / 100 != (shifted - 1) * per_10s / 100;
}

/* Binance sends every 100 ms what has changed. */
bool lane_book_due(struct lane *lane, const struct world *world, enum venue venue)
{
    if (venue == VENUE_A) {
        return book_a_due(lane, world->step);
    }
    const bool active = rng_uniform(&lane->activity) < BOOK_B_SHARE;
    lane->quiet_b_steps++;
    return world->step == 0 || active || lane->quiet_b_steps >= QUIET_B_STEPS_MAX;
}

void lane_book_update(struct lane *lane, const struct world *world, enum venue venue)
{
    const struct strand *strand = &lane->strand;
    const bool a = venue == VENUE_A;
    const double fair_bps = a ? strand->fair_a_bps : strand->fair_b_bps;
    lane->moved_bps[venue] = fair_bps - lane->shown_bps[venue];
    lane->shown_bps[venue] = fair_bps;
    if (!a) {
        lane->quiet_b_steps = 0;
    }
    const struct book_mood mood = {
        .price = a ? strand_fair_a_krw(strand) : strand_fair_b_usd(strand),
        .restless = world->restless,
        .stress = a ? world->stress : 0.0,
    };
    simulated_book_update(&lane->books[venue], &mood);
}

bool lane_print_due(struct lane *lane, enum venue venue, struct lane_print *out)
{
    const bool a = venue == VENUE_A;
    struct rng *rng = &lane->prints[venue];
    if (rng_uniform(rng) >= (a ? PRINT_A_SHARE : PRINT_B_SHARE)) {
        return false;
    }
    const bool with = rng_uniform(rng) < WITH_THE_MOVE_SHARE;
    const bool buy = with == (lane->moved_bps[venue] > 0.0);
    const double size_usd =
        (a ? PRINT_A_USD : PRINT_B_USD) * simulated_exp(PRINT_LOG_SD * rng_normal(rng));
    const struct quote touch = simulated_book_touch(&lane->books[venue]);
    *out = (struct lane_print){
        .price = buy ? touch.ask : touch.bid,
        .size = simulated_book_size(&lane->books[venue], size_usd),
        .aggressor = buy ? ORDER_BUY : ORDER_SELL,
        .offset_ms = (int64_t)rng_below(rng, PHASE_MS),
    };
    return true;
}

double lane_mark_usd(const struct lane *lane)
{
    return lane->strand.coin.price_usd * simulated_exp(lane->mark_bps / 1e4);
}

void lane_funding_next(struct lane *lane, const struct world *world)
{
    const double limit = world->preset->funding_bps_max;
    const double kick = FUNDING_SD_BPS * sqrt(1.0 - FUNDING_MEMORY * FUNDING_MEMORY);
    const double drawn = FUNDING_MEAN_BPS +
                         FUNDING_MEMORY * (lane->funding_bps - FUNDING_MEAN_BPS) +
                         kick * rng_normal(&lane->funding);
    lane->funding_bps = drawn > limit ? limit : drawn < -limit ? -limit : drawn;
}
