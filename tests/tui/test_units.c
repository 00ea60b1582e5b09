#include "support/check.h"

#include "tui/units.h"

static void separates_thousands_and_signs(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *plain, *with_sign;
    } cases[] = {
        {148235000, 0, "148,235,000", "+148,235,000"},
        {999, 0, "999", "+999"},
        {1000, 0, "1,000", "+1,000"},
        {-1234.5, 2, "-1,234.50", "-1,234.50"},
        {0.004, 2, "0.00", "0.00"}, /* what rounds to nothing has no sign */
        {-0.004, 2, "0.00", "0.00"},
        {0.005, 2, "0.01", "+0.01"}, /* half away from zero */
        {-12.35, 1, "-12.4", "-12.4"},
        {NAN, 2, "-", "-"},
        {INFINITY, 0, "-", "-"},
        {1e18, 0, "1.000e+18", "1.000e+18"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char buffer[UNITS_SIZE];
        assert_string_equal(units_number(buffer, cases[i].value, cases[i].decimals),
                            cases[i].plain);
        assert_string_equal(units_signed(buffer, cases[i].value, cases[i].decimals),
                            cases[i].with_sign);
    }
}

static void gives_each_market_its_decimals(void **state)
{
    static const struct {
        double price;
        const char *want;
    } cases[] = {{148235000, "148,235,000"},
                 {103412.5, "103,412.5"},
                 {3612.31, "3,612.31"},
                 {2.1302, "2.1302"},
                 {0.51234, "0.512340"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        char buffer[UNITS_SIZE];
        assert_string_equal(units_price(buffer, cases[i].price), cases[i].want);
    }
}

static void keeps_sizes_short(void **state)
{
    static const struct {
        double size;
        const char *want;
    } cases[] = {{0.17311, "0.1731"},    {2.02, "2.020"},   {12.446, "12.45"},
                 {123.44, "123.4"},      {1234.4, "1,234"}, {56700, "56.7k"},
                 {2500000, "2.5M"},      {INFINITY, "any"}, {0.0, "0.0000"},
                 {0.0000499, "<0.0001"}, {1e-8, "<0.0001"}, {0.00005, "0.0001"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        char buffer[UNITS_SIZE];
        assert_string_equal(units_size(buffer, cases[i].size), cases[i].want);
    }
}

static void tells_ages_and_clocks(void **state)
{
    static const struct {
        double seconds;
        const char *age, *clock;
    } cases[] = {
        {0.08, "<1s", "00:01"},        {3.49, "3.4s", "00:04"}, {12, "12s", "00:12"},
        {119, "119s", "01:59"},        {250, "4m10s", "04:10"}, {7500, "2h05m", "02:05:00"},
        {273600, "3d04h", "76:00:00"},
    };
    char buffer[UNITS_SIZE];
    for (size_t i = 0; i < LEN(cases); i++) {
        const int64_t age_ns = (int64_t)(cases[i].seconds * 1e9);
        assert_string_equal(units_age(buffer, age_ns), cases[i].age);
        assert_string_equal(units_clock(buffer, cases[i].seconds), cases[i].clock);
    }
    assert_string_equal(units_age(buffer, -1), "never");
    /* Of what is heard from all the time: whole seconds, as wide at 0 as at 99. */
    assert_string_equal(units_age_steady(buffer, 80000000), "<1s");
    assert_string_equal(units_age_steady(buffer, INT64_C(3490000000)), " 3s");
    assert_string_equal(units_age_steady(buffer, INT64_C(12900000000)), "12s");
    assert_string_equal(units_age_steady(buffer, INT64_C(250) * 1000000000), "4m10s");
    assert_string_equal(units_age_steady(buffer, -1), "never");
    assert_string_equal(units_clock(buffer, NAN), "-");
    /* 21:24:07 of any day: 77,047 s after midnight. */
    assert_string_equal(units_time(buffer, (INT64_C(86400) * 20000 + 77047) * 1000000000),
                        "21:24:07");
    assert_string_equal(units_time(buffer, 0), "--:--:--");
}

static void tells_speeds(void **state)
{
    char buffer[UNITS_SIZE];
    assert_string_equal(units_speed(buffer, 1), "\u00d71");
    assert_string_equal(units_speed(buffer, 600), "\u00d7600");
    assert_string_equal(units_speed(buffer, 0.5), "\u00d70.5");
    assert_string_equal(units_speed(buffer, 0.05), "\u00d70.05"); /* not twice as fast */
    assert_string_equal(units_speed(buffer, 0.00001), "\u00d70.00001");
    assert_string_equal(units_speed(buffer, 12.5), "\u00d712.5");
    assert_string_equal(units_speed(buffer, INFINITY), "max");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separates_thousands_and_signs),
        cmocka_unit_test(gives_each_market_its_decimals),
        cmocka_unit_test(keeps_sizes_short),
        cmocka_unit_test(tells_ages_and_clocks),
        cmocka_unit_test(tells_speeds),
    };
    return cmocka_run_group_tests_name("tui/units", tests, NULL, NULL);
}
