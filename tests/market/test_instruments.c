#include "support/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "core/order.h"
#include "instruments.h"
#include "io/file.h"

static const struct instrument *decode(struct instrument_list *list, enum venue venue,
                                       const char *text, const char *symbol)
{
    enum reason reason;
    struct err err;
    if (!(venue == VENUE_A ? instruments_decode_upbit : instruments_decode_binance)(
            list, text, strlen(text), &reason, &err)) {
        fail_msg("%s", err.text);
    }
    return instruments_find(list, symbol);
}

/* Goal: Upbit's tick comes as text on the wire and as a number in some hands; 0.00000001 is one
 * unit. A market it does not know is not in the answer, whatever that looks like. */
static void reads_ticks_as_text_and_as_numbers(void **state)
{
    struct instrument_list list = {0};
    const struct instrument *found =
        decode(&list, VENUE_A,
               "[{\"market\":\"KRW-BTC\",\"quote_currency\":\"KRW\",\"tick_size\":\"1000\","
               "\"supported_levels\":[\"0\"]},{\"market\":\"KRW-USDT\",\"tick_size\":0.5},"
               "{\"market\":\"KRW-PEPE\",\"tick_size\":1e-8}]",
               "KRW-BTC");
    assert_true(found->tick_units == INT64_C(100000000000) && found->lot_units == 1);
    assert_true(found->minimum_notional_units == INT64_C(500000000000)); /* 5,000 KRW */
    assert_true(found->trading);
    assert_true(instruments_find(&list, "KRW-USDT")->tick_units == 50000000);
    assert_true(instruments_find(&list, "KRW-PEPE")->tick_units == 1);
    assert_null(instruments_find(&list, "KRW-FOO"));
    assert_null(decode(&list, VENUE_A,
                       "{\"error\":{\"name\":404,\"message\":\"Code not found\"}}", "KRW-BTC"));
    instrument_list_finish(&list);
}

#define LIMITS                                                                                 \
    "{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,"         \
    "\"limit\":6000},{\"rateLimitType\":\"ORDERS\",\"interval\":\"MINUTE\",\"intervalNum\":1," \
    "\"limit\":1200}"
#define FILTERS(notional)                                                                      \
    "{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"556.80\",\"tickSize\":\"0.10\"},"         \
    "{\"filterType\":\"LOT_SIZE\",\"stepSize\":\"0.001\"},"                                    \
    "{\"filterType\":\"MAX_NUM_ORDERS\",\"limit\":200},"                                       \
    "{\"filterType\":\"MIN_NOTIONAL\",\"" notional "\":\"50\"}"

/* Goal: tickSize and not pricePrecision; `notional` on futures and `minNotional` elsewhere;
 * what is not TRADING, or has filters that cannot be, is not traded. */
static void reads_filters(void **state)
{
    static const struct {
        const char *name, *status, *filters;
        bool trading;
        int64_t minimum_units;
    } symbols[] = {
        {"BTCUSDT", "TRADING", FILTERS("notional"), true, INT64_C(5000000000)},
        {"ETHUSDT", "SETTLING", FILTERS("minNotional"), false, INT64_C(5000000000)},
        {"XRPUSDT", "TRADING", "{\"filterType\":\"PRICE_FILTER\",\"tickSize\":\"0\"}", false,
         0},
        {"DOGEUSDT", "TRADING", "", false, 0},
    };
    struct instrument_list list = {0};
    struct text text = text_growing();
    text_add(&text, "{\"rateLimits\":[" LIMITS "],\"symbols\":[");
    for (size_t i = 0; i < LEN(symbols); i++) {
        text_addf(&text, "%s{\"symbol\":\"%s\",\"status\":\"%s\",\"pricePrecision\":2,",
                  i > 0 ? "," : "", symbols[i].name, symbols[i].status);
        text_addf(&text, "\"filters\":[%s]}", symbols[i].filters);
    }
    text_add(&text, "]}");
    const struct instrument *btc = decode(&list, VENUE_B, text_string(&text), "BTCUSDT");
    assert_int_equal(list.weight_per_min, 6000);
    assert_true(btc->tick_units == 10000000 && btc->lot_units == 100000);
    for (size_t i = 0; i < LEN(symbols); i++) {
        const struct instrument *found = instruments_find(&list, symbols[i].name);
        assert_int_equal(found->trading, symbols[i].trading);
        assert_true(found->minimum_notional_units == symbols[i].minimum_units);
        assert_true(found->lot_units >= 1);
    }
    text_finish(&text);
    instrument_list_finish(&list);
}

/* Goal: what is no such answer is a message that could not be read, and leaves nothing. */
static void refuses_other_answers(void **state)
{
    static const struct {
        enum venue venue;
        const char *text;
        enum reason reason;
    } cases[] = {
        {VENUE_A, "{}", REASON_INPUT_MALFORMED},
        {VENUE_A, "[1]", REASON_INPUT_MALFORMED},
        {VENUE_A, "[{\"market\":\"KRW-BTC\"}]", REASON_INPUT_MALFORMED},
        {VENUE_A, "[{\"market\":\"KRW-BTC\",\"tick_size\":\"-1\"}]", REASON_INPUT_NOT_POSITIVE},
        {VENUE_A, "[{\"market\":\"KRW-BTC\",\"tick_size\":\"1e-9\"}]", REASON_INPUT_RANGE},
        {VENUE_A, "[{\"market\":\"KRW-BTC\",\"tick_size\":1e11}]", REASON_INPUT_RANGE},
        {VENUE_B, "{\"symbols\":{}}", REASON_INPUT_MALFORMED},
        {VENUE_B, "{\"symbols\":[{\"status\":\"TRADING\"}]}", REASON_INPUT_MALFORMED},
        {VENUE_B, "[]", REASON_INPUT_MALFORMED},
        {VENUE_B, "{\"code\":-1003,\"msg\":\"Too many\"}", REASON_INPUT_MALFORMED},
    };
    struct instrument_list list = {0};
    for (size_t i = 0; i < LEN(cases); i++) {
        enum reason reason = REASON_NONE;
        struct err err;
        const bool read =
            (cases[i].venue == VENUE_A ? instruments_decode_upbit : instruments_decode_binance)(
                &list, cases[i].text, strlen(cases[i].text), &reason, &err);
        assert_false(read);
        assert_string_equal(reason_code(reason), reason_code(cases[i].reason));
        assert_int_equal(list.count, 0);
    }
    instrument_list_finish(&list);
}

/* Goal: the recorded answer of 2021: BTCUSDT had a tick of 0.01 and a minimum of 5. */
static void reads_the_recorded_answer(void **state)
{
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    struct instrument_list list = {0};
    char path[1024];
    char *text = NULL;
    size_t length = 0;
    struct err err;
    snprintf(path, sizeof(path), "%s/cryptofeed_binancefut_exchangeInfo_20210721.json",
             folder != NULL ? folder : SHARED_DATA);
    if (access(path, R_OK) != 0) {
        print_message("%s is not there\n", path);
        skip();
    }
    assert_true(file_read(path, 4 << 20, &text, &length, &err));
    const struct instrument *found = decode(&list, VENUE_B, text, "BTCUSDT");
    assert_true(found->tick_units == 1000000 && found->lot_units == 100000);
    assert_true(found->minimum_notional_units == 500000000 && found->trading);
    assert_int_equal(list.weight_per_min, 2400);
    print_message("%d symbols\n", (int)list.count);
    instrument_list_finish(&list);
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ticks_as_text_and_as_numbers),
        cmocka_unit_test(reads_filters),
        cmocka_unit_test(refuses_other_answers),
        cmocka_unit_test(reads_the_recorded_answer),
    };
    return cmocka_run_group_tests_name("market/instruments", tests, NULL, NULL);
}
