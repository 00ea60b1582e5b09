#include "support/check.h"

#include "run/day.h"

#define HOUR_NS INT64_C(3600000000000)
/* 2026-11-20T00:00:00Z is day 20777 (56 years of 365 days, 14 leap days, 323 days of the year).
 */
#define MIDNIGHT (INT64_C(20777) * 24 * HOUR_NS)

/* Goal: the desk's date, not UTC's: 15:00Z is midnight in Seoul; New York is hours behind. */
static void the_date_is_the_desks(void **state)
{
    struct err err = {0};
    assert_true(day_set_zone("UTC", &err));
    assert_int_equal(day_of(MIDNIGHT), 20777);
    assert_int_equal(day_of(MIDNIGHT - 1), 20776);
    if (!day_set_zone("Asia/Seoul", &err)) {
        print_message("no zone data on this machine: %s\n", err.text);
        skip();
    }
    assert_int_equal(day_of(MIDNIGHT + 15 * HOUR_NS - 1), 20777);
    assert_int_equal(day_of(MIDNIGHT + 15 * HOUR_NS), 20778);
    assert_true(day_set_zone("America/New_York", &err));
    assert_int_equal(day_of(MIDNIGHT), 20776);
}

/* Goal: a zone nobody has data for is refused by name: a limit that rolls at the wrong hour is
 * none. */
static void unknown_zones_are_refused(void **state)
{
    static const char *const BAD[] = {"", "Mars/Olympus", "../../etc/passwd"};
    for (size_t i = 0; i < LEN(BAD); i++) {
        struct err err = {0};
        assert_false(day_set_zone(BAD[i], &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "session.day_zone"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_date_is_the_desks),
        cmocka_unit_test(unknown_zones_are_refused),
    };
    return cmocka_run_group_tests_name("run/day", tests, NULL, NULL);
}
