#include "support/check.h"

#include "base/rng.h"
#include "core/trade.h"

/* Slippage of 20 bps moves each leg by h = 0.001. */
static const struct trade_costs COSTS = {
    .fee_a_bps = 5, .fee_b_bps = 4, .slippage_bps = 20, .fx_cost_bps = 1};

static void check_result(const struct trade_result *got, const struct trade_result *want)
{
    check_near(got->gross_usd, want->gross_usd, 1e-9);
    check_near(got->fees_usd, want->fees_usd, 1e-9);
    check_near(got->fx_cost_usd, want->fx_cost_usd, 1e-9);
    check_near(got->slippage_usd, want->slippage_usd, 1e-9);
    check_near(got->fx_usd, want->fx_usd, 1e-9);
    check_near(got->price_usd, want->price_usd, 1e-9);
    check_near(got->funding_usd, want->funding_usd, 1e-9);
    check_near(got->pnl_usd, want->pnl_usd, 1e-9);
    check_near(got->pnl_bps, want->pnl_bps, 1e-9);
}

/* Goal: the four legs of LONG_A_SHORT_B, while the won falls from 1000 to 1250 per USD.
 *
 * q = 1000/(100,000/1000) = 10. In USD, slippage in: buy A 100.1, sell B 101*0.999 = 100.899,
 * sell A 125,000*0.999/1250 = 99.9, buy B 100.1.
 * gross = 10*(99.9 - 100.1) + 10*(100.899 - 100.1) = -2 + 7.99 = 5.99
 * fees  = 0.005*(100.1 + 99.9) + 0.004*(100.899 + 100.1) = 1 + 0.803996
 * fx cost = 0.001*200 = 0.2; slippage = 10*0.001*(100 + 101 + 100 + 100) = 4.01
 * fx = 10*100,100*(1/1250 - 1/1000) = -200.2; price = 5.99 + 4.01 + 200.2 = 210.2
 * pnl = 5.99 - 1.803996 - 0.2 = 3.986004 */
static void books_four_legs_long_a(void **state)
{
    const struct tick in = {1, 99000, 100000, 101, 102, 1000};
    const struct tick out = {2, 125000, 126000, 99, 100, 1250};
    const struct trade_result want = {
        .gross_usd = 5.99,
        .fees_usd = 1.803996,
        .fx_cost_usd = 0.2,
        .slippage_usd = 4.01,
        .fx_usd = -200.2,
        .price_usd = 210.2,
        .pnl_usd = 3.986004,
        .pnl_bps = 39.86004,
    };
    struct trade trade = trade_open_at(SPREAD_LONG_A_SHORT_B, &in, 1000, &COSTS);
    assert_int_equal(trade.state, TRADE_OPEN);
    assert_int_equal(trade.open_ns, 1);
    check_near(trade.quantity, 10, 1e-12);
    check_near(trade.legs[TRADE_A_IN].price, 100100, 1e-12);
    check_near(trade.legs[TRADE_A_IN].touch_price, 100000, 0);
    check_near(trade.legs[TRADE_B_IN].krw_per_usd, 1, 0);

    const struct trade_result mark = trade_mark(&trade, &out, &COSTS);
    check_result(&mark, &want);
    check_near(trade.legs[TRADE_A_OUT].quantity, 0, 0);
    /* of the entry alone: 0.005*100.1 + 0.004*100.899 */
    check_near(trade_fees_paid_usd(&trade, &COSTS), 0.904096, 1e-9);

    trade_close_at(&trade, &out, &COSTS);
    const struct trade_result got = trade_settle(&trade, &COSTS);
    check_result(&got, &want);
    check_near(trade_fees_paid_usd(&trade, &COSTS), got.fees_usd, 1e-9);
}

/* Goal: the other side mirrors: coin is sold on A first and bought back.
 *
 * q = 1000/100 = 10. In USD: sell A 102,000*0.999/1000 = 101.898, buy B 100.1, buy A back
 * 126,000*1.001/1250 = 100.9008, sell B 101*0.999 = 100.899.
 * gross = 10*(101.898 - 100.9008) + 10*(100.899 - 100.1) = 9.972 + 7.99 = 17.962
 * fees  = 0.005*202.7988 + 0.004*200.999 = 1.013994 + 0.803996; fx cost = 0.001*202.7988
 * slippage = 0.01*(102 + 100 + 100.8 + 101) = 4.038
 * fx = -(10*101,898*(1/1250 - 1/1000)) = 203.796; price = 17.962 + 4.038 - 203.796 */
static void books_four_legs_long_b(void **state)
{
    const struct tick in = {1, 102000, 103000, 99, 100, 1000};
    const struct tick out = {2, 125000, 126000, 101, 102, 1250};
    const struct trade_result want = {
        .gross_usd = 17.962,
        .fees_usd = 1.81799,
        .fx_cost_usd = 0.2027988,
        .slippage_usd = 4.038,
        .fx_usd = 203.796,
        .price_usd = -181.796,
        .pnl_usd = 15.9412112,
        .pnl_bps = 159.412112,
    };
    struct trade trade = trade_open_at(SPREAD_LONG_B_SHORT_A, &in, 1000, &COSTS);
    check_near(trade.quantity, 10, 1e-12);
    trade_close_at(&trade, &out, &COSTS);
    const struct trade_result got = trade_settle(&trade, &COSTS);
    check_result(&got, &want);
}

/* Goal: a positive rate pays the short perp and charges the long one, and lands in the PnL:
 * 10 coins at a mark of 100 and 1 bp are 0.10 USD. */
static void charges_funding_by_side(void **state)
{
    const struct tick in = {1, 99000, 100000, 99, 100, 1000};
    const struct tick out = {2, 99000, 100000, 99, 100, 1000};
    const double want_usd[] = {[SPREAD_LONG_A_SHORT_B] = -0.1, [SPREAD_LONG_B_SHORT_A] = 0.1};
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        struct trade trade = trade_open_at((enum spread_side)side, &in, 1000, &COSTS);
        const double before_usd = trade_mark(&trade, &out, &COSTS).pnl_usd;
        trade.funding_usd = trade_funding_usd(&trade, 100, 0.0001);
        check_near(trade.funding_usd, want_usd[side], 1e-12);
        const struct trade_result got = trade_mark(&trade, &out, &COSTS);
        check_near(got.funding_usd, want_usd[side], 1e-12);
        check_near(got.pnl_usd, before_usd - want_usd[side], 1e-12);
    }
}

/* Goal: mending unequal legs costs what it cost, its fees among the fees, once. */
static void counts_repair_once(void **state)
{
    const struct tick in = {1, 99000, 100000, 99, 100, 1000};
    struct trade trade = trade_open_at(SPREAD_LONG_A_SHORT_B, &in, 1000, &COSTS);
    const struct trade_result before = trade_mark(&trade, &in, &COSTS);
    trade.repair_usd = -0.75;
    trade.repair_fees_usd = 0.25;
    const struct trade_result after = trade_mark(&trade, &in, &COSTS);
    check_near(after.pnl_usd, before.pnl_usd - 0.75, 1e-12);
    check_near(after.fees_usd, before.fees_usd + 0.25, 1e-12);
    check_near(after.gross_usd, before.gross_usd, 0);
}

/* Goal: a trade that never had both legs is its repair and nothing else. */
static void settles_a_trade_that_never_was(void **state)
{
    const struct trade trade = {
        .notional_usd = 1000, .repair_usd = -1.5, .repair_fees_usd = 0.5};
    const struct trade_result got = trade_settle(&trade, &COSTS);
    const struct trade_result want = {.fees_usd = 0.5, .pnl_usd = -1.5, .pnl_bps = -15};
    check_result(&got, &want);
}

/* Goal: partial fills keep price*quantity and its worth in USD: 1 at 100 and 3 at 104 are 4 at
 * 103; 0.1 + 0.3 USD for 412 KRW is a rate of 1030. The first fill stays as it was. */
static void averages_partial_fills(void **state)
{
    struct trade trade = {0};
    const struct trade_fill first = {1, 100, 99, 1000};
    const struct trade_fill second = {3, 104, 103, 1040};
    trade_add_fill(&trade, TRADE_A_IN, &first);
    assert_memory_equal(&trade.legs[TRADE_A_IN], &first, sizeof(first));
    trade_add_fill(&trade, TRADE_A_IN, &second);
    check_near(trade.legs[TRADE_A_IN].quantity, 4, 1e-12);
    check_near(trade.legs[TRADE_A_IN].price, 103, 1e-12);
    check_near(trade.legs[TRADE_A_IN].touch_price, 102, 1e-12);
    check_near(trade.legs[TRADE_A_IN].krw_per_usd, 1030, 1e-12);
    check_near(trade.legs[TRADE_B_IN].quantity, 0, 0);
}

/* Goal: the spread model of the compat profiles books entry - exit - c of the notional. */
static void books_the_spread_model(void **state)
{
    const struct trade_costs costs = {.fee_a_bps = 5, .fee_b_bps = 5, .slippage_bps = 5};
    static const struct {
        double entry_bps, exit_bps, pnl_bps, pnl_usd;
    } cases[] = {{50, 10, 25, 2.5}, {30, 50, -35, -3.5}, {200, 0, 185, 18.5}};
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct trade trade = {
            .entry_spread_bps = cases[i].entry_bps,
            .exit_spread_bps = cases[i].exit_bps,
            .notional_usd = 1000,
        };
        const struct trade_result got = trade_settle_spread(&trade, &costs);
        check_near(got.pnl_bps, cases[i].pnl_bps, 1e-12);
        check_near(got.pnl_usd, cases[i].pnl_usd, 1e-12);
        check_near(got.gross_usd - got.fees_usd, got.pnl_usd, 1e-12);
        check_near(got.price_usd - got.slippage_usd, got.gross_usd, 1e-12);
    }
}

static void names_states_and_exits(void **state)
{
    assert_string_equal(trade_state_name(TRADE_UNWINDING), "unwinding");
    assert_string_equal(trade_exit_name(TRADE_EXIT_NONE), "");
    assert_string_equal(trade_exit_name(TRADE_EXIT_SPREAD_REVERSAL), "spread_reversal");
    for (int i = 0; i <= TRADE_STATE_LAST; i++) {
        assert_non_null(trade_state_name((enum trade_state)i));
    }
    for (int i = 0; i <= TRADE_EXIT_LAST; i++) {
        assert_non_null(trade_exit_name((enum trade_exit)i));
    }
}

static struct tick random_tick(struct rng *rng)
{
    const double a = 90000 + 20000 * rng_uniform(rng);
    const double b = 90 + 20 * rng_uniform(rng);
    return (struct tick){1, a,       a + 50 * rng_uniform(rng) + 1,
                         b, b + 0.1, 900 + 200 * rng_uniform(rng)};
}

/* Goal: the short way to a mark is the long one's profit, to the bit. */
static void marks_in_short_what_it_marks_in_full(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1, rng_salt("marks"));
    for (int i = 0; i < 20000; i++) {
        const struct trade_costs costs = {10 * rng_uniform(&rng), 10 * rng_uniform(&rng),
                                          10 * rng_uniform(&rng), 10 * rng_uniform(&rng)};
        const struct tick in = random_tick(&rng), now = random_tick(&rng);
        struct trade trade =
            trade_open_at(i % 2 == 0 ? SPREAD_LONG_A_SHORT_B : SPREAD_LONG_B_SHORT_A, &in,
                          1 + 10000 * rng_uniform(&rng), &costs);
        trade.funding_usd = i % 3 == 0 ? rng_normal(&rng) : 0;
        trade.repair_usd = i % 5 == 0 ? rng_normal(&rng) : 0;
        const double want_usd = trade_mark(&trade, &now, &costs).pnl_usd;
        const double got_usd = trade_mark_usd(&trade, &now, &costs);
        assert_memory_equal(&got_usd, &want_usd, sizeof(got_usd));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_four_legs_long_a),
        cmocka_unit_test(books_four_legs_long_b),
        cmocka_unit_test(charges_funding_by_side),
        cmocka_unit_test(counts_repair_once),
        cmocka_unit_test(settles_a_trade_that_never_was),
        cmocka_unit_test(averages_partial_fills),
        cmocka_unit_test(books_the_spread_model),
        cmocka_unit_test(names_states_and_exits),
        cmocka_unit_test(marks_in_short_what_it_marks_in_full),
    };
    return cmocka_run_group_tests_name("core/trade", tests, NULL, NULL);
}
