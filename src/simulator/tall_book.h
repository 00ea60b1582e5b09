#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "core/book.h"

/* tall_book: the whole book of a futures symbol, a thousand levels a side, in whole units.
 *
 * The simulated market draws the top; what lies behind it is ours: levels that stand where they
 * were while the touch moves, now and then change, and close up the holes a jump leaves. Every
 * change is told, so that whoever follows the changes has the same book to the last level. */

enum {
    TALL_LEVELS_MAX = 1000,
    TALL_ROOM = TALL_LEVELS_MAX + BOOK_LEVELS_MAX,
};

struct tall_level {
    int64_t price, size; /* units of 10^-decimals */
};

/* How prices and sizes of an instrument are written and stepped. */
struct tall_units {
    int price_decimals, size_decimals;
    int64_t tick, lot;   /* in units */
    double usd_per_coin; /* about, for the sizes behind the top */
};

struct tall_side {
    int32_t count;
    struct tall_level levels[TALL_ROOM]; /* best first */
};

struct tall_book {
    struct tall_units units;
    struct rng rng;
    uint64_t last_id; /* of the last change */
    int64_t time_ms;  /* of the last change */
    struct tall_side bids, asks;
};

/* Prices whose size changed, in any order and perhaps twice. Zeroed is empty. */
struct tall_prices {
    int32_t count, capacity;
    int64_t *prices;
};

struct tall_changes {
    struct tall_prices bids, asks;
};
void tall_changes_finish(struct tall_changes *changes); /* accepts zeroed */
void tall_changes_clear(struct tall_changes *changes);
bool tall_changes_any(const struct tall_changes *changes);
void tall_changes_add(struct tall_changes *changes, const struct tall_changes *more);
/* Ascending, each price once. */
void tall_changes_sort(struct tall_changes *changes);

void tall_book_init(struct tall_book *book, const struct tall_units *units, uint64_t seed);
/* Takes the top in, and adds the prices that changed. */
void tall_book_update(struct tall_book *book, const struct book *top,
                      struct tall_changes *changes);
/* What stands at that price; 0: nothing. */
int64_t tall_size(const struct tall_side *side, bool descending, int64_t price);
