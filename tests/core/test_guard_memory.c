#include "guard_case.h"

/* What the guard keeps in mind: days, losses, streaks, jumps, open legs, and their causes. */

#define HOUR_NS (3600 * SECOND_NS)

static const int32_t DAY = 20000;

static struct guard guard_of(double equity_usd)
{
    struct guard guard;
    guard_init(&guard, equity_usd, DAY);
    return guard;
}

static const struct guard_cause *find(const struct guard *guard, enum reason reason)
{
    for (int32_t i = 0; i < guard->causes_count; i++) {
        if (guard->causes[i].reason == reason) {
            return &guard->causes[i];
        }
    }
    return NULL;
}

static enum guard_level level_of(const struct guard *guard, enum reason reason)
{
    const struct guard_cause *cause = find(guard, reason);
    return cause == NULL ? GUARD_NORMAL : cause->level;
}

/* Limits of 150 for the day: 149.99 is not yet, 150 is; winning it all back opens nothing. */
static void halts_at_the_day_loss_until_an_operator_and_another_day(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, 1, DAY, 9850.01);
    assert_int_equal(level_of(&guard, REASON_GLOBAL_DAY_LOSS), GUARD_NORMAL);
    guard_mark(&guard, &limits, 2, DAY, 9850);
    assert_int_equal(level_of(&guard, REASON_GLOBAL_DAY_LOSS), GUARD_HALTED);
    guard_mark(&guard, &limits, 3, DAY, 12000);
    guard_expire(&guard, INT64_MAX - 1);
    guard_clear_cause(&guard, REASON_GLOBAL_DAY_LOSS, -1);
    guard_release(&guard);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_HALTED);
    assert_false(guard.stopped);

    guard_mark(&guard, &limits, 4, DAY + 1, 12000);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_HALTED);
    guard_release(&guard);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_NORMAL);
}

/* Down 100 a day for three days: no day reaches 150, but the third session loss reaches 300,
 * and from the highest hour of the last 24 two days are 200. Both stop for good. */
static void stops_for_good_at_the_long_limits(void **state)
{
    struct guard_limits limits = guard_case_limits();
    limits.rolling_loss_usd = NAN;
    struct guard guard = guard_of(10000);
    for (int32_t i = 1; i <= 3; i++) {
        assert_false(guard.stopped);
        guard_mark(&guard, &limits, i * 24 * HOUR_NS, DAY + i, 10000 - 100 * i);
    }
    assert_true(guard.stopped);
    assert_int_equal(level_of(&guard, REASON_GLOBAL_SESSION_LOSS), GUARD_HALTED);
    assert_int_equal(level_of(&guard, REASON_GLOBAL_DAY_LOSS), GUARD_NORMAL);
    guard_mark(&guard, &limits, 96 * HOUR_NS, DAY + 4, 11000);
    guard_release(&guard);
    assert_true(guard.stopped);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_HALTED);

    limits = guard_case_limits();
    limits.day_loss_usd = limits.session_loss_usd = limits.drawdown_pct = NAN;
    guard = guard_of(10000);
    guard_mark(&guard, &limits, 20 * HOUR_NS, DAY, 9900);
    guard_mark(&guard, &limits, 40 * HOUR_NS, DAY + 1, 9800.01);
    assert_false(guard.stopped);
    guard_mark(&guard, &limits, 41 * HOUR_NS, DAY + 1, 9800);
    assert_true(guard.stopped);
    assert_int_equal(level_of(&guard, REASON_GLOBAL_ROLLING_LOSS), GUARD_HALTED);
}

/* Hours are counted whole: what was lost in hour 0 is forgotten when hour 25 begins. */
static void forgets_losses_older_than_a_day(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, 10, DAY, 10050);
    guard_mark(&guard, &limits, 20, DAY, 9950);
    check_near(guard_rolling_loss_usd(&guard, 20), 100, 0);
    check_near(guard_rolling_loss_usd(&guard, 25 * HOUR_NS - 1), 100, 0);
    check_near(guard_rolling_loss_usd(&guard, 25 * HOUR_NS), 0, 0);
    /* The equity an hour began with belongs to it. */
    guard_mark(&guard, &limits, 26 * HOUR_NS, DAY + 1, 9940);
    check_near(guard_rolling_loss_usd(&guard, 26 * HOUR_NS), 10, 0);
    /* A clock that steps back forgives nothing. */
    check_near(guard_rolling_loss_usd(&guard, -HOUR_NS), 110, 0);
}

/* Goal: the day rolls once for each greater date, on the last equity known before it. */
static void rolls_the_day_once(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, 1, DAY, 9900);
    check_near(guard_day_loss_usd(&guard), 100, 0);
    guard_mark(&guard, &limits, 2, DAY + 1, 9890);
    check_near(guard_day_loss_usd(&guard), 10, 0);
    guard_mark(&guard, &limits, 3, DAY, 9880); /* the clock stepped back over midnight */
    guard_mark(&guard, &limits, 4, DAY + 1, 9880);
    check_near(guard_day_loss_usd(&guard), 20, 0);
    check_near(guard_session_loss_usd(&guard), 120, 0);
    guard_mark(&guard, &limits, 5, DAY + 1, 10100);
    check_near(guard_day_loss_usd(&guard), 0, 0);
    check_near(guard_session_loss_usd(&guard), 0, 0);
}

/* Half of 150 from the day's peak of 10,100 enters at 10,025; 40 % leaves above 10,040. */
static void reduces_at_half_and_recovers_below_two_fifths(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    static const struct {
        double equity_usd;
        enum guard_level level;
    } steps[] = {
        {10100, GUARD_NORMAL},    {10025.01, GUARD_NORMAL}, {10025, GUARD_REDUCE},
        {10039.99, GUARD_REDUCE}, {10040, GUARD_REDUCE},    {10040.01, GUARD_NORMAL},
        {10030, GUARD_NORMAL},    {9950, GUARD_REDUCE},
    };
    struct guard guard = guard_of(10000);
    for (size_t i = 0; i < LEN(steps); i++) {
        guard_mark(&guard, &limits, (int64_t)i, DAY, steps[i].equity_usd);
        assert_int_equal(guard_level_of(&guard, -1), steps[i].level);
    }
    guard_mark(&guard, &limits, 9, DAY + 1, 9950); /* a new day, a new peak */
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
}

/* Half of 2 % does the same where only that limit is set: 1 % of 10,000. */
static void reduces_by_percent_too(void **state)
{
    struct guard_limits limits = guard_case_limits();
    limits.day_loss_usd = limits.rolling_loss_usd = limits.session_loss_usd = NAN;
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, 1, DAY, 9900.01);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    guard_mark(&guard, &limits, 2, DAY, 9900);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_REDUCE);
    check_near(guard_drawdown_pct(&guard), 1.0, 1e-12);
    limits.drawdown_pct = NAN;
    guard_mark(&guard, &limits, 3, DAY, 5000);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
}

/* Goal: "cannot be valued" is never "no loss". */
static void bars_entries_while_equity_is_unknown(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, 1, DAY, NAN);
    assert_int_equal(level_of(&guard, REASON_INPUT_NOT_FINITE), GUARD_OBSERVE);
    check_near(guard.equity_usd, 10000, 0);
    guard_mark(&guard, &limits, 2, DAY, 9990);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    check_near(guard_day_loss_usd(&guard), 10, 0);
}

/* Four losses in a row bar the pair for half an hour, six all pairs; a win begins anew, and a
 * trade that made nothing neither counts nor forgives. */
static void cools_down_after_a_streak(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    static const double pnls[] = {-1, -1, -1, 5, -1, -1, 0, -1};
    for (size_t i = 0; i < LEN(pnls); i++) {
        guard_count_close(&guard, &limits, SECOND_NS, 2, pnls[i]);
        assert_int_equal(guard_level_of(&guard, 2), GUARD_NORMAL);
    }
    guard_count_close(&guard, &limits, 10 * SECOND_NS, 2, NAN);
    assert_int_equal(guard_level_of(&guard, 2), GUARD_OBSERVE);
    assert_int_equal(guard_level_of(&guard, 1), GUARD_NORMAL);
    guard_expire(&guard, 1809 * SECOND_NS);
    assert_int_equal(guard_level_of(&guard, 2), GUARD_OBSERVE);
    guard_expire(&guard, 1810 * SECOND_NS);
    assert_int_equal(guard_level_of(&guard, 2), GUARD_NORMAL);
    guard_count_close(&guard, &limits, 1811 * SECOND_NS, 2, 0);
    assert_int_equal(guard_level_of(&guard, 2), GUARD_NORMAL);

    guard_count_close(&guard, &limits, SECOND_NS, 1, -1);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_NORMAL);
    guard_count_close(&guard, &limits, SECOND_NS, 0, -1);
    assert_int_equal(level_of(&guard, REASON_CROSS_CONSECUTIVE_LOSS), GUARD_OBSERVE);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_OBSERVE);
    assert_null(find(&guard, REASON_ROUTE_STREAK));
}

static void needs_a_limit_and_a_cooldown_for_a_streak(void **state)
{
    struct guard_limits limits = guard_case_limits();
    limits.pair_losses_in_row = NAN;
    struct guard guard = guard_of(10000);
    for (int i = 0; i < 5; i++) {
        guard_count_close(&guard, &limits, 0, 0, -1);
    }
    limits.streak_cooldown_s = 0;
    guard_count_close(&guard, &limits, 0, 0, -1);
    assert_int_equal(guard.causes_count, 0);
    limits.streak_cooldown_s = 1e300; /* does not run over into "until an operator acts" */
    guard_count_close(&guard, &limits, 0, 0, -1);
    assert_int_equal(guard.causes[0].until_ns, INT64_MAX - 1);
}

/* 30 bps of 1,450 are 4.35 KRW. A move to 1,454.35 within 60 s observes for 60 s; the rate then
 * stays there and nothing prolongs it. */
static void observes_after_an_fx_jump(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark_fx(&guard, &limits, 0, 1450);
    guard_mark_fx(&guard, &limits, 30 * SECOND_NS, 1454.3);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    guard_mark_fx(&guard, &limits, 40 * SECOND_NS, 1454.36);
    assert_int_equal(level_of(&guard, REASON_FX_JUMP), GUARD_OBSERVE);
    guard_mark_fx(&guard, &limits, 90 * SECOND_NS, 1454.36);
    guard_expire(&guard, 99 * SECOND_NS);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_OBSERVE);
    guard_expire(&guard, 100 * SECOND_NS);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    guard_mark_fx(&guard, &limits, 200 * SECOND_NS, 1000);
    guard_mark_fx(&guard, &limits, 201 * SECOND_NS, 1003); /* 30 bps exactly */
    assert_int_equal(guard_level_of(&guard, -1), GUARD_OBSERVE);
}

/* Parts of 5 s, so 60 s are remembered up to 65: the same move is slow after that, and a fall
 * is a jump like a rise. */
static void tells_a_jump_from_a_walk(void **state)
{
    struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark_fx(&guard, &limits, 0, 1450);
    guard_mark_fx(&guard, &limits, 65 * SECOND_NS, 1460);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    guard_mark_fx(&guard, &limits, 66 * SECOND_NS, 1455);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_OBSERVE);

    guard = guard_of(10000);
    limits.fx_jump_bps = NAN;
    guard_mark_fx(&guard, &limits, 0, 1450);
    guard_mark_fx(&guard, &limits, 1, 2000);
    limits.fx_jump_window_s = NAN;
    guard_mark_fx(&guard, &limits, 2, 1000);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
}

/* More than 50 USD for more than 2 s observes, for more than 6 s halts; more than a trade may
 * be halts after 2 s. Once flat, OBSERVE rests for 60 s; a halt waits for an operator. */
static void follows_an_open_leg(void **state)
{
    static const struct {
        double unhedged_usd;
        int64_t age_ms;
        enum guard_level level;
    } rows[] = {
        {50, 60000, GUARD_NORMAL},  {51, 2000, GUARD_NORMAL},    {51, 2001, GUARD_OBSERVE},
        {51, 6000, GUARD_OBSERVE},  {51, 6001, GUARD_HALTED},    {1101, 2000, GUARD_NORMAL},
        {1101, 2001, GUARD_HALTED}, {1100, 2001, GUARD_OBSERVE},
    };
    const struct guard_limits limits = guard_case_limits();
    const int64_t since_ns = 100 * SECOND_NS;
    for (size_t i = 0; i < LEN(rows); i++) {
        const int64_t now_ns = since_ns + rows[i].age_ms * 1000000;
        struct guard guard = guard_of(10000);
        guard_mark_unhedged(&guard, &limits, now_ns, rows[i].unhedged_usd, since_ns);
        assert_int_equal(guard_level_of(&guard, -1), rows[i].level);
        guard_mark_unhedged(&guard, &limits, now_ns, 0, 0);
        guard_mark_unhedged(&guard, &limits, now_ns + SECOND_NS, 0, 0);
        guard_expire(&guard, now_ns + 59 * SECOND_NS);
        assert_int_equal(guard_level_of(&guard, -1), rows[i].level);
        guard_expire(&guard, now_ns + 60 * SECOND_NS);
        const bool halted = rows[i].level == GUARD_HALTED;
        assert_int_equal(guard_level_of(&guard, -1), halted ? GUARD_HALTED : GUARD_NORMAL);
        guard_release(&guard);
        assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
    }
}

/* Goal: moments before 1970, a peak of nothing, a window of nothing: no special case breaks. */
static void bears_odd_times_and_amounts(void **state)
{
    struct guard_limits limits = guard_case_limits();
    struct guard guard = guard_of(10000);
    guard_mark(&guard, &limits, -5 * HOUR_NS - 1, DAY, 10000);
    guard_mark(&guard, &limits, -5 * HOUR_NS + 1, DAY, 9990);
    check_near(guard_rolling_loss_usd(&guard, 19 * HOUR_NS), 10, 0);
    check_near(guard_rolling_loss_usd(&guard, 19 * HOUR_NS - 1), 10, 0);
    check_near(guard_rolling_loss_usd(&guard, 20 * HOUR_NS), 0, 0);

    guard = guard_of(-10);
    check_near(guard_rolling_loss_usd(&guard, HOUR_NS), 0, 0);
    guard = guard_of(0);
    check_near(guard_drawdown_pct(&guard), 0, 0);
    guard_mark(&guard, &limits, 0, DAY, -1);
    check_near(guard_drawdown_pct(&guard), 100, 0);

    guard = guard_of(10000);
    check_near(guard_rolling_loss_usd(&guard, 0), 0, 0);
    limits.fx_jump_window_s = 0;
    guard_mark_fx(&guard, &limits, 0, 1450);
    guard_mark_fx(&guard, &limits, 0, 2000);
    limits.fx_jump_window_s = 1e300;
    guard_mark_fx(&guard, &limits, 0, 3000);
    assert_int_equal(guard.causes_count, 0);
    limits.fx_jump_window_s = 60;
    guard_mark_fx(&guard, &limits, -61 * SECOND_NS, 1450);
    guard_mark_fx(&guard, &limits, -1 * SECOND_NS, 1460);
    assert_int_equal(guard.causes_count, 1);
}

/* Goal: only what has a deadline ends by itself, at its deadline. */
static void expires_deadlines_only(void **state)
{
    static const int64_t untils[] = {0, 50, 51, INT64_MAX};
    struct guard guard = guard_of(10000);
    for (int32_t i = 0; i < (int32_t)LEN(untils); i++) {
        guard_add_cause(&guard, &(struct guard_cause){.reason = REASON_FEED_STALE,
                                                      .pair = i,
                                                      .level = GUARD_OBSERVE,
                                                      .until_ns = untils[i]});
    }
    guard_expire(&guard, 50);
    assert_int_equal(guard.causes_count, 3);
    assert_int_equal(guard_level_of(&guard, 1), GUARD_NORMAL);
    guard_expire(&guard, INT64_MAX - 1);
    assert_int_equal(guard.causes_count, 2);
    assert_int_equal(guard_level_of(&guard, 0), GUARD_OBSERVE);
    assert_int_equal(guard_level_of(&guard, 3), GUARD_OBSERVE);
    guard_release(&guard);
    assert_int_equal(guard_level_of(&guard, 3), GUARD_NORMAL);
    guard_rest_cause(&guard, REASON_FEED_STALE, 7, 60); /* not there: nothing happens */
    guard_rest_cause(&guard, REASON_FEED_STALE, 0, 60);
    guard_rest_cause(&guard, REASON_FEED_STALE, 0, 90); /* rests already */
    guard_expire(&guard, 60);
    assert_int_equal(guard.causes_count, 0);
}

/* Goal: a cause that is found again is never weaker than it was. */
static void never_weakens_a_cause(void **state)
{
    struct guard guard = guard_of(10000);
    struct guard_cause cause = {.reason = REASON_FEED_STALE,
                                .pair = 3,
                                .level = GUARD_OBSERVE,
                                .since_ns = 5,
                                .until_ns = 100};
    guard_add_cause(&guard, &cause);
    cause.level = GUARD_REDUCE;
    cause.until_ns = 50;
    cause.since_ns = 6;
    guard_add_cause(&guard, &cause);
    assert_int_equal(guard.causes_count, 1);
    assert_int_equal(guard.causes[0].level, GUARD_OBSERVE);
    assert_int_equal(guard.causes[0].until_ns, 100);
    assert_int_equal(guard.causes[0].since_ns, 5);
    cause.until_ns = 0;
    guard_add_cause(&guard, &cause);
    cause.until_ns = 200;
    guard_add_cause(&guard, &cause);
    assert_int_equal(guard.causes[0].until_ns, 0);
    cause.until_ns = INT64_MAX;
    guard_add_cause(&guard, &cause);
    cause.until_ns = 0;
    guard_add_cause(&guard, &cause);
    assert_int_equal(guard.causes[0].until_ns, INT64_MAX);
    guard_clear_cause(&guard, REASON_FEED_STALE, 3);
    assert_int_equal(guard.causes_count, 1);
}

/* Goal: with the table full the guard halts instead of forgetting. */
static void halts_when_it_cannot_remember_more(void **state)
{
    struct guard guard = guard_of(10000);
    for (int32_t pair = 0; pair <= GUARD_CAUSES_MAX; pair++) {
        assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
        guard_add_cause(&guard, &(struct guard_cause){.reason = REASON_FEED_STALE,
                                                      .pair = pair,
                                                      .level = GUARD_REDUCE});
    }
    assert_int_equal(guard.causes_count, GUARD_CAUSES_MAX);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_HALTED);
    guard_release(&guard);
    assert_int_equal(guard_level_of(&guard, -1), GUARD_NORMAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halts_at_the_day_loss_until_an_operator_and_another_day),
        cmocka_unit_test(stops_for_good_at_the_long_limits),
        cmocka_unit_test(forgets_losses_older_than_a_day),
        cmocka_unit_test(rolls_the_day_once),
        cmocka_unit_test(reduces_at_half_and_recovers_below_two_fifths),
        cmocka_unit_test(reduces_by_percent_too),
        cmocka_unit_test(bars_entries_while_equity_is_unknown),
        cmocka_unit_test(cools_down_after_a_streak),
        cmocka_unit_test(needs_a_limit_and_a_cooldown_for_a_streak),
        cmocka_unit_test(observes_after_an_fx_jump),
        cmocka_unit_test(tells_a_jump_from_a_walk),
        cmocka_unit_test(follows_an_open_leg),
        cmocka_unit_test(bears_odd_times_and_amounts),
        cmocka_unit_test(expires_deadlines_only),
        cmocka_unit_test(never_weakens_a_cause),
        cmocka_unit_test(halts_when_it_cannot_remember_more),
    };
    return cmocka_run_group_tests_name("core/guard_memory", tests, NULL, NULL);
}
