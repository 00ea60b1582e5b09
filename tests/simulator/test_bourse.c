#include "support/check.h"

#include <stdlib.h>

#include "bourse.h"
#include "market/depth.h"
#include "numbers.h"

/* The market behind the desks. */

#define NS_PER_S INT64_C(1000000000)
/* 2026-11-20T00:00:30Z, half a minute into one. */
#define START_NS (INT64_C(1795132830) * NS_PER_S)

static const char *const COINS[] = {"BTC", "ETH", "XRP"};

static void open_bourse(struct bourse *bourse, const char *preset)
{
    struct err err;
    const struct bourse_options options = {
        .preset = preset,
        .seed = 7,
        .opening = true,
        .speed = 1.0,
        .coins = COINS,
        .pairs_count = 3,
        .history_minutes = 60,
    };
    assert_true(bourse_open(bourse, &options, START_NS, &err));
}

/* A follower of one symbol: it has seen a snapshot, and then only changes. */
struct follower {
    struct bourse *bourse;
    struct depth *depth;
    uint64_t previous_id;
    int64_t changes, touches;
};

static void to_levels(const struct tall_units *units, const struct tall_side *side,
                      struct book_level *out)
{
    for (int32_t i = 0; i < side->count; i++) {
        out[i].price = number_value(side->levels[i].price, units->price_decimals);
        out[i].size = number_value(side->levels[i].size, units->size_decimals);
    }
}

static void load(struct follower *follower)
{
    struct book_level bids[TALL_ROOM], asks[TALL_ROOM];
    const struct tall_book *book = &follower->bourse->symbols[0].book;
    to_levels(&book->units, &book->bids, bids);
    to_levels(&book->units, &book->asks, asks);
    const struct depth_snapshot snapshot = {
        .last_id = book->last_id,
        .exchange_ns = book->time_ms * 1000000,
        .bids = bids,
        .asks = asks,
        .bids_count = (size_t)book->bids.count,
        .asks_count = (size_t)book->asks.count,
    };
    assert_int_equal(depth_load(follower->depth, &snapshot), DEPTH_APPLIED);
    follower->previous_id = book->last_id;
}

static size_t changed(const struct tall_units *units, const struct tall_side *side,
                      bool descending, const struct tall_prices *prices, struct book_level *out)
{
    for (int32_t i = 0; i < prices->count; i++) {
        const int64_t size = tall_size(side, descending, prices->prices[i]);
        out[i].price = number_value(prices->prices[i], units->price_decimals);
        out[i].size = number_value(size, units->size_decimals);
    }
    return (size_t)prices->count;
}

static void follow(void *context, int32_t pair, const struct tall_changes *changes,
                   bool touched)
{
    struct follower *follower = context;
    const struct tall_book *book = &follower->bourse->symbols[0].book;
    static struct book_level bids[4 * TALL_ROOM], asks[4 * TALL_ROOM];
    if (pair != 0) {
        return;
    }
    const struct depth_update update = {
        .first_id = follower->changes == 0 ? follower->previous_id : book->last_id,
        .last_id = book->last_id,
        .previous_id = follower->previous_id,
        .exchange_ns = book->time_ms * 1000000,
        .bids = bids,
        .asks = asks,
        .bids_count = changed(&book->units, &book->bids, true, &changes->bids, bids),
        .asks_count = changed(&book->units, &book->asks, false, &changes->asks, asks),
    };
    assert_int_equal(depth_apply(follower->depth, &update), DEPTH_APPLIED);
    assert_true(book->last_id > follower->previous_id);
    assert_true(follower->previous_id > UINT64_C(1) << 42);
    follower->previous_id = book->last_id;
    follower->changes++;
    follower->touches += touched ? 1 : 0;
}

static void check_side(const struct tall_side *side, bool descending)
{
    assert_int_equal(side->count, TALL_LEVELS_MAX);
    for (int32_t i = 0; i < side->count; i++) {
        assert_true(side->levels[i].size > 0);
        assert_true(i == 0 || (descending ? side->levels[i].price < side->levels[i - 1].price
                                          : side->levels[i].price > side->levels[i - 1].price));
    }
}

/* Goal: who has a snapshot and hears every change has the book, whatever the market does; the
 * panic of `crisis` begins at ten minutes and moves thousands of ticks. */
static void changes_lead_to_the_book(void **state)
{
    struct bourse *bourse = calloc(1, sizeof(*bourse));
    open_bourse(bourse, "crisis");
    struct follower follower = {.bourse = bourse, .depth = depth_create()};
    const struct bourse_calls calls = {.binance_book = follow, .context = &follower};
    load(&follower);
    bourse_listen(bourse, &calls);
    bourse_advance(bourse, START_NS + 900 * NS_PER_S);
    const struct tall_book *book = &bourse->symbols[0].book;
    struct book got;
    assert_true(depth_book(follower.depth, &got));
    check_side(&book->bids, true);
    check_side(&book->asks, false);
    for (int32_t i = 0; i < BOOK_LEVELS_MAX; i++) {
        const struct tall_units *units = &book->units;
        assert_int_equal(number_units(got.bids[i].price, 2), book->bids.levels[i].price);
        assert_int_equal(number_units(got.bids[i].size, 3), book->bids.levels[i].size);
        assert_int_equal(number_units(got.asks[i].price, units->price_decimals),
                         book->asks.levels[i].price);
        assert_int_equal(number_units(got.asks[i].size, units->size_decimals),
                         book->asks.levels[i].size);
    }
    /* About 0.59 + a bit of 9000 steps: books come six or seven times a second. */
    assert_true(follower.changes > 4000 && follower.changes < 9000);
    assert_true(follower.touches > 1000 && follower.touches <= follower.changes);
    depth_destroy(follower.depth);
    bourse_close(bourse);
    free(bourse);
}

/* Goal: Upbit's books hold together: on the grid, thirty levels or padded, never crossed. */
struct upbit_check {
    struct bourse *bourse;
    int books, short_sides;
};

static void look(void *context, int32_t market)
{
    struct upbit_check *check = context;
    const struct upbit_market *at = &check->bourse->markets[market];
    assert_int_equal(book_check(&at->book), BOOK_FINE);
    assert_true(at->book.bids_count == 30);
    check->books++;
    check->short_sides += at->book.asks_count < 30 ? 1 : 0;
    for (int32_t i = 0; i < at->book.asks_count; i++) {
        check_near(fmod(at->book.asks[i].price, at->tick), 0.0, 1e-6);
    }
}

static void upbit_books_hold_together(void **state)
{
    struct bourse *bourse = calloc(1, sizeof(*bourse));
    open_bourse(bourse, "lively");
    struct upbit_check check = {.bourse = bourse};
    const struct bourse_calls calls = {.upbit_book = look, .context = &check};
    bourse_listen(bourse, &calls);
    bourse_advance(bourse, START_NS + 60 * NS_PER_S);
    /* 3 + 2 + 2 books a second and one of KRW-USDT; every fiftieth has a short side. */
    assert_in_range(check.books, 400, 500);
    assert_in_range(check.short_sides, check.books / 50 - 2, check.books / 50 + 2);
    bourse_close(bourse);
    free(bourse);
}

/* Goal: the market rests as long as it is told and goes on where it stood. */
static void a_rest_moves_nothing(void **state)
{
    struct bourse *one = calloc(1, sizeof(*one));
    struct bourse *other = calloc(1, sizeof(*other));
    open_bourse(one, "lively");
    open_bourse(other, "lively");
    bourse_advance(one, START_NS + 10 * NS_PER_S);
    bourse_advance(other, START_NS + 4 * NS_PER_S);
    bourse_rest(other, 3 * NS_PER_S);
    bourse_advance(other, START_NS + 13 * NS_PER_S);
    for (int32_t i = 0; i < 3; i++) {
        assert_int_equal(one->symbols[i].book.last_id, other->symbols[i].book.last_id);
        assert_int_equal(one->symbols[i].book.time_ms + 3000, other->symbols[i].book.time_ms);
        assert_true(one->markets[i].book.bids[0].price == other->markets[i].book.bids[0].price);
    }
    bourse_close(one);
    bourse_close(other);
    free(one);
    free(other);
}

/* Goal: the minutes before the opening are there, in order and on the grid, and lead to now. */
static void the_past_leads_to_the_present(void **state)
{
    struct bourse *bourse = calloc(1, sizeof(*bourse));
    open_bourse(bourse, "calm");
    bourse_advance(bourse, START_NS + 5 * NS_PER_S);
    const struct candles *krw = &bourse->candles_upbit[0];
    const struct candles *usd = &bourse->candles_binance[0];
    const struct candles *fx = &bourse->candles_upbit[3];
    assert_int_equal(krw->count, 61);
    assert_int_equal(usd->count, 61);
    for (int32_t i = 0; i < 60; i++) {
        const struct candle *a = candles_at(krw, i);
        const struct candle *b = candles_at(usd, i);
        assert_int_equal(a->time_ms, START_NS / 1000000 - 30000 - (60 - i) * CANDLE_MS);
        assert_int_equal(b->time_ms, a->time_ms);
        assert_true(a->low <= a->open && a->high >= a->close && a->low > 0.0);
        check_near(fmod(a->close, 1000.0), 0.0, 1e-6);
        /* The premium of `calm` has a spread of some 5 bps; a tick of KRW-USDT is 7. */
        const double premium_bps = (b->close * candles_at(fx, i)->close / a->close - 1.0) * 1e4;
        assert_true(fabs(premium_bps) < 60.0);
    }
    check_near(candles_at(krw, 59)->close / candles_at(krw, 60)->open, 1.0, 0.01);
    bourse_close(bourse);
    free(bourse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_lead_to_the_book),
        cmocka_unit_test(upbit_books_hold_together),
        cmocka_unit_test(a_rest_moves_nothing),
        cmocka_unit_test(the_past_leads_to_the_present),
    };
    return cmocka_run_group_tests_name("simulator/bourse", tests, NULL, NULL);
}
