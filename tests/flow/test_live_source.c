/* Live data of both simulated venues, over real sockets: what a session is told, and what it is
 * told when a venue misbehaves. */
#include "live_case.h"

#include <jansson.h>

#include "market/frames.h"

static bool everything_known(struct live_case *live_case)
{
    const struct known *known = &live_case->known;
    bool told = all_fresh(live_case);
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        told = told && known->marks[pair];
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            told = told && known->instruments[pair][venue] && known->trading[pair][venue];
        }
    }
    return told;
}

/* Goal: no keys, no file: both ladders, fx from KRW-USDT, marks, and what the venues take. */
static void brings_books_fx_funding_and_instruments(void **state)
{
    struct live_case live_case;
    case_open(&live_case);
    case_until(&live_case, everything_known, "books, fx, marks and instruments");
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_status status;
        live_status(live_case.source, venue, &status);
        assert_true(status.reached);
        assert_string_equal(status.text, "");
        assert_true(status.messages > 0 && status.heard_mono_ns > 0);
        assert_true(status.clock_known || venue == VENUE_A);
        assert_in_range(status.budget_left_pct, 1, 100);
    }
    assert_true(live_case.wakes > 0);
    case_close(&live_case);
}

/* Of what the simulator says its books are. */
static void check_side(const json_t *levels, const struct book_level *have, int32_t count)
{
    const int32_t least = count < 15 ? count : 15;
    assert_true(least > 0 && (size_t)least <= json_array_size(levels));
    for (int32_t i = 0; i < least; i++) {
        const json_t *level = json_array_get(levels, (size_t)i);
        const double price = json_number_value(json_array_get(level, 0));
        const double size = json_number_value(json_array_get(level, 1));
        if (have[i].price != price || have[i].size != size) {
            fail_msg("level %d: %g x %g, and the venue has %g x %g", i, have[i].price,
                     have[i].size, price, size);
        }
    }
}

/* At a quiet moment the venue's own books and those a session knows are the same. */
static void check_books(struct live_case *live_case)
{
    static const char *const symbols[][VENUE_LAST + 1] = {{"KRW-BTC", "BTCUSDT"},
                                                          {"KRW-ETH", "ETHUSDT"}};
    case_ask(live_case, VENUE_A, "POST", "/sim/quiet?ms=3000");
    case_until(live_case, all_fresh, "all fresh when it is quiet");
    case_for_ms(live_case, 400);
    case_ask(live_case, VENUE_A, "GET", "/sim/books");
    json_t *root = json_loads(text_string(&live_case->body), 0, NULL);
    assert_non_null(root);
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            const json_t *book =
                json_object_get(json_object_get(root, venue_name(venue)), symbols[pair][venue]);
            const struct book *have = &live_case->known.books[pair][venue];
            check_side(json_object_get(book, "bids"), have->bids, have->bids_count);
            check_side(json_object_get(book, "asks"), have->asks, have->asks_count);
        }
    }
    json_decref(root);
    case_ask(live_case, VENUE_A, "POST", "/sim/quiet?ms=0");
}

/* What is waited for: that a reason was counted once more. */
struct expected {
    enum venue venue;
    enum reason reason;
    uint64_t before;
};
static struct expected expected; /* one test at a time */

static bool is_counted(struct live_case *live_case)
{
    return live_count(live_case->source, expected.venue, expected.reason) > expected.before;
}

/* Goal: every misbehaviour of a venue is counted by its own reason, and after it the books are
 * the venue's again. */
static void counts_each_fault_and_comes_back(void **state)
{
    static const struct {
        enum venue venue;
        const char *order;
        enum reason reason;
    } faults[] = {
        {VENUE_A, "kind=drop", REASON_FEED_GENERATION},
        {VENUE_B, "kind=drop&reset=1", REASON_NET_RESET},
        {VENUE_B, "kind=gap", REASON_FEED_SEQ_GAP},
        {VENUE_B, "kind=duplicate", REASON_FEED_DUPLICATE},
        {VENUE_B, "kind=reorder&amount=6", REASON_FEED_OUT_OF_ORDER},
        {VENUE_A, "kind=reorder&amount=16", REASON_FEED_OUT_OF_ORDER},
        {VENUE_A, "kind=crossed", REASON_FEED_CROSSED},
        {VENUE_B, "kind=crossed", REASON_FEED_CROSSED},
        {VENUE_A, "kind=garbage", REASON_INPUT_MALFORMED},
        {VENUE_B, "kind=garbage", REASON_INPUT_MALFORMED},
        {VENUE_A, "kind=deep", REASON_INPUT_DEPTH},
        {VENUE_B, "kind=oversize", REASON_NET_OVERSIZE},
        {VENUE_A, "kind=silence&for_s=4", REASON_FEED_STALE},
        {VENUE_B, "kind=silence&for_s=4", REASON_FEED_SILENT},
        {VENUE_A, "kind=stale-side&for_s=8", REASON_FEED_STALE_SIDE},
        {VENUE_B, "kind=stale-side&for_s=8", REASON_FEED_STALE_SIDE},
        {VENUE_B, "kind=clock-skew&for_s=6", REASON_CLOCK_VENUE_SKEW},
        {VENUE_B, "kind=429&for_s=5", REASON_VENUE_RATE_LIMIT},
        {VENUE_B, "kind=5xx&for_s=5", REASON_VENUE_SERVER_ERROR},
        {VENUE_A, "kind=24h-close", REASON_FEED_DISCONNECTED},
        {VENUE_A, "kind=maintenance&for_s=2", REASON_VENUE_MAINTENANCE},
    };
    struct live_case live_case;
    case_open(&live_case);
    case_until(&live_case, all_fresh, "all fresh at first");
    for (size_t i = 0; i < LEN(faults); i++) {
        char target[128];
        expected = (struct expected){faults[i].venue, faults[i].reason, 0};
        expected.before = live_count(live_case.source, expected.venue, expected.reason);
        snprintf(target, sizeof(target), "/sim/fault?venue=%s&%s", venue_name(faults[i].venue),
                 faults[i].order);
        case_for_ms(&live_case, 300); /* so that the chain of diffs has begun */
        case_ask(&live_case, VENUE_A, "POST", target);
        case_until(&live_case, is_counted, target);
        case_until(&live_case, all_fresh, "fresh again");
    }
    check_books(&live_case);
    case_close(&live_case);
}

/* Goal: what the tap saw is a recording that tells a session the same, event by event. */
static void its_tape_tells_the_same(void **state)
{
    static const struct frames_pair pairs[] = {{"KRW-BTC", "BTCUSDT"}, {"KRW-ETH", "ETHUSDT"}};
    const struct frames_options options = {pairs, LEN(pairs), "KRW-USDT", "mid"};
    struct live_case live_case;
    struct source *source = NULL;
    char path[SCRATCH_PATH_SIZE];
    struct known known = {.hash = UINT64_C(14695981039346656037)};
    struct event event;
    struct err err;
    case_open(&live_case);
    case_until(&live_case, everything_known, "everything known");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?kind=drop");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?kind=gap&venue=binance");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?kind=garbage");
    case_for_ms(&live_case, 1000);
    case_until(&live_case, all_fresh, "fresh again");
    scratch_write(path, live_case.tape.data, live_case.tape.length);
    if (!frames_open(&source, path, &options, &err)) {
        fail_msg("%s", err.text);
    }
    while (known.events < live_case.known.events) {
        assert_int_equal(source->ops->next(source, &event, &err), SOURCE_EVENT);
        known_take(&known, &event);
    }
    assert_true(known.hash == live_case.known.hash);
    print_message("%d events told twice\n", (int)known.events);
    source_close(source);
    scratch_remove(path);
    case_close(&live_case);
}

static bool is_banned(struct live_case *live_case)
{
    struct live_status status;
    live_status(live_case->source, VENUE_B, &status);
    return status.banned_ms > 0;
}

/* Goal: 418 ends all calls to the venue, over a restart too, until the time it said. */
static void obeys_a_ban_over_a_restart(void **state)
{
    struct live_case live_case;
    struct live_status status;
    case_open(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=binance&kind=418&amount=3&for_s=5");
    case_until(&live_case, is_banned, "a ban");
    case_close_source(&live_case);
    case_open_source(&live_case);
    live_status(live_case.source, VENUE_B, &status);
    assert_in_range(status.banned_ms, 1, 3000);
    assert_int_equal(status.reason, REASON_VENUE_BANNED);
    assert_non_null(strstr(status.text, "VENUE.BANNED"));
    case_for_ms(&live_case, status.banned_ms / 2);
    live_status(live_case.source, VENUE_B, &status);
    assert_true(status.banned_ms > 0);
    assert_true(status.requests == 0 && status.connects == 0);
    case_until(&live_case, all_fresh, "back after the ban");
    case_close(&live_case);
}

static bool both_told(struct live_case *live_case)
{
    struct live_status status[VENUE_LAST + 1];
    live_status(live_case->source, VENUE_A, &status[VENUE_A]);
    live_status(live_case->source, VENUE_B, &status[VENUE_B]);
    return status[VENUE_A].text[0] != '\0' && status[VENUE_B].text[0] != '\0';
}

/* Goal: without a network there is one line a venue, which says what and when it is tried
 * again; when the network is back, so are the books. */
static void says_what_cannot_be_reached(void **state)
{
    struct live_case live_case;
    struct live_status status;
    struct err err;
    case_open_venues(&live_case);
    const struct config_live right = live_case.config;
    snprintf(live_case.config.upbit_socket_url, CONFIG_URL_SIZE, "ws://127.0.0.1:1/");
    snprintf(live_case.config.binance_public_url, CONFIG_URL_SIZE, "ws://no-such-host.invalid");
    case_open_source(&live_case);
    case_until(&live_case, both_told, "a line for each venue");
    live_status(live_case.source, VENUE_A, &status);
    assert_false(status.reached);
    assert_string_equal(reason_code(status.reason), "NET.CONNECT");
    assert_non_null(strstr(status.text, "upbit: cannot be reached: NET.CONNECT"));
    assert_non_null(strstr(status.text, "next try in"));
    assert_true(status.next_try_ms >= 0);
    live_status(live_case.source, VENUE_B, &status);
    assert_string_equal(reason_code(status.reason), "NET.DNS");
    print_message("%s\n", status.text);
    (void)err;
    case_close_source(&live_case);
    live_case.config = right;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh with the right addresses");
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_books_fx_funding_and_instruments),
        cmocka_unit_test(counts_each_fault_and_comes_back),
        cmocka_unit_test(its_tape_tells_the_same),
        cmocka_unit_test(obeys_a_ban_over_a_restart),
        cmocka_unit_test(says_what_cannot_be_reached),
    };
    FILE *quiet = getenv("LIVE_LOG") != NULL ? stderr : fopen("/dev/null", "w");
    log_open(quiet, LOG_WARN);
    return cmocka_run_group_tests_name("flow/live_source", tests, NULL, NULL);
}
