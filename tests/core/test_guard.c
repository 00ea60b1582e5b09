#include "guard_case.h"

/* One thing is spoiled at a time; the guard says exactly that one thing. */

enum { A = SPREAD_LONG_A_SHORT_B, B = SPREAD_LONG_B_SHORT_A };

static void allows_a_sound_entry(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    check_allowed(&it);
    it.candidate.side = SPREAD_LONG_B_SHORT_A;
    check_allowed(&it);
    it.candidate.pair = 0;
    check_allowed(&it);
    it.candidate.pair = GUARD_PAIRS_MAX - 1;
    check_allowed(&it);
    const struct guard_decision decision = guard_case_decide(&it);
    assert_int_equal(decision.number, 1);
    assert_int_equal(decision.ttl_ns, it.candidate.time_ns + SECOND_NS);
    assert_memory_equal(&decision.candidate, &it.candidate, sizeof it.candidate);
}

/* Each row: the last value that is fine and the first that is not. Caps allow being at the
 * limit, budgets do not. The candidate: 1,000 USD in 0.01 coin, at worst 2.50 lost. */
static const struct line_case {
    const char *name;
    size_t offset;
    int side;
    double fine, broken;
    enum reason reason;
    enum guard_action action;
} LINES[] = {
    {"bid a", AT(candidate.tick.bid_a), A, 1, 0, REASON_INPUT_NOT_POSITIVE, GUARD_BLOCK},
    {"bid a < 0", AT(candidate.tick.bid_a), A, 1, -1, REASON_INPUT_NOT_POSITIVE, GUARD_BLOCK},
    {"bid b", AT(candidate.tick.bid_b), A, 1, 0, REASON_INPUT_NOT_POSITIVE, GUARD_BLOCK},
    {"ask b < 0", AT(candidate.tick.ask_b), A, 100301, -1, REASON_INPUT_NOT_POSITIVE,
     GUARD_BLOCK},
    {"fx < 0", AT(candidate.tick.krw_per_usd), A, 1400, -1, REASON_INPUT_NOT_POSITIVE,
     GUARD_BLOCK},
    {"quantity < 0", AT(candidate.quantity), A, 0.01, -0.01, REASON_INPUT_NOT_POSITIVE,
     GUARD_BLOCK},
    {"quantity", AT(candidate.quantity), A, 92233720368.0, 92233720369.0, REASON_INPUT_OVERFLOW,
     GUARD_BLOCK},
    {"gross < 0", AT(candidate.gross_exposure_usd), A, 0, -1, REASON_INPUT_RANGE, GUARD_BLOCK},
    {"unhedged < 0", AT(candidate.unhedged_usd), A, 0, -1, REASON_INPUT_RANGE, GUARD_BLOCK},
    {"worst loss < 0", AT(candidate.worst_loss_usd), A, 0, -1, REASON_INPUT_RANGE, GUARD_BLOCK},
    {"lot a", AT(candidate.lot_minimum_a), A, 0.01, 0.0101, REASON_INPUT_LOT, GUARD_BLOCK},
    {"lot b", AT(candidate.lot_minimum_b), A, 0.01, 0.0101, REASON_INPUT_LOT, GUARD_BLOCK},
    {"minimum a", AT(candidate.minimum_notional_a_usd), A, 1000, 1000.01,
     REASON_INPUT_MIN_NOTIONAL, GUARD_BLOCK},
    {"minimum b", AT(candidate.minimum_notional_b_usd), A, 1000, 1000.01,
     REASON_INPUT_MIN_NOTIONAL, GUARD_BLOCK},
    {"a silent", AT(candidate.age_a_ms), A, 0, -1, REASON_FEED_SILENT, GUARD_BLOCK},
    {"b silent", AT(candidate.age_b_ms), A, 0, -1, REASON_FEED_SILENT, GUARD_BLOCK},
    {"a stale", AT(candidate.age_a_ms), A, 3000, 3000.1, REASON_FEED_STALE, GUARD_BLOCK},
    {"b stale", AT(candidate.age_b_ms), A, 1500, 1500.1, REASON_FEED_STALE, GUARD_BLOCK},
    {"a locked", AT(candidate.tick.bid_a), A, 144999000, 145000000, REASON_FEED_LOCKED,
     GUARD_BLOCK},
    {"b locked", AT(candidate.tick.ask_b), A, 100300.1, 100300, REASON_FEED_LOCKED,
     GUARD_BLOCK},
    {"a crossed", AT(candidate.tick.bid_a), A, 144999000, 145001000, REASON_FEED_CROSSED,
     GUARD_BLOCK},
    {"b crossed", AT(candidate.tick.ask_b), A, 100300.1, 100299, REASON_FEED_CROSSED,
     GUARD_BLOCK},
    {"no fx", AT(candidate.tick.krw_per_usd), A, 1400, 0, REASON_FX_MISSING, GUARD_BLOCK},
    {"fx silent", AT(candidate.age_fx_ms), A, 0, -1, REASON_FX_MISSING, GUARD_BLOCK},
    {"fx stale", AT(candidate.age_fx_ms), A, 15000, 15000.1, REASON_FX_STALE, GUARD_BLOCK},
    {"krw", AT(candidate.free_krw_usd), A, 1000, 999.99, REASON_VENUE_BALANCE, GUARD_BLOCK},
    {"margin", AT(candidate.free_margin_usd), B, 200, 199.99, REASON_VENUE_BALANCE,
     GUARD_BLOCK},
    {"edge low", AT(candidate.net_edge_bps), A, 5, 4.99, REASON_ROUTE_EDGE_LOW, GUARD_BLOCK},
    {"thin", AT(candidate.walk_bps), A, 7, 7.01, REASON_FEED_THIN, GUARD_BLOCK},
    {"edge abnormal", AT(candidate.net_edge_bps), A, 150, 150.01, REASON_ROUTE_EDGE_ABNORMAL,
     GUARD_BLOCK},
    {"coin", AT(candidate.free_coin), B, 0.01, 0.0099, REASON_ROUTE_INVENTORY, GUARD_BLOCK},
    {"skew", AT(candidate.skew_ms), A, 500, 500.1, REASON_ROUTE_SYNC_WINDOW, GUARD_BLOCK},
    {"unhedged", AT(candidate.unhedged_usd), A, 50, 50.01, REASON_CROSS_IMBALANCE, GUARD_BLOCK},
    {"trade", AT(limits.notional_per_trade_usd), A, 1000, 999.99,
     REASON_GLOBAL_NOTIONAL_PER_TRADE, GUARD_BLOCK},
    {"open trades", AT(limits.open_trades), A, 2, 1, REASON_GLOBAL_OPEN_TRADES, GUARD_BLOCK},
    {"gross", AT(limits.gross_exposure_usd), A, 4000, 3999.99, REASON_GLOBAL_GROSS_EXPOSURE,
     GUARD_BLOCK},
    {"day at stake", AT(guard.day_start_usd), A, 10147.49, 10147.5, REASON_GLOBAL_DAY_LOSS,
     GUARD_BLOCK},
    {"day used up", AT(guard.day_start_usd), A, 10147.49, 10150, REASON_GLOBAL_DAY_LOSS,
     GUARD_STOP_SESSION},
    {"session at stake", AT(guard.session_start_usd), A, 10297.49, 10297.5,
     REASON_GLOBAL_SESSION_LOSS, GUARD_BLOCK},
    {"session used up", AT(guard.session_start_usd), A, 10297.49, 10300,
     REASON_GLOBAL_SESSION_LOSS, GUARD_STOP_SESSION},
    /* 9,997.50 after the worst case is 2 % below 10,201.53. */
    {"drawdown", AT(guard.day_peak_usd), A, 10201.5, 10201.6, REASON_GLOBAL_DRAWDOWN,
     GUARD_BLOCK},
};

static void draws_each_line_where_it_says(void **state)
{
    for (size_t i = 0; i < LEN(LINES); i++) {
        print_message("# %s\n", LINES[i].name);
        struct guard_case it;
        guard_case_init(&it);
        it.candidate.side = (enum spread_side)LINES[i].side;
        set_number(&it, LINES[i].offset, LINES[i].fine);
        check_allowed(&it);
        set_number(&it, LINES[i].offset, LINES[i].broken);
        check_one_fault(&it, LINES[i].reason, LINES[i].action);
    }
}

static void spoil_kill(struct guard_case *it)
{
    it->gate.killed = true;
}

static void spoil_stopped(struct guard_case *it)
{
    it->guard.stopped = true;
}

static void spoil_armed(struct guard_case *it)
{
    it->gate.armed = false;
}

static void spoil_paused(struct guard_case *it)
{
    it->gate.paused = true;
}

static void spoil_pair_low(struct guard_case *it)
{
    it->candidate.pair = -1;
}

static void spoil_pair_high(struct guard_case *it)
{
    it->candidate.pair = GUARD_PAIRS_MAX;
}

static void spoil_side(struct guard_case *it)
{
    it->candidate.side = (enum spread_side)7;
}

static void spoil_trades(struct guard_case *it)
{
    it->candidate.open_trades = -1;
}

static void spoil_orders(struct guard_case *it)
{
    it->candidate.orders_wanted = -1;
}

static void spoil_feed_a(struct guard_case *it)
{
    it->candidate.feed_a_ok = false;
}

static void spoil_feed_b(struct guard_case *it)
{
    it->candidate.feed_b_ok = false;
    it->candidate.feed_b_reason = REASON_FEED_SEQ_GAP;
}

static void spoil_symbol_a(struct guard_case *it)
{
    it->candidate.halted_a = true;
}

static void spoil_symbol_b(struct guard_case *it)
{
    it->candidate.halted_b = true;
}

static void spoil_spot_short(struct guard_case *it)
{
    it->candidate.side = SPREAD_LONG_B_SHORT_A;
    it->candidate.spot_short = false;
}

static void spoil_quantity(struct guard_case *it)
{
    it->candidate.lot_minimum_a = it->candidate.lot_minimum_b = 0.0;
    it->candidate.quantity = 0.0;
}

static void spoil_no_notional(struct guard_case *it)
{
    it->candidate.minimum_notional_a_usd = it->candidate.minimum_notional_b_usd = 0.0;
    it->candidate.notional_usd = 0.0;
}

/* 63.7 million USD at 1,450 KRW do not fit 2^63 units of 1e-8 KRW. */
static void spoil_notional(struct guard_case *it)
{
    it->limits.notional_per_trade_usd = it->limits.gross_exposure_usd = 1e12;
    it->candidate.free_krw_usd = 1e12;
    it->candidate.notional_usd = 63.7e6;
}

/* The hour that holds the candidate's time, 277, saw 10,200 before. */
static void spoil_rolling(struct guard_case *it)
{
    it->limits.drawdown_pct = 50;
    it->guard.rolling_hour[0] = 277;
    it->guard.rolling_usd[0] = 10200;
}

static void spoil_rolling_at_stake(struct guard_case *it)
{
    spoil_rolling(it);
    it->guard.rolling_usd[0] = 10197.5;
}

/* 27 orders of the last minute and 4 more are 31. */
static void spoil_minute(struct guard_case *it)
{
    for (int i = 0; i < 27; i++) {
        guard_count_order(&it->guard, it->candidate.time_ns - 59 * SECOND_NS);
    }
}

static void spoil_hour(struct guard_case *it)
{
    for (int i = 0; i < 297; i++) {
        guard_count_order(&it->guard, it->candidate.time_ns - 3599 * SECOND_NS);
    }
}

static void names_each_state_that_bars(void **state)
{
    static const struct {
        void (*spoil)(struct guard_case *it);
        enum reason reason;
        enum guard_action action;
    } rows[] = {
        {spoil_kill, REASON_GATE_KILL, GUARD_BLOCK},
        {spoil_stopped, REASON_GATE_SESSION_STOPPED, GUARD_STOP_SESSION},
        {spoil_armed, REASON_GATE_DISARMED, GUARD_BLOCK},
        {spoil_paused, REASON_GATE_PAUSED, GUARD_BLOCK},
        {spoil_pair_low, REASON_INPUT_RANGE, GUARD_BLOCK},
        {spoil_pair_high, REASON_INPUT_RANGE, GUARD_BLOCK},
        {spoil_side, REASON_INPUT_RANGE, GUARD_BLOCK},
        {spoil_trades, REASON_INPUT_RANGE, GUARD_BLOCK},
        {spoil_orders, REASON_INPUT_RANGE, GUARD_BLOCK},
        {spoil_quantity, REASON_INPUT_LOT, GUARD_BLOCK},
        {spoil_no_notional, REASON_INPUT_NOT_POSITIVE, GUARD_BLOCK},
        {spoil_notional, REASON_INPUT_OVERFLOW, GUARD_BLOCK},
        {spoil_feed_a, REASON_FEED_DISCONNECTED, GUARD_BLOCK},
        {spoil_feed_b, REASON_FEED_SEQ_GAP, GUARD_BLOCK},
        {spoil_symbol_a, REASON_SYMBOL_HALTED, GUARD_BLOCK},
        {spoil_symbol_b, REASON_SYMBOL_HALTED, GUARD_BLOCK},
        {spoil_spot_short, REASON_ROUTE_INVENTORY, GUARD_BLOCK},
        {spoil_rolling, REASON_GLOBAL_ROLLING_LOSS, GUARD_STOP_SESSION},
        {spoil_rolling_at_stake, REASON_GLOBAL_ROLLING_LOSS, GUARD_BLOCK},
        {spoil_minute, REASON_GLOBAL_ORDER_RATE, GUARD_BLOCK},
        {spoil_hour, REASON_GLOBAL_ORDER_RATE, GUARD_BLOCK},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        print_message("# row %zu\n", i);
        struct guard_case it;
        guard_case_init(&it);
        rows[i].spoil(&it);
        check_one_fault(&it, rows[i].reason, rows[i].action);
    }
}

/* Goal: the same state one step milder is fine, so the rows above fail for their own reason. */
static void allows_one_order_less(void **state)
{
    struct guard_case it;
    guard_case_init(&it);
    for (int i = 0; i < 26; i++) {
        guard_count_order(&it.guard, it.candidate.time_ns - 59 * SECOND_NS);
    }
    for (int i = 0; i < 270; i++) {
        guard_count_order(&it.guard, it.candidate.time_ns - 3599 * SECOND_NS);
    }
    check_allowed(&it);
}

static void refuses_every_number_that_is_none(void **state)
{
    static const size_t numbers[] = {
        AT(candidate.notional_usd),
        AT(candidate.quantity),
        AT(candidate.net_edge_bps),
        AT(candidate.min_edge_bps),
        AT(candidate.worst_loss_usd),
        AT(candidate.tick.bid_a),
        AT(candidate.tick.ask_a),
        AT(candidate.tick.bid_b),
        AT(candidate.tick.ask_b),
        AT(candidate.tick.krw_per_usd),
        AT(candidate.age_a_ms),
        AT(candidate.age_b_ms),
        AT(candidate.age_fx_ms),
        AT(candidate.skew_ms),
        AT(candidate.lot_minimum_a),
        AT(candidate.lot_minimum_b),
        AT(candidate.minimum_notional_a_usd),
        AT(candidate.minimum_notional_b_usd),
        AT(candidate.free_krw_usd),
        AT(candidate.free_coin),
        AT(candidate.free_margin_usd),
        AT(candidate.need_margin_usd),
        AT(candidate.gross_exposure_usd),
        AT(candidate.unhedged_usd),
    };
    static const double broken[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < LEN(numbers) * LEN(broken); i++) {
        struct guard_case it;
        guard_case_init(&it);
        set_number(&it, numbers[i / LEN(broken)], broken[i % LEN(broken)]);
        const struct guard_decision decision = guard_case_decide(&it);
        assert_int_equal(decision.action, GUARD_BLOCK);
        assert_int_equal(decision.primary, REASON_INPUT_NOT_FINITE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_a_sound_entry),
        cmocka_unit_test(draws_each_line_where_it_says),
        cmocka_unit_test(names_each_state_that_bars),
        cmocka_unit_test(allows_one_order_less),
        cmocka_unit_test(refuses_every_number_that_is_none),
    };
    return cmocka_run_group_tests_name("core/guard", tests, NULL, NULL);
}
