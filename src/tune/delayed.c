#include "delayed.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

void delayed_init(struct delayed *run, const struct engine_params *params, int64_t latency_ns)
{
    *run = (struct delayed){.params = *params, .latency_ns = latency_ns};
    summary_init(&run->summary, params->initial_balance_usd);
}

void delayed_finish(struct delayed *run)
{
    mem_free(run->waits_ns);
    *run = (struct delayed){0};
}

static bool is_exact(const struct delayed *run)
{
    return run->params.profile == ENGINE_EXACT;
}

static void note_wait(struct delayed *run, int64_t due_ns, int64_t now_ns)
{
    if (run->waits_count == run->waits_capacity) {
        run->waits_capacity = run->waits_capacity > 0 ? 2 * run->waits_capacity : 64;
        run->waits_ns =
            mem_grow(run->waits_ns, (size_t)run->waits_capacity, sizeof *run->waits_ns);
    }
    run->waits_ns[run->waits_count++] = now_ns - due_ns + run->latency_ns;
}

/* What was decided stays; price, quantity and time are those of the fill. */
static void fill_entry(struct delayed *run, struct trade *trade, const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(&run->params);
    struct trade filled =
        trade_open_at(trade->side, tick, run->params.max_position_usd, &costs);
    summary_opened(&run->summary);
    filled.id = (uint64_t)run->summary.opened;
    filled.entry_spread_bps = trade->entry_spread_bps;
    filled.net_edge_bps = trade->net_edge_bps;
    *trade = filled;
}

static void fill_exit(struct delayed *run, struct trade *trade, const struct tick *tick)
{
    const struct trade_costs costs = engine_costs(&run->params);
    trade_close_at(trade, tick, &costs);
    trade->state = TRADE_CLOSED;
    trade->close_ns = tick->time_ns;
    const struct trade_result settled = engine_settle(&run->params, trade);
    summary_closed(&run->summary, trade, &settled);
}

static void fill_due(struct delayed *run, const struct tick *tick)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < run->count; i++) {
        struct trade *trade = &run->trades[i];
        const bool waits = trade->state != TRADE_OPEN && run->due_ns[i] <= tick->time_ns;
        if (waits) {
            note_wait(run, run->due_ns[i], tick->time_ns);
        }
        if (waits && trade->state == TRADE_OPENING) {
            fill_entry(run, trade, tick);
        } else if (waits) {
            fill_exit(run, trade, tick);
        }
        if (trade->state != TRADE_CLOSED) {
            run->due_ns[kept] = run->due_ns[i];
            run->trades[kept++] = *trade;
        }
    }
    run->count = kept;
}

static void send_exits(struct delayed *run, int64_t due_ns)
{
    for (int32_t i = 0; i < run->decision.exits_count; i++) {
        const struct engine_exit *exit = &run->decision.exits[i];
        struct trade *trade = &run->trades[exit->index];
        trade->state = TRADE_CLOSING;
        trade->exit = exit->reason;
        trade->exit_spread_bps = exit->exit_spread_bps;
        run->due_ns[exit->index] = due_ns;
    }
}

static void send_entry(struct delayed *run, int64_t due_ns)
{
    assert(run->count < ENGINE_TRADES_MAX);
    run->due_ns[run->count] = due_ns;
    run->trades[run->count++] = (struct trade){
        .side = run->decision.side,
        .state = TRADE_OPENING,
        .entry_spread_bps = run->decision.entry_spread_bps,
        .net_edge_bps = run->decision.net_edge_bps,
    };
}

static void mark(struct delayed *run, const struct tick *tick)
{
    run->unrealized_usd = 0;
    for (int32_t i = 0; i < run->count; i++) {
        if (run->trades[i].state != TRADE_OPENING) {
            run->unrealized_usd += engine_mark(&run->params, &run->trades[i], tick).pnl_usd;
        }
    }
}

static int64_t holding(const struct delayed *run)
{
    return run->summary.opened - run->summary.closed;
}

void delayed_history(struct delayed *run, const struct tick *tick)
{
    if (tick_check(tick) == TICK_VALID) {
        engine_history(&run->engine, &run->params, tick->time_ns,
                       spread_exact(tick).premium_bps);
    }
}

void delayed_step(struct delayed *run, const struct tick *tick)
{
    if (run->ended || run->steps == run->params.max_steps) {
        run->ended = true;
        return;
    }
    if (tick_check(tick) == TICK_VALID) {
        fill_due(run, tick);
    }
    engine_step(&run->engine, &run->params, run->trades, run->count, tick, &run->decision);
    if (run->decision.fault == TICK_VALID) {
        const int64_t due_ns = tick->time_ns + run->latency_ns;
        send_exits(run, due_ns);
        if (run->decision.enter) {
            send_entry(run, due_ns);
        }
        /* Without latency the row of the decision is the row of the fill. */
        fill_due(run, tick);
        mark(run, tick);
        run->last_valid = *tick;
    }
    summary_step(&run->summary, run->decision.fault, tick->time_ns, holding(run),
                 run->unrealized_usd, is_exact(run));
    /* Not set is NAN, which nothing reaches. */
    run->ended = run->summary.drawdown * 100 >= run->params.stop_on_drawdown_pct;
    run->steps += !run->ended;
}

void delayed_end(struct delayed *run)
{
    if (run->params.close_at_end) {
        for (int32_t i = 0; i < run->count; i++) {
            if (run->trades[i].state != TRADE_OPENING) {
                run->trades[i].exit = TRADE_EXIT_END_OF_DATA;
                fill_exit(run, &run->trades[i], &run->last_valid);
            }
        }
        run->count = 0;
        run->unrealized_usd = 0;
        summary_mark(&run->summary, 0, is_exact(run));
    }
}

static int compare_waits(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int64_t delayed_wait_ns(struct delayed *run)
{
    if (run->waits_count == 0) {
        return 0;
    }
    qsort(run->waits_ns, (size_t)run->waits_count, sizeof *run->waits_ns, compare_waits);
    return run->waits_ns[run->waits_count / 2];
}
