#include "exposition_reader.h"

#include "run/exposition.h"

static const int64_t SECOND_NS = INT64_C(1000000000);

static struct snapshot_venue unknown_venue(void)
{
    return (struct snapshot_venue){.messages = NAN,
                                   .bytes = NAN,
                                   .messages_per_s = NAN,
                                   .bytes_per_s = NAN,
                                   .reconnects = NAN,
                                   .gaps = NAN,
                                   .resyncs = NAN,
                                   .dropped = NAN,
                                   .requests = NAN,
                                   .budget_left_pct = NAN,
                                   .round_trip_ms = NAN,
                                   .clock_offset_ms = NAN,
                                   .clock_error_ms = NAN};
}

static int start(void **state)
{
    struct snapshot *s = test_calloc(1, sizeof *s);
    snprintf(s->session, sizeof s->session, "paper-1");
    snprintf(s->mode, sizeof s->mode, "paper");
    snprintf(s->source_kind, sizeof s->source_kind, "live");
    s->made_mono_ns = 50 * SECOND_NS;
    s->queue_depth = NAN;
    s->venues[VENUE_A] = s->venues[VENUE_B] = unknown_venue();
    *state = s;
    return 0;
}

static int end(void **state)
{
    test_free(*state);
    return 0;
}

static struct text page_of(const struct snapshot *s)
{
    struct text text = text_growing();
    exposition_write(s, 52 * SECOND_NS, &text);
    reader_check(text_string(&text));
    return text;
}

/* Goal: without a single message the page is whole and makes nothing up. */
static void of_nothing_it_says_nothing(void **state)
{
    struct text page = page_of(*state);
    assert_null(strstr(text_string(&page), "arblite_feed_"));
    assert_null(strstr(text_string(&page), "_bucket"));
    assert_null(strstr(text_string(&page), "queue"));
    check_near(reader_value(text_string(&page), "arblite_snapshot_age_seconds"), 2, 1e-12);
    text_finish(&page);
}

/* Three of a microsecond, one of 3 ms, one of a minute, on one venue. */
static void fill(struct snapshot *s)
{
    struct snapshot_venue *a = &s->venues[VENUE_A];
    a->messages = 12345678;
    a->bytes = 9876543210;
    a->reconnects = 2;
    a->budget_left_pct = 85;
    a->round_trip_ms = 12.5;
    a->clock_offset_ms = -3;
    a->heard_mono_ns = 51 * SECOND_NS;
    a->happenings_count = 2;
    a->happenings[0] = (struct snapshot_happening){REASON_INPUT_MALFORMED, 4};
    a->happenings[1] = (struct snapshot_happening){REASON_FEED_SEQ_GAP, 1};
    a->decision = (struct snapshot_latency){.count = 5, .sum_s = 60.003003};
    for (int i = 0; i < SNAPSHOT_LATENCY_BOUNDS; i++) {
        a->decision.within[i] = i < 6 ? 3 : 4; /* 2^20 ns is 1.05 ms, 2^22 ns is 4.19 ms */
    }
    a->decode = a->decision;
    s->venues[VENUE_B].messages = 7;
    s->venues[VENUE_B].decode = a->decode;
    s->cycle = a->decision;
    s->pairs_count = 2;
    snprintf(s->pairs[0].name, sizeof s->pairs[0].name, "BTC");
    snprintf(s->pairs[1].name, sizeof s->pairs[1].name, "XRP");
    s->pairs[1].b.state = FEED_FRESH;
    s->time_ns = 1000 * SECOND_NS;
    s->pairs[1].b.heard_ns = 998 * SECOND_NS;
}

/* Goal: every number under its name, in seconds and ratios. */
static void numbers_stand_under_their_names(void **state)
{
    static const struct {
        const char *series;
        double want;
    } cases[] = {
        {"arblite_session_info{session=\"paper-1\",mode=\"paper\",source=\"live\"}", 1},
        {"arblite_feed_messages_total{venue=\"upbit\"}", 12345678},
        {"arblite_feed_messages_total{venue=\"binance\"}", 7},
        {"arblite_feed_bytes_total{venue=\"upbit\"}", 9876543210},
        {"arblite_feed_bytes_total{venue=\"binance\"}", NAN},
        {"arblite_feed_reconnects_total{venue=\"upbit\"}", 2},
        {"arblite_feed_request_budget_left_ratio{venue=\"upbit\"}", 0.85},
        {"arblite_feed_round_trip_seconds{venue=\"upbit\"}", 0.0125},
        {"arblite_feed_clock_offset_seconds{venue=\"upbit\"}", -0.003},
        {"arblite_feed_heard_age_seconds{venue=\"upbit\"}", 1},
        {"arblite_feed_incidents_total{venue=\"upbit\",reason=\"INPUT.MALFORMED\"}", 4},
        {"arblite_feed_decision_seconds_bucket{venue=\"upbit\",le=\"+Inf\"}", 5},
        {"arblite_feed_decision_seconds_sum{venue=\"upbit\"}", 60.003003},
        {"arblite_feed_decision_seconds_count{venue=\"upbit\"}", 5},
        {"arblite_feed_decision_seconds_count{venue=\"binance\"}", NAN},
        {"arblite_feed_decode_seconds_count{venue=\"binance\"}", 5},
        {"arblite_cycle_seconds_bucket{le=\"+Inf\"}", 5},
        {"arblite_cycle_seconds_count", 5},
        {"arblite_feed_fresh{venue=\"binance\",pair=\"XRP\"}", 1},
        {"arblite_feed_fresh{venue=\"upbit\",pair=\"XRP\"}", 0},
        {"arblite_feed_age_seconds{venue=\"binance\",pair=\"XRP\"}", 2},
        {"arblite_feed_age_seconds{venue=\"upbit\",pair=\"XRP\"}", NAN},
    };
    fill(*state);
    struct text page = page_of(*state);
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].series);
        check_near(reader_value(text_string(&page), cases[i].series), cases[i].want, 1e-12);
    }
    /* 2^20 ns and 2^22 ns in seconds */
    assert_non_null(strstr(text_string(&page), "le=\"0.001048576\"} 3\n"));
    assert_non_null(strstr(text_string(&page), "le=\"0.004194304\"} 4\n"));
    text_finish(&page);
}

/* Goal: a session may be called anything, and the page stays a page. */
static void foreign_text_cannot_break_the_page(void **state)
{
    struct snapshot *s = *state;
    snprintf(s->session, sizeof s->session, "a\"} 1\nevil_total 7\\\x1b[2J");
    struct text page = page_of(s);
    assert_null(strstr(text_string(&page), "\nevil"));
    assert_null(strchr(text_string(&page), '\x1b'));
    text_finish(&page);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(of_nothing_it_says_nothing),
        WITH(numbers_stand_under_their_names),
        WITH(foreign_text_cannot_break_the_page),
    };
    return cmocka_run_group_tests_name("run/exposition", tests, NULL, NULL);
}
