#include "live_case.h"

#include "base/clock.h"

/* What a session tells of its own machinery; by the clock, so that bounds are tested and not
 * values. */

static struct snapshot photo;

static const struct snapshot *look(struct session_folder *s)
{
    runner_snapshot(s->runner, LIVE_BEGAN_NS, s->mono_ns, &photo);
    return &photo;
}

/* Goal: a decision is as late as its frame is old when all is done. The case's clock runs from
 * 0, so a frame received at its 1.000 s has been on its way for as long as this machine is up,
 * less that second. */
static void a_decision_is_as_late_as_its_frame_is_old(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 0);
    live_case_open(&it);
    live_case_receive(&it, 1002 * MS);
    const int64_t before_ns = clock_monotonic_ns();
    (void)live_case_pump(&it, 1002 * MS, 64, &due_ns);
    const int64_t after_ns = clock_monotonic_ns();
    const struct snapshot_venue *venues = look(&it.session)->venues;
    const double early_ms = (double)(before_ns - 1002 * MS) / 1e6;
    const double late_ms = (double)(after_ns - 1000 * MS) / 1e6;
    assert_int_equal(venues[VENUE_A].decision.count, 2); /* fx, book */
    assert_int_equal(venues[VENUE_B].decision.count, 1);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct snapshot_latency *decision = &venues[venue].decision;
        assert_true(decision->max_ms >= early_ms && decision->max_ms <= late_ms);
        assert_true(decision->p99_ms == decision->max_ms);
        assert_true(decision->last_mono_ns >= before_ns && decision->last_mono_ns <= after_ns);
    }
    live_case_remove(&it);
}

/* Goal: three books of A in the second behind the first count, two of B: a rate over the time
 * that passed, not per turn; before that there is none. */
static void rates_are_over_the_time_that_passed(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 0);
    live_case_moment(&it, 1500 * MS, 0);
    live_case_moment(&it, 2000 * MS, 0);
    live_case_upbit(&it, 2500 * MS, "KRW-BTC", 99990, 100010);
    live_case_open(&it);
    for (int64_t at_ms = 1100; at_ms <= 2000; at_ms += 300) {
        live_case_receive(&it, at_ms * MS);
        (void)live_case_pump(&it, at_ms * MS, 64, &due_ns);
        assert_true(isnan(look(&it.session)->venues[VENUE_A].messages_per_s));
    }
    live_case_receive(&it, 2600 * MS);
    (void)live_case_pump(&it, 2600 * MS, 64, &due_ns); /* 1.5 s since 1.1 s */
    const struct snapshot_venue *venues = look(&it.session)->venues;
    check_near(venues[VENUE_A].messages, 4, 0);
    check_near(venues[VENUE_A].messages_per_s, 3 / 1.5, 1e-12);
    check_near(venues[VENUE_B].messages_per_s, 2 / 1.5, 1e-12);
    assert_true(venues[VENUE_A].rates_mono_ns == 2600 * MS);
    live_case_remove(&it);
}

/* Goal: what a file has is told, what it cannot have is not 0. */
static void a_file_does_not_make_up_a_network(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "coc");
    session_folder_open(&s, -1);
    (void)session_folder_pump(&s);
    const struct snapshot *p = look(&s);
    assert_int_equal(p->cycle.count, 3);
    check_near(p->cycle_ms_p99, p->cycle.p99_ms, 0);
    assert_true(p->cycle.p50_ms <= p->cycle.p99_ms && p->cycle.p99_ms <= p->cycle.max_ms);
    assert_true(p->cycle.sum_s * 1e3 >= p->cycle.max_ms);
    assert_true(p->cycle.within[SNAPSHOT_LATENCY_BOUNDS - 1] == 3); /* 17 s each will do */
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct snapshot_venue *it = &p->venues[venue];
        const double unknown[] = {it->bytes,          it->bytes_per_s,     it->reconnects,
                                  it->gaps,           it->resyncs,         it->dropped,
                                  it->requests,       it->budget_left_pct, it->round_trip_ms,
                                  it->clock_error_ms, it->clock_offset_ms, p->queue_depth};
        check_near(it->messages, 3, 0);
        assert_int_equal(it->decode.count, 0);
        assert_int_equal(it->decision.count, 0); /* when a row was received nobody knows */
        for (size_t i = 0; i < LEN(unknown); i++) {
            print_message("# %zu\n", i);
            assert_true(isnan(unknown[i]));
        }
    }
    session_folder_remove(&s);
}

/* Goal: what was thrown away is counted at its venue and by its reason. */
static void what_was_dropped_has_its_reason(void **state)
{
    static const char frames[] =
        "1700000000000000000\tupbit\tws\t{\"ty\":\"orderbook\",\n"
        "1700000000000000001\tbinance\tws\tno json\n"
        "1700000000000000002\tbinance\tws\t{\"e\":\"bookTicker\",\"u\":1,\"s\":\"BTCUSDT\","
        "\"b\":\"-1\",\"B\":\"5\",\"a\":\"9\",\"A\":\"5\",\"T\":1700000000000,"
        "\"E\":1700000000000}\n"
        "1700000000000000003\tbinance\tws\tnor this\n";
    struct session_folder s;
    struct err err = {0};
    char source[SCRATCH_PATH_SIZE + 8];
    session_folder_create(&s);
    s.config.pairs_count = 1;
    scratch_write_text(s.csv, frames);
    snprintf(source, sizeof source, "frames:%s", s.csv);
    if (!session_folder_try(&s, source, false, -1, &err)) {
        fail_msg("%s", err.text);
    }
    (void)session_folder_pump(&s);
    const struct snapshot_venue *venues = look(&s)->venues;
    check_near(venues[VENUE_A].dropped, 1, 0);
    check_near(venues[VENUE_B].dropped, 3, 0);
    assert_int_equal(venues[VENUE_A].happenings_count, 1);
    assert_int_equal(venues[VENUE_A].happenings[0].reason, REASON_INPUT_MALFORMED);
    assert_int_equal(venues[VENUE_A].happenings[0].count, 1);
    assert_int_equal(venues[VENUE_B].happenings_count, 2);
    assert_int_equal(venues[VENUE_B].happenings[0].reason, REASON_INPUT_NOT_POSITIVE);
    assert_int_equal(venues[VENUE_B].happenings[0].count, 1);
    assert_int_equal(venues[VENUE_B].happenings[1].reason, REASON_INPUT_MALFORMED);
    assert_int_equal(venues[VENUE_B].happenings[1].count, 2);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_is_as_late_as_its_frame_is_old),
        cmocka_unit_test(rates_are_over_the_time_that_passed),
        cmocka_unit_test(a_file_does_not_make_up_a_network),
        cmocka_unit_test(what_was_dropped_has_its_reason),
    };
    return cmocka_run_group_tests_name("run/metrics", tests, NULL, NULL);
}
