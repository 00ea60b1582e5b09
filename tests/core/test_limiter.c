#include "support/check.h"

#include "core/limiter.h"

#define SECOND_NS INT64_C(1000000000)

/* Stamps at 10 s, 20 s and 30 s; a window of 20 s is open at its far end. */
static void counts_a_sliding_window(void **state)
{
    static const struct {
        int64_t now_s, window_s;
        int32_t count;
    } cases[] = {
        {30, 60, 3}, {30, 20, 2}, {29, 20, 3}, {30, 21, 3}, {50, 20, 0},
        {49, 20, 1}, {30, 1, 1},  {31, 1, 0},  {30, 0, 0},
    };
    struct limiter limiter = {0};
    for (int64_t at_s = 10; at_s <= 30; at_s += 10) {
        limiter_add(&limiter, at_s * SECOND_NS);
    }
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(
            limiter_count(&limiter, cases[i].now_s * SECOND_NS, cases[i].window_s * SECOND_NS),
            cases[i].count);
    }
}

/* Goal: a clock that stepped back a day gives no budget back. */
static void counts_stamps_ahead_of_now(void **state)
{
    struct limiter limiter = {0};
    limiter_add(&limiter, 86400 * SECOND_NS);
    assert_int_equal(limiter_count(&limiter, 0, SECOND_NS), 1);
    limiter_add(&limiter, INT64_MAX);
    assert_int_equal(limiter_count(&limiter, INT64_MIN, SECOND_NS), 2);
}

/* Goal: full means the oldest falls out, never a wrong count of the young ones. */
static void forgets_the_oldest_when_full(void **state)
{
    struct limiter limiter = {0};
    for (int64_t i = 0; i < LIMITER_EVENTS_MAX + 100; i++) {
        limiter_add(&limiter, i);
    }
    assert_int_equal(limiter_count(&limiter, LIMITER_EVENTS_MAX + 99, INT64_MAX),
                     LIMITER_EVENTS_MAX);
    assert_int_equal(limiter_count(&limiter, LIMITER_EVENTS_MAX + 99, 10), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_sliding_window),
        cmocka_unit_test(counts_stamps_ahead_of_now),
        cmocka_unit_test(forgets_the_oldest_when_full),
    };
    return cmocka_run_group_tests_name("core/limiter", tests, NULL, NULL);
}
