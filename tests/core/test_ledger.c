#include "support/check.h"

#include "core/ledger.h"
#include "support/dice.h"

#define ONE UNITS_PER_ONE

static struct ledger ledger_of(int64_t krw, int64_t usdt)
{
    struct ledger ledger;
    ledger_init(&ledger, krw * ONE, usdt * ONE);
    return ledger;
}

/* Books `quantity` whole coins at a whole price with 1 bp of fee. */
static void fill_spot(struct ledger *ledger, enum order_side side, int64_t quantity,
                      double price)
{
    int64_t value, fee;
    assert_true(ledger_value(price, quantity * ONE, &value));
    assert_true(ledger_fee(value, 1.0, &fee));
    const enum ledger_result result =
        side == ORDER_BUY ? ledger_buy_spot(ledger, 0, quantity * ONE, value, fee)
                          : ledger_sell_spot(ledger, 0, quantity * ONE, value, fee);
    assert_int_equal(result, LEDGER_OK);
    assert_true(ledger_balances(ledger));
}

static double realized_net(const struct ledger *ledger)
{
    return ledger_amount(ledger->krw.realized_gross - ledger->krw.fees);
}

static double average_cost(const struct ledger *ledger)
{
    return (double)ledger->spot[0].cost / (double)ledger->spot[0].quantity;
}

/* Rows P17 to P20. After both buys 2883 KRW buy 29 coins: 99.413793103 each, and nothing is
 * realised but fees, 0.1200 + 0.1683. Selling 9 at 101 removes 2883*9/29 = 894.72413793 of
 * cost: 909 - 894.72413793 - 0.0909 more, and so on. */
static void keeps_the_average_cost(void **state)
{
    struct ledger ledger = ledger_of(10000, 0);
    fill_spot(&ledger, ORDER_BUY, 12, 100.0);
    fill_spot(&ledger, ORDER_BUY, 17, 99.0);
    check_near(average_cost(&ledger), 99.413793103, 1e-11);
    assert_int_equal(ledger.krw.realized_gross, 0);
    check_near(realized_net(&ledger), -0.2883, 0.0);
    fill_spot(&ledger, ORDER_SELL, 9, 101.0);
    check_near(realized_net(&ledger), 13.89666207, 1e-9);
    fill_spot(&ledger, ORDER_SELL, 4, 105.0);
    check_near(realized_net(&ledger), 36.19948966, 1e-9);
    fill_spot(&ledger, ORDER_BUY, 3, 103.0);
    check_near(realized_net(&ledger), 36.16858966, 1e-9);
    check_near(average_cost(&ledger), 99.980036298, 1e-11);
}

/* Three coins that cost 10 units: a third of that is 3.33, rounds to 3; then half of 7 is 3.5,
 * rounds to the even 4; the last sale takes the 3 that are left. */
static void rounds_cost_to_even_and_the_last_sale_takes_the_rest(void **state)
{
    struct ledger ledger = ledger_of(0, 0);
    assert_int_equal(ledger_open_spot(&ledger, 0, 3, 10), LEDGER_OK);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 1, 5, 0), LEDGER_OK);
    assert_int_equal(ledger.spot[0].cost, 7);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 1, 5, 0), LEDGER_OK);
    assert_int_equal(ledger.spot[0].cost, 3);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 1, 5, 0), LEDGER_OK);
    assert_int_equal(ledger.spot[0].cost, 0);
    assert_int_equal(ledger.krw.realized_gross, 15 - 10);
    assert_true(ledger_balances(&ledger));
}

/* Locked coin keeps its cost: of 4 coins for 400, 2 are locked; selling one removes 100. */
static void counts_locked_coin_into_the_average(void **state)
{
    struct ledger ledger = ledger_of(0, 0);
    assert_int_equal(ledger_open_spot(&ledger, 0, 4 * ONE, 400 * ONE), LEDGER_OK);
    assert_int_equal(ledger_lock_spot(&ledger, 0, 2 * ONE), LEDGER_OK);
    assert_int_equal(ledger_sell_spot(&ledger, 0, ONE, 110 * ONE, 0), LEDGER_OK);
    assert_int_equal(ledger.spot[0].cost, 300 * ONE);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 2 * ONE, 220 * ONE, 0), LEDGER_SHORT_OF_COIN);
    assert_true(ledger_balances(&ledger));
}

/* One position through its life, USDT. Short 2 at 100, 1 more at 103: entry value 303. Buy 1 at
 * 98: removes 303/3 = 101, gains 3. Buy 5 at 100: closes 2 that brought 202 for 200, gains 2,
 * and opens 3 long worth 300. Sell 3 at 90: loses 30. Fees 1 each time. */
static void extends_reduces_and_flips_a_perp(void **state)
{
    static const struct {
        enum order_side side;
        int64_t quantity, value, left, entry_value, realized;
    } steps[] = {
        {ORDER_SELL, 2, 200, -2, 200, 0}, {ORDER_SELL, 1, 103, -3, 303, 0},
        {ORDER_BUY, 1, 98, -2, 202, 3},   {ORDER_BUY, 5, 500, 3, 300, 5},
        {ORDER_SELL, 3, 270, 0, 0, -25},
    };
    struct ledger ledger = ledger_of(0, 1000);
    for (size_t i = 0; i < LEN(steps); i++) {
        assert_int_equal(ledger_trade_perp(&ledger, 1, steps[i].side, steps[i].quantity * ONE,
                                           steps[i].value * ONE, ONE),
                         LEDGER_OK);
        assert_int_equal(ledger.perp[1].quantity, steps[i].left * ONE);
        assert_int_equal(ledger.perp[1].entry_value, steps[i].entry_value * ONE);
        assert_int_equal(ledger.usdt.realized_gross, steps[i].realized * ONE);
        assert_int_equal(ledger.usdt.cash, (1000 + steps[i].realized - (int64_t)i - 1) * ONE);
    }
}

/* Goal: nothing to move is no mistake; all there is may be moved, and back. */
static void moves_all_or_nothing(void **state)
{
    struct ledger ledger = ledger_of(100, 100);
    const struct ledger before = ledger;
    assert_int_equal(ledger_lock_krw(&ledger, 0), LEDGER_OK);
    assert_int_equal(ledger_unlock_usdt(&ledger, 0), LEDGER_OK);
    assert_memory_equal(&ledger, &before, sizeof ledger);
    assert_int_equal(ledger_lock_krw(&ledger, 100 * ONE), LEDGER_OK);
    assert_int_equal(ledger_lock_usdt(&ledger, 100 * ONE), LEDGER_OK);
    assert_int_equal(ledger.krw.cash, 0);
    assert_int_equal(ledger.krw.locked, 100 * ONE);
    assert_int_equal(ledger_unlock_krw(&ledger, 100 * ONE), LEDGER_OK);
    assert_int_equal(ledger_unlock_usdt(&ledger, 100 * ONE), LEDGER_OK);
    assert_memory_equal(&ledger, &before, sizeof ledger);
}

static void pays_and_receives_funding(void **state)
{
    struct ledger ledger = ledger_of(0, 10);
    assert_int_equal(ledger_pay_funding(&ledger, 3 * ONE), LEDGER_OK);
    assert_int_equal(ledger_pay_funding(&ledger, -ONE), LEDGER_OK);
    assert_int_equal(ledger.usdt.cash, 8 * ONE);
    assert_int_equal(ledger.usdt.funding_paid, 2 * ONE);
    assert_true(ledger_balances(&ledger));
}

static void refuses_and_leaves_untouched(void **state)
{
    struct ledger ledger = ledger_of(100, 100);
    assert_int_equal(ledger_open_spot(&ledger, 0, 5 * ONE, 500 * ONE), LEDGER_OK);
    assert_int_equal(ledger_open_spot(&ledger, 1, INT64_MAX, 0), LEDGER_OK);
    assert_int_equal(ledger_trade_perp(&ledger, 1, ORDER_SELL, INT64_MAX, 1, 0), LEDGER_OK);
    const struct ledger before = ledger;
    const int64_t big = INT64_MAX;
    const struct {
        enum ledger_result want, got;
    } cases[] = {
        {LEDGER_SHORT_OF_CASH, ledger_buy_spot(&ledger, 0, ONE, 100 * ONE, 1)},
        {LEDGER_SHORT_OF_COIN, ledger_sell_spot(&ledger, 0, 5 * ONE + 1, ONE, 0)},
        {LEDGER_SHORT_OF_CASH, ledger_sell_spot(&ledger, 0, ONE, ONE, 102 * ONE)},
        {LEDGER_BAD_AMOUNT, ledger_buy_spot(&ledger, 0, 0, ONE, 0)},
        {LEDGER_BAD_AMOUNT, ledger_buy_spot(&ledger, 0, -ONE, ONE, 0)},
        {LEDGER_BAD_AMOUNT, ledger_sell_spot(&ledger, 0, ONE, -1, 0)},
        {LEDGER_BAD_AMOUNT, ledger_trade_perp(&ledger, 0, ORDER_BUY, ONE, ONE, -1)},
        {LEDGER_BAD_AMOUNT, ledger_lock_krw(&ledger, -1)},
        {LEDGER_BAD_AMOUNT, ledger_open_spot(&ledger, 0, ONE, -1)},
        {LEDGER_OVERFLOW, ledger_open_spot(&ledger, 0, big, 0)},
        {LEDGER_OVERFLOW, ledger_open_spot(&ledger, 0, 1, big)},
        {LEDGER_OVERFLOW, ledger_buy_spot(&ledger, 1, 1, 1, 0)},
        {LEDGER_OVERFLOW, ledger_buy_spot(&ledger, 0, 1, big, big)},
        {LEDGER_OVERFLOW, ledger_sell_spot(&ledger, 0, 1, big, 0)},
        {LEDGER_OVERFLOW, ledger_trade_perp(&ledger, 1, ORDER_SELL, 1, 0, 0)},
        {LEDGER_OVERFLOW, ledger_trade_perp(&ledger, 1, ORDER_SELL, 2, 0, 0)},
        {LEDGER_OVERFLOW, ledger_trade_perp(&ledger, 1, ORDER_BUY, 1, big, big)},
        {LEDGER_OVERFLOW, ledger_pay_funding(&ledger, INT64_MIN)},
        {LEDGER_SHORT_OF_CASH, ledger_lock_krw(&ledger, 100 * ONE + 1)},
        {LEDGER_SHORT_OF_CASH, ledger_unlock_krw(&ledger, 1)},
        {LEDGER_SHORT_OF_COIN, ledger_lock_spot(&ledger, 0, 5 * ONE + 1)},
        {LEDGER_SHORT_OF_COIN, ledger_unlock_spot(&ledger, 0, 1)},
        {LEDGER_SHORT_OF_CASH, ledger_lock_usdt(&ledger, 100 * ONE + 1)},
        {LEDGER_SHORT_OF_CASH, ledger_unlock_usdt(&ledger, 1)},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# case %zu\n", i);
        assert_int_equal(cases[i].got, cases[i].want);
    }
    assert_memory_equal(&ledger, &before, sizeof ledger);
}

/* Each sum runs over by itself: every row is a balanced ledger with one amount at its end. */
static void refuses_each_sum_that_runs_over(void **state)
{
    const int64_t top = INT64_MAX;
    struct ledger ledger = ledger_of(0, 0);
    ledger.krw = (struct ledger_money){.cash = 1000, .opening = 1000};
    ledger.spot[0] = (struct ledger_spot){.quantity = 10};
    const struct ledger sound = ledger;

    ledger.krw.fees = ledger.krw.realized_gross = top; /* fees */
    assert_int_equal(ledger_buy_spot(&ledger, 0, 1, 1, 1), LEDGER_OVERFLOW);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 1, 0, 1), LEDGER_OVERFLOW);
    assert_int_equal(ledger_sell_spot(&ledger, 0, 1, 1, 0), LEDGER_OVERFLOW); /* realised */
    ledger = sound;
    ledger.spot[0] = (struct ledger_spot){.locked = top};
    assert_int_equal(ledger_buy_spot(&ledger, 0, 1, 1, 0), LEDGER_OVERFLOW); /* coin held */
    assert_int_equal(ledger_open_spot(&ledger, 0, 1, 0), LEDGER_OVERFLOW);
    ledger.spot[0].quantity = 1;
    assert_int_equal(ledger_lock_spot(&ledger, 0, 1), LEDGER_OVERFLOW);
    ledger = sound;
    ledger.spot[0].cost = ledger.krw.opening = top;
    ledger.krw.cash = ledger.krw.realized_gross = 1000;
    assert_int_equal(ledger_buy_spot(&ledger, 0, 1, 1, 0), LEDGER_OVERFLOW); /* cost */
    ledger = sound;
    ledger.krw.cash = INT64_MIN;
    ledger.krw.realized_gross = INT64_MIN;
    assert_int_equal(ledger_buy_spot(&ledger, 0, 1, 1001, 0), LEDGER_OVERFLOW); /* cash */
    assert_int_equal(ledger_buy_spot(&ledger, 0, 1, 0, 1), LEDGER_OVERFLOW);

    ledger = sound;
    ledger.usdt = (struct ledger_money){.fees = top, .realized_gross = top};
    assert_int_equal(ledger_trade_perp(&ledger, 0, ORDER_BUY, 1, 1, 1), LEDGER_OVERFLOW);
    assert_int_equal(ledger_trade_perp(&ledger, 0, ORDER_BUY, 1, 1, 0), LEDGER_OK);
    assert_int_equal(ledger_trade_perp(&ledger, 0, ORDER_SELL, 1, 2, 0), LEDGER_OVERFLOW);
    ledger = sound;
    ledger.usdt = (struct ledger_money){.funding_paid = top, .realized_gross = top};
    assert_int_equal(ledger_pay_funding(&ledger, 1), LEDGER_OVERFLOW);
}

/* Goal: the check sees a single unit too much or too little, in either currency. */
static void sees_one_unit_astray(void **state)
{
    struct ledger ledger = ledger_of(5, 5);
    assert_true(ledger_balances(&ledger));
    ledger.krw.cash++;
    assert_false(ledger_balances(&ledger));
    ledger.krw.transfers++;
    assert_true(ledger_balances(&ledger));
    ledger.usdt.locked--;
    assert_false(ledger_balances(&ledger));
    ledger.usdt.fees++;
    assert_true(ledger_balances(&ledger));
    ledger.spot[LEDGER_PAIRS_MAX - 1].cost++;
    assert_false(ledger_balances(&ledger));
}

static void values_to_the_unit(void **state)
{
    static const struct {
        double price;
        int64_t quantity, value;
    } cases[] = {
        {100000.0, ONE, 100000 * ONE},
        {0.5, 1, 0},
        {0.5, 3, 2},
        {2.5, 1, 2},
        {3.5, 1, 4},
        {0.1, 10, 1},
        {5e-324, INT64_MAX, 0},
        {1.0, INT64_MAX, INT64_MAX},
        {3.0, 0, 0},
        {0x1p62, 1, INT64_C(1) << 62},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t value = -1;
        assert_true(ledger_value(cases[i].price, cases[i].quantity, &value));
        assert_int_equal(value, cases[i].value);
    }
    static const double bad[] = {0.0, -1.0, NAN, INFINITY, -INFINITY, 1e300};
    int64_t untouched = 42;
    for (size_t i = 0; i < LEN(bad); i++) {
        assert_false(ledger_value(bad[i], 1000 * ONE, &untouched));
    }
    assert_false(ledger_value(2.0, INT64_MAX, &untouched));
    assert_false(ledger_value(0x1p113, INT64_C(1) << 62, &untouched)); /* 2^175 */
    assert_false(ledger_value(1.0, -1, &untouched));
    assert_int_equal(untouched, 42);
}

/* 5 bps of 10,000 is 5; half a unit goes to even: 0.5 to 0, 1.5 to 2. */
static void charges_fees_to_the_unit(void **state)
{
    static const struct {
        int64_t value;
        double fee_bps;
        int64_t fee;
    } cases[] = {
        {10000 * ONE, 5.0, 5 * ONE},
        {10000, 0.5, 0},
        {30000, 0.5, 2},
        {ONE, 0.0, 0},
        {0, 5.0, 0},
        {INT64_MAX, 1e-40, 0},
        {INT64_MAX, 1e4, INT64_MAX},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t fee = -1;
        assert_true(ledger_fee(cases[i].value, cases[i].fee_bps, &fee));
        assert_int_equal(fee, cases[i].fee);
    }
    int64_t untouched = 42;
    assert_false(ledger_fee(ONE, -1.0, &untouched));
    assert_false(ledger_fee(ONE, NAN, &untouched));
    assert_false(ledger_fee(INT64_MAX, 10001.0, &untouched));
    assert_int_equal(untouched, 42);
}

static void turns_amounts_into_units_and_back(void **state)
{
    int64_t units = 0;
    assert_true(ledger_units(1.5, &units));
    assert_int_equal(units, 150000000);
    assert_true(ledger_units(-0.00000001, &units));
    assert_int_equal(units, -1);
    assert_true(ledger_units(92233720368.0, &units));
    check_near(ledger_amount(units), 92233720368.0, 0.0);
    assert_false(ledger_units(92233720369.0, &units));
    assert_false(ledger_units(NAN, &units));
    assert_false(ledger_units(-INFINITY, &units));
    check_near(ledger_amount(units), 92233720368.0, 0.0);
    check_near(ledger_amount(-25), -0.00000025, 1e-18);
}

/* One random booking; amounts small or near the end of their type. */
static enum ledger_result book_anything(struct ledger *ledger, struct dice *dice)
{
    const int64_t top = dice_between(dice, 0, 9) == 0 ? INT64_MAX - 1 : 1000 * ONE;
    const int64_t quantity = dice_between(dice, -1, top);
    const int64_t value = dice_between(dice, -1, top);
    const int64_t fee = dice_between(dice, 0, value > 0 ? value / 100 + 1 : 1);
    const int32_t pair = (int32_t)dice_between(dice, 0, 3);
    const enum order_side side = dice_between(dice, 0, 1) == 0 ? ORDER_BUY : ORDER_SELL;
    switch (dice_between(dice, 0, 10)) {
    case 0:
        return ledger_open_spot(ledger, pair, quantity, value);
    case 1:
    case 2:
        return ledger_buy_spot(ledger, pair, quantity, value, fee);
    case 3:
    case 4:
        return ledger_sell_spot(ledger, pair, quantity, value, fee);
    case 5:
        return ledger_pay_funding(ledger, value - top / 2);
    case 6:
        return side == ORDER_BUY ? ledger_lock_krw(ledger, value)
                                 : ledger_unlock_krw(ledger, value);
    case 7:
        return side == ORDER_BUY ? ledger_lock_spot(ledger, pair, quantity)
                                 : ledger_unlock_spot(ledger, pair, quantity);
    case 8:
        return side == ORDER_BUY ? ledger_lock_usdt(ledger, value)
                                 : ledger_unlock_usdt(ledger, value);
    default:
        return ledger_trade_perp(ledger, pair, side, quantity, value, fee);
    }
}

static void check_sound(const struct ledger *ledger)
{
    assert_true(ledger_balances(ledger));
    assert_true(ledger->krw.cash >= 0 && ledger->krw.locked >= 0 && ledger->usdt.locked >= 0);
    for (int32_t i = 0; i < LEDGER_PAIRS_MAX; i++) {
        const struct ledger_spot *spot = &ledger->spot[i];
        assert_true(spot->quantity >= 0 && spot->locked >= 0 && spot->cost >= 0);
        assert_true(spot->quantity + spot->locked > 0 || spot->cost == 0);
        const struct ledger_perp *perp = &ledger->perp[i];
        assert_true(perp->entry_value >= 0 && (perp->quantity != 0 || perp->entry_value == 0));
    }
}

/* Goal: whatever is booked, the identity holds to the unit and a refusal changes no byte. */
static void balances_after_any_booking(void **state)
{
    size_t taken = 0;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct dice dice = {seed};
        struct ledger ledger = ledger_of(dice_between(&dice, 0, 100000), 1000);
        for (int step = 0; step < 60; step++) {
            const struct ledger before = ledger;
            const enum ledger_result result = book_anything(&ledger, &dice);
            taken += result == LEDGER_OK ? 1 : 0;
            if (result != LEDGER_OK) {
                assert_memory_equal(&ledger, &before, sizeof ledger);
            }
            check_sound(&ledger);
        }
    }
    /* The generator must not hide behind refusals. */
    assert_true(taken > 40000);
}

/* Goal: fills of one side, and anything of different pairs, commute. */
static void does_not_care_in_which_order_one_side_fills(void **state)
{
    enum { FILLS = 8 };
    for (uint64_t seed = 1; seed <= 500; seed++) {
        struct dice dice = {seed};
        int64_t quantity[FILLS], value[FILLS];
        size_t order[FILLS];
        for (size_t i = 0; i < FILLS; i++) {
            quantity[i] = dice_between(&dice, 1, 5 * ONE);
            value[i] = dice_between(&dice, 0, 500 * ONE);
            order[i] = i;
        }
        struct ledger straight = ledger_of(10000, 10000);
        for (size_t i = 0; i < FILLS; i++) {
            ledger_buy_spot(&straight, (int32_t)(i % 2), quantity[i], value[i],
                            value[i] / 2000);
            ledger_trade_perp(&straight, (int32_t)(i % 3), ORDER_SELL, quantity[i], value[i],
                              7);
        }
        for (size_t i = FILLS - 1; i > 0; i--) {
            const size_t other = (size_t)dice_between(&dice, 0, (int64_t)i);
            const size_t kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        struct ledger shuffled = ledger_of(10000, 10000);
        for (size_t n = 0; n < FILLS; n++) {
            const size_t i = order[n];
            ledger_trade_perp(&shuffled, (int32_t)(i % 3), ORDER_SELL, quantity[i], value[i],
                              7);
            ledger_buy_spot(&shuffled, (int32_t)(i % 2), quantity[i], value[i],
                            value[i] / 2000);
        }
        assert_memory_equal(&straight, &shuffled, sizeof straight);
    }
}

/* Goal: a long and a short of the same fills are each other's mirror to the unit. */
static void mirrors_long_and_short(void **state)
{
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        struct dice dice = {seed};
        struct ledger one = ledger_of(0, 1000000);
        struct ledger other = ledger_of(0, 1000000);
        for (int step = 0; step < 20; step++) {
            const bool buys = dice_between(&dice, 0, 1) == 0;
            const int64_t quantity = dice_between(&dice, 1, 9 * ONE);
            const int64_t value = dice_between(&dice, 0, 900 * ONE);
            ledger_trade_perp(&one, 0, buys ? ORDER_BUY : ORDER_SELL, quantity, value, 3);
            ledger_trade_perp(&other, 0, buys ? ORDER_SELL : ORDER_BUY, quantity, value, 3);
            assert_int_equal(one.perp[0].quantity, -other.perp[0].quantity);
            assert_int_equal(one.perp[0].entry_value, other.perp[0].entry_value);
            assert_int_equal(one.usdt.realized_gross, -other.usdt.realized_gross);
        }
    }
}

/* Goal: rounding moves cost between sales, never makes or loses any: when all is sold, what was
 * realised is what came in less what was paid. */
static void loses_no_unit_to_rounding(void **state)
{
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        struct dice dice = {seed};
        struct ledger ledger = ledger_of(0, 0);
        const int64_t bought = dice_between(&dice, 1, 1000);
        const int64_t cost = dice_between(&dice, 0, 1000000);
        assert_int_equal(ledger_open_spot(&ledger, 0, bought, cost), LEDGER_OK);
        int64_t income = 0;
        while (ledger.spot[0].quantity > 0) {
            const int64_t quantity = dice_between(&dice, 1, ledger.spot[0].quantity);
            const int64_t value = dice_between(&dice, 0, 5000);
            income += value;
            assert_int_equal(ledger_sell_spot(&ledger, 0, quantity, value, 0), LEDGER_OK);
        }
        assert_int_equal(ledger.spot[0].cost, 0);
        assert_int_equal(ledger.krw.realized_gross, income - cost);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_average_cost),
        cmocka_unit_test(rounds_cost_to_even_and_the_last_sale_takes_the_rest),
        cmocka_unit_test(counts_locked_coin_into_the_average),
        cmocka_unit_test(extends_reduces_and_flips_a_perp),
        cmocka_unit_test(moves_all_or_nothing),
        cmocka_unit_test(pays_and_receives_funding),
        cmocka_unit_test(refuses_and_leaves_untouched),
        cmocka_unit_test(refuses_each_sum_that_runs_over),
        cmocka_unit_test(sees_one_unit_astray),
        cmocka_unit_test(values_to_the_unit),
        cmocka_unit_test(charges_fees_to_the_unit),
        cmocka_unit_test(turns_amounts_into_units_and_back),
        cmocka_unit_test(balances_after_any_booking),
        cmocka_unit_test(does_not_care_in_which_order_one_side_fills),
        cmocka_unit_test(mirrors_long_and_short),
        cmocka_unit_test(loses_no_unit_to_rounding),
    };
    return cmocka_run_group_tests_name("core/ledger", tests, NULL, NULL);
}
