#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "tune/honesty.h"

/* Goal: 1 and 3 in turn: mean 2, sum of squares 256, so a sample deviation of sqrt(256/255);
 * symmetric, and two-pointed, which is kurtosis 1. */
static void measures_by_hand(void **state)
{
    double changes[SUMMARY_BUCKETS];
    struct honesty_moments moments;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        changes[i] = i % 2 == 0 ? 1 : 3;
    }
    assert_true(honesty_measure(changes, &moments));
    check_near(moments.sharpe, 2 * sqrt(255.0 / 256), 1e-12);
    check_near(moments.skew, 0, 1e-12);
    check_near(moments.kurtosis, 1, 1e-12);
    /* 255 zeros and a 256: mean 1, squares 255 + 255^2 = 255 * 256, so variance 255;
     * third power (255^3 - 255) / 256 / 255^1.5 = (255^2 - 1) / 256 / sqrt(255). */
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        changes[i] = i == 7 ? 256 : 0;
    }
    assert_true(honesty_measure(changes, &moments));
    check_near(moments.sharpe, 1 / 16.0, 1e-12);
    check_near(moments.skew, 254 / sqrt(255.0), 1e-9);
    /* No variance, nothing to measure. */
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        changes[i] = 5;
    }
    assert_false(honesty_measure(changes, &moments));
}

/* Goal: with normal moments and a ratio of 0.1 the variance is 1.005, z = 0.1 * sqrt(255 /
 * 1.005) = 1.5929, and the table of the normal distribution says 0.9444. */
static void knows_how_sure_it_is(void **state)
{
    struct honesty_moments moments = {.sharpe = 0.1, .skew = 0, .kurtosis = 3};
    check_near(honesty_psr(&moments, 0), 0.9444, 5e-5);
    check_near(honesty_psr(&moments, 0.1), 0.5, 1e-12);
    /* 1 + 1.005 * (1.64485 / 0.1)^2 */
    check_near(honesty_track_needed(&moments), 272.91, 0.01);
    /* Losses that come rarely and large make the same ratio worth less. */
    const struct honesty_moments skewed = {.sharpe = 0.1, .skew = -5, .kurtosis = 30};
    assert_true(honesty_psr(&skewed, 0) < honesty_psr(&moments, 0));
    moments.sharpe = 0;
    check_near(honesty_psr(&moments, 0), 0.5, 1e-12);
    assert_true(isnan(honesty_track_needed(&moments)));
}

/* Goal: of 10 trials: (0.42278 * 1.28155 + 0.57722 * 1.78928) / sqrt(255); one trial promises
 * nothing, and more promise more. */
static void expects_more_of_more_trials(void **state)
{
    assert_true(honesty_expected_best(1) == 0);
    check_near(honesty_expected_best(10), 1.57462 / sqrt(255.0), 1e-5);
    assert_true(honesty_expected_best(1000) > honesty_expected_best(100));
}

/* Goal: a trial that is always better is never overfit and never loses. */
static void trusts_what_holds_everywhere(void **state)
{
    double good[SUMMARY_BUCKETS], bad[SUMMARY_BUCKETS];
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        good[i] = 1;
        bad[i] = -1;
    }
    const double *const changes[] = {bad, good};
    struct honesty_overfit overfit;
    assert_true(honesty_cross_validate(changes, 2, &overfit));
    assert_true(overfit.pbo == 0 && overfit.p_loss == 0);
    assert_false(honesty_cross_validate(changes, 1, &overfit));
    /* Both lose everywhere: the better one is no overfit and still loses. */
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        good[i] = -0.5;
    }
    assert_true(honesty_cross_validate(changes, 2, &overfit));
    assert_true(overfit.pbo == 0 && overfit.p_loss == 1);
}

/* Goal: one trial gains in the first eight blocks what it loses in the last eight, the other
 * one the reverse. With k early blocks inside, the first makes 2k - 8 there and 8 - 2k outside:
 * the best inside is the worst outside, but for the C(8,4)^2 = 4900 of 12870 splits with k = 4,
 * where all is 0: a shared rank, which is not above the middle, and no loss. */
static void sees_through_what_turns(void **state)
{
    double early[SUMMARY_BUCKETS], late[SUMMARY_BUCKETS];
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        early[i] = i < SUMMARY_BUCKETS / 2 ? 1 : -1;
        late[i] = -early[i];
    }
    const double *const changes[] = {early, late};
    struct honesty_overfit overfit;
    assert_true(honesty_cross_validate(changes, 2, &overfit));
    assert_true(overfit.pbo == 1);
    check_near(overfit.p_loss, 1 - 4900.0 / 12870, 1e-12);
}

/* Goal: the best of 50 random walks without drift is neither sure nor trusted. */
static void does_not_believe_noise(void **state)
{
    static double walks[50][SUMMARY_BUCKETS];
    const double *changes[50];
    struct rng rng;
    double best = 0;
    struct honesty_moments found = {0};
    rng_seed(&rng, 1, rng_salt("noise"));
    for (int i = 0; i < 50; i++) {
        struct honesty_moments moments;
        changes[i] = walks[i];
        for (int j = 0; j < SUMMARY_BUCKETS; j++) {
            walks[i][j] = rng_normal(&rng);
        }
        assert_true(honesty_measure(walks[i], &moments));
        if (moments.sharpe > best) {
            best = moments.sharpe;
            found = moments;
        }
    }
    /* Alone it would look like skill; among 50 it does not. */
    assert_true(honesty_psr(&found, 0) > 0.95);
    assert_true(honesty_psr(&found, honesty_expected_best(50)) < 0.95);
    struct honesty_overfit overfit;
    assert_true(honesty_cross_validate(changes, 50, &overfit));
    assert_true(overfit.pbo > 0.2);
}

/* Goal: the published formulas, worked out apart in another language: of each split the logit
 * of the relative rank, which equal trials share, over itertools.combinations(), and
 * statistics.NormalDist. */
static void agrees_with_the_published_formulas(void **state)
{
    static double trials[5][SUMMARY_BUCKETS];
    const double *changes[5];
    struct honesty_moments moments;
    struct honesty_overfit overfit;
    for (int i = 0; i < 5; i++) {
        changes[i] = trials[i];
        for (int j = 0; j < SUMMARY_BUCKETS; j++) {
            trials[i][j] = (i + 1) * (j + 3) * (j * j + 7 * i) % 101 - 46;
        }
    }
    assert_true(honesty_cross_validate(changes, 5, &overfit));
    check_near(overfit.pbo, 10793.0 / 12870, 1e-12);
    check_near(overfit.p_loss, 2083.0 / 12870, 1e-12);
    assert_true(honesty_measure(trials[2], &moments));
    check_near(moments.sharpe, 0.0753965677631512, 1e-12);
    check_near(moments.skew, 0.08084021080121077, 1e-12);
    check_near(moments.kurtosis, 1.896164591234628, 1e-12);
    check_near(honesty_psr(&moments, 0), 0.8862646082281124, 1e-12);
    check_near(honesty_expected_best(5), 0.07468313328378884, 1e-12);
    check_near(honesty_psr(&moments, honesty_expected_best(5)), 0.5045559013713712, 1e-12);
    check_near(honesty_track_needed(&moments), 474.6443429308978, 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_by_hand),
        cmocka_unit_test(knows_how_sure_it_is),
        cmocka_unit_test(expects_more_of_more_trials),
        cmocka_unit_test(trusts_what_holds_everywhere),
        cmocka_unit_test(sees_through_what_turns),
        cmocka_unit_test(does_not_believe_noise),
        cmocka_unit_test(agrees_with_the_published_formulas),
    };
    return cmocka_run_group_tests_name("tune/honesty", tests, NULL, NULL);
}
