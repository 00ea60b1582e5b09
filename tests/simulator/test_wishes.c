#include "support/check.h"

#include "binance_streams.h"
#include "limit.h"
#include "upbit_wishes.h"

/* What clients ask for, and how often they may. */

static const char *parse(struct upbit_wishes *wishes, const char *frame)
{
    return upbit_wishes_parse(wishes, frame, strlen(frame));
}

/* Goal: the frame of VENUES.md 3.1, and depths that become 30. */
static void an_upbit_subscription_is_taken_apart(void **state)
{
    struct upbit_wishes wishes = {0};
    assert_null(parse(&wishes,
                      "[{\"ticket\":\"79dd\"},"
                      "{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC.15\",\"KRW-USDT.7\"]},"
                      "{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"],\"is_only_realtime\":true},"
                      "{\"type\":\"ticker\",\"codes\":[\"KRW-ETH\"],\"isOnlySnapshot\":true},"
                      "{\"format\":\"SIMPLE_LIST\"}]"));
    assert_int_equal(wishes.wishes_count, 3);
    assert_true(wishes.form == UPBIT_FORM_SIMPLE && wishes.list);
    const struct upbit_wish *book = &wishes.wishes[0];
    assert_int_equal(upbit_wishes_find(&wishes, book, "KRW-BTC")->depth, 15);
    assert_int_equal(upbit_wishes_find(&wishes, book, "KRW-USDT")->depth, 30);
    assert_null(upbit_wishes_find(&wishes, book, "KRW-ETH"));
    assert_true(book->snapshot && book->realtime);
    assert_true(!wishes.wishes[1].snapshot && wishes.wishes[1].realtime);
    assert_true(wishes.wishes[2].snapshot && !wishes.wishes[2].realtime);
    upbit_wishes_finish(&wishes);
}

/* Goal: a bad frame has the name Upbit gives it, and changes nothing. */
static void a_bad_subscription_is_named(void **state)
{
    static const struct {
        const char *frame, *name;
    } cases[] = {
        {"{\"type\":\"orderbook\"}", "WRONG_FORMAT"},
        {"no json", "WRONG_FORMAT"},
        {"[]", "NO_TICKET"},
        {"[{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC\"]}]", "NO_TICKET"},
        {"[{\"ticket\":\"x\"},{\"codes\":[\"KRW-BTC\"]}]", "NO_TYPE"},
        {"[{\"ticket\":\"x\"}]", "NO_TYPE"},
        {"[{\"ticket\":\"x\"},{\"type\":\"orderbook\"}]", "NO_CODES"},
        {"[{\"ticket\":\"x\"},{\"type\":\"orderbook\",\"codes\":[]}]", "NO_CODES"},
        {"[{\"ticket\":\"x\"},{\"type\":\"weather\",\"codes\":[\"KRW-BTC\"]}]",
         "INVALID_PARAM"},
        {"[{\"ticket\":\"x\"},{\"format\":\"LOUD\"}]", "INVALID_PARAM"},
    };
    struct upbit_wishes wishes = {0};
    assert_null(parse(&wishes,
                      "[{\"ticket\":\"x\"},{\"type\":\"orderbook\",\"codes\":[\"KRW-BTC\"]}]"));
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_string_equal(parse(&wishes, cases[i].frame), cases[i].name);
        assert_int_equal(wishes.codes_count, 1);
    }
    upbit_wishes_finish(&wishes);
}

/* Goal: streams of Binance by name, on the addresses where they are heard. */
static void binance_streams_belong_to_one_address(void **state)
{
    static const struct {
        const char *name;
        enum stream_kind kind;
        int32_t depth, speed_ms;
        bool is_public, is_market;
    } cases[] = {
        {"btcusdt@depth@100ms", STREAM_DIFF, 0, 100, true, false},
        {"btcusdt@depth", STREAM_DIFF, 0, 250, true, false},
        {"btcusdt@depth20@500ms", STREAM_PARTIAL, 20, 500, true, false},
        {"btcusdt@bookTicker", STREAM_TICKER, 0, 0, true, false},
        {"btcusdt@markPrice@1s", STREAM_MARK, 0, 1000, false, true},
        {"btcusdt@markPrice", STREAM_MARK, 0, 3000, false, true},
        {"btcusdt@aggTrade", STREAM_TRADE, 0, 0, false, true},
        {"BTCUSDT@depth@100ms", STREAM_OTHER, 0, 0, false, false},
        {"btcusdt@depth@0ms", STREAM_OTHER, 0, 0, false, false},
        {"!bookTicker", STREAM_OTHER, 0, 0, false, false},
        {"@depth", STREAM_OTHER, 0, 0, false, false},
    };
    const struct stream_wishes on_public = {.served = STREAM_PUBLIC};
    const struct stream_wishes on_market = {.served = STREAM_MARKET};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct stream_wish wish;
        print_message("# %s\n", cases[i].name);
        assert_true(stream_wish_parse(&wish, cases[i].name, strlen(cases[i].name)));
        assert_int_equal(wish.kind, cases[i].kind);
        assert_int_equal(wish.depth, cases[i].depth);
        assert_int_equal(wish.speed_ms, cases[i].speed_ms);
        assert_true(stream_wish_heard(&on_public, &wish) == cases[i].is_public);
        assert_true(stream_wish_heard(&on_market, &wish) == cases[i].is_market);
    }
}

/* Goal: each stream once, and gone when it is given up. */
static void wishes_are_added_and_taken_back(void **state)
{
    struct stream_wishes wishes = {.served = STREAM_PUBLIC};
    assert_true(stream_wishes_add_list(
        &wishes, "btcusdt@depth@100ms/ethusdt@bookTicker/btcusdt@depth@100ms"));
    assert_int_equal(wishes.count, 2);
    assert_string_equal(wishes.wishes[0].symbol, "BTCUSDT");
    stream_wishes_remove(&wishes, "btcusdt@depth@100ms");
    stream_wishes_remove(&wishes, "never@asked");
    assert_int_equal(wishes.count, 1);
    assert_string_equal(wishes.wishes[0].name, "ethusdt@bookTicker");
    stream_wishes_finish(&wishes);
}

/* Goal: ten of weight 3 in a second of capacity 10: three pass; who goes on is banned, the
 * second time for twice as long. */
static void a_limit_waits_and_then_bans(void **state)
{
    const int64_t second_ns = INT64_C(1000000000);
    struct limit limit = {
        .window_ns = second_ns, .capacity = 10, .patience = 2, .ban_ns = 5 * second_ns};
    int64_t now_ns = 100 * second_ns;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(limit_take(&limit, 3, now_ns), LIMIT_PASS);
    }
    assert_int_equal(limit_left(&limit), 1);
    assert_int_equal(limit_take(&limit, 3, now_ns), LIMIT_WAIT);
    assert_int_equal(limit_wait_ns(&limit, now_ns + 1), second_ns - 1);
    assert_int_equal(limit_take(&limit, 3, now_ns), LIMIT_WAIT);
    assert_int_equal(limit_take(&limit, 3, now_ns), LIMIT_BAN);
    assert_int_equal(limit_wait_ns(&limit, now_ns), 5 * second_ns);
    now_ns += 5 * second_ns - 1;
    assert_int_equal(limit_take(&limit, 1, now_ns), LIMIT_BAN);
    now_ns += 1;
    assert_int_equal(limit_take(&limit, 10, now_ns), LIMIT_PASS);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(limit_take(&limit, 1, now_ns), LIMIT_WAIT);
    }
    assert_int_equal(limit_take(&limit, 1, now_ns), LIMIT_BAN);
    assert_int_equal(limit_wait_ns(&limit, now_ns), 10 * second_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upbit_subscription_is_taken_apart),
        cmocka_unit_test(a_bad_subscription_is_named),
        cmocka_unit_test(binance_streams_belong_to_one_address),
        cmocka_unit_test(wishes_are_added_and_taken_back),
        cmocka_unit_test(a_limit_waits_and_then_bans),
    };
    return cmocka_run_group_tests_name("simulator/wishes", tests, NULL, NULL);
}
