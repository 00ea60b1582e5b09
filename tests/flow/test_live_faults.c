/* What goes wrong on the way to the venues, and what venues refuse: each counted by its reason,
 * none of it a reason to hammer, and none the neighbour's trouble. */
#include "live_case.h"

#include "simulator/identity.h"
#include "support/folder.h"

static enum venue other_than(enum venue venue)
{
    return venue == VENUE_A ? VENUE_B : VENUE_A;
}

/* What is waited for: that a reason was counted once more. */
static struct {
    enum venue venue;
    enum reason reason;
    uint64_t before;
} expected; /* one test at a time */

static bool is_counted(struct live_case *live_case)
{
    return live_count(live_case->source, expected.venue, expected.reason) > expected.before;
}

static void expect(struct live_case *live_case, enum venue venue, enum reason reason)
{
    expected.venue = venue;
    expected.reason = reason;
    expected.before = live_count(live_case->source, venue, reason);
}

/* By its neighbour, whose connections live. */
static void order(struct live_case *live_case, enum venue venue, const char *fault)
{
    char target[128];
    snprintf(target, sizeof(target), "/sim/fault?venue=%s&kind=%s", venue_name(venue), fault);
    case_ask(live_case, other_than(venue), "POST", target);
}

/* One message may be one that nobody reads, as a trade of another market: what does not last is
 * ordered again. */
static void order_until_counted(struct live_case *live_case, enum venue venue,
                                const char *fault, enum reason reason)
{
    expect(live_case, venue, reason);
    order(live_case, venue, fault);
    const bool lasts = strstr(fault, "for_s") != NULL;
    for (int again = 0; again < 5 && !lasts && !case_within_ms(live_case, is_counted, 2500);
         again++) {
        order(live_case, venue, fault);
    }
    case_until(live_case, is_counted, fault);
}

static void open_quick(struct live_case *live_case)
{
    case_open_venues(live_case, &(struct case_venues){0});
    live_case->config.refresh_s = 1.0;
    case_open_source(live_case);
    case_until(live_case, all_fresh, "all fresh at first");
}

static struct live_status status_of(struct live_case *live_case, enum venue venue)
{
    struct live_status status;
    live_status(live_case->source, venue, &status);
    return status;
}

/* Goal: what does not arrive whole, is too long, too deep, too slow or cut off is told by its
 * reason; nothing of it is applied; requests go again by themselves; the other venue's feeds
 * are fresh all the while. */
static void tells_what_the_network_does(void **state)
{
    static const struct {
        enum venue venue;
        const char *fault;
        enum reason reason;
    } cases[] = {
        {VENUE_A, "truncate", REASON_NET_TRUNCATED},
        {VENUE_B, "truncate", REASON_NET_TRUNCATED},
        {VENUE_A, "truncate&on=rest&amount=9", REASON_NET_TRUNCATED},
        {VENUE_B, "truncate&on=rest&amount=9", REASON_NET_TRUNCATED},
        {VENUE_A, "oversize", REASON_NET_OVERSIZE},
        {VENUE_A, "oversize&on=rest", REASON_NET_OVERSIZE},
        {VENUE_B, "oversize&on=rest", REASON_NET_OVERSIZE},
        {VENUE_A, "deep&amount=3000", REASON_INPUT_DEPTH},
        {VENUE_B, "deep&amount=3000", REASON_INPUT_DEPTH},
        {VENUE_B, "deep&amount=3000&on=rest", REASON_INPUT_DEPTH},
        {VENUE_A, "garbage&on=rest", REASON_INPUT_MALFORMED},
        {VENUE_B, "drip&amount=20&for_s=5", REASON_NET_SLOW},
        {VENUE_B, "drip&amount=20&for_s=3&on=rest", REASON_NET_SLOW},
        {VENUE_B, "silence&for_s=3&on=rest", REASON_NET_TIMEOUT},
        {VENUE_A, "drop&on=rest", REASON_NET_RESET},
        {VENUE_B, "drop&on=rest&reset=1", REASON_NET_RESET},
    };
    struct live_case live_case;
    open_quick(&live_case);
    for (size_t i = 0; i < LEN(cases); i++) {
        const enum venue other = other_than(cases[i].venue);
        print_message("# %s %s\n", venue_name(cases[i].venue), cases[i].fault);
        const uint64_t losses = status_of(&live_case, other).losses;
        order_until_counted(&live_case, cases[i].venue, cases[i].fault, cases[i].reason);
        assert_int_equal(live_case.known.states[0][other], FEED_FRESH);
        assert_int_equal(status_of(&live_case, other).losses, losses);
        case_until(&live_case, all_fresh, "fresh again");
    }
    case_close(&live_case);
}

static bool is_down(struct live_case *live_case)
{
    return live_case->known.states[0][expected.venue] == FEED_DOWN && is_counted(live_case);
}

/* Goal: a venue that is cut off, or lets nobody in, is down for that reason until it is back.
 */
static void comes_back_when_it_is_let_in(void **state)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_case live_case;
        open_quick(&live_case);
        expect(&live_case, venue, REASON_NET_RESET);
        order(&live_case, venue, "cut&reset=1");
        case_until(&live_case, is_counted, "NET.RESET");
        case_until(&live_case, all_fresh, "fresh after a cut");
        expect(&live_case, venue, REASON_NET_CONNECT);
        order(&live_case, venue, "shut&for_s=1");
        case_until(&live_case, is_down, "NET.CONNECT");
        assert_int_equal(live_case.known.states[0][other_than(venue)], FEED_FRESH);
        case_until(&live_case, all_fresh, "fresh when it lets in again");
        case_close(&live_case);
    }
}

static bool both_distrusted(struct live_case *live_case)
{
    bool distrusted = true;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_status status = status_of(live_case, venue);
        distrusted = distrusted && !status.reached && status.reason == REASON_NET_TLS &&
                     status.requests > 0 && live_case->known.states[0][venue] == FEED_DOWN &&
                     live_case->known.reasons[0][venue] == REASON_NET_TLS;
    }
    return distrusted;
}

static bool is_somebody_else(struct live_case *live_case)
{
    struct text status = text_growing();
    venue_sim_status(live_case->sim, &status);
    static const char SHOWN[] =
        "\"identity\":{\"reason\":\"NET.TLS\",\"ordered\":1,\"happened\":1}";
    const char *first = strstr(text_string(&status), SHOWN);
    const bool both = first != NULL && strstr(first + 1, SHOWN) != NULL;
    text_finish(&status);
    return both;
}

/* Requests that the venues have heard. */
static int heard_by(struct live_case *live_case, enum venue venue)
{
    struct text status = text_growing();
    venue_sim_status(live_case->sim, &status);
    json_t *root = json_loads(text_string(&status), 0, NULL);
    const json_t *venues = json_object_get(root, "venues");
    const json_t *one = json_object_get(venues, venue_name(venue));
    const int requests = (int)json_integer_value(json_object_get(one, "requests"));
    json_decref(root);
    text_finish(&status);
    return requests;
}

/* No word was said to whoever it was, no way around was tried, and the next try is far: lines
 * and requests may each have come to it once. */
static void check_distrust(struct live_case *live_case)
{
    case_until(live_case, both_distrusted, "NET.TLS");
    case_for_ms(live_case, 200);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct live_status status = status_of(live_case, venue);
        print_message("%s\n", status.text);
        assert_in_range(status.next_try_ms, 50000, 60000);
        assert_in_range(status.losses, 1, venue == VENUE_A ? 1 : 2);
        assert_in_range(status.requests, 1, 6); /* one of each kind and pair */
        assert_int_equal(status.connects, 0);
        assert_int_equal(heard_by(live_case, venue), 0);
        assert_int_equal(live_case->known.books[0][venue].bids_count, 0);
    }
}

/* Goal: a certificate that is none of theirs ends it: NET.TLS, for lines and requests. */
static void trusts_no_false_identity(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    struct err err;
    folder_create(folder);
    if (!wire_identities_make(folder, &err)) {
        fail_msg("%s", err.text);
    }
    for (int i = WIRE_IDENTITY_VALID + 1; i < WIRE_IDENTITY_COUNT; i++) {
        struct live_case live_case;
        char script[SCRATCH_PATH_SIZE];
        char fault[96];
        print_message("# %s\n", wire_identity_name((enum wire_identity)i));
        snprintf(fault, sizeof(fault),
                 "faults:\n  - {at_s: 0, kind: identity, amount: %d, for_s: 60}\n", i);
        scratch_write_text(script, fault);
        case_open_venues(&live_case,
                         &(struct case_venues){.tls_folder = folder, .script = script});
        snprintf(live_case.config.ca_file, CONFIG_PATH_SIZE, "%s/ca.pem", folder);
        case_until(&live_case, is_somebody_else, "the other certificate");
        case_open_source(&live_case);
        check_distrust(&live_case);
        case_close(&live_case);
        scratch_remove(script);
    }
    folder_remove(folder);
}

/* Goal: who answers in the clear where TLS was asked for is not talked to in the clear. */
static void trusts_nobody_in_the_clear(void **state)
{
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    case_encrypt(&live_case);
    case_open_source(&live_case);
    check_distrust(&live_case);
    case_close(&live_case);
}

static bool is_nameless(struct live_case *live_case)
{
    const struct live_status status = status_of(live_case, VENUE_A);
    return live_count(live_case->source, VENUE_A, REASON_NET_DNS) >= 4 && !status.reached &&
           live_case->known.states[0][VENUE_B] == FEED_FRESH;
}

/* Goal: a name that nobody knows is asked for again and again, each time later, for lines and
 * requests alike; the other venue's books come all the while. */
static void goes_on_without_a_name(void **state)
{
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    /* A label has at most 63 characters, so no server needs to be asked. */
    snprintf(live_case.config.upbit_rest_url, CONFIG_URL_SIZE, "http://%070d.invalid", 0);
    snprintf(live_case.config.upbit_socket_url, CONFIG_URL_SIZE, "ws://%070d.invalid/", 0);
    case_open_source(&live_case);
    case_until(&live_case, is_nameless, "NET.DNS");
    const struct live_status status = status_of(&live_case, VENUE_A);
    assert_string_equal(reason_code(status.reason), "NET.DNS");
    assert_true(status.next_try_ms >= 0);
    case_close(&live_case);
}

/* Goal: after 429 not a request leaves within the time the venue asks for, and afterwards less
 * may leave than before. */
static void keeps_still_after_429(void **state)
{
    struct live_case live_case;
    open_quick(&live_case);
    expect(&live_case, VENUE_B, REASON_VENUE_RATE_LIMIT);
    order(&live_case, VENUE_B, "429&amount=3&for_s=1");
    case_until(&live_case, is_counted, "VENUE.RATE_LIMIT");
    const int64_t refused_ns = clock_monotonic_ns();
    case_for_ms(&live_case, 200); /* what was under way is answered */
    const uint64_t requests = status_of(&live_case, VENUE_B).requests;
    const int heard = heard_by(&live_case, VENUE_B);
    assert_int_equal(status_of(&live_case, VENUE_B).budget_left_pct, 0);
    const int64_t left_ms =
        2900 - (clock_monotonic_ns() - refused_ns) / CLOCK_NS_PER_MS; /* of three seconds */
    assert_true(left_ms > 500);
    case_for_ms(&live_case, left_ms);
    assert_int_equal(status_of(&live_case, VENUE_B).requests, requests);
    assert_int_equal(heard_by(&live_case, VENUE_B), heard);
    case_until(&live_case, all_fresh, "fresh after it");
    case_close(&live_case);
}

static bool is_asked_again(struct live_case *live_case)
{
    return status_of(live_case, VENUE_A).reason == REASON_NONE &&
           status_of(live_case, VENUE_B).reason == REASON_NONE;
}

/* Goal: a server's own errors are waited out with pauses that grow: 50, 100, 200, 400 ms are
 * six refusals in two seconds at most of each of the handful that are asked for; books, which
 * come by the sockets, go on. */
static void waits_out_errors_of_the_server(void **state)
{
    static const char *const faults[] = {"5xx&for_s=2", "503-unknown&for_s=1"};
    for (size_t i = 0; i < LEN(faults) * (VENUE_LAST + 1); i++) {
        const enum venue venue = (enum venue)(i % (VENUE_LAST + 1));
        struct live_case live_case;
        print_message("# %s %s\n", venue_name(venue), faults[i / (VENUE_LAST + 1)]);
        open_quick(&live_case);
        expect(&live_case, venue, REASON_VENUE_SERVER_ERROR);
        order(&live_case, venue, faults[i / (VENUE_LAST + 1)]);
        case_until(&live_case, is_counted, "VENUE.SERVER_ERROR");
        case_until(&live_case, is_asked_again, "an answer again");
        const uint64_t refused = live_count(live_case.source, venue, REASON_VENUE_SERVER_ERROR);
        assert_in_range(refused, 1, 6 * 8);
        assert_int_equal(live_case.known.states[0][other_than(venue)], FEED_FRESH);
        case_close(&live_case);
    }
}

static bool is_maintained(struct live_case *live_case)
{
    return live_case->known.states[0][expected.venue] != FEED_FRESH &&
           live_case->known.reasons[0][expected.venue] == REASON_VENUE_MAINTENANCE;
}

/* Goal: a venue in maintenance has no feed to be traded on; when it is over it has. */
static void waits_out_maintenance(void **state)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_case live_case;
        open_quick(&live_case);
        expect(&live_case, venue, REASON_VENUE_MAINTENANCE);
        order(&live_case, venue, "maintenance&for_s=1");
        case_until(&live_case, is_maintained, "VENUE.MAINTENANCE");
        case_until(&live_case, all_fresh, "fresh after it");
        case_close(&live_case);
    }
}

static bool is_halted(struct live_case *live_case)
{
    return !live_case->known.trading[0][expected.venue] && is_counted(live_case);
}

static bool is_trading(struct live_case *live_case)
{
    return live_case->known.trading[0][expected.venue];
}

/* Goal: a pair that a venue halts is told so, alone, and told again when it is traded. */
static void hears_that_a_pair_is_halted(void **state)
{
    struct live_case live_case;
    open_quick(&live_case);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        expect(&live_case, venue, REASON_SYMBOL_HALTED);
        case_until(&live_case, is_trading, "instruments");
        order(&live_case, venue, "halt&pair=BTC&for_s=3");
        case_until(&live_case, is_halted, "SYMBOL.HALTED");
        assert_true(live_case.known.trading[1][venue]);
        assert_true(all_fresh(&live_case)); /* its books go on */
        case_until(&live_case, is_trading, "trading again");
    }
    case_close(&live_case);
}

static bool is_late(struct live_case *live_case)
{
    return live_count(live_case->source, VENUE_A, REASON_FEED_STALE) > 0 &&
           live_count(live_case->source, VENUE_B, REASON_FEED_STALE) > 0;
}

static bool clocks_are_known(struct live_case *live_case)
{
    struct live_status status[VENUE_LAST + 1];
    live_status(live_case->source, VENUE_A, &status[VENUE_A]);
    live_status(live_case->source, VENUE_B, &status[VENUE_B]);
    return all_fresh(live_case) && status[VENUE_A].clock_known && status[VENUE_B].clock_known;
}

/* Goal: while a venue's sockets are three seconds behind none of its books is shown as fresh,
 * whatever its answers say meanwhile: 800 ms are late, give or take the whole second in which
 * A tells its time. A second of the market may be quiet besides. */
static void shows_nothing_late_as_fresh(void **state)
{
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.silence_ms = 10000; /* or a line would be given up meanwhile */
    case_open_source(&live_case);
    case_until(&live_case, clocks_are_known, "all fresh, and the time");
    case_for_ms(&live_case, 1000);
    live_case.known.late_ms = 0;
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?kind=delay&amount=3000&for_s=8");
    case_until(&live_case, is_late, "FEED.STALE");
    case_for_ms(&live_case, 6000);
    print_message("fresh books were up to %d ms old\n", (int)live_case.known.late_ms);
    assert_in_range(live_case.known.late_ms, 0, 2800);
    assert_int_equal(live_count(live_case.source, VENUE_A, REASON_FEED_SEQ_RANGE), 0);
    case_ask(&live_case, VENUE_A, "POST", "/sim/quiet?ms=0");
    case_until(&live_case, all_fresh, "fresh again");
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_the_network_does),
        cmocka_unit_test(comes_back_when_it_is_let_in),
        cmocka_unit_test(trusts_no_false_identity),
        cmocka_unit_test(trusts_nobody_in_the_clear),
        cmocka_unit_test(goes_on_without_a_name),
        cmocka_unit_test(keeps_still_after_429),
        cmocka_unit_test(waits_out_errors_of_the_server),
        cmocka_unit_test(waits_out_maintenance),
        cmocka_unit_test(hears_that_a_pair_is_halted),
        cmocka_unit_test(shows_nothing_late_as_fresh),
    };
    FILE *quiet = getenv("LIVE_LOG") != NULL ? stderr : fopen("/dev/null", "w");
    log_open(quiet, LOG_WARN);
    cmocka_set_test_filter(getenv("LIVE_ONLY"));
    return cmocka_run_group_tests_name("flow/live_faults", tests, NULL, NULL);
}
