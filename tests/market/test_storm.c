#include "support/check.h"

#include "storm.h"

/* Goal: three may fall into any window of 100; the fourth waits for the first to leave it. */
static void lets_so_many_into_a_window(void **state)
{
    static struct storm storm;
    static const struct {
        int64_t now_ns, over_ns;
    } cases[] = {{10, 10}, {20, 20}, {30, 30}, {40, 110}, {109, 110}, {110, 110}, {111, 120}};
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(storm_over_ns(&storm, 3, 100, cases[i].now_ns), cases[i].over_ns);
        if (cases[i].over_ns == cases[i].now_ns) {
            storm_note(&storm, cases[i].now_ns);
        }
    }
}

/* Goal: what happened 2,500 times, at 0, 1, 2, ..., is known for the last 1,000: at 2,500 the
 * oldest of those is of 1,500, and the newest of 2,499. */
static void remembers_the_last_thousand(void **state)
{
    static struct storm storm;
    for (int64_t at_ns = 0; at_ns < 2500; at_ns++) {
        storm_note(&storm, at_ns);
    }
    assert_int_equal(storm_over_ns(&storm, STORM_MAX, 5000, 2500), 1500 + 5000);
    assert_int_equal(storm_over_ns(&storm, STORM_MAX, 1000, 2500), 2500);
    assert_int_equal(storm_over_ns(&storm, 1, 5000, 2500), 2499 + 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_so_many_into_a_window),
        cmocka_unit_test(remembers_the_last_thousand),
    };
    return cmocka_run_group_tests_name("market/storm", tests, NULL, NULL);
}
