#include "support/check.h"

#include "base/log.h"
#include "intake.h"
#include "listings.h"

/* Which markets there are, as Upbit lists them, and what becomes of a pair whose market is not
 * among them. */

static struct listing_list decode(const char *text)
{
    struct listing_list list = {0};
    enum reason reason;
    struct err err = {0};
    if (!listings_decode_upbit(&list, text, strlen(text), &reason, &err)) {
        fail_msg("%s", err.text);
    }
    return list;
}

/* Goal: plain, with details, and as it was before there were details. */
static void tells_what_is_warned_of(void **state)
{
    struct listing_list list =
        decode("[{\"market\":\"KRW-BTC\",\"korean_name\":\"x\",\"english_name\":\"Bitcoin\"},"
               "{\"market\":\"KRW-ETH\",\"market_event\":{\"warning\":false,\"caution\":{"
               "\"PRICE_FLUCTUATIONS\":false}}},"
               "{\"market\":\"KRW-XRP\",\"market_event\":{\"warning\":true,\"caution\":{"
               "\"PRICE_FLUCTUATIONS\":true,\"GLOBAL_PRICE_DIFFERENCES\":false,"
               "\"TRADING_VOLUME_SOARING\":true}}},"
               "{\"market\":\"BTC-ADA\",\"market_warning\":\"CAUTION\"},"
               "{\"market\":\"KRW-ADA\",\"market_warning\":\"NONE\"}]");
    static const char *const want[][2] = {
        {"KRW-BTC", ""},
        {"KRW-ETH", ""},
        {"KRW-XRP", "WARNING PRICE_FLUCTUATIONS "
                    "TRADING_VOLUME_SOARING"},
        {"BTC-ADA", "WARNING"},
        {"KRW-ADA", ""},
    };
    assert_int_equal(list.count, LEN(want));
    for (size_t i = 0; i < LEN(want); i++) {
        const struct listing *found = listings_find(&list, want[i][0]);
        assert_non_null(found);
        assert_string_equal(found->cautions, want[i][1]);
    }
    assert_null(listings_find(&list, "KRW-DOGE"));
    listing_list_finish(&list);
}

/* Goal: a name with a terminal's commands in it is nobody's caution. */
static void takes_no_letters_but_names(void **state)
{
    struct listing_list list = decode("[{\"market\":\"KRW-BTC\",\"market_event\":{\"caution\":{"
                                      "\"\\u001b[2J\":true,\"A_1\":true}}}]");
    assert_string_equal(list.items[0].cautions, "A_1");
    listing_list_finish(&list);
}

static void refuses_what_is_no_list(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "{}",
                                      "[1]",
                                      "[{}]",
                                      "[{\"market\":1}]",
                                      "[{\"market\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ\"}]"};
    for (size_t i = 0; i < LEN(bad); i++) {
        struct listing_list list = {0};
        enum reason reason;
        struct err err = {0};
        assert_false(listings_decode_upbit(&list, bad[i], strlen(bad[i]), &reason, &err));
        assert_int_equal(list.count, 0);
        listing_list_finish(&list);
    }
}

static void read_frame(struct intake *intake, const char *channel, const char *symbol,
                       const char *raw)
{
    struct frame frame = {.receive_ns = 1, .venue = VENUE_A, .raw = raw};
    frame.raw_length = strlen(raw);
    snprintf(frame.channel, sizeof frame.channel, "%s", channel);
    snprintf(frame.symbol, sizeof frame.symbol, "%s", symbol);
    assert_int_equal(intake_read(intake, &frame), REASON_NONE);
}

/* The last that was told of whether the pair is traded: -1 nothing new. */
static int traded(struct intake *intake)
{
    struct event event;
    int last = -1;
    while (intake_next(intake, &event)) {
        if (event.kind == EVENT_INSTRUMENT) {
            last = event.instrument.trading ? 1 : 0;
        }
    }
    return last;
}

/* Goal: a pair whose market is not listed is not traded, whatever its terms say and whichever
 * came first; it is again once its market is back, and nothing is told twice. */
static void a_market_that_is_gone_is_not_traded(void **state)
{
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}};
    static const char WITH[] = "[{\"market\":\"KRW-ETH\"},{\"market\":\"KRW-BTC\"}]";
    static const char WITHOUT[] = "[{\"market\":\"KRW-ETH\"}]";
    static const char TERMS[] = "[{\"market\":\"KRW-BTC\",\"tick_size\":\"1000\"}]";
    const struct frames_options options = {pairs, 1, "KRW-USDT", "mid"};
    static const struct {
        const char *channel, *symbol, *raw;
        int want;
    } steps[] = {
        {"rest.markets", "", WITHOUT, 0},           {"rest.markets", "", WITHOUT, -1},
        {"rest.instruments", "KRW-BTC", TERMS, 0},  {"rest.markets", "", WITH, 1},
        {"rest.instruments", "KRW-BTC", TERMS, -1}, {"rest.markets", "", WITH, -1},
        {"rest.markets", "", WITHOUT, 0},
    };
    struct intake intake;
    struct err err = {0};
    assert_true(intake_init(&intake, &options, &err));
    log_open(stderr, LOG_ERROR);
    for (size_t i = 0; i < LEN(steps); i++) {
        print_message("# step %zu\n", i);
        read_frame(&intake, steps[i].channel, steps[i].symbol, steps[i].raw);
        assert_int_equal(traded(&intake), steps[i].want);
    }
    assert_int_equal(intake.feeds.reasons[VENUE_A][REASON_SYMBOL_HALTED], 3);
    intake_finish(&intake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_warned_of),
        cmocka_unit_test(takes_no_letters_but_names),
        cmocka_unit_test(refuses_what_is_no_list),
        cmocka_unit_test(a_market_that_is_gone_is_not_traded),
    };
    return cmocka_run_group_tests_name("market/listings", tests, NULL, NULL);
}
