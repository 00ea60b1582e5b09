#include "live_case.h"

#include "run/status.h"

/* Live data: by whose clock a session goes, and that its recording gives the same decisions. */

enum { SEEDS = 8, MARKET_MS = 60000 };

static struct snapshot *look(struct live_case *it)
{
    static struct snapshot photo;
    runner_snapshot(it->session.runner, LIVE_BEGAN_NS, it->session.mono_ns, &photo);
    return &photo;
}

/* Goal: with nothing heard it waits for the source to call, and does not end. */
static void waits_to_be_called(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 0);
    live_case_open(&it);
    assert_int_equal(live_case_pump(&it, 10 * MS, 64, &due_ns), RUNNER_WAITING);
    assert_true(due_ns == INT64_MAX);
    assert_string_equal(look(&it)->source_kind, "live");
    assert_int_equal(look(&it)->entries_reason, REASON_FEED_SILENT);
    live_case_remove(&it);
}

/* Goal: timers and reports fall due by the clock although no frame comes: the entry of 1.002 s
 * is filled after its latency, and ages grow on the half seconds. */
static void the_clock_goes_on_without_frames(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 100);
    live_case_open(&it);
    live_case_receive(&it, 1002 * MS);
    (void)live_case_pump(&it, 1002 * MS, 64, &due_ns);
    assert_int_equal(session_folder_count(&it.session, "opening"), 0);
    assert_int_equal(session_folder_count(&it.session, "opened"), 0);
    assert_true(due_ns > 1002 * MS && due_ns <= 1500 * MS);
    for (int64_t at_ms = 1002; at_ms <= 2600; at_ms += 50) {
        (void)live_case_pump(&it, at_ms * MS, 64, &due_ns);
    }
    assert_int_equal(session_folder_count(&it.session, "opened BTC"), 1);
    assert_true(look(&it)->time_ns == LIVE_BEGAN_NS + 2500 * MS);
    assert_true(due_ns == 3000 * MS);
    live_case_remove(&it);
}

/* Goal: what was received is taken at once, also when the round's clock reading is older. */
static void takes_what_was_received_whatever_the_clock_says(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 0);
    live_case_open(&it);
    live_case_receive(&it, 1002 * MS);
    (void)live_case_pump(&it, 999 * MS, 64, &due_ns);
    assert_true(look(&it)->time_ns == LIVE_BEGAN_NS + 1002 * MS);
    live_case_remove(&it);
}

/* Goal: live data are neither paused nor sped up, and who asks is told. */
static void live_data_come_as_they_come(void **state)
{
    struct live_case it;
    live_case_create(&it);
    live_case_open(&it);
    struct command_result said =
        session_folder_ask(&it.session, COMMAND_PLAYBACK_PAUSE, "", "");
    assert_false(said.done);
    assert_string_equal(said.text, "live data cannot be paused; entries can");
    assert_false(session_folder_ask(&it.session, COMMAND_SPEED, "", "").done);
    live_case_remove(&it);
}

/* Every reason of SAFETY.md 2, rows 1 to 29, for which a feed may be off. */
static const enum reason FEED_REASONS[] = {
    REASON_FEED_DISCONNECTED, REASON_FEED_SILENT,
    REASON_FEED_STALE,        REASON_FEED_SEQ_GAP,
    REASON_FEED_SNAPSHOT_OLD, REASON_FEED_GENERATION,
    REASON_FEED_OUT_OF_ORDER, REASON_FEED_SEQ_RANGE,
    REASON_FEED_RESYNC_STORM, REASON_CLOCK_STEP,
    REASON_CLOCK_STALL,       REASON_CLOCK_VENUE_SKEW,
    REASON_INPUT_MALFORMED,   REASON_VENUE_API_DRIFT,
    REASON_NET_TRUNCATED,     REASON_NET_OVERSIZE,
    REASON_INPUT_DEPTH,       REASON_NET_SLOW,
    REASON_NET_TLS,           REASON_NET_DNS,
    REASON_NET_CONNECT,       REASON_NET_RESET,
    REASON_NET_TIMEOUT,       REASON_VENUE_RATE_LIMIT,
    REASON_VENUE_BANNED,      REASON_VENUE_SERVER_ERROR,
    REASON_VENUE_MAINTENANCE, REASON_VENUE_DOWN,
};

/* Goal: a feed that is off for a reason says that reason, and no other: before the entries, by
 * the lamp, and in status. */
static void each_reason_of_a_feed_shows_as_itself(void **state)
{
    for (size_t i = 0; i < LEN(FEED_REASONS) * (VENUE_LAST + 1); i++) {
        const enum reason reason = FEED_REASONS[i / (VENUE_LAST + 1)];
        const enum venue venue = (enum venue)(i % (VENUE_LAST + 1));
        struct live_case it;
        char raw[LIVE_RAW_SIZE];
        char want[80];
        int64_t due_ns = 0;
        print_message("# %s %s\n", venue_name(venue), reason_code(reason));
        live_case_create(&it);
        live_case_moment(&it, 1000 * MS, 0);
        snprintf(raw, sizeof raw, "{\"state\":\"down\",\"reason\":\"%s\"}",
                 reason_code(reason));
        live_case_tell(&it, 1010 * MS, venue, raw);
        live_case_open(&it);
        live_case_receive(&it, 1005 * MS);
        (void)live_case_pump(&it, 1005 * MS, 64, &due_ns);
        assert_true(look(&it)->entries_open && look(&it)->pairs[0].aligned);
        live_case_receive(&it, 1011 * MS);
        (void)live_case_pump(&it, 1011 * MS, 64, &due_ns);
        const struct snapshot *photo = look(&it);
        assert_int_equal(photo->entries_reason, reason);
        assert_false(photo->pairs[0].aligned);
        assert_int_equal(photo->pairs[0].misaligned_reason, reason);
        assert_int_equal(photo->pairs[0].misaligned_feed,
                         venue == VENUE_A ? GUARD_FEED_A : GUARD_FEED_B);
        struct text json = text_growing();
        status_json(photo, NULL, 0, &json);
        snprintf(want, sizeof want, "\"reason\": \"%s\"", reason_code(reason));
        int count = 0; /* of the gate, the feed and the lamp */
        for (const char *at = strstr(text_string(&json), want); at != NULL;
             at = strstr(at + 1, want)) {
            count++;
        }
        assert_int_equal(count, 3);
        text_finish(&json);
        live_case_remove(&it);
    }
}

/* Goal: the lamp says by how much: 700 ms between the books are over 500, 3.1 s over 3 s. */
static void the_lamp_says_by_how_much(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    live_case_moment(&it, 1000 * MS, 0);
    live_case_binance(&it, 1701 * MS, 99.99, 100.01);
    live_case_binance(&it, 4101 * MS, 99.99, 100.01);
    live_case_open(&it);
    live_case_receive(&it, 1701 * MS);
    (void)live_case_pump(&it, 1701 * MS, 64, &due_ns);
    const struct snapshot_pair *pair = &look(&it)->pairs[0];
    assert_int_equal(pair->misaligned_reason, REASON_ROUTE_SYNC_WINDOW);
    assert_int_equal(pair->misaligned_feed, GUARD_FEED_BOTH);
    check_near(pair->misaligned_observed, 700, 1e-6);
    check_near(pair->misaligned_limit, 500, 0);
    live_case_receive(&it, 4101 * MS);
    (void)live_case_pump(&it, 4101 * MS, 64, &due_ns);
    assert_int_equal(look(&it)->pairs[0].misaligned_reason, REASON_FEED_STALE);
    assert_int_equal(pair->misaligned_feed, GUARD_FEED_A);
    check_near(pair->misaligned_observed, 3100, 1e-6);
    check_near(pair->misaligned_limit, 3000, 0);
    live_case_remove(&it);
}

static bool has_alert(struct live_case *it, const char *rule)
{
    const struct snapshot *photo = look(it);
    for (int32_t i = 0; i < photo->alerts_count; i++) {
        if (strcmp(photo->alerts[i].rule, rule) == 0) {
            return true;
        }
    }
    return false;
}

/* Goal: a clock that was set shuts the gate by its name, for a minute or, beyond a day, until
 * an operator acts, while feeds are as fresh as before; and it is an alarm. */
static void a_clock_that_was_set_bars_entries(void **state)
{
    static const struct {
        const char *raw;
        enum reason reason;
        enum guard_level level;
    } cases[] = {
        {"{\"state\":\"clock\",\"reason\":\"CLOCK.STEP\",\"off_ms\":-1500,\"limit_ms\":1000}",
         REASON_CLOCK_STEP, GUARD_OBSERVE},
        {"{\"state\":\"clock\",\"reason\":\"CLOCK.STEP\",\"off_ms\":90000000,\"limit_ms\":"
         "1000}",
         REASON_CLOCK_STEP, GUARD_HALTED},
        {"{\"state\":\"clock\",\"reason\":\"CLOCK.VENUE_SKEW\",\"off_ms\":501,\"limit_ms\":"
         "500}",
         REASON_CLOCK_VENUE_SKEW, GUARD_OBSERVE},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct live_case it;
        int64_t due_ns = 0;
        live_case_create(&it);
        it.session.config.alerts.quiet_start_s = 0;
        live_case_moment(&it, 1000 * MS, 0);
        live_case_tell(&it, 1010 * MS, VENUE_A, cases[i].raw);
        live_case_moment(&it, 62000 * MS, 0);
        live_case_open(&it);
        live_case_receive(&it, 1005 * MS);
        (void)live_case_pump(&it, 1005 * MS, 64, &due_ns);
        assert_true(look(&it)->entries_open);
        live_case_receive(&it, 1011 * MS);
        (void)live_case_pump(&it, 1011 * MS, 64, &due_ns);
        assert_false(look(&it)->entries_open);
        assert_int_equal(look(&it)->entries_reason, cases[i].reason);
        assert_int_equal(look(&it)->guard_level, cases[i].level);
        assert_true(look(&it)->pairs[0].aligned);
        (void)live_case_pump(&it, 3000 * MS, 64, &due_ns);
        const bool alarming = cases[i].reason == REASON_CLOCK_STEP;
        assert_int_equal(has_alert(&it, "clock.skew"), alarming);
        const bool halted = cases[i].level == GUARD_HALTED;
        assert_int_equal(has_alert(&it, "guard.halted"), halted);
        /* Each once. */
        assert_int_equal(session_folder_count(&it.session, " alarm "), alarming + halted);
        live_case_receive(&it, 62010 * MS);
        (void)live_case_pump(&it, 62010 * MS, 1024, &due_ns);
        assert_int_equal(look(&it)->entries_open, cases[i].level == GUARD_OBSERVE);
        live_case_remove(&it);
    }
}

/* Goal: in a shadow session each order is on record as what would be sent, and whose session it
 * is shows. */
static void a_shadow_writes_down_what_it_would_send(void **state)
{
    struct live_case it;
    int64_t due_ns = 0;
    live_case_create(&it);
    it.shadow = true;
    live_case_moment(&it, 1000 * MS, 100);
    live_case_open(&it);
    live_case_receive(&it, 1002 * MS);
    (void)live_case_pump(&it, 1002 * MS, 64, &due_ns);
    assert_string_equal(look(&it)->mode, "shadow");
    assert_int_equal(session_folder_count(&it.session, "would send order 1: buy"), 1);
    assert_int_equal(session_folder_count(&it.session, "would send order 2: sell"), 1);
    static struct page page;
    const struct page_query query = {.kind = PAGE_AUDIT, .count = PAGE_ROWS_MAX};
    struct err err = {0};
    int count = 0;
    assert_true(runner_page(it.session.runner, &query, &page, &err));
    for (uint32_t i = 0; i < page.count; i++) {
        count += strcmp(page.audits[i].verb, "would send") == 0 &&
                 strcmp(page.audits[i].result, "not sent") == 0;
    }
    assert_int_equal(count, 2);
    live_case_remove(&it);
}

/* What happened by itself in the market of a seed: B's premium jumps, a side falls silent, the
 * books cross, fx moves. */
static void make_market(struct live_case *it, struct dice *dice)
{
    double bps = 0;
    double krw = 1000;
    for (int64_t at_ms = 0; at_ms < MARKET_MS;) {
        const int64_t at_ns = at_ms * MS + dice_between(dice, 0, 400000);
        const int64_t what = dice_between(dice, 0, 99);
        if (what < 4) {
            bps = (double)dice_between(dice, -120, 120);
        }
        if (what < 45) {
            live_case_binance(it, at_ns, 100.0 * (1.0 + bps / 1e4) - 0.01,
                              100.0 * (1.0 + bps / 1e4) + (what == 5 ? -0.02 : 0.01));
        } else if (what < 85) {
            live_case_upbit(it, at_ns, "KRW-BTC", 99990, 100010);
        } else {
            krw += (double)dice_between(dice, -1, 1);
            live_case_upbit(it, at_ns, "KRW-USDT", krw - 0.1, krw + 0.1);
        }
        at_ms += what == 99 ? dice_between(dice, 1000, 5000) : dice_between(dice, 1, 60);
    }
}

static void act(struct live_case *it, struct dice *dice)
{
    static const enum command_kind kinds[] = {COMMAND_PAUSE,  COMMAND_RESUME, COMMAND_FLATTEN,
                                              COMMAND_DISARM, COMMAND_ARM,    COMMAND_CLOSE};
    struct command command = {.kind = kinds[dice_between(dice, 0, LEN(kinds) - 1)]};
    struct command_result result;
    snprintf(command.operator_name, sizeof command.operator_name, "ann");
    command.number = (uint64_t)dice_between(dice, 1, 4);
    if (dice_between(dice, 0, 9) == 0) {
        command.kind = COMMAND_USE;
        snprintf(command.params, sizeof command.params, "min_spread_bps=%d",
                 (int)dice_between(dice, 2, 40));
        snprintf(command.reason, sizeof command.reason, "dice");
    }
    runner_command(it->session.runner, &command, LIVE_BEGAN_NS, it->session.mono_ns, &result);
}

/* A clock that is wound unevenly, small budgets, frames that came a little after the reading,
 * and an operator who cannot sit still. */
static void live_through(struct live_case *it, struct dice *dice)
{
    int64_t due_ns = 0;
    int64_t at_ns = 0;
    while (at_ns < MARKET_MS * MS) {
        at_ns += dice_between(dice, 1, 200) * MS / (dice_between(dice, 0, 3) == 0 ? 1 : 10);
        live_case_receive(it, at_ns + dice_between(dice, 0, 2) * MS / 2);
        const int32_t budget = (int32_t)dice_between(dice, 1, 40);
        assert_int_not_equal(live_case_pump(it, at_ns, budget, &due_ns), RUNNER_FAILED);
        recorder_tick(it->recorder, LIVE_BEGAN_NS + at_ns);
        if (dice_between(dice, 0, 60) == 0) {
            act(it, dice);
        }
    }
}

static void replay(struct live_case *it, const char *path, char hash[48], uint64_t *count)
{
    struct session_folder again;
    struct err err = {0};
    char source[FOLDER_PATH_SIZE + 8];
    session_folder_create(&again);
    again.config = it->session.config;
    snprintf(source, sizeof source, "frames:%s", path);
    if (!session_folder_try(&again, source, false, -1, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(session_folder_pump(&again), RUNNER_ENDED);
    snprintf(hash, 48, "%s", runner_decision_hash(again.runner, count));
    session_folder_remove(&again);
}

static void configure(struct live_case *it, struct dice *dice)
{
    struct config *config = &it->session.config;
    config->paper.reject_probability = 0.1;
    config->paper.delay_probability = 0.1;
    config->engine.max_hold_s = 5;
    config->engine.max_open_trades = 2;
    config->engine.cooldown_s = 0;
    config->risk_limits = (struct guard_limits){
        .notional_per_trade_usd = 1e6,
        .open_trades = 100,
        .gross_exposure_usd = 1e7,
        .day_loss_usd = 1e6,
        .rolling_loss_usd = 1e6,
        .session_loss_usd = 1e6,
        .drawdown_pct = 90,
        .orders_per_min = 1e4,
        .orders_per_hour = 1e5,
        .edge_abnormal_bps = 1000,
        .pair_losses_in_row = 100,
        .session_losses_in_row = 100,
        .streak_cooldown_s = 1,
        .age_a_ms = 1000,
        .age_b_ms = 1000,
        .age_fx_ms = 3000,
        .skew_ms = 300,
        .unhedged_usd = 50,
        .unhedged_observe_ms = 2000,
        .unhedged_halt_ms = 60000,
        .collar_bps = 500,
        .fx_jump_bps = 1000,
        .fx_jump_window_s = 60,
    };
    /* On a slow disk a commit takes longer than that: entries are then too late for the clock,
     * and the recording must say so. */
    config->paper.decision_ttl_ms = dice_between(dice, 0, 1) == 0 ? 1 : 1000;
    config->market.seed = dice_next(dice) % 1000;
    config->paper.leg_cooldown_s = 2;
}

/* Goal: whatever came between what, the recording of a live session gives the same decisions:
 * frames, timers, reports and operators fall on the same events. */
static void a_recording_gives_the_same_decisions(void **state)
{
    uint64_t most = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct live_case it;
        struct dice dice = {seed};
        char live_hash[48];
        char hash[48];
        uint64_t live_count;
        uint64_t count;
        print_message("# seed %llu\n", (unsigned long long)seed);
        live_case_create(&it);
        configure(&it, &dice);
        make_market(&it, &dice);
        live_case_open(&it);
        live_through(&it, &dice);
        live_case_stop(&it);
        snprintf(live_hash, sizeof live_hash, "%s",
                 runner_decision_hash(it.session.runner, &live_count));
        replay(&it, it.folder, hash, &count);
        assert_int_equal(count, live_count);
        assert_string_equal(hash, live_hash);
        most = count > most ? count : most;
        live_case_remove(&it);
    }
    assert_true(most > 100); /* and there were decisions to repeat */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_to_be_called),
        cmocka_unit_test(the_clock_goes_on_without_frames),
        cmocka_unit_test(takes_what_was_received_whatever_the_clock_says),
        cmocka_unit_test(live_data_come_as_they_come),
        cmocka_unit_test(each_reason_of_a_feed_shows_as_itself),
        cmocka_unit_test(the_lamp_says_by_how_much),
        cmocka_unit_test(a_clock_that_was_set_bars_entries),
        cmocka_unit_test(a_shadow_writes_down_what_it_would_send),
        cmocka_unit_test(a_recording_gives_the_same_decisions),
    };
    return cmocka_run_group_tests_name("run/live", tests, NULL, NULL);
}
