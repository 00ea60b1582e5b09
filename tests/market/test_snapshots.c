#include "support/check.h"

#include "market/snapshots.h"

static const int64_t NS_PER_MS = 1000000;
static const int64_t START_NS = INT64_C(1767225600) * 1000000000; /* 2026-01-01T00:00:00Z */

static int64_t at(int64_t ms)
{
    return START_NS + ms * NS_PER_MS;
}

static struct event book(int64_t ms, int32_t pair, enum venue venue, double bid, double ask)
{
    struct event event = {.kind = EVENT_BOOK, .pair = pair, .time_ns = at(ms)};
    event.book.venue = venue;
    event.book.book = (struct book){
        .bids_count = bid > 0,
        .asks_count = ask > 0,
        .bids = {{bid, 0.5}},
        .asks = {{ask, 0.25}},
    };
    return event;
}

static struct event fx(int64_t ms, double krw_per_usd)
{
    struct event event = {.kind = EVENT_FX, .pair = -1, .time_ns = at(ms)};
    event.fx.krw_per_usd = krw_per_usd;
    return event;
}

static void take(struct snapshots *snapshots, struct event event, struct text *out)
{
    snapshots_take(snapshots, &event, out);
}

/* Goal: a row is what stood at its moment, and that includes what came at that very moment. A
 * row a second: at 1 s fx is missing; at 2 s all is known; nothing comes between 2 and 3 s; the
 * book of 4 s counts for 4 s, that of 4.001 s does not. */
static void tells_what_stood_at_each_moment(void **state)
{
    struct snapshots snapshots;
    struct text out = text_growing();
    snapshots_init(&snapshots, 1, START_NS, 1000 * NS_PER_MS);
    take(&snapshots, book(10, 1, VENUE_A, 99, 101), &out);
    take(&snapshots, book(20, 1, VENUE_B, 0.07, 0.08), &out);
    take(&snapshots, book(30, 0, VENUE_B, 5, 6), &out); /* of another pair */
    take(&snapshots, fx(1500, 1450.125), &out);
    assert_string_equal(text_string(&out), "");
    take(&snapshots, book(4000, 1, VENUE_A, 98, 100), &out);
    take(&snapshots, book(4001, 1, VENUE_A, 97, 99), &out);
    snapshots_until(&snapshots, at(4999), &out);
    assert_string_equal(text_string(&out),
                        "2026-01-01T00:00:02.000Z,99,101,0.07,0.08,1450.125,0.5,0.25,0.5,0.25\n"
                        "2026-01-01T00:00:03.000Z,99,101,0.07,0.08,1450.125,0.5,0.25,0.5,0.25\n"
                        "2026-01-01T00:00:04.000Z,98,100,0.07,0.08,1450.125,0.5,0.25,0.5,"
                        "0.25\n");
    assert_int_equal(snapshots.rows, 3);
    text_finish(&out);
}

/* Goal: a side without a level is not the side of before: its price is 0, an invalid snapshot.
 */
static void a_missing_side_has_no_price(void **state)
{
    struct snapshots snapshots;
    struct text out = text_growing();
    snapshots_init(&snapshots, 0, START_NS, 1000 * NS_PER_MS);
    take(&snapshots, fx(1, 1450), &out);
    take(&snapshots, book(2, 0, VENUE_A, 99, 101), &out);
    take(&snapshots, book(3, 0, VENUE_B, 7, 8), &out);
    take(&snapshots, book(500, 0, VENUE_A, 99, 0), &out);
    snapshots_until(&snapshots, at(1000), &out);
    assert_string_equal(text_string(&out),
                        "2026-01-01T00:00:01.000Z,99,0,7,8,1450,0.5,0,0.5,0.25\n");
    text_finish(&out);
}

static void names_the_columns_of_a_snapshot_file(void **state)
{
    struct text out = text_growing();
    snapshots_header(&out);
    assert_string_equal(text_string(&out),
                        "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate,"
                        "bid_size_a,ask_size_a,bid_size_b,ask_size_b\n");
    text_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_stood_at_each_moment),
        cmocka_unit_test(a_missing_side_has_no_price),
        cmocka_unit_test(names_the_columns_of_a_snapshot_file),
    };
    return cmocka_run_group_tests_name("market/snapshots", tests, NULL, NULL);
}
