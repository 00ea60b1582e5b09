#include "support/check.h"
#include "support/damage.h"

#include "market/upbit.h"

/* The wire examples of VENUES.md 3.2, 3.3 and 2. */
#define ORDERBOOK                                                                              \
    "{\"type\":\"orderbook\",\"code\":\"KRW-BTC\",\"timestamp\":1790134742106,"                \
    "\"total_ask_size\":2.51469375,\"total_bid_size\":1.63815297,\"orderbook_units\":["        \
    "{\"ask_price\":1.16539E8,\"bid_price\":1.16538E8,\"ask_size\":0.02054761,"                \
    "\"bid_size\":0.08120946},{\"ask_price\":1.16542E8,\"bid_price\":1.16537E8,"               \
    "\"ask_size\":0.00077720,\"bid_size\":0.01129382}],\"stream_type\":\"SNAPSHOT\","          \
    "\"level\":0}"
#define ORDERBOOK_SIMPLE                                                                       \
    "{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1790134773006,\"tas\":0.48514983,"       \
    "\"tbs\":2.2403413,\"obu\":[{\"ap\":116606000,\"bp\":116534000,\"as\":0.06288509,"         \
    "\"bs\":7.9276E-4},{\"ap\":116609000,\"bp\":116521000,\"as\":5.0E-4,\"bs\":0.01624318}],"  \
    "\"st\":\"SNAPSHOT\",\"lv\":0}"
#define ORDERBOOK_REST                                                                         \
    "{\"market\":\"KRW-USDT\",\"timestamp\":1790134742106,\"total_ask_size\":2,"               \
    "\"total_bid_size\":1,\"orderbook_units\":[{\"ask_price\":1344,\"bid_price\":1343,"        \
    "\"ask_size\":10.5,\"bid_size\":20}],\"level\":0}"
#define TRADE                                                                                  \
    "{\"type\":\"trade\",\"code\":\"KRW-BTC\",\"timestamp\":1790134742106,"                    \
    "\"trade_date\":\"2026-09-23\",\"trade_time\":\"03:39:02\","                               \
    "\"trade_timestamp\":1790134742001,\"trade_price\":1.16539E8,\"trade_volume\":0.00046488," \
    "\"ask_bid\":\"BID\",\"prev_closing_price\":116000000.00000000,\"change\":\"RISE\","       \
    "\"change_price\":539000.00000000,\"sequential_id\":17901347420010000,"                    \
    "\"best_ask_price\":116539000,\"best_ask_size\":0.0205,\"best_bid_price\":116538000,"      \
    "\"best_bid_size\":0.0812,\"stream_type\":\"REALTIME\"}"
#define TRADE_SIMPLE                                                                           \
    "{\"ty\":\"trade\",\"cd\":\"KRW-LAMB\",\"tms\":1618678262712,\"td\":\"2021-04-17\","       \
    "\"ttm\":\"16:51:02\",\"ttms\":1618678262000,\"tp\":127.0,\"tv\":46.48838371,"             \
    "\"ab\":\"ASK\",\"pcp\":123.00000000,\"c\":\"RISE\",\"cp\":4.00000000,"                    \
    "\"sid\":1618678262000003,\"st\":\"REALTIME\"}"

/* Decodes or fails the test; the list is the caller's. */
static const struct upbit_message *decode(struct upbit_list *list, const char *text)
{
    enum reason reason;
    struct err err;
    if (!upbit_decode(list, text, strlen(text), &reason, &err)) {
        fail_msg("%s", err.text);
    }
    assert_true(list->count > 0);
    return &list->messages[0];
}

static void check_level(const struct book_level *level, double price, double size)
{
    assert_true(level->price == price && level->size == size);
}

/* Goal: exponents and plain numbers are the same prices, to the last bit. */
static void reads_the_book_in_every_form(void **state)
{
    struct upbit_list list = {0};
    const struct upbit_message *got = decode(&list, ORDERBOOK);
    assert_int_equal(got->kind, UPBIT_ORDERBOOK);
    assert_string_equal(got->symbol, "KRW-BTC");
    assert_true(got->exchange_ns == INT64_C(1790134742106000000));
    assert_true(got->book.exchange_ns == got->exchange_ns);
    assert_int_equal(got->unknown_fields, 0);
    assert_int_equal(got->book.bids_count, 2);
    assert_int_equal(got->book.asks_count, 2);
    check_level(&got->book.bids[0], 116538000.0, 0.08120946);
    check_level(&got->book.bids[1], 116537000.0, 0.01129382);
    check_level(&got->book.asks[0], 116539000.0, 0.02054761);
    check_level(&got->book.asks[1], 116542000.0, 0.0007772);

    got = decode(&list, ORDERBOOK_SIMPLE);
    assert_true(got->exchange_ns == INT64_C(1790134773006000000));
    check_level(&got->book.bids[0], 116534000.0, 0.00079276);
    check_level(&got->book.asks[1], 116609000.0, 0.0005);

    got = decode(&list, "[" ORDERBOOK_REST "]");
    assert_string_equal(got->symbol, "KRW-USDT");
    check_level(&got->book.bids[0], 1343.0, 20.0);
    check_level(&got->book.asks[0], 1344.0, 10.5);
    assert_true(got->level == 0.0);
    got = decode(&list, "{\"ty\":\"orderbook\",\"cd\":\"X\",\"tms\":1,\"obu\":[],\"lv\":1E4}");
    assert_true(got->level == 10000.0);
    upbit_list_finish(&list);
}

/* Goal: a list of the LIST formats is its messages, in order. */
static void reads_lists(void **state)
{
    struct upbit_list list = {0};
    decode(&list, "[" ORDERBOOK "," TRADE "," ORDERBOOK_SIMPLE "," TRADE_SIMPLE "]");
    assert_int_equal(list.count, 4);
    assert_int_equal(list.messages[1].kind, UPBIT_TRADE);
    assert_int_equal(list.messages[2].kind, UPBIT_ORDERBOOK);
    assert_string_equal(list.messages[3].symbol, "KRW-LAMB");
    upbit_list_finish(&list);
}

/* Goal: the aggressor is the side that hit: BID bought, ASK sold; the time is the trade's. */
static void reads_trades(void **state)
{
    struct upbit_list list = {0};
    const struct upbit_message *got = decode(&list, TRADE);
    assert_int_equal(got->kind, UPBIT_TRADE);
    assert_true(got->exchange_ns == INT64_C(1790134742001000000));
    assert_true(got->trade.price == 116539000.0 && got->trade.size == 0.00046488);
    assert_int_equal(got->trade.aggressor, ORDER_BUY);
    assert_true(got->trade.id == UINT64_C(17901347420010000));
    assert_int_equal(got->unknown_fields, 0);
    got = decode(&list, TRADE_SIMPLE);
    assert_int_equal(got->trade.aggressor, ORDER_SELL);
    assert_true(got->trade.price == 127.0 && got->trade.size == 46.48838371);
    assert_int_equal(got->unknown_fields, 0);
    got = decode(&list, "[{\"market\":\"KRW-BTC\",\"trade_date_utc\":\"2025-06-27\","
                        "\"trade_time_utc\":\"23:59:59\",\"timestamp\":1751068799336,"
                        "\"trade_price\":147058000,\"trade_volume\":0.00006043,"
                        "\"prev_closing_price\":146852000,\"change_price\":206000,"
                        "\"ask_bid\":\"BID\",\"sequential_id\":17510687993360000}]");
    assert_int_equal(got->kind, UPBIT_TRADE);
    assert_true(got->exchange_ns == INT64_C(1751068799336000000));
    assert_true(got->trade.size == 0.00006043);
    upbit_list_finish(&list);
}

static void reads_tickers_and_what_else_comes(void **state)
{
    struct upbit_list list = {0};
    const struct upbit_message *got =
        decode(&list, "{\"ty\":\"ticker\",\"cd\":\"KRW-USDT\",\"tp\":1343,\"tms\":5,\"zz\":1}");
    assert_int_equal(got->kind, UPBIT_TICKER);
    assert_true(got->ticker.price == 1343.0 && got->exchange_ns == 5000000);
    assert_int_equal(got->unknown_fields, 1);
    got = decode(&list,
                 "[{\"market\":\"KRW-BTC\",\"timestamp\":1,\"trade_price\":\"116539000\"}]");
    assert_int_equal(got->kind, UPBIT_TICKER);
    assert_true(got->ticker.price == 116539000.0);
    got = decode(&list,
                 "[{\"market\":\"KRW-BTC\",\"candle_date_time_utc\":\"\",\"trade_price\":1}]");
    assert_int_equal(got->kind, UPBIT_OTHER);
    got = decode(&list, "[{\"market\":\"KRW-BTC\",\"korean_name\":\"\"}]");
    assert_int_equal(got->kind, UPBIT_OTHER);
    got = decode(&list, "{\"status\":\"UP\"}");
    assert_int_equal(got->kind, UPBIT_STATUS);
    got = decode(&list, "{\"error\":{\"message\":\"Format\",\"name\":\"WRONG_FORMAT\"}}");
    assert_int_equal(got->kind, UPBIT_ERROR);
    assert_string_equal(got->error.name, "WRONG_FORMAT");
    assert_string_equal(got->error.text, "Format");
    got = decode(&list, "{\"error\":{\"name\":404,\"message\":\"Code \\u001b[2J found\"}}");
    assert_string_equal(got->error.name, "404");
    assert_string_equal(got->error.text, "Code \\x1b[2J found");
    got = decode(&list, "{\"type\":\"candle.1s\",\"code\":\"KRW-BTC\"}");
    assert_int_equal(got->kind, UPBIT_OTHER);
    upbit_list_finish(&list);
}

/* Goal: the zero levels that pad a thin side are not levels. */
static void drops_padding(void **state)
{
    struct upbit_list list = {0};
    const struct upbit_message *got =
        decode(&list, "{\"ty\":\"orderbook\",\"cd\":\"BTC-PAX\",\"tms\":1,\"obu\":["
                      "{\"ap\":5,\"bp\":4,\"as\":1,\"bs\":2},{\"ap\":0,\"bp\":3,\"as\":0,"
                      "\"bs\":1},{\"ap\":0.0,\"bp\":0,\"as\":0.0,\"bs\":0}]}");
    assert_int_equal(got->book.asks_count, 1);
    assert_int_equal(got->book.bids_count, 2);
    check_level(&got->book.bids[1], 3.0, 1.0);
    upbit_list_finish(&list);
}

#define TRADED(size)                                                                           \
    "{\"ty\":\"trade\",\"cd\":\"X\",\"ttms\":1,\"tp\":1,\"tv\":" size                          \
    ",\"ab\":\"BID\",\"sid\":1}"

/* Goal: numbers are what strtod makes of their digits, whichever way they are written; 2^53 + 1
 * as an integer rounds to even, and an id beyond int64 is exact. */
static void numbers_are_those_of_strtod(void **state)
{
    static const char *const numbers[] = {
        "1.16539E8",
        "0.1",
        "9007199254740993",
        "123456789012345678901234567890",
        "2.3e-308",
        "5e-1",
        "\"0.3\"",
        "1e22",
        "0.30000000000000004",
        "1E+2",
    };
    struct upbit_list list = {0};
    for (size_t i = 0; i < LEN(numbers); i++) {
        char text[256];
        const char *digits = numbers[i] + (numbers[i][0] == '"' ? 1 : 0);
        snprintf(text, sizeof(text), TRADED("%s"), numbers[i]);
        print_message("# %s\n", numbers[i]);
        assert_true(decode(&list, text)->trade.size == strtod(digits, NULL));
    }
    const struct upbit_message *got = decode(
        &list, "{\"ty\":\"trade\",\"cd\":\"X\",\"ttms\":1,\"tp\":1,\"tv\":1,\"ab\":\"BID\","
               "\"sid\":18446744073709551615}");
    assert_true(got->trade.id == UINT64_MAX);
    upbit_list_finish(&list);
}

/* Goal: the same of random digits, with and without point and exponent, bare and quoted. */
static void random_numbers_are_those_of_strtod(void **state)
{
    struct upbit_list list = {0};
    struct rng rng;
    rng_seed(&rng, 11, rng_salt("numbers"));
    for (int round = 0; round < 5000; round++) {
        char number[64], text[192];
        const int decimals = (int)rng_below(&rng, 12);
        const int shift = (int)rng_below(&rng, 40) - 20;
        const unsigned long long whole = rng_next(&rng) >> rng_below(&rng, 64);
        const char *quote = rng_below(&rng, 2) == 0 ? "" : "\"";
        int length = snprintf(number, sizeof(number), "%llu", whole | 1);
        if (decimals > 0) {
            length += snprintf(number + length, sizeof(number) - (size_t)length, ".%0*llu",
                               decimals, (unsigned long long)rng_below(&rng, 1000000));
        }
        if (shift != 0 && rng_below(&rng, 2) == 0) {
            snprintf(number + length, sizeof(number) - (size_t)length, "E%d", shift);
        }
        snprintf(text, sizeof(text), TRADED("%s%s%s"), quote, number, quote);
        if (decode(&list, text)->trade.size != strtod(number, NULL)) {
            fail_msg("%s is read as %.17g", number, list.messages[0].trade.size);
        }
    }
    upbit_list_finish(&list);
}

/* Goal: more levels than fit leave the best ones. */
static void keeps_the_best_levels_of_a_deep_book(void **state)
{
    static char text[16384];
    size_t length =
        (size_t)sprintf(text, "{\"ty\":\"orderbook\",\"cd\":\"X\",\"tms\":1,\"obu\":[");
    for (int i = 0; i < BOOK_LEVELS_MAX + 8; i++) {
        length += (size_t)sprintf(text + length, "%s{\"ap\":%d,\"bp\":%d,\"as\":1,\"bs\":1}",
                                  i > 0 ? "," : "", 1000 + i, 999 - i);
    }
    strcpy(text + length, "]}");
    struct upbit_list list = {0};
    const struct upbit_message *got = decode(&list, text);
    assert_int_equal(got->book.asks_count, BOOK_LEVELS_MAX);
    check_level(&got->book.asks[0], 1000.0, 1.0);
    check_level(&got->book.bids[BOOK_LEVELS_MAX - 1], 999.0 - (BOOK_LEVELS_MAX - 1), 1.0);
    upbit_list_finish(&list);
}

static bool decode_bytes(void *context, const char *bytes, size_t length, enum reason *reason,
                         struct err *err)
{
    struct upbit_list *list = context;
    const bool read = upbit_decode(list, bytes, length, reason, err);
    assert_true(read || list->count == 0);
    return read;
}

static void says_what_is_wrong(void **state)
{
    struct upbit_list list = {0};
    damage_folder("upbit", decode_bytes, &list);
    upbit_list_finish(&list);
}

static void survives_damage(void **state)
{
    static const char *const frames[] = {ORDERBOOK, ORDERBOOK_SIMPLE, "[" ORDERBOOK_REST "]",
                                         TRADE, TRADE_SIMPLE};
    struct upbit_list list = {0};
    for (size_t i = 0; i < LEN(frames); i++) {
        damage_prefixes(frames[i], decode_bytes, &list);
        damage_bytes(frames[i], 1 + i, 2000, decode_bytes, &list);
    }
    damage_hostile(decode_bytes, &list);
    upbit_list_finish(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_book_in_every_form),
        cmocka_unit_test(reads_lists),
        cmocka_unit_test(reads_trades),
        cmocka_unit_test(reads_tickers_and_what_else_comes),
        cmocka_unit_test(drops_padding),
        cmocka_unit_test(numbers_are_those_of_strtod),
        cmocka_unit_test(random_numbers_are_those_of_strtod),
        cmocka_unit_test(keeps_the_best_levels_of_a_deep_book),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests_name("market/upbit", tests, NULL, NULL);
}
