/* Live data of both simulated venues, over real sockets: what a session is told, and what it is
 * told when a venue misbehaves. */
#include "live_case.h"

#include <unistd.h>

#include <jansson.h>

#include "market/frames.h"
#include "simulator/identity.h"
#include "support/folder.h"

static bool is_reached(struct live_case *live_case, enum venue venue)
{
    struct live_status status;
    live_status(live_case->source, venue, &status);
    return status.reached;
}

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
    return told && is_reached(live_case, VENUE_A) && is_reached(live_case, VENUE_B);
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

static bool same_levels(const json_t *truth, const struct book_level *levels, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const json_t *level = json_array_get(truth, (size_t)i);
        if (json_number_value(json_array_get(level, 0)) != levels[i].price ||
            json_number_value(json_array_get(level, 1)) != levels[i].size) {
            return false;
        }
    }
    return count > 0;
}

/* Of what the simulator says its books are, each of ours a part from the top. */
static bool books_are_true(struct live_case *live_case)
{
    static const char *const symbols[][VENUE_LAST + 1] = {{"KRW-BTC", "BTCUSDT"},
                                                          {"KRW-ETH", "ETHUSDT"}};
    bool same = true;
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            const json_t *truth = json_object_get(
                json_object_get(live_case->truth, venue_name(venue)), symbols[pair][venue]);
            const struct book *book = &live_case->known.books[pair][venue];
            same = same &&
                   same_levels(json_object_get(truth, "bids"), book->bids, book->bids_count) &&
                   same_levels(json_object_get(truth, "asks"), book->asks, book->asks_count);
        }
    }
    return same;
}

/* Much chaos uses up what may be asked for in a minute, and earns bans: nothing is asked for
 * before they are over. */
static int64_t patience_ms(struct live_case *live_case)
{
    int64_t longest_ms = 0;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_status status;
        live_status(live_case->source, venue, &status);
        longest_ms = status.next_try_ms > longest_ms ? status.next_try_ms : longest_ms;
    }
    return longest_ms + 75 * 1000;
}

/* When the venues are quiet, what was under way arrives, what was lost is asked for, and the
 * books a session knows are the venues' own. */
static void check_books(struct live_case *live_case)
{
    char quiet[64];
    const int64_t ms = patience_ms(live_case);
    snprintf(quiet, sizeof(quiet), "/sim/quiet?ms=%d", (int)ms + 15000);
    case_ask(live_case, VENUE_A, "POST", quiet);
    case_ask(live_case, VENUE_A, "GET", "/sim/books");
    live_case->truth = json_loads(text_string(&live_case->body), 0, NULL);
    assert_non_null(live_case->truth);
    case_until_ms(live_case, books_are_true, ms, "the venues' own books when they are quiet");
    json_decref(live_case->truth);
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
        {VENUE_A, "kind=duplicate", REASON_FEED_DUPLICATE},
        {VENUE_A, "kind=reorder", REASON_FEED_OUT_OF_ORDER},
        {VENUE_B, "kind=reorder", REASON_FEED_OUT_OF_ORDER},
        {VENUE_A, "kind=delay", REASON_FEED_STALE},
        {VENUE_B, "kind=delay", REASON_FEED_STALE},
        {VENUE_A, "kind=drip", REASON_NET_SLOW},
        {VENUE_B, "kind=drip", REASON_NET_SLOW},
        {VENUE_B, "kind=wrong-path", REASON_FEED_SILENT},
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
        /* One message of its own may be one that nobody reads, as a trade that comes late. */
        const bool lasts = strstr(faults[i].order, "for_s") != NULL;
        for (int again = 0;
             again < 12 && !lasts && !case_within_ms(&live_case, is_counted, 2500); again++) {
            case_ask(&live_case, VENUE_A, "POST", target);
        }
        case_until(&live_case, is_counted, target);
        case_ask(&live_case, VENUE_A, "POST", "/sim/quiet?ms=0"); /* one at a time */
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

static bool is_succeeded(struct live_case *live_case)
{
    struct live_status status[VENUE_LAST + 1];
    live_status(live_case->source, VENUE_A, &status[VENUE_A]);
    live_status(live_case->source, VENUE_B, &status[VENUE_B]);
    return status[VENUE_A].connects > 1 && status[VENUE_B].connects > 2 &&
           live_count(live_case->source, VENUE_B, REASON_FEED_DUPLICATE) > 0;
}

/* Goal: connections are succeeded before their day is over: what comes twice is known by its
 * number, nothing is missed, and no feed is ever anything but fresh. */
static void succeeds_connections_without_a_gap(void **state)
{
    struct live_case live_case;
    struct source_feed feed;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.lifetime_s = 1.0;
    live_case.config.overlap_ms = 500.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    case_until(&live_case, is_succeeded, "successors");
    assert_true(all_fresh(&live_case));
    for (int pair = 0; pair < CASE_PAIRS; pair++) {
        for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
            assert_true(live_case.source->ops->feed(live_case.source, pair, venue, &feed));
            assert_true(feed.gaps == 0 && feed.resyncs == 0 && feed.reconnects == 0);
        }
    }
    check_books(&live_case);
    case_close(&live_case);
}

static bool is_counted_for_both(struct live_case *live_case)
{
    return live_count(live_case->source, VENUE_A, expected.reason) > 0 &&
           live_count(live_case->source, VENUE_B, expected.reason) > 0;
}

/* Goal: a process that stood still believes nothing that waited for it: all books begin anew.
 */
static void begins_anew_after_it_stood_still(void **state)
{
    struct live_case live_case;
    case_open(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    const uint64_t generation = live_case.known.books[0][VENUE_A].generation;
    expected.reason = REASON_CLOCK_STALL;
    usleep(1700 * 1000); /* live.stall_ms is 1500 */
    case_until(&live_case, is_counted_for_both, "CLOCK.STALL");
    case_until(&live_case, all_fresh, "fresh again");
    assert_true(live_case.known.books[0][VENUE_A].generation > generation);
    check_books(&live_case);
    case_close(&live_case);
}

static bool is_storm(struct live_case *live_case)
{
    return live_count(live_case->source, VENUE_B, REASON_FEED_RESYNC_STORM) > 0;
}

/* Goal: a book that is lost again and again is left alone until the window is over. */
static void leaves_a_book_alone_that_is_lost_again_and_again(void **state)
{
    struct live_case live_case;
    struct live_status before;
    struct live_status after;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.storm_resyncs = 2;
    live_case.config.storm_window_s = 4.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    for (int i = 0; i < 4 && !is_storm(&live_case); i++) {
        case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=binance&kind=crossed&pair=BTC");
        case_for_ms(&live_case, 400);
    }
    case_until(&live_case, is_storm, "FEED.RESYNC_STORM");
    live_status(live_case.source, VENUE_B, &before);
    case_for_ms(&live_case, 300);
    live_status(live_case.source, VENUE_B, &after);
    assert_true(after.requests <= before.requests + 1); /* of another book, if at all */
    case_until(&live_case, all_fresh, "fresh once the window is over");
    case_close(&live_case);
}

static bool speaks_another_dialect(struct live_case *live_case)
{
    return live_case->known.states[0][VENUE_A] == FEED_STALE &&
           live_case->known.reasons[0][VENUE_A] == REASON_VENUE_API_DRIFT;
}

/* Goal: many messages that cannot be read are another dialect: its books are not traded on. */
static void distrusts_a_venue_of_another_dialect(void **state)
{
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.malformed_per_min = 3.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    for (int i = 0; i < 4; i++) {
        case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=upbit&kind=garbage");
    }
    case_until(&live_case, speaks_another_dialect, "VENUE.API_DRIFT");
    case_close(&live_case);
}

static bool is_told_lost(struct live_case *live_case)
{
    struct live_status status;
    live_status(live_case->source, VENUE_B, &status);
    return strstr(status.text, "binance: lost: NET.RESET") != NULL;
}

/* Goal: a connection that was there is said to be lost, not to be out of reach. */
static void says_lost_of_what_was_open(void **state)
{
    struct live_case live_case;
    case_open(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=binance&kind=drop&reset=1");
    case_until(&live_case, is_told_lost, "binance: lost: NET.RESET");
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
    case_open_venues(&live_case, &(struct case_venues){0});
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

/* Goal: whatever a seed makes of the venues, at the next quiet moment the books are theirs.
 * LIVE_CHAOS_S makes it longer, LIVE_SEED another, LIVE_RATE milder: so many faults of a kind
 * a minute. */
static void stays_true_through_chaos(void **state)
{
    const char *longer = getenv("LIVE_CHAOS_S");
    const char *other = getenv("LIVE_SEED");
    const char *milder = getenv("LIVE_RATE");
    const uint64_t seed = other != NULL ? (uint64_t)atoi(other) : 11;
    const int rounds = longer != NULL ? atoi(longer) / 5 + 1 : 2;
    struct live_case live_case;
    case_open_venues(&live_case,
                     &(struct case_venues){.chaos_seed = seed,
                                           .chaos_per_minute = milder ? atof(milder) : 4});
    case_open_source(&live_case);
    for (int i = 0; i < rounds; i++) {
        case_for_ms(&live_case, 5000);
        check_books(&live_case);
    }
    print_message("%d events through chaos\n", (int)live_case.known.events);
    case_close(&live_case);
}

static bool both_in_tls(struct live_case *live_case)
{
    return live_count(live_case->source, VENUE_A, REASON_NET_TLS) > 0 &&
           live_count(live_case->source, VENUE_B, REASON_NET_TLS) > 0;
}

/* Goal: certificates are believed or not: there is no way around them, and no storm of new
 * attempts either, since only a person can do something about it. */
static void believes_certificates_or_nobody(void **state)
{
    struct live_case live_case;
    struct live_status status;
    char folder[FOLDER_PATH_SIZE];
    struct err err;
    folder_create(folder);
    if (!wire_identities_make(folder, &err)) {
        fail_msg("%s", err.text);
    }
    case_open_venues(&live_case, &(struct case_venues){.tls_folder = folder});
    case_open_source(&live_case);
    case_until(&live_case, both_in_tls, "NET.TLS");
    case_for_ms(&live_case, 500);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        live_status(live_case.source, venue, &status);
        assert_string_equal(reason_code(status.reason), "NET.TLS");
        assert_in_range(status.next_try_ms, 50000, 60000);
        assert_in_range(status.losses + status.requests, 1, venue == VENUE_A ? 4 : 6);
    }
    case_close_source(&live_case);
    snprintf(live_case.config.ca_file, CONFIG_PATH_SIZE, "%s/ca.pem", folder);
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh with the right certificates");
    case_close(&live_case);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_books_fx_funding_and_instruments),
        cmocka_unit_test(counts_each_fault_and_comes_back),
        cmocka_unit_test(its_tape_tells_the_same),
        cmocka_unit_test(succeeds_connections_without_a_gap),
        cmocka_unit_test(begins_anew_after_it_stood_still),
        cmocka_unit_test(leaves_a_book_alone_that_is_lost_again_and_again),
        cmocka_unit_test(distrusts_a_venue_of_another_dialect),
        cmocka_unit_test(says_lost_of_what_was_open),
        cmocka_unit_test(stays_true_through_chaos),
        cmocka_unit_test(believes_certificates_or_nobody),
        cmocka_unit_test(obeys_a_ban_over_a_restart),
        cmocka_unit_test(says_what_cannot_be_reached),
    };
    FILE *quiet = getenv("LIVE_LOG") != NULL ? stderr : fopen("/dev/null", "w");
    log_open(quiet, LOG_WARN);
    cmocka_set_test_filter(getenv("LIVE_ONLY"));
    return cmocka_run_group_tests_name("flow/live_source", tests, NULL, NULL);
}
