#include "support/check.h"

#include <math.h>

#include "halving.h"

/* Who is out, as digits in the order of their index. */
static void check_out(const double *earned, const int32_t *groups, int32_t count,
                      const char *expected)
{
    struct halving_runner runners[16];
    bool stop[16] = {false};
    char out[17] = "";
    for (int32_t i = 0; i < count; i++) {
        runners[i] = (struct halving_runner){i, groups[i], earned[i]};
    }
    halving_decide(runners, count, stop);
    for (int32_t i = 0; i < count; i++) {
        out[i] = stop[i] ? 'x' : '-';
    }
    assert_string_equal(out, expected);
}

/* Goal: of each group the better half goes on, the larger one of an odd number; who equals the
 * last of them goes on too; a group of one is safe. */
static void stops_the_lower_half(void **state)
{
    static const struct {
        int32_t count;
        double earned[8];
        int32_t groups[8];
        const char *out;
    } cases[] = {
        {4, {1, 4, 2, 3}, {0, 0, 0, 0}, "x-x-"},
        {5, {1, 4, 2, 3, 5}, {0, 0, 0, 0, 0}, "x-x--"},
        {4, {7, 7, 7, 7}, {0, 0, 0, 0}, "----"},
        {4, {7, 3, 3, 3}, {0, 0, 0, 0}, "----"},
        {4, {7, 7, 3, 3}, {0, 0, 0, 0}, "--xx"},
        {1, {-5}, {3}, "-"},
        {6, {1, 100, 2, 50, 3, 25}, {0, 1, 0, 1, 0, 1}, "x----x"},
        {2, {-HUGE_VAL, -9}, {0, 0}, "x-"},
        {0, {0}, {0}, ""},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        check_out(cases[i].earned, cases[i].groups, cases[i].count, cases[i].out);
    }
}

/* Goal: only what would rank together competes; a fold of a walk-forward never does. */
static void groups_as_a_ranking_does(void **state)
{
    struct kernel_job jobs[7];
    int32_t groups[7];
    for (size_t i = 0; i < LEN(jobs); i++) {
        jobs[i] = (struct kernel_job){
            .params = engine_defaults(), .from_ns = INT64_MIN, .to_ns = INT64_MAX};
    }
    jobs[1].params.min_spread_bps = 9;
    jobs[2].params.taker_fee_a_bps = 1;
    jobs[3].params.max_position_usd = 5;
    jobs[4].params.taker_fee_a_bps = 1;
    jobs[4].params.take_profit_bps = 3;
    jobs[5].from_ns = 5;
    jobs[6].params.profile = ENGINE_COMPAT_D37;
    halving_group(jobs, LEN(jobs), groups);
    static const int32_t expected[] = {0, 0, 1, 2, 1, -1, 3};
    for (size_t i = 0; i < LEN(jobs); i++) {
        assert_int_equal(groups[i], expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_the_lower_half),
        cmocka_unit_test(groups_as_a_ranking_does),
    };
    return cmocka_run_group_tests_name("tune/halving", tests, NULL, NULL);
}
