#include "support/check.h"

#include "core/baseline.h"

#define SECOND INT64_C(1000000000)

/* Goal: a running mean that becomes an exponential one. The second sample meets a memory of
 * 0 s and replaces the first; then 20, 50, 5 average to 35 and 25; once more than tau = 100 s
 * are known, a step of 10 s weighs 10/110. */
static void averages_first_and_forgets_later(void **state)
{
    const struct baseline_params params = {.tau_s = 100};
    static const struct {
        int64_t time_s;
        double premium_bps, mean_bps;
    } samples[] = {
        {1000, 10, 10}, {1010, 20, 20}, {1020, 50, 35}, /* 20 + 30 * 10/(10 + 10) */
        {1030, 5, 25},                                  /* 35 - 30 * 10/(10 + 20) */
        {1230, 48, 45},                                 /* 25 + 23 * 200/(200 + 30) */
        {1240, 56, 46},                                 /* 45 + 11 * 10/(10 + 100) */
    };
    struct baseline baseline = {0};
    check_near(baseline_level(&baseline, &params, 10), 10, 0);
    for (size_t i = 0; i < LEN(samples); i++) {
        baseline_update(&baseline, &params, samples[i].time_s * SECOND, samples[i].premium_bps);
        check_near(baseline_level(&baseline, &params, 999), samples[i].mean_bps, 1e-12);
    }
}

/* Goal: the level does not move within one instant, nor backwards. */
static void takes_one_sample_an_instant(void **state)
{
    const struct baseline_params params = {.tau_s = 100};
    struct baseline baseline = {0};
    baseline_update(&baseline, &params, 5 * SECOND, 10);
    baseline_update(&baseline, &params, 5 * SECOND, 90);
    baseline_update(&baseline, &params, 4 * SECOND, 90);
    check_near(baseline_level(&baseline, &params, 999), 10, 0);
    assert_int_equal(baseline.last_ns, 5 * SECOND);
}

/* Goal: tau 0 is a constant level, whatever passes. */
static void stays_constant_without_tau(void **state)
{
    const struct baseline_params params = {.level_bps = -3.5};
    struct baseline baseline = {0};
    baseline_update(&baseline, &params, SECOND, 10);
    baseline_update(&baseline, &params, 2 * SECOND, 20);
    check_near(baseline_level(&baseline, &params, 30), -3.5, 0);
}

/* Goal: the warm-up ends at first + warmup, to the nanosecond, also at tau 0. */
static void warms_up_from_the_first_sample(void **state)
{
    const double taus_s[] = {0, 50};
    for (size_t i = 0; i < LEN(taus_s); i++) {
        const struct baseline_params params = {.tau_s = taus_s[i], .warmup_s = 60};
        struct baseline baseline = {0};
        assert_int_equal(baseline_warmup_left_ns(&baseline, &params, 7), 60 * SECOND);
        baseline_update(&baseline, &params, 7, 1);
        assert_int_equal(baseline_warmup_left_ns(&baseline, &params, 6 + 60 * SECOND), 1);
        assert_int_equal(baseline_warmup_left_ns(&baseline, &params, 7 + 60 * SECOND), 0);
    }
    const struct baseline_params none = {0};
    const struct baseline fresh = {0};
    assert_int_equal(baseline_warmup_left_ns(&fresh, &none, 7), 0);
}

/* Goal: a silence longer than gap_s starts the warm-up again at its end; the level goes on. */
static void warms_up_again_after_a_gap(void **state)
{
    const struct baseline_params params = {.tau_s = 100, .warmup_s = 60, .gap_s = 30};
    struct baseline baseline = {0};
    baseline_update(&baseline, &params, 0, 10);
    baseline_update(&baseline, &params, 30 * SECOND, 20); /* not longer: no gap */
    assert_int_equal(baseline_warmup_left_ns(&baseline, &params, 60 * SECOND), 0);

    const int64_t end_ns = 60 * SECOND + 1;
    assert_int_equal(baseline_warmup_left_ns(&baseline, &params, end_ns), 60 * SECOND);
    baseline_update(&baseline, &params, end_ns, 20);
    check_near(baseline_level(&baseline, &params, 999), 20, 1e-12);
    assert_int_equal(baseline_warmup_left_ns(&baseline, &params, end_ns + 20 * SECOND),
                     40 * SECOND);

    baseline_update(&baseline, &params, end_ns + 30 * SECOND, 20);
    assert_int_equal(baseline_warmup_left_ns(&baseline, &params, end_ns + 60 * SECOND), 0);
}

/* Goal: a constant level cannot go stale, so tau 0 knows no gap. */
static void knows_no_gap_without_tau(void **state)
{
    const struct baseline_params params = {.warmup_s = 60, .gap_s = 30};
    struct baseline baseline = {0};
    baseline_update(&baseline, &params, 0, 10);
    assert_int_equal(baseline_warmup_left_ns(&baseline, &params, 900 * SECOND), 0);
}

static const struct baseline_params TAU_100 = {.tau_s = 100, .warmup_s = 100};

/* A level of 25 that has been sampled for 200 s, the last time at 1200 s. */
static struct baseline long_known(void)
{
    return (struct baseline){.mean_bps = 25,
                             .started = true,
                             .first_ns = 1000 * SECOND,
                             .last_ns = 1200 * SECOND,
                             .warm_from_ns = 1000 * SECOND};
}

/* Goal: a longer memory grows from what the shorter one kept, 100 s: a step of 10 s weighs
 * 10/(10 + 100), not 10/(10 + 200), and 300 s of warm-up have 200 to go at that moment. */
static void a_longer_memory_counts_what_the_shorter_kept(void **state)
{
    const struct baseline_params longer = {.tau_s = 300, .warmup_s = 300};
    struct baseline baseline = long_known();
    baseline_revise(&baseline, &TAU_100, &longer);
    check_near(baseline_level(&baseline, &longer, 999), 25, 0);
    assert_int_equal(baseline_warmup_left_ns(&baseline, &longer, 1200 * SECOND), 200 * SECOND);
    baseline_update(&baseline, &longer, 1210 * SECOND, 36);
    check_near(baseline.mean_bps, 26, 1e-12);
    baseline_update(&baseline, &longer, 1220 * SECOND, 38); /* 110 s are known: 10/120 */
    check_near(baseline.mean_bps, 27, 1e-12);
}

/* Goal: a shorter memory, the same one, or one that was never full goes on as it is. */
static void other_memories_go_on(void **state)
{
    static const struct baseline_params others[] = {
        {.tau_s = 50, .warmup_s = 50},
        {.tau_s = 100, .warmup_s = 400, .gap_s = 5},
        {.tau_s = 0, .level_bps = 3},
    };
    for (size_t i = 0; i < LEN(others); i++) {
        const struct baseline before = long_known();
        struct baseline baseline = before;
        baseline_revise(&baseline, &TAU_100, &others[i]);
        assert_memory_equal(&baseline, &before, sizeof before);
    }
    const struct baseline_params long_ago = {.tau_s = 500, .warmup_s = 500};
    const struct baseline_params longer = {.tau_s = 900, .warmup_s = 900};
    const struct baseline before = long_known();
    struct baseline baseline = before;
    baseline_revise(&baseline, &long_ago, &longer);
    assert_memory_equal(&baseline, &before, sizeof before);
}

/* Goal: a constant level has kept no mean: the next sample is the first, and all of the warm-up
 * is to come. */
static void a_constant_has_seen_nothing(void **state)
{
    const struct baseline_params constant = {.level_bps = 3};
    struct baseline baseline = long_known();
    baseline_revise(&baseline, &constant, &TAU_100);
    check_near(baseline_level(&baseline, &TAU_100, 17), 17, 0);
    assert_int_equal(baseline_warmup_left_ns(&baseline, &TAU_100, 1300 * SECOND), 100 * SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(averages_first_and_forgets_later),
        cmocka_unit_test(takes_one_sample_an_instant),
        cmocka_unit_test(stays_constant_without_tau),
        cmocka_unit_test(warms_up_from_the_first_sample),
        cmocka_unit_test(warms_up_again_after_a_gap),
        cmocka_unit_test(knows_no_gap_without_tau),
        cmocka_unit_test(a_longer_memory_counts_what_the_shorter_kept),
        cmocka_unit_test(other_memories_go_on),
        cmocka_unit_test(a_constant_has_seen_nothing),
    };
    return cmocka_run_group_tests_name("core/baseline", tests, NULL, NULL);
}
