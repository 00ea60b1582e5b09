#include "support/check.h"
#include "support/damage.h"

#include "market/binance.h"

/* The wire examples of VENUES.md 5.1 and 6.1. */
#define DIFF                                                                                   \
    "{\"e\":\"depthUpdate\",\"E\":1723161601105,\"T\":1723161601054,\"s\":\"BTCUSDT\","        \
    "\"ps\":\"BTCUSDT\",\"st\":1,\"U\":5123135475514,\"u\":5123135475520,"                     \
    "\"pu\":5123135221461,\"b\":[[\"61631.70\",\"0.283\"],[\"61632.60\",\"0.000\"]],"          \
    "\"a\":[[\"61700.00\",\"1.5\"]]}"
#define SNAPSHOT                                                                               \
    "{\"lastUpdateId\":5123107852948,\"E\":1723161256501,\"T\":1723161256493,"                 \
    "\"bids\":[[\"61800.20\",\"2.507\"],[\"61800.10\",\"0.020\"]],"                            \
    "\"asks\":[[\"61800.30\",\"3.330\"],[\"61804.60\",\"0.057\"]]}"
#define TICKER                                                                                 \
    "{\"e\":\"bookTicker\",\"u\":11139947831981,\"s\":\"ETHUSDT\",\"ps\":\"ETHUSDT\","         \
    "\"b\":\"1943.64\",\"B\":\"113.445\",\"a\":\"1943.65\",\"A\":\"182.433\","                 \
    "\"T\":1785121247583,\"E\":1785121247584,\"st\":1}"
#define REST_TICKER                                                                            \
    "{\"symbol\":\"BTCUSDT\",\"bidPrice\":\"76952.90\",\"bidQty\":\"0.159\","                  \
    "\"askPrice\":\"76953.00\",\"askQty\":\"11.879\",\"time\":1789478938000,"                  \
    "\"lastUpdateId\":8891239947}"
#define MARK                                                                                   \
    "{\"e\":\"markPriceUpdate\",\"E\":1789478388001,\"s\":\"BTCUSDT\","                        \
    "\"p\":\"76944.22056159\",\"ap\":\"76944.22056159\",\"P\":\"76991.35887609\","             \
    "\"i\":\"76974.32826087\",\"r\":\"0.00008784\",\"T\":1789488000000,\"st\":1}"
#define PREMIUM                                                                                \
    "{\"symbol\":\"BTCUSDT\",\"markPrice\":\"76952.90000000\","                                \
    "\"indexPrice\":\"76974.32826087\",\"estimatedSettlePrice\":\"76991.35887609\","           \
    "\"lastFundingRate\":\"0.00008784\",\"interestRate\":\"0.00010000\","                      \
    "\"nextFundingTime\":1789488000000,\"time\":1789478938000}"
#define TRADE                                                                                  \
    "{\"e\":\"trade\",\"E\":1723161256322,\"T\":1723161256321,\"s\":\"BTCUSDT\","              \
    "\"t\":5266583935,\"p\":\"61800.30\",\"q\":\"0.006\",\"X\":\"MARKET\",\"m\":false}"
#define ENVELOPE(stream, payload) "{\"stream\":\"" stream "\",\"data\":" payload "}"

static const struct binance_message *decode(struct binance_list *list, const char *stream,
                                            const char *text)
{
    enum reason reason;
    struct err err;
    if (!binance_decode(list, stream, text, strlen(text), &reason, &err)) {
        fail_msg("%s", err.text);
    }
    assert_true(list->count > 0);
    return &list->messages[0];
}

static void check_level(const struct binance_list *list, const struct binance_levels *levels,
                        size_t index, double price, double size)
{
    assert_true(index < levels->count);
    const struct book_level *level = &binance_levels(list, levels)[index];
    assert_true(level->price == price && level->size == size);
}

static void check_diff(const struct binance_list *list, const struct binance_message *got)
{
    assert_string_equal(got->symbol, "BTCUSDT");
    assert_true(got->exchange_ns == INT64_C(1723161601054000000));
    assert_true(got->depth.first_id == UINT64_C(5123135475514));
    assert_true(got->depth.last_id == UINT64_C(5123135475520));
    assert_true(got->depth.previous_id == UINT64_C(5123135221461));
    assert_int_equal(got->unknown_fields, 0);
    check_level(list, &got->depth.bids, 0, 61631.70, 0.283);
    check_level(list, &got->depth.asks, 0, 61700.0, 1.5);
}

/* Goal: a diff keeps its removals, in an envelope and alone. */
static void reads_diffs(void **state)
{
    struct binance_list list = {0};
    static const char *const texts[] = {DIFF, ENVELOPE("btcusdt@depth@100ms", DIFF)};
    for (size_t i = 0; i < LEN(texts); i++) {
        const struct binance_message *got = decode(&list, "", texts[i]);
        assert_int_equal(got->kind, BINANCE_DEPTH);
        check_diff(&list, got);
        assert_int_equal(got->depth.bids.count, 2);
        check_level(&list, &got->depth.bids, 1, 61632.60, 0.0);
    }
    binance_list_finish(&list);
}

/* Goal: the same bytes are a whole book when the stream's name says so; an empty level of a
 * whole book is none. The envelope wins over what the caller knows. */
static void tells_partial_books_by_their_stream(void **state)
{
    static const struct {
        const char *stream, *text;
        enum binance_kind kind;
    } cases[] = {
        {"btcusdt@depth20@100ms", DIFF, BINANCE_PARTIAL},
        {"ws.depth5", DIFF, BINANCE_PARTIAL},
        {"", ENVELOPE("btcusdt@depth10", DIFF), BINANCE_PARTIAL},
        {"btcusdt@depth20", ENVELOPE("btcusdt@depth@100ms", DIFF), BINANCE_DEPTH},
        {"btcusdt@depth", DIFF, BINANCE_DEPTH},
        {"ws", DIFF, BINANCE_DEPTH},
    };
    struct binance_list list = {0};
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct binance_message *got = decode(&list, cases[i].stream, cases[i].text);
        print_message("# %s %s\n", cases[i].stream, cases[i].text);
        assert_int_equal(got->kind, cases[i].kind);
        check_diff(&list, got);
        assert_int_equal(got->depth.bids.count, cases[i].kind == BINANCE_PARTIAL ? 1 : 2);
    }
    binance_list_finish(&list);
}

static void reads_snapshots(void **state)
{
    struct binance_list list = {0};
    const struct binance_message *got = decode(&list, "", SNAPSHOT);
    assert_int_equal(got->kind, BINANCE_SNAPSHOT);
    assert_string_equal(got->symbol, "");
    assert_true(got->depth.last_id == UINT64_C(5123107852948));
    assert_true(got->exchange_ns == INT64_C(1723161256493000000));
    check_level(&list, &got->depth.bids, 1, 61800.10, 0.020);
    check_level(&list, &got->depth.asks, 0, 61800.30, 3.330);
    assert_int_equal(got->depth.asks.count, 2);
    binance_list_finish(&list);
}

static void check_touch(const struct book_level *level, double price, double size)
{
    assert_true(level->price == price && level->size == size);
}

static void reads_tickers(void **state)
{
    struct binance_list list = {0};
    const struct binance_message *got = decode(&list, "", TICKER);
    assert_int_equal(got->kind, BINANCE_TICKER);
    assert_true(got->ticker.id == UINT64_C(11139947831981));
    assert_true(got->exchange_ns == INT64_C(1785121247583000000));
    check_touch(&got->ticker.bid, 1943.64, 113.445);
    check_touch(&got->ticker.ask, 1943.65, 182.433);
    assert_int_equal(got->unknown_fields, 0);
    got = decode(&list, "", REST_TICKER);
    assert_int_equal(got->kind, BINANCE_TICKER);
    assert_string_equal(got->symbol, "BTCUSDT");
    assert_true(got->ticker.id == UINT64_C(8891239947));
    check_touch(&got->ticker.ask, 76953.0, 11.879);
    got = decode(&list, "",
                 "{\"e\":\"bookTicker\",\"u\":1,\"s\":\"X\",\"b\":\"0\",\"B\":\"0\","
                 "\"a\":\"2\",\"A\":\"1\",\"T\":1,\"E\":1}");
    check_touch(&got->ticker.bid, 0.0, 0.0);
    binance_list_finish(&list);
}

static void reads_marks(void **state)
{
    struct binance_list list = {0};
    const struct binance_message *got = decode(&list, "", MARK);
    assert_int_equal(got->kind, BINANCE_MARK);
    assert_true(got->mark.price == 76944.22056159 && got->mark.rate == 0.00008784);
    assert_true(got->mark.next_ns == INT64_C(1789488000000000000));
    assert_true(got->exchange_ns == INT64_C(1789478388001000000));
    assert_int_equal(got->unknown_fields, 0);
    decode(&list, "", "[" PREMIUM "," PREMIUM "]");
    assert_int_equal(list.count, 2);
    got = &list.messages[1];
    assert_true(got->mark.price == 76952.9 && got->mark.rate == 0.00008784);
    assert_true(got->exchange_ns == INT64_C(1789478938000000000));
    assert_int_equal(got->unknown_fields, 0);
    got = decode(&list, "",
                 "{\"e\":\"markPriceUpdate\",\"E\":1,\"s\":\"BTCUSDT_260925\","
                 "\"p\":\"7\",\"r\":\"\",\"T\":0}");
    assert_true(got->mark.rate == 0.0 && got->mark.next_ns == 0);
    binance_list_finish(&list);
}

/* Goal: a resting buyer means that a seller took; prints that are no market trades are told
 * apart. */
static void reads_trades(void **state)
{
    struct binance_list list = {0};
    const struct binance_message *got = decode(&list, "", TRADE);
    assert_int_equal(got->kind, BINANCE_TRADE);
    assert_true(got->trade.price == 61800.30 && got->trade.size == 0.006);
    assert_int_equal(got->trade.aggressor, ORDER_BUY);
    assert_true(got->exchange_ns == INT64_C(1723161256321000000));
    got = decode(&list, "",
                 "{\"e\":\"aggTrade\",\"E\":2,\"s\":\"X\",\"a\":1,\"p\":\"3\","
                 "\"q\":\"4\",\"f\":1,\"l\":1,\"T\":1,\"m\":true}");
    assert_int_equal(got->trade.aggressor, ORDER_SELL);
    got = decode(&list, "",
                 "{\"e\":\"trade\",\"E\":2,\"T\":1,\"s\":\"X\",\"p\":\"0\","
                 "\"q\":\"0\",\"X\":\"NA\",\"m\":true}");
    assert_int_equal(got->kind, BINANCE_OTHER);
    binance_list_finish(&list);
}

static void reads_what_else_comes(void **state)
{
    struct binance_list list = {0};
    assert_int_equal(decode(&list, "", "{\"result\":null,\"id\":1}")->kind, BINANCE_REPLY);
    assert_int_equal(decode(&list, "", "{\"e\":\"kline\",\"s\":\"X\"}")->kind, BINANCE_OTHER);
    const struct binance_message *got =
        decode(&list, "", "{\"code\":-1121,\"msg\":\"Invalid \\u009bsymbol.\"}");
    assert_int_equal(got->kind, BINANCE_ERROR);
    assert_string_equal(got->error.code, "-1121");
    assert_null(strchr(got->error.text, '\x9b'));
    got = decode(&list, "", "{\"error\":{\"code\":2,\"msg\":\"no\"},\"id\":1}");
    assert_string_equal(got->error.code, "2");
    got = decode(&list, "",
                 "{\"e\":\"bookTicker\",\"u\":1,\"s\":\"X\",\"b\":\"1\",\"B\":\"1\","
                 "\"a\":\"2\",\"A\":\"1\",\"T\":1,\"E\":1,\"new\":[1],\"new2\":{}}");
    assert_int_equal(got->unknown_fields, 2);
    binance_list_finish(&list);
}

/* Goal: ids are exact over all of 64 bits, as numbers and as text, beside members that are too
 * long to matter. */
static void keeps_ids_exact(void **state)
{
    static const struct {
        const char *text;
        uint64_t want;
    } cases[] = {
        {"9007199254740993", UINT64_C(9007199254740993)},
        {"9223372036854775807", UINT64_C(9223372036854775807)},
        {"9223372036854775808", UINT64_C(9223372036854775808)},
        {"18446744073709551615", UINT64_MAX},
        {"\"18446744073709551615\"", UINT64_MAX},
    };
    struct binance_list list = {0};
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[512];
        print_message("# %s\n", cases[i].text);
        snprintf(
            text, sizeof(text),
            "{\"e\":\"bookTicker\",\"u\":%s,\"s\":\"X\",\"b\":\"1\",\"B\":\"1\",\"a\":\"2\","
            "\"A\":\"1\",\"T\":1,\"E\":1,\"x\":123456789012345678901234567890}",
            cases[i].text);
        assert_true(decode(&list, "", text)->ticker.id == cases[i].want);
    }
    binance_list_finish(&list);
}

static bool decode_bytes(void *context, const char *bytes, size_t length, enum reason *reason,
                         struct err *err)
{
    struct binance_list *list = context;
    const bool read = binance_decode(list, "", bytes, length, reason, err);
    assert_true(read || list->count == 0);
    return read;
}

static void says_what_is_wrong(void **state)
{
    struct binance_list list = {0};
    damage_folder("binance", decode_bytes, &list);
    binance_list_finish(&list);
}

static void survives_damage(void **state)
{
    static const char *const frames[] = {
        DIFF, SNAPSHOT,        TICKER, REST_TICKER,
        MARK, "[" PREMIUM "]", TRADE,  ENVELOPE("btcusdt@depth", DIFF)};
    struct binance_list list = {0};
    for (size_t i = 0; i < LEN(frames); i++) {
        damage_prefixes(frames[i], decode_bytes, &list);
        damage_bytes(frames[i], 1 + i, 2000, decode_bytes, &list);
    }
    damage_hostile(decode_bytes, &list);
    binance_list_finish(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_diffs),
        cmocka_unit_test(tells_partial_books_by_their_stream),
        cmocka_unit_test(reads_snapshots),
        cmocka_unit_test(reads_tickers),
        cmocka_unit_test(reads_marks),
        cmocka_unit_test(reads_trades),
        cmocka_unit_test(reads_what_else_comes),
        cmocka_unit_test(keeps_ids_exact),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests_name("market/binance", tests, NULL, NULL);
}
