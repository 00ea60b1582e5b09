#include "support/check.h"

#include "base/clock.h"

static void never_steps_back(void **state)
{
    int64_t before_ns = clock_monotonic_ns();
    for (int i = 0; i < 10000; i++) {
        const int64_t now_ns = clock_monotonic_ns();
        assert_true(now_ns >= before_ns);
        before_ns = now_ns;
    }
}

/* 2026-01-01 and 2200-01-01 in seconds: a wall clock outside them is not in ns since 1970. */
static void tells_wall_time_in_ns_since_1970(void **state)
{
    assert_true(clock_wall_ns() > INT64_C(1767225600) * CLOCK_NS_PER_S);
    assert_true(clock_wall_ns() < INT64_C(7258118400) * CLOCK_NS_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_steps_back),
        cmocka_unit_test(tells_wall_time_in_ns_since_1970),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
