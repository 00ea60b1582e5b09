/* The proof of VENUES.md 7.1 and what else real recordings say, through the script that brings
 * them into frames form. Skipped where the recordings are not there. */
#include "support/check.h"
#include "support/scratch.h"

#include "base/mem.h"
#include "core/book.h"
#include "io/file.h"
#include "io/lines.h"
#include "market/binance.h"
#include "market/depth.h"
#include "market/frames.h"
#include "market/upbit.h"

static const char *data_folder(void)
{
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    return folder != NULL ? folder : SHARED_DATA;
}

static void need(const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", data_folder(), name);
    if (access(path, R_OK) != 0) {
        print_message("%s is not there\n", path);
        skip();
    }
}

/* Runs the script over recordings of the data folder; "$D" in `arguments` is that folder. */
static void make_frames(char path[SCRATCH_PATH_SIZE], const char *arguments)
{
    char command[2048];
    scratch_write_text(path, "");
    snprintf(command, sizeof(command), "D='%s'; sh '%s' %s > '%s'", data_folder(), TO_FRAMES,
             arguments, path);
    assert_int_equal(system(command), 0);
}

#define HFT      "hftbacktest_binancefut_btcusdt_raw_20240808.gz"
#define CF_WS    "cryptofeed_binancefut_ws_20210722.tsv"
#define CF_REST  "cryptofeed_binancefut_depth_snapshots_20210722.tsv"
#define CF_UPBIT "cryptofeed_upbit_ws_simple_20210417.tsv"
#define WIRE     "upbit_wire_frames_20260923.ndjson"

/* One row of the table of VENUES.md 7.1. */
struct proof {
    const char *symbol;
    uint64_t dropped, applied;
    double bid, ask;
};

static const struct proof BTC = {"BTCUSDT", 4, 6547, 61659.70, 61659.80};
static const struct proof SMALL[] = {
    {"SUSHIUSDT", 3, 252, 7.612, 7.616},
    {"AKROUSDT", 1, 188, 0.01734, 0.01735},
    {"KEEPUSDT", 3, 132, 0.2463, 0.2467},
    {"CTKUSDT", 5, 180, 1.011, 1.012},
};

static void feed_depth(struct depth *depth, const struct binance_list *list,
                       const struct binance_message *message)
{
    if (message->kind == BINANCE_DEPTH) {
        const struct depth_update update = {
            message->depth.first_id,
            message->depth.last_id,
            message->depth.previous_id,
            message->exchange_ns,
            binance_levels(list, &message->depth.bids),
            binance_levels(list, &message->depth.asks),
            message->depth.bids.count,
            message->depth.asks.count,
            0,
        };
        depth_apply(depth, &update);
    } else if (message->kind == BINANCE_SNAPSHOT) {
        const struct depth_snapshot snapshot = {
            message->depth.last_id,
            message->exchange_ns,
            binance_levels(list, &message->depth.bids),
            binance_levels(list, &message->depth.asks),
            message->depth.bids.count,
            message->depth.asks.count,
        };
        assert_int_equal(depth_load(depth, &snapshot), DEPTH_APPLIED);
    }
}

/* Decoder and depth alone, without the source around them. */
static void check_depth(const char *path, const struct proof *proof)
{
    struct lines *lines = NULL;
    struct binance_list list = {0};
    struct depth *depth = depth_create();
    struct err err;
    const char *line = NULL;
    size_t length = 0;
    char rest[64];
    snprintf(rest, sizeof(rest), "\trest.depth:%s\t", proof->symbol);
    assert_true(lines_open(&lines, path, FRAMES_SIZE_MAX, &err));
    while (lines_next(lines, &line, &length, &err) == LINES_LINE) {
        if (strstr(line, "epth") == NULL) {
            continue; /* neither a diff's stream nor the snapshot's channel */
        }
        enum reason reason;
        const char *raw = strchr(strchr(strchr(line, '\t') + 1, '\t') + 1, '\t') + 1;
        if (!binance_decode(&list, "", raw, strlen(raw), &reason, &err)) {
            fail_msg("%s", err.text);
        }
        assert_int_equal(list.count, 1);
        assert_int_equal(list.messages[0].unknown_fields, 0);
        const bool named = strcmp(list.messages[0].symbol, proof->symbol) == 0;
        if (named || strstr(line, rest) != NULL) {
            feed_depth(depth, &list, &list.messages[0]);
        }
    }
    struct book book;
    assert_true(depth_book(depth, &book));
    assert_int_equal(depth_stats(depth)->dropped, proof->dropped);
    assert_int_equal(depth_stats(depth)->applied, proof->applied);
    assert_int_equal(depth_stats(depth)->gaps, 0);
    assert_int_equal(depth_stats(depth)->crossed, 0);
    assert_true(book.bids[0].price == proof->bid && book.asks[0].price == proof->ask);
    print_message("%s dropped %d applied %d breaks %d final %.8g / %.8g\n", proof->symbol,
                  (int)depth_stats(depth)->dropped, (int)depth_stats(depth)->applied,
                  (int)depth_stats(depth)->gaps, book.bids[0].price, book.asks[0].price);
    depth_destroy(depth);
    binance_list_finish(&list);
    lines_close(lines);
}

/* What a source gave, by pair and venue. */
struct tally {
    uint64_t events, books[8][2], prints[8][2], fx, feeds;
    struct book last[8][2];
};

static void count_event(struct tally *tally, const struct event *event)
{
    tally->events++;
    assert_int_equal(event->line, tally->events);
    if (event->kind == EVENT_BOOK) {
        tally->books[event->pair][event->book.venue]++;
        tally->last[event->pair][event->book.venue] = event->book.book;
        assert_int_equal(book_check(&event->book.book), BOOK_FINE);
    } else if (event->kind == EVENT_PRINT) {
        tally->prints[event->pair][event->print.venue]++;
    } else if (event->kind == EVENT_FX) {
        tally->fx++;
    } else if (event->kind == EVENT_FEED) {
        tally->feeds++;
        assert_int_equal(event->feed.state, FEED_FRESH);
    }
}

static struct source *drain(const char *path, const struct frames_pair *pairs, int32_t count,
                            struct tally *tally)
{
    const struct frames_options options = {pairs, count, "KRW-USDT", "micro"};
    struct source *source = NULL;
    struct event event;
    struct err err;
    enum source_result got;
    memset(tally, 0, sizeof(*tally));
    if (!frames_open(&source, path, &options, &err)) {
        fail_msg("%s", err.text);
    }
    while ((got = source->ops->next(source, &event, &err)) == SOURCE_EVENT) {
        count_event(tally, &event);
    }
    if (got != SOURCE_END) {
        fail_msg("%s", err.text);
    }
    return source;
}

static void check_touch(const struct tally *tally, int32_t pair, const struct proof *proof)
{
    const struct book *book = &tally->last[pair][VENUE_B];
    assert_true(book->bids[0].price == proof->bid && book->asks[0].price == proof->ask);
    assert_true(book->bids_count > 10 && book->asks_count > 10);
}

/* Goal: a line heard twice is heard once: same last books, no break, no resync. */
static void check_twice(const char *arguments, const struct frames_pair *pairs, int32_t count,
                        const struct tally *once)
{
    char path[SCRATCH_PATH_SIZE], twice[1024];
    static struct tally tally;
    snprintf(twice, sizeof(twice), "%s | awk '{ print; print }'", arguments);
    make_frames(path, twice);
    struct source *source = drain(path, pairs, count, &tally);
    for (int32_t pair = 0; pair < count; pair++) {
        struct source_feed feed;
        assert_true(source->ops->feed(source, pair, VENUE_B, &feed));
        assert_int_equal(feed.gaps + feed.resyncs + feed.dropped, 0);
        assert_memory_equal(&tally.last[pair], &once->last[pair], sizeof(once->last[pair]));
    }
    source_close(source);
    scratch_remove(path);
}

static void keeps_the_book_of_2024(void **state)
{
    need(HFT);
    char path[SCRATCH_PATH_SIZE];
    make_frames(path, "hftbacktest \"$D\"/" HFT " BTCUSDT");
    check_depth(path, &BTC);

    static struct tally tally;
    struct source_feed feed;
    struct frames_counts counts;
    struct source *source = drain(path, &(struct frames_pair){"KRW-BTC", "BTCUSDT"}, 1, &tally);
    check_touch(&tally, 0, &BTC);
    frames_counts(source, &counts);
    assert_true(source->ops->feed(source, 0, VENUE_B, &feed));
    /* Every line is a message of the pair: 66089 tickers, 21313 trades, 6551 diffs, 1 snapshot,
     * but for the prints that were no trades of the market, which no pair takes. */
    assert_int_equal(counts.frames, 93954);
    assert_int_equal(feed.messages + counts.ignored, 93954);
    assert_int_equal(feed.gaps + feed.resyncs + feed.dropped + counts.dropped, 0);
    assert_int_equal(tally.prints[0][VENUE_B] + counts.ignored, 21313);
    assert_int_equal(tally.feeds, 1);
    source_close(source);
    scratch_remove(path);
}

static void keeps_the_books_of_2021(void **state)
{
    need(CF_WS);
    need(CF_REST);
    char path[SCRATCH_PATH_SIZE];
    const char *arguments = "cryptofeed-binance \"$D\"/" CF_WS " \"$D\"/" CF_REST;
    make_frames(path, arguments);
    for (size_t i = 0; i < LEN(SMALL); i++) {
        check_depth(path, &SMALL[i]);
    }
    static struct tally tally;
    struct frames_counts counts;
    const struct frames_pair pairs[] = {{"KRW-SUSHI", "SUSHIUSDT"},
                                        {"KRW-AKRO", "AKROUSDT"},
                                        {"KRW-KEEP", "KEEPUSDT"},
                                        {"KRW-CTK", "CTKUSDT"}};
    struct source *source = drain(path, pairs, LEN(pairs), &tally);
    for (size_t i = 0; i < LEN(SMALL); i++) {
        check_touch(&tally, (int32_t)i, &SMALL[i]);
    }
    frames_counts(source, &counts);
    assert_int_equal(counts.frames, 1539);
    assert_int_equal(counts.dropped, 0);
    source_close(source);
    scratch_remove(path);
    check_twice(arguments, pairs, LEN(pairs), &tally);
}

/* 145 books of five markets and 304 trades; one market asked for, the rest passed by. */
static void reads_upbit_of_2021(void **state)
{
    need(CF_UPBIT);
    char path[SCRATCH_PATH_SIZE];
    static struct tally tally;
    struct frames_counts counts;
    make_frames(path, "cryptofeed-upbit \"$D\"/" CF_UPBIT);
    struct source *source =
        drain(path, &(struct frames_pair){"KRW-LAMB", "LAMBUSDT"}, 1, &tally);
    frames_counts(source, &counts);
    assert_int_equal(counts.frames, 449);
    assert_int_equal(counts.dropped, 0);
    assert_int_equal(counts.unknown_fields, 0);
    assert_int_equal(tally.books[0][VENUE_A] + tally.prints[0][VENUE_A] + counts.ignored, 449);
    assert_int_equal(tally.last[0][VENUE_A].bids_count, 15);
    source_close(source);
    scratch_remove(path);
}

/* The last frame of the book is the SIMPLE one of VENUES.md 3.2. */
static void reads_the_wire_frames_of_2026(void **state)
{
    need(WIRE);
    char path[SCRATCH_PATH_SIZE];
    static struct tally tally;
    struct frames_counts counts;
    make_frames(path, "upbit-ndjson \"$D\"/" WIRE);
    struct source *source = drain(path, &(struct frames_pair){"KRW-BTC", "BTCUSDT"}, 1, &tally);
    frames_counts(source, &counts);
    assert_int_equal(tally.books[0][VENUE_A], 3);
    assert_int_equal(counts.frames, 7);
    assert_int_equal(counts.dropped, 0);
    assert_int_equal(counts.ignored, 4);
    assert_true(tally.last[0][VENUE_A].bids[0].price == 116534000.0);
    assert_true(tally.last[0][VENUE_A].bids[0].size == 7.9276E-4);
    assert_true(tally.last[0][VENUE_A].exchange_ns == INT64_C(1790134773006000000));
    source_close(source);
    scratch_remove(path);
}

/* Answers of the REST interface, kept as fixtures by another project: kind and symbol of the
 * first message of each. Its book is grouped by 10,000 KRW. */
static void reads_rest_answers(void **state)
{
    static const struct {
        const char *name, *symbol;
        enum upbit_kind kind;
        double level;
    } cases[] = {
        {"upbitnet_rest_GetOrderBook.json", "KRW-BTC", UPBIT_ORDERBOOK, 10000.0},
        {"upbitnet_rest_GetTickers.json", "KRW-BTC", UPBIT_TICKER, 0.0},
        {"upbitnet_rest_GetTradeHistory.json", "KRW-BTC", UPBIT_TRADE, 0.0},
        {"upbitnet_rest_GetKlines.json", "", UPBIT_OTHER, 0.0},
        {"cryptofeed_upbit_market_all_20210417.json", "", UPBIT_OTHER, 0.0},
    };
    struct upbit_list list = {0};
    for (size_t i = 0; i < LEN(cases); i++) {
        char path[1024];
        char *bytes = NULL;
        size_t length = 0;
        enum reason reason;
        struct err err;
        need(cases[i].name);
        snprintf(path, sizeof(path), "%s/%s", data_folder(), cases[i].name);
        assert_true(file_read(path, FRAMES_SIZE_MAX, &bytes, &length, &err));
        if (!upbit_decode(&list, bytes, length, &reason, &err)) {
            fail_msg("%s: %s", cases[i].name, err.text);
        }
        assert_int_equal(list.messages[0].kind, cases[i].kind);
        assert_string_equal(list.messages[0].symbol, cases[i].symbol);
        assert_true(list.messages[0].level == cases[i].level);
        assert_int_equal(list.messages[0].unknown_fields, 0);
        mem_free(bytes);
    }
    upbit_list_finish(&list);
}

/* Goal: seconds become nanoseconds digit by digit, whatever their number; no recording needed.
 */
static void moves_digits_exactly(void **state)
{
    char input[SCRATCH_PATH_SIZE], path[SCRATCH_PATH_SIZE];
    char arguments[512], got[512] = "";
    scratch_write_text(input, "1618678263\t{}\n"
                              "1618678263.4161038\t[1]\n"
                              "1618678263.9\t{}\n"
                              "1618678264.1234567899\t{}\n");
    snprintf(arguments, sizeof(arguments), "cryptofeed-upbit '%s'", input);
    make_frames(path, arguments);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(got, "1618678263000000000\tupbit\tws\t{}\n"
                             "1618678263416103800\tupbit\tws\t[1]\n"
                             "1618678263900000000\tupbit\tws\t{}\n"
                             "1618678264123456789\tupbit\tws\t{}\n");
    scratch_remove(input);
    scratch_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_book_of_2024),
        cmocka_unit_test(keeps_the_books_of_2021),
        cmocka_unit_test(reads_upbit_of_2021),
        cmocka_unit_test(reads_the_wire_frames_of_2026),
        cmocka_unit_test(reads_rest_answers),
        cmocka_unit_test(moves_digits_exactly),
    };
    return cmocka_run_group_tests_name("market/recordings", tests, NULL, NULL);
}
