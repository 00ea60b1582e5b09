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

/* Goal: a quantity step is at least one unit, the rest at least nothing. */
static void tells_what_a_venue_can_take(void **state)
{
    static const struct {
        int64_t lot, tick, minimum;
        bool fine;
    } cases[] = {
        {1, 0, 0, true},    {1000, 10, 5000, true}, {0, 10, 5000, false},
        {-1, 10, 0, false}, {1, -1, 0, false},      {1, 0, -1, false},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct event event = {.kind = EVENT_INSTRUMENT};
        event.instrument.lot_units = cases[i].lot;
        event.instrument.tick_units = cases[i].tick;
        event.instrument.minimum_notional_units = cases[i].minimum;
        assert_int_equal(event_instrument_fine(&event), cases[i].fine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_feed_states),
        cmocka_unit_test(names_operator_verbs),
        cmocka_unit_test(tells_what_a_venue_can_take),
    };
    return cmocka_run_group_tests_name("core/event", tests, NULL, NULL);
}
