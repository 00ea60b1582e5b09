#include "support/check.h"

#include <stdlib.h>

#include "session_case.h"

/* Goal: propose, guard, intent; both legs the same coin, opposite sides. */
static void an_edge_becomes_a_decision_and_two_orders(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    assert_int_equal(f.list.count, 3);
    assert_int_equal(f.actions[0].kind, ACTION_DECISION);
    assert_int_equal(f.actions[0].decision.action, GUARD_ALLOW);
    const struct order *a = &find(&f, ACTION_SUBMIT, 0)->order;
    const struct order *b = &find(&f, ACTION_SUBMIT, 1)->order;
    assert_int_equal(a->venue, VENUE_A);
    assert_int_equal(a->side, ORDER_BUY);
    assert_int_equal(a->quantity_units, 10 * ONE);
    assert_int_equal(b->venue, VENUE_B);
    assert_int_equal(b->side, ORDER_SELL);
    assert_int_equal(b->quantity_units, 10 * ONE);
    assert_int_not_equal(a->client_id, b->client_id);
    close_fixture(&f);
}

/* Goal: a trade exists from its first fill, is open when both legs are, and the ledger shows
 * it: 10 coin at 100,000 KRW and 5 bps = 500 KRW fee; opening coin 50,000 USD = 500 coin. */
static void confirmed_fills_make_the_trade(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    int32_t count = 0;
    assert_int_equal(session_trades(f.session, 0, &count)[0].id, 0);
    fill(&f, 1, 10, 100000, 1000);
    assert_int_equal(find(&f, ACTION_TRADE, 0)->trade.trade.id, 1);
    assert_int_equal(session_trades(f.session, 0, &count)[0].state, TRADE_HEDGING);
    check_near(session_unhedged_usd(f.session, &(int64_t){0}), 999.95,
               1e-9); /* 10 * mid 99.995 */
    report(&f, 1, REPORT_DONE);
    fill(&f, 2, 10, 101.0, 1);
    report(&f, 2, REPORT_DONE);
    const struct trade *trade = session_trades(f.session, 0, &count);
    assert_int_equal(trade->state, TRADE_OPEN);
    check_near(trade->quantity, 10, 0);
    check_near(trade->notional_usd, 1000, 1e-12);
    check_near(session_unhedged_usd(f.session, &(int64_t){0}), 0, 0);
    const struct ledger *ledger = session_ledger(f.session);
    assert_int_equal(ledger->krw.cash, (100000000 - 1000000 - 500) * ONE);
    assert_int_equal(ledger->spot[0].quantity, 510 * ONE);
    assert_int_equal(ledger->perp[0].quantity, -10 * ONE);
    close_fixture(&f);
}

/* Goal: the round trip by hand. A: 100,000 -> 99,990 KRW is -0.1 USD for 10 coin; B: 101 -> 100
 * is +10. Fees 10 * 5e-4 * (100 + 99.99) + 10 * 5e-4 * (101 + 100) = 0.99995 + 1.005. */
static void convergence_closes_with_the_right_profit(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_closes(&f);
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.side, ORDER_SELL);
    assert_int_equal(find(&f, ACTION_SUBMIT, 1)->order.side, ORDER_BUY);
    fill(&f, 3, 10, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    fill(&f, 4, 10, 100.0, 1);
    report(&f, 4, REPORT_DONE);
    const struct action *closed = find(&f, ACTION_TRADE, 0);
    assert_non_null(closed);
    assert_int_equal(closed->trade.change, TRADE_CHANGE_CLOSED);
    assert_int_equal(closed->trade.trade.exit, TRADE_EXIT_CONVERGENCE);
    check_near(closed->trade.result.pnl_usd, -0.1 + 10.0 - 0.99995 - 1.005, 1e-12);
    assert_int_equal(trades_count(&f), 0);
    assert_int_equal(session_summary(f.session)->closed, 1);
    close_fixture(&f);
}

/* Goal: SPEC 7 case 88: refused for its size, and the later reversal finds nothing to close. */
static void a_refused_trade_leaves_no_trade(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.limits.notional_per_trade_usd = 50;
    open_fixture(&f, &config);
    row_that_opens(&f);
    assert_int_equal(f.list.count, 1);
    assert_int_equal(f.actions[0].decision.primary, REASON_GLOBAL_NOTIONAL_PER_TRADE);
    row_that_closes(&f);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    assert_int_equal(session_summary(f.session)->opened, 0);
    assert_int_equal(session_summary(f.session)->closed, 0);
    check_near(session_summary(f.session)->realized_usd, 0, 0);
    assert_int_equal(session_refused(f.session), 1);
    close_fixture(&f);
}

/* Goal: B is rejected, A goes back: sold at 99,990 what was bought at 100,000: -0.1 USD and
 * fees 10 * 5e-4 * (100 + 99.99). */
static void a_rejected_leg_is_unwound(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    report(&f, 2, REPORT_REJECTED);
    const struct action *repair = find(&f, ACTION_SUBMIT, 0);
    assert_non_null(repair);
    assert_int_equal(repair->order.class, ORDER_REPAIR);
    assert_int_equal(repair->order.side, ORDER_SELL);
    assert_int_equal(repair->order.quantity_units, 10 * ONE);
    fill(&f, 3, 10, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    const struct action *closed = find(&f, ACTION_TRADE, 0);
    assert_int_equal(closed->trade.trade.exit, TRADE_EXIT_LEG_FAILED);
    check_near(closed->trade.result.pnl_usd, -0.1 - 0.99995, 1e-12);
    assert_int_equal(trades_count(&f), 0);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 500 * ONE);
    close_fixture(&f);
}

/* Goal: the pair whose leg failed opens nothing while it cools down, 90 s; rows are 60 s apart.
 */
static void a_failed_leg_cools_its_pair_down(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.leg_cooldown_ns = INT64_C(90000000000);
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    report(&f, 2, REPORT_REJECTED);
    fill(&f, 3, 10, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    row_that_opens(&f);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_GATE_OBSERVE);
    assert_int_equal(session_refusal(f.session, 0)->reason, REASON_SYMBOL_COOLDOWN);
    row_that_opens(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    close_fixture(&f);
}

/* Goal: B fills 4 of 10: 6 coin of A go back, a trade of 4 coin and 400 USD stays open. */
static void a_partial_leg_is_trimmed_to_the_other(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 10, 100000, 1000);
    report(&f, 1, REPORT_DONE);
    fill(&f, 2, 4, 101.0, 1);
    report(&f, 2, REPORT_DONE);
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.quantity_units, 6 * ONE);
    fill(&f, 3, 6, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    int32_t count = 0;
    const struct trade *trade = session_trades(f.session, 0, &count);
    assert_int_equal(count, 1);
    assert_int_equal(trade->state, TRADE_OPEN);
    check_near(trade->quantity, 4, 0);
    check_near(trade->notional_usd, 400, 1e-12);
    check_near(trade->legs[TRADE_A_IN].quantity, 4, 1e-12);
    /* 6 * (99.99 - 100) - 6 * 5e-4 * 199.99 */
    check_near(trade->repair_usd, -0.06 - 0.59997, 1e-12);
    close_fixture(&f);
}

/* Goal: an exit that fills in part is finished later, averaged over both fills. */
static void an_exit_in_two_parts_is_one_close(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_closes(&f);
    fill(&f, 3, 4, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    fill(&f, 4, 10, 100.0, 1);
    report(&f, 4, REPORT_DONE);
    assert_null(find(&f, ACTION_SUBMIT, 0)); /* not before the pause is over */
    row(&f, 99990, 100000, 99.98, 100.0);
    const struct action *rest = find(&f, ACTION_SUBMIT, 0);
    assert_non_null(rest);
    assert_int_equal(rest->order.quantity_units, 6 * ONE);
    fill(&f, rest->order.client_id, 6, 99980, 1000);
    report(&f, 5, REPORT_DONE);
    const struct action *closed = find(&f, ACTION_TRADE, 0);
    assert_int_equal(closed->trade.change, TRADE_CHANGE_CLOSED);
    /* A out 0.4 * 99,990 + 0.6 * 99,980 = 99,984: gross -0.16 + 10, fees 10*5e-4*(199.984 +
     * 201) */
    check_near(closed->trade.result.pnl_usd, -0.16 + 10 - 2.00492, 1e-10);
    close_fixture(&f);
}

/* Goal: nothing filled on either side: there never was a trade, and its number is not used. */
static void two_rejections_leave_no_trade(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    report(&f, 1, REPORT_REJECTED);
    report(&f, 2, REPORT_REJECTED);
    assert_int_equal(trades_count(&f), 0);
    assert_int_equal(session_summary(f.session)->opened, 0);
    row_that_opens(&f);
    fill(&f, 3, 10, 100000, 1000);
    assert_int_equal(find(&f, ACTION_TRADE, 0)->trade.trade.id, 1);
    close_fixture(&f);
}

/* Goal: SAFETY row 33: a fill told twice counts once. */
static void a_fill_told_twice_counts_once(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    const struct event event = fill_event(&f, 1, 10, 100000, 1000);
    step(&f, &event);
    const struct ledger once = *session_ledger(f.session);
    step(&f, &event);
    assert_memory_equal(&once, session_ledger(f.session), sizeof once);
    close_fixture(&f);
}

/* Goal: SAFETY rows 34 and 36: what the venue filled beyond our order is booked, and trading
 * halts. */
static void an_overfill_is_booked_and_halts(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 1, 11, 100000, 1000);
    assert_int_equal(session_ledger(f.session)->spot[0].quantity, 511 * ONE);
    assert_int_equal(guard_level_of(session_guard(f.session), 0), GUARD_HALTED);
    close_fixture(&f);
}

/* Goal: SAFETY row 31: silence becomes a question, never a second order; not found ends it. */
static void an_unknown_order_is_asked_about_and_never_resent(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    report(&f, 1, REPORT_UNKNOWN);
    row(&f, 99990, 100000, 101.0, 101.01); /* a minute later */
    assert_null(find(&f, ACTION_SUBMIT, 0));
    assert_int_equal(find(&f, ACTION_QUERY, 0)->client_id, 1);
    assert_int_equal(find(&f, ACTION_QUERY, 1)->client_id, 2);
    report(&f, 1, REPORT_NOT_FOUND);
    report(&f, 2, REPORT_NOT_FOUND);
    assert_int_equal(trades_count(&f), 0);
    close_fixture(&f);
}

/* Goal: the kill switch cancels entries, bars new ones by its own code, and lets exits go on.
 */
static void kill_bars_entries_and_manages_exits(void **state)
{
    struct fixture f;
    struct session_config config = base_config();
    config.engine.max_open_trades = 2;
    open_fixture(&f, &config);
    open_trade(&f);
    row_that_opens(&f);
    command(&f, OPERATOR_KILL);
    assert_int_equal(find(&f, ACTION_CANCEL, 0)->client_id, 3);
    assert_int_equal(find(&f, ACTION_CANCEL, 1)->client_id, 4);
    report(&f, 3, REPORT_DONE);
    report(&f, 4, REPORT_DONE);
    row_that_opens(&f);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_GATE_KILL);
    row_that_closes(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.class, ORDER_EXIT);
    close_fixture(&f);
}

/* Goal: release leaves the session disarmed; only arm opens it again. */
static void release_leaves_it_disarmed(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    command(&f, OPERATOR_KILL);
    command(&f, OPERATOR_RELEASE);
    row_that_opens(&f);
    assert_int_equal(find(&f, ACTION_DECISION, 0)->decision.primary, REASON_GATE_DISARMED);
    command(&f, OPERATOR_ARM);
    row_that_opens(&f);
    assert_non_null(find(&f, ACTION_SUBMIT, 0));
    close_fixture(&f);
}

/* Goal: the operator closes one trade by its number, or all. */
static void the_operator_closes_trades(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    struct event event = {.kind = EVENT_COMMAND, .pair = -1, .time_ns = f.now_ns};
    event.command.verb = OPERATOR_CLOSE;
    event.command.trade_id = 7;
    step(&f, &event);
    assert_null(find(&f, ACTION_SUBMIT, 0));
    event.command.trade_id = 1;
    step(&f, &event);
    assert_non_null(find(&f, ACTION_SUBMIT, 1));
    fill(&f, 3, 10, 99990, 1000);
    report(&f, 3, REPORT_DONE);
    fill(&f, 4, 10, 101.01, 1);
    report(&f, 4, REPORT_DONE);
    assert_int_equal(find(&f, ACTION_TRADE, 0)->trade.trade.exit, TRADE_EXIT_OPERATOR);
    close_fixture(&f);
}

/* Goal: SPEC 3.4: a short perp receives a positive funding: 10 coin at mark 100 and 10 bps = -1
 * USD of cost, in the trade and in the ledger, once. */
static void funding_is_booked_once(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    struct event event = {.kind = EVENT_FUNDING, .pair = 0, .time_ns = f.now_ns + 1};
    event.funding.price = 100;
    event.funding.rate = 0.001;
    step(&f, &event);
    step(&f, &event);
    int32_t count = 0;
    check_near(session_trades(f.session, 0, &count)[0].funding_usd, -1.0, 1e-12);
    assert_int_equal(session_ledger(f.session)->usdt.funding_paid, -1 * ONE);
    close_fixture(&f);
}

/* Goal: while only B has filled it is B that is funded, in the trade as in the ledger; and what
 * the venue says it booked, on fills that were told late, is what the ledger books. */
static void funding_follows_what_is_held(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    row_that_opens(&f);
    fill(&f, 2, 10, 101.0, 1);
    struct event event = {.kind = EVENT_FUNDING, .pair = 0, .time_ns = f.now_ns + 1};
    event.funding.price = 100;
    event.funding.rate = 0.001;
    step(&f, &event);
    int32_t count = 0;
    check_near(session_trades(f.session, 0, &count)[0].funding_usd, -1.0, 1e-12);
    assert_int_equal(session_ledger(f.session)->usdt.funding_paid, -1 * ONE);
    event.time_ns++;
    event.funding.booked = true;
    event.funding.booked_units = -3 * ONE;
    step(&f, &event);
    assert_int_equal(session_ledger(f.session)->usdt.funding_paid, -4 * ONE);
    close_fixture(&f);
}

/* Goal: state restored from its bytes does what the original does, byte for byte; orders that
 * were on their way are asked about. */
static void bytes_are_the_whole_memory(void **state)
{
    struct fixture f;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    open_trade(&f);
    struct fixture g = f;
    const size_t size = session_size(&config);
    g.storage = test_malloc(size);
    memcpy(g.storage, f.storage, size);
    assert_true(session_restore(g.storage, size, &config, &g.session));
    g.list.actions = g.actions;
    row_that_closes(&f);
    row_that_closes(&g);
    assert_int_equal(f.list.count, g.list.count);
    assert_memory_equal(f.actions, g.actions, f.list.count * sizeof f.actions[0]);
    memcpy(g.storage, f.storage, size);
    assert_true(session_restore(g.storage, size, &config, &g.session));
    struct event timer = {.kind = EVENT_TIMER, .pair = -1, .time_ns = f.now_ns};
    step(&g, &timer);
    assert_int_equal(find(&g, ACTION_QUERY, 0)->client_id, 3);
    assert_int_equal(find(&g, ACTION_QUERY, 1)->client_id, 4);
    struct session_config other = config;
    other.engine.max_open_trades = 2;
    assert_false(session_restore(g.storage, size, &other, &g.session));
    close_fixture(&f);
    close_fixture(&g);
}

static void answer_at_random(struct fixture *f, unsigned *seed, const struct order *order)
{
    const unsigned dice = (unsigned)rand_r(seed) % 10;
    const double price = order->venue == VENUE_A ? 100000 : 101.0;
    const double rate = order->venue == VENUE_A ? 1000 : 1;
    const double quantity = (double)order->quantity_units / (double)ONE;
    if (dice == 0) {
        report(f, order->client_id, REPORT_REJECTED);
    } else if (dice == 1) {
        report(f, order->client_id, REPORT_UNKNOWN);
    } else {
        fill(f, order->client_id, dice < 4 ? quantity / 2 : quantity, price, rate);
        report(f, order->client_id, REPORT_DONE);
    }
}

/* Every order sent or asked about in the last step. Copied first: an answer is a step, too. */
static void answer_all_at_random(struct fixture *f, unsigned *dice)
{
    struct order orders[ACTIONS];
    size_t count = 0;
    for (size_t k = 0; k < f->list.count; k++) {
        if (f->actions[k].kind == ACTION_SUBMIT) {
            orders[count++] = f->actions[k].order;
        } else if (f->actions[k].kind == ACTION_QUERY) {
            orders[count++] = session_order(f->session, f->actions[k].client_id)->order;
        }
    }
    for (size_t k = 0; k < count; k++) {
        answer_at_random(f, dice, &orders[k]);
    }
}

/* Goal: whatever the venue answers, the ledger identity holds after every event (step() checks
 * it), no room runs out, and once everything is answered the legs are equal. */
static void any_answers_keep_the_books(void **state)
{
    for (unsigned seed = 1; seed <= 40; seed++) {
        struct fixture f;
        struct session_config config = base_config();
        config.engine.max_open_trades = 3;
        open_fixture(&f, &config);
        unsigned dice = seed;
        for (int i = 0; i < 200; i++) {
            const double premium = (double)((unsigned)rand_r(&dice) % 300) / 100.0 - 1.0;
            row(&f, 99990, 100000, 100.0 + premium, 100.01 + premium);
            answer_all_at_random(&f, &dice);
        }
        command(&f, OPERATOR_STOP);
        command(&f, OPERATOR_FLATTEN);
        assert_true(trades_count(&f) <= 2 * 3 + 2);
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edge_becomes_a_decision_and_two_orders),
        cmocka_unit_test(confirmed_fills_make_the_trade),
        cmocka_unit_test(convergence_closes_with_the_right_profit),
        cmocka_unit_test(a_refused_trade_leaves_no_trade),
        cmocka_unit_test(a_rejected_leg_is_unwound),
        cmocka_unit_test(a_failed_leg_cools_its_pair_down),
        cmocka_unit_test(a_partial_leg_is_trimmed_to_the_other),
        cmocka_unit_test(an_exit_in_two_parts_is_one_close),
        cmocka_unit_test(two_rejections_leave_no_trade),
        cmocka_unit_test(a_fill_told_twice_counts_once),
        cmocka_unit_test(an_overfill_is_booked_and_halts),
        cmocka_unit_test(an_unknown_order_is_asked_about_and_never_resent),
        cmocka_unit_test(kill_bars_entries_and_manages_exits),
        cmocka_unit_test(release_leaves_it_disarmed),
        cmocka_unit_test(the_operator_closes_trades),
        cmocka_unit_test(funding_is_booked_once),
        cmocka_unit_test(funding_follows_what_is_held),
        cmocka_unit_test(bytes_are_the_whole_memory),
        cmocka_unit_test(any_answers_keep_the_books),
    };
    return cmocka_run_group_tests_name("core/session", tests, NULL, NULL);
}
