#include <string.h>

#include "session_state.h"

/* The table of orders: those on their way, and finished ones for as long as there is room,
 * since a fill may come late. */

struct session_order *session_find_order(struct session *session, uint64_t client_id)
{
    struct session_order *orders = session_order_array(session);
    for (int32_t i = 0; i < session->orders_count; i++) {
        if (orders[i].order.client_id == client_id) {
            return &orders[i];
        }
    }
    return NULL;
}

/* A place for one more order. Finished ones are kept for fills that come late, the oldest goes.
 */
struct session_order *session_new_order(struct session *session)
{
    struct session_order *orders = session_order_array(session);
    if (session->orders_count < session->orders_capacity) {
        return &orders[session->orders_count++];
    }
    for (int32_t i = 0; i < session->orders_count; i++) {
        if (orders[i].state == ORDER_STATE_DONE) {
            const size_t behind = (size_t)(session->orders_count - i - 1);
            memmove(&orders[i], &orders[i + 1], behind * sizeof *orders);
            return &orders[session->orders_count - 1];
        }
    }
    return NULL;
}

bool session_order_room(struct session *session, int32_t wanted)
{
    const struct session_order *orders = session_order_array(session);
    int32_t room = session->orders_capacity - session->orders_count;
    for (int32_t i = 0; i < session->orders_count && room < wanted; i++) {
        room += orders[i].state == ORDER_STATE_DONE ? 1 : 0;
    }
    return room >= wanted;
}

void session_become_unknown(const struct session *session, struct session_order *known)
{
    if (known->state != ORDER_STATE_UNKNOWN) {
        known->state = ORDER_STATE_UNKNOWN;
        known->unknown_ns = session->time_ns;
    }
}

/* With every place taken, an id below all of them was counted long ago, or is missed when the
 * order ends: then its sum does not fit, and it stays UNKNOWN for a human to see. */
bool session_count_fill(struct session_order *known, uint64_t fill_id)
{
    int32_t lowest = 0;
    for (int32_t i = 0; i < SESSION_FILLS_MAX; i++) {
        if (known->fills[i] == fill_id) {
            return false;
        }
        lowest = known->fills[i] < known->fills[lowest] ? i : lowest;
    }
    if (fill_id < known->fills[lowest]) {
        return false;
    }
    known->fills[lowest] = fill_id;
    return true;
}

static void ask_about(struct session *session, struct session_order *known,
                      struct action_list *out)
{
    const int64_t waited_ns = session->time_ns - known->sent_ns;
    if (known->state == ORDER_STATE_DONE || waited_ns < session->config.order_timeout_ns) {
        return;
    }
    struct action *action = session_act(out, ACTION_QUERY);
    if (action != NULL) {
        action->client_id = known->order.client_id;
        known->sent_ns = session->time_ns;
        session_become_unknown(session, known);
    }
}

void session_ask_about_orders(struct session *session, struct action_list *out)
{
    struct session_order *orders = session_order_array(session);
    for (int32_t i = 0; i < session->orders_count; i++) {
        ask_about(session, &orders[i], out);
    }
}

void session_sweep_entries(struct session *session, struct action_list *out)
{
    const struct session_order *orders = session_order_array(session);
    for (int32_t i = 0; i < session->orders_count; i++) {
        if (orders[i].order.class == ORDER_ENTRY && orders[i].state != ORDER_STATE_DONE) {
            struct action *action = session_act(out, ACTION_CANCEL);
            if (action != NULL) {
                action->client_id = orders[i].order.client_id;
            }
        }
    }
}

const struct session_order *session_order(const struct session *session, uint64_t client_id)
{
    return session_find_order((struct session *)session, client_id);
}

int32_t session_orders_open(const struct session *session)
{
    const struct session_order *orders = session_order_array((struct session *)session);
    int32_t open = 0;
    for (int32_t i = 0; i < session->orders_count; i++) {
        open += orders[i].state != ORDER_STATE_DONE ? 1 : 0;
    }
    return open;
}

int32_t session_orders_unknown(const struct session *session, int64_t *since_ns)
{
    const struct session_order *orders = session_order_array((struct session *)session);
    int32_t unknown = 0;
    *since_ns = 0;
    for (int32_t i = 0; i < session->orders_count; i++) {
        if (orders[i].state == ORDER_STATE_UNKNOWN) {
            unknown++;
            if (*since_ns == 0 || orders[i].unknown_ns < *since_ns) {
                *since_ns = orders[i].unknown_ns;
            }
        }
    }
    return unknown;
}
