#pragma once
/* replay: ticks through the engine with a caller that fills at once and whole, so that a test
 * can look at each decision and at the trades that follow from it. */
#include <assert.h>
#include <string.h>

#include "core/engine.h"

enum { REPLAY_TRADES_MAX = 4096 };

struct replay {
    struct engine_params params;
    struct engine engine;
    struct engine_decision decision; /* of the last tick */
    struct trade open[ENGINE_TRADES_MAX];
    int32_t open_count;
    struct trade closed[REPLAY_TRADES_MAX]; /* closing order */
    int32_t closed_count;
    uint64_t opened;
};

static inline void replay_init(struct replay *replay, const struct engine_params *params)
{
    memset(replay, 0, sizeof(*replay));
    replay->params = *params;
}

static inline void replay_close(struct replay *replay, const struct engine_exit *exit,
                                const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(&replay->params);
    struct trade *trade = &replay->open[exit->index];
    trade_close_at(trade, tick, &costs);
    trade->state = TRADE_CLOSED;
    trade->exit = exit->reason;
    trade->exit_spread_bps = exit->exit_spread_bps;
    trade->close_ns = tick->time_ns;
    assert(replay->closed_count < REPLAY_TRADES_MAX);
    replay->closed[replay->closed_count++] = *trade;
}

static inline void replay_step(struct replay *replay, const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(&replay->params);
    const struct engine_decision *decision = &replay->decision;
    engine_step(&replay->engine, &replay->params, replay->open, replay->open_count, tick,
                &replay->decision);
    for (int32_t i = 0; i < decision->exits_count; i++) {
        replay_close(replay, &decision->exits[i], tick);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < replay->open_count; i++) {
        if (replay->open[i].state == TRADE_OPEN) {
            replay->open[kept++] = replay->open[i];
        }
    }
    replay->open_count = kept;
    if (decision->enter) {
        struct trade trade =
            trade_open_at(decision->side, tick, replay->params.max_position_usd, &costs);
        trade.id = ++replay->opened;
        trade.entry_spread_bps = decision->entry_spread_bps;
        trade.net_edge_bps = decision->net_edge_bps;
        replay->open[replay->open_count++] = trade;
    }
}
