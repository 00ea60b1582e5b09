#include "guard_case.h"

#include "support/dice.h"

/* What holds for any state, limits and candidate (SAFETY.md 3.9; the numbers are its own).
 * Random cases lie close to the lines, so that about half of them are permitted. */

enum { CASES = 40000 };

static const enum reason CAUSES[] = {
    REASON_FX_JUMP,        REASON_ROUTE_STREAK,        REASON_CROSS_CONSECUTIVE_LOSS,
    REASON_CROSS_LEG_OPEN, REASON_GLOBAL_DRAWDOWN,     REASON_GLOBAL_DAY_LOSS,
    REASON_ORDER_OVERFILL, REASON_GLOBAL_SESSION_LOSS,
};

/* A value around a line: below, at, or above it. */
static double around(struct dice *dice, double line)
{
    static const double parts[] = {0.0, 0.5, 0.9, 0.97, 0.99, 1.0, 1.0, 1.0, 1.01, 1.5};
    return line * parts[dice_between(dice, 0, LEN(parts) - 1)];
}

static bool one_in(struct dice *dice, int64_t n)
{
    return dice_between(dice, 1, n) == 1;
}

static struct guard_cause random_cause(struct dice *dice)
{
    struct guard_cause cause;
    memset(&cause, 0, sizeof cause);
    cause.reason = CAUSES[dice_between(dice, 0, LEN(CAUSES) - 1)];
    cause.pair = (int32_t)dice_between(dice, -1, 2);
    cause.level = (enum guard_level)dice_between(dice, GUARD_REDUCE, GUARD_HALTED);
    cause.until_ns = one_in(dice, 2) ? 0 : dice_between(dice, 1, INT64_C(2000000) * SECOND_NS);
    return cause;
}

static void random_state(struct guard_case *it, struct dice *dice)
{
    struct guard *guard = &it->guard;
    guard->day_start_usd = 10000 + around(dice, one_in(dice, 4) ? 148 : 20);
    guard->session_start_usd = 10000 + around(dice, one_in(dice, 4) ? 298 : 20);
    guard->day_peak_usd = guard->day_start_usd + around(dice, 10);
    const int64_t hour = it->candidate.time_ns / (3600 * SECOND_NS);
    const size_t bucket = (size_t)(hour % GUARD_ROLLING_BUCKETS);
    guard->rolling_hour[bucket] = hour;
    guard->rolling_usd[bucket] = 10000 + around(dice, one_in(dice, 4) ? 198 : 20);
    const int64_t orders = one_in(dice, 4) ? dice_between(dice, 20, 30) : 3;
    for (int64_t i = 0; i < orders; i++) {
        guard_count_order(guard,
                          it->candidate.time_ns - dice_between(dice, 0, 120) * SECOND_NS);
    }
    guard->stopped = one_in(dice, 60);
    if (one_in(dice, 3)) {
        struct guard_cause cause = random_cause(dice);
        cause.level = one_in(dice, 3) ? cause.level : GUARD_REDUCE;
        guard_add_cause(guard, &cause);
    }
    it->gate.killed = one_in(dice, 60);
    it->gate.paused = one_in(dice, 60);
    it->gate.armed = !one_in(dice, 60);
}

static void random_candidate(struct guard_case *it, struct dice *dice)
{
    struct guard_candidate *candidate = &it->candidate;
    candidate->side = one_in(dice, 2) ? SPREAD_LONG_A_SHORT_B : SPREAD_LONG_B_SHORT_A;
    candidate->pair = (int32_t)dice_between(dice, 0, 2);
    candidate->has_clock = !one_in(dice, 4);
    candidate->has_depth_model = candidate->has_clock;
    candidate->notional_usd = one_in(dice, 3) ? around(dice, 1100) : 900;
    candidate->quantity = candidate->notional_usd / 100000;
    candidate->net_edge_bps = one_in(dice, 5) ? around(dice, 150) : 20;
    candidate->worst_loss_usd = around(dice, 2.5);
    candidate->age_a_ms = one_in(dice, 8) ? around(dice, 3000) : 10;
    candidate->age_b_ms = one_in(dice, 8) ? around(dice, 1500) : 10;
    candidate->age_fx_ms = one_in(dice, 8) ? around(dice, 15000) : 10;
    candidate->skew_ms = one_in(dice, 8) ? around(dice, 500) : 10;
    candidate->unhedged_usd = one_in(dice, 8) ? around(dice, 50) : 0;
    candidate->free_krw_usd = one_in(dice, 8) ? around(dice, 1000) : 60000;
    candidate->free_coin = one_in(dice, 8) ? around(dice, 0.01) : 1;
    candidate->open_trades = (int32_t)dice_between(dice, 0, one_in(dice, 6) ? 3 : 2);
    candidate->gross_exposure_usd = candidate->open_trades * 1800.0;
    candidate->feed_a_ok = !one_in(dice, 40);
    candidate->feed_b_ok = !one_in(dice, 40);
}

static struct guard_case random_case(struct dice *dice)
{
    struct guard_case it;
    guard_case_init(&it);
    random_candidate(&it, dice);
    random_state(&it, dice);
    for (size_t at = 0; at < sizeof it.limits; at += sizeof(double)) {
        if (one_in(dice, 40)) {
            set_number(&it, AT(limits) + at, NAN);
        }
    }
    return it;
}

/* How much is permitted: nothing, a half, all. */
static double permission(const struct guard_case *it)
{
    const struct guard_decision decision = guard_case_decide(it);
    return guard_case_permits(&decision) ? decision.scale : 0.0;
}

static bool within_cap(double amount, double limit)
{
    return isnan(limit) || amount <= limit;
}

static bool within_budget(double amount, double limit)
{
    return isnan(limit) || amount < limit;
}

/* 1: what is permitted leaves every limit unbroken at its worst case. The generator must permit
 * and refuse often enough to mean something. */
static void permits_only_what_keeps_every_limit(void **state)
{
    int permitted = 0;
    struct dice dice = {1};
    for (int i = 0; i < CASES; i++) {
        const struct guard_case it = random_case(&dice);
        if (permission(&it) == 0.0) {
            continue;
        }
        permitted++;
        const struct guard_limits *limits = &it.limits;
        const struct guard_candidate *candidate = &it.candidate;
        const double equity_usd = it.guard.equity_usd - candidate->worst_loss_usd;
        assert_true(within_cap(candidate->notional_usd, limits->notional_per_trade_usd));
        assert_true(within_cap(candidate->open_trades + 1, limits->open_trades));
        assert_true(within_cap(candidate->gross_exposure_usd + 2 * candidate->notional_usd,
                               limits->gross_exposure_usd));
        assert_true(within_cap(candidate->unhedged_usd, limits->unhedged_usd));
        assert_true(within_budget(it.guard.day_start_usd - equity_usd, limits->day_loss_usd));
        assert_true(
            within_budget(it.guard.session_start_usd - equity_usd, limits->session_loss_usd));
        assert_true(
            within_cap(limiter_count(&it.guard.orders, candidate->time_ns, 60 * SECOND_NS) + 4,
                       limits->orders_per_min));
        assert_true(!it.gate.killed && it.gate.armed && !it.gate.paused && !it.guard.stopped);
    }
    print_message("# %d of %d permitted\n", permitted, CASES);
    assert_true(permitted > CASES / 10 && permitted < CASES * 9 / 10);
}

/* 2 and part of 4: any gate closed, no entry. */
static void opens_nothing_behind_a_closed_gate(void **state)
{
    struct dice dice = {2};
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        switch (dice_between(&dice, 0, 4)) {
        case 0:
            it.gate.killed = true;
            break;
        case 1:
            it.gate.armed = false;
            break;
        case 2:
            it.gate.paused = true;
            break;
        case 3:
            it.guard.stopped = true;
            break;
        default: {
            struct guard_cause cause = random_cause(&dice);
            cause.pair = it.candidate.pair;
            cause.level = GUARD_OBSERVE;
            guard_add_cause(&it.guard, &cause);
        }
        }
        assert_true(permission(&it) == 0.0);
    }
}

/* 3: a tighter limit never permits more; neither does one where there was none. */
static void never_permits_more_under_a_tighter_limit(void **state)
{
    struct dice dice = {3};
    int cut = 0;
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        const double before = permission(&it);
        const size_t limits_count = sizeof it.limits / sizeof(double);
        const size_t at =
            AT(limits) +
            (size_t)dice_between(&dice, 0, (int64_t)limits_count - 1) * sizeof(double);
        double limit;
        memcpy(&limit, (const char *)&it + at, sizeof limit);
        const double looser = isnan(limit) ? 1e6 : limit;
        set_number(&it, at, looser * dice_part(&dice) - (one_in(&dice, 4) ? 1 : 0));
        const double after = permission(&it);
        assert_true(after <= before);
        cut += after < before ? 1 : 0;
    }
    assert_true(cut > CASES / 100);
}

/* 4: a cause more never permits more, a cause less never less. */
static void never_permits_more_with_a_cause_more(void **state)
{
    struct dice dice = {4};
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        const double before = permission(&it);
        const struct guard_cause cause = random_cause(&dice);
        guard_add_cause(&it.guard, &cause);
        const double with = permission(&it);
        assert_true(with <= before);
        guard_clear_cause(&it.guard, cause.reason, cause.pair);
        assert_true(permission(&it) >= with);
    }
}

/* 5: what is permitted at a size is permitted at any smaller one. */
static void permits_less_where_it_permits_more(void **state)
{
    struct dice dice = {5};
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        it.candidate.lot_minimum_a = it.candidate.lot_minimum_b = 0;
        it.candidate.minimum_notional_a_usd = it.candidate.minimum_notional_b_usd = 0;
        const double before = permission(&it);
        const double part = 1.0 - dice_part(&dice);
        it.candidate.notional_usd *= part;
        it.candidate.quantity *= part;
        it.candidate.worst_loss_usd *= part;
        it.candidate.need_margin_usd *= part;
        assert_true(permission(&it) >= before);
    }
}

/* 6: one number that is none, and the answer is no, for its own reason. */
static void refuses_broken_numbers_anywhere(void **state)
{
    static const size_t numbers[] = {
        AT(candidate.notional_usd),       AT(candidate.quantity),
        AT(candidate.net_edge_bps),       AT(candidate.worst_loss_usd),
        AT(candidate.tick.bid_a),         AT(candidate.tick.ask_b),
        AT(candidate.tick.krw_per_usd),   AT(candidate.age_a_ms),
        AT(candidate.age_fx_ms),          AT(candidate.skew_ms),
        AT(candidate.free_krw_usd),       AT(candidate.free_coin),
        AT(candidate.gross_exposure_usd), AT(candidate.unhedged_usd),
    };
    static const double broken[] = {NAN, INFINITY, -INFINITY};
    struct dice dice = {6};
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        set_number(&it, numbers[dice_between(&dice, 0, LEN(numbers) - 1)],
                   broken[dice_between(&dice, 0, LEN(broken) - 1)]);
        const struct guard_decision decision = guard_case_decide(&it);
        assert_false(guard_case_permits(&decision));
        /* A closed gate answers before the numbers are looked at. */
        assert_true(decision.primary == REASON_INPUT_NOT_FINITE || decision.primary < 200);
    }
}

/* 7: older or further apart never permits more. */
static void never_permits_more_when_older(void **state)
{
    static const size_t ages[] = {AT(candidate.age_a_ms), AT(candidate.age_b_ms),
                                  AT(candidate.age_fx_ms), AT(candidate.skew_ms)};
    struct dice dice = {7};
    for (int i = 0; i < CASES; i++) {
        struct guard_case it = random_case(&dice);
        const double before = permission(&it);
        const size_t at = ages[dice_between(&dice, 0, LEN(ages) - 1)];
        double age;
        memcpy(&age, (const char *)&it + at, sizeof age);
        set_number(&it, at, age + dice_part(&dice) * 20000);
        assert_true(permission(&it) <= before);
    }
}

static bool same_bytes(const struct guard_decision *one, const struct guard_decision *other)
{
    return memcmp(one, other, sizeof *one) == 0;
}

/* 8 and 16: equal inputs give equal bytes, into any storage, after a restart, and in whatever
 * order the causes came. */
static void answers_the_same_byte_for_byte(void **state)
{
    struct dice dice = {8};
    for (int i = 0; i < CASES / 4; i++) {
        struct guard_case it = random_case(&dice);
        const struct guard_cause causes[] = {random_cause(&dice), random_cause(&dice),
                                             random_cause(&dice)};
        struct guard_case backwards;
        memcpy(&backwards, &it, sizeof it);
        for (size_t k = 0; k < LEN(causes); k++) {
            guard_add_cause(&it.guard, &causes[k]);
            guard_add_cause(&backwards.guard, &causes[LEN(causes) - 1 - k]);
        }
        struct guard_decision first, second;
        memset(&first, 0xaa, sizeof first);
        memset(&second, 0x55, sizeof second);
        guard_decide(&it.guard, &it.limits, &it.gate, &it.candidate, &first);
        guard_decide(&backwards.guard, &backwards.limits, &backwards.gate, &backwards.candidate,
                     &second);
        assert_true(same_bytes(&first, &second));
        assert_memory_equal(&it.guard, &backwards.guard, sizeof it.guard);
    }
}

/* 9: the primary is the first fault, layers stand in order, and the action is the most severe.
 */
static void puts_the_first_fault_first(void **state)
{
    struct dice dice = {9};
    for (int i = 0; i < CASES; i++) {
        const struct guard_case it = random_case(&dice);
        const struct guard_decision decision = guard_case_decide(&it);
        if (decision.faults_count == 0) {
            assert_int_equal(decision.primary, REASON_NONE);
            assert_true(guard_case_permits(&decision));
            continue;
        }
        assert_int_equal(decision.primary, decision.faults[0].reason);
        assert_true(decision.action == GUARD_BLOCK || decision.action == GUARD_STOP_SESSION);
        const bool gate = decision.primary < 200;
        for (int32_t k = 1; k < decision.faults_count && !gate; k++) {
            assert_true(decision.faults[k].reason >= decision.faults[k - 1].reason ||
                        decision.faults[k].reason / 100 == decision.faults[k - 1].reason / 100);
        }
        assert_true(!it.guard.stopped || decision.action == GUARD_STOP_SESSION);
    }
}

/* 14: no 24 hours lose more than the limit and one trade, though trades here lose up to twice
 * what was taken for their worst case. 15: gains do not open what a loss has closed. */
static void bounds_the_loss_of_any_day(void **state)
{
    enum { STEPS = 250 };
    static const double worst_usd = 40;
    int stopped = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct dice dice = {seed};
        struct guard_case it;
        guard_case_init(&it);
        it.limits.day_loss_usd = it.limits.session_loss_usd = it.limits.drawdown_pct = NAN;
        it.candidate.worst_loss_usd = worst_usd / 2;
        double equity_usd[STEPS];
        int64_t time_ns[STEPS];
        bool closed = false;
        for (int i = 0; i < STEPS; i++) {
            it.candidate.time_ns += dice_between(&dice, 0, 4 * 3600) * SECOND_NS;
            const bool permitted = permission(&it) > 0.0;
            assert_false(permitted && closed);
            const double pnl_usd = (dice_part(&dice) * 1.8 - 1.0) * worst_usd;
            const double idle_usd = closed ? 50 : 0;
            equity_usd[i] = it.guard.equity_usd + (permitted ? pnl_usd : idle_usd);
            time_ns[i] = it.candidate.time_ns;
            guard_mark(&it.guard, &it.limits, time_ns[i],
                       (int32_t)(time_ns[i] / (86400 * SECOND_NS)), equity_usd[i]);
            guard_expire(&it.guard, time_ns[i]);
            guard_release(&it.guard);
            closed = it.guard.stopped;
            for (int k = 0; k < i; k++) {
                const bool within_a_day = time_ns[i] - time_ns[k] <= 86400 * SECOND_NS;
                assert_true(!within_a_day || equity_usd[k] - equity_usd[i] <= 200 + worst_usd);
            }
        }
        stopped += closed ? 1 : 0;
    }
    assert_true(stopped > 10 && stopped < 200);
}

static void begins_each_date_once(void **state)
{
    const struct guard_limits limits = guard_case_limits();
    for (uint64_t seed = 1; seed <= 500; seed++) {
        struct dice dice = {seed};
        struct guard guard;
        guard_init(&guard, 10000, 100);
        int32_t latest = 100;
        int rolls = 0;
        int dates = 0;
        for (int i = 0; i < 60; i++) {
            const int32_t day = latest + (int32_t)dice_between(&dice, -3, 1);
            dates += day > latest ? 1 : 0;
            latest = day > latest ? day : latest;
            const int32_t before = guard.day;
            guard_mark(&guard, &limits, i, day, 10000);
            rolls += guard.day != before ? 1 : 0;
            assert_int_equal(guard.day, latest);
        }
        assert_int_equal(rolls, dates);
    }
}

/* 22: in any minute there are at most 30 orders and in any hour at most 300, also with a clock
 * that steps back. */
static void keeps_the_rate_in_any_window(void **state)
{
    enum { STEPS = 600 };
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct dice dice = {seed};
        struct guard_case it;
        guard_case_init(&it);
        int64_t sent_s[4 * STEPS];
        int sent = 0;
        int64_t now_s = 100000;
        for (int i = 0; i < STEPS; i++) {
            now_s += dice_between(&dice, 0, 9) - (one_in(&dice, 100) ? 100 : 0);
            it.candidate.time_ns = now_s * SECOND_NS;
            const bool permitted = permission(&it) > 0.0;
            for (int k = 0; k < 4 && permitted; k++) {
                guard_count_order(&it.guard, it.candidate.time_ns);
                sent_s[sent++] = now_s;
            }
        }
        assert_true(sent > 100);
        for (int i = 0; i < sent; i++) {
            int in_minute = 0;
            int in_hour = 0;
            for (int k = 0; k < sent; k++) {
                in_minute += sent_s[k] > sent_s[i] - 60 && sent_s[k] <= sent_s[i] ? 1 : 0;
                in_hour += sent_s[k] > sent_s[i] - 3600 && sent_s[k] <= sent_s[i] ? 1 : 0;
            }
            assert_true(in_minute <= 30 && in_hour <= 300);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_only_what_keeps_every_limit),
        cmocka_unit_test(opens_nothing_behind_a_closed_gate),
        cmocka_unit_test(never_permits_more_under_a_tighter_limit),
        cmocka_unit_test(never_permits_more_with_a_cause_more),
        cmocka_unit_test(permits_less_where_it_permits_more),
        cmocka_unit_test(refuses_broken_numbers_anywhere),
        cmocka_unit_test(never_permits_more_when_older),
        cmocka_unit_test(answers_the_same_byte_for_byte),
        cmocka_unit_test(puts_the_first_fault_first),
        cmocka_unit_test(bounds_the_loss_of_any_day),
        cmocka_unit_test(begins_each_date_once),
        cmocka_unit_test(keeps_the_rate_in_any_window),
    };
    return cmocka_run_group_tests_name("core/guard_properties", tests, NULL, NULL);
}
