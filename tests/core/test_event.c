#include "support/check.h"

#include "core/event.h"

static void names_feed_states(void **state)
{
    static const char *const names[] = {"down", "silent", "fresh", "stale", "gap", "resync"};
    assert_int_equal(LEN(names), FEED_STATE_LAST + 1);
    for (size_t i = 0; i < LEN(names); i++) {
        assert_string_equal(feed_state_name((enum feed_state)i), names[i]);
    }
}

static void names_operator_verbs(void **state)
{
    static const char *const names[] = {"kill",   "release", "arm",     "disarm", "pause",
                                        "resume", "close",   "flatten", "end",    "stop"};
    assert_int_equal(LEN(names), OPERATOR_VERB_LAST + 1);
    for (size_t i = 0; i < LEN(names); i++) {
        assert_string_equal(operator_verb_name((enum operator_verb)i), names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_feed_states),
        cmocka_unit_test(names_operator_verbs),
    };
    return cmocka_run_group_tests_name("core/event", tests, NULL, NULL);
}
