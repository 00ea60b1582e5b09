#include "support/check.h"

#include "http_date.h"

/* Goal: the date as servers say it; 1,000,000,000 s are 2001-09-09 01:46:40. */
static void reads_what_servers_say(void **state)
{
    static const char *const bad[] = {"",
                                      "Sun, 09 Sep 2001 01:46:40 CET",
                                      "Sun, 09 Sap 2001 01:46:40 GMT",
                                      "Sun, 32 Sep 2001 01:46:40 GMT",
                                      "Sat, 31 Dec 2016 23:59:60 GMT", /* tells nothing */
                                      "Sunday, 09-Sep-01 01:46:40 GMT",
                                      "Sun Sep  9 01:46:40 2001 hallo"};
    int64_t time_ns = 0;
    assert_true(http_date_parse("Sun, 09 Sep 2001 01:46:40 GMT", &time_ns));
    assert_true(time_ns == INT64_C(1000000000) * 1000000000);
    for (size_t i = 0; i < LEN(bad); i++) {
        assert_false(http_date_parse(bad[i], &time_ns));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_what_servers_say)};
    return cmocka_run_group_tests_name("market/http_date", tests, NULL, NULL);
}
