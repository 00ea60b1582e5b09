#include "support/check.h"

#include "run/equity.h"

/* Goal: a moment falls into floor((t - first) * 256 / span); the last one into the last bucket.
 * With a span of 2560 ns each bucket is 10 ns wide; an odd span has its edges between moments:
 * of 1000 ns, 3 ns is bucket floor(0.768) = 0 and 4 ns floor(1.024) = 1. */
static void puts_moments_into_buckets(void **state)
{
    static const struct {
        int64_t first_ns, last_ns, time_ns;
        int bucket;
    } cases[] = {
        {100, 2660, 100, 0},
        {100, 2660, 109, 0},
        {100, 2660, 110, 1},
        {100, 2660, 2649, 254},
        {100, 2660, 2650, 255},
        {100, 2660, 2660, 255},
        {0, 1000, 3, 0},
        {0, 1000, 4, 1},
        {0, 1000, 999, 255},
        {0, 100, 1, 2}, /* floor(2.56) */
        {5, 5, 5, 255},
        {INT64_MIN, INT64_MAX, -1, 127},
        {INT64_MIN, INT64_MAX, 0, 128}, /* 2^63 of 2^64 - 1: just above the half */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct equity equity;
        equity_init(&equity, cases[i].first_ns, cases[i].last_ns, 100);
        equity_mark(&equity, cases[i].time_ns, 107);
        for (int k = 0; k < SUMMARY_BUCKETS; k++) {
            check_near(equity.change_usd[k], k == cases[i].bucket ? 7 : 0, 0);
        }
    }
}

/* Goal: a bucket ends where the next begins: of 1000 ns, bucket 0 holds 0..3 (3.9 ns wide);
 * of 100 ns, 1 is in bucket 2 and 2 (5.12) the first behind it; nothing is behind the last. */
static void knows_when_a_bucket_ends(void **state)
{
    static const struct {
        int64_t first_ns, last_ns, time_ns, until_ns;
    } cases[] = {
        {100, 2660, 100, 110},
        {100, 2660, 109, 110},
        {100, 2660, 2649, 2650},
        {100, 2660, 2650, INT64_MAX},
        {0, 1000, 3, 4},
        {0, 100, 1, 2},
        {5, 5, 5, INT64_MAX},
        {INT64_MIN, INT64_MAX, -1, 0},
        {INT64_MIN, INT64_MAX, INT64_MIN, INT64_MIN + (INT64_C(1) << 56)},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct equity equity;
        equity_init(&equity, cases[i].first_ns, cases[i].last_ns, 100);
        assert_true(equity_until_ns(&equity, cases[i].time_ns) == cases[i].until_ns);
    }
}

/* Goal: a bucket holds the change since the last moment before it; together they are the whole
 * change. 1000 -> 1003 -> 998 in bucket 0, 990 in bucket 2, 1010 at the end. */
static void adds_up_to_the_whole_change(void **state)
{
    struct equity equity;
    equity_init(&equity, 0, 256, 1000);
    equity_mark(&equity, 0, 1003);
    equity_mark(&equity, 0, 998);
    equity_mark(&equity, 2, 990);
    equity_mark(&equity, 256, 1010);
    check_near(equity.change_usd[0], -2, 0);
    check_near(equity.change_usd[1], 0, 0);
    check_near(equity.change_usd[2], -8, 0);
    check_near(equity.change_usd[255], 20, 0);
}

/* Goal: the curve's ends stand at its sides: a rise in the middle is low left, high right. */
static void draws_the_curve(void **state)
{
    double change_usd[SUMMARY_BUCKETS] = {0};
    change_usd[128] = 50;
    const struct {
        bool braille;
        const char *dot, *blank;
    } cases[] = {{false, "*", " "}, {true, "\xe2\xa0\x89", "\xe2\xa0\x80"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct text out = text_growing();
        equity_chart(change_usd, 1000, cases[i].braille, &out);
        /* The first row: nothing for 32 cells, the top dots for 32. */
        struct text want = text_growing();
        text_add(&want, "     1050.00 |");
        for (int cell = 0; cell < 64; cell++) {
            text_add(&want, cell < 32 ? cases[i].blank : cases[i].dot);
        }
        text_add_char(&want, '\n');
        assert_memory_equal(text_string(&out), text_string(&want), want.length);
        assert_non_null(strstr(text_string(&out), "\n     1000.00 |"));
        text_finish(&want);
        text_finish(&out);
    }
}

/* Goal: nothing happened, nothing breaks: a flat line at the bottom. */
static void draws_a_flat_line(void **state)
{
    const double change_usd[SUMMARY_BUCKETS] = {0};
    struct text out = text_growing();
    equity_chart(change_usd, 1000, false, &out);
    const char *last = strstr(text_string(&out), "|*");
    assert_non_null(last);
    assert_int_equal(strlen(last), 1 + 64 + 1);
    text_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_moments_into_buckets),
        cmocka_unit_test(knows_when_a_bucket_ends),
        cmocka_unit_test(adds_up_to_the_whole_change),
        cmocka_unit_test(draws_the_curve),
        cmocka_unit_test(draws_a_flat_line),
    };
    return cmocka_run_group_tests_name("run/equity", tests, NULL, NULL);
}
