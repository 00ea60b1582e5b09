#include "support/check.h"

#include "core/reason.h"

static const struct {
    const char *name;
    int number;
    const char *code;
} REASONS[] = {
#define X(name, number, code, text) {#name, number, code},
    REASON_TABLE(X)
#undef X
};

static void says_code_and_sentence(void **state)
{
    assert_string_equal(reason_code(REASON_GLOBAL_DAY_LOSS), "GLOBAL.DAY_LOSS");
    assert_string_equal(reason_text(REASON_GLOBAL_DAY_LOSS), "day loss limit reached");
    assert_string_equal(reason_code(REASON_NONE), "NONE");
    assert_string_equal(reason_code((enum reason)99999), "?");
    assert_string_equal(reason_text((enum reason)99999), "?");
}

/* Goal: LAYER.CODE reads like the enumerator LAYER_CODE, and the numbers rise down the table,
 * so that a layer stays within its hundred. */
static void keeps_names_and_numbers_in_step(void **state)
{
    for (size_t i = 1; i < LEN(REASONS); i++) {
        char code[64];
        snprintf(code, sizeof code, "%s", REASONS[i].name);
        *strchr(code, '_') = '.';
        assert_string_equal(REASONS[i].code, code);
        assert_true(REASONS[i].number > REASONS[i - 1].number);
        assert_string_equal(reason_code((enum reason)REASONS[i].number), REASONS[i].code);
        assert_true(strlen(reason_text((enum reason)REASONS[i].number)) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_code_and_sentence),
        cmocka_unit_test(keeps_names_and_numbers_in_step),
    };
    return cmocka_run_group_tests_name("core/reason", tests, NULL, NULL);
}
