/* INPUT.*: numbers and shapes that no venue may send, by the reason with which each is dropped.
 */
#include "support/check.h"

#include "market/binance.h"
#include "market/upbit.h"

enum { MESSAGE_SIZE = 1024 };

static enum reason upbit_says(const char *message)
{
    struct upbit_list list = {0};
    enum reason reason = REASON_NONE;
    struct err err = {.text = ""};
    const bool read = upbit_decode(&list, message, strlen(message), &reason, &err);
    print_message("%s: %s\n", read ? "read" : reason_code(reason), read ? "" : err.text);
    upbit_list_finish(&list);
    return read ? REASON_NONE : reason;
}

static enum reason binance_says(const char *message)
{
    struct binance_list list = {0};
    enum reason reason = REASON_NONE;
    struct err err = {.text = ""};
    const bool read = binance_decode(&list, "", message, strlen(message), &reason, &err);
    print_message("%s: %s\n", read ? "read" : reason_code(reason), read ? "" : err.text);
    binance_list_finish(&list);
    return read ? REASON_NONE : reason;
}

/* A number as it stands in JSON; Upbit writes it bare and, in some forms, quoted; Binance
 * quotes it. What JSON does not know as a number is no message at all where it stands bare. */
static const struct {
    const char *number;
    enum reason bare, quoted;
} PRICES[] = {
    {"100", REASON_NONE, REASON_NONE},
    {"1.5E8", REASON_NONE, REASON_NONE},
    {"NaN", REASON_INPUT_MALFORMED, REASON_INPUT_NOT_FINITE},
    {"Infinity", REASON_INPUT_MALFORMED, REASON_INPUT_NOT_FINITE},
    {"-Infinity", REASON_INPUT_MALFORMED, REASON_INPUT_NOT_FINITE},
    {"1e400", REASON_INPUT_NOT_FINITE, REASON_INPUT_NOT_FINITE},
    {"-1e400", REASON_INPUT_NOT_FINITE, REASON_INPUT_NOT_FINITE},
    {"-1", REASON_INPUT_NOT_POSITIVE, REASON_INPUT_NOT_POSITIVE},
    {"0", REASON_INPUT_NOT_POSITIVE, REASON_INPUT_NOT_POSITIVE},      /* with a size above 0 */
    {"1e-400", REASON_INPUT_NOT_POSITIVE, REASON_INPUT_NOT_POSITIVE}, /* it arrives as 0 */
    {"5e-324", REASON_INPUT_NOT_POSITIVE, REASON_INPUT_NOT_POSITIVE}, /* no normal double */
    {"90000000000", REASON_NONE, REASON_NONE},
    {"90000000001", REASON_INPUT_RANGE, REASON_INPUT_RANGE}, /* of 1e-8: over 2^63 nearly */
    {"1e300", REASON_INPUT_RANGE, REASON_INPUT_RANGE},
    {"9999999999999999999999", REASON_INPUT_RANGE, REASON_INPUT_RANGE},
};

static void prices_are_prices(void **state)
{
    char message[MESSAGE_SIZE];
    for (size_t i = 0; i < LEN(PRICES); i++) {
        const char *number = PRICES[i].number;
        print_message("# %s\n", number);
        snprintf(message, sizeof(message),
                 "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":"
                 "[{\"ap\":%s,\"bp\":1,\"as\":2,\"bs\":2}]}",
                 number);
        assert_int_equal(upbit_says(message), PRICES[i].bare);
        snprintf(message, sizeof(message),
                 "{\"type\":\"trade\",\"code\":\"KRW-BTC\",\"timestamp\":1,"
                 "\"trade_timestamp\":1,\"trade_price\":%s,\"trade_volume\":1,"
                 "\"ask_bid\":\"BID\",\"sequential_id\":1}",
                 number);
        assert_int_equal(upbit_says(message), PRICES[i].bare);
        snprintf(message, sizeof(message),
                 "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,"
                 "\"pu\":0,\"b\":[],\"a\":[[\"%s\",\"1\"]]}",
                 number);
        assert_int_equal(binance_says(message), PRICES[i].quoted);
        snprintf(message, sizeof(message),
                 "{\"e\":\"markPriceUpdate\",\"E\":1,\"s\":\"BTCUSDT\",\"p\":\"%s\","
                 "\"i\":\"1\",\"P\":\"1\",\"r\":\"0.0001\",\"T\":2}",
                 number);
        assert_int_equal(binance_says(message), PRICES[i].quoted);
    }
}

/* A size may be as large as cheap coins are many, and in a diff 0; never less. */
static void sizes_are_sizes(void **state)
{
    static const struct {
        const char *size;
        enum reason reason;
    } cases[] = {
        {"0", REASON_NONE},
        {"123456789012345", REASON_NONE},
        {"-0.1", REASON_INPUT_NOT_POSITIVE},
        {"1e400", REASON_INPUT_NOT_FINITE},
        {"-1e400", REASON_INPUT_NOT_FINITE},
        {"nan", REASON_INPUT_NOT_FINITE},
        {"", REASON_INPUT_MALFORMED},
        {"1,5", REASON_INPUT_MALFORMED},
        {"0x10", REASON_INPUT_MALFORMED},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char message[MESSAGE_SIZE];
        print_message("# %s\n", cases[i].size);
        snprintf(message, sizeof(message),
                 "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,"
                 "\"pu\":0,\"b\":[[\"1\",\"%s\"]],\"a\":[]}",
                 cases[i].size);
        assert_int_equal(binance_says(message), cases[i].reason);
    }
}

/* Broken JSON, wrong types, members that are missing: the message is dropped, whole. */
static void messages_are_messages(void **state)
{
    static const char *const upbit[] = {
        "",
        "null",
        "7",
        "{\"ty\":\"orderbook\"",
        "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1}",
        "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"obu\":[]}",
        "{\"ty\":\"orderbook\",\"cd\":7,\"tms\":1,\"obu\":[]}",
        "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":\"soon\",\"obu\":[]}",
        "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":{}}",
        "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":[{\"ap\":1,\"bp\":1}]}",
        "{\"ty\":\"orderbook\",\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":[]}",
    };
    static const char *const binance[] = {
        "[1]",
        "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,\"b\":[]}",
        "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,\"pu\":0,"
        "\"b\":[[\"1\"]],\"a\":[]}",
        "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,\"pu\":0,"
        "\"b\":[[true,\"1\"]],\"a\":[]}",
        "{\"e\":\"depthUpdate\",\"E\":1,\"T\":1,\"U\":1,\"u\":2,\"pu\":0,\"b\":[],\"a\":[]}",
    };
    for (size_t i = 0; i < LEN(upbit); i++) {
        assert_int_equal(upbit_says(upbit[i]), REASON_INPUT_MALFORMED);
    }
    for (size_t i = 0; i < LEN(binance); i++) {
        assert_int_equal(binance_says(binance[i]), REASON_INPUT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_are_prices),
        cmocka_unit_test(sizes_are_sizes),
        cmocka_unit_test(messages_are_messages),
    };
    return cmocka_run_group_tests_name("market/bad_numbers", tests, NULL, NULL);
}
