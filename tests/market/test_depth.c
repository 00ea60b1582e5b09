#include "support/check.h"

#include "base/rng.h"
#include "market/depth.h"

#define MS(n) ((int64_t)(n)*1000000)

/* One level of a side is enough for most of these; size 0 removes. */
static struct depth_update diff(uint64_t first, uint64_t last, uint64_t previous,
                                const struct book_level *bid, const struct book_level *ask)
{
    return (struct depth_update){
        .first_id = first,
        .last_id = last,
        .previous_id = previous,
        .exchange_ns = MS(last),
        .bids = bid,
        .asks = ask,
        .bids_count = bid != NULL ? 1 : 0,
        .asks_count = ask != NULL ? 1 : 0,
    };
}

static const struct book_level BIDS[] = {{100, 1}, {99, 2}, {98, 3}};
static const struct book_level ASKS[] = {{101, 1}, {102, 2}, {103, 3}};

static struct depth_snapshot snapshot(uint64_t id)
{
    return (struct depth_snapshot){id, MS(id), BIDS, ASKS, LEN(BIDS), LEN(ASKS)};
}

static enum depth_result apply(struct depth *depth, uint64_t first, uint64_t last,
                               uint64_t previous, const struct book_level *bid,
                               const struct book_level *ask)
{
    const struct depth_update update = diff(first, last, previous, bid, ask);
    return depth_apply(depth, &update);
}

static enum depth_result load(struct depth *depth, uint64_t id)
{
    const struct depth_snapshot loaded = snapshot(id);
    return depth_load(depth, &loaded);
}

/* A live book at id 20: snapshot 10, then a diff that spans it. */
static struct depth *live(void)
{
    struct depth *depth = depth_create();
    assert_int_equal(load(depth, 10), DEPTH_APPLIED);
    assert_int_equal(apply(depth, 8, 20, 7, &(struct book_level){100, 5}, NULL), DEPTH_APPLIED);
    return depth;
}

static struct book book_of(const struct depth *depth)
{
    struct book book;
    assert_true(depth_book(depth, &book));
    assert_int_equal(book_check(&book), BOOK_FINE);
    return book;
}

static void check_level(const struct book_level *level, double price, double size)
{
    assert_true(level->price == price && level->size == size);
}

/* Goal: the rules of VENUES.md 7 in order: hold, drop u < L, begin with U <= L <= u, chain pu.
 */
static void begins_as_the_venue_says(void **state)
{
    struct depth *depth = depth_create();
    struct book book;
    assert_int_equal(apply(depth, 1, 5, 0, NULL, NULL), DEPTH_HELD);
    assert_int_equal(apply(depth, 6, 9, 5, &(struct book_level){97, 9}, NULL), DEPTH_HELD);
    assert_int_equal(apply(depth, 10, 12, 9, &(struct book_level){99, 7}, NULL), DEPTH_HELD);
    assert_int_equal(apply(depth, 14, 15, 12, NULL, &(struct book_level){101, 0}), DEPTH_HELD);
    assert_false(depth_ready(depth));
    assert_false(depth_book(depth, &book));
    assert_int_equal(load(depth, 11), DEPTH_APPLIED);
    assert_int_equal(depth_stats(depth)->dropped, 2);
    assert_int_equal(depth_stats(depth)->applied, 2);
    assert_int_equal(depth_last_id(depth), 15);
    book = book_of(depth);
    assert_int_equal(book.bids_count, 3); /* 97 was in a dropped diff */
    check_level(&book.bids[1], 99, 7);
    check_level(&book.asks[0], 102, 2);
    assert_true(book.exchange_ns == MS(15));
    depth_destroy(depth);
}

/* Goal: both ends of U <= L <= u count; a first diff past L means the snapshot is too old and
 * the diff goes on waiting for the next one, unless it names the snapshot as its predecessor.
 */
static void wants_the_first_diff_to_span_the_snapshot(void **state)
{
    static const struct {
        uint64_t first, last, previous;
        enum depth_result want;
    } cases[] = {
        {10, 10, 1, DEPTH_APPLIED},       {10, 15, 1, DEPTH_APPLIED},
        {5, 10, 1, DEPTH_APPLIED},        {5, 9, 1, DEPTH_DROPPED},
        {11, 15, 1, DEPTH_SNAPSHOT_OLD},  {11, 15, 10, DEPTH_APPLIED},
        {14, 15, 11, DEPTH_SNAPSHOT_OLD},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct depth *depth = depth_create();
        assert_int_equal(load(depth, 10), DEPTH_APPLIED);
        assert_int_equal(
            apply(depth, cases[i].first, cases[i].last, cases[i].previous, NULL, NULL),
            cases[i].want);
        assert_int_equal(depth_ready(depth), cases[i].want != DEPTH_SNAPSHOT_OLD);
        depth_destroy(depth);
    }
    struct depth *depth = depth_create();
    assert_int_equal(apply(depth, 11, 15, 9, NULL, NULL), DEPTH_HELD);
    assert_int_equal(apply(depth, 16, 18, 15, NULL, NULL), DEPTH_HELD);
    assert_int_equal(load(depth, 10), DEPTH_SNAPSHOT_OLD);
    assert_true(!depth_ready(depth) && depth_wants(depth));
    assert_int_equal(load(depth, 13), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 18);
    assert_int_equal(depth_stats(depth)->gaps, 0);
    assert_int_equal(depth_stats(depth)->snapshots_old, 1);
    depth_destroy(depth);
}

/* Goal: levels are set, added in order and removed; removing an unknown one is nothing. */
static void keeps_levels_sorted(void **state)
{
    struct depth *depth = live();
    assert_int_equal(apply(depth, 21, 21, 20, &(struct book_level){99.5, 4}, NULL),
                     DEPTH_APPLIED);
    assert_int_equal(apply(depth, 22, 22, 21, &(struct book_level){42, 0}, NULL),
                     DEPTH_APPLIED);
    assert_int_equal(apply(depth, 23, 23, 22, &(struct book_level){99, 0}, NULL),
                     DEPTH_APPLIED);
    assert_int_equal(apply(depth, 24, 24, 23, NULL, &(struct book_level){100.5, 6}),
                     DEPTH_APPLIED);
    assert_int_equal(apply(depth, 25, 25, 24, NULL, &(struct book_level){999, 1}),
                     DEPTH_APPLIED);
    const struct book book = book_of(depth);
    assert_int_equal(book.bids_count, 3);
    check_level(&book.bids[0], 100, 5);
    check_level(&book.bids[1], 99.5, 4);
    check_level(&book.bids[2], 98, 3);
    assert_int_equal(book.asks_count, 5);
    check_level(&book.asks[0], 100.5, 6);
    check_level(&book.asks[4], 999, 1);
    depth_destroy(depth);
}

static enum depth_result apply_at(struct depth *depth, int64_t receive_ns, uint64_t first,
                                  uint64_t last, uint64_t previous)
{
    struct depth_update update = diff(first, last, previous, NULL, NULL);
    update.receive_ns = receive_ns;
    return depth_apply(depth, &update);
}

/* Goal: diffs that come in another order within the time give the same book, and the chain goes
 * on behind them. */
static void waits_for_one_that_is_late(void **state)
{
    struct depth *depth = live();
    const struct book_level bid = {99, 6};
    const struct depth_update last = diff(25, 26, 24, &bid, NULL);
    assert_int_equal(depth_apply(depth, &last), DEPTH_AHEAD);
    assert_int_equal(apply(depth, 23, 24, 22, &(struct book_level){99, 5}, NULL), DEPTH_AHEAD);
    assert_int_equal(depth_apply(depth, &last), DEPTH_AHEAD); /* twice, for good measure */
    assert_int_equal(apply(depth, 29, 30, 28, NULL, NULL), DEPTH_AHEAD);
    assert_int_equal(apply(depth, 21, 22, 20, NULL, &(struct book_level){101, 8}),
                     DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 26);
    struct book book = book_of(depth);
    check_level(&book.bids[1], 99, 6); /* 24 before 26 */
    check_level(&book.asks[0], 101, 8);
    assert_int_equal(apply(depth, 27, 28, 26, NULL, NULL), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 30);
    assert_int_equal(depth_stats(depth)->gaps, 0);
    assert_int_equal(depth_stats(depth)->ahead, 4);
    depth_destroy(depth);
}

/* Goal: no more than so many wait; those that are no piece of the chain are no beginning of the
 * next book. */
static void gives_up_when_too_many_wait(void **state)
{
    struct depth *depth = live();
    for (uint64_t i = 0; i < DEPTH_AHEAD_MAX; i++) {
        assert_int_equal(apply(depth, 100 - i, 100 - i, 99 - i, NULL, NULL), DEPTH_AHEAD);
    }
    assert_int_equal(apply(depth, 200, 201, 199, NULL, NULL), DEPTH_GAP);
    assert_int_equal(load(depth, 150), DEPTH_SNAPSHOT_OLD);
    assert_int_equal(load(depth, 200), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 201);
    depth_destroy(depth);
}

/* Goal: a break in the chain forgets the book, and only a new snapshot brings it back. */
static void resyncs_after_a_gap(void **state)
{
    struct depth *depth = live();
    const uint64_t generation = depth_generation(depth);
    assert_int_equal(apply_at(depth, MS(0), 31, 32, 30), DEPTH_AHEAD);
    assert_int_equal(apply_at(depth, MS(DEPTH_AHEAD_MS), 33, 33, 32), DEPTH_AHEAD);
    assert_true(depth_ready(depth) && depth_last_id(depth) == 20);
    const struct book_level bid = {100, 9};
    struct depth_update late = diff(34, 35, 33, &bid, NULL);
    late.receive_ns = MS(DEPTH_AHEAD_MS) + 1;
    assert_int_equal(depth_apply(depth, &late), DEPTH_GAP);
    assert_false(depth_ready(depth));
    assert_int_equal(depth_generation(depth), generation + 1);
    assert_int_equal(apply(depth, 36, 40, 35, NULL, NULL), DEPTH_HELD);
    assert_int_equal(load(depth, 32), DEPTH_APPLIED); /* one of those that waited spans it */
    assert_int_equal(depth_last_id(depth), 40);
    const struct book book = book_of(depth);
    check_level(&book.bids[0], 100, 9);
    assert_int_equal(book.generation, generation + 1);
    assert_int_equal(depth_stats(depth)->gaps, 1);
    depth_destroy(depth);
}

/* Goal: a gap inside what was held is a gap too; what follows it waits. */
static void finds_a_gap_among_the_held(void **state)
{
    struct depth *depth = depth_create();
    apply(depth, 5, 12, 4, NULL, NULL);
    apply(depth, 20, 22, 19, &(struct book_level){100, 8}, NULL);
    apply(depth, 23, 25, 22, &(struct book_level){99, 8}, NULL);
    assert_int_equal(load(depth, 10), DEPTH_GAP);
    assert_false(depth_ready(depth));
    assert_int_equal(load(depth, 21), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 25);
    const struct book book = book_of(depth);
    check_level(&book.bids[0], 100, 8);
    check_level(&book.bids[1], 99, 8);
    depth_destroy(depth);
}

static void resyncs_a_crossed_book(void **state)
{
    struct depth *depth = live();
    assert_int_equal(apply(depth, 21, 22, 20, &(struct book_level){101, 1}, NULL),
                     DEPTH_LOCKED);
    assert_false(depth_ready(depth));
    assert_int_equal(depth_stats(depth)->crossed, 1);
    assert_int_equal(depth_stats(depth)->gaps, 0);
    const struct book_level bid = {102, 1};
    const struct depth_snapshot crossed = {30, MS(30), &bid, ASKS, 1, LEN(ASKS)};
    assert_int_equal(depth_load(depth, &crossed), DEPTH_CROSSED);
    assert_false(depth_ready(depth));
    assert_int_equal(load(depth, 31), DEPTH_APPLIED);
    depth_destroy(depth);
}

/* Goal: a message heard before changes nothing, wherever it comes again. */
static void passes_duplicates_by(void **state)
{
    struct depth *depth = live();
    const struct book_level bid = {99, 4};
    assert_int_equal(apply(depth, 21, 25, 20, &bid, NULL), DEPTH_APPLIED);
    const struct book before = book_of(depth);
    assert_int_equal(apply(depth, 21, 25, 20, &(struct book_level){99, 77}, NULL),
                     DEPTH_DUPLICATE);
    assert_int_equal(apply(depth, 8, 20, 7, &(struct book_level){99, 78}, NULL),
                     DEPTH_DUPLICATE);
    assert_int_equal(load(depth, 24), DEPTH_NOT_NEEDED);
    const struct book after = book_of(depth);
    assert_memory_equal(&before, &after, sizeof(before));
    assert_int_equal(depth_stats(depth)->duplicates, 2);
    depth_destroy(depth);
}

/* Goal: ids that begin anew while the engine's time goes on are no duplicates. */
static void notices_ids_that_begin_anew(void **state)
{
    struct depth *depth = live();
    struct depth_update update = diff(1, 3, 0, NULL, NULL);
    update.exchange_ns = MS(21);
    assert_int_equal(depth_apply(depth, &update), DEPTH_RESTARTED);
    assert_int_equal(load(depth, 2), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), 3);
    depth_destroy(depth);
}

/* Goal: too many held diffs are dropped together, and a snapshot newer than the rest still
 * gives a whole book. */
static void bounds_what_it_holds(void **state)
{
    struct depth *depth = depth_create();
    for (uint64_t i = 1; i <= DEPTH_HELD_MAX + 5; i++) {
        assert_int_equal(
            apply(depth, i, i, i - 1, &(struct book_level){(double)i / 100, 1}, NULL),
            DEPTH_HELD);
    }
    assert_int_equal(depth_stats(depth)->held_lost, DEPTH_HELD_MAX);
    assert_int_equal(load(depth, DEPTH_HELD_MAX - 1), DEPTH_SNAPSHOT_OLD);
    assert_int_equal(load(depth, DEPTH_HELD_MAX + 3), DEPTH_APPLIED);
    assert_int_equal(depth_last_id(depth), DEPTH_HELD_MAX + 5);
    depth_destroy(depth);
}

static void forgets_everything_on_reset(void **state)
{
    struct depth *depth = live();
    const uint64_t generation = depth_generation(depth);
    depth_reset(depth);
    assert_false(depth_ready(depth));
    assert_int_equal(depth_generation(depth), generation + 1);
    assert_int_equal(load(depth, 50), DEPTH_APPLIED);
    depth_destroy(depth);
}

/* Goal: a full side keeps the best levels, whatever comes. Bids 1..1200 in a mixed order (the
 * step 7 visits each of 1200 + 1 places once, 1201 being prime): the best 1024 are 177..1200.
 */
static void keeps_the_best_of_a_full_side(void **state)
{
    struct depth *depth = depth_create();
    const struct book_level ask = {5000, 1};
    const struct depth_snapshot empty = {1, MS(1), NULL, &ask, 0, 1};
    assert_int_equal(depth_load(depth, &empty), DEPTH_APPLIED);
    for (uint64_t i = 1; i <= 1200; i++) {
        const struct book_level bid = {(double)(i * 7 % 1201), 1};
        assert_int_equal(apply(depth, i, i, i - 1, &bid, NULL), DEPTH_APPLIED);
    }
    struct book book = book_of(depth);
    for (int32_t i = 0; i < BOOK_LEVELS_MAX; i++) {
        check_level(&book.bids[i], 1200 - i, 1);
    }
    /* Take the best away one by one: 1024 of them are there. */
    uint64_t removed = 0;
    for (; book.bids_count > 0; removed++) {
        const struct book_level gone = {book.bids[0].price, 0};
        apply(depth, 1201 + removed, 1201 + removed, 1200 + removed, &gone, NULL);
        assert_true(depth_book(depth, &book));
    }
    assert_int_equal(removed, DEPTH_LEVELS_MAX);
    depth_destroy(depth);
}

/* Goal: against a plain table of sizes by price, random diffs give the same top levels. */
static void agrees_with_a_plain_table(void **state)
{
    enum { PRICES = 200, ROUNDS = 3000 };
    double table[PRICES] = {0};
    struct rng rng;
    struct depth *depth = depth_create();
    const struct book_level ask = {PRICES + 1, 1};
    const struct depth_snapshot empty = {1, MS(1), NULL, &ask, 0, 1};
    rng_seed(&rng, 7, rng_salt("depth"));
    assert_int_equal(depth_load(depth, &empty), DEPTH_APPLIED);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        const uint64_t price = rng_below(&rng, PRICES);
        const struct book_level bid = {(double)price + 1, (double)rng_below(&rng, 3)};
        table[price] = bid.size;
        assert_int_equal(apply(depth, round, round, round - 1, &bid, NULL), DEPTH_APPLIED);
        struct book book;
        int32_t level = 0;
        assert_true(depth_book(depth, &book));
        for (int at = PRICES - 1; at >= 0 && level < BOOK_LEVELS_MAX; at--) {
            if (table[at] > 0) {
                check_level(&book.bids[level++], at + 1, table[at]);
            }
        }
        assert_int_equal(book.bids_count, level);
    }
    depth_destroy(depth);
}

/* Sends diff `at` of the chain, of ids 2 * at + 1 and 2 * at + 2, with what it says. */
static void send(struct depth *depth, const struct book_level *levels, int64_t at)
{
    const uint64_t first = 21 + 2 * (uint64_t)at;
    struct depth_update update = diff(first, first + 1, first - 1, &levels[at], NULL);
    update.receive_ns = MS(at);
    depth_apply(depth, &update);
}

/* Goal: whatever of a chain comes late (within the 64 that wait and their 200 ms) or again, the
 * book is the one of the chain in its order: each swaps places with one up to 50 behind it, and
 * every fourth comes once more at the end of its stretch. */
static void late_ones_and_doubles_change_nothing(void **state)
{
    enum { STRETCH = 50, STRETCHES = 60, COUNT = STRETCH * STRETCHES };
    struct book_level levels[COUNT];
    struct rng rng;
    struct depth *plain = live();
    struct depth *shaken = live();
    rng_seed(&rng, 8, rng_salt("shaken"));
    for (int64_t begin = 0; begin < COUNT; begin += STRETCH) {
        int64_t order[STRETCH];
        for (int64_t i = 0; i < STRETCH; i++) { /* a shuffle from the inside out */
            const int64_t place = (int64_t)rng_below(&rng, (uint64_t)i + 1);
            order[i] = order[place];
            order[place] = begin + i;
            levels[begin + i] = (struct book_level){50 + (double)rng_below(&rng, 40),
                                                    (double)rng_below(&rng, 4)};
            send(plain, levels, begin + i);
        }
        for (int64_t i = 0; i < STRETCH; i++) {
            send(shaken, levels, order[i]);
        }
        for (int64_t i = 0; i < STRETCH; i += 4) {
            send(shaken, levels, order[i]);
        }
        const struct book want = book_of(plain);
        const struct book got = book_of(shaken);
        assert_memory_equal(&got, &want, sizeof(want));
    }
    assert_int_equal(depth_stats(shaken)->gaps, 0);
    assert_int_equal(depth_stats(shaken)->applied, depth_stats(plain)->applied);
    assert_true(depth_stats(shaken)->duplicates >= STRETCHES * STRETCH / 4);
    assert_true(depth_stats(shaken)->ahead > COUNT / 2);
    depth_destroy(plain);
    depth_destroy(shaken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_as_the_venue_says),
        cmocka_unit_test(wants_the_first_diff_to_span_the_snapshot),
        cmocka_unit_test(keeps_levels_sorted),
        cmocka_unit_test(waits_for_one_that_is_late),
        cmocka_unit_test(gives_up_when_too_many_wait),
        cmocka_unit_test(resyncs_after_a_gap),
        cmocka_unit_test(finds_a_gap_among_the_held),
        cmocka_unit_test(resyncs_a_crossed_book),
        cmocka_unit_test(passes_duplicates_by),
        cmocka_unit_test(notices_ids_that_begin_anew),
        cmocka_unit_test(bounds_what_it_holds),
        cmocka_unit_test(forgets_everything_on_reset),
        cmocka_unit_test(keeps_the_best_of_a_full_side),
        cmocka_unit_test(agrees_with_a_plain_table),
        cmocka_unit_test(late_ones_and_doubles_change_nothing),
    };
    return cmocka_run_group_tests_name("market/depth", tests, NULL, NULL);
}
