#include "support/check.h"

#include "run/pace.h"

#define S INT64_C(1000000000)

/* Goal: at speed 1 a second of event time takes a second, from the first event on. */
static void speed_one_keeps_the_clock(void **state)
{
    struct pace pace;
    pace_init(&pace, 1.0);
    assert_int_equal(pace_event_ns(&pace, 100 * S, 5 * S), 100 * S);
    assert_int_equal(pace_event_ns(&pace, 101 * S, 6 * S), 101 * S);
    assert_int_equal(pace_due_mono_ns(&pace, 103 * S), 8 * S);
}

/* Goal: 600x: ten minutes of events pass in a second; a change of speed does not jump. */
static void speed_scales_from_where_it_is(void **state)
{
    struct pace pace;
    pace_init(&pace, 600.0);
    (void)pace_event_ns(&pace, 0, 0);
    assert_int_equal(pace_event_ns(&pace, 1, 1 * S), 600 * S);
    pace_set_speed(&pace, 1.0, 1 * S);
    assert_int_equal(pace_event_ns(&pace, 1, 1 * S), 600 * S);
    assert_int_equal(pace_event_ns(&pace, 1, 3 * S), 602 * S);
}

/* Goal: as fast as it goes means nothing is ever not due. */
static void max_never_waits(void **state)
{
    struct pace pace;
    pace_init(&pace, INFINITY);
    assert_true(pace_event_ns(&pace, INT64_C(4000000000000000000), 0) == INT64_MAX);
    assert_int_equal(pace_due_mono_ns(&pace, INT64_C(4000000000000000000)), 0);
}

/* Goal: while paused nothing passes but steps, one each; a long pause is not caught up. */
static void a_pause_lets_through_only_steps(void **state)
{
    struct pace pace;
    pace_init(&pace, 1.0);
    (void)pace_event_ns(&pace, 100 * S, 0);
    pace_pause(&pace);
    assert_true(pace_event_ns(&pace, 100 * S, 50 * S) == INT64_MIN);
    assert_true(pace_due_mono_ns(&pace, 100 * S) == INT64_MAX);
    pace_step(&pace);
    assert_true(pace_event_ns(&pace, 100 * S, 50 * S) == INT64_MAX);
    pace_passed(&pace);
    assert_true(pace_event_ns(&pace, 101 * S, 51 * S) == INT64_MIN);
    pace_run(&pace);
    assert_int_equal(pace_event_ns(&pace, 101 * S, 500 * S), 101 * S);
}

/* Goal: live event time is the clock, from its first moment: 1,000 s ahead of ours. */
static void live_data_follow_the_clock(void **state)
{
    struct pace pace;
    pace_follow(&pace, 1000 * S);
    assert_int_equal(pace_event_ns(&pace, 5000 * S, 7 * S), 1007 * S);
    assert_int_equal(pace_event_ns(&pace, 0, 8 * S), 1008 * S);
    assert_int_equal(pace_due_mono_ns(&pace, 1009 * S + 1), 9 * S + 1);
    check_near(pace.speed, 1.0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_one_keeps_the_clock),
        cmocka_unit_test(speed_scales_from_where_it_is),
        cmocka_unit_test(max_never_waits),
        cmocka_unit_test(a_pause_lets_through_only_steps),
        cmocka_unit_test(live_data_follow_the_clock),
    };
    return cmocka_run_group_tests_name("run/pace", tests, NULL, NULL);
}
