#include "support/check.h"

#include <float.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/rng.h"

/* What num_format_shortest() should write, found by printing with more and more digits and
 * reading back. */

/* The significant digits of a double and the power of ten of the first. */
struct digits {
    char text[32];
    int count;
    int exponent;
};

static struct digits digits_of(double magnitude, int precision)
{
    char printed[NUM_TEXT_SIZE];
    snprintf(printed, sizeof(printed), "%.*e", precision - 1, magnitude);
    struct digits d = {0};
    const char *at = printed;
    for (; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9') { /* the rest is the point, which the locale chose */
            d.text[d.count++] = *at;
        }
    }
    d.exponent = atoi(at + 1);
    while (d.count > 1 && d.text[d.count - 1] == '0') {
        d.count--;
    }
    return d;
}

static bool reads_back(const struct digits *d, double magnitude)
{
    char text[NUM_TEXT_SIZE + 16];
    const int length = snprintf(text, sizeof(text), "%.*se%d", d->count, d->text,
                                d->exponent - (d->count - 1));
    double read;
    return num_parse_double(text, (size_t)length, &read) && read == magnitude;
}

/* The next decimal of `precision` digits above d. */
static void step_up(struct digits *d, int precision)
{
    while (d->count < precision) {
        d->text[d->count++] = '0';
    }
    while (d->count > 0 && d->text[d->count - 1] == '9') {
        d->count--; /* a nine that carries leaves a zero, which is cut */
    }
    if (d->count == 0) {
        d->text[d->count++] = '0';
        d->exponent++;
    }
    d->text[d->count - 1]++;
}

/* Up to 15 digits survive the way through a double, so 15 digits less their zeros are already
 * the shortest; only denormals, which hold fewer, must be tried from one digit up. Of 16 digits
 * the nearest reads back if any do, but for powers of two: their neighbour above is twice as
 * far away as the one below, so the decimal above may still be theirs. */
static struct digits shortest_digits(double magnitude)
{
    for (int precision = magnitude < DBL_MIN ? 1 : 15; precision < 17; precision++) {
        struct digits d = digits_of(magnitude, precision);
        if (reads_back(&d, magnitude)) {
            return d;
        }
        step_up(&d, precision);
        if (reads_back(&d, magnitude)) {
            return d;
        }
    }
    return digits_of(magnitude, 17);
}

static const char *printed_shortest(char buffer[NUM_TEXT_SIZE], double value)
{
    if (!isfinite(value) || value == 0.0) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s",
                 !isfinite(value) ? "null"
                 : signbit(value) ? "-0"
                                  : "0");
        return buffer;
    }
    const struct digits d = shortest_digits(fabs(value));
    const char *sign = value < 0.0 ? "-" : "";
    const int whole = d.exponent + 1; /* digits in front of the point */
    const int behind = d.count - 1;

    if (whole < -3 || whole > 16) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%c%s%.*se%d", sign, d.text[0], behind > 0 ? "." : "",
                 behind, d.text + 1, d.exponent);
    } else if (whole <= 0) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s0.%.*s%.*s", sign, -whole, "0000", d.count, d.text);
    } else if (whole >= d.count) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%.*s%.*s", sign, d.count, d.text, whole - d.count,
                 "0000000000000000");
    } else {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%.*s.%.*s", sign, whole, d.text, d.count - whole,
                 d.text + whole);
    }
    return buffer;
}

static void check(double value)
{
    char want[NUM_TEXT_SIZE], got[NUM_TEXT_SIZE];
    printed_shortest(want, value);
    num_format_shortest(got, value);
    if (strcmp(want, got) != 0) {
        fail_msg("%a is '%s', expected '%s'", value, got, want);
    }
    num_format_shortest(got, -value);
    assert_true(!isfinite(value) || (got[0] == '-' && strcmp(got + 1, want) == 0));
}

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* The value and those next to it, all of them finite and above zero. */
static void check_around(double value)
{
    for (int i = -2; i <= 2; i++) {
        const double near = of_bits(bits_of(value) + (uint64_t)(int64_t)i);
        if (isfinite(near) && near > 0) {
            check(near);
        }
    }
}

/* Goal: any double at all. */
static void any_bits(void **state)
{
    struct rng rng;
    rng_seed(&rng, 11, rng_salt("shortest"));
    for (int i = 0; i < 60000; i++) {
        const double value = of_bits(rng_next(&rng) >> 1);
        if (isfinite(value)) {
            check(value);
        }
    }
}

/* Goal: what results are full of: money and its differences, averages, whole numbers. */
static void numbers_of_every_day(void **state)
{
    struct rng rng;
    rng_seed(&rng, 12, rng_salt("shortest"));
    for (int i = 0; i < 60000; i++) {
        const double whole = (double)rng_below(&rng, UINT64_C(1) << rng_below(&rng, 54));
        const double hundredths = (double)rng_below(&rng, 100000000) / 100;
        check(whole + 1);
        check(hundredths + 0.01);
        check(10000 + hundredths - rng_uniform(&rng) + 1e-9);
        check(rng_uniform(&rng) + 0x1p-60);
    }
}

/* Goal: where the distance to the neighbours changes, and where a decimal is exact. */
static void powers_and_their_neighbours(void **state)
{
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        check_around(ldexp(1.0, exponent));
        check_around(ldexp(1.5, exponent));
    }
    for (int exponent = -323; exponent <= 308; exponent++) {
        char text[16];
        for (int digit = 1; digit <= 9; digit++) {
            snprintf(text, sizeof(text), "%de%d", digit, exponent);
            check_around(strtod(text, NULL));
        }
    }
}

/* Goal: the smallest numbers there are, which have few digits. */
static void denormals(void **state)
{
    struct rng rng;
    rng_seed(&rng, 13, rng_salt("shortest"));
    for (uint64_t bits = 1; bits < 2000; bits++) {
        check(of_bits(bits));
    }
    for (int i = 0; i < 5000; i++) {
        check(of_bits(1 + rng_below(&rng, UINT64_C(1) << (1 + rng_below(&rng, 52)))));
    }
    check_around(DBL_MIN);
}

/* Goal: halfway between two decimals the even one is written: n + 1/2 with as many digits as a
 * double holds, and one more. */
static void halves(void **state)
{
    struct rng rng;
    rng_seed(&rng, 14, rng_salt("shortest"));
    for (int i = 0; i < 20000; i++) {
        const uint64_t whole = (UINT64_C(1) << 49) + rng_below(&rng, UINT64_C(1) << 49);
        for (int bits = 1; bits <= 4; bits++) {
            const uint64_t parts = UINT64_C(1) << bits;
            check((double)(whole >> bits) + (double)(whole % parts) / (double)parts);
        }
    }
}

/* Goal: whole numbers up to the ends of their types. */
static void whole_numbers(void **state)
{
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {10, "10"},
        {99, "99"},
        {100, "100"},
        {-1, "-1"},
        {1234567, "1234567"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    char got[NUM_TEXT_SIZE];
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_string_equal(num_format_int64(got, cases[i].value), cases[i].text);
    }
    assert_string_equal(num_format_uint64(got, UINT64_MAX), "18446744073709551615");
    assert_string_equal(num_format_uint64(got, 0), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bits),
        cmocka_unit_test(numbers_of_every_day),
        cmocka_unit_test(powers_and_their_neighbours),
        cmocka_unit_test(denormals),
        cmocka_unit_test(halves),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests_name("base/shortest", tests, NULL, NULL);
}
