#include <assert.h>
#include <string.h>

#include "paper_state.h"

/* What becomes of an order when it reaches the venue, and of one that rests. */

static double fee_bps(const struct venue_paper *paper, enum venue venue)
{
    return venue == VENUE_A ? paper->config.fee_a_bps : paper->config.fee_b_bps;
}

/* Half of the slippage on each leg, against us; never beyond an order's own limit. */
static double slipped(const struct venue_paper *paper, const struct order *order, double price)
{
    const double h = paper->config.slippage_bps / 2 / 1e4;
    const bool buys = order->side == ORDER_BUY;
    const double worse = buys ? price * (1 + h) : price * (1 - h);
    const double limit = ledger_amount(order->limit_price_units);
    if (order->type == ORDER_LIMIT && (buys ? worse > limit : worse < limit)) {
        return limit;
    }
    return worse;
}

/* Books a fill and describes it, all but its id. */
static enum ledger_result book_fill(const struct venue_paper *paper, struct ledger *ledger,
                                    const struct order *order, int64_t quantity_units,
                                    double price, double touch_price, struct order_report *fill)
{
    memset(fill, 0, sizeof *fill);
    fill->client_id = order->client_id;
    fill->kind = REPORT_FILL;
    fill->quantity_units = quantity_units;
    fill->price = price;
    fill->touch_price = touch_price;
    fill->krw_per_usd = order->venue == VENUE_A ? paper->state.krw_per_usd : 1.0;
    if (!ledger_value(price, quantity_units, &fill->value_units) ||
        !ledger_fee(fill->value_units, fee_bps(paper, order->venue), &fill->fee_units)) {
        return LEDGER_OVERFLOW;
    }
    if (order->venue == VENUE_B) {
        return ledger_trade_perp(ledger, order->pair, order->side, quantity_units,
                                 fill->value_units, fill->fee_units);
    }
    return order->side == ORDER_BUY ? ledger_buy_spot(ledger, order->pair, quantity_units,
                                                      fill->value_units, fill->fee_units)
                                    : ledger_sell_spot(ledger, order->pair, quantity_units,
                                                       fill->value_units, fill->fee_units);
}

/* What a buy of `quantity_units` at `price` costs with its fee; false on overflow. */
static bool cost_units(const struct venue_paper *paper, const struct order *order, double price,
                       int64_t quantity_units, int64_t *units)
{
    int64_t value, fee;
    return ledger_value(price, quantity_units, &value) &&
           ledger_fee(value, fee_bps(paper, order->venue), &fee) &&
           !__builtin_add_overflow(value, fee, units);
}

static bool margin_suffices(const struct venue_paper *paper, const struct order *order,
                            double price, int64_t quantity_units)
{
    const int64_t extending = paper_extending_units(paper, order, quantity_units);
    int64_t margin, value, fee, unrealized;
    if (extending == 0) {
        return true; /* a position may always be reduced */
    }
    if (!paper_margin_units(paper, price, extending, &margin) ||
        !ledger_value(price, quantity_units, &value) ||
        !ledger_fee(value, fee_bps(paper, VENUE_B), &fee) ||
        !ledger_units(paper_unrealized_usdt(paper), &unrealized)) {
        return false;
    }
    const double free_units = (double)paper->state.ledger.usdt.cash + (double)unrealized;
    return free_units >= (double)margin + (double)fee;
}

/* Is there money for the order? A limit order needs it at its limit, whole; a market order for
 * what it would fill. */
static bool funds_suffice(const struct venue_paper *paper, const struct order *order,
                          const struct paper_walk *walk)
{
    const bool limit = order->type == ORDER_LIMIT;
    const int64_t quantity = limit ? order->quantity_units : walk->quantity_units;
    const double price =
        limit ? ledger_amount(order->limit_price_units) : slipped(paper, order, walk->price);
    const struct ledger *ledger = &paper->state.ledger;
    int64_t cost;
    if (order->venue == VENUE_A && order->side == ORDER_SELL) {
        return order->quantity_units <= ledger->spot[order->pair].quantity;
    }
    if (quantity == 0) {
        return true;
    }
    if (order->venue == VENUE_B) {
        return margin_suffices(paper, order, price, quantity);
    }
    return cost_units(paper, order, price, quantity, &cost) && cost <= ledger->krw.cash;
}

static void end(struct venue_paper *paper, struct paper_order *known, enum venue_error error,
                int64_t now_ns)
{
    known->state = error == VENUE_ERROR_NONE ? PAPER_DONE : PAPER_REJECTED;
    known->error = error;
    paper_say_end(paper, known, now_ns > known->truth_ns ? now_ns : known->truth_ns);
}

static void record_fill(struct venue_paper *paper, struct paper_order *known,
                        struct order_report *fill, int64_t now_ns)
{
    fill->fill_id = ++paper->state.last_fill_id[known->order.venue];
    known->filled_units += fill->quantity_units;
    paper_keep_fill(paper, fill);
    paper_say(paper, fill, now_ns > known->truth_ns ? now_ns : known->truth_ns);
}

/* Sets aside what the rest of a resting order will need. */
static void lock(struct venue_paper *paper, struct paper_order *known)
{
    const struct order *order = &known->order;
    struct ledger *ledger = &paper->state.ledger;
    const int64_t left = order->quantity_units - known->filled_units;
    if (order->venue == VENUE_B) {
        return; /* margin is locked for the whole account */
    }
    if (order->side == ORDER_SELL) {
        known->locked_units = left;
        const enum ledger_result result = ledger_lock_spot(ledger, order->pair, left);
        assert(result == LEDGER_OK);
        (void)result;
        return;
    }
    int64_t cost = 0;
    const double price = ledger_amount(order->limit_price_units);
    (void)cost_units(paper, order, price, left, &cost); /* fitted when it was accepted */
    /* Parts round apart from the whole by a unit; there is no more than there is. */
    known->locked_units = cost < ledger->krw.cash ? cost : ledger->krw.cash;
    (void)ledger_lock_krw(ledger, known->locked_units);
}

static void unlock(struct ledger *ledger, struct paper_order *known)
{
    const struct order *order = &known->order;
    const enum ledger_result result =
        order->side == ORDER_SELL ? ledger_unlock_spot(ledger, order->pair, known->locked_units)
                                  : ledger_unlock_krw(ledger, known->locked_units);
    assert(result == LEDGER_OK);
    (void)result;
    known->locked_units = 0;
}

static void end_or_rest(struct venue_paper *paper, struct paper_order *known, int64_t now_ns)
{
    const bool whole = known->filled_units == known->order.quantity_units;
    if (!whole && known->order.lifetime == ORDER_GTC) {
        known->state = PAPER_RESTING;
        lock(paper, known);
    } else {
        end(paper, known, VENUE_ERROR_NONE, now_ns);
    }
    if (known->order.venue == VENUE_B) {
        paper_lock_margin(paper);
    }
}

static void fill_now(struct venue_paper *paper, struct paper_order *known, int64_t now_ns)
{
    const struct order *order = &known->order;
    const struct paper_walk walk =
        paper_walk_book(paper, order, order->quantity_units, now_ns, false);
    if (!funds_suffice(paper, order, &walk)) {
        end(paper, known, VENUE_ERROR_INSUFFICIENT_BALANCE, now_ns);
        return;
    }
    const bool all = walk.quantity_units == order->quantity_units;
    if (walk.quantity_units == 0 || (order->lifetime == ORDER_FOK && !all)) {
        end_or_rest(paper, known, now_ns);
        return;
    }
    struct ledger ledger = paper->state.ledger;
    struct order_report fill;
    const double price = slipped(paper, order, walk.price);
    if (book_fill(paper, &ledger, order, walk.quantity_units, price, walk.price, &fill) !=
        LEDGER_OK) {
        end(paper, known, VENUE_ERROR_INVALID_ORDER, now_ns); /* a sum would run over */
        return;
    }
    (void)paper_walk_book(paper, order, order->quantity_units, now_ns, true);
    paper->state.ledger = ledger;
    record_fill(paper, known, &fill, now_ns);
    end_or_rest(paper, known, now_ns);
}

void paper_execute(struct venue_paper *paper, struct paper_order *known, int64_t now_ns)
{
    known->truth_ns = now_ns;
    if (known->will_delay) {
        paper_say_kind(paper, known->order.client_id, REPORT_UNKNOWN, VENUE_ERROR_NONE, now_ns);
        known->truth_ns = now_ns + known->delay_ns;
    }
    enum venue_error error = paper_check_order(paper, &known->order);
    if (error == VENUE_ERROR_NONE && known->will_reject) {
        error = VENUE_ERROR_UNKNOWN;
    }
    if (error != VENUE_ERROR_NONE) {
        end(paper, known, error, now_ns);
        return;
    }
    fill_now(paper, known, now_ns);
}

/* A resting order fills at its own price, as far as the other side has come to it. */
static void cross_one(struct venue_paper *paper, struct paper_order *known, int64_t now_ns)
{
    const struct order *order = &known->order;
    const int64_t left = order->quantity_units - known->filled_units;
    const struct paper_walk walk = paper_walk_book(paper, order, left, now_ns, false);
    if (walk.quantity_units == 0) {
        return;
    }
    const double price = ledger_amount(order->limit_price_units);
    const struct paper_order kept = *known;
    struct ledger ledger = paper->state.ledger;
    struct order_report fill;
    if (order->venue == VENUE_A) {
        unlock(&ledger, known);
    }
    if (book_fill(paper, &ledger, order, walk.quantity_units, price, price, &fill) !=
        LEDGER_OK) {
        *known = kept; /* nothing happened; the order goes on resting */
        return;
    }
    (void)paper_walk_book(paper, order, left, now_ns, true);
    paper->state.ledger = ledger;
    record_fill(paper, known, &fill, now_ns);
    end_or_rest(paper, known, now_ns);
}

void paper_cross_resting(struct venue_paper *paper, int32_t pair, enum venue venue,
                         int64_t now_ns)
{
    uint64_t after = 0;
    while (paper_has_report_room(paper) && paper_make_fill_room(paper)) {
        struct paper_order *known = paper_next_resting(paper, pair, venue, after);
        if (known == NULL) {
            return;
        }
        after = known->order.client_id;
        cross_one(paper, known, now_ns);
    }
}

void paper_end_resting(struct venue_paper *paper, struct paper_order *known, int64_t now_ns)
{
    assert(known->state == PAPER_RESTING);
    if (known->order.venue == VENUE_A) {
        unlock(&paper->state.ledger, known);
    }
    end(paper, known, VENUE_ERROR_NONE, now_ns);
    paper_lock_margin(paper); /* its margin, when it rested on B */
}
