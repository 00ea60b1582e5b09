#include "support/check.h"

#include "core/book.h"

/* Two levels a side around 100: fine as it stands, each case breaks one thing. */
static struct book fine_book(void)
{
    return (struct book){
        .bids_count = 2,
        .asks_count = 2,
        .bids = {{99.0, 1.0}, {98.0, 2.5}},
        .asks = {{101.0, 0.5}, {102.0, INFINITY}},
    };
}

static void names_what_is_wrong_with_a_book(void **state)
{
    static const struct {
        const char *name;
        enum book_fault fault;
        struct book_level bid, second_bid, ask, second_ask;
    } cases[] = {
        {"fine", BOOK_FINE, {99, 1}, {98, 1}, {101, 1}, {102, 1}},
        {"infinite size is fine", BOOK_FINE, {99, INFINITY}, {98, 1}, {101, 1}, {102, 1}},
        {"price nan", BOOK_BAD_NUMBER, {NAN, 1}, {98, 1}, {101, 1}, {102, 1}},
        {"price infinite", BOOK_BAD_NUMBER, {99, 1}, {98, 1}, {101, 1}, {INFINITY, 1}},
        {"price zero", BOOK_BAD_NUMBER, {99, 1}, {0, 1}, {101, 1}, {102, 1}},
        {"price negative", BOOK_BAD_NUMBER, {99, 1}, {-1, 1}, {101, 1}, {102, 1}},
        {"size zero", BOOK_BAD_NUMBER, {99, 0}, {98, 1}, {101, 1}, {102, 1}},
        {"size nan", BOOK_BAD_NUMBER, {99, 1}, {98, 1}, {101, NAN}, {102, 1}},
        {"bids rise", BOOK_UNSORTED, {98, 1}, {99, 1}, {101, 1}, {102, 1}},
        {"bids equal", BOOK_UNSORTED, {99, 1}, {99, 1}, {101, 1}, {102, 1}},
        {"asks fall", BOOK_UNSORTED, {99, 1}, {98, 1}, {102, 1}, {101, 1}},
        {"asks equal", BOOK_UNSORTED, {99, 1}, {98, 1}, {101, 1}, {101, 1}},
        {"locked", BOOK_LOCKED, {101, 1}, {98, 1}, {101, 1}, {102, 1}},
        {"crossed", BOOK_CROSSED, {101.5, 1}, {98, 1}, {101, 1}, {102, 1}},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].name);
        struct book book = fine_book();
        book.bids[0] = cases[i].bid;
        book.bids[1] = cases[i].second_bid;
        book.asks[0] = cases[i].ask;
        book.asks[1] = cases[i].second_ask;
        assert_int_equal(book_check(&book), cases[i].fault);
    }
}

static void calls_a_missing_side_empty(void **state)
{
    struct book book = fine_book();
    book.asks_count = 0;
    assert_int_equal(book_check(&book), BOOK_EMPTY);
    const struct quote quote = book_quote(&book);
    check_near(quote.bid, 99.0, 0.0);
    check_near(quote.ask, 0.0, 0.0);
}

/* One bid and two asks into a book of two and two: the second bid that was there is nobody's.
 */
static void copies_as_far_as_there_are_levels(void **state)
{
    struct book to = fine_book(), from = fine_book();
    from.exchange_ns = 1;
    from.receive_ns = 2;
    from.generation = 3;
    from.bids_count = 1;
    from.bids[0] = (struct book_level){97.0, 3.0};
    from.asks[1] = (struct book_level){103.0, 4.0};
    from.bids[1] = from.asks[2] = (struct book_level){NAN, NAN};
    book_copy(&to, &from);
    assert_true(to.exchange_ns == 1 && to.receive_ns == 2 && to.generation == 3);
    assert_int_equal(to.bids_count, 1);
    assert_int_equal(to.asks_count, 2);
    assert_true(to.bids[0].price == 97.0 && to.bids[0].size == 3.0);
    assert_true(to.asks[0].price == 101.0 && to.asks[0].size == 0.5);
    assert_true(to.asks[1].price == 103.0 && to.asks[1].size == 4.0);
    assert_true(to.bids[1].price == 98.0 && to.asks[2].price == 0.0);
}

/* Goal: what goes in as a quote comes out as the same quote, broken numbers included. */
static void keeps_a_quote_as_it_was(void **state)
{
    static const struct quote quotes[] = {
        {7, 99.5, 100.5}, {7, 0.0, 100.5}, {7, 99.5, 0.0}, {7, -1.0, 100.5}, {7, 99.5, NAN},
    };
    for (size_t i = 0; i < LEN(quotes); i++) {
        const struct book book = book_of_quote(&quotes[i]);
        const struct quote got = book_quote(&book);
        assert_int_equal(got.time_ns, 7);
        check_near(got.bid, quotes[i].bid, 0.0);
        check_near(got.ask, quotes[i].ask, 0.0);
        assert_int_equal(book_check(&book) == BOOK_FINE, i == 0);
    }
}

/* 0.5 + 1.5 = 2; an unlimited level makes the rest unlimited; no level is nothing. */
static void adds_depth_up(void **state)
{
    const struct book_level levels[] = {{101, 0.5}, {102, 1.5}, {103, INFINITY}};
    check_near(book_depth(levels, 0), 0.0, 0.0);
    check_near(book_depth(levels, 2), 2.0, 0.0);
    assert_true(isinf(book_depth(levels, 3)));
}

/* Goal: what a size pays beyond the first price. 3 coin over 1 @ 100, 1 @ 101, 2 @ 104: average
 * (100 + 101 + 104) / 3 = 101.6667, 166.67 bps worse; bids the same way down. */
static void walks_as_deep_as_the_size(void **state)
{
    const struct book_level asks[] = {{100, 1}, {101, 1}, {104, 2}};
    const struct book_level bids[] = {{100, 1}, {99, 1}, {96, 2}};
    const struct book_level endless[] = {{100, INFINITY}};
    check_near(book_walk_bps(asks, 3, 1), 0, 0);
    check_near(book_walk_bps(asks, 3, 3), 500.0 / 3.0, 1e-12);
    check_near(book_walk_bps(bids, 3, 3), 500.0 / 3.0, 1e-12);
    check_near(book_walk_bps(endless, 1, 1e9), 0, 0);
    check_near(book_walk_bps(asks, 3, 4), 225, 1e-12); /* (0 + 1 + 4 + 4) / 4 of 100 */
    check_near(book_walk_bps(asks, 3, 4.01), BOOK_WALK_BPS_MAX, 0);
    check_near(book_walk_bps(asks, 0, 1), BOOK_WALK_BPS_MAX, 0);
    check_near(book_walk_bps(asks, 3, 0), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_as_deep_as_the_size),
        cmocka_unit_test(names_what_is_wrong_with_a_book),
        cmocka_unit_test(calls_a_missing_side_empty),
        cmocka_unit_test(copies_as_far_as_there_are_levels),
        cmocka_unit_test(keeps_a_quote_as_it_was),
        cmocka_unit_test(adds_depth_up),
    };
    return cmocka_run_group_tests_name("core/book", tests, NULL, NULL);
}
