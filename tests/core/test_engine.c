#include "support/check.h"

#include "replay.h"

#define SECOND INT64_C(1000000000)

/* Costs of a round trip: 2*(5 + 5 + 2) = 24 bps. */
static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.min_spread_bps = 20;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 2;
    params.max_position_usd = 1000;
    return params;
}

/* A moment whose premium is p bps: A is 99,990/100,010 KRW, B 100*(1 + p/1e4) USD and one cent
 * to either side, a dollar 1000 KRW. So W = 4, e1 = p - 2, u1 = p + 2, and with the base costs
 * n1 = (p - m) - 28. */
static struct tick moment(double time_s, double premium_bps)
{
    const double middle_b = 100 + premium_bps / 100;
    return (struct tick){
        .time_ns = (int64_t)(time_s * 1e9),
        .bid_a = 99990,
        .ask_a = 100010,
        .bid_b = middle_b - 0.01,
        .ask_b = middle_b + 0.01,
        .krw_per_usd = 1000,
    };
}

static struct replay replay;

static void feed(double time_s, double premium_bps)
{
    const struct tick tick = moment(time_s, premium_bps);
    replay_step(&replay, &tick);
}

/* Goal: the arithmetic of a decision, both sides, and the entry it leads to. */
static void opens_on_the_side_of_the_edge(void **state)
{
    static const struct {
        double premium_bps;
        bool enter;
        enum spread_side side;
        double entry_bps, net_bps;
    } cases[] = {
        {50, true, SPREAD_LONG_A_SHORT_B, 48, 22},  /* e1 = 50 - 2, n1 = 50 - 28 */
        {-50, true, SPREAD_LONG_B_SHORT_A, 48, 22}, /* e2 = -u1 = 50 - 2 */
        {47, false, SPREAD_LONG_A_SHORT_B, 45, 19},
        {-47, false, SPREAD_LONG_B_SHORT_A, 45, 19},
    };
    const struct engine_params params = base_params();
    for (size_t i = 0; i < LEN(cases); i++) {
        replay_init(&replay, &params);
        feed(0, cases[i].premium_bps);
        const struct engine_decision *decision = &replay.decision;
        assert_int_equal(decision->fault, TICK_VALID);
        assert_int_equal(decision->enter, cases[i].enter);
        assert_int_equal(decision->side, cases[i].side);
        check_near(decision->entry_spread_bps, cases[i].entry_bps, 1e-9);
        check_near(decision->net_edge_bps, cases[i].net_bps, 1e-9);
        check_near(decision->cost_bps, 24, 1e-12);
        check_near(decision->need_bps, 48, 1e-9);
        check_near(decision->baseline_bps, 0, 0);
        assert_int_equal(replay.open_count, cases[i].enter);
    }
}

/* Goal: a net edge equal to min_spread opens. Prices in units make every step exact in binary:
 * ma = 16,384, mb = 16,448, p = 64/16384*1e4 = 39.0625, W = 4/16384*1e4 = 2.44140625, no costs,
 * so n1 = 36.62109375. */
static void opens_at_exactly_the_minimum(void **state)
{
    const struct tick tick = {0, 16383, 16385, 16447, 16449, 1};
    struct engine_params params = base_params();
    params.taker_fee_a_bps = params.taker_fee_b_bps = params.slippage_bps = 0;
    params.min_spread_bps = 36.62109375;
    replay_init(&replay, &params);
    replay_step(&replay, &tick);
    assert_true(replay.decision.enter);

    params.min_spread_bps = nextafter(36.62109375, 100);
    replay_init(&replay, &params);
    replay_step(&replay, &tick);
    assert_false(replay.decision.enter);
}

/* Goal: equal edges belong to A: the first sample is its own baseline. */
static void gives_a_tie_to_a(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 100;
    replay_init(&replay, &params);
    feed(0, 37);
    check_near(replay.decision.net_bps[0], replay.decision.net_bps[1], 0);
    assert_int_equal(replay.decision.side, SPREAD_LONG_A_SHORT_B);
}

/* Goal: a trade closes when its own deviation is gone, at what undoing costs then. */
static void closes_on_convergence(void **state)
{
    static const struct {
        double in_bps, stays_bps, out_bps, exit_spread_bps;
        enum spread_side side;
    } cases[] = {
        {50, 0.5, -0.5, 1.5, SPREAD_LONG_A_SHORT_B},  /* u1 = -0.5 + 2 */
        {-50, -0.5, 0.5, 1.5, SPREAD_LONG_B_SHORT_A}, /* u2 = -e1 = -(0.5 - 2) */
    };
    const struct engine_params params = base_params();
    for (size_t i = 0; i < LEN(cases); i++) {
        replay_init(&replay, &params);
        feed(0, cases[i].in_bps);
        feed(1, cases[i].stays_bps);
        assert_int_equal(replay.open_count, 1);
        assert_int_equal(replay.open[0].side, cases[i].side);
        feed(2, cases[i].out_bps);
        assert_int_equal(replay.open_count, 0);
        assert_int_equal(replay.closed_count, 1);
        assert_int_equal(replay.closed[0].exit, TRADE_EXIT_CONVERGENCE);
        assert_int_equal(replay.closed[0].close_ns, 2 * SECOND);
        check_near(replay.closed[0].exit_spread_bps, cases[i].exit_spread_bps, 1e-9);
    }
}

/* Goal: exit_spread_bps moves the exit line on the trade's own side. */
static void closes_at_the_exit_line(void **state)
{
    struct engine_params params = base_params();
    params.exit_spread_bps = 10;
    const double signs[] = {1, -1};
    for (size_t i = 0; i < LEN(signs); i++) {
        replay_init(&replay, &params);
        feed(0, signs[i] * 50);
        feed(1, signs[i] * 10.5);
        assert_int_equal(replay.closed_count, 0);
        feed(2, signs[i] * 9.5);
        assert_int_equal(replay.closed_count, 1);
    }
}

/* Goal: a loss beyond the stop closes, to the last digit of the four legs.
 *
 * Entry at p = 50: buy A 100.01 USD, sell B 100.49. At p = 170 undoing is 99.99 and 101.71. Per
 * coin, without slippage: -0.02 - 1.22 = -1.24, fees 0.0005*(200 + 202.2) = 0.2011, together
 * -1.4411; of 100.01 that is -144.0955904 bps. */
static void stops_a_loss(void **state)
{
    const double stop_bps[] = {144.09, 144.10};
    for (size_t i = 0; i < LEN(stop_bps); i++) {
        struct engine_params params = base_params();
        params.slippage_bps = 0;
        params.cooldown_s = 1;
        params.stop_loss_bps = stop_bps[i];
        replay_init(&replay, &params);
        feed(0, 50);
        feed(1, 170);
        assert_int_equal(replay.closed_count, i == 0 ? 1 : 0);
    }
    struct engine_params params = base_params();
    params.slippage_bps = 0;
    params.stop_loss_bps = 144.09;
    replay_init(&replay, &params);
    feed(0, 50);
    feed(1, 170);
    assert_int_equal(replay.closed[0].exit, TRADE_EXIT_STOP_LOSS);
    check_near(engine_settle(&params, &replay.closed[0]).pnl_bps, -144.095590440956, 1e-9);
    /* Without a cool-down the same moment opens again, in the place that became free. */
    assert_int_equal(replay.open_count, 1);
    assert_int_equal(replay.open[0].open_ns, 1 * SECOND);
}

/* Goal: a profit beyond the target closes. Entry at p = 50, now p = 10: per coin -0.02 +
 * (100.49 - 100.11) = 0.36, fees 0.0005*(200 + 200.6) = 0.2003; 0.1597 of 100.01 is
 * 15.968403 bps. */
static void takes_a_profit(void **state)
{
    const double target_bps[] = {15.96, 15.97};
    for (size_t i = 0; i < LEN(target_bps); i++) {
        struct engine_params params = base_params();
        params.slippage_bps = 0;
        params.take_profit_bps = target_bps[i];
        replay_init(&replay, &params);
        feed(0, 50);
        feed(1, 10);
        assert_int_equal(replay.closed_count, i == 0 ? 1 : 0);
        if (i == 0) {
            assert_int_equal(replay.closed[0].exit, TRADE_EXIT_TAKE_PROFIT);
        }
    }
}

/* Goal: max_hold counts in nanoseconds and includes its own end; 0 is a value. */
static void ends_a_hold(void **state)
{
    struct engine_params params = base_params();
    params.max_hold_s = 60;
    params.cooldown_s = 1;
    replay_init(&replay, &params);
    feed(0, 50);
    struct tick tick = moment(0, 45);
    tick.time_ns = 60 * SECOND - 1;
    replay_step(&replay, &tick);
    assert_int_equal(replay.closed_count, 0);
    tick.time_ns = 60 * SECOND;
    replay_step(&replay, &tick);
    assert_int_equal(replay.closed_count, 1);
    assert_int_equal(replay.closed[0].exit, TRADE_EXIT_MAX_HOLD);

    params.max_hold_s = 0;
    replay_init(&replay, &params);
    feed(0, 50);
    feed(0, 50);
    assert_int_equal(replay.closed_count, 1);
}

/* Goal: where several exits hold, the first of the list gives its name. At p = 10 the trade is
 * 16 bps up and a minute old. */
static void names_the_first_exit_that_holds(void **state)
{
    static const struct {
        double stop_bps, target_bps, exit_line_bps, max_hold_s;
        enum trade_exit reason;
    } cases[] = {
        {-100, 15, 1000, 0, TRADE_EXIT_STOP_LOSS}, /* "stop" under +100 bps: always holds */
        {NAN, 15, 1000, 0, TRADE_EXIT_TAKE_PROFIT},
        {NAN, NAN, 1000, 0, TRADE_EXIT_CONVERGENCE},
        {NAN, NAN, 0, 0, TRADE_EXIT_MAX_HOLD},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = base_params();
        params.slippage_bps = 0;
        params.stop_loss_bps = cases[i].stop_bps;
        params.take_profit_bps = cases[i].target_bps;
        params.exit_spread_bps = cases[i].exit_line_bps;
        params.max_hold_s = cases[i].max_hold_s;
        replay_init(&replay, &params);
        feed(0, 50);
        feed(60, 10);
        assert_int_equal(replay.closed_count, 1);
        assert_int_equal(replay.closed[0].exit, cases[i].reason);
    }
}

/* Goal: after a stop the same side waits, to the nanosecond; the other side does not, and an
 * ordinary exit starts no wait. */
static void cools_down_one_side_after_a_stop(void **state)
{
    struct engine_params params = base_params();
    params.stop_loss_bps = 100;
    params.cooldown_s = 100;
    replay_init(&replay, &params);
    feed(0, 50);
    feed(1, 170); /* stopped, and n1 = 142 may not come back */
    assert_int_equal(replay.closed[0].exit, TRADE_EXIT_STOP_LOSS);
    assert_int_equal(replay.open_count, 0);
    feed(50, -60);
    assert_int_equal(replay.open_count, 1);
    assert_int_equal(replay.open[0].side, SPREAD_LONG_B_SHORT_A);
    feed(60, 60); /* that one converges, and A still waits */
    assert_int_equal(replay.closed[1].exit, TRADE_EXIT_CONVERGENCE);
    assert_int_equal(replay.open_count, 0);
    struct tick tick = moment(0, 60);
    tick.time_ns = 101 * SECOND - 1;
    replay_step(&replay, &tick);
    assert_int_equal(replay.open_count, 0);
    tick.time_ns = 101 * SECOND;
    replay_step(&replay, &tick);
    assert_int_equal(replay.open_count, 1);
    feed(110, -1); /* convergence */
    feed(111, 60);
    assert_int_equal(replay.open_count, 1);
}

/* Goal: a side that never stopped waits for nothing, also before 1970. */
static void trades_before_the_epoch(void **state)
{
    const struct engine_params params = base_params();
    replay_init(&replay, &params);
    feed(-1000, 50);
    assert_int_equal(replay.open_count, 1);
    feed(-900, -1);
    assert_int_equal(replay.closed_count, 1);
}

/* Goal: a jump through both lines closes one side and opens the other in one moment. */
static void turns_round_in_one_moment(void **state)
{
    const struct engine_params params = base_params();
    replay_init(&replay, &params);
    feed(0, 50);
    feed(1, -50);
    assert_int_equal(replay.closed_count, 1);
    assert_int_equal(replay.open_count, 1);
    assert_int_equal(replay.open[0].side, SPREAD_LONG_B_SHORT_A);
    assert_int_equal(replay.open[0].id, 2);
}

/* Goal: both sides may be open together, and one moment opens at most one trade. */
static void holds_both_sides(void **state)
{
    struct engine_params params = base_params();
    params.max_open_trades = 3;
    params.exit_spread_bps = -1000;
    replay_init(&replay, &params);
    feed(0, 50);
    assert_int_equal(replay.open_count, 1);
    feed(1, -50);
    feed(2, -50);
    feed(3, -50);
    assert_int_equal(replay.open_count, 3);
    assert_int_equal(replay.open[0].side, SPREAD_LONG_A_SHORT_B);
    assert_int_equal(replay.open[1].side, SPREAD_LONG_B_SHORT_A);
}

/* Goal: trades on their way in or broken hold a place, those on their way out do not; neither
 * exits by the engine's hand. */
static void counts_places_by_state(void **state)
{
    static const struct {
        enum trade_state state;
        bool enter;
    } cases[] = {
        {TRADE_OPENING, false}, {TRADE_HEDGING, false},   {TRADE_BROKEN, false},
        {TRADE_CLOSING, true},  {TRADE_UNWINDING, false},
    };
    struct engine_params params = base_params();
    params.exit_spread_bps = 1000; /* an open trade would exit at once */
    for (size_t i = 0; i < LEN(cases); i++) {
        replay_init(&replay, &params);
        feed(0, 50);
        assert_int_equal(replay.open_count, 1);
        replay.open[0].state = cases[i].state;
        const struct tick tick = moment(1, 50);
        engine_step(&replay.engine, &params, replay.open, 1, &tick, &replay.decision);
        assert_int_equal(replay.decision.exits_count, 0);
        assert_int_equal(replay.decision.enter, cases[i].enter);
    }
}

/* Goal: without inventory to sell on A only one side trades. */
static void sells_no_spot_it_may_not(void **state)
{
    struct engine_params params = base_params();
    params.spot_short = false;
    replay_init(&replay, &params);
    feed(0, -60);
    assert_int_equal(replay.open_count, 0);
    feed(1, 60);
    assert_int_equal(replay.open_count, 1);
}

/* Goal: the edge is the deviation from the running mean, known before the moment itself.
 *
 * tau 100 s, no warm-up. t = 0: m = p = 10. t = 10 s: m was 10; weight 10/(10 + 0), m becomes
 * 20. t = 20 s: the edge at p = 69 is 69 - 20 - 28 = 21 and opens; m becomes 20 + 49*10/(10 +
 * 10) = 44.5. t = 30 s: p = 44 is below it: converged. */
static void trades_the_deviation_from_the_mean(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 100;
    params.baseline_warmup_s = 0;
    replay_init(&replay, &params);
    feed(0, 10);
    check_near(replay.decision.baseline_bps, 10, 1e-9);
    feed(10, 20);
    check_near(replay.decision.baseline_bps, 10, 1e-9);
    feed(20, 69);
    check_near(replay.decision.baseline_bps, 20, 1e-9);
    check_near(replay.decision.net_edge_bps, 21, 1e-9);
    assert_int_equal(replay.open_count, 1);
    feed(30, 44);
    check_near(replay.decision.baseline_bps, 44.5, 1e-9);
    assert_int_equal(replay.closed_count, 1);
    assert_int_equal(replay.closed[0].exit, TRADE_EXIT_CONVERGENCE);
}

/* Goal: a broken moment moves no baseline and ends no warm-up. */
static void keeps_its_level_through_broken_moments(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 100;
    replay_init(&replay, &params);
    struct tick broken = moment(0, 500);
    broken.ask_b = broken.bid_b;
    replay_step(&replay, &broken);
    assert_int_equal(replay.decision.fault, TICK_CROSSED_B);
    assert_int_equal(replay.engine.last_valid_ns, 0);
    feed(10, 7);
    check_near(replay.decision.baseline_bps, 7, 1e-9);
    assert_int_equal(replay.decision.warmup_left_ns, 100 * SECOND);
    broken.time_ns = 20 * SECOND;
    replay_step(&replay, &broken);
    check_near(replay.engine.baseline.mean_bps, 7, 1e-9);
    assert_int_equal(replay.engine.baseline.last_ns, 10 * SECOND);
}

/* Goal: no entry before the warm-up is over (tau unless told otherwise), and again none after
 * a silence longer than the gap. */
static void waits_for_a_warm_baseline(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 100;
    params.baseline_gap_s = 300;
    replay_init(&replay, &params);
    feed(0, 0);
    feed(50, 0);
    feed(99.999, 80);
    assert_int_equal(replay.open_count, 0);
    feed(100, 200);
    assert_int_equal(replay.open_count, 1);

    replay_init(&replay, &params);
    feed(0, 0);
    feed(100, 0);
    feed(400, 80); /* 300 s is not longer than 300 s */
    assert_int_equal(replay.open_count, 1);

    replay_init(&replay, &params);
    feed(0, 0);
    feed(100, 0);
    feed(400.001, 80);
    assert_int_equal(replay.open_count, 0);
    assert_int_equal(replay.decision.warmup_left_ns, 100 * SECOND);
    feed(500, 200);
    assert_int_equal(replay.open_count, 0);
    feed(500.001, 200);
    assert_int_equal(replay.open_count, 1);
}

/* Goal: history moves the level and warms it, so that a session need not wait. */
static void starts_warm_from_history(void **state)
{
    struct engine_params params = base_params();
    params.baseline_tau_s = 100;
    replay_init(&replay, &params);
    for (int minute = 0; minute <= 4; minute++) {
        engine_history(&replay.engine, &params, minute * 60 * SECOND, 12);
    }
    assert_int_equal(replay.engine.last_valid_ns, 0);
    feed(250, 12 + 48.5);
    check_near(replay.decision.baseline_bps, 12, 1e-9);
    assert_int_equal(replay.open_count, 1);
}

/* Goal: fx cost is paid on both conversions of a round trip. */
static void counts_fx_cost_in_the_edge(void **state)
{
    struct engine_params params = base_params();
    params.fx_cost_bps = 2;
    replay_init(&replay, &params);
    feed(0, 50);
    check_near(replay.decision.cost_bps, 28, 1e-12);
    check_near(replay.decision.net_edge_bps, 18, 1e-9);
    assert_int_equal(replay.open_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_on_the_side_of_the_edge),
        cmocka_unit_test(opens_at_exactly_the_minimum),
        cmocka_unit_test(gives_a_tie_to_a),
        cmocka_unit_test(closes_on_convergence),
        cmocka_unit_test(closes_at_the_exit_line),
        cmocka_unit_test(stops_a_loss),
        cmocka_unit_test(takes_a_profit),
        cmocka_unit_test(ends_a_hold),
        cmocka_unit_test(names_the_first_exit_that_holds),
        cmocka_unit_test(cools_down_one_side_after_a_stop),
        cmocka_unit_test(trades_before_the_epoch),
        cmocka_unit_test(turns_round_in_one_moment),
        cmocka_unit_test(holds_both_sides),
        cmocka_unit_test(counts_places_by_state),
        cmocka_unit_test(sells_no_spot_it_may_not),
        cmocka_unit_test(trades_the_deviation_from_the_mean),
        cmocka_unit_test(keeps_its_level_through_broken_moments),
        cmocka_unit_test(waits_for_a_warm_baseline),
        cmocka_unit_test(starts_warm_from_history),
        cmocka_unit_test(counts_fx_cost_in_the_edge),
    };
    return cmocka_run_group_tests_name("core/engine", tests, NULL, NULL);
}
