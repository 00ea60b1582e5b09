#include "support/check.h"

#include "session_folder.h"

/* The photograph: numbers of the session, by hand. Rows as in session_folder.h: B 100 bps
 * dearer at "o", trades of 1,000 USD = 10 coin at 100 USD, fees 5/5, no slippage. */

static struct snapshot photo;

static const struct snapshot *look(struct session_folder *s)
{
    runner_snapshot(s->runner, INT64_C(1700000000000000000), s->mono_ns, &photo);
    return &photo;
}

static void open_rows(struct session_folder *s, const char *rows, int64_t max_events)
{
    session_folder_create(s);
    session_folder_rows(s, rows);
    session_folder_open(s, max_events);
    (void)session_folder_pump(s);
}

/* Goal: an open trade shows both legs, what closing would bring and what it has cost: A 100 ->
 * 99.99 and B 101 -> 101.01 are -0.1 each; fees 10 * 5e-4 * (100 + 99.99 + 101 + 101.01). */
static void a_position_shows_both_legs(void **state)
{
    struct session_folder s;
    open_rows(&s, "coo", 2);
    const struct snapshot *p = look(&s);
    assert_int_equal(p->positions_count, 1);
    const struct snapshot_position *at = &p->positions[0];
    assert_int_equal(at->id, 1);
    assert_int_equal(at->state, TRADE_OPEN);
    check_near(at->quantity, 10, 0);
    check_near(at->entry_a, 100000, 0);
    check_near(at->entry_b, 101, 0);
    check_near(at->closes_at_a, 99990, 0);
    check_near(at->closes_at_b, 101.01, 0);
    check_near(at->pnl_a_usd, -0.1, 1e-9);
    check_near(at->pnl_b_usd, -0.1, 1e-9);
    check_near(at->fees_usd, 2.01, 1e-9);
    check_near(at->pnl_usd, -2.21, 1e-9);
    assert_int_equal(p->opened, 1);
    assert_int_equal(p->closed, 0);
    check_near(p->equity_usd, 10000 - 2.21, 1e-9);
    check_near(p->balance_krw, 100000000 - 1000500, 1e-6);
    /* of 100,000 USDT 0.505 went in fees and 202 are margin; 200 are one trade's */
    check_near(p->usdt_trades_left, (100000 - 0.505 - 202) / 200, 1e-9);
    session_folder_remove(&s);
}

/* Goal: fees are paid when a leg fills, so two legs of 10 * 5e-4 * (100 + 101) show while their
 * trade is open; when it has closed at 99.99 on both venues they are not counted again. Both
 * times they are what the ledger misses, at the one rate of 1,000: it gave 1,000,000 KRW for
 * the coin and got 999,900 back, and B earned 10 * (101 - 99.99). */
static void fees_are_those_paid(void **state)
{
    struct session_folder s;
    open_rows(&s, "coo", 2);
    const struct snapshot *p = look(&s);
    assert_int_equal(p->closed, 0);
    check_near(p->fees_usd, 1.005, 1e-9);
    check_near(p->fees_usd,
               (100000000 - 1000000 - p->balance_krw) / 1000 + 100000 - p->balance_usdt, 1e-6);
    session_folder_remove(&s);

    open_rows(&s, "cooc", -1);
    p = look(&s);
    assert_int_equal(p->opened, 1);
    assert_int_equal(p->closed, 1);
    check_near(p->fees_usd, 10 * 5e-4 * (100 + 101 + 99.99 + 99.99), 1e-9);
    check_near(p->fees_usd,
               (100000000 - 100 - p->balance_krw) / 1000 + 100000 + 10.1 - p->balance_usdt,
               1e-6);
    session_folder_remove(&s);
}

/* Goal: the premium's parts add up to what an entry needs: p of the row 100.95, W of its books
 * 2, costs 20 and min_spread 5. */
static void the_premium_shows_what_an_entry_needs(void **state)
{
    struct session_folder s;
    open_rows(&s, "oo", 1);
    const struct snapshot_pair *pair = &look(&s)->pairs[0];
    check_near(pair->premium_bps, (101.005 - 99.995) / 99.995 * 1e4, 1e-9);
    check_near(pair->width_bps, (0.01 + 0.01) / 99.995 * 1e4, 1e-9);
    check_near(pair->need_bps, pair->width_bps + pair->cost_bps + pair->min_spread_bps, 1e-9);
    check_near(pair->cost_bps, 20, 0);
    check_near(pair->net_bps[0], pair->premium_bps - pair->width_bps - 20, 1e-9);
    assert_int_equal(pair->a.bids_count, 1);
    check_near(pair->a.bids[0].price, 99990, 0);
    check_near(pair->b.asks[0].price, 101.01, 0);
    session_folder_remove(&s);
}

static const struct snapshot_limit *limit(const struct snapshot *p, const char *name)
{
    for (int32_t i = 0; i < p->limits_count; i++) {
        if (strcmp(p->limits[i].name, name) == 0) {
            return &p->limits[i];
        }
    }
    fail_msg("no limit %s", name);
    return NULL;
}

/* Goal: gauges show what the guard counts: two orders, one trade, both legs at mid prices. */
static void gauges_show_what_is_used(void **state)
{
    struct session_folder s;
    open_rows(&s, "oo", 1);
    const struct snapshot *p = look(&s);
    check_near(limit(p, "open trades")->used, 1, 0);
    check_near(limit(p, "orders")->used, 2, 0);
    check_near(limit(p, "gross exposure")->used, 10 * (99.995 + 101.005), 1e-9);
    check_near(limit(p, "day loss")->used, 2.21, 1e-9);
    assert_true(isnan(limit(p, "day loss")->limit)); /* nobody set one for this file */
    session_folder_remove(&s);
}

/* Goal: one word says why entries are off, and who did it. */
static void the_gate_names_what_is_in_the_way(void **state)
{
    struct session_folder s;
    open_rows(&s, "cc", 1);
    assert_true(look(&s)->entries_open);
    assert_true(session_folder_ask(&s, COMMAND_PAUSE, "", "").done);
    assert_int_equal(look(&s)->entries_reason, REASON_GATE_PAUSED);
    assert_string_equal(look(&s)->paused_by, "ann");
    assert_true(session_folder_ask(&s, COMMAND_RESUME, "", "").done);
    assert_true(session_folder_ask(&s, COMMAND_DISARM, "", "").done);
    assert_int_equal(look(&s)->entries_reason, REASON_GATE_DISARMED);
    assert_true(session_folder_ask(&s, COMMAND_KILL, "", "why not").done);
    const struct snapshot *p = look(&s);
    assert_false(p->entries_open);
    assert_int_equal(p->entries_reason, REASON_GATE_KILL);
    assert_true(p->killed);
    assert_string_equal(p->killed_by, "ann");
    assert_string_equal(p->killed_reason, "why not");
    session_folder_remove(&s);
}

/* Keeps the first photograph on which the entries are off for a leg that failed. */
static void keep_cool_down(struct session_folder *s)
{
    static struct snapshot now;
    if (s->runner == NULL) {
        return; /* it is being opened */
    }
    runner_snapshot(s->runner, INT64_C(1700000000000000000), s->mono_ns, &now);
    if (photo.pairs_count == 0 && now.entries_reason == REASON_SYMBOL_COOLDOWN) {
        photo = now;
    }
}

/* Goal: a gate that is shut for a leg that failed says that, and for how long. The built-in
 * market opens BTC within its first five minutes; here its venues reject every second order, so
 * that soon one leg fails without the other. */
static void a_cool_down_is_told_by_its_name(void **state)
{
    struct session_folder s;
    struct err err = {0};
    session_folder_create(&s);
    s.config.pairs_count = 1;
    s.config.engine.baseline_tau_s = 14400;
    s.config.engine.baseline_warmup_s = 3600;
    s.config.paper.reject_probability = 0.5;
    s.config.paper.leg_cooldown_s = 90;
    s.told = keep_cool_down;
    memset(&photo, 0, sizeof photo);
    if (!session_folder_try(&s, "simulated:1", false, 20000, &err)) {
        fail_msg("%s", err.text);
    }
    (void)session_folder_pump(&s);
    assert_int_equal(photo.pairs_count, 1);
    assert_false(photo.entries_open);
    assert_true(photo.entries_until_s > 80 && photo.entries_until_s <= 90);
    session_folder_remove(&s);
}

/* Goal: the latch is shown as soon as it is on, before the core has heard of it. */
static void a_signal_shows_at_once(void **state)
{
    struct session_folder s;
    open_rows(&s, "cc", 1);
    latch_engage(&s.latch);
    assert_true(look(&s)->killed);
    session_folder_remove(&s);
}

/* Goal: before anything was heard nothing is made up. */
static void the_first_photograph_is_empty(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "c");
    session_folder_open(&s, -1);
    const struct snapshot *p = look(&s);
    assert_int_equal(p->time_ns, 0);
    assert_int_equal(p->fx_heard_ns, 0);
    assert_int_equal(p->pairs[0].decided_ns, 0);
    assert_false(p->entries_open);
    assert_int_equal(p->positions_count, 0);
    check_near(p->equity_usd, 10000, 0);
    session_folder_remove(&s);
}

/* Goal: who resumes a session goes on with its charts, not with an empty screen. */
static void charts_outlive_the_host(void **state)
{
    struct session_folder s;
    static struct snapshot before;
    open_rows(&s, "cocococ", 5);
    before = *look(&s);
    assert_true(before.pairs[0].charts[0].count > 0);
    session_folder_close(&s);
    session_folder_open(&s, -1);
    assert_true(runner_resumed(s.runner));
    const struct snapshot *p = look(&s);
    assert_memory_equal(p->pairs[0].charts, before.pairs[0].charts,
                        sizeof before.pairs[0].charts);
    session_folder_remove(&s);
}

/* Goal: the last refusal stands there with its reason and numbers, and is counted. */
static void the_last_refusal_is_shown(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    s.config.paper.coin_usd = 0;
    session_folder_rows(&s, "cb");
    session_folder_open(&s, -1);
    (void)session_folder_pump(&s);
    const struct snapshot *p = look(&s);
    assert_true(p->refused_any);
    assert_int_equal(p->refused_reason, REASON_ROUTE_INVENTORY);
    assert_int_equal(p->refused_side, SPREAD_LONG_B_SHORT_A);
    check_near(p->refused_observed, 0, 0);
    check_near(p->refused_limit, 1000 / 99.0, 1e-7); /* coin it would sell */
    assert_int_equal(p->refused_count, 1);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_shows_both_legs),
        cmocka_unit_test(fees_are_those_paid),
        cmocka_unit_test(the_premium_shows_what_an_entry_needs),
        cmocka_unit_test(gauges_show_what_is_used),
        cmocka_unit_test(the_gate_names_what_is_in_the_way),
        cmocka_unit_test(a_cool_down_is_told_by_its_name),
        cmocka_unit_test(a_signal_shows_at_once),
        cmocka_unit_test(the_first_photograph_is_empty),
        cmocka_unit_test(charts_outlive_the_host),
        cmocka_unit_test(the_last_refusal_is_shown),
    };
    return cmocka_run_group_tests_name("run/observe", tests, NULL, NULL);
}
