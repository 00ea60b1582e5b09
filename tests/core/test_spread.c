#include "support/check.h"

#include "core/spread.h"

/* Goal: the five figures of `exact`. In KRW: ma = 100,000; B's middle is 100.5 * 1000, so
 * p = 500/100,000 = 50 bps. e1 = (100,490 - 100,010)/100,000 = 48, u1 = (100,510 - 99,990)/
 * 100,000 = 52, W = 4. */
static void weighs_one_moment(void **state)
{
    const struct tick tick = {0, 99990, 100010, 100.49, 100.51, 1000};
    const struct spread spread = spread_exact(&tick);
    check_near(spread.premium_bps, 50, 1e-9);
    check_near(spread.enter_a_bps, 48, 1e-9);
    check_near(spread.undo_a_bps, 52, 1e-9);
    check_near(spread.width_bps, 4, 1e-9);
}

/* Goal: the compat entry spreads, each divided by what is paid on the side that buys. */
static void weighs_as_the_compat_profiles_do(void **state)
{
    static const struct {
        const char *name;
        struct tick tick;
        double long_a_bps, long_b_bps;
    } cases[] = {
        /* (100 - 100.1)/100.1 on both sides */
        {"equal books", {0, 100, 100.1, 100, 100.1, 1}, -9.990009990009990, -9.99000999000999},
        {"b is dear", {0, 99, 100, 102, 103, 1}, 200, -388.349514563106796},
        {"a is dear", {0, 102, 103, 99, 100, 1}, -388.349514563106796, 200},
        {"half a per cent", {0, 100, 100.5, 101, 101.5, 1}, 49.751243781094527, -147.78325123},
        /* 40,300 * 2.5 = 100,750 against an ask of 100,500 */
        {"with fx", {0, 99500, 100500, 40300, 40400, 2.5}, 24.875621890547264, -148.51485149},
        {"perp far above spot",
         {0, 99.5, 100.5, 109.5, 110.5, 1},
         895.522388060,
         -995.475113122},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        double entry_bps[2];
        print_message("# %s\n", cases[i].name);
        spread_compat(&cases[i].tick, entry_bps);
        check_near(entry_bps[SPREAD_LONG_A_SHORT_B], cases[i].long_a_bps, 1e-9);
        check_near(entry_bps[SPREAD_LONG_B_SHORT_A], cases[i].long_b_bps, 1e-9);
    }
}

/* Goal: a moment that means nothing is told apart, with its reason. */
static void refuses_a_broken_market(void **state)
{
    static const struct {
        struct tick tick;
        enum tick_fault fault;
    } cases[] = {
        {{0, 100, 101, 102, 103, 1}, TICK_VALID},
        {{0, 100, 100, 102, 103, 1}, TICK_CROSSED_A},
        {{0, 101, 100, 102, 103, 1}, TICK_CROSSED_A},
        {{0, 100, 101, 103, 103, 1}, TICK_CROSSED_B},
        {{0, 100, 101, 104, 103, 1}, TICK_CROSSED_B},
        {{0, 0, 100, 102, 103, 1}, TICK_NOT_POSITIVE},
        {{0, 99, 100, -102, 103, 1}, TICK_NOT_POSITIVE},
        {{0, 99, 100, 102, 103, 0}, TICK_NOT_POSITIVE},
        {{0, NAN, 100, 102, 103, 1}, TICK_NOT_FINITE},
        {{0, 99, INFINITY, 102, 103, 1}, TICK_NOT_FINITE},
        {{0, 99, 100, 102, 103, NAN}, TICK_NOT_FINITE},
        {{0, 0, 100, 102, -INFINITY, 1}, TICK_NOT_FINITE},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(tick_check(&cases[i].tick), cases[i].fault);
    }
}

static void names_its_sides(void **state)
{
    assert_string_equal(spread_side_name(SPREAD_LONG_A_SHORT_B), "LONG_A_SHORT_B");
    assert_string_equal(spread_side_name(SPREAD_LONG_B_SHORT_A), "LONG_B_SHORT_A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighs_one_moment),
        cmocka_unit_test(weighs_as_the_compat_profiles_do),
        cmocka_unit_test(refuses_a_broken_market),
        cmocka_unit_test(names_its_sides),
    };
    return cmocka_run_group_tests_name("core/spread", tests, NULL, NULL);
}
