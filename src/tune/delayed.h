#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/engine.h"
#include "core/summary.h"

/* delayed: a backtest whose orders fill late: at the first valid row at or after the moment of
 * the decision plus the latency, at that row's touch.
 *
 * Meanwhile the trade holds its place and decides nothing. Without latency it is the backtest
 * of run/backtest. */

struct delayed {
    struct engine_params params;
    int64_t latency_ns;
    struct engine engine;
    struct engine_decision decision;
    struct trade trades[ENGINE_TRADES_MAX]; /* opening order; OPENING and CLOSING ones wait */
    int64_t due_ns[ENGINE_TRADES_MAX];
    int32_t count;
    struct tick last_valid;
    double unrealized_usd;
    struct summary summary;
    int64_t steps;
    bool ended;
    int64_t *waits_ns; /* of each order that filled, owned */
    int64_t waits_count, waits_capacity;
};

void delayed_init(struct delayed *run, const struct engine_params *params, int64_t latency_ns);
void delayed_finish(struct delayed *run); /* accepts zeroed */

/* A row before the run's part of time: it moves the baseline. */
void delayed_history(struct delayed *run, const struct tick *tick);
void delayed_step(struct delayed *run, const struct tick *tick);
/* There are no more rows: an entry that did not fill never was. */
void delayed_end(struct delayed *run);

/* The median wait of an order for its row; 0 without orders. */
int64_t delayed_wait_ns(struct delayed *run);
