#include "support/check.h"

#include "tui/pace.h"

#define MS INT64_C(1000000)

/* Goal: while a frame is on its way no other is sent; the answer opens the door. */
static void waits_for_the_answer(void **state)
{
    struct pace pace = {.waiting = false};
    assert_true(pace_may_draw(&pace, 0));
    assert_true(pace_should_ask(&pace, 0));
    assert_false(pace_may_draw(&pace, 250 * MS));
    assert_false(pace_should_ask(&pace, 250 * MS)); /* a key's frame asks no second time */
    pace_answer(&pace, 400 * MS);
    assert_true(pace_may_draw(&pace, 400 * MS));
    /* 400 ms there and back: 2.5 frames a second instead of 4. */
    check_near(pace_slow_rate(&pace, 4.0, 400 * MS), 2.5, 1e-9);
}

static void does_not_call_a_quick_line_slow(void **state)
{
    struct pace pace = {.waiting = false};
    pace_should_ask(&pace, 0);
    pace_answer(&pace, 5 * MS);
    check_near(pace_slow_rate(&pace, 4.0, 6 * MS), 0.0, 0.0);
}

/* Goal: a terminal that never answered is not asked again and gets every frame. */
static void takes_silence_from_the_start_for_deafness(void **state)
{
    struct pace pace = {.waiting = false};
    assert_true(pace_should_ask(&pace, 0));
    assert_false(pace_may_draw(&pace, 4999 * MS));
    assert_true(pace_may_draw(&pace, 5000 * MS));
    assert_false(pace_should_ask(&pace, 5000 * MS));
    assert_true(pace_may_draw(&pace, 5001 * MS));
}

/* Goal: a lost link gets a frame every two seconds until it answers again. */
static void goes_slowly_when_answers_stop(void **state)
{
    struct pace pace = {.waiting = false};
    pace_should_ask(&pace, 0);
    pace_answer(&pace, 10 * MS);
    pace_should_ask(&pace, 100 * MS);
    assert_false(pace_may_draw(&pace, 5099 * MS));
    assert_true(pace_may_draw(&pace, 5100 * MS));
    assert_true(pace_should_ask(&pace, 5100 * MS));
    assert_false(pace_may_draw(&pace, 7099 * MS));
    assert_true(pace_may_draw(&pace, 7100 * MS));
    assert_true(pace_should_ask(&pace, 7100 * MS));
    pace_answer(&pace, 7110 * MS);
    assert_true(pace_may_draw(&pace, 7111 * MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_the_answer),
        cmocka_unit_test(does_not_call_a_quick_line_slow),
        cmocka_unit_test(takes_silence_from_the_start_for_deafness),
        cmocka_unit_test(goes_slowly_when_answers_stop),
    };
    return cmocka_run_group_tests_name("tui/pace", tests, NULL, NULL);
}
