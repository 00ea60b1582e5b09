#include "support/check.h"

#include <stdlib.h>

#include "base/histogram.h"
#include "base/rng.h"

enum { SAMPLES = 20000 };

static int by_value(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* From 1 ns to 2^36 ns, every power of two as likely as any other. */
static int64_t any_latency_ns(struct rng *rng)
{
    const int power = (int)rng_below(rng, HISTOGRAM_POWERS);
    return (INT64_C(1) << power) + (int64_t)rng_below(rng, UINT64_C(1) << power);
}

/* Goal: the stated error, held against the sorted samples: never below, at most 1/16 above. */
static void is_never_less_and_at_most_a_sixteenth_more(void **state)
{
    static const double shares[] = {0.0001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0};
    int64_t *samples = test_malloc(SAMPLES * sizeof *samples);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct rng rng;
        rng_seed(&rng, seed, 0);
        struct histogram histogram = {0};
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = any_latency_ns(&rng);
            histogram_add(&histogram, samples[i]);
        }
        qsort(samples, SAMPLES, sizeof *samples, by_value);
        for (size_t i = 0; i < LEN(shares); i++) {
            const int rank = (int)ceil(shares[i] * SAMPLES);
            const int64_t truth = samples[rank - 1];
            const int64_t told = histogram_quantile_ns(&histogram, shares[i]);
            assert_true(told >= truth);
            assert_true((told - truth) * HISTOGRAM_PARTS <= truth);
        }
    }
    test_free(samples);
}

/* Goal: 2^k itself is within 2^k and the next nanosecond is not, at every power asked for. */
static void counts_exactly_to_every_power_of_two(void **state)
{
    for (int power = 4; power <= HISTOGRAM_POWERS; power++) {
        struct histogram histogram = {0};
        const int64_t bound = INT64_C(1) << power;
        histogram_add(&histogram, 0);
        histogram_add(&histogram, bound - 1);
        histogram_add(&histogram, bound);
        histogram_add(&histogram, bound + 1);
        assert_int_equal(histogram_within(&histogram, power), 3);
        assert_int_equal(histogram.count, 4);
        assert_int_equal(histogram.sum_ns, 3 * (uint64_t)bound);
        assert_int_equal(histogram.max_ns, bound + 1);
    }
}

/* By hand: 1 to 32 have a bucket each, 0 that of 1; 33 and 34 share the first that holds two
 * values, 65 to 68 the first that holds four. A bound over the maximum is not told. */
static void knows_small_values_exactly(void **state)
{
    static const struct {
        int64_t added[4];
        double share;
        int64_t want;
    } cases[] = {
        {{1, 2, 3, 4}, 0.5, 2},      {{1, 2, 3, 4}, 0.51, 3},     {{16, 16, 16, 16}, 1, 16},
        {{0, 0, 0, 0}, 0.5, 0},      {{-5, 0, 0, 9}, 0.5, 1},     {{31, 32, 90, 90}, 0.25, 31},
        {{33, 33, 99, 99}, 0.5, 34}, {{65, 65, 99, 99}, 0.5, 68}, {{99, 99, 99, 1000}, 1, 1000},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct histogram histogram = {0};
        for (size_t j = 0; j < LEN(cases[i].added); j++) {
            histogram_add(&histogram, cases[i].added[j]);
        }
        print_message("# case %zu\n", i);
        assert_int_equal(histogram_quantile_ns(&histogram, cases[i].share), cases[i].want);
    }
}

/* Goal: an hour is longer than the last bound, and still the maximum and the 99th of 100. */
static void keeps_what_is_longer_than_its_last_bucket(void **state)
{
    const int64_t hour_ns = INT64_C(3600000000000);
    struct histogram histogram = {0};
    histogram_add(&histogram, 5);
    histogram_add(&histogram, hour_ns);
    assert_int_equal(histogram_quantile_ns(&histogram, 0.99), hour_ns);
    assert_int_equal(histogram.max_ns, hour_ns);
    assert_int_equal(histogram_within(&histogram, HISTOGRAM_POWERS), 1);
}

static void says_zero_of_nothing(void **state)
{
    const struct histogram histogram = {0};
    assert_int_equal(histogram_quantile_ns(&histogram, 0.5), 0);
    assert_int_equal(histogram_within(&histogram, 10), 0);
}

/* Goal: merged is the same, to the bit, as everything put into one. */
static void merges_as_if_it_had_been_one(void **state)
{
    struct rng rng;
    rng_seed(&rng, 7, 0);
    struct histogram parts[2] = {0};
    struct histogram whole = {0};
    for (int i = 0; i < 1000; i++) {
        const int64_t value = any_latency_ns(&rng);
        histogram_add(&parts[i % 3 == 0], value);
        histogram_add(&whole, value);
    }
    histogram_merge(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0], &whole, sizeof whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_never_less_and_at_most_a_sixteenth_more),
        cmocka_unit_test(counts_exactly_to_every_power_of_two),
        cmocka_unit_test(knows_small_values_exactly),
        cmocka_unit_test(keeps_what_is_longer_than_its_last_bucket),
        cmocka_unit_test(says_zero_of_nothing),
        cmocka_unit_test(merges_as_if_it_had_been_one),
    };
    return cmocka_run_group_tests_name("base/histogram", tests, NULL, NULL);
}
