/* What live data tell of their own machinery, against venues on this machine. */
#include "live_case.h"

static struct source_traffic traffic_of(const struct live_case *live_case, enum venue venue)
{
    struct source_traffic traffic;
    live_case->source->ops->traffic(live_case->source, venue, &traffic);
    return traffic;
}

static bool is_measured(struct live_case *live_case)
{
    bool measured = all_fresh(live_case);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct source_traffic traffic = traffic_of(live_case, venue);
        measured = measured && traffic.decode->count > 20 && traffic.round_trip_mono_ns != 0;
    }
    return measured && traffic_of(live_case, VENUE_B).clock_mono_ns != 0;
}

/* Goal: before anything came nothing is claimed. */
static void nothing_is_known_at_the_start(void **state)
{
    struct live_case live_case;
    case_open(&live_case);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct source_traffic traffic = traffic_of(&live_case, venue);
        assert_true(isnan(traffic.round_trip_ms) && isnan(traffic.clock_offset_ms));
        assert_true(traffic.messages == 0 && traffic.decode->count == 0);
        assert_true(traffic.heard_mono_ns == 0 && traffic.decode_mono_ns == 0);
    }
    case_close(&live_case);
}

/* Goal: one measurement a message and no message without; times lie between the opening and
 * now, and both clocks are this machine's, so that the offset is less than its own error and
 * the time until it was made. */
static void every_message_is_measured(void **state)
{
    struct live_case live_case;
    const int64_t began_ns = clock_monotonic_ns();
    case_open(&live_case);
    case_for_ms(&live_case, 50);
    case_until(&live_case, is_measured, "messages, pongs and the clock");
    const int64_t now_ns = clock_monotonic_ns();
    const double passed_ms = (double)(now_ns - began_ns) / 1e6;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct source_traffic traffic = traffic_of(&live_case, venue);
        assert_true((double)traffic.decode->count == traffic.messages);
        assert_true(traffic.bytes > traffic.messages);
        assert_true(traffic.requests > 0);
        assert_true(traffic.reconnects == 0);
        assert_true(traffic.decode->max_ns > 0 && traffic.decode->max_ns < now_ns - began_ns);
        assert_true(traffic.round_trip_ms > 0 && traffic.round_trip_ms < passed_ms);
        assert_true(traffic.round_trip_mono_ns > began_ns);
        assert_true(traffic.heard_mono_ns >= traffic.round_trip_mono_ns);
        assert_true(traffic.budget_left_pct > 0 && traffic.budget_left_pct <= 100);
    }
    const struct source_traffic b = traffic_of(&live_case, VENUE_B);
    assert_true(b.clock_mono_ns > began_ns && b.clock_mono_ns <= now_ns);
    assert_true(fabs(b.clock_offset_ms) <= passed_ms + b.clock_error_ms);
    case_close(&live_case);
}

static bool is_reconnected(struct live_case *live_case)
{
    return traffic_of(live_case, VENUE_A).reconnects >= 1 && all_fresh(live_case);
}

/* Goal: a line that was cut is one reconnect of that venue, and its reason is counted. */
static void a_cut_line_is_a_reconnect(void **state)
{
    struct live_case live_case;
    case_open(&live_case);
    case_until(&live_case, all_fresh, "all fresh");
    case_ask(&live_case, VENUE_A, "POST", "/sim/fault?venue=upbit&kind=24h-close");
    case_until(&live_case, is_reconnected, "a new connection");
    const struct source_ops *ops = live_case.source->ops;
    assert_true(ops->count(live_case.source, VENUE_A, REASON_FEED_DISCONNECTED) > 0);
    assert_true(traffic_of(&live_case, VENUE_B).reconnects == 0);
    case_close(&live_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_the_start),
        cmocka_unit_test(every_message_is_measured),
        cmocka_unit_test(a_cut_line_is_a_reconnect),
    };
    return cmocka_run_group_tests_name("flow/live_metrics", tests, NULL, NULL);
}
