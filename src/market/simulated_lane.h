#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "market/source.h"
#include "simulated_book.h"
#include "simulated_outage.h"
#include "simulated_process.h"

/* simulated_lane: one pair on its way: prices, both books, prints, mark and funding, faults. */

struct lane {
    struct strand strand;
    struct simulated_book books[VENUE_LAST + 1];
    struct rng activity, prints[VENUE_LAST + 1];
    struct rng funding;
    double funding_bps; /* of the next settlement */
    double mark_bps;    /* the perpetual's middle, smoothed */
    double mark_share;
    double moved_bps[VENUE_LAST + 1], shown_bps[VENUE_LAST + 1]; /* the last move of the book */
    int64_t quiet_b_steps;
    int64_t phase_ms;        /* within a step, by name, so that pairs do not tick as one */
    struct outage silence_a; /* lasts unheard: only ages tell */
    struct outage gap_b;     /* a sequence gap, then a resync */
    struct poisson crossed_a;
    struct source_feed feeds[VENUE_LAST + 1];
};

struct lane_print {
    double price, size;
    enum order_side aggressor;
    int64_t offset_ms;
};

void simulated_lane_init(struct lane *lane, const struct world *world,
                         const struct simulated_coin *coin, bool faults);
/* The processes of one step; the world's comes first. */
void lane_step(struct lane *lane, const struct world *world);
void lane_rebase(struct lane *lane, const struct world *world);

/* Is a book of the venue due in this step? Draws, so once a step. */
bool lane_book_due(struct lane *lane, const struct world *world, enum venue venue);
void lane_book_update(struct lane *lane, const struct world *world, enum venue venue);
/* A trade in this step, if one falls into it. Draws, so once a step. */
bool lane_print_due(struct lane *lane, enum venue venue, struct lane_print *out);

double lane_mark_usd(const struct lane *lane);
/* The next rate, after a settlement. */
void lane_funding_next(struct lane *lane, const struct world *world);
