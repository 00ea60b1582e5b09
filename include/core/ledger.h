#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/order.h"

/* ledger: what is owned and owed, to the unit (SPEC.md 4)?
 *
 * Spot account on A (KRW and coins at average cost), margin account on B (USDT, one signed
 * position per pair). Whole units of 1e-8 in int64, products in 128 bits; an overflow refuses
 * the booking and changes nothing. A plain value: copy it to try something out.
 *
 * Identity, per currency, after every booking:
 *   cash + locked + sum of spot cost = opening + realised_gross - fees - funding_paid +
 * transfers */

enum { LEDGER_PAIRS_MAX = 16 };

struct ledger_money {
    int64_t cash; /* free */
    int64_t locked;
    int64_t opening; /* cash and inventory cost at the start */
    int64_t realized_gross;
    int64_t fees;
    int64_t funding_paid; /* negative is income */
    int64_t transfers;
};

struct ledger_spot {
    int64_t quantity; /* free coin */
    int64_t locked;
    int64_t cost; /* of quantity + locked, KRW */
};

struct ledger_perp {
    int64_t quantity;    /* signed; short is negative */
    int64_t entry_value; /* sum of price*|quantity| at average entry, USDT, >= 0 */
};

struct ledger {
    struct ledger_money krw;
    struct ledger_money usdt;
    struct ledger_spot spot[LEDGER_PAIRS_MAX];
    struct ledger_perp perp[LEDGER_PAIRS_MAX];
};

/* Anything but OK changed nothing. */
enum ledger_result {
    LEDGER_OK,
    LEDGER_SHORT_OF_CASH,
    LEDGER_SHORT_OF_COIN,
    LEDGER_OVERFLOW,
    LEDGER_BAD_AMOUNT /* negative, or a fill of no coin */
};

void ledger_init(struct ledger *ledger, int64_t krw_units, int64_t usdt_units);
/* Opening inventory: coin that was there before the session, at its cost. */
enum ledger_result ledger_open_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                    int64_t cost);

/* Spot fills. A sale removes round-half-even(cost*q/Q) of the cost, the last sale the rest. The
 * realised gross of a sale is value - cost removed. Fees are KRW. */
enum ledger_result ledger_buy_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                   int64_t value, int64_t fee);
enum ledger_result ledger_sell_spot(struct ledger *ledger, int32_t pair, int64_t quantity,
                                    int64_t value, int64_t fee);

/* A perp fill: extends, reduces or flips the position; notional never moves cash, realised and
 * fee do. Value is price*quantity in USDT. The fill is a fact and a loss may be larger than
 * what is free, so USDT cash may go below zero; the venue's margin check is what keeps it up.
 */
enum ledger_result ledger_trade_perp(struct ledger *ledger, int32_t pair, enum order_side side,
                                     int64_t quantity, int64_t value, int64_t fee);

/* Books a funding payment (negative: received). */
enum ledger_result ledger_pay_funding(struct ledger *ledger, int64_t usdt_units);

/* Moves between free and locked; refuses to go below zero. */
enum ledger_result ledger_lock_krw(struct ledger *ledger, int64_t units);
enum ledger_result ledger_unlock_krw(struct ledger *ledger, int64_t units);
enum ledger_result ledger_lock_spot(struct ledger *ledger, int32_t pair, int64_t units);
enum ledger_result ledger_unlock_spot(struct ledger *ledger, int32_t pair, int64_t units);
enum ledger_result ledger_lock_usdt(struct ledger *ledger, int64_t units);
enum ledger_result ledger_unlock_usdt(struct ledger *ledger, int64_t units);

/* True when the identity holds to the unit in both currencies. */
bool ledger_balances(const struct ledger *ledger);

/* price*quantity in units, rounded half to even; false on overflow or a price that is not
 * finite and positive. */
bool ledger_value(double price, int64_t quantity_units, int64_t *value_units);
/* value*bps/1e4, rounded half to even. */
bool ledger_fee(int64_t value_units, double fee_bps, int64_t *fee_units);
/* A double amount into units, rounded to nearest; false out of range. */
bool ledger_units(double amount, int64_t *units);
double ledger_amount(int64_t units);
