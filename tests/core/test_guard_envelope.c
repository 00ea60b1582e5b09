#include "guard_case.h"

/* What the envelope says when several things are wrong, or a cause stands. */

/* Rows 89 to 99: caps allow the limit itself, a used-up budget stops the session, also when the
 * trade is too big as well. 10,199.99 - 10,000 lost of 200; nothing more at stake. */
static void stops_the_session_when_a_loss_limit_is_reached(void **state)
{
    static const struct {
        double start_usd, notional_limit_usd;
        enum guard_action action;
        enum reason primary;
        int32_t faults;
    } rows[] = {
        {10000.00, 1000, GUARD_ALLOW, REASON_NONE, 0},
        {10199.99, 1000, GUARD_ALLOW, REASON_NONE, 0},
        {10200.00, 1000, GUARD_STOP_SESSION, REASON_GLOBAL_DAY_LOSS, 2},
        {10000.00, 50, GUARD_BLOCK, REASON_GLOBAL_NOTIONAL_PER_TRADE, 1},
        {10200.00, 50, GUARD_STOP_SESSION, REASON_GLOBAL_NOTIONAL_PER_TRADE, 3},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct guard_case it;
        guard_case_init(&it);
        it.candidate.worst_loss_usd = 0;
        it.limits.day_loss_usd = it.limits.session_loss_usd = 200;
        it.limits.notional_per_trade_usd = rows[i].notional_limit_usd;
        it.guard.day_start_usd = it.guard.session_start_usd = rows[i].start_usd;
        const struct guard_decision decision = guard_case_decide(&it);
        assert_int_equal(decision.action, rows[i].action);
        assert_int_equal(decision.primary, rows[i].primary);
        assert_int_equal(decision.faults_count, rows[i].faults);
    }
}

static void check_reasons(const struct guard_decision *decision, const enum reason *reasons,
                          size_t count)
{
    assert_int_equal(decision->faults_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(decision->faults[i].reason, reasons[i]);
    }
    assert_int_equal(decision->primary, reasons[0]);
}

/* Goal: everything wrong in the layers evaluated is said, in order; the first layers end the
 * question when they fail. */
static void reports_every_fault_in_order(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    it.candidate.pair = 2;
    it.candidate.age_a_ms = 5000;
    it.candidate.skew_ms = 4000;
    it.candidate.net_edge_bps = 1;
    it.limits.open_trades = 0;
    it.limits.notional_per_trade_usd = 0;
    const enum reason late[] = {REASON_FEED_STALE, REASON_ROUTE_EDGE_LOW,
                                REASON_ROUTE_SYNC_WINDOW, REASON_GLOBAL_NOTIONAL_PER_TRADE,
                                REASON_GLOBAL_OPEN_TRADES};
    struct guard_decision decision = guard_case_decide(&it);
    check_reasons(&decision, late, LEN(late));
    check_near(decision.faults[0].observed, 5000, 0);
    check_near(decision.faults[0].limit, 3000, 0);
    assert_int_equal(decision.faults[0].pair, 2);
    assert_int_equal(decision.faults[3].pair, -1);

    it.candidate.quantity = -1;
    it.candidate.pair = 99;
    const enum reason input[] = {REASON_INPUT_NOT_POSITIVE, REASON_INPUT_RANGE};
    decision = guard_case_decide(&it);
    check_reasons(&decision, input, LEN(input));

    it.gate.killed = it.gate.paused = true;
    it.gate.armed = false;
    const enum reason gate[] = {REASON_GATE_KILL, REASON_GATE_DISARMED, REASON_GATE_PAUSED};
    decision = guard_case_decide(&it);
    check_reasons(&decision, gate, LEN(gate));
    assert_true(decision.killed && decision.paused && !decision.armed && !decision.stopped);
}

/* Goal: before the first message the operator reads "silent", not "price is zero". */
static void says_never_heard_before_the_first_message(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    memset(&it.candidate.tick, 0, sizeof it.candidate.tick);
    it.candidate.quantity = 0;
    it.candidate.age_a_ms = it.candidate.age_b_ms = it.candidate.age_fx_ms = -1;
    const enum reason reasons[] = {REASON_FEED_SILENT, REASON_FEED_SILENT, REASON_FX_MISSING,
                                   REASON_FX_MISSING};
    const struct guard_decision decision = guard_case_decide(&it);
    check_reasons(&decision, reasons, LEN(reasons));
    guard_case_init(&it);
    it.candidate.quantity = 0;
    it.candidate.tick.krw_per_usd = 0;
    check_one_fault(&it, REASON_FX_MISSING, GUARD_BLOCK);
    it.candidate.tick.bid_a = 0;
    it.candidate.has_clock = false; /* a row with zeros is a broken row */
    assert_int_equal(guard_case_decide(&it).primary, REASON_INPUT_NOT_POSITIVE);
}

/* Goal: what leaves a position goes through whatever else is wrong, if its amounts are sound.
 */
static void lets_exits_through(void **state)
{
    static const enum order_class classes[] = {ORDER_EXIT, ORDER_REPAIR, ORDER_FLATTEN};
    for (size_t i = 0; i < LEN(classes); i++) {
        struct guard_case it;
        guard_case_init(&it);
        memset(&it.limits, 0, sizeof it.limits);
        memset(&it.candidate.tick, 0, sizeof it.candidate.tick);
        it.candidate.class = classes[i];
        it.candidate.age_a_ms = NAN;
        it.candidate.feed_a_ok = it.candidate.feed_b_ok = false;
        it.gate = (struct guard_gate){.killed = true, .paused = true};
        it.guard.stopped = true;
        guard_add_cause(&it.guard, &(struct guard_cause){.reason = REASON_ORDER_OVERFILL,
                                                         .pair = -1,
                                                         .level = GUARD_HALTED,
                                                         .until_ns = INT64_MAX});
        check_allowed(&it);
        it.candidate.quantity = 0;
        check_one_fault(&it, REASON_INPUT_NOT_POSITIVE, GUARD_BLOCK);
        it.candidate.quantity = NAN;
        const enum reason both[] = {REASON_INPUT_NOT_FINITE, REASON_INPUT_NOT_POSITIVE,
                                    REASON_INPUT_OVERFLOW};
        const struct guard_decision decision = guard_case_decide(&it);
        check_reasons(&decision, both, LEN(both));
        it.candidate.quantity = 0.01;
        it.candidate.pair = -1;
        check_one_fault(&it, REASON_INPUT_RANGE, GUARD_BLOCK);
    }
}

/* Goal: NAN is "not set here", 0 is zero. */
static void knows_unset_from_zero(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    it.guard.equity_usd = 1;
    it.candidate.notional_usd = it.candidate.free_krw_usd = 1e6;
    it.candidate.open_trades = 1000;
    it.candidate.unhedged_usd = 1e6;
    it.candidate.net_edge_bps = 1e4;
    it.candidate.age_a_ms = it.candidate.age_b_ms = it.candidate.age_fx_ms = 1e9;
    it.candidate.skew_ms = 1e9;
    it.candidate.orders_wanted = 100000;
    for (size_t at = 0; at < sizeof it.limits; at += sizeof(double)) {
        set_number(&it, AT(limits) + at, NAN);
    }
    check_allowed(&it);

    guard_case_init(&it);
    memset(&it.limits, 0, sizeof it.limits);
    /* Ages 3, edge abnormal, skew, notional, trades, gross, 3 losses, drawdown, 2 rates. */
    const struct guard_decision decision = guard_case_decide(&it);
    assert_int_equal(decision.faults_count, 14);
    assert_int_equal(decision.action, GUARD_STOP_SESSION);
}

static void add_cause(struct guard_case *it, enum reason reason, int32_t pair,
                      enum guard_level level, int64_t until_ns)
{
    guard_add_cause(&it->guard, &(struct guard_cause){
                                    .reason = reason,
                                    .pair = pair,
                                    .level = level,
                                    .until_ns = until_ns,
                                });
}

/* REDUCE halves: 500 USD in 0.005 coin. Minimums look at the half, caps at the whole, so that a
 * cause never lets through what was too big without it. */
static void halves_what_opens_under_reduce(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    add_cause(&it, REASON_GLOBAL_DRAWDOWN, -1, GUARD_REDUCE, 0);
    struct guard_decision decision = guard_case_decide(&it);
    assert_int_equal(decision.action, GUARD_SCALE);
    check_near(decision.scale, 0.5, 0);
    assert_int_equal(decision.level, GUARD_REDUCE);
    assert_int_equal(decision.ttl_ns, it.candidate.time_ns + SECOND_NS);
    it.candidate.minimum_notional_b_usd = 500.01;
    check_one_fault(&it, REASON_INPUT_MIN_NOTIONAL, GUARD_BLOCK);
    it.candidate.minimum_notional_b_usd = 500;
    it.candidate.lot_minimum_b = 0.006;
    check_one_fault(&it, REASON_INPUT_LOT, GUARD_BLOCK);
    it.candidate.lot_minimum_b = 0.005;
    assert_int_equal(guard_case_decide(&it).action, GUARD_SCALE);
    it.limits.notional_per_trade_usd = 999;
    check_one_fault(&it, REASON_GLOBAL_NOTIONAL_PER_TRADE, GUARD_BLOCK);
    it.candidate.class = ORDER_EXIT;
    check_near(guard_case_decide(&it).scale, 1.0, 0);
}

/* Goal: behind "only observes" stands why, and when to ask again: the later of two ends. */
static void tells_which_causes_bar_and_until_when(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    const int64_t now_ns = it.candidate.time_ns;
    add_cause(&it, REASON_FX_JUMP, -1, GUARD_OBSERVE, now_ns + 60 * SECOND_NS);
    add_cause(&it, REASON_ROUTE_STREAK, 1, GUARD_OBSERVE, now_ns + 90 * SECOND_NS);
    add_cause(&it, REASON_ROUTE_STREAK, 2, GUARD_HALTED, 0); /* another pair's */
    add_cause(&it, REASON_GLOBAL_DRAWDOWN, -1, GUARD_REDUCE, 0);
    const enum reason observed[] = {REASON_GATE_OBSERVE, REASON_FX_JUMP, REASON_ROUTE_STREAK};
    struct guard_decision decision = guard_case_decide(&it);
    check_reasons(&decision, observed, LEN(observed));
    assert_int_equal(decision.action, GUARD_BLOCK);
    assert_int_equal(decision.cooldown_ns, 90 * SECOND_NS);
    assert_int_equal(guard_decision_cause(&decision)->reason, REASON_FX_JUMP);

    it.gate.killed = true; /* what stands in front of the level is told itself */
    decision = guard_case_decide(&it);
    assert_int_equal(guard_decision_cause(&decision)->reason, REASON_GATE_KILL);
    it.gate.killed = false;
    it.gate.paused = true; /* no clock ends that */
    assert_int_equal(guard_case_decide(&it).cooldown_ns, 0);
    it.gate.paused = false;
    add_cause(&it, REASON_CROSS_LEG_OPEN, -1, GUARD_OBSERVE, 0);
    assert_int_equal(guard_case_decide(&it).cooldown_ns, 0);

    add_cause(&it, REASON_GLOBAL_DAY_LOSS, -1, GUARD_HALTED, INT64_MAX);
    decision = guard_case_decide(&it);
    assert_int_equal(decision.primary, REASON_GATE_HALTED);
    assert_int_equal(decision.action, GUARD_STOP_SESSION);
    assert_int_equal(decision.cooldown_ns, 0);
    assert_int_equal(decision.level, GUARD_HALTED);
}

/* Goal: no deadline runs over, and no wait is promised where time alone changes nothing. */
static void promises_no_time_it_cannot_know(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    it.candidate.ttl_ns = INT64_MAX;
    assert_int_equal(guard_case_decide(&it).ttl_ns, INT64_MAX);
    const int64_t now_ns = it.candidate.time_ns;
    add_cause(&it, REASON_ROUTE_STREAK, 1, GUARD_HALTED, now_ns + SECOND_NS);
    assert_int_equal(guard_case_decide(&it).cooldown_ns, SECOND_NS);
    it.gate.armed = false;
    assert_int_equal(guard_case_decide(&it).cooldown_ns, 0);
    it.gate.armed = true;
    it.gate.killed = true;
    assert_int_equal(guard_case_decide(&it).cooldown_ns, 0);
    it.gate.killed = false;
    it.candidate.time_ns = now_ns + SECOND_NS; /* its dwell is over, nobody expired it yet */
    assert_int_equal(guard_case_decide(&it).cooldown_ns, 0);
    assert_int_equal(guard_case_decide(&it).primary, REASON_GATE_HALTED);
}

static void numbers_its_envelopes(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    for (int64_t number = 1; number <= 3; number++) {
        struct guard_decision decision;
        guard_decide(&it.guard, &it.limits, &it.gate, &it.candidate, &decision);
        assert_int_equal(decision.number, number);
        it.gate.killed = true;
    }
}

static void names_levels_and_actions(void **state)
{
    assert_string_equal(guard_level_name(GUARD_NORMAL), "normal");
    assert_string_equal(guard_level_name(GUARD_REDUCE), "reduce");
    assert_string_equal(guard_level_name(GUARD_OBSERVE), "observe");
    assert_string_equal(guard_level_name(GUARD_HALTED), "halted");
    assert_string_equal(guard_action_name(GUARD_ALLOW), "allow");
    assert_string_equal(guard_action_name(GUARD_SCALE), "scale");
    assert_string_equal(guard_action_name(GUARD_BLOCK), "block");
    assert_string_equal(guard_action_name(GUARD_STOP_SESSION), "stop_session");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_the_session_when_a_loss_limit_is_reached),
        cmocka_unit_test(reports_every_fault_in_order),
        cmocka_unit_test(says_never_heard_before_the_first_message),
        cmocka_unit_test(lets_exits_through),
        cmocka_unit_test(knows_unset_from_zero),
        cmocka_unit_test(halves_what_opens_under_reduce),
        cmocka_unit_test(tells_which_causes_bar_and_until_when),
        cmocka_unit_test(promises_no_time_it_cannot_know),
        cmocka_unit_test(numbers_its_envelopes),
        cmocka_unit_test(names_levels_and_actions),
    };
    return cmocka_run_group_tests_name("core/guard_envelope", tests, NULL, NULL);
}
