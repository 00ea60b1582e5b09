#include "core/ledger.h"

#include <assert.h>
#include <math.h>

#include "units.h"

__extension__ typedef __int128 wide;

enum { BPS_PER_ONE = 10000 };

static bool pair_fine(int32_t pair)
{
    return pair >= 0 && pair < LEDGER_PAIRS_MAX;
}

static bool fill_fine(int64_t quantity, int64_t value, int64_t fee)
{
    return quantity > 0 && value >= 0 && fee >= 0;
}

/* Free and locked coin together must fit too: cost is shared over both. */
static bool held_fits(const struct ledger_spot *spot)
{
    int64_t held;
    return !__builtin_add_overflow(spot->quantity, spot->locked, &held);
}

void ledger_init(struct ledger *ledger, int64_t krw_units, int64_t usdt_units)
{
    assert(krw_units >= 0 && usdt_units >= 0);
    *ledger = (struct ledger){
        .krw = {.cash = krw_units, .opening = krw_units},
        .usdt = {.cash = usdt_units, .opening = usdt_units},
    };
}

enum ledger_result ledger_open_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                    int64_t cost)
{
    assert(pair_fine(pair));
    if (!fill_fine(quantity, cost, 0)) {
        return LEDGER_BAD_AMOUNT;
    }
    struct ledger_money krw = ledger->krw;
    struct ledger_spot spot = ledger->spot[pair];
    if (!units_add(&spot.quantity, quantity) || !held_fits(&spot) ||
        !units_add(&spot.cost, cost) || !units_add(&krw.opening, cost)) {
        return LEDGER_OVERFLOW;
    }
    ledger->krw = krw;
    ledger->spot[pair] = spot;
    assert(ledger_balances(ledger));
    return LEDGER_OK;
}

enum ledger_result ledger_buy_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                   int64_t value, int64_t fee)
{
    assert(pair_fine(pair));
    if (!fill_fine(quantity, value, fee)) {
        return LEDGER_BAD_AMOUNT;
    }
    struct ledger_money krw = ledger->krw;
    struct ledger_spot spot = ledger->spot[pair];
    if (!units_add(&krw.cash, -value) || !units_add(&krw.cash, -fee) ||
        !units_add(&krw.fees, fee) || !units_add(&spot.cost, value) ||
        !units_add(&spot.quantity, quantity) || !held_fits(&spot)) {
        return LEDGER_OVERFLOW;
    }
    if (krw.cash < 0) {
        return LEDGER_SHORT_OF_CASH;
    }
    ledger->krw = krw;
    ledger->spot[pair] = spot;
    assert(ledger_balances(ledger));
    return LEDGER_OK;
}

enum ledger_result ledger_sell_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                    int64_t value, int64_t fee)
{
    assert(pair_fine(pair));
    if (!fill_fine(quantity, value, fee)) {
        return LEDGER_BAD_AMOUNT;
    }
    struct ledger_money krw = ledger->krw;
    struct ledger_spot spot = ledger->spot[pair];
    if (quantity > spot.quantity) {
        return LEDGER_SHORT_OF_COIN;
    }
    const int64_t removed = units_share(spot.cost, quantity, spot.quantity + spot.locked);
    spot.quantity -= quantity;
    spot.cost -= removed;
    if (!units_add(&krw.cash, value) || !units_add(&krw.cash, -fee) ||
        !units_add(&krw.realized_gross, value - removed) || !units_add(&krw.fees, fee)) {
        return LEDGER_OVERFLOW;
    }
    if (krw.cash < 0) {
        return LEDGER_SHORT_OF_CASH;
    }
    ledger->krw = krw;
    ledger->spot[pair] = spot;
    assert(ledger_balances(ledger));
    return LEDGER_OK;
}

/* Takes `quantity`, at most what is there, out of a position; returns its realised gross. */
static int64_t reduce(struct ledger_perp *perp, int64_t quantity, int64_t value)
{
    const bool is_long = perp->quantity > 0;
    const int64_t held = is_long ? perp->quantity : -perp->quantity;
    const int64_t removed = units_share(perp->entry_value, quantity, held);
    perp->entry_value -= removed;
    perp->quantity += is_long ? -quantity : quantity;
    return is_long ? value - removed : removed - value;
}

static bool extend(struct ledger_perp *perp, enum order_side side, int64_t quantity,
                   int64_t value)
{
    return units_add(&perp->quantity, side == ORDER_BUY ? quantity : -quantity) &&
           units_add(&perp->entry_value, value) && perp->quantity != INT64_MIN;
}

enum ledger_result ledger_trade_perp(struct ledger *ledger, int32_t pair, enum order_side side,
                                     int64_t quantity, int64_t value, int64_t fee)
{
    assert(pair_fine(pair));
    if (!fill_fine(quantity, value, fee)) {
        return LEDGER_BAD_AMOUNT;
    }
    struct ledger_money usdt = ledger->usdt;
    struct ledger_perp perp = ledger->perp[pair];
    const int64_t against = side == ORDER_BUY ? -perp.quantity : perp.quantity;
    const int64_t closed = against <= 0 ? 0 : against < quantity ? against : quantity;
    int64_t realized = 0;
    int64_t opening_value = value;
    if (closed > 0) {
        const int64_t closing_value = units_share(value, closed, quantity);
        realized = reduce(&perp, closed, closing_value);
        opening_value = value - closing_value;
    }
    if (closed < quantity && !extend(&perp, side, quantity - closed, opening_value)) {
        return LEDGER_OVERFLOW;
    }
    if (!units_add(&usdt.cash, realized) || !units_add(&usdt.cash, -fee) ||
        !units_add(&usdt.realized_gross, realized) || !units_add(&usdt.fees, fee)) {
        return LEDGER_OVERFLOW;
    }
    ledger->usdt = usdt;
    ledger->perp[pair] = perp;
    assert(ledger_balances(ledger));
    return LEDGER_OK;
}

enum ledger_result ledger_pay_funding(struct ledger *ledger, int64_t usdt_units)
{
    struct ledger_money usdt = ledger->usdt;
    if (__builtin_sub_overflow(usdt.cash, usdt_units, &usdt.cash) ||
        !units_add(&usdt.funding_paid, usdt_units)) {
        return LEDGER_OVERFLOW;
    }
    ledger->usdt = usdt;
    assert(ledger_balances(ledger));
    return LEDGER_OK;
}

/* Moves units from one of two amounts to the other. */
static enum ledger_result move(int64_t *from, int64_t *to, int64_t units,
                               enum ledger_result shortage)
{
    if (units < 0) {
        return LEDGER_BAD_AMOUNT;
    }
    if (*from < units) {
        return shortage;
    }
    int64_t sum = *to;
    if (!units_add(&sum, units)) {
        return LEDGER_OVERFLOW;
    }
    *to = sum;
    *from -= units;
    return LEDGER_OK;
}

enum ledger_result ledger_lock_krw(struct ledger *ledger, int64_t units)
{
    return move(&ledger->krw.cash, &ledger->krw.locked, units, LEDGER_SHORT_OF_CASH);
}

enum ledger_result ledger_unlock_krw(struct ledger *ledger, int64_t units)
{
    return move(&ledger->krw.locked, &ledger->krw.cash, units, LEDGER_SHORT_OF_CASH);
}

enum ledger_result ledger_lock_spot(struct ledger *ledger, int32_t pair, int64_t units)
{
    assert(pair_fine(pair));
    struct ledger_spot *spot = &ledger->spot[pair];
    return move(&spot->quantity, &spot->locked, units, LEDGER_SHORT_OF_COIN);
}

enum ledger_result ledger_unlock_spot(struct ledger *ledger, int32_t pair, int64_t units)
{
    assert(pair_fine(pair));
    struct ledger_spot *spot = &ledger->spot[pair];
    return move(&spot->locked, &spot->quantity, units, LEDGER_SHORT_OF_COIN);
}

enum ledger_result ledger_lock_usdt(struct ledger *ledger, int64_t units)
{
    return move(&ledger->usdt.cash, &ledger->usdt.locked, units, LEDGER_SHORT_OF_CASH);
}

enum ledger_result ledger_unlock_usdt(struct ledger *ledger, int64_t units)
{
    return move(&ledger->usdt.locked, &ledger->usdt.cash, units, LEDGER_SHORT_OF_CASH);
}

static bool money_balances(const struct ledger_money *money, wide spot_cost)
{
    const wide owned = (wide)money->cash + money->locked + spot_cost;
    const wide booked = (wide)money->opening + money->realized_gross - money->fees -
                        money->funding_paid + money->transfers;
    return owned == booked;
}

bool ledger_balances(const struct ledger *ledger)
{
    wide spot_cost = 0;
    for (int32_t i = 0; i < LEDGER_PAIRS_MAX; i++) {
        spot_cost += ledger->spot[i].cost;
    }
    return money_balances(&ledger->krw, spot_cost) && money_balances(&ledger->usdt, 0);
}

bool ledger_value(double price, int64_t quantity_units, int64_t *value_units)
{
    return price > 0.0 && units_scale(quantity_units, price, 1, value_units);
}

bool ledger_fee(int64_t value_units, double fee_bps, int64_t *fee_units)
{
    return units_scale(value_units, fee_bps, BPS_PER_ONE, fee_units);
}

bool ledger_units(double amount, int64_t *units)
{
    int64_t magnitude;
    if (!units_scale(UNITS_PER_ONE, fabs(amount), 1, &magnitude)) {
        return false;
    }
    *units = amount < 0.0 ? -magnitude : magnitude;
    return true;
}

double ledger_amount(int64_t units)
{
    return (double)units / (double)UNITS_PER_ONE;
}
