#include "support/check.h"
#include "support/scratch.h"

#include <zstd.h>

#include "base/log.h"
#include "base/text.h"
#include "market/frames.h"

/* A recording as text; the scripts below are read line by line. */
#define UPBIT_BOOK(code, time_ms, bid, bid_size, ask, ask_size)                                \
    "{\"ty\":\"orderbook\",\"cd\":\"" code "\",\"tms\":" time_ms ",\"obu\":[{\"ap\":" ask      \
    ",\"bp\":" bid ",\"as\":" ask_size ",\"bs\":" bid_size "}],\"lv\":0}"
#define UPBIT_TRADE(code, price)                                                               \
    "{\"ty\":\"trade\",\"cd\":\"" code "\",\"ttms\":1,\"tp\":" price                           \
    ",\"tv\":0.5,\"ab\":\"ASK\",\"sid\":1}"
#define DIFF(first, last, previous, bids, asks)                                                \
    "{\"e\":\"depthUpdate\",\"E\":9,\"T\":" last ",\"s\":\"BTCUSDT\",\"U\":" first             \
    ",\"u\":" last ",\"pu\":" previous ",\"b\":" bids ",\"a\":" asks "}"
#define SNAPSHOT(id)                                                                           \
    "{\"lastUpdateId\":" id ",\"E\":9,\"T\":" id                                               \
    ",\"bids\":[[\"100\",\"1\"],[\"99\",\"2\"]],\"asks\":[[\"101\",\"1\"],[\"102\",\"2\"]]}"
#define TICKER(id, time_ms, bid, ask)                                                          \
    "{\"e\":\"bookTicker\",\"u\":" id ",\"s\":\"BTCUSDT\",\"b\":\"" bid                        \
    "\",\"B\":\"3\",\"a\":\"" ask "\",\"A\":\"4\",\"T\":" time_ms ",\"E\":9}"
#define MARK(price, rate, next_ms)                                                             \
    "{\"e\":\"markPriceUpdate\",\"E\":9,\"s\":\"BTCUSDT\",\"p\":\"" price "\",\"r\":\"" rate   \
    "\",\"T\":" next_ms "}"

#define UPBIT(time, raw)      time "\tupbit\tws\t" raw
#define BINANCE(time, raw)    time "\tbinance\tws\t" raw
#define REST_DEPTH(time, raw) time "\tbinance\trest.depth:BTCUSDT\t" raw

/* The lines of a recording. */
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct frames_pair PAIRS[] = {{"KRW-BTC", "BTCUSDT"}, {"KRW-ETH", "ETHUSDT"}};

struct tape {
    struct source *source;
    char path[SCRATCH_PATH_SIZE];
};

static void tape_open_bytes(struct tape *tape, const void *bytes, size_t length,
                            const char *fx_price)
{
    const struct frames_options options = {PAIRS, LEN(PAIRS), "KRW-USDT", fx_price};
    struct err err;
    scratch_write(tape->path, bytes, length);
    if (!frames_open(&tape->source, tape->path, &options, &err)) {
        fail_msg("%s", err.text);
    }
}

static void tape_open_priced(struct tape *tape, const char *const *lines, const char *fx_price)
{
    struct text text = text_growing();
    for (; *lines != NULL; lines++) {
        text_addf(&text, "%s\n", *lines);
    }
    tape_open_bytes(tape, text.data, text.length, fx_price);
    text_finish(&text);
}

static void tape_open(struct tape *tape, const char *const *lines)
{
    tape_open_priced(tape, lines, "micro");
}

static void tape_close(struct tape *tape)
{
    source_close(tape->source);
    scratch_remove(tape->path);
}

static struct event next(struct tape *tape, enum event_kind kind)
{
    struct event event;
    struct err err = {.kind = ERR_NONE};
    const enum source_result got = tape->source->ops->next(tape->source, &event, &err);
    if (got != SOURCE_EVENT) {
        fail_msg("no event: %s", got == SOURCE_END ? "the end" : err.text);
    }
    assert_int_equal(event.kind, kind);
    return event;
}

static void next_book(struct tape *tape, enum venue venue, double bid, double ask,
                      int32_t levels)
{
    const struct event event = next(tape, EVENT_BOOK);
    assert_int_equal(event.book.venue, venue);
    assert_true(event.book.book.bids[0].price == bid && event.book.book.asks[0].price == ask);
    assert_int_equal(event.book.book.bids_count, levels);
    assert_true(event.book.book.receive_ns == event.time_ns);
}

static void next_feed(struct tape *tape, enum venue venue, enum feed_state state,
                      enum reason reason)
{
    const struct event event = next(tape, EVENT_FEED);
    assert_int_equal(event.feed.venue, venue);
    assert_int_equal(event.feed.state, state);
    assert_int_equal(event.feed.reason, reason);
    assert_int_equal(event.pair, 0);
}

static void next_end(struct tape *tape)
{
    struct event event;
    struct err err = {.kind = ERR_NONE};
    if (tape->source->ops->next(tape->source, &event, &err) != SOURCE_END) {
        fail_msg("not the end: %s", err.text);
    }
}

static struct source_feed feed_of(const struct tape *tape, int32_t pair, enum venue venue)
{
    struct source_feed feed;
    assert_true(tape->source->ops->feed(tape->source, pair, venue, &feed));
    return feed;
}

/* Goal: a book of A is a book event at its receive time, of its own pair. */
static void gives_books_of_upbit(void **state)
{
    struct tape tape;
    struct frames_counts counts;
    tape_open(&tape, LINES("# a comment", "",
                           UPBIT("1000", UPBIT_BOOK("KRW-BTC", "7", "99", "1", "100", "2")),
                           UPBIT("1001", UPBIT_BOOK("KRW-BTC", "8", "98", "1", "100", "2")),
                           UPBIT("1001", UPBIT_BOOK("KRW-XRP", "8", "98", "1", "100", "2")),
                           "1001\tupbit\tws\t{\"ty\":\"orderbook\",\"cd\":\"KRW-BTC\","
                           "\"tms\":9,\"obu\":[],\"lv\":10000}",
                           "1002\tupbit\trest.orderbook\t[" UPBIT_BOOK("KRW-BTC", "7", "97",
                                                                       "1", "100", "2") "]"));
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    const struct event event = next(&tape, EVENT_BOOK);
    assert_true(event.time_ns == 1000 && event.day == 0 && event.line == 2 && event.pair == 0);
    assert_true(event.book.book.exchange_ns == 7000000);
    assert_true(event.book.book.asks[0].size == 2.0);
    next_book(&tape, VENUE_A, 98, 100, 1);
    next_end(&tape); /* the answer to a request was older than the socket's book */
    assert_int_equal(feed_of(&tape, 0, VENUE_A).messages, 3);
    assert_int_equal(feed_of(&tape, 1, VENUE_A).messages, 0);
    frames_counts(tape.source, &counts);
    assert_int_equal(counts.frames, 5);
    assert_int_equal(counts.ignored, 2); /* another market's book, and one of grouped prices */
    tape_close(&tape);
}

/* Goal: KRW-USDT is fx: size-weighted 1343 + 20/30.5, the middle 1343.5, or the last trade. */
static void gives_fx_from_its_own_book(void **state)
{
    static const struct {
        const char *how;
        double want;
    } cases[] = {{"micro", 1343.0 + 20.0 / 30.5}, {"mid", 1343.5}, {"last", 1344.0}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct tape tape;
        print_message("# %s\n", cases[i].how);
        tape_open_priced(
            &tape,
            LINES(UPBIT("5", UPBIT_BOOK("KRW-USDT", "7", "1343", "20", "1344", "10.5")),
                  UPBIT("5", UPBIT_BOOK("KRW-USDT", "7", "0", "0", "1344", "10.5")),
                  UPBIT("6", UPBIT_TRADE("KRW-USDT", "1344"))),
            cases[i].how);
        const struct event event = next(&tape, EVENT_FX);
        check_near(event.fx.krw_per_usd, cases[i].want, 1e-12);
        assert_true(event.fx.bid == 1343.0 && event.fx.ask == 1344.0 && event.pair == -1);
        next_end(&tape);
        tape_close(&tape);
    }
}

static void gives_prints(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(UPBIT("5", UPBIT_TRADE("KRW-ETH", "7")),
                           BINANCE("6", "{\"e\":\"aggTrade\",\"E\":1,\"T\":1,\"s\":\"BTCUSDT\","
                                        "\"p\":\"8\",\"q\":\"2\",\"m\":false}")));
    struct event event = next(&tape, EVENT_PRINT);
    assert_true(event.pair == 1 && event.print.venue == VENUE_A && event.print.price == 7.0);
    assert_int_equal(event.print.aggressor, ORDER_SELL);
    event = next(&tape, EVENT_PRINT);
    assert_true(event.pair == 0 && event.print.venue == VENUE_B && event.print.size == 2.0);
    assert_int_equal(event.print.aggressor, ORDER_BUY);
    next_end(&tape);
    tape_close(&tape);
}

/* Goal: the life of a depth book: snapshot, diffs, gap, resync, fresh again; all of it told. */
static void tells_the_life_of_a_depth_book(void **state)
{
    struct tape tape;
    tape_open(&tape,
              LINES(BINANCE("1", DIFF("5", "10", "4", "[]", "[]")),
                    REST_DEPTH("2", SNAPSHOT("10")),
                    BINANCE("3", DIFF("11", "12", "10", "[[\"100\",\"0\"]]", "[]")),
                    BINANCE("4", DIFF("11", "12", "10", "[[\"100\",\"0\"]]", "[]")),
                    BINANCE("5", DIFF("15", "16", "14", "[]", "[]")),
                    BINANCE("200000006", DIFF("17", "18", "16", "[]", "[[\"101\",\"9\"]]")),
                    REST_DEPTH("200000007", SNAPSHOT("15")),
                    BINANCE("200000008", DIFF("19", "20", "18", "[[\"101\",\"1\"]]", "[]"))));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_book(&tape, VENUE_B, 100, 101, 2);
    next_book(&tape, VENUE_B, 99, 101, 1);
    next_feed(&tape, VENUE_B, FEED_GAP, REASON_FEED_SEQ_GAP);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_SEQ_GAP);
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    const struct event event = next(&tape, EVENT_BOOK);
    assert_true(event.book.book.asks[0].size == 9.0 && event.book.book.generation == 2);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_LOCKED);
    next_end(&tape);
    const struct source_feed feed = feed_of(&tape, 0, VENUE_B);
    assert_int_equal(feed.messages, 8);
    assert_int_equal(feed.gaps, 1);
    assert_int_equal(feed.resyncs, 2);
    assert_int_equal(feed.dropped, 0);
    tape_close(&tape);
}

/* Goal: alone, the ticker gives a book of one level; an older one is passed by. While the
 * diffs' chain stands it is not needed; when it breaks it shows the touch, and the feed stays
 * lost. */
static void lets_the_ticker_stand_in(void **state)
{
    struct tape tape;
    tape_open(&tape,
              LINES(BINANCE("1", TICKER("7", "7", "98", "103")),
                    BINANCE("2", TICKER("6", "6", "97", "103")), REST_DEPTH("3", SNAPSHOT("5")),
                    BINANCE("4", DIFF("5", "8", "4", "[]", "[]")),
                    BINANCE("5", TICKER("9", "9", "98.5", "103")),
                    BINANCE("6", DIFF("15", "16", "14", "[]", "[]")),
                    BINANCE("200000007", DIFF("17", "18", "16", "[]", "[]")),
                    BINANCE("200000008", TICKER("19", "19", "96", "104"))));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_book(&tape, VENUE_B, 98, 103, 1);
    next_book(&tape, VENUE_B, 100, 101,
              2); /* of id 8: the snapshot's 5 was behind the ticker */
    next_feed(&tape, VENUE_B, FEED_GAP, REASON_FEED_SEQ_GAP);
    next_feed(&tape, VENUE_B, FEED_RESYNC, REASON_FEED_SEQ_GAP);
    next_book(&tape, VENUE_B, 96, 104, 1);
    next_end(&tape);
    tape_close(&tape);
}

/* Goal: partial books replace each other and win over the ticker, which has one level. */
static void prefers_partial_books_to_the_ticker(void **state)
{
#define TWO(a, b) "[[\"" a "\",\"1\"],[\"" b "\",\"1\"]]"
    struct tape tape;
    tape_open(
        &tape,
        LINES("1\tbinance\tws.depth5\t" DIFF("1", "2", "0", TWO("9", "8"), TWO("11", "12")),
              BINANCE("2", TICKER("3", "3", "9.5", "10.5")),
              BINANCE("3", "{\"stream\":\"btcusdt@depth5@100ms\",\"data\":" DIFF(
                               "3", "4", "2", TWO("10", "7"), TWO("11", "12")) "}")));
    next_feed(&tape, VENUE_B, FEED_FRESH, REASON_NONE);
    next_book(&tape, VENUE_B, 9, 11, 2);
    next_book(&tape, VENUE_B, 10, 11, 2);
    next_end(&tape);
    tape_close(&tape);
#undef TWO
}

/* Goal: a settlement shows when the next one moves on; it was at the last known rate. */
static void tells_of_funding(void **state)
{
    struct tape tape;
    tape_open(&tape, LINES(BINANCE("1", MARK("70", "0.0001", "500")),
                           BINANCE("2", MARK("71", "0.0002", "500")),
                           BINANCE("3", MARK("72", "0.0003", "900"))));
    assert_true(next(&tape, EVENT_MARK).mark.next_ns == 500000000);
    assert_true(next(&tape, EVENT_MARK).mark.rate == 0.0002);
    const struct event event = next(&tape, EVENT_FUNDING);
    assert_true(event.funding.price == 71.0 && event.funding.rate == 0.0002);
    assert_true(event.time_ns == 3 && event.pair == 0);
    assert_true(next(&tape, EVENT_MARK).mark.price == 72.0);
    next_end(&tape);
    tape_close(&tape);
}

/* Goal: a list is its messages in order, each event with a number of its own, so that a run
 * that stopped in the middle of a frame goes on behind the very event. */
static void goes_on_in_the_middle_of_a_frame(void **state)
{
    const char *const *lines =
        LINES(UPBIT("1", "[" UPBIT_BOOK("KRW-BTC", "1", "1", "1", "2", "1") "," UPBIT_BOOK(
                             "KRW-ETH", "1", "3", "1", "4",
                             "1") "," UPBIT_BOOK("KRW-BTC", "2", "1.5", "1", "2", "1") "]"));
    for (uint64_t stop = 0; stop <= 5; stop++) {
        struct tape tape;
        struct err err;
        tape_open(&tape, lines);
        assert_true(tape.source->ops->seek(tape.source, stop, &err));
        for (uint64_t line = stop + 1; line <= 5; line++) {
            static const enum event_kind kinds[] = {EVENT_FEED, EVENT_BOOK, EVENT_FEED,
                                                    EVENT_BOOK, EVENT_BOOK};
            assert_int_equal(next(&tape, kinds[line - 1]).line, line);
        }
        next_end(&tape);
        assert_false(tape.source->ops->seek(tape.source, 6, &err));
        tape_close(&tape);
    }
}

/* Goal: every kind of unreadable frame is one counted drop, and its neighbours are all there.
 */
static void drops_what_cannot_be_read(void **state)
{
    static const struct {
        const char *name, *raw;
        size_t offset; /* into struct frames_counts */
    } cases[] = {
        {"garbage", "\x01\xff\xfe{]", offsetof(struct frames_counts, malformed)},
        {"nothing", "", offsetof(struct frames_counts, malformed)},
        {"truncated", "{\"ty\":\"orderbook\",\"cd\":\"KRW-B",
         offsetof(struct frames_counts, malformed)},
        {"negative", UPBIT_BOOK("KRW-BTC", "1", "-5", "1", "2", "1"),
         offsetof(struct frames_counts, not_positive)},
        {"late in time", UPBIT_BOOK("KRW-BTC", "99999999999999", "1", "1", "2", "1"),
         offsetof(struct frames_counts, out_of_range)},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char bad[1024];
        struct tape tape;
        struct frames_counts counts;
        print_message("# %s\n", cases[i].name);
        snprintf(bad, sizeof(bad), "2\tupbit\tws\t%s", cases[i].raw);
        tape_open(&tape, LINES(UPBIT("1", UPBIT_BOOK("KRW-BTC", "1", "1", "1", "2", "1")), bad,
                               UPBIT("3", UPBIT_BOOK("KRW-BTC", "2", "1.5", "1", "2", "1"))));
        next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
        next_book(&tape, VENUE_A, 1, 2, 1);
        next_book(&tape, VENUE_A, 1.5, 2, 1);
        next_end(&tape);
        frames_counts(tape.source, &counts);
        assert_int_equal(counts.dropped, 1);
        assert_int_equal(*(uint64_t *)((char *)&counts + cases[i].offset), 1);
        assert_int_equal(feed_of(&tape, 0, VENUE_A).dropped, 1);
        assert_int_equal(feed_of(&tape, 0, VENUE_B).dropped, 0);
        assert_non_null(strstr(frames_last_drop(tape.source), ":2: "));
        tape_close(&tape);
    }
}

/* Goal: what is readable and not asked for is counted, and gives nothing. */
static void passes_by_what_nobody_asked_for(void **state)
{
    struct tape tape;
    struct frames_counts counts;
    tape_open(&tape,
              LINES("1\tbinance\trest.depth\t" SNAPSHOT("10"), /* of which symbol? */
                    "2\tbinance\trest.depth:XRPUSDT\t" SNAPSHOT("10"),
                    "3\tbinance\trest.info\tnot even JSON", UPBIT("4", "{\"status\":\"UP\"}"),
                    UPBIT("5", "{\"error\":{\"name\":404,\"message\":\"no\"}}"),
                    BINANCE("6", "{\"result\":null,\"id\":1}")));
    next_end(&tape);
    frames_counts(tape.source, &counts);
    assert_int_equal(counts.frames, 6);
    assert_int_equal(counts.ignored, 6);
    assert_int_equal(counts.dropped, 0);
    assert_string_equal(frames_last_drop(tape.source), "");
    tape_close(&tape);
}

/* A frame of `size` bytes between two good ones. */
static void check_big(char unit, size_t size, size_t offset)
{
    struct tape tape;
    struct frames_counts counts;
    const char *before =
        UPBIT("1", UPBIT_BOOK("KRW-BTC", "1", "1", "1", "2", "1")) "\n2\tupbit\tws\t";
    const char *behind = "\n" UPBIT("3", UPBIT_BOOK("KRW-BTC", "2", "1.5", "1", "2", "1")) "\n";
    char *text = malloc(strlen(before) + size + strlen(behind));
    memcpy(text, before, strlen(before));
    memset(text + strlen(before), unit, size);
    memcpy(text + strlen(before) + size, behind, strlen(behind));
    tape_open_bytes(&tape, text, strlen(before) + size + strlen(behind), "micro");
    free(text);
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    next_book(&tape, VENUE_A, 1, 2, 1);
    next_book(&tape, VENUE_A, 1.5, 2, 1);
    next_end(&tape);
    frames_counts(tape.source, &counts);
    assert_int_equal(counts.dropped, 1);
    assert_int_equal(*(uint64_t *)((char *)&counts + offset), 1);
    assert_int_equal(feed_of(&tape, 0, VENUE_A).dropped, 1);
    tape_close(&tape);
}

/* Goal: 10,000 levels of nesting, a byte over the cap and 50 MB are drops like any other. */
static void drops_the_deep_and_the_endless(void **state)
{
    check_big('[', 10000, offsetof(struct frames_counts, too_deep));
    check_big('[', FRAMES_SIZE_MAX, offsetof(struct frames_counts, too_deep));
    check_big('[', FRAMES_SIZE_MAX + 1, offsetof(struct frames_counts, too_long));
    check_big('x', 50 * 1000 * 1000, offsetof(struct frames_counts, too_long));
}

/* Goal: what is no frame ends the run with its place and what was expected, again and again. */
static void refuses_lines_that_are_no_frames(void **state)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"hello", "not a frame (expected recv_ns TAB venue TAB channel[:SYMBOL] TAB message)"},
        {"2\tupbit\tws",
         "not a frame (expected recv_ns TAB venue TAB channel[:SYMBOL] TAB message)"},
        {"soon\tupbit\tws\t{}",
         "recv_ns: 'soon' is not a time (expected nanoseconds since 1970)"},
        {"-2\tupbit\tws\t{}", "recv_ns: '-2' is not a time (expected nanoseconds since 1970)"},
        {"1.5\tupbit\tws\t{}",
         "recv_ns: '1.5' is not a time (expected nanoseconds since 1970)"},
        {"9223372036854775808\tupbit\tws\t{}",
         "recv_ns: '9223372036854775808' is not a time (expected nanoseconds since 1970)"},
        {"0\tupbit\tws\t{}",
         "recv_ns: '0' runs back behind the previous frame (expected 1 or later)"},
        {"2\tbithumb\tws\t{}", "venue: 'bithumb' is unknown (expected upbit or binance)"},
        {"2\t\x1b[2J\tws\t{}", "venue: '\\x1b[2J' is unknown (expected upbit or binance)"},
        {"2\tupbit\t\t{}", "channel: '' is not a channel (expected ws, rest.depth)"},
        {"2\tupbit\tws:\t{}", "channel: 'ws:' has no symbol behind the colon"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char want[512];
        struct tape tape;
        struct event event;
        struct err err;
        print_message("# %s\n", cases[i].message);
        tape_open(&tape, LINES("1\tupbit\tws\t{\"status\":\"UP\"}", cases[i].line));
        snprintf(want, sizeof(want), "%s:2: %s", tape.path, cases[i].message);
        for (int repeat = 0; repeat < 2; repeat++) {
            assert_int_equal(tape.source->ops->next(tape.source, &event, &err), SOURCE_ERROR);
            assert_string_equal(err.text, want);
            assert_int_equal(err.kind, ERR_INPUT);
        }
        tape_close(&tape);
    }
}

/* Goal: a compressed recording is the same recording; its hash is that of the file. */
static void reads_compressed_recordings(void **state)
{
    const char *text = UPBIT("1", UPBIT_BOOK("KRW-BTC", "1", "1", "1", "2", "1"));
    char packed[1024];
    const size_t length = ZSTD_compress(packed, sizeof(packed), text, strlen(text), 3);
    struct tape plain, tape;
    assert_false(ZSTD_isError(length));
    tape_open(&plain, LINES(text));
    tape_open_bytes(&tape, packed, length, "micro");
    assert_string_not_equal(tape.source->ops->data_hash(tape.source),
                            plain.source->ops->data_hash(plain.source));
    next_feed(&tape, VENUE_A, FEED_FRESH, REASON_NONE);
    next_book(&tape, VENUE_A, 1, 2, 1);
    next_end(&tape);
    check_near(tape.source->ops->progress(tape.source), 1.0, 0.0);
    tape_close(&plain);
    tape_close(&tape);
}

static void refuses_bad_options(void **state)
{
    struct source *source = NULL;
    struct err err;
    char path[SCRATCH_PATH_SIZE];
    scratch_write_text(path, "");
    struct frames_options options = {PAIRS, LEN(PAIRS), "KRW-USDT", "best"};
    assert_false(frames_open(&source, path, &options, &err));
    assert_string_equal(err.text, "'best' is not an fx price (expected micro, mid or last)");
    options.fx_price = "mid";
    assert_false(frames_open(&source, "/nonexistent.frames", &options, &err));
    assert_string_equal(err.text, "/nonexistent.frames: No such file or directory");
    assert_null(source);
    scratch_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_books_of_upbit),
        cmocka_unit_test(gives_fx_from_its_own_book),
        cmocka_unit_test(gives_prints),
        cmocka_unit_test(tells_the_life_of_a_depth_book),
        cmocka_unit_test(lets_the_ticker_stand_in),
        cmocka_unit_test(prefers_partial_books_to_the_ticker),
        cmocka_unit_test(tells_of_funding),
        cmocka_unit_test(goes_on_in_the_middle_of_a_frame),
        cmocka_unit_test(drops_what_cannot_be_read),
        cmocka_unit_test(passes_by_what_nobody_asked_for),
        cmocka_unit_test(drops_the_deep_and_the_endless),
        cmocka_unit_test(refuses_lines_that_are_no_frames),
        cmocka_unit_test(reads_compressed_recordings),
        cmocka_unit_test(refuses_bad_options),
    };
    FILE *quiet = fopen("/dev/null", "w");
    log_open(quiet, LOG_ERROR); /* drops are said aloud, and here they are meant */
    const int failed = cmocka_run_group_tests_name("market/frames", tests, NULL, NULL);
    fclose(quiet);
    return failed;
}
