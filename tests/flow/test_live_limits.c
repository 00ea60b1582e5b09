/* Faults of feeds that need both sides of a socket to be seen: limits of how often something is
 * asked for again, and clocks. */
#include "live_case.h"

static bool is_off(struct live_case *live_case)
{
    return live_case->known.clocks[VENUE_A] > 1 && live_case->known.clocks[VENUE_B] > 1;
}

static bool is_right(struct live_case *live_case)
{
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        struct live_status status;
        live_status(live_case->source, venue, &status);
        if (!status.clock_known ||
            llabs(status.clock_offset_ns) > status.clock_error_ns + 500 * CLOCK_NS_PER_MS) {
            return false;
        }
    }
    return true;
}

/* Goal: CLOCK.VENUE_SKEW: both venues' clocks are known from their answers, Binance's by its
 * call for the time, Upbit's by the dates of its headers, in whole seconds. While one is 3 s
 * away it is said again and again, and asked for meanwhile, so that its end is soon seen. */
static void says_by_how_much_a_venue_s_clock_is_off(void **state)
{
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.refresh_s = 1.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    case_until(&live_case, is_right, "both clocks");
    assert_int_equal(live_case.known.clocks[VENUE_A] + live_case.known.clocks[VENUE_B], 0);
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?kind=clock-skew&amount=-3000&for_s=60");
    case_until(&live_case, is_off, "CLOCK.VENUE_SKEW of both");
    assert_int_equal(live_count(live_case.source, VENUE_A, REASON_CLOCK_VENUE_SKEW), 1);
    assert_int_equal(live_count(live_case.source, VENUE_B, REASON_CLOCK_VENUE_SKEW), 1);
    assert_in_range(live_case.known.clock_off_ms[VENUE_A] + 4500, 0, 3000);
    assert_in_range(live_case.known.clock_off_ms[VENUE_B] + 4000, 0, 2000);
    case_ask(&live_case, VENUE_A, "POST", "/sim/quiet?ms=0");
    case_until(&live_case, is_right, "right again");
    case_close(&live_case);
}

static int32_t count_on_tape(const struct live_case *live_case, const char *what)
{
    int32_t count = 0;
    for (const char *at = strstr(live_case->tape.data, what); at != NULL;
         at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}

/* Goal: FEED.CROSSED, FEED.SEQ_GAP: however often a book is lost, its snapshots are at least
 * live.resync_ms apart: 700 ms here, so in any span of T there are at most T / 700 + 1, and one
 * that was under way before. */
static void asks_for_a_book_only_so_often(void **state)
{
    static const char SNAPSHOTS[] = "\trest.depth:BTCUSDT\t";
    struct live_case live_case;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.resync_ms = 700.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    const int32_t before = count_on_tape(&live_case, SNAPSHOTS);
    const int64_t began_ns = clock_monotonic_ns();
    for (int i = 0; i < 20; i++) {
        case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=binance&kind=crossed&pair=BTC");
        case_for_ms(&live_case, 150);
    }
    case_until(&live_case, all_fresh, "fresh again");
    const int64_t took_ms = (clock_monotonic_ns() - began_ns) / CLOCK_NS_PER_MS;
    const int32_t asked = count_on_tape(&live_case, SNAPSHOTS) - before;
    print_message("%d snapshots in %d ms\n", asked, (int)took_ms);
    assert_in_range(asked, 2, took_ms / 700 + 2);
    assert_true(live_count(live_case.source, VENUE_B, REASON_FEED_CROSSED) >= 2);
    case_close(&live_case);
}

static bool rests(struct live_case *live_case)
{
    struct live_status status;
    live_status(live_case->source, VENUE_A, &status);
    return status.reason == REASON_FEED_RESYNC_STORM;
}

static bool is_back_or_rests(struct live_case *live_case)
{
    return all_fresh(live_case) || rests(live_case);
}

/* Goal: FEED.DISCONNECTED: a connection that is lost as soon as it delivers is not made anew
 * for ever: with the third loss it rests until the first is six seconds ago, and the other
 * venue does not mind. */
static void lets_a_line_rest_that_is_lost_again_and_again(void **state)
{
    struct live_case live_case;
    struct live_status before;
    struct live_status after;
    case_open_venues(&live_case, &(struct case_venues){0});
    live_case.config.storm_losses = 3;
    live_case.config.storm_window_s = 6.0;
    case_open_source(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    for (int i = 0; i < 12 && !rests(&live_case); i++) {
        case_ask(&live_case, VENUE_B, "POST", "/sim/fault?venue=upbit&kind=drop");
        case_until(&live_case, is_back_or_rests, "back, or at rest");
    }
    assert_true(rests(&live_case));
    live_status(live_case.source, VENUE_A, &before);
    assert_non_null(strstr(before.text, "FEED.RESYNC_STORM"));
    assert_int_equal(live_case.known.states[0][VENUE_A], FEED_DOWN);
    assert_in_range(before.next_try_ms, 1, 6000);
    case_for_ms(&live_case, before.next_try_ms / 2);
    live_status(live_case.source, VENUE_A, &after);
    assert_int_equal(after.connects, before.connects);
    assert_true(live_count(live_case.source, VENUE_A, REASON_FEED_DISCONNECTED) +
                    live_count(live_case.source, VENUE_A, REASON_NET_RESET) >=
                3);
    assert_int_equal(live_case.known.states[0][VENUE_B], FEED_FRESH);
    case_until(&live_case, all_fresh, "fresh once the window is over");
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_a_book_only_so_often),
        cmocka_unit_test(lets_a_line_rest_that_is_lost_again_and_again),
        cmocka_unit_test(says_by_how_much_a_venue_s_clock_is_off),
    };
    FILE *quiet = getenv("LIVE_LOG") != NULL ? stderr : fopen("/dev/null", "w");
    log_open(quiet, LOG_WARN);
    cmocka_set_test_filter(getenv("LIVE_ONLY"));
    return cmocka_run_group_tests_name("flow/live_limits", tests, NULL, NULL);
}
