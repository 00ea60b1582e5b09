#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/quote.h"

/* book: the top price levels of one market, best first, as a plain value.
 *
 * Prices in the market's own currency, sizes in coin. INFINITY as a size means "depth unknown,
 * take it as unlimited" (files without size columns). Building books from deltas is
 * market/depth. */

enum { BOOK_LEVELS_MAX = 32 };

struct book_level {
    double price;
    double size;
};

struct book {
    int64_t exchange_ns; /* the venue's own time of the last change */
    int64_t receive_ns;  /* when we got it, same clock as the event */
    uint64_t generation; /* bumped on every resubscribe or resync */
    int32_t bids_count;
    int32_t asks_count;
    struct book_level bids[BOOK_LEVELS_MAX];
    struct book_level asks[BOOK_LEVELS_MAX];
};

/* Copies a book as far as it has levels; what lies behind them in `to` is nobody's. */
void book_copy(struct book *to, const struct book *from);

/* A book of one level a side with unlimited depth. */
struct book book_of_quote(const struct quote *quote);

/* Best bid and ask; 0 for a missing side. */
struct quote book_quote(const struct book *book);

enum book_fault {
    BOOK_FINE,
    BOOK_EMPTY,
    BOOK_BAD_NUMBER,
    BOOK_UNSORTED,
    BOOK_LOCKED,
    BOOK_CROSSED
};

/* Is it usable: finite positive prices and sizes, sorted, bid below ask? */
enum book_fault book_check(const struct book *book);

/* The sizes of the first `count` levels of a side added up. */
double book_depth(const struct book_level *levels, int32_t count);

/* How much worse than the first price is the average of the levels that `quantity` coin walk
 * through, in bps of that price? BOOK_WALK_BPS_MAX when they do not hold that much. */
#define BOOK_WALK_BPS_MAX 10000.0
double book_walk_bps(const struct book_level *levels, int32_t count, double quantity);
