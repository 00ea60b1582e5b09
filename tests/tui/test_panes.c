#include "hand.h"

/* What single panes say, and what they keep quiet about. */

#define NS_PER_S INT64_C(1000000000)

static struct text drawn(struct hand *hand, int cols, int rows)
{
    struct text got = text_growing();
    hand_draw(hand, cols, rows, false, false, &got);
    return got;
}

/* Goal: a reason without numbers shows none; one number that is not 0 shows both. */
static void numbers_stand_where_a_reason_has_them(void **state)
{
    static const struct {
        double observed, limit;
        bool shown;
    } cases[] = {{0, 0, false}, {4.1, 5, true}, {0, 5, true}, {3, 0, true}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand.snapshot.refused_reason = REASON_GATE_KILL;
        hand.snapshot.refused_near_miss = false;
        hand.snapshot.refused_observed = cases[i].observed;
        hand.snapshot.refused_limit = cases[i].limit;
        hand_expect(&hand, 160, 48, "against a limit of", cases[i].shown);
        hand_expect(&hand, 160, 48,
                    cases[i].shown ? ", 37 refused in all" : " 37 refused in all", true);
        hand.snapshot.refused_count = 0; /* nothing follows: no comma */
        hand_expect(&hand, 160, 48, "limit of 5.0,", false);
        hand.page.count = hand.page.total = 1;
        hand.page.query.kind = PAGE_DECISIONS;
        hand.page.decisions[0] = (struct page_decision){.time_ns = FIXTURE_TIME_NS,
                                                        .pair = "BTC",
                                                        .net_edge_bps = 7.77,
                                                        .action = GUARD_BLOCK,
                                                        .primary = REASON_GATE_KILL,
                                                        .observed = cases[i].observed,
                                                        .limit = cases[i].limit};
        hand.world.pages[PAGE_DECISIONS] = &hand.page;
        hand.state.screen = SCREEN_RISK;
        hand_expect(&hand, 160, 48, "+7.8", true);
        hand_expect(&hand, 160, 48, "38x kill", false);
        hand.page.decisions[0].alike = 37; /* and the one they repeat */
        hand_expect(&hand, 160, 48, "38x kill", true);
        hand_expect(&hand, 160, 48, "0.00",
                    cases[i].shown && cases[i].observed * cases[i].limit == 0);
    }
}

/* Goal: whose the parameters are stands on the System screen once they are others than the
 * session was started with. */
static void other_parameters_are_named(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.state.screen = SCREEN_SYSTEM;
    hand_expect(&hand, 80, 24, "revision", false);
    hand.snapshot.revision = 3;
    snprintf(hand.snapshot.revision_origin, sizeof hand.snapshot.revision_origin,
             "small/0017 data 00ff");
    hand_expect(&hand, 80, 24, "parameters revision 3 from small/0017 data 00ff", true);
}

/* Goal: two limits of one name are told apart, and one that is not set is said whole. */
static void limits_are_told_apart(void **state)
{
    static const struct {
        int cols, rows;
    } sizes[] = {{160, 48}, {120, 36}, {300, 80}};
    for (size_t i = 0; i < LEN(sizes); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 0, "55");
        hand_expect(&hand, sizes[i].cols, sizes[i].rows, "orders /min", true);
        hand_expect(&hand, sizes[i].cols, sizes[i].rows, "orders /h", true);
        hand_expect(&hand, sizes[i].cols, sizes[i].rows, "1,000 USD, no limit", true);
    }
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_expect(&hand, 160, 48, "1,000 USD, no limit",
                true); /* in the column at the right, too */
}

/* Goal: where event time is not the time on the wall, a wall time says that it is one. */
static void wall_times_are_marked_when_they_differ(void **state)
{
    static const struct {
        int64_t apart_ns;
        bool marked;
    } cases[] = {{0, false},
                 {2 * NS_PER_S, false},
                 {2 * NS_PER_S + 1, true},
                 {-2 * NS_PER_S - 1, true},
                 {86400 * NS_PER_S, true}};
    static const int cols[] = {60, 80, 160};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_KILL);
        hand.snapshot.made_wall_ns = hand.snapshot.time_ns + cases[i].apart_ns;
        for (size_t c = 0; c < LEN(cols); c++) {
            hand_expect(&hand, cols[c], 48, "KILL ENGAGED 21:24:04 wall", cases[i].marked);
            hand_expect(&hand, cols[c], 48, "KILL ENGAGED 21:24:04", true);
        }
        hand_type(&hand, 1, ":release\r");
        hand_expect(&hand, 80, 24, "engaged 21:24:04 wall by jk", cases[i].marked);
    }
}

/* Goal: the sum over the legs says what it is that makes it differ from the legs. */
static void the_open_sum_is_net(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_expect(&hand, 80, 24, "open -1.92 USD net of fees", true);
    hand_expect(&hand, 60, 24, "open -1.92 USD net", true);
}

/* Goal: a cumulative size is never less than the level's own: 0.0002 on top is 0.0002. */
static void a_sum_has_the_decimals_of_its_parts(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.snapshot.pairs[0].a.bids[0].size = 0.0002;
    hand.snapshot.pairs[0].a.bids[1].size = 0.0003;
    hand_expect(&hand, 80, 24, "0.0002   0.0002", true);
    hand_expect(&hand, 80, 24, "0.0003   0.0005", true);
}

/* Goal: a kill that nobody has acknowledged is read at every size that has rows for it. */
static void an_unacknowledged_kill_is_read_everywhere(void **state)
{
    static const struct {
        int cols, rows;
        const char *words;
    } cases[] = {
        {160, 48, "!HIGH 21:23:58"},
        {80, 24, "!HIGH 21:23:58 kill switch engaged by jk"},
        {60, 16, "!HIGH 21:23:58 kill switch engaged by jk"},
        {79, 23, "!HIGH 21:23:58"},
        {40, 40, "!HIGH kill switch engaged"},
        {30, 6, "!HIGH kill switch engaged"},
        {30, 1, "K! G+ A2!"},
        {10, 2, "K! G+\nA2!"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_KILL);
        hand_expect(&hand, cases[i].cols, cases[i].rows, cases[i].words, true);
    }
}

/* Goal: the smallest screens say how far it is from an entry, of the chosen pair, whole. */
static void small_screens_say_the_distance_whole(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_expect(&hand, 30, 6, "BTC cheap 12.4 of 27.6 bp\n", true);
    hand_expect(&hand, 30, 6, " day +3.10, 1 open -1.92 USD\n", true);
    hand_expect(&hand, 60, 16, "Upbit cheap 12.4 bp  needs 27.6 ", true);
    hand_expect(&hand, 30, 1, "P K- G+ A1 +12.4bp SIM+3.10\n", true);
    hand.snapshot.pairs[1].premium_bps = -101.2; /* of a base of -1.2: 100.0 dear */
    hand.snapshot.pairs[1].need_bps = 127.6;
    hand.snapshot.day_usd = 1234.5;
    hand_type(&hand, 0, ">");
    hand_expect(&hand, 30, 6, "ETH dear 100.0 of 127.6 bp\n", true);
    hand_expect(&hand, 60, 16, "Upbit dear 100.0 bp  needs 127.6 ", true);
    hand_expect(&hand, 30, 1, "P K- G+ A1 -100.0bp SIM+1,235\n", true);
}

/* Goal: at no width is a number of the smallest screen cut in two. */
static void words_stand_whole_or_not_at_all(void **state)
{
    static const char *const words[] = {"P", "K-", "G+", "A1", "+12.4bp", "SIM+3.10"};
    for (int cols = 1; cols < 30; cols++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        struct text got = drawn(&hand, cols, 2);
        char *rest = NULL;
        for (char *word = strtok_r(got.data, " \n", &rest); word != NULL;
             word = strtok_r(NULL, " \n", &rest)) {
            bool known = false;
            for (size_t i = 0; i < LEN(words); i++) {
                known = known || strcmp(word, words[i]) == 0;
            }
            assert_true(known);
        }
        text_finish(&got);
    }
}

/* Goal: what is stale has a sign beside its colour on the smallest screens, too. */
static void small_screens_mark_old_feeds(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_STALE);
    hand_expect(&hand, 30, 6, " A 18s!  B <1s  fx 61s!", true);
    hand_expect(&hand, 60, 16, "cheap 12.4 bp, 15s ago ─────── fx STALE 61s ─", true);
}

/* Goal: whose data these are, whether they are recorded, that nothing is sent, and why the lamp
 * is out stand in the header at once. */
static void the_header_says_live_shadow_and_out_of_step(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    struct snapshot *snapshot = &hand.snapshot;
    snprintf(snapshot->source_kind, sizeof snapshot->source_kind, "live");
    snprintf(snapshot->mode, sizeof snapshot->mode, "shadow");
    hand_expect(&hand, 80, 24, " SHADOW   LIVE DATA  ", true);
    hand_expect(&hand, 80, 24, "\u25cf upbit", true);
    snapshot->recording = SNAPSHOT_RECORDING_ON;
    hand_expect(&hand, 80, 24, " SHADOW   LIVE DATA REC  ", true);
    snapshot->recording = SNAPSHOT_RECORDING_FAILED;
    hand_expect(&hand, 160, 48, "RECORDING STOPPED", true);
    hand_expect(&hand, 80, 24, "REC", true);
    snapshot->pairs[0].aligned = false;
    snapshot->pairs[0].misaligned_feed = GUARD_FEED_BOTH;
    snapshot->pairs[0].misaligned_reason = REASON_ROUTE_SYNC_WINDOW;
    snapshot->pairs[0].misaligned_observed = 620;
    snapshot->pairs[0].misaligned_limit = 500;
    hand_expect(&hand, 160, 48, "\u25cb books 620 ms apart, limit 500", true);
    snapshot->pairs[0].misaligned_feed = GUARD_FEED_B;
    snapshot->pairs[0].misaligned_reason = REASON_NET_DNS;
    hand_expect(&hand, 160, 48, "\u25cb binance: name cannot be resolved", true);
    snapshot->pairs[0].misaligned_reason = REASON_FEED_STALE; /* so its connection says */
    snapshot->pairs[0].misaligned_observed = 0;
    snapshot->pairs[0].misaligned_limit = 0;
    hand_expect(&hand, 160, 48, "\u25cb binance: feed is stale", true);
    hand_expect(&hand, 160, 48, "0 ms old", false);
}

/* Goal: one row tells a premium that was 12 cheap from one that is 36 dear. Half the time at
 * 12.4 of 27.6, which is level 3 of 7, then over the line. */
static void one_row_shows_where_the_premium_went(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    struct snapshot_pair *pair = &hand.snapshot.pairs[0];
    pair->premium_bps = -37.2;
    for (int i = 0; i < SNAPSHOT_CHART_POINTS; i++) {
        pair->charts[0].premium_bps[i] = i < SNAPSHOT_CHART_POINTS / 2 ? 11.2f : -37.2f;
    }
    hand_expect(&hand, 80, 24, " ▄▄▄▄▄▄▄▄▄▄▄▄▄█████████████  dear entry ├█━", true);
    pair->premium_bps = -1.2; /* at its base: in the middle */
    hand_expect(&hand, 80, 24, "├━━━━━━━━━━━━█━━━━━───────┤", true);
    pair->decided_ns = 0;
    hand_expect(&hand, 80, 24, "dear entry", false);
}

/* Goal: a profit that was simulated is never seen without the word, at any size. */
static void a_simulated_profit_says_so(void **state)
{
    static const enum fixture fixtures[] = {FIXTURE_NORMAL, FIXTURE_KILL, FIXTURE_STALE};
    static const struct {
        int cols, rows;
    } sizes[] = {{160, 48}, {80, 24}, {60, 16}, {40, 40}, {30, 6}, {28, 1}, {24, 1}, {10, 3}};
    for (size_t i = 0; i < LEN(fixtures) * LEN(sizes); i++) {
        const int cols = sizes[i % LEN(sizes)].cols, rows = sizes[i % LEN(sizes)].rows;
        struct hand hand;
        hand_init(&hand, fixtures[i / LEN(sizes)]);
        struct text got = drawn(&hand, cols, rows);
        const bool profit = strstr(text_string(&got), "+3.10") != NULL;
        assert_true(profit || rows < 4);
        assert_true(!profit || strstr(text_string(&got), "SIM") != NULL);
        text_finish(&got);
        snprintf(hand.snapshot.source_kind, sizeof hand.snapshot.source_kind, "csv");
        snprintf(hand.snapshot.source, sizeof hand.snapshot.source, "CSV a.csv");
        hand_expect(&hand, cols, rows, "SIM", false);
    }
}

/* Goal: a number says which of two like ones it is: realised is not the guard's session loss,
 * the worst drawdown not the present one, and the fees are not those of open trades. */
static void like_numbers_have_names_of_their_own(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.snapshot.max_drawdown_pct = 0.51;
    hand_type(&hand, 1, "33");
    hand_expect(&hand, 80, 24,
                " USD  day +3.10  realised +5.02  open -1.92  closed 14: won 11  "
                "fees paid 15.00\n",
                true);
    hand_expect(&hand, 42, 40, " USD  day +3.10  realised +5.02\n",
                true); /* the next ends in column 43 */
    hand_type(&hand, 1, "7");
    hand_expect(&hand, 80, 24, "USD  max drawdown 0.51%\n", true);
}

static int count_of(const char *text, const char *words)
{
    int count = 0;
    for (; (text = strstr(text, words)) != NULL; text++) {
        count++;
    }
    return count;
}

/* Goal: the title says how many open trades stand with fewer than both their legs below it. */
static void the_title_tells_trades_without_rows(void **state)
{
    static const int rows[] = {24, 48};
    int hiding = 0;
    for (int i = 0; i < 2 * SNAPSHOT_POSITIONS_MAX; i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        const int open = hand.snapshot.positions_count = i / 2 + 1;
        for (int n = 1; n < open; n++) {
            hand.snapshot.positions[n] = hand.snapshot.positions[0];
            hand.snapshot.positions[n].id += (uint64_t)n;
        }
        struct text got = drawn(&hand, 80, rows[i % 2]);
        const int hidden = open - count_of(text_string(&got), "BTC  binance short");
        char words[64];
        snprintf(words, sizeof words, " %d open, +%d more ", open, hidden);
        assert_int_equal(count_of(text_string(&got), words), hidden > 0);
        assert_int_equal(count_of(text_string(&got), " more "), hidden > 0);
        hiding += hidden > 0;
        text_finish(&got);
    }
    assert_in_range(hiding, 1, 2 * SNAPSHOT_POSITIONS_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_parameters_are_named),
        cmocka_unit_test(numbers_stand_where_a_reason_has_them),
        cmocka_unit_test(limits_are_told_apart),
        cmocka_unit_test(wall_times_are_marked_when_they_differ),
        cmocka_unit_test(the_open_sum_is_net),
        cmocka_unit_test(a_sum_has_the_decimals_of_its_parts),
        cmocka_unit_test(an_unacknowledged_kill_is_read_everywhere),
        cmocka_unit_test(small_screens_say_the_distance_whole),
        cmocka_unit_test(words_stand_whole_or_not_at_all),
        cmocka_unit_test(small_screens_mark_old_feeds),
        cmocka_unit_test(the_header_says_live_shadow_and_out_of_step),
        cmocka_unit_test(one_row_shows_where_the_premium_went),
        cmocka_unit_test(a_simulated_profit_says_so),
        cmocka_unit_test(like_numbers_have_names_of_their_own),
        cmocka_unit_test(the_title_tells_trades_without_rows),
    };
    return cmocka_run_group_tests_name("tui/panes", tests, NULL, NULL);
}
