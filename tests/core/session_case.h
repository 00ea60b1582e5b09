#pragma once
#include "support/check.h"

#include "core/session.h"

/* session_case: one session on rows made by hand, its orders answered by the test. */

/* One pair of a coin worth about 100 USD at 1,000 KRW per USD, fees 5/5, no slippage:
 * cost_rt = 2 * (5 + 5) = 20 bps, trades of 1,000 USD. */

enum { ACTIONS = 256 };
#define ONE UNITS_PER_ONE

struct fixture {
    struct session_config config;
    void *storage;
    struct session *session;
    struct action actions[ACTIONS];
    struct action_list list;
    int64_t now_ns;
    uint64_t fill_id;
};

static inline struct session_config base_config(void)
{
    struct session_config config = {
        .pairs_count = 1,
        .engine = engine_defaults(),
        .leverage = 5,
        .opening_krw_units = 100000000 * ONE,
        .opening_usdt_units = 100000 * ONE,
        .opening_coin_usd = 50000,
        .order_timeout_ns = INT64_C(2000000000),
        .leg_retry_ns = INT64_C(500000000),
        .leg_retries_max = 3,
        .leg_cooldown_ns = INT64_C(30000000000),
        .decision_ttl_ns = INT64_C(1000000000),
    };
    double *limit = (double *)&config.limits; /* every limit is a double: none is set */
    for (size_t i = 0; i < sizeof config.limits / sizeof *limit; i++) {
        limit[i] = NAN;
    }
    config.engine.min_spread_bps = 5;
    config.engine.taker_fee_a_bps = 5;
    config.engine.taker_fee_b_bps = 5;
    config.engine.slippage_bps = 0;
    config.engine.max_position_usd = 1000;
    config.pairs[0] = (struct session_instrument){
        .name = "X", .lot_a_units = 1, .lot_b_units = 1, .lot_nearest = true};
    return config;
}

static inline void open_fixture(struct fixture *f, const struct session_config *config)
{
    memset(f, 0, sizeof *f);
    f->config = *config;
    f->storage = test_malloc(session_size(config));
    f->session = session_init(f->storage, config, 0);
    session_set_gate(f->session, &(struct guard_gate){.armed = true});
    f->list =
        (struct action_list){.capacity = session_actions_max(config), .actions = f->actions};
    assert_true(f->list.capacity <= ACTIONS);
    f->now_ns = INT64_C(1000000000);
}

static inline void close_fixture(struct fixture *f)
{
    test_free(f->storage);
}

static inline void step(struct fixture *f, const struct event *event)
{
    f->list.count = 0;
    session_step(f->session, event, &f->list);
    assert_true(ledger_balances(session_ledger(f->session)));
}

static inline void row(struct fixture *f, double bid_a, double ask_a, double bid_b,
                       double ask_b)
{
    f->now_ns += INT64_C(60000000000);
    struct event event = {.kind = EVENT_ROW, .pair = 0, .time_ns = f->now_ns};
    event.row.tick = (struct tick){f->now_ns, bid_a, ask_a, bid_b, ask_b, 1000.0};
    event.row.bid_size_a = event.row.ask_size_a = INFINITY;
    event.row.bid_size_b = event.row.ask_size_b = INFINITY;
    step(f, &event);
}

/* p = +101.0 bps, W = 2.0: net 79.0, buys A and sells B. q = 1000 / (100000 / 1000) = 10. */
static inline void row_that_opens(struct fixture *f)
{
    row(f, 99990, 100000, 101.0, 101.01);
}

/* p = -0.5 bps: converged. */
static inline void row_that_closes(struct fixture *f)
{
    row(f, 99990, 100000, 99.98, 100.0);
}

static inline void report(struct fixture *f, uint64_t client_id, enum report_kind kind)
{
    struct event event = {.kind = EVENT_REPORT, .pair = -1, .time_ns = f->now_ns};
    event.report = (struct order_report){.client_id = client_id, .kind = kind};
    step(f, &event);
}

static inline struct event fill_event(struct fixture *f, uint64_t client_id, double quantity,
                                      double price, double krw_per_usd)
{
    struct event event = {.kind = EVENT_REPORT, .pair = -1, .time_ns = f->now_ns};
    event.report = (struct order_report){
        .client_id = client_id,
        .kind = REPORT_FILL,
        .fill_id = ++f->fill_id,
        .price = price,
        .touch_price = price,
        .krw_per_usd = krw_per_usd,
    };
    assert_true(ledger_units(quantity, &event.report.quantity_units));
    assert_true(ledger_value(price, event.report.quantity_units, &event.report.value_units));
    assert_true(ledger_fee(event.report.value_units, 5, &event.report.fee_units));
    return event;
}

static inline void fill(struct fixture *f, uint64_t client_id, double quantity, double price,
                        double krw_per_usd)
{
    const struct event event = fill_event(f, client_id, quantity, price, krw_per_usd);
    step(f, &event);
}

static inline const struct action *find(const struct fixture *f, enum action_kind kind, int nth)
{
    for (size_t i = 0; i < f->list.count; i++) {
        if (f->actions[i].kind == kind && nth-- == 0) {
            return &f->actions[i];
        }
    }
    return NULL;
}

static inline void command(struct fixture *f, enum operator_verb verb)
{
    struct event event = {.kind = EVENT_COMMAND, .pair = -1, .time_ns = f->now_ns};
    event.command.verb = verb;
    step(f, &event);
}

static inline int32_t trades_count(const struct fixture *f)
{
    int32_t count = 0;
    (void)session_trades(f->session, 0, &count);
    return count;
}

/* Orders 1 (A) and 2 (B) fill whole at the touch: trade 1 is open. */
static inline void open_trade(struct fixture *f)
{
    row_that_opens(f);
    fill(f, 1, 10, 100000, 1000);
    report(f, 1, REPORT_DONE);
    fill(f, 2, 10, 101.0, 1);
    report(f, 2, REPORT_DONE);
}
