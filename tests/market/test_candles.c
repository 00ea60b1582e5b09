#include "support/check.h"

#include "candles.h"

typedef bool decode_fn(struct candle_list *list, const char *bytes, size_t length,
                       enum reason *reason, struct err *err);

static void decode(struct candle_list *list, decode_fn *read, const char *text)
{
    enum reason reason;
    struct err err;
    if (!read(list, text, strlen(text), &reason, &err)) {
        fail_msg("%s", err.text);
    }
}

#define S INT64_C(1000000000)

#define UPBIT(time, close) "{\"candle_date_time_utc\":\"" time "\",\"trade_price\":" close "}"

/* Goal: Upbit gives the newest first, and we the oldest; a minute is known by its end. 10:16 of
 * that day is 1,524,046,560 s (1,524,009,600 at midnight and 616 minutes). */
static void turns_upbits_order_around(void **state)
{
    struct candle_list list = {0};
    decode(&list, candles_decode_upbit,
           "[{\"market\":\"KRW-BTC\",\"candle_date_time_utc\":\"2018-04-18T10:18:00\","
           "\"candle_date_time_kst\":\"2018-04-18T19:18:00\",\"opening_price\":8615000,"
           "\"high_price\":8618000,\"low_price\":8611000,\"trade_price\":8616000,"
           "\"timestamp\":1524046594584,\"candle_acc_trade_price\":60018891.90054,"
           "\"candle_acc_trade_volume\":6.96780929,\"unit\":1,\"new\":1},"
           /* nobody traded at 10:17 */
           UPBIT("2018-04-18T10:16:00", "\"8614000.5\"") "]");
    assert_int_equal(list.count, 2);
    assert_true(list.items[0].end_ns == (INT64_C(1524046560) + 60) * S);
    assert_true(list.items[0].close == 8614000.5);
    assert_true(list.items[1].end_ns == (INT64_C(1524046560) + 180) * S);
    assert_true(list.items[1].close == 8616000.0);
    assert_int_equal(list.unknown_fields, 1);
    decode(&list, candles_decode_upbit, "[]");
    assert_int_equal(list.count, 0);
    candle_list_finish(&list);
}

/* Goal: what stands behind the close is passed by, however much of it there is. */
static void reads_binances_lists(void **state)
{
    struct candle_list list = {0};
    decode(&list, candles_decode_binance,
           "[[60000,\"1\",\"9\",\"0.5\",\"100000.10\",\"0.1\",119999,\"1\",1,\"0\",\"0\",\"0\"]"
           ",[120000,\"1\",\"9\",\"0.5\",\"99999.90\"]]");
    assert_int_equal(list.count, 2);
    assert_true(list.items[0].end_ns == 120 * S && list.items[0].close == 100000.1);
    assert_true(list.items[1].end_ns == 180 * S && list.items[1].close == 99999.9);
    candle_list_finish(&list);
}

/* Goal: an answer is taken whole or not at all, and the message names the candle. */
static void refuses_what_is_no_past(void **state)
{
    static const struct {
        decode_fn *read;
        const char *text;
        enum reason reason;
        const char *says;
    } cases[] = {
        {candles_decode_upbit, "{\"error\":{\"name\":404}}", REASON_INPUT_MALFORMED,
         "candles: not a list"},
        {candles_decode_upbit, "[7]", REASON_INPUT_MALFORMED, "candles[0]: not an object"},
        {candles_decode_upbit, "[{\"trade_price\":1}]", REASON_INPUT_MALFORMED,
         "candles[0]: candle_date_time_utc: missing"},
        {candles_decode_upbit, "[" UPBIT("yesterday", "1") "]", REASON_INPUT_MALFORMED,
         "candles[0]: candle_date_time_utc: not a time"},
        {candles_decode_upbit, "[" UPBIT("2018-04-18T10:16:01", "1") "]", REASON_INPUT_RANGE,
         "where no minute begins"},
        {candles_decode_upbit, "[" UPBIT("2018-04-18T10:16:00", "0") "]",
         REASON_INPUT_NOT_POSITIVE, "candles[0]: trade_price: '0' is not above zero"},
        {candles_decode_upbit, "[" UPBIT("2018-04-18T10:16:00", "true") "]",
         REASON_INPUT_MALFORMED, "trade_price: 'true' is not a number"},
        {candles_decode_upbit,
         "[" UPBIT("2018-04-18T10:16:00", "1") "," UPBIT("2018-04-18T10:17:00", "1") "]",
         REASON_INPUT_RANGE, "candles[0]: its minute is out of order"},
        {candles_decode_upbit,
         "[" UPBIT("2018-04-18T10:16:00", "1") "," UPBIT("2018-04-18T10:16:00", "1") "]",
         REASON_INPUT_RANGE, "candles[0]: its minute is out of order"},
        {candles_decode_binance, "[[60000,\"1\",\"1\",\"1\"]]", REASON_INPUT_MALFORMED,
         "candles[0]: not a list of at least 5"},
        {candles_decode_binance, "[[\"60000\",\"1\",\"1\",\"1\",\"1\"]]",
         REASON_INPUT_MALFORMED, "its time is not milliseconds"},
        {candles_decode_binance, "[[-60000,\"1\",\"1\",\"1\",\"1\"]]", REASON_INPUT_MALFORMED,
         "its time is not milliseconds"},
        {candles_decode_binance, "[[9223372036854775807,\"1\",\"1\",\"1\",\"1\"]]",
         REASON_INPUT_MALFORMED, "its time is not milliseconds"},
        {candles_decode_binance, "[[60000,1,1,1,\"inf\"]]", REASON_INPUT_NOT_FINITE,
         "close: 'inf' is not a number"},
        {candles_decode_binance, "[[60000,1,1,1,-1]]", REASON_INPUT_NOT_POSITIVE,
         "close: not above zero"},
        {candles_decode_binance, "[[120000,1,1,1,1],[60000,1,1,1,1]]", REASON_INPUT_RANGE,
         "candles[1]: its minute is out of order"},
    };
    struct candle_list list = {0};
    for (size_t i = 0; i < LEN(cases); i++) {
        enum reason reason = REASON_NONE;
        struct err err = {.kind = ERR_NONE};
        decode(&list, candles_decode_binance, "[[60000,1,1,1,1]]");
        assert_false(cases[i].read(&list, cases[i].text, strlen(cases[i].text), &reason, &err));
        if (reason != cases[i].reason || strstr(err.text, cases[i].says) == NULL) {
            fail_msg("case %zu: %s %s", i, reason_code(reason), err.text);
        }
        assert_int_equal(list.count, 0);
    }
    candle_list_finish(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_upbits_order_around),
        cmocka_unit_test(reads_binances_lists),
        cmocka_unit_test(refuses_what_is_no_past),
    };
    return cmocka_run_group_tests_name("market/candles", tests, NULL, NULL);
}
