#include "support/check.h"

#include "view/command.h"
#include "view/desk.h"
#include "view/ranking.h"

/* Goal: each command has a name of its own; a number that is none has a name too. */
static void every_command_has_its_own_name(void **state)
{
    for (int i = 0; i <= COMMAND_KIND_LAST; i++) {
        const char *name = command_kind_name((enum command_kind)i);
        assert_true(strlen(name) > 1);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(name, command_kind_name((enum command_kind)j));
        }
    }
    assert_string_equal(command_kind_name(COMMAND_KILL), "kill");
    assert_string_equal(command_kind_name((enum command_kind)(COMMAND_KIND_LAST + 1)), "?");
}

static void every_order_of_a_ranking_has_its_own_name(void **state)
{
    for (int i = 0; i <= RANKING_SORT_LAST; i++) {
        const char *name = ranking_sort_name((enum ranking_sort)i);
        assert_true(strlen(name) > 1);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(name, ranking_sort_name((enum ranking_sort)j));
        }
    }
    assert_string_equal(ranking_sort_name((enum ranking_sort)(RANKING_SORT_LAST + 1)), "?");
}

/* Goal: ten parameters of the strategy, then two of its size, then the end. */
static void a_session_takes_twelve_parameters(void **state)
{
    for (size_t i = 0; i < 12; i++) {
        assert_non_null(command_param_name(i));
    }
    assert_null(command_param_name(12));
    assert_string_equal(command_param_name(0), "min_spread_bps");
    assert_string_equal(command_param_name(COMMAND_PARAMS_OF_SIZE), "max_position_usd");
    assert_string_equal(command_param_name(11), "max_open_trades");
}

static void every_verb_of_the_desk_has_its_own_name(void **state)
{
    for (int i = 0; i <= DESK_VERB_LAST; i++) {
        const char *name = desk_verb_name((enum desk_verb)i);
        assert_true(strlen(name) > 1);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(name, desk_verb_name((enum desk_verb)j));
        }
    }
    assert_string_equal(desk_verb_name((enum desk_verb)(DESK_VERB_LAST + 1)), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_its_own_name),
        cmocka_unit_test(a_session_takes_twelve_parameters),
        cmocka_unit_test(every_verb_of_the_desk_has_its_own_name),
        cmocka_unit_test(every_order_of_a_ranking_has_its_own_name),
    };
    return cmocka_run_group_tests_name("view/names", tests, NULL, NULL);
}
