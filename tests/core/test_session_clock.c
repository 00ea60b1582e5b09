#include "support/check.h"

#include "session_case.h"

/* Clocks that cannot be trusted: no entry, every exit, and beyond a day nothing without an
 * operator. */

#define MS  INT64_C(1000000)
#define DAY (INT64_C(24) * 3600 * 1000)

static void clock_is_off(struct fixture *f, enum reason reason, int64_t off_ms)
{
    struct event event = {.kind = EVENT_CLOCK, .pair = -1, .time_ns = f->now_ns};
    event.clock.reason = reason;
    event.clock.off_ms = off_ms;
    event.clock.limit_ms = 1000;
    step(f, &event);
}

static enum guard_level level(const struct fixture *f)
{
    return guard_level_of(session_guard(f->session), -1);
}

/* Goal: from a second to 400 days, either way: OBSERVE up to a day for a minute after it was
 * said last, HALTED beyond until an operator releases it; an open trade closes all the same. */
static void a_clock_that_is_off_bars_entries(void **state)
{
    static const struct {
        int64_t off_ms;
        enum guard_level level;
        double limit;
    } cases[] = {
        {1001, GUARD_OBSERVE, 1000},        {-1001, GUARD_OBSERVE, 1000},
        {3600 * 1000, GUARD_OBSERVE, 1000}, {-3600 * 1000, GUARD_OBSERVE, 1000},
        {DAY, GUARD_OBSERVE, 1000},         {-DAY, GUARD_OBSERVE, 1000},
        {DAY + 1, GUARD_HALTED, DAY},       {-DAY - 1, GUARD_HALTED, DAY},
        {400 * DAY, GUARD_HALTED, DAY},     {-400 * DAY, GUARD_HALTED, DAY},
        {INT64_MAX, GUARD_HALTED, DAY},     {INT64_MIN, GUARD_HALTED, DAY},
    };
    static const enum reason reasons[] = {REASON_CLOCK_STEP, REASON_CLOCK_VENUE_SKEW};
    for (size_t i = 0; i < LEN(cases) * LEN(reasons); i++) {
        const enum reason reason = reasons[i % LEN(reasons)];
        const size_t at = i / LEN(reasons);
        struct fixture f;
        const struct session_config config = base_config();
        print_message("# %s by %lld ms\n", reason_code(reason), (long long)cases[at].off_ms);
        open_fixture(&f, &config);
        open_trade(&f);
        clock_is_off(&f, reason, cases[at].off_ms);
        assert_int_equal(level(&f), cases[at].level);
        assert_int_equal(find(&f, ACTION_STATE, 0)->state.reason, reason);
        check_near(session_guard(f.session)->causes[0].limit, cases[at].limit, 0);
        f.now_ns -= MS;
        row_that_closes(&f); /* 59.999 s later */
        assert_int_equal(find(&f, ACTION_SUBMIT, 0)->order.class, ORDER_EXIT);
        assert_int_equal(level(&f), cases[at].level);
        row_that_opens(&f);
        const bool halted = cases[at].level == GUARD_HALTED;
        assert_int_equal(level(&f), halted ? GUARD_HALTED : GUARD_NORMAL);
        command(&f, OPERATOR_RELEASE);
        assert_int_equal(level(&f), GUARD_NORMAL);
        close_fixture(&f);
    }
}

/* Goal: while it lasts it is said again, and the minute begins anew. */
static void it_lasts_as_long_as_it_is_said(void **state)
{
    struct fixture f;
    struct guard_decision probe;
    const struct session_config config = base_config();
    open_fixture(&f, &config);
    clock_is_off(&f, REASON_CLOCK_VENUE_SKEW, 3000);
    f.now_ns += 59999 * MS;
    clock_is_off(&f, REASON_CLOCK_VENUE_SKEW, 2000);
    f.now_ns += 59999 * MS;
    step(&f, &(struct event){.kind = EVENT_TIMER, .pair = -1, .time_ns = f.now_ns});
    session_probe(f.session, 0, &probe);
    assert_int_equal(guard_decision_cause(&probe)->reason, REASON_CLOCK_VENUE_SKEW);
    check_near(guard_decision_cause(&probe)->observed, 2000, 0);
    f.now_ns += MS;
    step(&f, &(struct event){.kind = EVENT_TIMER, .pair = -1, .time_ns = f.now_ns});
    assert_int_equal(level(&f), GUARD_NORMAL);
    close_fixture(&f);
}

/* Goal: a session that goes on by a clock that was set back while it rested stays where it was,
 * and says why it opens nothing; a second between sources is none. */
static void a_session_does_not_go_back(void **state)
{
    static const struct {
        int64_t behind_ms;
        enum guard_level level;
    } cases[] = {{1000, GUARD_NORMAL},
                 {1001, GUARD_OBSERVE},
                 {DAY, GUARD_OBSERVE},
                 {DAY + 1, GUARD_HALTED},
                 {400 * DAY, GUARD_HALTED}};
    for (size_t i = 0; i < LEN(cases); i++) {
        struct fixture f;
        struct session_config config = base_config();
        config.has_clock = true;
        open_fixture(&f, &config);
        const int64_t before_ns = 500 * DAY * MS;
        struct event event = {
            .kind = EVENT_TIMER, .pair = -1, .time_ns = before_ns, .day = 500};
        step(&f, &event);
        event.time_ns -= cases[i].behind_ms * MS;
        event.day = (int32_t)(event.time_ns / (DAY * MS));
        step(&f, &event);
        assert_int_equal(level(&f), cases[i].level);
        assert_true(session_time_ns(f.session) == before_ns);
        assert_int_equal(session_guard(f.session)->day, 500);
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_is_off_bars_entries),
        cmocka_unit_test(it_lasts_as_long_as_it_is_said),
        cmocka_unit_test(a_session_does_not_go_back),
    };
    return cmocka_run_group_tests_name("core/session_clock", tests, NULL, NULL);
}
