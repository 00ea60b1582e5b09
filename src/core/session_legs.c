#include <assert.h>
#include <string.h>

#include "session_state.h"

/* The orders that make legs, and make them equal again.
 *
 * A leg's net is what its entry bought less what exits and repairs sold again. While a trade
 * comes to life the lower net is the target: the leg that is ahead is trimmed back to it. On
 * the way out the target is zero. One rule, so a partial fill, a rejected leg and an exit that
 * stops half-way mend the same way. */

enum order_side session_entry_side(enum spread_side side, enum venue venue)
{
    const bool buys_a = side == SPREAD_LONG_A_SHORT_B;
    const bool buys = venue == VENUE_A ? buys_a : !buys_a;
    return buys ? ORDER_BUY : ORDER_SELL;
}

static enum order_side opposite(enum order_side side)
{
    return side == ORDER_BUY ? ORDER_SELL : ORDER_BUY;
}

/* Books and announces one order; false when there is no room, and nothing happened. */
static bool submit(struct session *session, int32_t pair, struct session_slot *slot,
                   enum venue venue, enum order_side side, enum order_class class,
                   int64_t units, struct action_list *out)
{
    struct session_order *place = session_room(out) > 0 ? session_new_order(session) : NULL;
    if (place == NULL) {
        return false;
    }
    *place = (struct session_order){
        .order = {.client_id = ++session->last_client_id,
                  .trade_ref = slot->ref,
                  .pair = pair,
                  .venue = venue,
                  .side = side,
                  .type = ORDER_MARKET,
                  .lifetime = ORDER_IOC,
                  .class = class,
                  .quantity_units = units},
        .state = ORDER_STATE_SENT,
        .first_sent_ns = session->time_ns,
        .sent_ns = session->time_ns,
    };
    slot->order[venue] = place->order.client_id;
    guard_count_order(&session->guard, session->time_ns);
    session_act(out, ACTION_SUBMIT)->order = place->order;
    return true;
}

bool session_open_attempt(struct session *session, int32_t pair,
                          const struct engine_decision *decision, int64_t units,
                          double notional_usd, double quantity, struct action_list *out)
{
    struct session_pair *state = &session->pairs[pair];
    if (state->trades_count == session->slots_per_pair || !session_order_room(session, 2)) {
        return false;
    }
    const int32_t index = state->trades_count++;
    struct trade *trade = &session_trade_array(session, pair)[index];
    struct session_slot *slot = &session_slot_array(session, pair)[index];
    memset(trade, 0, sizeof *trade);
    memset(slot, 0, sizeof *slot);
    trade->pair = pair;
    trade->side = decision->side;
    trade->state = TRADE_OPENING;
    trade->entry_spread_bps = decision->entry_spread_bps;
    trade->net_edge_bps = decision->net_edge_bps;
    slot->ref = ++session->last_ref;
    slot->revision = session->revision;
    slot->wanted_units = units;
    slot->wanted_quantity = quantity;
    slot->wanted_usd = notional_usd;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const bool sent =
            submit(session, pair, slot, venue, session_entry_side(trade->side, venue),
                   ORDER_ENTRY, units, out);
        assert(sent); /* room was checked above and by the caller */
        (void)sent;
    }
    return true;
}

static void act_trade(struct session *session, const struct trade *trade,
                      enum trade_change change, const struct trade_result *result,
                      struct action_list *out)
{
    struct action *action = session_act(out, ACTION_TRADE);
    assert(action != NULL); /* at most four per report, and the list starts empty */
    action->trade.change = change;
    action->trade.trade = *trade;
    if (result != NULL) {
        action->trade.result = *result;
    }
}

static void remove_trade(struct session *session, int32_t pair, int32_t index)
{
    struct session_pair *state = &session->pairs[pair];
    struct trade *trades = session_trade_array(session, pair);
    struct session_slot *slots = session_slot_array(session, pair);
    const size_t behind = (size_t)(state->trades_count - index - 1);
    memmove(&trades[index], &trades[index + 1], behind * sizeof *trades);
    memmove(&slots[index], &slots[index + 1], behind * sizeof *slots);
    state->trades_count--;
}

/* A venue that has just refused a leg is not asked again in the same second. */
static void cool_down(struct session *session, int32_t pair)
{
    if (session->config.leg_cooldown_ns > 0) {
        guard_add_cause(&session->guard,
                        &(struct guard_cause){
                            .reason = REASON_SYMBOL_COOLDOWN,
                            .pair = pair,
                            .level = GUARD_OBSERVE,
                            .since_ns = session->time_ns,
                            .until_ns = session->time_ns + session->config.leg_cooldown_ns,
                        });
    }
}

static void close_trade(struct session *session, int32_t pair, int32_t index,
                        struct action_list *out)
{
    struct trade trade = session_trade_array(session, pair)[index];
    trade.state = TRADE_CLOSED;
    const struct trade_result result = engine_settle(&session->params, &trade);
    summary_closed(&session->summary, &trade, &result);
    guard_count_close(&session->guard, &session->config.limits, session->time_ns, pair,
                      result.pnl_usd);
    if (trade.exit == TRADE_EXIT_LEG_FAILED) {
        cool_down(session, pair);
    }
    act_trade(session, &trade, TRADE_CHANGE_CLOSED, &result, out);
    remove_trade(session, pair, index);
}

void session_set_trade_state(struct session *session, struct trade *trade,
                             enum trade_state state, enum trade_change change,
                             struct action_list *out)
{
    if (trade->state == state) {
        return;
    }
    trade->state = state;
    if (trade->id != 0 && session_room(out) > 0) {
        act_trade(session, trade, change, NULL, out);
    }
}

static int64_t net_of(const struct session_slot *slot, enum venue venue)
{
    return slot->in_units[venue] - slot->out_units[venue];
}

/* Reduces each leg that is above the target; a leg that cannot be sent now is tried again. */
static void reduce_legs(struct session *session, int32_t pair, struct trade *trade,
                        struct session_slot *slot, int64_t target, struct action_list *out)
{
    const enum order_class class = !slot->exiting                       ? ORDER_REPAIR
                                   : slot->wanted == TRADE_EXIT_FLATTEN ? ORDER_FLATTEN
                                                                        : ORDER_EXIT;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const int64_t net = net_of(slot, venue);
        if (net > target && !session->pairs[pair].terms[venue].halted) {
            (void)submit(session, pair, slot, venue,
                         opposite(session_entry_side(trade->side, venue)), class, net - target,
                         out);
        }
    }
}

/* Would an exit find a closed door? Then neither leg is sent: half an exit is no hedge. */
static bool exit_waits(const struct session *session, int32_t pair,
                       const struct session_slot *slot)
{
    const struct session_terms *terms = session->pairs[pair].terms;
    return (terms[VENUE_A].halted && net_of(slot, VENUE_A) > 0) ||
           (terms[VENUE_B].halted && net_of(slot, VENUE_B) > 0);
}

/* What both legs can come down to: the lower one, in lots that both venues take. */
static int64_t level_units(const struct session *session, int32_t pair,
                           const struct session_slot *slot)
{
    const int64_t net_a = net_of(slot, VENUE_A);
    const int64_t net_b = net_of(slot, VENUE_B);
    const int64_t lower = net_a < net_b ? net_a : net_b;
    const int64_t lot = session_lot(&session->pairs[pair]);
    return net_a == net_b ? lower : lower / lot * lot;
}

/* Coin on A that is worth less than the venue takes an order for is no leg any more: it goes to
 * the inventory, at what it cost. */
static void leave_dust(const struct session *session, int32_t pair, struct trade *trade,
                       struct session_slot *slot, int64_t target)
{
    const struct tick *tick = &session->pairs[pair].valid_tick;
    const int64_t rest = net_of(slot, VENUE_A) - target;
    int64_t value;
    if (rest <= 0 || !ledger_value((tick->bid_a + tick->ask_a) / 2.0, rest, &value) ||
        value >= session->pairs[pair].terms[VENUE_A].minimum_notional_units) {
        return;
    }
    slot->out_units[VENUE_A] += rest;
    if (!slot->exiting) {
        trade->legs[TRADE_A_IN].quantity -= ledger_amount(rest);
    }
}

/* Both legs are equal and no order is on its way. Returns false when the trade is gone. */
static bool settle_entry(struct session *session, int32_t pair, int32_t index, int64_t net,
                         struct action_list *out)
{
    struct trade *trade = &session_trade_array(session, pair)[index];
    struct session_slot *slot = &session_slot_array(session, pair)[index];
    if (net == 0) {
        if (trade->id == 0) {
            remove_trade(session, pair, index); /* nothing ever filled: there was no trade */
        } else {
            trade->exit = TRADE_EXIT_LEG_FAILED;
            trade->close_ns = session->time_ns;
            close_trade(session, pair, index, out);
        }
        return false;
    }
    trade->quantity = ledger_amount(net);
    trade->notional_usd = slot->wanted_usd * trade->quantity / slot->wanted_quantity;
    slot->retries = 0;
    session_set_trade_state(session, trade, TRADE_OPEN, TRADE_CHANGE_OPENED, out);
    return true;
}

void session_advance(struct session *session, int32_t pair, int32_t index,
                     struct action_list *out)
{
    struct trade *trade = &session_trade_array(session, pair)[index];
    struct session_slot *slot = &session_slot_array(session, pair)[index];
    if (slot->order[VENUE_A] != 0 || slot->order[VENUE_B] != 0) {
        return;
    }
    const int64_t target = slot->exiting ? 0 : level_units(session, pair, slot);
    leave_dust(session, pair, trade, slot, target);
    const int64_t net_a = net_of(slot, VENUE_A);
    const int64_t net_b = net_of(slot, VENUE_B);
    if (!slot->exiting && net_a == net_b) {
        if (!settle_entry(session, pair, index, net_a, out) ||
            slot->wanted == TRADE_EXIT_NONE) {
            return;
        }
        slot->exiting = true;
    }
    if (slot->exiting && net_a == 0 && net_b == 0) {
        trade->exit = slot->wanted;
        trade->close_ns = session->time_ns;
        close_trade(session, pair, index, out);
        return;
    }
    if (session->time_ns < slot->retry_ns) {
        return;
    }
    if (slot->exiting) {
        trade->state = TRADE_CLOSING;
        if (exit_waits(session, pair, slot)) {
            return;
        }
        reduce_legs(session, pair, trade, slot, 0, out);
        return;
    }
    if (slot->retries == 0) {
        session_set_trade_state(session, trade, TRADE_BROKEN, TRADE_CHANGE_BROKEN, out);
    }
    session_set_trade_state(session, trade, TRADE_UNWINDING, TRADE_CHANGE_UNWINDING, out);
    reduce_legs(session, pair, trade, slot, target, out);
}

void session_want_exit(struct session *session, int32_t pair, int32_t index,
                       enum trade_exit reason, double exit_spread_bps, struct action_list *out)
{
    struct session_slot *slot = &session_slot_array(session, pair)[index];
    if (slot->wanted != TRADE_EXIT_NONE || session_room(out) < 3) {
        return; /* on its way out already; or the next event asks again */
    }
    slot->wanted = reason;
    session_trade_array(session, pair)[index].exit_spread_bps = exit_spread_bps;
    session_advance(session, pair, index, out);
}

static bool is_level(const struct session_slot *slot)
{
    return net_of(slot, VENUE_A) == net_of(slot, VENUE_B);
}

void session_tend(struct session *session, struct action_list *out)
{
    session_ask_about_orders(session, out);
    for (int32_t pair = 0; pair < session->config.pairs_count; pair++) {
        const struct trade *trades = session_trade_array(session, pair);
        const struct session_slot *slots = session_slot_array(session, pair);
        for (int32_t i = session->pairs[pair].trades_count - 1; i >= 0; i--) {
            /* A fill that came late leaves legs apart that were equal. */
            const bool resting = trades[i].state == TRADE_OPEN &&
                                 slots[i].wanted == TRADE_EXIT_NONE && is_level(&slots[i]);
            if (!resting && session_room(out) >= 4) {
                session_advance(session, pair, i, out);
            }
        }
    }
}
