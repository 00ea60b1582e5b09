#include "hand.h"
#include "tui/pane/pane.h"

/* What is old says so, and what is not there says why. */

#define NS_PER_S INT64_C(1000000000)

/* Goal: the time to the next funding runs down by itself; a rate that is old says how old, and
 * one that is not known why. The fixture's is told 0.7 s ago and due in 3:12:45. */
static void funding_runs_down_and_grows_old(void **state)
{
    static const struct {
        int cols, wait_s;
        const char *words;
    } cases[] = {
        {80, 0, " fund +0.0100% 3:12:45 <1s"},
        {80, 1, " fund +0.0100% 3:12:44  1s"},
        {160, 1, "  funding +0.0100% in 3:12:44  1s"},
        {300, 1, "  funding +0.0100 % in 3:12:44, heard  1s ago"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand.world.now_ns += cases[i].wait_s * NS_PER_S;
        hand_expect(&hand, cases[i].cols, 48, cases[i].words, true);
    }
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    struct snapshot_pair *pair = &hand.snapshot.pairs[0];
    pair->mark_ns = FIXTURE_TIME_NS - 40 * NS_PER_S;
    hand_expect(&hand, 80, 24, "fund +0.0100% 40s!", true);
    hand_expect(&hand, 120, 36, "fund +0.0100% 3:12:45 40s!", true);
    hand_expect(&hand, 300, 80, "funding +0.0100 % in 3:12:45, STALE heard 40s ago", true);
    hand.state.screen = SCREEN_SYSTEM;
    hand_expect(&hand, 80, 24, "+0.0100% 3:12:45 40s", true);
    hand.state.screen = SCREEN_LIVE;
    pair->funding_next_ns = FIXTURE_TIME_NS;
    hand_expect(&hand, 160, 48, "in due", false);
    hand_expect(&hand, 160, 48, "fund +0.0100% due 40s!", true);
    pair->funding_next_ns = 0;
    hand_expect(&hand, 160, 48, "fund n/a: it has none", true);
    pair->mark_ns = 0;
    hand_expect(&hand, 80, 24, "n/a: not heard yet", true);
    snprintf(hand.snapshot.source_kind, sizeof hand.snapshot.source_kind, "csv");
    hand_expect(&hand, 80, 24, "n/a: file has none", true);
}

/* Goal: the lamp that is out says what is wrong in words and by how much, also where there is
 * little room. */
static void the_lamp_says_what_and_how_much(void **state)
{
    static const struct {
        enum guard_feed feed;
        enum reason reason;
        double observed, limit;
        const char *wide, *narrow;
    } cases[] = {
        {GUARD_FEED_B, REASON_FEED_CROSSED, 0, 0, "binance: book is crossed 1.2s",
         "binance crossed 1.2s"},
        /* 100.5 is 50 bps over 100 */
        {GUARD_FEED_A, REASON_FEED_CROSSED, 100.5, 100, "upbit: book is crossed by 50.00 bp",
         "upbit crossed by 50.00 bp"},
        {GUARD_FEED_B, REASON_NET_RESET, 0, 0, "binance: connection was cut 1.2s",
         "binance cut 1.2s"},
        {GUARD_FEED_A, REASON_FEED_STALE, 3200, 3000, "upbit 3200 ms old, limit 3000 ms",
         "upbit 3200 ms old"},
        {GUARD_FEED_A, REASON_FEED_STALE, 18000, 3000, "upbit 18.0 s old, limit 3000 ms",
         "upbit 18.0 s old"},
        {GUARD_FEED_BOTH, REASON_ROUTE_SYNC_WINDOW, 900, 500,
         "books 900 ms apart, limit 500 ms", "books 900 ms apart"},
        {GUARD_FEED_FX, REASON_FX_MISSING, 0, 0, "fx: no fx yet", "fx unknown"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_LIVE);
        struct snapshot_pair *pair = &hand.snapshot.pairs[0];
        pair->misaligned_feed = cases[i].feed;
        pair->misaligned_reason = cases[i].reason;
        pair->misaligned_observed = cases[i].observed;
        pair->misaligned_limit = cases[i].limit;
        hand.snapshot.fx_heard_ns = 0;
        hand_expect(&hand, 160, 48, cases[i].wide, true);
        hand_expect(&hand, 80, 24, cases[i].narrow, true);
        hand_expect(&hand, 80, 24, "FEED.", false);
        hand_expect(&hand, 80, 24, "NET.", false);
    }
}

/* Goal: where there is little room a reason is said in words that fit whole. */
static void every_reason_has_words_that_fit(void **state)
{
    static const enum reason REASONS[] = {
#define X(name, number, code, text) REASON_##name,
        REASON_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < LEN(REASONS); i++) {
        const char *words = pane_reason_words(REASONS[i]);
        if (strlen(words) > PANE_REASON_COLS) {
            fail_msg("%s: '%s'", reason_code(REASONS[i]), words);
        }
    }
    struct hand hand;
    hand_init(&hand, FIXTURE_LIVE);
    hand.snapshot.entries_reason = REASON_FEED_GENERATION;
    hand_expect(&hand, 120, 36, "entries off BTC: book began anew with its connection", true);
    hand_expect(&hand, 80, 24, "off: begins anew", true);
}

/* Goal: prices from before a feed was lost are old wherever they stand, and what is wanted of
 * them says nothing. A book that is fresh and did not change makes nothing old. */
static void a_price_of_a_lost_feed_is_old(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.snapshot.pairs[0].decided_ns = FIXTURE_TIME_NS - 40 * NS_PER_S;
    hand_expect(&hand, 80, 24, "Upbit cheap 12.4, needs 27.6 bp", true);
    hand_expect(&hand, 80, 24, "40s", false);
    hand.snapshot.pairs[0].b.state = FEED_GAP;
    hand_expect(&hand, 80, 24, "Upbit cheap 12.4, 40s ago \u00b7 1 open \u00b7 binance GAP <1s",
                true);
    hand_expect(&hand, 80, 24, "PREMIUM BTC  Upbit cheap 12.4 bp, 40s ago", true);
    hand_expect(&hand, 80, 24, "-1.92, 40s old)", true);
    hand_expect(&hand, 80, 24, "open -1.92 USD net 40s old", true);
    hand_expect(&hand, 30, 6, "BTC cheap 12.4, 40s ago", true);
    hand_expect(&hand, 120, 36, "(open -1.92, 40s old)", true);
    hand.state.screen = SCREEN_SYSTEM;
    hand_expect(&hand, 80, 24, "coin 150,000 USD, 40s old", true);
    hand_expect(&hand, 80, 24, "equity 10,003.10 USD, 40s old", true);
    hand.state.screen = SCREEN_LIVE;
    hand.snapshot.pairs[0].a.state = FEED_DOWN;
    hand.snapshot.pairs[0].a.heard_ns = FIXTURE_TIME_NS - 3661 * NS_PER_S;
    hand.snapshot.pairs[0].decided_ns = FIXTURE_TIME_NS - 3661 * NS_PER_S;
    hand.snapshot.pairs[0].b.heard_ns = FIXTURE_TIME_NS - 740 * NS_PER_S;
    hand_expect(&hand, 80, 24,
                "1h01m ago \u00b7 1 open \u00b7 upbit DOWN 1h01m \u00b7 binance GAP", true);
    hand_expect(&hand, 50, 24, "1h01m ago \u00b7 1 open\u2026", true);
}

/* Goal: the last trade of a market says so when it was long ago. */
static void a_last_trade_long_ago_says_so(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.snapshot.pairs[0].a.last_ns = FIXTURE_TIME_NS - 9 * NS_PER_S;
    hand_expect(&hand, 80, 24, "last 148,230,000 \u25b2  sprd", true);
    hand.snapshot.pairs[0].a.last_ns = FIXTURE_TIME_NS - 34 * NS_PER_S;
    hand_expect(&hand, 80, 24, "last 148,230,000 \u25b2 34s  sprd 1,000", true);
}

/* Goal: what was not measured says so once, and a clock how wrong it may be known: 500.2 ms are
 * not less than 501. */
static void what_was_not_measured_says_so(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_LIVE);
    hand.state.screen = SCREEN_SYSTEM;
    hand_expect(&hand, 80, 24, "+387\u00b1501 30s", true);
    hand_expect(&hand, 80, 24, "-12\u00b171 4m09s", true);
    hand_expect(&hand, 80, 24, "n/a: not measured yet", false);
    hand.snapshot.venues[VENUE_A].clock_offset_ms = NAN;
    hand.snapshot.venues[VENUE_A].clock_mono_ns = 0;
    hand_expect(&hand, 80, 24, "n/a: not measured yet", true);
    hand_expect(&hand, 80, 24, "+387", false);
}

/* Goal: a recording that failed is seen, with how much of it there is and why it ended. */
static void a_failed_recording_is_seen(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_LIVE);
    hand_expect(&hand, 80, 24, "REC STOPPED", true);
    hand.state.screen = SCREEN_SYSTEM;
    hand_expect(&hand, 120, 36, "recording STOPPED after 12,345 frames, 6.7 MB", true);
    hand_expect(&hand, 80, 24, "    cannot write the recording: No space left on device", true);
    hand.snapshot.recording = SNAPSHOT_RECORDING_ON;
    hand.snapshot.recording_failure[0] = '\0';
    hand_expect(&hand, 80, 24, "STOPPED", false);
    hand_expect(&hand, 80, 24, "recording 12,345 frames, 6.7 MB on disk", true);
    hand.snapshot.recording = SNAPSHOT_RECORDING_NONE;
    hand_expect(&hand, 80, 24, "recording", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funding_runs_down_and_grows_old),
        cmocka_unit_test(the_lamp_says_what_and_how_much),
        cmocka_unit_test(every_reason_has_words_that_fit),
        cmocka_unit_test(a_price_of_a_lost_feed_is_old),
        cmocka_unit_test(a_last_trade_long_ago_says_so),
        cmocka_unit_test(what_was_not_measured_says_so),
        cmocka_unit_test(a_failed_recording_is_seen),
    };
    return cmocka_run_group_tests_name("tui/aging", tests, NULL, NULL);
}
