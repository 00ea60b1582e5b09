#include "support/check.h"

#include "server_time.h"

/* Goal: the time as Binance says it, beside members nobody knows; and nothing else is a time: a
 * digit somewhere in garbage would be one of 1970 and halt a session. */
static void reads_what_binance_says_and_nothing_else(void **state)
{
    static const char *const good[] = {"{\"serverTime\":1000000000000}",
                                       " { \"x\": [1], \"serverTime\" : 1000000000000 }\n"};
    static const char *const bad[] = {"",
                                      "1000000000000",
                                      "\x8b\x01 1Nb\xff",
                                      "{\"serverTime\":",
                                      "{\"serverTime\":0}",
                                      "{\"serverTime\":-1000000000000}",
                                      "{\"serverTime\":\"1000000000000\"}",
                                      "{\"serverTime\":1e12}",
                                      "{\"serverTime\":9223372036855}",
                                      "{\"serverTime\":99999999999999999999}",
                                      "{\"time\":1000000000000}",
                                      "{\"code\":-1003,\"msg\":\"too many 1000000000000\"}"};
    int64_t time_ns = 0;
    for (size_t i = 0; i < LEN(good); i++) {
        time_ns = 0;
        assert_true(server_time_read(good[i], strlen(good[i]), &time_ns));
        assert_true(time_ns == INT64_C(1000000000) * 1000000000);
    }
    for (size_t i = 0; i < LEN(bad); i++) {
        time_ns = 42;
        assert_false(server_time_read(bad[i], strlen(bad[i]), &time_ns));
        assert_true(time_ns == 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_binance_says_and_nothing_else)};
    return cmocka_run_group_tests_name("market/server_time", tests, NULL, NULL);
}
