#include "support/check.h"

#include "base/nearest.h"

static const char *const KEYS[] = {"min_spread_bps", "max_hold_s", "stop_loss_bps", "bell",
                                   "krw"};

static const char *answer(const char *given)
{
    struct nearest nearest = nearest_to(given);
    for (size_t i = 0; i < LEN(KEYS); i++) {
        nearest_offer(&nearest, KEYS[i]);
    }
    return nearest.found;
}

/* Goal: what a hurried hand writes leads to the word meant. */
static void finds_the_word_meant(void **state)
{
    static const struct {
        const char *name, *given, *wanted;
    } cases[] = {
        {"a letter left out", "min_spred_bps", "min_spread_bps"},
        {"neighbours swapped", "max_hodl_s", "max_hold_s"},
        {"a letter too many", "belll", "bell"},
        {"the unit left out", "stop_loss", "stop_loss_bps"},
        {"an option's spelling", "STOP-LOSS-BPS", "stop_loss_bps"},
        {"exactly right", "krw", "krw"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        print_message("# %s\n", cases[i].name);
        const char *found = answer(cases[i].given);
        assert_non_null(found);
        assert_string_equal(found, cases[i].wanted);
    }
}

/* Goal: no guess is better than a wild one. */
static void stays_silent_when_nothing_is_near(void **state)
{
    assert_null(answer("leverage"));
    assert_null(answer(""));
    assert_null(answer("x"));
    assert_null(
        answer("min_spread_bpsmin_spread_bpsmin_spread_bpsmin_spread_bpsmin_spread_bps"));
}

/* Goal: of two as near as each other the first offered wins, so that answers do not wander. */
static void prefers_the_first_of_equals(void **state)
{
    struct nearest nearest = nearest_to("cat");
    nearest_offer(&nearest, "car");
    nearest_offer(&nearest, "bat");
    assert_string_equal(nearest.found, "car");
    assert_int_equal(nearest.distance, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_word_meant),
        cmocka_unit_test(stays_silent_when_nothing_is_near),
        cmocka_unit_test(prefers_the_first_of_equals),
    };
    return cmocka_run_group_tests_name("base/nearest", tests, NULL, NULL);
}
