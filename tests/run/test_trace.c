#include "support/check.h"

#include "run/trace.h"

static struct action submit(uint64_t client_id)
{
    struct action action;
    memset(&action, 0, sizeof action);
    action.kind = ACTION_SUBMIT;
    action.order.client_id = client_id;
    return action;
}

static struct action refusal(double observed)
{
    struct action action;
    memset(&action, 0, sizeof action);
    action.kind = ACTION_DECISION;
    action.decision.faults_count = GUARD_FAULTS_MAX; /* the longest there is */
    action.decision.faults[GUARD_FAULTS_MAX - 1].observed = observed;
    return action;
}

static struct trace trace_of(const struct action *actions, size_t count, int64_t time_ns)
{
    struct trace trace;
    trace_init(&trace);
    for (size_t i = 0; i < count; i++) {
        trace_add(&trace, time_ns, &actions[i]);
    }
    return trace;
}

static bool same(const struct action *one, const struct action *other, size_t count)
{
    const struct trace a = trace_of(one, count, 5);
    const struct trace b = trace_of(other, count, 5);
    assert_int_equal(a.count, count);
    return strcmp(a.hash, b.hash) == 0;
}

/* Goal: what was done, in which order and when, all show. */
static void tells_content_order_and_time_apart(void **state)
{
    const struct action ab[] = {submit(1), submit(2)};
    const struct action ba[] = {submit(2), submit(1)};
    const struct action ac[] = {submit(1), submit(3)};
    assert_true(same(ab, ab, 2));
    assert_false(same(ab, ba, 2));
    assert_false(same(ab, ac, 2));
    assert_string_not_equal(trace_of(ab, 2, 5).hash, trace_of(ab, 2, 6).hash);
    assert_string_not_equal(trace_of(ab, 1, 5).hash, trace_of(ab, 2, 5).hash);
}

/* Goal: the last number of the longest envelope counts; whichever way a number is none does
 * not, and neither does what lies in the union behind the action. */
static void takes_the_whole_content_and_nothing_else(void **state)
{
    const struct action one = refusal(1.0);
    const struct action other = refusal(1.0 + 0x1p-52);
    const struct action none = refusal(NAN);
    const struct action minus_none = refusal(-NAN);
    struct action littered = submit(1);
    const struct action clean = submit(1);
    assert_false(same(&one, &other, 1));
    assert_false(same(&one, &none, 1));
    assert_true(same(&none, &minus_none, 1));
    ((unsigned char *)&littered)[sizeof littered - 1] = 0xff;
    assert_true(same(&littered, &clean, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_content_order_and_time_apart),
        cmocka_unit_test(takes_the_whole_content_and_nothing_else),
    };
    return cmocka_run_group_tests_name("run/trace", tests, NULL, NULL);
}
