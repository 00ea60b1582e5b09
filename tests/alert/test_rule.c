#include "moment.h"

/* What the table makes of rules: dwell, escalation, flapping, acknowledging, shelving. The
 * rules used are fx.wide (LOW above 3 ticks for 30 s, ends at 2 for 60 s), order.unknown (MED
 * at once, HIGH after 5 s) and kill.engaged (HIGH at once). */

static void raises_after_the_dwell_and_clears_after_the_other(void **state)
{
    input.fx_spread_ticks = 4.0;
    pass(30); /* seen for 29 s */
    assert_int_equal(severity_of("fx.wide"), OFF);
    pass(1);
    assert_int_equal(severity_of("fx.wide"), LOW);
    assert_int_equal(changed_count, 1);
    const struct snapshot_alert *row = row_of("fx.wide");
    assert_int_equal(row->state, ALERT_NEW);
    assert_int_equal(row->count, 1);
    assert_int_equal(row->first_ns, now.time_ns);
    assert_string_equal(row->text, "KRW-USDT is 4 ticks wide, limit 3");
    pass(1);
    assert_int_equal(changed_count, 0);

    input.fx_spread_ticks = 3.0; /* no longer over its limit, not yet at its end */
    pass(300);
    assert_int_equal(severity_of("fx.wide"), LOW);
    input.fx_spread_ticks = 2.0;
    pass(60);
    assert_int_equal(severity_of("fx.wide"), LOW);
    pass(1);
    assert_int_equal(severity_of("fx.wide"), OFF);
    assert_int_equal(row_of("fx.wide")->state, ALERT_CLEARED);
    assert_int_equal(changed_count, 1);
}

/* Goal: a condition that blinks for less than its dwell never raises. */
static void forgets_a_condition_that_blinks(void **state)
{
    for (int i = 0; i < 20; i++) {
        input.fx_spread_ticks = 4.0;
        pass(25);
        input.fx_spread_ticks = 1.0;
        pass(1);
    }
    assert_null(row_of("fx.wide"));
}

static void says_nothing_in_the_quiet_start(void **state)
{
    config.alerts.quiet_start_s = 30.0;
    now.killed = true;
    input.fx_spread_ticks = 9.0;
    pass(30); /* the first look is second 0 */
    assert_int_equal(active_count(), 0);
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), HIGH);
    assert_int_equal(severity_of("fx.wide"), LOW);
}

static void escalates_and_must_be_acknowledged_again(void **state)
{
    pass(1);
    input.unknown_orders = 1;
    input.unknown_since_ns = now.time_ns + SECOND;
    pass(1);
    assert_int_equal(severity_of("order.unknown"), MED);
    const uint32_t id = row_of("order.unknown")->id;
    assert_true(alert_table_ack(table, id, "jk"));
    assert_false(alert_table_ack(table, id, "jk"));
    assert_int_equal(row_of("order.unknown")->state, ALERT_ACKED);
    assert_string_equal(row_of("order.unknown")->acked_by, "jk");
    pass(4);
    assert_int_equal(severity_of("order.unknown"), MED);
    pass(1); /* 5 s since it began */
    assert_int_equal(severity_of("order.unknown"), HIGH);
    assert_int_equal(row_of("order.unknown")->state, ALERT_NEW);
    assert_int_equal(row_of("order.unknown")->count, 1); /* the same alarm, graver */
    input.unknown_orders = 0;
    pass(1);
    assert_int_equal(row_of("order.unknown")->state, ALERT_CLEARED);
    assert_true(alert_table_ack(table, id, "jk"));
    assert_int_equal(row_of("order.unknown")->state, ALERT_ACKED);
    assert_false(row_of("order.unknown")->active);
}

static void kill_for(int seconds)
{
    now.killed = true;
    pass(seconds);
    now.killed = false;
}

/* Goal: more than three cycles in ten minutes are one row that says so, with its dwells
 * doubled; an end without dwell waits five seconds. */
static void calls_flapping_flapping(void **state)
{
    for (int i = 1; i <= 3; i++) {
        kill_for(1);
        pass(1);
        assert_int_equal(severity_of("kill.engaged"), OFF);
        assert_null(strstr(row_of("kill.engaged")->text, "flapping"));
    }
    kill_for(1);
    assert_int_equal(row_of("kill.engaged")->count, 4);
    assert_non_null(strstr(row_of("kill.engaged")->text, "(flapping)"));
    pass(5);
    assert_int_equal(severity_of("kill.engaged"), HIGH);
    kill_for(1); /* still the same alarm */
    pass(6);
    assert_int_equal(row_of("kill.engaged")->count, 4);
    assert_int_equal(severity_of("kill.engaged"), OFF);

    /* Ten minutes of peace end it. */
    pass(620);
    kill_for(1);
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), OFF);
    assert_int_equal(row_of("kill.engaged")->count, 5);
    assert_null(strstr(row_of("kill.engaged")->text, "flapping"));
}

static void doubles_the_dwell_of_a_flapping_rule(void **state)
{
    for (int i = 0; i < 4; i++) {
        input.fx_spread_ticks = 4.0;
        pass(31);
        assert_int_equal(severity_of("fx.wide"), LOW);
        input.fx_spread_ticks = 1.0;
        pass(i < 3 ? 61 : 120); /* the fourth end takes 120 s instead of 60 */
        assert_int_equal(severity_of("fx.wide"), i < 3 ? OFF : LOW);
    }
    pass(1);
    assert_int_equal(severity_of("fx.wide"), OFF);
    input.fx_spread_ticks = 4.0;
    pass(60);
    assert_int_equal(severity_of("fx.wide"), OFF);
    pass(1);
    assert_int_equal(severity_of("fx.wide"), LOW);
}

static void shelves_with_an_end(void **state)
{
    input.fx_spread_ticks = 4.0;
    pass(31);
    const uint32_t id = row_of("fx.wide")->id;
    assert_false(alert_table_shelve(table, id, now.time_ns));
    assert_false(alert_table_shelve(table, id, now.time_ns + 3601 * SECOND));
    assert_false(alert_table_shelve(table, id + 1000, now.time_ns + SECOND));
    assert_true(alert_table_shelve(table, id, now.time_ns + 600 * SECOND));
    int32_t unacked = -1;
    int32_t high = -1;
    int32_t total = -1;
    alert_table_counts(table, &unacked, &high, &total);
    assert_int_equal(unacked, 0);
    assert_int_equal(total, 1);
    pass(599);
    assert_int_equal(row_of("fx.wide")->state, ALERT_SHELVED);
    pass(1);
    assert_int_equal(row_of("fx.wide")->state, ALERT_NEW);
    assert_int_equal(changed_count, 1);

    /* What ends on the shelf, and comes again on it, does so in silence. */
    assert_true(alert_table_shelve(table, id, now.time_ns + 600 * SECOND));
    input.fx_spread_ticks = 1.0;
    pass(61);
    assert_false(row_of("fx.wide")->active);
    assert_int_equal(row_of("fx.wide")->state, ALERT_SHELVED);
    input.fx_spread_ticks = 4.0;
    pass(31);
    assert_int_equal(row_of("fx.wide")->count, 2);
    assert_int_equal(row_of("fx.wide")->state, ALERT_SHELVED);
    input.fx_spread_ticks = 1.0;
    pass(600);
    assert_int_equal(row_of("fx.wide")->state, ALERT_ACKED);
}

/* Goal: the shelf hides no escalation to HIGH. */
static void takes_a_high_off_the_shelf(void **state)
{
    pass(1);
    input.unknown_orders = 2;
    pass(1);
    assert_true(
        alert_table_shelve(table, row_of("order.unknown")->id, now.time_ns + 3600 * SECOND));
    pass(5);
    assert_int_equal(row_of("order.unknown")->severity, ALERT_HIGH);
    assert_int_equal(row_of("order.unknown")->state, ALERT_NEW);
}

static void acknowledges_all_but_high(void **state)
{
    int32_t unacked;
    int32_t high;
    int32_t total;
    now.killed = true;
    input.fx_spread_ticks = 4.0;
    input.session_losses = 6.0;
    input.pair_losses[1] = 4.0;
    pass(31);
    alert_table_counts(table, &unacked, &high, &total);
    assert_int_equal(unacked, 4);
    assert_int_equal(high, 2); /* kill, and six losses over all */
    assert_int_equal(total, 4);
    assert_int_equal(alert_table_ack_all(table, "jk"), 2);
    assert_int_equal(alert_table_ack_all(table, "jk"), 0);
    alert_table_counts(table, &unacked, &high, &total);
    assert_int_equal(unacked, 2);
    assert_int_equal(high, 2);
    assert_false(alert_table_ack(table, 0, "jk"));
}

/* Goal: unacknowledged by severity first, then acknowledged ones that hold, the shelf, and what
 * is over and known. */
static void puts_the_most_urgent_first(void **state)
{
    static const char *const want[] = {"kill.engaged", "order.unknown", "streak", "fx.wide"};
    struct snapshot_alert rows[ALERT_ROWS_MAX];
    input.unknown_orders = 1;
    config.alerts.rules[CONFIG_ALARM_ORDER_UNKNOWN].high_dwell_s = (double)NAN;
    input.fx_spread_ticks = 4.0;
    pass(31);
    assert_true(alert_table_ack(table, row_of("fx.wide")->id, "jk"));
    input.fx_spread_ticks = 1.0;
    pass(61); /* fx.wide is over and acknowledged */
    input.pair_losses[0] = 4.0;
    pass(1);
    assert_true(alert_table_ack(table, row_of("streak")->id, "jk"));
    now.killed = true;
    pass(1);
    assert_int_equal(alert_table_rows(table, rows, ALERT_ROWS_MAX), 4);
    for (size_t i = 0; i < LEN(want); i++) {
        assert_string_equal(rows[i].rule, want[i]);
    }
    assert_int_equal(alert_table_rows(table, rows, 2), 2);
    assert_string_equal(rows[0].rule, "kill.engaged");
}

/* Goal: rows of an earlier life come back with their count and their acknowledgement, and one
 * that no longer holds clears. */
static void goes_on_with_rows_of_an_earlier_life(void **state)
{
    now.killed = true;
    input.fx_spread_ticks = 4.0;
    pass(31);
    assert_true(alert_table_ack(table, row_of("fx.wide")->id, "jk"));
    struct snapshot_alert kill = *row_of("kill.engaged");
    const struct snapshot_alert wide = *row_of("fx.wide");
    tear_down(NULL);
    table = alert_table_init(malloc(alert_table_size()));
    alert_table_restore(table, &kill);
    alert_table_restore(table, &wide);
    kill.id = 99999;
    alert_table_restore(table, &kill); /* of no rule: passed by */
    now.killed = false;
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), OFF);
    assert_int_equal(row_of("kill.engaged")->state, ALERT_CLEARED);
    assert_int_equal(row_of("fx.wide")->state, ALERT_ACKED);
    assert_true(row_of("fx.wide")->active);
    now.killed = true;
    pass(1);
    assert_int_equal(row_of("kill.engaged")->count, 2);
    int32_t counts[3];
    alert_table_counts(table, &counts[0], &counts[1], &counts[2]);
    assert_int_equal(counts[2], 2);
}

/* Goal: a disabled rule says nothing, and one that is switched off while it holds clears. */
static void lets_a_rule_be_switched_off(void **state)
{
    now.killed = true;
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), HIGH);
    config.alerts.rules[CONFIG_ALARM_KILL_ENGAGED].enabled = false;
    pass(1);
    assert_int_equal(severity_of("kill.engaged"), OFF);
    pass(10);
    assert_int_equal(severity_of("kill.engaged"), OFF);
}

/* Goal: nobody knows the numbers of later features; all unknown is all quiet, for hours. */
static void is_quiet_about_what_nobody_knows(void **state)
{
    pass(3 * 3600);
    assert_int_equal(active_count(), 0);
    assert_null(row_of("rate.budget"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALERT_TEST(raises_after_the_dwell_and_clears_after_the_other),
        ALERT_TEST(forgets_a_condition_that_blinks),
        ALERT_TEST(says_nothing_in_the_quiet_start),
        ALERT_TEST(escalates_and_must_be_acknowledged_again),
        ALERT_TEST(calls_flapping_flapping),
        ALERT_TEST(doubles_the_dwell_of_a_flapping_rule),
        ALERT_TEST(shelves_with_an_end),
        ALERT_TEST(takes_a_high_off_the_shelf),
        ALERT_TEST(acknowledges_all_but_high),
        ALERT_TEST(puts_the_most_urgent_first),
        ALERT_TEST(goes_on_with_rows_of_an_earlier_life),
        ALERT_TEST(lets_a_rule_be_switched_off),
        ALERT_TEST(is_quiet_about_what_nobody_knows),
    };
    return cmocka_run_group_tests_name("alert/rule", tests, NULL, NULL);
}
