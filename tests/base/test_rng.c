#include "support/check.h"

#include "base/rng.h"

/* By hand from s = {1, 2, 3, 4}: rotl(2*5, 7)*9 = 1280*9 = 11520; then s1 = 2^(3^1) = 0 gives
 * 0; then s1 = 0^2^262144 = 262146, s1*5 = 1310730 << 7, * 9 = 1509978240... and so on. */
static void follows_the_definition_of_xoshiro256(void **state)
{
    static const uint64_t want[] = {
        11520,
        0,
        1509978240,
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
    };
    struct rng rng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < LEN(want); i++) {
        assert_true(rng_next(&rng) == want[i]);
    }
}

/* splitmix64 from state 0 gives these published words. Its first output is what a seed of 0 is
 * mixed to, so that output as salt brings the state back to 0. */
static void is_seeded_by_splitmix64(void **state)
{
    static const uint64_t words[] = {
        UINT64_C(0xe220a8397b1dcdaf),
        UINT64_C(0x6e789e6aa1b965f4),
        UINT64_C(0x06c45d188009454f),
        UINT64_C(0xf88bb8a8724c81ec),
    };
    struct rng rng;
    rng_seed(&rng, 0, words[0]);
    assert_memory_equal(rng.state, words, sizeof(words));
}

/* Goal: the order of seed and salt matters, and neighbours have nothing in common. */
static void gives_each_salt_a_stream_of_its_own(void **state)
{
    struct rng a, b;
    rng_seed(&a, 1, 2);
    rng_seed(&b, 2, 1);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) {
            assert_true(a.state[i] != b.state[k]);
        }
    }
    rng_seed(&a, 1, rng_salt("premium"));
    rng_seed(&b, 1, rng_salt("volume"));
    int same_bits = 0;
    for (int i = 0; i < 1000; i++) {
        same_bits += __builtin_popcountll(~(rng_next(&a) ^ rng_next(&b)));
    }
    assert_in_range(same_bits, 31500, 32500); /* 32000 expected, four sigma are 506 */
}

/* The published test values of FNV-1a 64. */
static void salts_by_fnv_1a(void **state)
{
    assert_true(rng_salt("") == UINT64_C(0xcbf29ce484222325));
    assert_true(rng_salt("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(rng_salt("foobar") == UINT64_C(0x85944171f73967e8));
}

/* Goal: the same bits under every compiler. The sum comes from a second implementation of the
 * definitions in rng.c, written in another language. */
static void gives_the_same_bits_everywhere(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, 0);
    uint64_t sum = 0;
    for (int i = 0; i < 20000; i++) {
        const double drawn[] = {rng_normal(&rng), rng_exponential(&rng)};
        uint64_t bits[LEN(drawn)];
        memcpy(bits, drawn, sizeof(bits));
        sum = sum * 31 + bits[0];
        sum = sum * 31 + bits[1];
    }
    assert_true(sum == UINT64_C(0xcc2c896b474389a3));
}

/* Goal: our logarithm is within 2 units in the last place of libm's. */
static void takes_logarithms_to_the_last_places(void **state)
{
    struct rng rng, twin;
    rng_seed(&rng, 3, 0);
    twin = rng;
    for (int i = 0; i < 500000; i++) {
        const double got = rng_exponential(&rng);
        const double want = -log(1.0 - rng_uniform(&twin));
        const double unit = nextafter(want, INFINITY) - want;
        assert_true(fabs(got - want) <= 2.0 * unit);
    }
}

struct moments {
    double mean, variance, skewness, kurtosis;
};

static struct moments measure(double (*draw)(struct rng *), int count)
{
    struct rng rng;
    rng_seed(&rng, 7, rng_salt("moments"));
    double sum[4] = {0};
    for (int i = 0; i < count; i++) {
        const double x = draw(&rng);
        sum[0] += x;
        sum[1] += x * x;
        sum[2] += x * x * x;
        sum[3] += x * x * x * x;
    }
    const double n = count;
    const double m = sum[0] / n;
    const double variance = sum[1] / n - m * m;
    const double third = sum[2] / n - 3 * m * sum[1] / n + 2 * m * m * m;
    const double fourth =
        sum[3] / n - 4 * m * sum[2] / n + 6 * m * m * sum[1] / n - 3 * m * m * m * m;
    return (struct moments){m, variance, third / (variance * sqrt(variance)),
                            fourth / (variance * variance)};
}

/* Goal: the textbook moments, each within about four standard errors of a million draws. */
static void has_the_moments_of_its_laws(void **state)
{
    enum { COUNT = 1000000 };
    const struct moments uniform = measure(rng_uniform, COUNT);
    assert_true(fabs(uniform.mean - 0.5) < 0.0012);
    assert_true(fabs(uniform.variance - 1.0 / 12.0) < 0.0003);
    const struct moments normal = measure(rng_normal, COUNT);
    assert_true(fabs(normal.mean) < 0.004);
    assert_true(fabs(normal.variance - 1.0) < 0.006);
    assert_true(fabs(normal.skewness) < 0.01);
    assert_true(fabs(normal.kurtosis - 3.0) < 0.02);
    const struct moments exponential = measure(rng_exponential, COUNT);
    assert_true(fabs(exponential.mean - 1.0) < 0.004);
    assert_true(fabs(exponential.variance - 1.0) < 0.012);
    assert_true(fabs(exponential.skewness - 2.0) < 0.05);
}

static void stays_inside_its_range(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, 1);
    for (int i = 0; i < 100000; i++) {
        const double uniform = rng_uniform(&rng);
        assert_true(uniform >= 0.0 && uniform < 1.0);
        assert_true(rng_exponential(&rng) >= 0.0);
        assert_true(rng_below(&rng, 7) < 7);
        assert_true(rng_below(&rng, 1) == 0);
        assert_true(rng_below(&rng, UINT64_MAX) < UINT64_MAX);
    }
}

/* Goal: no value of 0..5 is favoured. 60000 throws, 10000 each, four sigma are 365. */
static void throws_a_fair_die(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("die"));
    int seen[6] = {0};
    for (int i = 0; i < 60000; i++) {
        seen[rng_below(&rng, 6)]++;
    }
    for (int i = 0; i < 6; i++) {
        assert_in_range(seen[i], 9635, 10365);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_definition_of_xoshiro256),
        cmocka_unit_test(is_seeded_by_splitmix64),
        cmocka_unit_test(gives_each_salt_a_stream_of_its_own),
        cmocka_unit_test(salts_by_fnv_1a),
        cmocka_unit_test(gives_the_same_bits_everywhere),
        cmocka_unit_test(takes_logarithms_to_the_last_places),
        cmocka_unit_test(has_the_moments_of_its_laws),
        cmocka_unit_test(stays_inside_its_range),
        cmocka_unit_test(throws_a_fair_die),
    };
    return cmocka_run_group_tests_name("base/rng", tests, NULL, NULL);
}
