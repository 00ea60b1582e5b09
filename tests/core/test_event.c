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

static void copies_whatever_it_is(void **state)
{
    struct event to, event = {.kind = EVENT_BOOK, .pair = 3, .time_ns = 5, .day = 7, .line = 9};
    event.book.venue = VENUE_B;
    event.book.book = (struct book){.asks_count = 1, .asks = {{101.0, 0.5}}};
    event_copy(&to, &event);
    assert_true(to.kind == EVENT_BOOK && to.pair == 3 && to.time_ns == 5 && to.day == 7 &&
                to.line == 9 && to.book.venue == VENUE_B);
    assert_true(to.book.book.bids_count == 0 && to.book.book.asks_count == 1);
    assert_true(to.book.book.asks[0].price == 101.0 && to.book.book.asks[0].size == 0.5);

    struct event fx = {.kind = EVENT_FX, .pair = -1, .time_ns = 6};
    fx.fx.krw_per_usd = 1400.5;
    fx.fx.ask = 1401.0;
    event_copy(&to, &fx);
    assert_true(to.kind == EVENT_FX && to.pair == -1 && to.time_ns == 6);
    assert_true(to.fx.krw_per_usd == 1400.5 && to.fx.bid == 0.0 && to.fx.ask == 1401.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_feed_states),
        cmocka_unit_test(names_operator_verbs),
        cmocka_unit_test(tells_what_a_venue_can_take),
        cmocka_unit_test(copies_whatever_it_is),
    };
    return cmocka_run_group_tests_name("core/event", tests, NULL, NULL);
}
