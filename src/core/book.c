#include "core/book.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

void book_copy(struct book *to, const struct book *from)
{
    assert(from->bids_count >= 0 && from->bids_count <= BOOK_LEVELS_MAX);
    assert(from->asks_count >= 0 && from->asks_count <= BOOK_LEVELS_MAX);
    memcpy(to, from, offsetof(struct book, bids));
    memcpy(to->bids, from->bids, (size_t)from->bids_count * sizeof(*to->bids));
    memcpy(to->asks, from->asks, (size_t)from->asks_count * sizeof(*to->asks));
}

/* A price of 0 says "no such side"; anything else is kept, so that book_check() can name it. */
static int32_t put_touch(struct book_level *levels, double price)
{
    if (price == 0.0) {
        return 0;
    }
    levels[0] = (struct book_level){.price = price, .size = INFINITY};
    return 1;
}

struct book book_of_quote(const struct quote *quote)
{
    struct book book = {.exchange_ns = quote->time_ns, .receive_ns = quote->time_ns};
    book.bids_count = put_touch(book.bids, quote->bid);
    book.asks_count = put_touch(book.asks, quote->ask);
    return book;
}

struct quote book_quote(const struct book *book)
{
    return (struct quote){
        .time_ns = book->receive_ns,
        .bid = book->bids_count > 0 ? book->bids[0].price : 0.0,
        .ask = book->asks_count > 0 ? book->asks[0].price : 0.0,
    };
}

static bool numbers_fine(const struct book_level *levels, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const bool price_fine = isfinite(levels[i].price) && levels[i].price > 0.0;
        /* An infinite size is allowed: depth unknown. NAN fails the comparison. */
        if (!price_fine || !(levels[i].size > 0.0)) {
            return false;
        }
    }
    return true;
}

static bool falls(const struct book_level *levels, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        if (!(levels[i].price < levels[i - 1].price)) {
            return false;
        }
    }
    return true;
}

static bool rises(const struct book_level *levels, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        if (!(levels[i].price > levels[i - 1].price)) {
            return false;
        }
    }
    return true;
}

/* What nearly every book is, in few comparisons: prices that fall from a finite one to one
 * above 0 are fine themselves, and no comparison with a NAN holds. */
static bool is_fine(const struct book *book)
{
    const struct book_level *const bids = book->bids, *const asks = book->asks;
    const int32_t lowest = book->bids_count - 1, highest = book->asks_count - 1;
    if (lowest < 0 || highest < 0 || !(bids[lowest].price > 0.0) ||
        !(bids[0].price < asks[0].price) || !(asks[highest].price < INFINITY)) {
        return false;
    }
    for (int32_t i = 1; i <= lowest; i++) {
        if (!(bids[i].price < bids[i - 1].price) || !(bids[i].size > 0.0)) {
            return false;
        }
    }
    for (int32_t i = 1; i <= highest; i++) {
        if (!(asks[i].price > asks[i - 1].price) || !(asks[i].size > 0.0)) {
            return false;
        }
    }
    return bids[0].size > 0.0 && asks[0].size > 0.0;
}

enum book_fault book_check(const struct book *book)
{
    assert(book->bids_count >= 0 && book->bids_count <= BOOK_LEVELS_MAX);
    assert(book->asks_count >= 0 && book->asks_count <= BOOK_LEVELS_MAX);

    if (is_fine(book)) {
        return BOOK_FINE;
    }
    if (book->bids_count == 0 || book->asks_count == 0) {
        return BOOK_EMPTY;
    }
    if (!numbers_fine(book->bids, book->bids_count) ||
        !numbers_fine(book->asks, book->asks_count)) {
        return BOOK_BAD_NUMBER;
    }
    if (!falls(book->bids, book->bids_count) || !rises(book->asks, book->asks_count)) {
        return BOOK_UNSORTED;
    }
    if (book->bids[0].price > book->asks[0].price) {
        return BOOK_CROSSED;
    }
    return book->bids[0].price < book->asks[0].price ? BOOK_FINE : BOOK_LOCKED;
}

double book_depth(const struct book_level *levels, int32_t count)
{
    double size = 0.0;
    for (int32_t i = 0; i < count; i++) {
        size += levels[i].size;
    }
    return size;
}

double book_walk_bps(const struct book_level *levels, int32_t count, double quantity)
{
    double left = quantity;
    double worse = 0.0; /* coin times distance from the first price */
    for (int32_t i = 0; i < count && left > 0.0; i++) {
        const double taken = levels[i].size < left ? levels[i].size : left;
        worse += taken * fabs(levels[i].price - levels[0].price);
        left -= taken;
    }
    if (left > 0.0 || !(quantity > 0.0)) {
        return quantity > 0.0 ? BOOK_WALK_BPS_MAX : 0.0;
    }
    return fmin(worse / quantity / levels[0].price * 1e4, BOOK_WALK_BPS_MAX);
}
