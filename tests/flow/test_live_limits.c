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
    assert_in_range(live_case.known.clock_off_ms[VENUE_B] + 3200, 0, 400);
    case_ask(&live_case, VENUE_A, "POST", "/sim/quiet?ms=0");
    case_until(&live_case, is_right, "right again");
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_by_how_much_a_venue_s_clock_is_off),
    };
    FILE *quiet = getenv("LIVE_LOG") != NULL ? stderr : fopen("/dev/null", "w");
    log_open(quiet, LOG_WARN);
    cmocka_set_test_filter(getenv("LIVE_ONLY"));
    return cmocka_run_group_tests_name("flow/live_limits", tests, NULL, NULL);
}
