#include "support/check.h"

#include "offset.h"

#define MS(n) ((int64_t)(n)*1000000)

static void check(const struct offset *offset, int64_t want_ns, int64_t error_ns)
{
    int64_t got_ns;
    int64_t got_error_ns;
    assert_true(offset_get(offset, &got_ns, &got_error_ns));
    assert_true(got_ns == want_ns);
    assert_true(got_error_ns == error_ns);
}

/* Goal: asked at 1000, heard at 1100, the venue says 6050: it is 4950 to 5050 ahead, so 5000
 * give or take 50. */
static void takes_the_middle_of_the_round_trip(void **state)
{
    struct offset offset = {0};
    int64_t unused;
    assert_false(offset_get(&offset, &unused, &unused));
    offset_add(&offset, MS(1000), MS(1100), MS(6050), 0);
    check(&offset, MS(5000), MS(50));
}

/* Goal: a slow way there and a slow way back bound it from different sides: 0..200 and
 * -150..20 leave 0..20. */
static void answers_together_know_more(void **state)
{
    struct offset offset = {0};
    offset_add(&offset, MS(1000), MS(1200), MS(1200), 0);
    check(&offset, MS(100), MS(100));
    offset_add(&offset, MS(2000), MS(2170), MS(2020), 0);
    check(&offset, MS(10), MS(10));
}

/* Goal: whole seconds are good for half a second, and better once they are seen to turn. */
static void bounds_clocks_of_whole_seconds(void **state)
{
    struct offset offset = {0};
    offset_add(&offset, MS(5400), MS(5400), MS(5000), MS(1000)); /* -400 .. 600 */
    check(&offset, MS(100), MS(500));
    offset_add(&offset, MS(5950), MS(5950), MS(6000), MS(1000)); /* 50 .. 1050 */
    check(&offset, MS(325), MS(275));
}

/* Goal: an answer that cannot be true together with the others begins anew; old ones go. */
static void begins_anew_when_a_clock_was_set(void **state)
{
    struct offset offset = {0};
    offset_add(&offset, MS(0), MS(10), MS(5), 0);
    offset_add(&offset, MS(1000), MS(1010), MS(3605), 0);
    check(&offset, MS(2600), MS(5));
    for (int i = 0; i < OFFSET_ANSWERS_MAX; i++) {
        offset_add(&offset, MS(2000), MS(2100), MS(4650), 0); /* 2550 .. 2650 */
    }
    check(&offset, MS(2600), MS(50)); /* the close one is forgotten by now */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_middle_of_the_round_trip),
        cmocka_unit_test(answers_together_know_more),
        cmocka_unit_test(bounds_clocks_of_whole_seconds),
        cmocka_unit_test(begins_anew_when_a_clock_was_set),
    };
    return cmocka_run_group_tests_name("market/offset", tests, NULL, NULL);
}
