#include "support/check.h"

#include "session_case.h"

/* What venues do to our orders when they do not answer as one would wish: fills out of order,
 * late, too large, missing or no fills at all (SAFETY.md rows 31-36, invariant 18). */

enum { FILLS = 3 };

/* One order of 10 coin in three fills at different prices. */
static const struct {
    double quantity, price;
} PARTS[FILLS] = {{2, 100000}, {3, 100100}, {5, 100200}};

static struct ledger fill_in_order(const int order[], size_t count)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    struct event events[FILLS];
    for (int i = 0; i < FILLS; i++) {
        events[i] = fill_event(&f, 1, PARTS[i].quantity, PARTS[i].price, 1000);
    }
    for (size_t i = 0; i < count; i++) {
        step(&f, &events[order[i]]);
    }
    report(&f, 1, REPORT_DONE);
    assert_int_equal(session_order(f.session, 1)->filled_units, 10 * ONE);
    const struct ledger ledger = *session_ledger(f.session);
    close_fixture(&f);
    return ledger;
}

/* Goal: any permutation of fills, some told twice, gives the same position, cost and fee. */
static void fills_count_once_in_any_order(void **state)
{
    static const int orders[][5] = {
        {0, 1, 2, 2, 0}, {0, 2, 1, 0, 1}, {1, 0, 2, 1, 1},
        {1, 2, 0, 2, 1}, {2, 0, 1, 0, 0}, {2, 1, 0, 1, 2},
    };
    const struct ledger want = fill_in_order((const int[]){0, 1, 2}, FILLS);
    assert_int_equal(want.spot[0].quantity, 510 * ONE);
    for (size_t i = 0; i < LEN(orders); i++) {
        const struct ledger got = fill_in_order(orders[i], LEN(orders[i]));
        assert_memory_equal(&got, &want, sizeof want);
    }
}

/* Goal: an order that says it filled 10 while 4 were told is not done: it is asked about after
 * its timeout, and the missing fill is booked when it comes. */
static void an_end_before_its_fills_is_asked_about(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 4, 100000, 1000);
    struct event done = {.kind = EVENT_REPORT, .pair = -1, .time_ns = f.now_ns};
    done.report =
        (struct order_report){.client_id = 1, .kind = REPORT_DONE, .quantity_units = 10 * ONE};
    step(&f, &done);
    assert_int_equal(session_order(f.session, 1)->state, ORDER_STATE_UNKNOWN);
    assert_null(find(&f, ACTION_QUERY, 0)); /* it may be on its way */
    f.now_ns += config.order_timeout_ns;
    const struct event timer = {.kind = EVENT_TIMER, .pair = -1, .time_ns = f.now_ns};
    step(&f, &timer);
    assert_int_equal(find(&f, ACTION_QUERY, 0)->client_id, 1);
    fill(&f, 1, 6, 100000, 1000);
    step(&f, &done);
    assert_int_equal(session_order(f.session, 1)->state, ORDER_STATE_DONE);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 510 * ONE);
    close_fixture(&f);
}

/* Goal: SAFETY row 34: B ended at 4 of 10 and A was trimmed to 4; then B's other 6 turn up:
 * they are booked, and sold back so that both legs are 4 again. */
static void a_late_fill_is_booked_and_mended(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    fill(&f, 2, 4, 101.0, 1);
    report(&f, 2, REPORT_DONE);
    fill(&f, 3, 6, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    fill(&f, 2, 6, 101.0, 1);
    assert_int_equal(session_ledger(f.session)->perp[0].quantity, -10 * ONE);
    const struct action *repair = find(&f, ACTION_SUBMIT, 0);
    assert_non_null(repair);
    assert_int_equal(repair->order.venue, VENUE_B);
    assert_int_equal(repair->order.side, ORDER_BUY);
    assert_int_equal(repair->order.class, ORDER_REPAIR);
    assert_int_equal(repair->order.quantity_units, 6 * ONE);
    fill(&f, 4, 6, 101.0, 1);
    report(&f, 4, REPORT_DONE);
    int32_t count = 0;
    const struct trade *trade = session_trades(f.session, 0, &count);
    assert_int_equal(trade->state, TRADE_OPEN);
    check_near(trade->quantity, 4, 0);
    check_near(session_unhedged_usd(f.session, &(int64_t){0}), 0, 0);
    close_fixture(&f);
}

/* Goal: a fill of a trade that is gone has nowhere to be mended: booked, and trading halts. */
static void a_fill_after_the_trade_halts(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    report(&f, 1, REPORT_NOT_FOUND);
    report(&f, 2, REPORT_NOT_FOUND);
    assert_int_equal(trades_count(&f), 0);
    fill(&f, 1, 10, 100000, 1000);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 510 * ONE);
    assert_int_equal(guard_level_of(session_guard(f.session), 0), GUARD_HALTED);
    close_fixture(&f);
}

/* Goal: an exit that sells more than was held has turned the leg round: a human must look. */
static void an_exit_beyond_the_leg_halts(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_closes(&f);
    report(&f, 3, REPORT_NOT_FOUND);
    fill(&f, 4, 10, 100.0, 1);
    report(&f, 4, REPORT_DONE);
    row(&f, 99990, 100000, 99.98, 100.0);
    const uint64_t again = find(&f, ACTION_SUBMIT, 0)->order.client_id;
    fill(&f, again, 10, 99990, 1000);
    assert_int_equal(guard_level_of(session_guard(f.session), 0), GUARD_NORMAL);
    fill(&f, 3, 10, 99990, 1000); /* it was there after all */
    assert_int_equal(guard_level_of(session_guard(f.session), 0), GUARD_HALTED);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 490 * ONE);
    close_fixture(&f);
}

/* Goal: numbers that cannot be a fill book nothing, crash nothing, and halt. */
static void what_cannot_be_a_fill_halts(void **state)
{
    for (int broken = 0; broken < 6; broken++) {
        struct fixture f;
        const struct session_config config = base_config();
        open_fixture(&f, &config);
        row_that_opens(&f);
        const struct ledger before = *session_ledger(f.session);
        struct event event = fill_event(&f, 1, 10, 100000, 1000);
        struct order_report *told = &event.report;
        told->quantity_units = broken == 0 ? 0 : broken == 1 ? -ONE : told->quantity_units;
        told->price = broken == 2 ? NAN : broken == 3 ? 0.0 : told->price;
        told->krw_per_usd = broken == 4 ? 0.0 : told->krw_per_usd;
        told->touch_price = broken == 5 ? INFINITY : told->touch_price;
        step(&f, &event);
        assert_memory_equal(&before, session_ledger(f.session), sizeof before);
        assert_int_equal(session_order(f.session, 1)->filled_units, 0);
        assert_int_equal(guard_level_of(session_guard(f.session), 0), GUARD_HALTED);
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_count_once_in_any_order),
        cmocka_unit_test(an_end_before_its_fills_is_asked_about),
        cmocka_unit_test(a_late_fill_is_booked_and_mended),
        cmocka_unit_test(a_fill_after_the_trade_halts),
        cmocka_unit_test(an_exit_beyond_the_leg_halts),
        cmocka_unit_test(what_cannot_be_a_fill_halts),
    };
    return cmocka_run_group_tests_name("core/session_reports", tests, NULL, NULL);
}
