#include "support/check.h"

#include "session_case.h"

/* What is at stake while a trade is not whole, and the causes that follow. */

static double open_usd(const struct fixture *f)
{
    return session_equity_usd(f->session) - session_summary(f->session)->balance_usd;
}

/* Goal: one leg alone is marked at once: A 10 coin at 100 USD fell to 98.99, fees of 10 * 5e-4
 * on 100 in and 98.99 out: -10.1 - 0.99495. SAFETY 3.5: the day's loss knows of it. */
static void a_leg_alone_is_marked(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    row(&f, 98990, 99000, 101.0, 101.01);
    check_near(open_usd(&f), -10.1 - 0.99495, 1e-9);
    check_near(guard_day_loss_usd(session_guard(f.session)), 11.09495, 1e-9);
    close_fixture(&f);
}

/* Goal: an exit half-way counts what has gone at its own price: A sold at 99.99, B still short
 * 10 coin from 101 while it asks 110: -0.1 - 90, fees 10 * 5e-4 * (100 + 99.99 + 101 + 110). */
static void an_exit_half_way_is_marked_by_what_is_left(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_closes(&f);
    fill(&f, 3, 10, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    row(&f, 109990, 110000, 109.9, 110.0);
    check_near(open_usd(&f), -0.1 - 90.0 - 2.05495, 1e-9);
    close_fixture(&f);
}

/* Goal: whole trades are marked as the backtest marks them: now * 10 * (101 - 101.01) - 0.1 and
 * fees 10 * 5e-4 * (100 + 99.99 + 101 + 101.01). */
static void a_whole_trade_is_marked_at_the_touch(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    check_near(open_usd(&f), -0.1 - 0.1 - 2.01, 1e-9);
    close_fixture(&f);
}

/* Goal: compat books entry - c whatever the books say (100 - 10 bps of 1,000 = 9 USD), and the
 * summary says so like the backtest's; the guard's equity stays with what could be had. */
static void a_compat_summary_is_the_backtests(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.profile = ENGINE_COMPAT_D37;
    config.engine.pnl_model = ENGINE_PNL_SPREAD;
    open_fixture(&f, &config);
    open_trade(&f);
    session_settle(f.session);
    check_near(session_summary(f.session)->unrealized_usd, 9.0, 1e-9);
    check_near(open_usd(&f), -0.1 - 0.1 - 2.01, 1e-9);
    close_fixture(&f);
}

/* Goal: SAFETY row 31: orders nobody can tell the outcome of count as filled whole: 10 coin at
 * mid 99.995 and 101.005. */
static void an_unknown_entry_counts_whole(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    report(&f, 1, REPORT_UNKNOWN);
    report(&f, 2, REPORT_UNKNOWN);
    check_near(session_gross_usd(f.session), 999.95 + 1010.05, 1e-9);
    int64_t since_ns = 0;
    assert_int_equal(session_orders_unknown(f.session, &since_ns), 2);
    assert_int_equal(since_ns, f.now_ns);
    report(&f, 1, REPORT_NOT_FOUND);
    report(&f, 2, REPORT_NOT_FOUND);
    check_near(session_gross_usd(f.session), 0, 0);
    assert_int_equal(session_orders_unknown(f.session, &since_ns), 0);
    close_fixture(&f);
}

static void wait_ms(struct fixture *f, int64_t ms)
{
    f->now_ns += ms * INT64_C(1000000);
    const struct event timer = {.kind = EVENT_TIMER, .pair = -1, .time_ns = f->now_ns};
    step(f, &timer);
}

static int32_t changes(const struct fixture *f, enum state_change change)
{
    int32_t count = 0;
    for (size_t i = 0; i < f->list.count; i++) {
        count += f->actions[i].kind == ACTION_STATE && f->actions[i].state.change == change;
    }
    return count;
}

/* Goal: exposure counts from its first moment, observes after 1 s, halts after 3 s, and each
 * level is announced once. */
static void legs_apart_observe_then_halt(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.unhedged_usd = 100;
    config.limits.unhedged_observe_ms = 1000;
    config.limits.unhedged_halt_ms = 3000;
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    int64_t since_ns = 0;
    check_near(session_unhedged_usd(f.session, &since_ns), 999.95, 1e-9);
    assert_int_equal(since_ns, f.now_ns);
    wait_ms(&f, 1000);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_NORMAL);
    wait_ms(&f, 1);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_OBSERVE);
    assert_int_equal(changes(&f, STATE_CAUSE_ENTERED), 1);
    wait_ms(&f, 1);
    assert_int_equal(changes(&f, STATE_CAUSE_ENTERED), 0);
    wait_ms(&f, 1999);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_HALTED);
    assert_int_equal(changes(&f, STATE_CAUSE_ENTERED), 1);
    report(&f, 1, REPORT_DONE);
    fill(&f, 2, 10, 101.0, 1);
    check_near(session_unhedged_usd(f.session, &since_ns), 0, 0);
    assert_int_equal(since_ns, 0);
    command(&f, OPERATOR_RELEASE);
    assert_int_equal(changes(&f, STATE_CAUSE_LEFT), 1);
    close_fixture(&f);
}

/* Goal: what an action list has no room for is told with the next event, not never. */
static void a_cause_without_room_is_told_later(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.session_loss_usd = 0;
    open_fixture(&f, &config);
    const size_t capacity = f.list.capacity;
    f.list.capacity = 0;
    wait_ms(&f, 1);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_HALTED);
    f.list.capacity = capacity;
    wait_ms(&f, 1);
    assert_int_equal(changes(&f, STATE_CAUSE_ENTERED), 1);
    assert_int_equal(f.actions[0].state.reason, REASON_GLOBAL_SESSION_LOSS);
    close_fixture(&f);
}

/* Goal: every byte of a session's memory goes through a restart: causes, counters, day. */
static void the_guard_survives_its_bytes(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.day_loss_usd = 5;
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    row(&f, 98990, 99000, 101.0, 101.01);
    assert_int_equal(guard_level_of(session_guard(f.session), -1), GUARD_HALTED);
    const struct guard before = *session_guard(f.session);
    struct session *again = NULL;
    assert_true(session_restore(f.storage, session_size(&config), &config, &again));
    assert_memory_equal(&before, session_guard(again), sizeof before);
    assert_true(limiter_count(&before.orders, f.now_ns, INT64_C(3600000000000)) == 2);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leg_alone_is_marked),
        cmocka_unit_test(an_exit_half_way_is_marked_by_what_is_left),
        cmocka_unit_test(a_whole_trade_is_marked_at_the_touch),
        cmocka_unit_test(a_compat_summary_is_the_backtests),
        cmocka_unit_test(an_unknown_entry_counts_whole),
        cmocka_unit_test(legs_apart_observe_then_halt),
        cmocka_unit_test(a_cause_without_room_is_told_later),
        cmocka_unit_test(the_guard_survives_its_bytes),
    };
    return cmocka_run_group_tests_name("core/session_risk", tests, NULL, NULL);
}
