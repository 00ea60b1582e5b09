#include <math.h>

#include "session_state.h"

/* What venues say of our orders, and what it makes of ledger and legs. A fill counts once and
 * always: late, out of order or too large, it is booked, and where it does not fit trading
 * halts. */

enum { RETRY_SHIFT_MAX = 6 };

static void fail(struct session *session, int32_t pair, enum reason reason)
{
    guard_add_cause(&session->guard, &(struct guard_cause){
                                         .reason = reason,
                                         .pair = pair,
                                         .level = GUARD_HALTED,
                                         .since_ns = session->time_ns,
                                         .until_ns = INT64_MAX,
                                     });
}

static void book(struct session *session, const struct order *order,
                 const struct order_report *report)
{
    enum ledger_result result;
    if (order->venue == VENUE_B) {
        result =
            ledger_trade_perp(&session->ledger, order->pair, order->side,
                              report->quantity_units, report->value_units, report->fee_units);
    } else if (order->side == ORDER_BUY) {
        result = ledger_buy_spot(&session->ledger, order->pair, report->quantity_units,
                                 report->value_units, report->fee_units);
    } else {
        result = ledger_sell_spot(&session->ledger, order->pair, report->quantity_units,
                                  report->value_units, report->fee_units);
    }
    if (result != LEDGER_OK) {
        /* The venue did what our books say is impossible: stop and let a human look. */
        fail(session, order->pair, REASON_CROSS_RECON_MISMATCH);
    }
}

/* Coin that was bought and sold back while mending: its profit, and off the entry leg it goes.
 */
static void book_repair(struct session *session, struct trade *trade, enum venue venue,
                        const struct trade_fill *fill)
{
    struct trade_fill *in = &trade->legs[venue == VENUE_A ? TRADE_A_IN : TRADE_B_IN];
    const double fee_bps =
        venue == VENUE_A ? session->params.taker_fee_a_bps : session->params.taker_fee_b_bps;
    const double in_usd = in->price / in->krw_per_usd;
    const double out_usd = fill->price / fill->krw_per_usd;
    const double sign = session_entry_side(trade->side, venue) == ORDER_BUY ? 1.0 : -1.0;
    const double fees_usd = fill->quantity * (in_usd + out_usd) * fee_bps / 1e4;
    trade->repair_usd += sign * fill->quantity * (out_usd - in_usd) - fees_usd;
    trade->repair_fees_usd += fees_usd;
    in->quantity -= fill->quantity;
}

static void fill_leg(struct session *session, int32_t index, const struct order *order,
                     const struct order_report *report, struct action_list *out)
{
    struct trade *trade = &session_trade_array(session, order->pair)[index];
    struct session_slot *slot = &session_slot_array(session, order->pair)[index];
    const struct trade_fill fill = {
        .quantity = ledger_amount(report->quantity_units),
        .price = report->price,
        .touch_price = report->touch_price,
        .krw_per_usd = report->krw_per_usd,
    };
    const bool on_a = order->venue == VENUE_A;
    if (order->class == ORDER_ENTRY) {
        slot->in_units[order->venue] += report->quantity_units;
        trade_add_fill(trade, on_a ? TRADE_A_IN : TRADE_B_IN, &fill);
        if (trade->id == 0) {
            trade->id = ++session->last_trade_id;
            trade->open_ns = session->time_ns;
            trade->notional_usd = slot->wanted_usd;
            summary_opened(&session->summary);
        }
        if (trade->state == TRADE_OPENING) {
            session_set_trade_state(session, trade, TRADE_HEDGING, TRADE_CHANGE_OPENING, out);
        }
        return;
    }
    slot->out_units[order->venue] += report->quantity_units;
    if (slot->out_units[order->venue] > slot->in_units[order->venue]) {
        fail(session, order->pair, REASON_ORDER_OVERFILL); /* the leg has changed its sign */
    }
    if (slot->exiting) {
        trade_add_fill(trade, on_a ? TRADE_A_OUT : TRADE_B_OUT, &fill);
    } else {
        book_repair(session, trade, order->venue, &fill);
    }
}

static int32_t find_slot(struct session *session, const struct order *order)
{
    const struct session_slot *slots = session_slot_array(session, order->pair);
    for (int32_t i = 0; i < session->pairs[order->pair].trades_count; i++) {
        if (slots[i].ref == order->trade_ref) {
            return i;
        }
    }
    return -1;
}

static bool is_positive(double value)
{
    return isfinite(value) && value > 0.0;
}

/* Numbers that can be a fill of this order at all. */
static bool is_fill(const struct session_order *known, const struct order_report *report)
{
    int64_t filled_units;
    return report->quantity_units > 0 && is_positive(report->price) &&
           is_positive(report->touch_price) && is_positive(report->krw_per_usd) &&
           !__builtin_add_overflow(known->filled_units, report->quantity_units, &filled_units);
}

static void take_fill(struct session *session, struct session_order *known,
                      const struct order_report *report, struct action_list *out)
{
    if (!is_fill(known, report)) {
        fail(session, known->order.pair, REASON_CROSS_RECON_MISMATCH);
        return;
    }
    if (!session_count_fill(known, report->fill_id)) {
        return; /* told twice: fills count once (SAFETY.md row 33) */
    }
    known->filled_units += report->quantity_units;
    book(session, &known->order, report);
    if (known->filled_units > known->order.quantity_units) {
        fail(session, known->order.pair, REASON_ORDER_OVERFILL);
    }
    const int32_t index = find_slot(session, &known->order);
    if (index < 0) {
        fail(session, known->order.pair, REASON_ORDER_LATE_FILL);
        return;
    }
    fill_leg(session, index, &known->order, report, out);
}

static void end_order(struct session *session, struct session_order *known,
                      struct action_list *out)
{
    if (known->state == ORDER_STATE_DONE) {
        return;
    }
    known->state = ORDER_STATE_DONE;
    const int32_t index = find_slot(session, &known->order);
    if (index < 0) {
        return;
    }
    struct session_slot *slot = &session_slot_array(session, known->order.pair)[index];
    slot->order[known->order.venue] = 0;
    if (known->order.class != ORDER_ENTRY &&
        known->filled_units < known->order.quantity_units) {
        const int shift = slot->retries < RETRY_SHIFT_MAX ? slot->retries : RETRY_SHIFT_MAX;
        slot->retry_ns = session->time_ns + (session->config.leg_retry_ns << shift);
        slot->retries++;
        if (slot->retries == session->config.leg_retries_max) {
            fail(session, known->order.pair,
                 REASON_CROSS_LEG_OPEN); /* and go on trying, slower */
        }
    }
    session_advance(session, known->order.pair, index, out);
}

/* Asked about when the venue had time to tell by itself. */
static void wait_for_the_truth(struct session *session, struct session_order *known)
{
    if (known->state != ORDER_STATE_DONE) {
        known->sent_ns = session->time_ns;
        session_become_unknown(session, known);
    }
}

void session_report(struct session *session, const struct event *event, struct action_list *out)
{
    const struct order_report *report = &event->report;
    struct session_order *known = session_find_order(session, report->client_id);
    if (known == NULL) {
        return; /* not ours, or finished so long ago that its place was given away */
    }
    switch (report->kind) {
    case REPORT_FILL:
        take_fill(session, known, report, out);
        break;
    case REPORT_UNKNOWN:
        wait_for_the_truth(session, known);
        break;
    case REPORT_DONE:
        if (report->quantity_units > known->filled_units) {
            wait_for_the_truth(session, known); /* fills of it have not come, or never will */
            break;
        }
        end_order(session, known, out);
        break;
    case REPORT_REJECTED:
    case REPORT_NOT_FOUND:
        end_order(session, known, out);
        break;
    }
}
