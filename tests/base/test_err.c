#include "support/check.h"

#include "base/err.h"

static void sets_kind_and_text_and_returns_false(void **state)
{
    struct err err = {0};
    assert_false(err_set(&err, ERR_INPUT, "'%s' is not a number", "abc"));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "'abc' is not a number");
}

static void puts_each_place_in_front(void **state)
{
    struct err err = {0};
    err_set(&err, ERR_INPUT, "'abc' is not a number");
    assert_false(err_wrap(&err, "engine.%s", "min_spread_bps"));
    assert_false(err_wrap(&err, "%s:%d", "paper.yaml", 14));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text,
                        "paper.yaml:14: engine.min_spread_bps: 'abc' is not a number");
}

/* Goal: the old text may be an argument of the new one. */
static void may_quote_itself(void **state)
{
    struct err err = {0};
    err_set(&err, ERR_IO, "disk gone");
    err_set(&err, ERR_REFUSED, "no entry (%s)", err.text);
    assert_string_equal(err.text, "no entry (disk gone)");
    err_wrap(&err, "first %s", err.text);
    assert_string_equal(err.text, "first no entry (disk gone): no entry (disk gone)");
}

static void cuts_what_does_not_fit(void **state)
{
    char long_text[3000];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    struct err err = {0};
    err_set(&err, ERR_IO, "%s", long_text);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    err_wrap(&err, "here");
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_memory_equal(err.text, "here: xxx", 9);
    err_wrap(&err, "%s", long_text);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

/* The table of SPEC.md 6: 1 input and machine, 2 usage and our fault, 3 refused. */
static void knows_the_exit_codes(void **state)
{
    assert_int_equal(err_exit_code(ERR_NONE), 0);
    assert_int_equal(err_exit_code(ERR_INPUT), 1);
    assert_int_equal(err_exit_code(ERR_IO), 1);
    assert_int_equal(err_exit_code(ERR_ENDED), 1);
    assert_int_equal(err_exit_code(ERR_USAGE), 2);
    assert_int_equal(err_exit_code(ERR_INTERNAL), 2);
    assert_int_equal(err_exit_code(ERR_REFUSED), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_kind_and_text_and_returns_false),
        cmocka_unit_test(puts_each_place_in_front),
        cmocka_unit_test(may_quote_itself),
        cmocka_unit_test(cuts_what_does_not_fit),
        cmocka_unit_test(knows_the_exit_codes),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
