/* What connections tell, as frames of the channel `state` among those of the venues. */
#include "support/check.h"
#include "support/scratch.h"

#include "base/log.h"
#include "base/text.h"
#include "market/frames.h"

#define BOOK(bid, bid_size, ask)                                                               \
    "\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\",\"tms\":1,\"obu\":[{\"ap\":" ask    \
    ",\"bp\":" bid ",\"as\":1,\"bs\":" bid_size "}],\"lv\":0}"
#define FX                                                                                     \
    "\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-USDT\",\"tms\":1,\"obu\":[{\"ap\":1344,"  \
    "\"bp\":1342,\"as\":1,\"bs\":1}],\"lv\":0}"
#define DIFF(first, last, previous)                                                            \
    "\tbinance\tws\t{\"e\":\"depthUpdate\",\"E\":9,\"T\":" last                                \
    ",\"s\":\"BTCUSDT\",\"U\":" first ",\"u\":" last ",\"pu\":" previous ",\"b\":[],\"a\":[]}"
#define SNAPSHOT(id)                                                                           \
    "\tbinance\trest.depth:BTCUSDT\t{\"lastUpdateId\":" id ",\"E\":9,\"T\":" id                \
    ",\"bids\":[[\"100\",\"1\"]],\"asks\":[[\"101\",\"1\"]]}"
#define STATE(venue, state, reason)                                                            \
    "\t" venue "\tstate\t{\"state\":\"" state "\",\"reason\":\"" reason "\"}"

static const struct frames_pair PAIRS[] = {{"KRW-BTC", "BTCUSDT"}};

struct tape {
    struct source *source;
    char path[SCRATCH_PATH_SIZE];
};

/* Lines are a second apart. */
static void tape_open(struct tape *tape, const char *const *lines)
{
    const struct frames_options options = {PAIRS, LEN(PAIRS), "KRW-USDT", "mid"};
    struct text text = text_growing();
    struct err err;
    for (int i = 1; *lines != NULL; lines++, i++) {
        text_addf(&text, "%d000000000%s\n", i, *lines);
    }
    scratch_write(tape->path, text.data, text.length);
    text_finish(&text);
    if (!frames_open(&tape->source, tape->path, &options, &err)) {
        fail_msg("%s", err.text);
    }
}
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void tape_close(struct tape *tape)
{
    struct event event;
    struct err err;
    assert_int_equal(tape->source->ops->next(tape->source, &event, &err), SOURCE_END);
    source_close(tape->source);
    scratch_remove(tape->path);
}

static struct event next(struct tape *tape, enum event_kind kind)
{
    struct event event;
    struct err err;
    assert_int_equal(tape->source->ops->next(tape->source, &event, &err), SOURCE_EVENT);
    assert_int_equal(event.kind, kind);
    return event;
}

static void next_feed(struct tape *tape, enum venue venue, enum feed_state state,
                      enum reason reason)
{
    const struct event event = next(tape, EVENT_FEED);
    assert_int_equal(event.pair, 0);
    assert_int_equal(event.feed.venue, venue);
    assert_int_equal(event.feed.state, state);
    assert_string_equal(reason_code(event.feed.reason), reason_code(reason));
}

static uint64_t next_generation(struct tape *tape)
{
    return next(tape, EVENT_BOOK).book.book.generation;
}

/* Goal: the first connection is the beginning; a later one makes books begin anew, with a new
 * generation, and nothing of the old book lives on. */
static void begins_anew_with_each_connection(void **state)
{
    struct tape tape;
    struct source_feed feed;
    tape_open(&tape,
              LINES(STATE("upbit", "open", "NONE"), BOOK("99", "1", "101"),
                    STATE("upbit", "down", "FEED.DISCONNECTED"), STATE("upbit", "open", "NONE"),
                    BOOK("99", "1", "101"), STATE("binance", "open", "NONE"),
                    DIFF("8", "12", "7"), SNAPSHOT("10"), STATE("binance", "down", "NET.RESET"),
                    STATE("binance", "open", "NONE"), DIFF("13", "14", "12"),
                    DIFF("15", "16", "14"), SNAPSHOT("14")));
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    assert_int_equal(next_generation(&tape), 1);
    next_feed(&tape, VENUE_A, FEED_DOWN, REASON_FEED_DISCONNECTED);
    next_feed(&tape, VENUE_A, FEED_RESYNC, REASON_FEED_GENERATION);
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    assert_int_equal(next_generation(&tape), 2);
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    assert_int_equal(next_generation(&tape), 1);
    next_feed(&tape, VENUE_B, FEED_DOWN, REASON_NET_RESET);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_GENERATION);
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE); /* 13..14 did not go on the old book */
    assert_int_equal(next_generation(&tape), 2);
    assert_true(tape.source->ops->feed(tape.source, 0, VENUE_B, &feed));
    assert_int_equal(feed.reconnects, 1);
    tape_close(&tape);
}

/* Goal: what holds a feed back holds it until that very thing is over, whatever books come. */
static void holds_a_feed_back_until_each_reason_is_over(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(BOOK("99", "1", "101"), STATE("upbit", "stale", "FEED.STALE_SIDE"),
                           BOOK("99", "2", "101"), STATE("upbit", "stale", "VENUE.API_DRIFT"),
                           STATE("upbit", "fresh", "FEED.STALE_SIDE"), BOOK("99", "3", "101"),
                           STATE("upbit", "fresh", "VENUE.API_DRIFT")));
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    next_generation(&tape);
    next_feed(&tape, VENUE_A, FEED_STALE, REASON_FEED_STALE_SIDE);
    next_generation(&tape);
    next_generation(&tape);
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    tape_close(&tape);
}

/* Goal: a pong vouches for a quiet book and for a quiet fx, and for nothing that is lost. */
static void hears_a_connection_whose_books_are_quiet(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(FX, STATE("upbit", "fresh", "NONE"), BOOK("99", "1", "101"),
                           STATE("upbit", "fresh", "NONE"),
                           STATE("upbit", "down", "FEED.DISCONNECTED"),
                           STATE("upbit", "fresh", "NONE"), STATE("upbit", "open", "NONE"),
                           STATE("upbit", "fresh", "NONE")));
    assert_true(next(&tape, EVENT_FX).fx.krw_per_usd == 1343.0);
    struct event fx = next(&tape, EVENT_FX); /* the pair has no book to vouch for yet */
    assert_true(fx.fx.krw_per_usd == 1343.0 && fx.fx.bid == 1342.0 && fx.time_ns == 2000000000);
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    next_generation(&tape);
    assert_true(next(&tape, EVENT_FX).time_ns == 4000000000);
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE); /* again: heard */
    next_feed(&tape, VENUE_A, FEED_DOWN, REASON_FEED_DISCONNECTED);
    tape_close(&tape);
}

#define FX_AT(ms, bid, ask)                                                                    \
    "\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-USDT\",\"tms\":" ms                       \
    ",\"obu\":[{\"ap\":" ask ",\"bp\":" bid ",\"as\":1,\"bs\":1}],\"lv\":0}"
#define FX_ANSWER(ms, bid, ask)                                                                \
    "\tupbit\trest.orderbook\t[{\"market\":\"KRW-USDT\",\"timestamp\":" ms                     \
    ",\"orderbook_units\":[{\"ask_price\":" ask ",\"bid_price\":" bid                          \
    ",\"ask_size\":1,\"bid_size\":1}],\"level\":0}]"

/* Goal: a rate that was long under way is none, and its connection does not vouch for the last
 * one; an answer gives one until the connection is on time again. Lines are a second apart. */
static void believes_no_late_fx(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES("\tupbit\tstate\t{\"state\":\"offset\",\"off_ms\":0,\"error_ms\":0,"
                           "\"limit_ms\":3000}",
                           FX_AT("1900", "1342", "1344"), STATE("upbit", "fresh", "NONE"),
                           FX_AT("2000", "1352", "1354"), FX_AT("1999", "1352", "1354"),
                           STATE("upbit", "fresh", "NONE"), FX_ANSWER("6900", "1362", "1364"),
                           FX_ANSWER("6800", "1372", "1374"), STATE("upbit", "fresh", "NONE"),
                           FX_AT("9900", "1382", "1384"), STATE("upbit", "fresh", "NONE")));
    static const struct {
        double krw_per_usd;
        int64_t time_s;
    } wants[] = {{1343, 2}, {1343, 3}, {1353, 4}, {1363, 7}, {1383, 10}, {1383, 11}};
    for (size_t i = 0; i < LEN(wants); i++) {
        const struct event event = next(&tape, EVENT_FX);
        assert_true(event.fx.krw_per_usd == wants[i].krw_per_usd);
        assert_true(event.time_ns == wants[i].time_s * 1000000000);
    }
    tape_close(&tape);
}

/* Goal: a connection given up for its silence is not heard again because a reason to doubt it
 * ended with it. */
static void stays_lost_when_a_reason_ends(void **state)
{
    struct tape tape;
    tape_open(&tape,
              LINES(STATE("binance", "open", "NONE"), DIFF("8", "12", "7"), SNAPSHOT("10"),
                    STATE("binance", "stale", "FEED.STALE"),
                    STATE("binance", "silent", "FEED.SILENT"),
                    STATE("binance", "fresh", "FEED.STALE"), STATE("binance", "open", "NONE")));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_generation(&tape);
    next_feed(&tape, VENUE_B, FEED_STALE, REASON_FEED_STALE);
    next_feed(&tape, VENUE_B, FEED_SILENT, REASON_FEED_SILENT);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_GENERATION);
    tape_close(&tape);
}

/* Goal: books told to begin anew do so on the same connection; while a chain is not mended a
 * living connection changes nothing. */
static void resyncs_when_told(void **state)
{
    struct tape tape;
    tape_open(&tape,
              LINES(DIFF("8", "12", "7"), SNAPSHOT("10"),
                    STATE("binance", "resync", "CLOCK.STEP"), STATE("binance", "fresh", "NONE"),
                    STATE("binance", "gap", "FEED.RESYNC_STORM"), DIFF("13", "14", "12"),
                    STATE("binance", "fresh", "NONE"), SNAPSHOT("13")));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_generation(&tape);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_CLOCK_STEP);
    next_feed(&tape, VENUE_B, FEED_GAP, REASON_FEED_RESYNC_STORM);
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    assert_int_equal(next_generation(&tape), 2);
    tape_close(&tape);
}

/* Goal: a diff that waits for its predecessor waits no longer because nothing else comes: the
 * connection's own life ends the wait. */
static void ends_a_wait_when_nothing_else_comes(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(DIFF("8", "12", "7"), SNAPSHOT("10"), DIFF("15", "16", "14"),
                           STATE("binance", "fresh", "NONE"), SNAPSHOT("16")));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_generation(&tape);
    next_feed(&tape, VENUE_B, FEED_GAP, REASON_FEED_SEQ_GAP);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_SEQ_GAP);
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    assert_int_equal(next_generation(&tape), 2);
    tape_close(&tape);
}

/* Goal: how far a clock is off comes as it was said, CLOCK.STEP and CLOCK.VENUE_SKEW, and
 * changes nothing about feeds; what is no sentence about a clock is dropped. */
static void tells_how_far_clocks_are_off(void **state)
{
#define CLOCK(venue, reason, off)                                                              \
    "\t" venue "\tstate\t{\"state\":\"clock\",\"reason\":\"" reason "\",\"off_ms\":" off       \
    ",\"limit_ms\":500}"
    static const struct {
        enum venue venue;
        enum reason reason;
        int64_t off_ms;
    } wants[] = {{VENUE_A, REASON_CLOCK_STEP, -34560000000},
                 {VENUE_B, REASON_CLOCK_VENUE_SKEW, 501}};
    struct tape tape;
    tape_open(&tape,
              LINES(CLOCK("upbit", "CLOCK.STEP", "-34560000000"),
                    CLOCK("binance", "CLOCK.VENUE_SKEW", "501"),
                    CLOCK("upbit", "CLOCK.STALL", "5"), CLOCK("upbit", "CLOCK.STEP", "1.5"),
                    STATE("upbit", "clock", "CLOCK.STEP")));
    for (size_t i = 0; i < LEN(wants); i++) {
        const struct event event = next(&tape, EVENT_CLOCK);
        assert_int_equal(event.pair, -1);
        assert_int_equal(event.clock.venue, wants[i].venue);
        assert_int_equal(event.clock.reason, wants[i].reason);
        assert_true(event.clock.off_ms == wants[i].off_ms);
        assert_int_equal(event.clock.limit_ms, 500);
    }
    tape_close(&tape);
}

#define TICKER(more)                                                                           \
    "\tupbit\tws\t{\"type\":\"ticker\",\"code\":\"KRW-BTC\",\"timestamp\":1,"                  \
    "\"trade_price\":1" more "}"
#define TERMS(tick)                                                                            \
    "\tupbit\trest.instruments:KRW-BTC\t[{\"market\":\"KRW-BTC\",\"tick_size\":\"" tick "\"}]"

static void next_terms(struct tape *tape, int64_t tick_units, bool trading)
{
    const struct event event = next(tape, EVENT_INSTRUMENT);
    assert_true(event_instrument_fine(&event));
    assert_true(event.pair == 0 && event.instrument.venue == VENUE_A);
    assert_true(event.instrument.tick_units == tick_units);
    assert_int_equal(event.instrument.trading, trading);
}

/* Goal: what a venue takes of a symbol is told when it is news; its ticker says when it takes
 * nothing, and an answer that knows no market of that name does too. */
static void tells_what_a_venue_takes(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(TERMS("1000"), TERMS("1000"), TICKER(",\"market_state\":\"ACTIVE\""),
                           TICKER(",\"market_state\":\"DELISTED\""), TERMS("500"), TICKER(""),
                           "\tupbit\trest.instruments:KRW-BTC\t{\"error\":{\"name\":404}}"));
    next_terms(&tape, INT64_C(100000000000), true);
    next_terms(&tape, INT64_C(100000000000), false);
    next_terms(&tape, INT64_C(50000000000), false);
    next_terms(&tape, INT64_C(50000000000), true);
    next_terms(&tape, INT64_C(50000000000), false);
    tape_close(&tape);
}

/* Goal: a frame of ours that is none is a drop like any other. */
static void drops_states_it_does_not_know(void **state)
{
    struct tape tape;
    struct frames_counts counts;
    tape_open(&tape, LINES("\tupbit\tstate\t{\"state\":\"asleep\"}", "\tupbit\tstate\t[1]",
                           STATE("upbit", "down", "FEED.NO_SUCH"),
                           "\tupbit\tstate\t{\"state\":\"offset\",\"off_ms\":0,\"limit_ms\":9}",
                           "\tupbit\tstate\t{"));
    struct event event;
    struct err err;
    assert_int_equal(tape.source->ops->next(tape.source, &event, &err), SOURCE_END);
    frames_counts(tape.source, &counts);
    assert_int_equal(counts.malformed, 5);
    tape_close(&tape);
}

int main(void)
{
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR); /* drops are said aloud, and here they are meant */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_anew_with_each_connection),
        cmocka_unit_test(holds_a_feed_back_until_each_reason_is_over),
        cmocka_unit_test(hears_a_connection_whose_books_are_quiet),
        cmocka_unit_test(believes_no_late_fx),
        cmocka_unit_test(stays_lost_when_a_reason_ends),
        cmocka_unit_test(resyncs_when_told),
        cmocka_unit_test(ends_a_wait_when_nothing_else_comes),
        cmocka_unit_test(tells_how_far_clocks_are_off),
        cmocka_unit_test(tells_what_a_venue_takes),
        cmocka_unit_test(drops_states_it_does_not_know),
    };
    const int failed = cmocka_run_group_tests_name("market/feed_states", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
