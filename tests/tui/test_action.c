#include "support/check.h"

#include "tui/action.h"
#include "tui/press.h"

/* Does the action's own column of keys hold this one? */
static bool binds(enum action action, uint32_t key)
{
    const char *keys = action_row(action)->keys;
    while (*keys != '\0') {
        char word[PRESS_NAME_SIZE];
        const size_t length = strcspn(keys, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, keys);
        if (press_parse(word) == key) {
            return true;
        }
        keys += length + (keys[length] == ' ');
    }
    return false;
}

/* Goal: no key means two things, and no two actions share a name. */
static void has_no_clashes(void **state)
{
    for (uint32_t key = 1; key <= PRESS_OTHER; key = key == 127 ? PRESS_UP : key + 1) {
        int bound = 0;
        for (int i = 0; i <= ACTION_LAST; i++) {
            bound += binds((enum action)i, key);
        }
        if (bound > 1) {
            print_error("key %u means %d things\n", (unsigned)key, bound);
            fail();
        }
        assert_int_equal(action_of_key(key) != ACTION_NONE, bound == 1);
    }
    for (int i = 0; i <= ACTION_LAST; i++) {
        assert_int_equal(action_of_name(action_row((enum action)i)->name), i);
    }
}

/* Goal: every word in the key column is a key there is. */
static void every_key_has_a_name_that_parses(void **state)
{
    for (int i = 0; i <= ACTION_LAST; i++) {
        const char *keys = action_row((enum action)i)->keys;
        while (*keys != '\0') {
            char word[PRESS_NAME_SIZE];
            const size_t length = strcspn(keys, " ");
            snprintf(word, sizeof word, "%.*s", (int)length, keys);
            assert_int_not_equal(press_parse(word), PRESS_NONE);
            keys += length + (keys[length] == ' ');
        }
        assert_true(strlen(action_row((enum action)i)->help) > 0);
    }
}

/* Goal: keys on which other programs do harm, and K itself, are bound to nothing. */
static void leaves_dangerous_keys_alone(void **state)
{
    static const char *const keys[] = {"d", "D", "Delete", "C-k", "p", "r", "K", "J", "H", "L"};
    for (size_t i = 0; i < LEN(keys); i++) {
        assert_int_equal(action_of_key(press_parse(keys[i])), ACTION_NONE);
    }
}

static void completes_names(void **state)
{
    assert_string_equal(action_complete("rel", 0), "release");
    assert_null(action_complete("rel", 1));
    assert_null(action_complete("zzz", 0));
    assert_string_equal(action_complete("pair-", 0), "pair-next");
    assert_string_equal(action_complete("pair-", 1), "pair-previous");
}

static void parses_keys(void **state)
{
    assert_int_equal(press_parse("K"), 'K');
    assert_int_equal(press_parse("C-l"), 12);
    assert_int_equal(press_parse("Space"), ' ');
    assert_int_equal(press_parse("PgUp"), PRESS_PAGE_UP);
    assert_int_equal(press_parse("nonsense"), PRESS_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_no_clashes),
        cmocka_unit_test(every_key_has_a_name_that_parses),
        cmocka_unit_test(leaves_dangerous_keys_alone),
        cmocka_unit_test(completes_names),
        cmocka_unit_test(parses_keys),
    };
    return cmocka_run_group_tests_name("tui/action", tests, NULL, NULL);
}
