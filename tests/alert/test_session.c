#include "moment.h"

/* The other rules of MARKET.md C at their default settings. */

/* A level over time: the number is set, so many seconds pass, then the severity must be this.
 */
struct step {
    double value;
    int seconds;
    int want;
};

static void check_steps(const char *rule, double *number, const struct step *steps,
                        size_t count)
{
    pass(1);
    for (size_t i = 0; i < count; i++) {
        *number = steps[i].value;
        pass(steps[i].seconds);
        if (severity_of(rule) != steps[i].want) {
            print_error("%s, step %zu: %d, not %d\n", rule, i, severity_of(rule),
                        steps[i].want);
        }
        assert_int_equal(severity_of(rule), steps[i].want);
    }
}

#define CHECK(rule, number, ...)                                                               \
    do {                                                                                       \
        static const struct step steps[] = __VA_ARGS__;                                        \
        check_steps(rule, number, steps, LEN(steps));                                          \
    } while (0)

static void the_kill_switch_is_an_alarm(void **state)
{
    snprintf(now.killed_by, sizeof(now.killed_by), "jk");
    snprintf(now.killed_reason, sizeof(now.killed_reason), "news");
    now.killed = true;
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), HIGH);
    assert_string_equal(row_of("kill.engaged")->text, "kill switch is on by jk: news");
    now.killed = false;
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), OFF);
}

/* Goal: a halt is an alarm whatever caused it, names what halted first, and ends with the
 * release; a lighter level is none. */
static void a_halted_guard_is_an_alarm(void **state)
{
    now.guard_level = GUARD_OBSERVE;
    now.causes_count = 2;
    now.causes[0] = (struct snapshot_cause){
        .reason = REASON_CLOCK_STEP, .level = GUARD_OBSERVE, .pair = -1, .since_ns = 1};
    pass(60);
    assert_null(row_of("guard.halted"));
    now.causes[0].level = now.guard_level = GUARD_HALTED;
    now.causes[0].since_ns = 3;
    now.causes[1] = (struct snapshot_cause){
        .reason = REASON_CROSS_LEG_OPEN, .level = GUARD_HALTED, .pair = -1, .since_ns = 2};
    pass(1);
    assert_int_equal(severity_of("guard.halted"), HIGH);
    assert_non_null(strstr(row_of("guard.halted")->text,
                           "no entries until an operator acts: CROSS.LEG_OPEN "));
    assert_true(alert_table_ack(table, row_of("guard.halted")->id, "jk"));
    pass(600);
    assert_int_equal(severity_of("guard.halted"), HIGH); /* it does not end by itself */
    now.causes_count = 0; /* it can be one of those that are not shown */
    pass(1);
    assert_string_equal(row_of("guard.halted")->text,
                        "no entries until an operator acts: guard is halted");
    now.guard_level = GUARD_NORMAL;
    pass(1);
    assert_int_equal(severity_of("guard.halted"), OFF);
}

static void a_late_engine_is_silent(void **state)
{
    CHECK("engine.silent", &input.silent_periods,
          {{3, 10, OFF}, {3.1, 1, HIGH}, {1, 9, HIGH}, {1, 1, OFF}});
}

/* Armed, fresh and nothing weighed for more than 60 s; not when there is a reason for it. */
static void an_engine_that_weighs_nothing_is_silent(void **state)
{
    pass(1);
    for (int i = 0; i < 200; i++) {
        now.time_ns += SECOND;
        hear();
        now.pairs[0].decided_ns = now.pairs[1].decided_ns = now.time_ns - (i + 1) * SECOND;
        now.killed = i > 90;
        look();
        const int want = i + 1 <= 60 ? OFF : i < 91 + 9 ? HIGH : OFF;
        assert_int_equal(severity_of("engine.silent"), want);
    }
}

/* 50 USD for 2 s; it ends below 10 USD, once somebody has acknowledged it. */
static void an_open_leg_stays_until_it_is_acknowledged(void **state)
{
    CHECK("leg.open", &now.unhedged_usd,
          {{50, 100, OFF}, {51, 2, OFF}, {51, 1, HIGH}, {9, 100, HIGH}});
    assert_true(alert_table_ack(table, row_of("leg.open")->id, "jk"));
    pass(2);
    assert_int_equal(severity_of("leg.open"), HIGH);
    pass(1);
    assert_int_equal(severity_of("leg.open"), OFF);
    now.unhedged_usd = -51; /* either way round */
    pass(3);
    assert_int_equal(severity_of("leg.open"), HIGH);
}

static void a_broken_trade_is_an_open_leg_at_once(void **state)
{
    pass(1);
    now.positions_count = 1;
    now.positions[0] =
        (struct snapshot_position){.id = 12, .state = TRADE_BROKEN, .hold_left_s = (double)NAN};
    now.unhedged_usd = 20;
    pass(1);
    assert_int_equal(severity_of("leg.open"), HIGH);
    assert_string_equal(row_of("leg.open")->text, "trade 12 is broken: 20 USD unhedged");
}

/* Broken and mended within the second between two looks: nobody would hear of it otherwise. */
static void a_trade_that_broke_meanwhile_is_told(void **state)
{
    pass(1);
    input.broken_trade = 12;
    pass(1);
    assert_int_equal(severity_of("leg.open"), HIGH);
    assert_string_equal(row_of("leg.open")->text, "trade 12 is broken: 0 USD unhedged");
}

static void an_edge_too_good_is_abnormal(void **state)
{
    pass(1);
    now.pairs[1].net_bps[1] = 151.0; /* risk_limits.edge_abnormal_bps is 150 */
    pass(1);
    assert_int_equal(severity_of("edge.abnormal"), OFF); /* one snapshot */
    look();                                              /* the same snapshot again */
    assert_int_equal(severity_of("edge.abnormal"), OFF);
    pass(1);
    assert_int_equal(severity_of("edge.abnormal"), HIGH);
    CHECK("edge.abnormal", &now.pairs[1].net_bps[1],
          {{100, 200, HIGH}, {99, 60, HIGH}, {99, 1, OFF}, {150, 100, OFF}});
}

static void put_limit(const char *name, double limit)
{
    struct snapshot_limit *row = &now.limits[now.limits_count++];
    snprintf(row->name, sizeof(row->name), "%s", name);
    row->limit = limit;
}

static void a_day_loss_is_told_before_it_halts(void **state)
{
    put_limit("day loss", 150.0);
    /* 50 % is 75 USD, 80 % 120; back below 70 % (105) it is MED, below 40 % (60) over. */
    CHECK("loss.day", &now.limits[0].used,
          {{74.9, 1, OFF},
           {75, 1, MED},
           {119, 1, MED},
           {120, 1, HIGH},
           {106, 1, HIGH},
           {104, 1, MED},
           {61, 1, MED},
           {59, 1, OFF},
           {150, 1, HIGH},
           {0, 1, OFF}});
    assert_int_equal(row_of("loss.day")->count, 2);
}

static void a_limit_that_is_not_set_is_not_used_up(void **state)
{
    put_limit("day loss", (double)NAN);
    put_limit("drawdown", (double)NAN);
    now.limits[0].used = 1e9;
    now.limits[1].used = 99.0;
    pass(100);
    assert_int_equal(active_count(), 0);
}

static void a_drawdown_is_told_at_half_its_limit(void **state)
{
    put_limit("drawdown", 2.0);
    CHECK("drawdown", &now.limits[0].used,
          {{0.99, 1, OFF}, {1.0, 1, MED}, {2.0, 1, HIGH}, {0.81, 1, HIGH}, {0.79, 1, OFF}});
}

/* Four losses on a pair, until a win or until the cool-down (1800 s) after the last is over. */
static void losses_in_a_row_are_a_streak(void **state)
{
    CHECK("streak", &input.pair_losses[1], {{3, 1, OFF}, {4, 1, MED}, {0, 1, OFF}});
    CHECK("streak", &input.pair_losses[1],
          {{4, 1700, MED}, {5, 1800, MED}, {5, 1, OFF}, {6, 1, MED}});
    CHECK("streak", &input.session_losses, {{6, 1, HIGH}, {0, 1, MED}});
}

static void close_trades(int count, double predicted_bps, double realized_bps)
{
    for (int i = 0; i < count; i++) {
        alert_table_note_trade(table, predicted_bps, realized_bps);
    }
}

/* The last 20 trades: realised over predicted below 0; above 0.2 it is over. */
static void trades_that_earn_nothing_of_their_edge_are_told(void **state)
{
    pass(1);
    close_trades(19, 10.0, -1.0);
    pass(1);
    assert_int_equal(severity_of("edge.capture"), OFF); /* too few to say */
    close_trades(1, 10.0, -1.0);
    pass(1);
    assert_int_equal(severity_of("edge.capture"), MED);
    assert_string_equal(row_of("edge.capture")->text,
                        "the last 20 trades earned -10 % of what was predicted");
    close_trades(10, 10.0, 5.0); /* ten at -1, ten at 5: 40 of 200 is 0.2 */
    pass(1);
    assert_int_equal(severity_of("edge.capture"), MED);
    close_trades(1, 10.0, 5.0);
    pass(1);
    assert_int_equal(severity_of("edge.capture"), OFF);
}

static void a_trade_over_its_time_is_overdue(void **state)
{
    config.engine.max_hold_s = 60.0; /* of trades to come */
    now.positions_count = 1;
    now.positions[0] =
        (struct snapshot_position){.id = 3, .state = TRADE_OPEN, .max_hold_s = 7200.0};
    /* 1.2 times 7200 s is 1440 s over. */
    CHECK("hold.overdue", &now.positions[0].hold_left_s, {{-1440, 5, OFF}, {-1441, 1, HIGH}});
    now.positions_count = 0;
    pass(1);
    assert_int_equal(severity_of("hold.overdue"), OFF);
}

static void an_exit_that_does_not_get_done_is_overdue(void **state)
{
    pass(1);
    now.positions_count = 2;
    now.positions[0] =
        (struct snapshot_position){.id = 7, .state = TRADE_OPEN, .hold_left_s = (double)NAN};
    now.positions[1] =
        (struct snapshot_position){.id = 8, .state = TRADE_CLOSING, .hold_left_s = (double)NAN};
    pass(8);
    now.positions[0].state = TRADE_CLOSING; /* another one's clock starts later */
    pass(3);
    assert_int_equal(severity_of("hold.overdue"), OFF);
    pass(1);
    assert_int_equal(severity_of("hold.overdue"), HIGH);
    assert_string_equal(row_of("hold.overdue")->text, "trade 8 has been closing for 11 s");
    now.positions_count = 1;
    pass(1);
    assert_int_equal(severity_of("hold.overdue"), OFF);
    pass(7);
    assert_int_equal(severity_of("hold.overdue"), HIGH);
    assert_string_equal(row_of("hold.overdue")->text, "trade 7 has been closing for 11 s");
}

static void a_thin_margin_has_three_levels(void **state)
{
    CHECK("margin", &now.margin_used_pct,
          {{30, 1, OFF},
           {31, 1, LOW},
           {51, 1, MED},
           {81, 1, HIGH},
           {76, 200, HIGH},
           {75, 60, HIGH},
           {75, 1, MED},
           {24, 60, MED},
           {24, 1, OFF}});
    CHECK("margin", &input.liquidation_pct,
          {{30, 1, OFF}, {29, 1, LOW}, {7, 1, HIGH}, {14, 61, MED}, {36, 61, OFF}});
}

static void inventory_is_told_before_it_ends(void **state)
{
    CHECK("inventory.low", &input.krw_trades_left,
          {{2, 1, OFF}, {1.9, 1, LOW}, {0.9, 1, MED}, {1.9, 1, MED}, {2, 1, LOW}, {3, 1, OFF}});
    input.coin_trades_left[1] = 0.5;
    pass(1);
    assert_int_equal(severity_of("inventory.low"), MED);
    assert_string_equal(row_of("inventory.low")->text, "ETH lasts for 0.5 more trades");
}

static void idle_balances_that_move_are_told(void **state)
{
    CHECK("inventory.fx", &input.idle_change_pct,
          {{3, 1, OFF},
           {-3.1, 1, LOW},
           {6.1, 1, MED},
           {5.1, 1, MED},
           {4.9, 1, LOW},
           {2.4, 1, OFF}});
}

/* engine.slippage_bps 2 means 1 a fill: the median may be 2, the 95th percentile 4. */
static void fills_worse_than_the_model_are_told(void **state)
{
    config.engine.slippage_bps = 2.0;
    for (int i = 0; i < 20; i++) {
        pass(1);
        assert_int_equal(severity_of("fill.slippage"), OFF);
        alert_table_note_fill(table, 2.1);
    }
    pass(1);
    assert_int_equal(severity_of("fill.slippage"), MED);
    for (int i = 0; i < 20; i++) {
        alert_table_note_fill(table, i < 18 ? 1.0 : 3.5);
    }
    pass(1);
    assert_int_equal(severity_of("fill.slippage"), MED); /* its tail is above 3 */
    for (int i = 0; i < 20; i++) {
        alert_table_note_fill(table, 1.0);
    }
    pass(1);
    assert_int_equal(severity_of("fill.slippage"), OFF);
}

static void slow_and_refused_orders_are_told(void **state)
{
    CHECK("order.slow", &input.report_p95_ms[VENUE_A],
          {{500, 1, OFF}, {501, 1, MED}, {350, 400, MED}, {349, 300, MED}, {349, 1, OFF}});
    CHECK("order.slow", &input.report_p95_ms[VENUE_B],
          {{200, 1, OFF}, {201, 1, MED}, {139, 301, OFF}});
    CHECK("order.slow", &input.rejected_pct[VENUE_B],
          {{10, 1, OFF}, {11, 1, MED}, {6.9, 301, OFF}});
}

static void a_request_budget_that_ends_is_told(void **state)
{
    CHECK("rate.budget", &input.rate_left_pct[VENUE_A],
          {{20, 1, OFF}, {19, 1, MED}, {39, 100, MED}, {40, 60, MED}, {40, 1, OFF}});
    input.banned[VENUE_B] = true;
    pass(1);
    assert_int_equal(severity_of("rate.budget"), HIGH);
    assert_string_equal(row_of("rate.budget")->text, "binance has banned us");
}

static void a_slow_journal_and_a_full_disk_are_told(void **state)
{
    CHECK("journal", &input.journal_p99_ms,
          {{51, 30, OFF}, {51, 1, MED}, {26, 5, MED}, {25, 1, OFF}});
    input.free_disk_bytes = INT64_C(1024) << 20;
    pass(40);
    assert_int_equal(severity_of("journal"), OFF);
    input.free_disk_bytes--;
    pass(1);
    assert_int_equal(severity_of("journal"), MED);
    input.free_disk_bytes = INT64_C(199) << 20;
    pass(1);
    assert_int_equal(severity_of("journal"), HIGH);
    input.free_disk_bytes = INT64_C(1535) << 20;
    pass(1);
    assert_int_equal(severity_of("journal"), MED);
    input.free_disk_bytes = INT64_C(1536) << 20;
    pass(1);
    assert_int_equal(severity_of("journal"), OFF);
}

/* What could not be written stays an alarm until an operator has said so. */
static void a_failed_write_waits_for_an_operator(void **state)
{
    pass(1);
    input.journal_failed = true;
    pass(1);
    assert_int_equal(severity_of("journal"), HIGH);
    input.journal_failed = false;
    pass(1000);
    assert_int_equal(severity_of("journal"), HIGH);
    assert_true(alert_table_ack(table, row_of("journal")->id, "jk"));
    pass(1);
    assert_int_equal(severity_of("journal"), OFF);
}

static void clocks_that_differ_are_told(void **state)
{
    CHECK("clock.skew", &input.venue_offset_ms[VENUE_B],
          {{-250, 20, OFF},
           {-251, 10, OFF},
           {-251, 1, LOW},
           {501, 11, MED},
           {500, 61, LOW},
           {150, 60, LOW},
           {150, 1, OFF}});
    CHECK("clock.skew", &input.clock_step_s, {{-1.0, 1, OFF}, {-1.1, 1, MED}});
}

/* A long perp pays when the rate is above zero: 0.5 coin at 2000 and 4 bps is 0.40 USD. */
static void funding_that_costs_is_told_ten_minutes_before(void **state)
{
    pass(1);
    now.pairs[0].mark_price = 2000.0;
    now.pairs[0].funding_rate_bps = 4.0;
    now.pairs[0].funding_next_ns = now.time_ns + 602 * SECOND;
    now.positions_count = 1;
    now.positions[0] = (struct snapshot_position){.id = 1,
                                                  .side = SPREAD_LONG_B_SHORT_A,
                                                  .state = TRADE_OPEN,
                                                  .quantity = 0.5,
                                                  .notional_usd = 1000.0,
                                                  .hold_left_s = (double)NAN};
    pass(1);
    assert_int_equal(severity_of("funding.due"), OFF);
    pass(1);
    assert_int_equal(severity_of("funding.due"), LOW);
    assert_string_equal(row_of("funding.due")->text,
                        "BTC: funding in 10 min will cost 0.40 USD (4.0 bps)");
    now.pairs[0].funding_next_ns += 8 * 3600 * SECOND; /* paid */
    pass(1);
    assert_int_equal(severity_of("funding.due"), OFF);

    now.pairs[0].funding_next_ns = now.time_ns + 100 * SECOND;
    now.positions[0].side = SPREAD_LONG_A_SHORT_B; /* a short is paid */
    pass(1);
    assert_int_equal(severity_of("funding.due"), OFF);
    now.pairs[0].funding_rate_bps = -2.9; /* and pays below zero, here 2.9 bps of 4000 USD */
    now.positions[0].quantity = 2.0;
    now.positions[0].notional_usd = 4000.0;
    pass(1);
    assert_int_equal(severity_of("funding.due"), LOW);
}

static void a_session_that_does_nothing_is_idle(void **state)
{
    pass(1);
    now.time_ns += 86399 * SECOND;
    pass(1);
    assert_int_equal(severity_of("idle"), LOW);
    now.opened++;
    pass(1);
    assert_int_equal(severity_of("idle"), OFF);
    now.paused = true;
    pass(900);
    assert_int_equal(severity_of("idle"), OFF);
    pass(1);
    assert_int_equal(severity_of("idle"), LOW);
    assert_string_equal(row_of("idle")->text, "paused for 15 min");
    now.paused = false;
    pass(1);
    assert_int_equal(severity_of("idle"), OFF);
    now.armed = false;
    pass(901);
    assert_int_equal(severity_of("idle"), LOW);
}

static void tuning_that_fails_or_starves_the_session_is_told(void **state)
{
    input.tune_failed_pct = 6.0;
    CHECK("tune.failed", &input.tune_jobs_done, {{19, 1, OFF}, {20, 1, LOW}, {400, 1, LOW}});
    input.tune_jobs_done = (double)NAN; /* the sweep is over */
    pass(1);
    assert_int_equal(severity_of("tune.failed"), LOW);
    pass(30);
    assert_int_equal(severity_of("tune.failed"), OFF);
    now.cycle_ms_p99 = 30.0;
    pass(1);
    assert_int_equal(severity_of("tune.failed"), OFF); /* no sweep runs */
    input.tune_failed_pct = 0.0;
    input.tune_jobs_done = 1.0;
    CHECK("tune.failed", &now.cycle_ms_p99,
          {{21, 1, MED}, {11, 60, MED}, {9, 30, MED}, {9, 1, OFF}});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALERT_TEST(the_kill_switch_is_an_alarm),
        ALERT_TEST(a_halted_guard_is_an_alarm),
        ALERT_TEST(a_late_engine_is_silent),
        ALERT_TEST(an_engine_that_weighs_nothing_is_silent),
        ALERT_TEST(an_open_leg_stays_until_it_is_acknowledged),
        ALERT_TEST(a_broken_trade_is_an_open_leg_at_once),
        ALERT_TEST(a_trade_that_broke_meanwhile_is_told),
        ALERT_TEST(an_edge_too_good_is_abnormal),
        ALERT_TEST(a_day_loss_is_told_before_it_halts),
        ALERT_TEST(a_limit_that_is_not_set_is_not_used_up),
        ALERT_TEST(a_drawdown_is_told_at_half_its_limit),
        ALERT_TEST(losses_in_a_row_are_a_streak),
        ALERT_TEST(trades_that_earn_nothing_of_their_edge_are_told),
        ALERT_TEST(a_trade_over_its_time_is_overdue),
        ALERT_TEST(an_exit_that_does_not_get_done_is_overdue),
        ALERT_TEST(a_thin_margin_has_three_levels),
        ALERT_TEST(inventory_is_told_before_it_ends),
        ALERT_TEST(idle_balances_that_move_are_told),
        ALERT_TEST(fills_worse_than_the_model_are_told),
        ALERT_TEST(slow_and_refused_orders_are_told),
        ALERT_TEST(a_request_budget_that_ends_is_told),
        ALERT_TEST(a_slow_journal_and_a_full_disk_are_told),
        ALERT_TEST(a_failed_write_waits_for_an_operator),
        ALERT_TEST(clocks_that_differ_are_told),
        ALERT_TEST(funding_that_costs_is_told_ten_minutes_before),
        ALERT_TEST(a_session_that_does_nothing_is_idle),
        ALERT_TEST(tuning_that_fails_or_starves_the_session_is_told),
    };
    return cmocka_run_group_tests_name("alert/session", tests, NULL, NULL);
}
