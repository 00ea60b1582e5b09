#include "support/check.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "base/rng.h"

#define NS_PER_S INT64_C(1000000000)

static bool parse(const char *text, int64_t *out)
{
    return calendar_parse(text, strlen(text), out);
}

/* 2024-08-08T00:00:00Z is 19943 days after the epoch: 54 years of 365, 13 leap days 1972..2020,
 * then 2024's own (31+29+31+30+31+30+31 = 213) and 7 days: 19710 + 13 + 213 + 7 = 19943. */
#define AUGUST_8_S (INT64_C(19943) * 86400)

static void reads_iso_8601(void **state)
{
    static const struct {
        const char *text;
        int64_t time_ns;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00", 0},
        {"2024-08-08T00:00:00Z", AUGUST_8_S * NS_PER_S},
        {"2024-08-08 00:00:00", AUGUST_8_S * NS_PER_S},
        {"2024-08-08T09:00:00+09:00", AUGUST_8_S * NS_PER_S},
        {"2024-08-07T19:30:00-04:30", AUGUST_8_S * NS_PER_S},
        {"2024-08-08T00:00:01.5Z", AUGUST_8_S * NS_PER_S + 1500000000},
        {"2024-08-08T00:00:00.123456789Z", AUGUST_8_S * NS_PER_S + 123456789},
        {"2024-08-08 00:00:00.000000001+00:00", AUGUST_8_S * NS_PER_S + 1},
        {"1969-12-31T23:59:59.999999999Z", -1},
        {"2000-02-29T00:00:00Z", 951782400 * NS_PER_S},
        {"1700-01-01T00:00:00Z", INT64_C(-98615) * 86400 * NS_PER_S},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t got = 42;
        print_message("# %s\n", cases[i].text);
        assert_true(parse(cases[i].text, &got));
        assert_true(got == cases[i].time_ns);
    }
}

static void reads_an_epoch_by_its_magnitude(void **state)
{
    static const struct {
        const char *text;
        int64_t time_ns;
    } cases[] = {
        {"0", 0},
        {"1723075200", 1723075200 * NS_PER_S},
        {"1723075200.123456789", 1723075200 * NS_PER_S + 123456789},
        {"1.7230752e9", 1723075200 * NS_PER_S},
        {"1723075200123", 1723075200 * NS_PER_S + 123000000},
        {"1723075200123.456789", 1723075200 * NS_PER_S + 123456789},
        {"1723075200123456", 1723075200 * NS_PER_S + 123456000},
        {"1723075200123456.789", 1723075200 * NS_PER_S + 123456789},
        {"1723075200123456789", 1723075200 * NS_PER_S + 123456789},
        {"1723075200123456789.0", 1723075200 * NS_PER_S + 123456789},
        {"-1.5", -1500000000},
        {"100000000001", 100000000001 * 1000000},    /* just above 1e11: ms */
        {"100000000000001", 100000000000001 * 1000}, /* just above 1e14: us */
        {"100000000000000001", 100000000000000001},  /* just above 1e17: ns */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t got = 42;
        print_message("# %s\n", cases[i].text);
        assert_true(parse(cases[i].text, &got));
        assert_true(got == cases[i].time_ns);
    }
}

static void refuses_what_is_no_time(void **state)
{
    static const char *const cases[] = {
        "",
        "now",
        "2024-08-08",
        "2024-08-08T00:00Z",
        "2024-08-08t00:00:00Z",
        "2024-08-08T00:00:00z",
        "2024-08-08T00:00:00 Z",
        " 2024-08-08T00:00:00Z",
        "2024-08-08T00:00:00Z ",
        "2024-08-08T00:00:00.Z",
        "2024-08-08T00:00:00.1234567890Z",
        "2024-08-08T00:00:00+0900",
        "2024-08-08T00:00:00+09",
        "2024-08-08T00:00:00+24:00",
        "2024-08-08T00:00:00+09:60",
        "2024-00-08T00:00:00Z",
        "2024-13-08T00:00:00Z",
        "2024-08-00T00:00:00Z",
        "2024-08-32T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-08-08T24:00:00Z",
        "2024-08-08T00:60:00Z",
        "2024-08-08T00:00:60Z",
        "1699-12-31T23:59:59Z",
        "2251-01-01T00:00:00Z",
        "24-08-08T00:00:00Z",
        "nan",
        "1e30",
        "9223372036854775808", /* beyond int64 */
        "100000000000",        /* 1e11 is still seconds: the year 5138 */
        "1723075200.1234567891",
        "1723075200123456789.5",
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t got = 42;
        print_message("# '%s'\n", cases[i]);
        assert_false(parse(cases[i], &got));
        assert_int_equal(got, 42);
    }
}

static void writes_what_was_asked_for(void **state)
{
    char text[CALENDAR_TEXT_SIZE];
    const int64_t time_ns = AUGUST_8_S * NS_PER_S + 45296 * NS_PER_S + 987654321;
    /* 45296 s = 12 h 34 min 56 s; digits are cut, never rounded up into the next second. */
    assert_string_equal(calendar_format(text, time_ns, 0), "2024-08-08T12:34:56Z");
    assert_string_equal(calendar_format(text, time_ns, 3), "2024-08-08T12:34:56.987Z");
    assert_string_equal(calendar_format(text, time_ns, 9), "2024-08-08T12:34:56.987654321Z");
    assert_string_equal(calendar_format(text, -1, 3), "1969-12-31T23:59:59.999Z");
    assert_string_equal(calendar_format(text, INT64_MAX, 9), "2262-04-11T23:47:16.854775807Z");
    assert_string_equal(calendar_format(text, INT64_MIN, 9), "1677-09-21T00:12:43.145224192Z");
}

static void floors_to_the_day(void **state)
{
    assert_int_equal(calendar_utc_day(0), 0);
    assert_int_equal(calendar_utc_day(86400 * NS_PER_S - 1), 0);
    assert_int_equal(calendar_utc_day(86400 * NS_PER_S), 1);
    assert_int_equal(calendar_utc_day(-1), -1);
    assert_int_equal(calendar_utc_day(-86400 * NS_PER_S), -1);
    assert_int_equal(calendar_utc_day(-86400 * NS_PER_S - 1), -2);
    assert_int_equal(calendar_utc_day(AUGUST_8_S * NS_PER_S), 19943);
}

/* Goal: any time survives the way through text, and libc agrees with its every field. */
static void survives_the_way_through_text(void **state)
{
    setenv("TZ", "Asia/Seoul", 1); /* and the process's zone plays no part */
    tzset();
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("calendar"));
    for (int i = 0; i < 200000; i++) {
        /* 1700-01-01 plus up to 550 years of 365 days, in ns. */
        const uint64_t span_ns = UINT64_C(550) * 365 * 86400 * 1000000000;
        const int64_t time_ns =
            (int64_t)(rng_below(&rng, span_ns) - UINT64_C(98615) * 86400 * 1000000000);
        char text[CALENDAR_TEXT_SIZE];
        int64_t back;
        calendar_format(text, time_ns, 9);
        assert_true(parse(text, &back));
        assert_true(back == time_ns);

        const int32_t day = calendar_utc_day(time_ns);
        const time_t seconds = (time_t)(time_ns / NS_PER_S - (time_ns % NS_PER_S < 0 ? 1 : 0));
        struct tm tm;
        char want[CALENDAR_TEXT_SIZE];
        gmtime_r(&seconds, &tm);
        strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ", &tm);
        assert_string_equal(calendar_format(text, time_ns, 0), want);
        assert_true((int64_t)day * 86400 <= seconds && seconds < ((int64_t)day + 1) * 86400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_iso_8601),
        cmocka_unit_test(reads_an_epoch_by_its_magnitude),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(writes_what_was_asked_for),
        cmocka_unit_test(floors_to_the_day),
        cmocka_unit_test(survives_the_way_through_text),
    };
    return cmocka_run_group_tests_name("base/calendar", tests, NULL, NULL);
}
