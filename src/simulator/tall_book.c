#include "tall_book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "numbers.h"

#define BTC_USD        100000.0
#define DEEP_BTC       0.05
#define BLOCK_SHARE    0.1
#define GAP_ONE_SHARE  0.6
#define GAP_TICKS_MAX  10
#define HOLE_TICKS_MAX 30

enum { CHURN = 2 };

void tall_changes_finish(struct tall_changes *changes)
{
    mem_free(changes->bids.prices);
    mem_free(changes->asks.prices);
    *changes = (struct tall_changes){0};
}

void tall_changes_clear(struct tall_changes *changes)
{
    changes->bids.count = 0;
    changes->asks.count = 0;
}

bool tall_changes_any(const struct tall_changes *changes)
{
    return changes->bids.count > 0 || changes->asks.count > 0;
}

static void add_price(struct tall_prices *prices, int64_t price)
{
    if (prices->count == prices->capacity) {
        prices->capacity = prices->capacity > 0 ? 2 * prices->capacity : 64;
        prices->prices =
            mem_grow(prices->prices, (size_t)prices->capacity, sizeof(*prices->prices));
    }
    prices->prices[prices->count++] = price;
}

static void add_prices(struct tall_prices *prices, const struct tall_prices *more)
{
    for (int32_t i = 0; i < more->count; i++) {
        add_price(prices, more->prices[i]);
    }
}

void tall_changes_add(struct tall_changes *changes, const struct tall_changes *more)
{
    add_prices(&changes->bids, &more->bids);
    add_prices(&changes->asks, &more->asks);
}

static int compare_prices(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static void sort_prices(struct tall_prices *prices)
{
    if (prices->count == 0) {
        return;
    }
    qsort(prices->prices, (size_t)prices->count, sizeof(*prices->prices), compare_prices);
    int32_t kept = 1;
    for (int32_t i = 1; i < prices->count; i++) {
        if (prices->prices[i] != prices->prices[kept - 1]) {
            prices->prices[kept++] = prices->prices[i];
        }
    }
    prices->count = kept;
}

void tall_changes_sort(struct tall_changes *changes)
{
    sort_prices(&changes->bids);
    sort_prices(&changes->asks);
}

void tall_book_init(struct tall_book *book, const struct tall_units *units, uint64_t seed)
{
    memset(book, 0, sizeof(*book));
    book->units = *units;
    rng_seed(&book->rng, seed, rng_salt("tall book"));
}

/* A side under work: what it belongs to, which way it runs, and where changes are told. */
struct work {
    struct tall_book *book;
    struct tall_side *side;
    bool descending;
    struct tall_prices *changes;
};

static bool is_better(const struct work *work, int64_t price, int64_t than)
{
    return work->descending ? price > than : price < than;
}

static int64_t draw_size(struct tall_book *book)
{
    struct rng *rng = &book->rng;
    const struct tall_units *units = &book->units;
    const double btc = rng_uniform(rng) < BLOCK_SHARE ? 1.0 + 9.0 * rng_uniform(rng)
                                                      : DEEP_BTC * rng_exponential(rng);
    const double coin = btc * BTC_USD / units->usd_per_coin;
    const int64_t lots = number_units(coin, units->size_decimals) / units->lot;
    return (lots > 0 ? lots : 1) * units->lot;
}

static int64_t draw_gap(struct tall_book *book)
{
    const bool one = rng_uniform(&book->rng) < GAP_ONE_SHARE;
    return book->units.tick * (one ? 1 : 1 + (int64_t)rng_below(&book->rng, GAP_TICKS_MAX));
}

/* The levels of the top as whole units; a size below a lot is no level. */
static int32_t take_top(const struct work *work, const struct book_level *levels, int32_t count,
                        struct tall_level top[BOOK_LEVELS_MAX])
{
    const struct tall_units *units = &work->book->units;
    int32_t taken = 0;
    for (int32_t i = 0; i < count; i++) {
        top[taken] = (struct tall_level){
            .price = number_units(levels[i].price, units->price_decimals),
            .size = number_units(levels[i].size, units->size_decimals),
        };
        taken += top[taken].size > 0 ? 1 : 0;
    }
    return taken;
}

/* Tells what the new top changes in the part of the old side it covers; returns how many old
 * levels that part has. */
static int32_t tell_top(const struct work *work, const struct tall_level *top, int32_t count)
{
    const struct tall_side *side = work->side;
    int32_t old = 0;
    for (int32_t i = 0; i < count; i++) {
        while (old < side->count && is_better(work, side->levels[old].price, top[i].price)) {
            add_price(work->changes, side->levels[old++].price);
        }
        const bool same = old < side->count && side->levels[old].price == top[i].price;
        if (!same || side->levels[old].size != top[i].size) {
            add_price(work->changes, top[i].price);
        }
        old += same ? 1 : 0;
    }
    return old;
}

static void insert_levels(const struct work *work, int32_t at, const struct tall_level *levels,
                          int32_t count)
{
    struct tall_side *side = work->side;
    const int32_t room = TALL_ROOM - at - count;
    int32_t moved = side->count - at;
    if (moved > room) {
        for (int32_t i = at + room; i < side->count; i++) {
            add_price(work->changes, side->levels[i].price);
        }
        moved = room;
    }
    memmove(side->levels + at + count, side->levels + at, (size_t)moved * sizeof(*levels));
    memcpy(side->levels + at, levels, (size_t)count * sizeof(*levels));
    side->count = at + count + moved;
}

static void put_top(const struct work *work, const struct tall_level *top, int32_t count)
{
    struct tall_side *side = work->side;
    const int32_t covered = tell_top(work, top, count);
    side->count -= covered;
    memmove(side->levels, side->levels + covered, (size_t)side->count * sizeof(*side->levels));
    insert_levels(work, 0, top, count);
}

/* Behind a jump the old levels stand far off: new ones come between. */
static void close_hole(const struct work *work, int32_t top_count)
{
    struct tall_side *side = work->side;
    const int64_t step = work->descending ? -1 : 1;
    if (top_count == 0 || top_count >= side->count) {
        return;
    }
    const int64_t far = side->levels[top_count].price;
    int64_t price = side->levels[top_count - 1].price;
    if (step * (far - price) <= HOLE_TICKS_MAX * work->book->units.tick) {
        return;
    }
    struct tall_level fresh[TALL_LEVELS_MAX];
    int32_t count = 0;
    while (count < TALL_LEVELS_MAX - top_count) {
        price += step * draw_gap(work->book);
        if (!is_better(work, price, far)) {
            break;
        }
        fresh[count++] = (struct tall_level){price, draw_size(work->book)};
        add_price(work->changes, price);
    }
    insert_levels(work, top_count, fresh, count);
}

/* To exactly as many levels as a snapshot shows, unless prices end first. */
static void settle_length(const struct work *work)
{
    struct tall_side *side = work->side;
    const int64_t step = work->descending ? -1 : 1;
    while (side->count > TALL_LEVELS_MAX) {
        add_price(work->changes, side->levels[--side->count].price);
    }
    while (side->count > 0 && side->count < TALL_LEVELS_MAX) {
        const int64_t price = side->levels[side->count - 1].price + step * draw_gap(work->book);
        if (price <= 0) {
            break;
        }
        side->levels[side->count++] = (struct tall_level){price, draw_size(work->book)};
        add_price(work->changes, price);
    }
}

static void churn(const struct work *work, int32_t top_count)
{
    const int32_t behind = work->side->count - top_count;
    for (int32_t i = 0; i < CHURN && behind > 0; i++) {
        const int32_t at = top_count + (int32_t)rng_below(&work->book->rng, (uint64_t)behind);
        work->side->levels[at].size = draw_size(work->book);
        add_price(work->changes, work->side->levels[at].price);
    }
}

static void update_side(const struct work *work, const struct book_level *levels, int32_t count)
{
    struct tall_level top[BOOK_LEVELS_MAX + 1];
    const int32_t top_count = take_top(work, levels, count, top);
    put_top(work, top, top_count);
    close_hole(work, top_count);
    settle_length(work);
    churn(work, top_count);
}

void tall_book_update(struct tall_book *book, const struct book *top,
                      struct tall_changes *changes)
{
    const struct work bids = {book, &book->bids, true, &changes->bids};
    const struct work asks = {book, &book->asks, false, &changes->asks};
    update_side(&bids, top->bids, top->bids_count);
    update_side(&asks, top->asks, top->asks_count);
}

int64_t tall_size(const struct tall_side *side, bool descending, int64_t price)
{
    int32_t low = 0;
    int32_t high = side->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        const int64_t there = side->levels[middle].price;
        if (there == price) {
            return side->levels[middle].size;
        }
        if (descending ? there > price : there < price) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}
