#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "core/book.h"
#include "core/order.h"
#include "simulated_coin.h"

/* simulated_book: the order books around the fair prices (MARKET.md A.4).
 *
 * Levels stay at their prices while the touch moves through them, as in a real book: what is
 * crossed goes, what opens is filled, and a few queues change at each update.
 *
 * Most of the work is the sizes of levels nobody looks at: they are drawn at once, so that all
 * draws after them stay what they are, and worked out when an update ends with them in view. */

/* A size as it was drawn: lognormal, in BTC's worth when price_usd says what a coin is. */
struct ladder_draw {
    struct rng_point point;
    double median, below_sd, above_sd;
    double price_usd; /* 0: in coin already */
};

struct ladder_level {
    int64_t key; /* distance from zero in ticks, best first: asks as they are, bids negated */
    double size; /* coin; 0: not worked out */
    struct ladder_draw draw;
};

struct ladder {
    int32_t count;
    struct ladder_level levels[BOOK_LEVELS_MAX];
};

struct simulated_book {
    enum venue venue;
    struct simulated_coin coin;
    double unit; /* of price now */
    int64_t spread_ticks;
    double price; /* fair, in the venue's currency */
    double coin_price_usd;
    double stress; /* crisis: thinner and wider on A */
    struct rng rng;
    struct ladder bids, asks;
    int32_t view_levels; /* of a side, that anybody sees */
    uint64_t generation;
};

/* What an update needs to know of the market. */
struct book_mood {
    double price;    /* fair, in the venue's currency */
    double restless; /* sqrt(sigma / median sigma) */
    double stress;
};

void simulated_book_init(struct simulated_book *book, enum venue venue,
                         const struct simulated_coin *coin, uint64_t seed);
void simulated_book_update(struct simulated_book *book, const struct book_mood *mood);
struct quote simulated_book_touch(const struct simulated_book *book);
/* So many USD in coin, in whole lots of the venue. */
double simulated_book_size(const struct simulated_book *book, double size_usd);
/* Writes counts and levels of *out, as far as they are in view. */
void simulated_book_show(const struct simulated_book *book, struct book *out);

/* KRW-USDT: one tick wide; the split of sizes tells where between the ticks F stands. */
struct fx_book {
    int64_t bid; /* KRW */
    double bid_size, ask_size;
    struct rng rng;
};

void fx_book_init(struct fx_book *book, uint64_t seed);
void fx_book_update(struct fx_book *book, double krw_per_usd);
double fx_book_micro(const struct fx_book *book); /* the size-weighted middle */
