#include "desk_case.h"

/* The way from a result to the parameters of the session. */

/* Goal: the evidence stands on the screen first; then one y in a box that was deaf at first,
 * and the command says whose the parameters are and which session they are for. */
static void uses_parameters_after_a_question(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9u");
    assert_int_equal(test->hand.state.browse.view, BROWSE_USE);
    assert_string_equal(test->hand.asked[DESK_RESULT].here.name, "paper-20261120-2124");
    assert_false(asked(test, DESK_RESULT)->with_size);
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    type(test, "u");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_CONFIRM);
    type(test, "y\r"); /* too soon, and Enter is no yes */
    assert_int_equal(test->hand.outbox.commands_count, 0);
    hand_press(&test->hand, 500, 'y');
    assert_int_equal(hand_sent(&test->hand, COMMAND_USE), 1);
    const struct command *command = &test->hand.outbox.commands[0];
    assert_string_equal(command->text, "paper-20261120-2124");
    assert_string_equal(command->params, "min_spread_bps=10 max_hold_s=null");
    assert_string_equal(command->origin, "grid-small/grid_0005 data xxh3-128:00");
    assert_string_equal(command->reason, "");
    assert_string_equal(command->operator_name, "jk");
    end(test);
}

/* Goal: from wherever it is opened it is about that job, and Esc goes the same way back. */
static void goes_back_the_way_it_came(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9h");
    const char *job = test->archive->heat.jobs[1][1];
    type(test, "\ru");
    assert_int_equal(test->hand.state.browse.view, BROWSE_USE);
    assert_string_equal(asked(test, DESK_RESULT)->job, job);
    assert_true(says(test, "USE grid-small/grid_0005"));
    type(test, "\033");
    assert_int_equal(test->hand.state.browse.view, BROWSE_DETAIL);
    type(test, "\033");
    assert_int_equal(test->hand.state.browse.view, BROWSE_HEAT);
    type(test, "u");
    assert_string_equal(asked(test, DESK_RESULT)->job, job);
    type(test, "q");
    assert_int_equal(test->hand.state.browse.view, BROWSE_HEAT);
    type(test, "qq");
    assert_int_equal(test->hand.state.screen, SCREEN_LIVE);
    end(test);
}

/* Goal: where so much speaks against it, a reason is typed and goes along. */
static void a_decisive_doubt_wants_a_reason(void **state)
{
    struct desk_case *test = begin(ARCHIVE_DOUBTFUL, "9uu");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_REASON);
    type(test, "  \r");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_REASON);
    assert_non_null(strstr(test->hand.state.dialog.detail, "a reason is needed"));
    type(test, "yes y\r");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_CONFIRM);
    hand_press(&test->hand, 500, 'y');
    assert_int_equal(hand_sent(&test->hand, COMMAND_USE), 1);
    assert_string_equal(test->hand.outbox.commands[0].reason, "  yes y");
    type(test, "u\033"); /* and it can be left */
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    assert_int_equal(hand_sent(&test->hand, COMMAND_USE), 1);
    end(test);
}

/* Goal: no question before everything is known, without a session, or when it cannot be. */
static void does_not_ask_too_early(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9u");
    test->archive->result.working = true;
    type(test, "u");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    assert_non_null(strstr(test->hand.state.notice.text, "still being worked out"));
    test->archive->result.working = false;
    snprintf(test->archive->result.refused, TUNING_TEXT_SIZE, "the result is of profile x");
    type(test, "u");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    assert_true(says(test, "not in this session: the result is of profile x"));
    test->archive->result.refused[0] = '\0';
    test->hand.world.read_only = true;
    type(test, "u");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    test->hand.world.read_only = false;
    test->hand.world.newest = test->hand.world.shown = NULL;
    hand_press(&test->hand, 0, 'u');
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    assert_non_null(strstr(test->hand.state.notice.text, "no session runs here"));
    end(test);
}

/* Goal: sizes stay as they are unless they are asked for; evidence about another session or
 * another choice is not shown as if it were about this. */
static void evidence_is_of_this_session_and_choice(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9u");
    assert_true(says(test, "stays, it is a size"));
    type(test, "\t");
    assert_true(asked(test, DESK_RESULT)->with_size);
    test->archive->result.query.with_size = false;
    assert_true(says(test, "reading the results"));
    test->archive->result.query.with_size = true;
    assert_false(says(test, "reading the results"));
    snprintf(test->archive->result.here, SNAPSHOT_TEXT_SIZE, "another");
    assert_true(says(test, "reading the results"));
    end(test);
}

/* Goal: once they are used, the page says so by the revision; what it refused is not said,
 * since nothing was refused. Another job's parameters are not those. */
static void says_that_they_are_in_use(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9u");
    struct ranking_result *result = &test->archive->result;
    struct snapshot *snapshot = &test->hand.snapshot;
    snprintf(result->refused, sizeof result->refused, "no parameter is another");
    result->changes_count = 0;
    snapshot->revision = 3;
    snprintf(snapshot->revision_origin, sizeof snapshot->revision_origin, "%s", result->origin);
    assert_true(says(test, "  in use here: revision 3 of this session has them"));
    assert_false(says(test, "no parameter is another"));
    type(test, "u");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    assert_string_equal(test->hand.state.notice.text, "this session has them already");
    snapshot->revision_origin[0] = 'x';
    assert_true(says(test, "  not in this session: no parameter is another"));
    end(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_parameters_after_a_question),
        cmocka_unit_test(goes_back_the_way_it_came),
        cmocka_unit_test(a_decisive_doubt_wants_a_reason),
        cmocka_unit_test(does_not_ask_too_early),
        cmocka_unit_test(evidence_is_of_this_session_and_choice),
        cmocka_unit_test(says_that_they_are_in_use),
    };
    return cmocka_run_group_tests_name("tui/results_use", tests, NULL, NULL);
}
