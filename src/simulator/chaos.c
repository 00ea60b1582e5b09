#include "chaos.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "chaos_script.h"

#define NS_PER_MINUTE (60.0 * (double)CLOCK_NS_PER_S)
#define REST_SHARE    0.25

/* One kind's own dice. */
struct dice {
    struct rng rng;
    int64_t due_ns;
};

struct chaos {
    struct chaos_script script;
    int32_t done; /* lines of it */
    bool seeded;
    double mean_ns; /* from one order of a kind to its next */
    int32_t pairs_count;
    struct dice dice[MISCHIEF_KINDS];
};

static void wait(struct chaos *chaos, struct dice *dice)
{
    const double next_ns = (double)dice->due_ns + chaos->mean_ns * rng_exponential(&dice->rng);
    dice->due_ns = next_ns < 4e18 ? (int64_t)next_ns : INT64_MAX;
}

static double between(struct rng *rng, double least, double most)
{
    return least + (most - least) * rng_uniform(rng);
}

/* Draws the same number of times whatever the kind. */
static struct mischief_order draw(struct chaos *chaos, enum mischief_kind kind)
{
    struct rng *rng = &chaos->dice[kind].rng;
    struct mischief_order order = mischief_usual(kind);
    const enum venue venue = rng_uniform(rng) < 0.5 ? VENUE_A : VENUE_B;
    const int32_t pair = (int32_t)rng_below(rng, (uint64_t)chaos->pairs_count + 1);
    const double share = between(rng, 0.3, 1.2);
    const double length = between(rng, 0.3, 1.2);
    const bool behind = rng_uniform(rng) < 0.5;
    const bool rest = rng_uniform(rng) < REST_SHARE;
    order.hits[VENUE_A] = venue == VENUE_A;
    order.hits[VENUE_B] = venue == VENUE_B;
    order.pair = pair < chaos->pairs_count ? pair : MISCHIEF_ALL_PAIRS;
    order.for_ns = (int64_t)((double)order.for_ns * length);
    order.reset = behind;
    if (kind == MISCHIEF_DELAY || kind == MISCHIEF_DRIP || kind == MISCHIEF_TRUNCATE) {
        order.amount = (int64_t)((double)order.amount * share) + 1;
    } else if (kind == MISCHIEF_GARBAGE) {
        order.amount = (int64_t)(share * 1e6);
    } else if (kind == MISCHIEF_CLOCK_SKEW) {
        order.amount = behind ? -order.amount : order.amount;
    }
    order.rest = rest;
    struct err err;
    order.rest = rest && mischief_check(&order, chaos->pairs_count + 1, &err);
    return order;
}

bool chaos_open(struct chaos **out, const struct chaos_options *options, struct err *err)
{
    struct chaos *chaos = mem_zalloc(sizeof(*chaos));
    chaos->pairs_count = options->pairs_count;
    if (options->script != NULL && !chaos_script_load(&chaos->script, options, err)) {
        chaos_close(chaos);
        return false;
    }
    chaos->seeded = options->seeded && options->per_minute > 0.0;
    chaos->mean_ns = chaos->seeded ? NS_PER_MINUTE / options->per_minute : 0.0;
    for (int kind = 0; kind < MISCHIEF_KINDS && chaos->seeded; kind++) {
        const char *name = mischief_name((enum mischief_kind)kind);
        rng_seed(&chaos->dice[kind].rng, options->seed, rng_salt(name));
        wait(chaos, &chaos->dice[kind]);
        if (!mischief_by_seed((enum mischief_kind)kind)) {
            chaos->dice[kind].due_ns = INT64_MAX;
        }
    }
    *out = chaos;
    return true;
}

void chaos_close(struct chaos *chaos)
{
    if (chaos != NULL) {
        chaos_script_finish(&chaos->script);
        mem_free(chaos);
    }
}

static int64_t script_due_ns(const struct chaos *chaos)
{
    return chaos->done < chaos->script.count ? chaos->script.lines[chaos->done].at_ns
                                             : INT64_MAX;
}

/* The kind that is next by its dice. */
static enum mischief_kind first_kind(const struct chaos *chaos)
{
    int first = 0;
    for (int kind = 1; kind < MISCHIEF_KINDS; kind++) {
        first = chaos->dice[kind].due_ns < chaos->dice[first].due_ns ? kind : first;
    }
    return (enum mischief_kind)first;
}

int64_t chaos_due_ns(const struct chaos *chaos)
{
    const int64_t dice_ns = chaos->seeded ? chaos->dice[first_kind(chaos)].due_ns : INT64_MAX;
    const int64_t script_ns = script_due_ns(chaos);
    return dice_ns < script_ns ? dice_ns : script_ns;
}

bool chaos_next(struct chaos *chaos, int64_t elapsed_ns, struct mischief_order *out)
{
    const int64_t due_ns = chaos_due_ns(chaos);
    if (due_ns > elapsed_ns || due_ns == INT64_MAX) {
        return false;
    }
    if (script_due_ns(chaos) == due_ns) {
        *out = chaos->script.lines[chaos->done++].order;
        return true;
    }
    const enum mischief_kind kind = first_kind(chaos);
    *out = draw(chaos, kind);
    wait(chaos, &chaos->dice[kind]);
    return true;
}

bool chaos_find_pair(const char *const *coins, int32_t pairs_count, const char *name,
                     int32_t *out, struct err *err)
{
    if (name[0] == '\0' || strcmp(name, "all") == 0) {
        *out = MISCHIEF_ALL_PAIRS;
        return true;
    }
    if (strcmp(name, "USDT") == 0) {
        *out = pairs_count;
        return true;
    }
    for (int32_t i = 0; i < pairs_count; i++) {
        if (strcmp(coins[i], name) == 0) {
            *out = i;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "'%.40s' is not a pair here (expected a coin such as %s)",
                   name, pairs_count > 0 ? coins[0] : "BTC");
}

bool chaos_find_venue(const char *name, bool hits[VENUE_LAST + 1], struct err *err)
{
    const bool both = strcmp(name, "both") == 0;
    hits[VENUE_A] = both || strcmp(name, venue_name(VENUE_A)) == 0;
    hits[VENUE_B] = both || strcmp(name, venue_name(VENUE_B)) == 0;
    return hits[VENUE_A] || hits[VENUE_B] ||
           err_set(err, ERR_INPUT, "'%.40s' is not a venue (expected upbit, binance or both)",
                   name);
}
