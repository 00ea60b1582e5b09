#pragma once
#include "support/check.h"

#include "core/guard.h"

/* guard_case: a question to which the guard says yes, for tests to spoil. */

#define SECOND_NS INT64_C(1000000000)

struct guard_case {
    struct guard guard;
    struct guard_limits limits;
    struct guard_gate gate;
    struct guard_candidate candidate;
};

/* The limits of MARKET.md B.2. */
static inline struct guard_limits guard_case_limits(void)
{
    return (struct guard_limits){
        .notional_per_trade_usd = 1100,
        .open_trades = 3,
        .gross_exposure_usd = 6600,
        .day_loss_usd = 150,
        .rolling_loss_usd = 200,
        .session_loss_usd = 300,
        .drawdown_pct = 2,
        .orders_per_min = 30,
        .orders_per_hour = 300,
        .edge_abnormal_bps = 150,
        .pair_losses_in_row = 4,
        .session_losses_in_row = 6,
        .streak_cooldown_s = 1800,
        .age_a_ms = 3000,
        .age_b_ms = 1500,
        .age_fx_ms = 15000,
        .skew_ms = 500,
        .unhedged_usd = 50,
        .unhedged_observe_ms = 2000,
        .unhedged_halt_ms = 6000,
        .collar_bps = 200,
        .fx_jump_bps = 30,
        .fx_jump_window_s = 60,
    };
}

/* Zeroed first, so that equal cases are equal bytes. */
static inline void guard_case_init(struct guard_case *it)
{
    memset(it, 0, sizeof *it);
    guard_init(&it->guard, 10000.0, 20000);
    it->limits = guard_case_limits();
    it->gate.armed = true;
    struct guard_candidate *candidate = &it->candidate;
    candidate->class = ORDER_ENTRY;
    candidate->pair = 1;
    candidate->side = SPREAD_LONG_A_SHORT_B;
    candidate->time_ns = 1000000 * SECOND_NS;
    candidate->has_clock = true;
    candidate->has_depth_model = true;
    candidate->notional_usd = 1000;
    candidate->quantity = 0.01;
    candidate->net_edge_bps = 12;
    candidate->min_edge_bps = 5;
    candidate->worst_loss_usd = 2.5;
    candidate->tick.bid_a = 144990000;
    candidate->tick.ask_a = 145000000;
    candidate->tick.bid_b = 100300;
    candidate->tick.ask_b = 100300.1;
    candidate->tick.krw_per_usd = 1450;
    candidate->age_a_ms = 100;
    candidate->age_b_ms = 20;
    candidate->age_fx_ms = 900;
    candidate->skew_ms = 80;
    candidate->feed_a_ok = candidate->feed_b_ok = true;
    candidate->lot_minimum_a = 0.00000001;
    candidate->lot_minimum_b = 0.001;
    candidate->minimum_notional_a_usd = 3.5;
    candidate->minimum_notional_b_usd = 100;
    candidate->free_krw_usd = 69000;
    candidate->free_coin = 0.5;
    candidate->free_margin_usd = 100000;
    candidate->need_margin_usd = 200;
    candidate->spot_short = true;
    candidate->open_trades = 1;
    candidate->gross_exposure_usd = 2000;
    candidate->orders_wanted = 4;
    candidate->ttl_ns = SECOND_NS;
}

/* Decides without counting: the case stays as it was. */
static inline struct guard_decision guard_case_decide(const struct guard_case *it)
{
    struct guard guard = it->guard;
    struct guard_decision decision;
    guard_decide(&guard, &it->limits, &it->gate, &it->candidate, &decision);
    return decision;
}

static inline bool guard_case_permits(const struct guard_decision *decision)
{
    return decision->action == GUARD_ALLOW || decision->action == GUARD_SCALE;
}

/* Where a number of a case stands. */
#define AT(field) offsetof(struct guard_case, field)

static inline void set_number(struct guard_case *it, size_t offset, double number)
{
    memcpy((char *)it + offset, &number, sizeof number);
}

static inline void check_one_fault(const struct guard_case *it, enum reason reason,
                                   enum guard_action action)
{
    const struct guard_decision decision = guard_case_decide(it);
    assert_int_equal(decision.faults_count, 1);
    assert_int_equal(decision.faults[0].reason, reason);
    assert_int_equal(decision.primary, reason);
    assert_int_equal(decision.action, action);
    assert_int_equal(decision.ttl_ns, 0);
}

static inline void check_allowed(const struct guard_case *it)
{
    const struct guard_decision decision = guard_case_decide(it);
    assert_int_equal(decision.faults_count, 0);
    assert_int_equal(decision.primary, REASON_NONE);
    assert_int_equal(decision.action, GUARD_ALLOW);
    check_near(decision.scale, 1.0, 0.0);
}
