#include "support/check.h"

#include <locale.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/rng.h"

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static bool parse(const char *text, double *out)
{
    return num_parse_double(text, strlen(text), out);
}

static void reads_decimals(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0.0},
        {"-0", -0.0},
        {"+1", 1.0},
        {"1.", 1.0},
        {".5", 0.5},
        {"-12.75", -12.75},
        {"1e3", 1000.0},
        {"1E-3", 0.001},
        {"1e+3", 1000.0},
        {"000123.4500", 123.45},
        {"0.1", 0.1},
        {"9007199254740993", 0x1p53},     /* a tie goes to even */
        {"9007199254740995", 0x1p53 + 4}, /* and so does this one, upwards */
        {"9007199254740993.00000000000000000001", 0x1p53 + 2},
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"1.7976931348623157e308", 0x1.fffffffffffffp+1023},
        {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022}, /* the one that hung PHP */
        {"5e-324", 0x1p-1074},
        {"2.4703282292062327e-324", 0.0}, /* just under half of the smallest */
        {"2.4703282292062328e-324", 0x1p-1074},
        {"1e-400", 0.0},
        {"-1e-99999999999999999999", -0.0},
        {"0e99999999999999999999", 0.0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        double got = 42.0;
        print_message("# %s\n", cases[i].text);
        assert_true(parse(cases[i].text, &got));
        assert_true(same_bits(got, cases[i].value));
    }
}

static void refuses_what_is_no_decimal(void **state)
{
    static const char *const cases[] = {
        "",     " ",    " 1",    "1 ",       "+",      "-",    ".",     "-.",   "e5",
        "1e",   "1e+",  "1e1.",  "1.2.3",    "1,5",    "0x10", "1_000", "nan",  "NaN",
        "inf",  "-inf", "1e309", "infinity", "--1",    "+-1",  "1-",    "1e5e", "1f",
        "1e5 ", "\t1",  "1\n",   "1.8e308",  "-1e400", "٣",    "1e--5", "1d5",
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        double got = 42.0;
        print_message("# '%s'\n", cases[i]);
        assert_false(parse(cases[i], &got));
        assert_true(got == 42.0);
    }
    double got = 42.0;
    assert_false(num_parse_double("1\0", 2, &got));  /* a NUL is no digit */
    assert_true(num_parse_double("12345", 2, &got)); /* the length counts, not the NUL */
    assert_true(got == 12.0);
}

/* Goal: digits far beyond any double still decide a tie, at any length. */
static void looks_at_every_digit_of_a_tie(void **state)
{
    enum { SIZE = 100000 };
    char *text = malloc(SIZE);
    memset(text, '0', SIZE);
    memcpy(text, "9007199254740993.", 17);
    double got;
    assert_true(num_parse_double(text, SIZE, &got));
    assert_true(got == 0x1p53);
    text[SIZE - 1] = '1';
    assert_true(num_parse_double(text, SIZE, &got));
    assert_true(got == 0x1p53 + 2);

    /* 0.000…0001e99998 is 1 when the exponent undoes the zeros. */
    memset(text, '0', SIZE);
    text[1] = '.';
    memcpy(text + SIZE - 7, "1e99992", 7);
    assert_true(num_parse_double(text, SIZE, &got));
    assert_true(got == 1.0);
    free(text);
}

/* Goal: the same bits as strtod on half a million random decimals of every shape. */
static void agrees_with_strtod(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("num"));
    for (int i = 0; i < 500000; i++) {
        char text[80];
        size_t length = 0;
        if (rng_below(&rng, 2) == 0) {
            text[length++] = '-';
        }
        const size_t digits = 1 + rng_below(&rng, rng_below(&rng, 4) == 0 ? 40 : 19);
        const size_t point = rng_below(&rng, digits + 1);
        for (size_t k = 0; k < digits; k++) {
            if (k == point) {
                text[length++] = '.';
            }
            text[length++] = (char)('0' + rng_below(&rng, 10));
        }
        text[length] = '\0';
        if (rng_below(&rng, 2) == 0) {
            const int range = rng_below(&rng, 4) == 0 ? 340 : 25;
            snprintf(text + length, sizeof(text) - length, "e%d",
                     (int)rng_below(&rng, (uint64_t)(2 * range)) - range);
        }
        double got = 42.0;
        const double want = strtod(text, NULL);
        const bool read = parse(text, &got);
        if (read != (bool)isfinite(want) || (read && !same_bits(got, want))) {
            print_error("%s: got %.17g, strtod %.17g\n", text, got, want);
            fail();
        }
    }
}

static void reads_whole_numbers_to_their_limits(void **state)
{
    static const struct {
        const char *text;
        bool is_int64, is_uint64;
        int64_t value;
        uint64_t unsigned_value;
    } cases[] = {
        {"0", true, true, 0, 0},
        {"-0", true, false, 0, 0},
        {"+7", true, true, 7, 7},
        {"007", true, true, 7, 7},
        {"-1", true, false, -1, 0},
        {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
        {"9223372036854775808", false, true, 0, UINT64_C(1) << 63},
        {"-9223372036854775808", true, false, INT64_MIN, 0},
        {"-9223372036854775809", false, false, 0, 0},
        {"18446744073709551615", false, true, 0, UINT64_MAX},
        {"18446744073709551616", false, false, 0, 0},
        {"99999999999999999999999", false, false, 0, 0},
        {"1.0", false, false, 0, 0},
        {"1e3", false, false, 0, 0},
        {"", false, false, 0, 0},
        {"+", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"0x1", false, false, 0, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const size_t length = strlen(cases[i].text);
        int64_t value = 42;
        uint64_t unsigned_value = 42;
        print_message("# '%s'\n", cases[i].text);
        assert_int_equal(num_parse_int64(cases[i].text, length, &value), cases[i].is_int64);
        assert_int_equal(num_parse_uint64(cases[i].text, length, &unsigned_value),
                         cases[i].is_uint64);
        assert_true(value == (cases[i].is_int64 ? cases[i].value : 42));
        assert_true(unsigned_value == (cases[i].is_uint64 ? cases[i].unsigned_value : 42));
    }
}

static void reads_fixed_point_exactly(void **state)
{
    static const struct {
        const char *text;
        int scale;
        bool good;
        int64_t value;
    } cases[] = {
        {"1.5", 8, true, 150000000},
        {"-0.00000001", 8, true, -1},
        {"0.000000010", 8, true, 1},
        {"0.000000001", 8, false, 0}, /* finer than a unit */
        {"1.50000000000000000000000000000", 8, true, 150000000},
        {"0", 18, true, 0},
        {"-0.000", 0, true, 0},
        {"12", 0, true, 12},
        {"12.0", 0, true, 12},
        {"12.5", 0, false, 0},
        {"1.25e2", 0, true, 125},
        {"1.25e1", 0, false, 0},
        {"1e-8", 8, true, 1},
        {"92233720368.54775807", 8, true, INT64_MAX},
        {"92233720368.54775808", 8, false, 0},
        {"-92233720368.54775808", 8, true, INT64_MIN},
        {"-92233720368.54775809", 8, false, 0},
        {"9223372036854775807", 0, true, INT64_MAX},
        {"9223372036854775808", 0, false, 0},
        {"10000000000000000000", 0, false, 0},
        {"1e18", 0, true, 1000000000000000000},
        {"1e19", 0, false, 0},
        {"1e99999999999999999999", 0, false, 0},
        {"1e-99999999999999999999", 18, false, 0},
        {"00000000000000000000000000000001", 2, true, 100},
        {"nan", 8, false, 0},
        {"", 8, false, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t got = 42;
        print_message("# '%s' at %d\n", cases[i].text, cases[i].scale);
        assert_int_equal(
            num_parse_fixed(cases[i].text, strlen(cases[i].text), cases[i].scale, &got),
            cases[i].good);
        assert_true(got == (cases[i].good ? cases[i].value : 42));
    }
}

static void writes_the_shortest_decimal(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1.0, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100.0, "100"},
        {123456.789, "123456.789"},
        {0.0001, "0.0001"},
        {0.00001, "1e-5"},
        {1.25e-7, "1.25e-7"},
        {1e15, "1000000000000000"},
        {1e16, "1e16"},
        {1.5e300, "1.5e300"},
        {1234567890123456.0, "1234567890123456"},
        {9007199254740993.0, "9007199254740992"},
        {0x1p-1074, "5e-324"},
        {0x1.fffffffffffffp+1023, "1.7976931348623157e308"},
        {0x1p-1022, "2.2250738585072014e-308"},
        {1.0 / 3.0, "0.3333333333333333"},
        {5e-5, "5e-5"},
        {-0.00123, "-0.00123"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char got[NUM_TEXT_SIZE];
        assert_string_equal(num_format_shortest(got, cases[i].value), cases[i].text);
    }
}

/* Goal: what is written reads back to the bit, and one digit less never would. */
static void reads_back_what_it_wrote(void **state)
{
    struct rng rng;
    rng_seed(&rng, 2, rng_salt("num"));
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (i % 2 == 0) {
            value = (double)(int64_t)(bits >> 24) / 1e4; /* the shape of a price */
        }
        if (!isfinite(value)) {
            continue;
        }
        char text[NUM_TEXT_SIZE];
        num_format_shortest(text, value);
        double got;
        assert_true(parse(text, &got));
        assert_true(same_bits(got, value));

        size_t digits = 0;
        for (const char *at = text; *at != '\0' && *at != 'e'; at++) {
            digits += (*at >= '1' && *at <= '9') || (*at == '0' && digits > 0) ? 1 : 0;
        }
        char shorter[64];
        snprintf(shorter, sizeof(shorter), "%.*e", (int)digits - 2, value);
        assert_true(digits <= 17);
        assert_true(digits < 2 || value == trunc(value) || strtod(shorter, NULL) != value);
    }
}

/* Goal: the neighbour below a power of two is nearer than the one above, so a decimal of 16
 * digits above it may read back although the nearest one does not. It is found all the same. */
static void is_shortest_at_powers_of_two(void **state)
{
    int found = 0;
    for (int exponent = -1021; exponent <= 1023; exponent++) {
        const double value = ldexp(1.0, exponent);
        char text[NUM_TEXT_SIZE];
        double got;
        num_format_shortest(text, value);
        assert_true(parse(text, &got) && got == value);

        char above[40];
        snprintf(above, sizeof(above), "%.15e", value);
        if (strtod(above, NULL) == value || above[16] == '9') {
            continue;
        }
        above[16]++;
        if (strtod(above, NULL) == value) {
            found++;
            assert_true(strlen(text) <= strlen(above));
            assert_memory_equal(text, above, 17);
        }
    }
    assert_true(found > 0);
}

static void writes_fixed_point(void **state)
{
    static const struct {
        int64_t value;
        int scale;
        const char *text;
    } cases[] = {
        {150000000, 8, "1.5"},
        {0, 8, "0"},
        {1, 8, "0.00000001"},
        {-1, 8, "-0.00000001"},
        {100000000, 8, "1"},
        {-123, 0, "-123"},
        {INT64_MAX, 8, "92233720368.54775807"},
        {INT64_MIN, 8, "-92233720368.54775808"},
        {INT64_MIN, 18, "-9.223372036854775808"},
        {INT64_MAX, 0, "9223372036854775807"},
        {-1050, 2, "-10.5"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[NUM_TEXT_SIZE];
        int64_t back;
        assert_string_equal(num_format_fixed(text, cases[i].value, cases[i].scale),
                            cases[i].text);
        assert_true(num_parse_fixed(text, strlen(text), cases[i].scale, &back));
        assert_true(back == cases[i].value);
    }
}

/* Goal: a locale with a decimal comma changes nothing. Skipped where none is installed. */
static void is_deaf_to_the_locale(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8"};
    locale_t comma = (locale_t)0;
    for (size_t i = 0; i < LEN(names) && comma == (locale_t)0; i++) {
        comma = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
    }
    if (comma == (locale_t)0) {
        skip();
    }
    const locale_t before = uselocale(comma);
    char text[NUM_TEXT_SIZE];
    char shortest[NUM_TEXT_SIZE];
    double got = 0.0;
    snprintf(text, sizeof(text), "%.1f", 1.5);
    const bool read = parse("12345678901234567890.5e-3", &got);
    num_format_shortest(shortest, 0.1);
    uselocale(before);
    freelocale(comma);
    assert_string_equal(text, "1,5"); /* the comma was really there */
    assert_true(read && got == 12345678901234567890.5e-3);
    assert_string_equal(shortest, "0.1");
}

/* Goal: what others write for a number that is none of ours is known; nothing else is. */
static void knows_what_is_not_finite(void **state)
{
    static const char *const is[] = {"nan",       "NaN",      "-nan",  "inf",   "+Inf",
                                     "-Infinity", "INFINITY", "1e400", "-9e999"};
    static const char *const is_not[] = {"",     "-", "1",      "1e308", "in",    "info",
                                         "nan1", "i", "1e400x", "na\n",  "--inf", "0x1p9999"};
    for (size_t i = 0; i < LEN(is); i++) {
        print_message("# %s\n", is[i]);
        assert_true(num_is_not_finite(is[i], strlen(is[i])));
    }
    for (size_t i = 0; i < LEN(is_not); i++) {
        print_message("# %s\n", is_not[i]);
        assert_false(num_is_not_finite(is_not[i], strlen(is_not[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_decimals),
        cmocka_unit_test(knows_what_is_not_finite),
        cmocka_unit_test(refuses_what_is_no_decimal),
        cmocka_unit_test(looks_at_every_digit_of_a_tie),
        cmocka_unit_test(agrees_with_strtod),
        cmocka_unit_test(reads_whole_numbers_to_their_limits),
        cmocka_unit_test(reads_fixed_point_exactly),
        cmocka_unit_test(writes_the_shortest_decimal),
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(is_shortest_at_powers_of_two),
        cmocka_unit_test(writes_fixed_point),
        cmocka_unit_test(is_deaf_to_the_locale),
    };
    return cmocka_run_group_tests_name("base/num", tests, NULL, NULL);
}
