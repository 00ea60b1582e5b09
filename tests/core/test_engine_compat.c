#include "support/check.h"

#include "replay.h"

/* The base of SPEC.md 7: min 30, c = 5 + 5 + 5 = 15, 1000 USD, one trade, R = 1. */
static struct engine_params base_params(void)
{
    struct engine_params params = engine_defaults();
    params.profile = ENGINE_COMPAT_D37;
    params.pnl_model = ENGINE_PNL_SPREAD;
    params.min_spread_bps = 30;
    params.taker_fee_a_bps = 5;
    params.taker_fee_b_bps = 5;
    params.slippage_bps = 5;
    params.max_position_usd = 1000;
    return params;
}

static const struct tick B_DEAR = {0, 99, 100, 102, 103, 1};       /* case 4 */
static const struct tick A_DEAR = {0, 102, 103, 99, 100, 1};       /* case 5 */
static const struct tick NOTHING = {0, 100, 100.1, 100, 100.1, 1}; /* case 3 */

static struct replay replay;

/* Goal: what opens, on which side and at which edge. Expected: the table of SPEC.md 7. */
static void opens_what_passes(void **state)
{
    static const struct {
        const char *name;
        struct tick tick;
        double min_bps;
        bool enter;
        enum spread_side side;
        double entry_bps, net_bps;
    } cases[] = {
        {"3: nothing, and a tie is for A",
         {0, 100, 100.1, 100, 100.1, 1},
         30,
         false,
         SPREAD_LONG_A_SHORT_B,
         -9.990009990,
         -24.990009990},
        {"4: b is dear", {0, 99, 100, 102, 103, 1}, 30, true, SPREAD_LONG_A_SHORT_B, 200, 185},
        {"5: a is dear", {0, 102, 103, 99, 100, 1}, 30, true, SPREAD_LONG_B_SHORT_A, 200, 185},
        {"6: below min",
         {0, 100, 100.5, 101, 101.5, 1},
         100,
         false,
         SPREAD_LONG_A_SHORT_B,
         49.751243781,
         34.751243781},
        {"6: above min",
         {0, 100, 100.5, 101, 101.5, 1},
         30,
         true,
         SPREAD_LONG_A_SHORT_B,
         49.751243781,
         34.751243781},
        {"14: exactly nothing left, min 30",
         {0, 99000, 100000, 100150, 100200, 1},
         30,
         false,
         SPREAD_LONG_A_SHORT_B,
         15,
         0},
        {"14: exactly nothing left, min 0",
         {0, 99000, 100000, 100150, 100200, 1},
         0,
         true,
         SPREAD_LONG_A_SHORT_B,
         15,
         0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct engine_params params = base_params();
        params.min_spread_bps = cases[i].min_bps;
        print_message("# %s\n", cases[i].name);
        replay_init(&replay, &params);
        replay_step(&replay, &cases[i].tick);
        assert_int_equal(replay.decision.enter, cases[i].enter);
        assert_int_equal(replay.decision.side, cases[i].side);
        check_near(replay.decision.entry_spread_bps, cases[i].entry_bps, 1e-9);
        check_near(replay.decision.net_edge_bps, cases[i].net_bps, 1e-9);
        assert_int_equal(replay.open_count, cases[i].enter);
    }
}

/* Goal: case 15: d45 takes any net >= 0, whatever min_spread says.
 * 40,300 * 2.5 = 100,750 against 100,500: 250/100,500; c = 5 + 4 + 5. */
static void ignores_min_spread_in_d45(void **state)
{
    struct engine_params params = base_params();
    params.profile = ENGINE_COMPAT_D45;
    params.taker_fee_b_bps = 4;
    params.max_position_usd = 5000;
    params.min_spread_bps = 1000;
    const struct tick tick = {0, 99500, 100500, 40300, 40400, 2.5};
    replay_init(&replay, &params);
    replay_step(&replay, &tick);
    assert_int_equal(replay.open_count, 1);
    assert_int_equal(replay.open[0].side, SPREAD_LONG_A_SHORT_B);
    check_near(replay.open[0].entry_spread_bps, 24.875621891, 1e-9);
    check_near(replay.open[0].net_edge_bps, 10.875621891, 1e-9);
    check_near(replay.open[0].notional_usd, 5000, 0);
}

/* Goal: case 8: a full house opens nothing more. */
static void opens_no_more_than_allowed(void **state)
{
    struct engine_params params = base_params();
    replay_init(&replay, &params);
    replay_step(&replay, &B_DEAR);
    replay_step(&replay, &B_DEAR);
    assert_int_equal(replay.opened, 1);

    params.max_open_trades = 2;
    replay_init(&replay, &params);
    for (int i = 0; i < 3; i++) {
        replay_step(&replay, &B_DEAR);
    }
    assert_int_equal(replay.opened, 2);
}

/* Goal: case 9: a reversal closes at exit spread 0, 200 - 15 = 185 bps = 18.5 USD, and its
 * place is free in the same step. */
static void closes_on_reversal_and_turns_round(void **state)
{
    const struct engine_params params = base_params();
    replay_init(&replay, &params);
    replay_step(&replay, &B_DEAR);
    replay_step(&replay, &A_DEAR);
    assert_int_equal(replay.closed_count, 1);
    assert_int_equal(replay.closed[0].exit, TRADE_EXIT_SPREAD_REVERSAL);
    check_near(replay.closed[0].exit_spread_bps, 0, 0);
    const struct trade_result result = engine_settle(&params, &replay.closed[0]);
    check_near(result.pnl_bps, 185, 1e-9);
    check_near(result.pnl_usd, 18.5, 1e-9);
    assert_int_equal(replay.open_count, 1);
    assert_int_equal(replay.open[0].side, SPREAD_LONG_B_SHORT_A);
    assert_int_equal(replay.open[0].id, 2);
}

/* Goal: several trades close together, in opening order. */
static void closes_in_opening_order(void **state)
{
    struct engine_params params = base_params();
    params.max_open_trades = 3;
    replay_init(&replay, &params);
    for (int i = 0; i < 3; i++) {
        replay_step(&replay, &B_DEAR);
    }
    replay_step(&replay, &NOTHING);
    assert_int_equal(replay.closed_count, 3);
    for (int32_t i = 0; i < 3; i++) {
        assert_int_equal(replay.closed[i].id, i + 1);
    }
    assert_int_equal(replay.open_count, 0);
}

/* Goal: case 11: a broken moment opens nothing and closes nothing. */
static void does_nothing_on_a_broken_market(void **state)
{
    static const struct {
        struct tick tick;
        enum tick_fault fault;
    } cases[] = {
        {{0, 100, 100, 102, 103, 1}, TICK_CROSSED_A},
        {{0, 101, 100, 102, 103, 1}, TICK_CROSSED_A},
        {{0, 0, 100, 102, 103, 1}, TICK_NOT_POSITIVE},
        {{0, 102, 103, 100, 99, 1}, TICK_CROSSED_B}, /* else a reversal */
    };
    const struct engine_params params = base_params();
    for (size_t i = 0; i < LEN(cases); i++) {
        replay_init(&replay, &params);
        replay_step(&replay, &cases[i].tick);
        assert_int_equal(replay.decision.fault, cases[i].fault);
        assert_int_equal(replay.opened, 0);
        replay_step(&replay, &B_DEAR);
        replay_step(&replay, &cases[i].tick);
        assert_int_equal(replay.decision.fault, cases[i].fault);
        assert_int_equal(replay.open_count, 1);
        assert_int_equal(replay.closed_count, 0);
    }
}

/* Goal: case 32: the same decisions booked two ways. Spread: 16 - 15 = 1 bp = 0.1 USD. Legs,
 * without slippage, q = 10: 10*(99 - 100) + 10*(100.16 - 100.1) = -9.4; fees 0.005*199 +
 * 0.005*200.26 = 1.9963. */
static void books_the_truth_beside_the_spread_model(void **state)
{
    const struct tick in = {0, 99, 100, 100.16, 100.3, 1};
    const struct tick out = {1, 99, 100, 99.5, 100.1, 1};
    struct engine_params params = base_params();
    params.min_spread_bps = 0;
    replay_init(&replay, &params);
    replay_step(&replay, &in);
    replay_step(&replay, &out);
    assert_int_equal(replay.closed_count, 1);
    check_near(engine_settle(&params, &replay.closed[0]).pnl_usd, 0.1, 1e-9);

    params.slippage_bps = 0;
    params.pnl_model = ENGINE_PNL_LEGS;
    replay_init(&replay, &params);
    replay_step(&replay, &in);
    check_near(engine_mark(&params, &replay.open[0], &out).pnl_usd, -11.3963, 1e-9);
    replay_step(&replay, &out);
    assert_int_equal(replay.closed_count, 1);
    const struct trade_result legs = engine_settle(&params, &replay.closed[0]);
    check_near(legs.gross_usd, -9.4, 1e-9);
    check_near(legs.fees_usd, 1.9963, 1e-9);
    check_near(legs.pnl_usd, -11.3963, 1e-9);
}

/* Goal: an open trade of the spread model is worth what its close would book, whatever the
 * books say: 200 - 15 bps of 1000 USD. */
static void marks_the_spread_model_at_its_entry(void **state)
{
    const struct engine_params params = base_params();
    replay_init(&replay, &params);
    replay_step(&replay, &B_DEAR);
    check_near(engine_mark(&params, &replay.open[0], &NOTHING).pnl_usd, 18.5, 1e-9);
}

/* Goal: fx cost is a notion of `exact` alone. */
static void charges_no_fx_cost(void **state)
{
    struct engine_params params = base_params();
    params.fx_cost_bps = 7;
    check_near(engine_costs(&params).fx_cost_bps, 0, 0);
    params.profile = ENGINE_EXACT;
    check_near(engine_costs(&params).fx_cost_bps, 7, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_passes),
        cmocka_unit_test(ignores_min_spread_in_d45),
        cmocka_unit_test(opens_no_more_than_allowed),
        cmocka_unit_test(closes_on_reversal_and_turns_round),
        cmocka_unit_test(closes_in_opening_order),
        cmocka_unit_test(does_nothing_on_a_broken_market),
        cmocka_unit_test(books_the_truth_beside_the_spread_model),
        cmocka_unit_test(marks_the_spread_model_at_its_entry),
        cmocka_unit_test(charges_no_fx_cost),
    };
    return cmocka_run_group_tests_name("core/engine_compat", tests, NULL, NULL);
}
