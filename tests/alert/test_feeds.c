#include "moment.h"

/* Rules 4-10 of MARKET.md C at their default settings: feeds and fx. */

/* Seconds pass and everything speaks but one feed of pair 0. */
static void pass_without(struct snapshot_book *silent, int seconds)
{
    const int64_t heard_ns = silent->heard_ns;
    for (int i = 0; i < seconds; i++) {
        now.time_ns += SECOND;
        hear();
        silent->heard_ns = heard_ns;
        look();
    }
}

/* Upbit's limit is 3 s, the dwell 2 s, HIGH 30 s beyond the limit, gone for 5 s to clear. */
static void a_silent_feed_is_stale(void **state)
{
    pass(10);
    pass_without(&now.pairs[0].a, 4);
    assert_int_equal(severity_of("feed.stale"), OFF);
    pass_without(&now.pairs[0].a, 1);
    assert_int_equal(severity_of("feed.stale"), MED);
    assert_string_equal(row_of("feed.stale")->text, "upbit KRW-BTC 5.0 s old, limit 3.0 s");
    pass_without(&now.pairs[0].a, 27);
    assert_int_equal(severity_of("feed.stale"), MED);
    pass_without(&now.pairs[0].a, 1); /* 33 s: 30 beyond the limit */
    assert_int_equal(severity_of("feed.stale"), HIGH);
    pass(5);
    assert_int_equal(severity_of("feed.stale"), HIGH);
    pass(1);
    assert_int_equal(severity_of("feed.stale"), OFF);
    assert_int_equal(row_of("feed.stale")->count, 1);
    /* The skew between the two books is the same news and raises nothing of its own. */
    assert_null(row_of("feed.skew"));
}

/* An open trade there makes it HIGH after 10 s. */
static void a_stale_feed_under_an_open_trade_is_grave(void **state)
{
    pass(10);
    now.pairs[0].open_trades = 1;
    pass_without(&now.pairs[0].b, 11);
    assert_int_equal(severity_of("feed.stale"), MED);
    pass_without(&now.pairs[0].b, 1); /* 12 s: 10.5 beyond 1.5 */
    assert_int_equal(severity_of("feed.stale"), HIGH);
    assert_non_null(strstr(row_of("feed.stale")->text, "binance BTCUSDT"));
}

/* Each feed of each pair has a row of its own; a feed that was never heard counts from the
 * start. */
static void every_feed_has_its_own_alarm(void **state)
{
    for (int i = 0; i < 6; i++) {
        look();
        now.time_ns += SECOND;
    }
    assert_int_equal(active_count(), 4);
    assert_int_equal(severity_of("fx.stale"), OFF); /* its limit is 15 s */
}

/* A file has no ages: its rows are hours apart and nothing is stale. */
static void a_file_is_never_stale(void **state)
{
    for (int i = 0; i < 2; i++) {
        now.pairs[i].a.age_limit_ms = (double)NAN;
        now.pairs[i].b.age_limit_ms = (double)NAN;
    }
    now.fx_age_limit_ms = (double)NAN;
    now.pairs[0].net_bps[0] = 400.0;
    hear();
    look();
    now.time_ns += 13 * 3600 * SECOND;
    now.krw_per_usd = 1500.0;
    look();
    now.time_ns += 60 * SECOND;
    look();
    const struct snapshot_alert *silent = row_of("engine.silent");
    assert_int_equal(active_count(), silent != NULL && silent->active ? 1 : 0);
}

/* Three resyncs within ten minutes; single ones only count. */
static void many_resyncs_are_a_gap(void **state)
{
    pass(1);
    now.pairs[1].b.resyncs = 1;
    pass(200);
    now.pairs[1].b.resyncs = 2;
    pass(200);
    assert_null(row_of("feed.gap"));
    now.pairs[1].b.resyncs = 3;
    pass(1);
    assert_int_equal(severity_of("feed.gap"), MED);
    assert_string_equal(row_of("feed.gap")->text, "binance ETHUSDT: 3 resyncs in 10 min");
    pass(600);
    assert_int_equal(severity_of("feed.gap"), MED);
    pass(1);
    assert_int_equal(severity_of("feed.gap"), OFF);
    /* Three more, spread over more than ten minutes, are none. */
    for (uint64_t i = 4; i < 9; i++) {
        now.pairs[1].b.resyncs = i;
        pass(301);
        assert_int_equal(severity_of("feed.gap"), OFF);
    }
}

static void a_long_resync_is_a_gap(void **state)
{
    pass(1);
    now.pairs[0].b.state = FEED_RESYNC;
    pass(5);
    assert_int_equal(severity_of("feed.gap"), OFF);
    pass(1);
    assert_int_equal(severity_of("feed.gap"), MED);
    assert_string_equal(row_of("feed.gap")->text, "binance BTCUSDT resyncs for 6.0 s");
    now.pairs[0].b.state = FEED_FRESH;
    pass(1);
    assert_int_equal(severity_of("feed.gap"), OFF);
}

/* 500 ms apart for 5 s; below 300 ms for 10 s clears. */
static void books_of_different_moments_are_skewed(void **state)
{
    static const struct {
        int skew_ms, seconds, want;
    } steps[] = {{600, 5, OFF},  {600, 1, MED}, {400, 100, MED}, {300, 100, MED},
                 {299, 10, MED}, {299, 1, OFF}, {500, 100, OFF}};
    pass(1);
    for (size_t i = 0; i < LEN(steps); i++) {
        for (int second = 0; second < steps[i].seconds; second++) {
            now.time_ns += SECOND;
            hear();
            now.pairs[0].a.heard_ns -= steps[i].skew_ms * (SECOND / 1000);
            look();
        }
        print_message("# step %zu\n", i);
        assert_int_equal(severity_of("feed.skew"), steps[i].want);
    }
}

/* 15 s limit and 2 s dwell, HIGH after 60 s; it ends below 5 s of age for 10 s. */
static void silent_fx_is_stale(void **state)
{
    pass(10);
    const int64_t heard_ns = now.fx_heard_ns;
    for (int second = 1; second <= 75; second++) {
        now.time_ns += SECOND;
        hear();
        now.fx_heard_ns = heard_ns;
        look();
        const int want = second < 17 ? OFF : second < 75 ? MED : HIGH;
        assert_int_equal(severity_of("fx.stale"), want);
    }
    pass(10);
    assert_int_equal(severity_of("fx.stale"), HIGH);
    pass(1);
    assert_int_equal(severity_of("fx.stale"), OFF);
}

/* 30 bps within 60 s, HIGH at 100; below 15 for 60 s clears. 1450 * 1.003 = 1454.35. */
static void a_jump_of_fx_is_seen_within_its_window(void **state)
{
    pass(120);
    now.krw_per_usd = 1454.3; /* 29.7 bps */
    pass(1);
    assert_int_equal(severity_of("fx.jump"), OFF);
    now.krw_per_usd = 1454.4; /* 30.3 bps */
    pass(1);
    assert_int_equal(severity_of("fx.jump"), MED);
    assert_string_equal(row_of("fx.jump")->text, "fx moved 30 bps within 60 s, limit 30");
    now.krw_per_usd = 1464.6; /* 100.7 bps above 1450 */
    pass(1);
    assert_int_equal(severity_of("fx.jump"), HIGH);
    /* The old rate leaves the window after 60 to 65 s, and the quiet must last for 60. */
    pass(118);
    assert_int_equal(severity_of("fx.jump"), HIGH);
    pass(12);
    assert_int_equal(severity_of("fx.jump"), OFF);
}

/* The same distance walked slowly is no jump. */
static void a_slow_walk_of_fx_is_no_jump(void **state)
{
    for (int i = 0; i < 60; i++) {
        now.krw_per_usd *= 1.0002; /* 2 bps every 10 s: 12 to 13 bps a window */
        pass(10);
        assert_int_equal(severity_of("fx.jump"), OFF);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALERT_TEST(a_silent_feed_is_stale),
        ALERT_TEST(a_stale_feed_under_an_open_trade_is_grave),
        ALERT_TEST(every_feed_has_its_own_alarm),
        ALERT_TEST(a_file_is_never_stale),
        ALERT_TEST(many_resyncs_are_a_gap),
        ALERT_TEST(a_long_resync_is_a_gap),
        ALERT_TEST(books_of_different_moments_are_skewed),
        ALERT_TEST(silent_fx_is_stale),
        ALERT_TEST(a_jump_of_fx_is_seen_within_its_window),
        ALERT_TEST(a_slow_walk_of_fx_is_no_jump),
    };
    return cmocka_run_group_tests_name("alert/feeds", tests, NULL, NULL);
}
