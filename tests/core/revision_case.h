#pragma once
#include "session_case.h"

/* revision_case: sessions that take on other parameters, and what closed in them. */

enum { CLOSED_MAX = 400 };

static inline struct session_config config_for(int32_t open_max)
{
    struct session_config config = base_config();
    config.engine.max_open_trades = open_max;
    return config;
}

static inline void revise(struct fixture *f, const struct engine_params *params)
{
    struct event event = {.kind = EVENT_REVISION, .pair = -1, .time_ns = f->now_ns};
    event.revision.params = *params;
    step(f, &event);
}

struct closed {
    int32_t count;
    struct trade trades[CLOSED_MAX];
    struct trade_result results[CLOSED_MAX];
};

static inline void note_closed(const struct fixture *f, struct closed *closed)
{
    for (size_t i = 0; closed != NULL && i < f->list.count; i++) {
        const struct action *action = &f->actions[i];
        if (action->kind == ACTION_TRADE && action->trade.change == TRADE_CHANGE_CLOSED) {
            assert_true(closed->count < CLOSED_MAX);
            closed->trades[closed->count] = action->trade.trade;
            closed->results[closed->count++] = action->trade.result;
        }
    }
}

/* Every order of the last step fills whole at the touch. */
static inline void answer_all(struct fixture *f, struct closed *closed)
{
    struct order orders[ACTIONS];
    size_t count = 0;
    for (size_t i = 0; i < f->list.count; i++) {
        if (f->actions[i].kind == ACTION_SUBMIT) {
            orders[count++] = f->actions[i].order;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct tick *tick = &session_pair(f->session, 0)->tick;
        const bool on_a = orders[i].venue == VENUE_A;
        const bool buys = orders[i].side == ORDER_BUY;
        fill(f, orders[i].client_id, ledger_amount(orders[i].quantity_units),
             on_a ? (buys ? tick->ask_a : tick->bid_a) : (buys ? tick->ask_b : tick->bid_b),
             on_a ? tick->krw_per_usd : 1);
        report(f, orders[i].client_id, REPORT_DONE);
        note_closed(f, closed);
    }
}
