#include "desk_case.h"

#include <math.h>

/* What the Results screen says when something is amiss. */

static bool says_at(struct desk_case *test, int cols, const char *words)
{
    struct text got = text_growing();
    hand_draw(&test->hand, cols, 30, false, false, &got);
    const bool found = strstr(text_string(&got), words) != NULL;
    text_finish(&got);
    return found;
}

/* Goal: why a job failed is there to its end, and no figures of a run that was none. */
static void tells_why_a_job_failed_whole(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    struct ranking_row *row = &test->archive->ranking.rows[0];
    row->failed = true;
    snprintf(row->error, sizeof row->error,
             "cannot read '/srv/arbitrage/outputs/tuning/small/small_0012.json': "
             "Is a directory");
    test->archive->result.run.row = *row;
    type(test, "\r");
    assert_true(says_at(test, 60, "  FAILED"));
    assert_true(says_at(test, 60, " Is a directory"));
    assert_true(says_at(test, 60, "Parameters"));
    assert_false(says_at(test, 60, "Were the world"));
    assert_false(says_at(test, 60, "balance"));
    end(test);
}

/* Goal: so is why there is no ranking; the session that has none is named. */
static void tells_why_there_is_no_ranking_whole(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    snprintf(test->archive->ranking.error, TUNING_TEXT_SIZE,
             "cannot open folder '/srv/arbitrage/outputs/tuning/grid-small': "
             "No such file or directory");
    assert_true(says_at(test, 60, "9 RESULTS grid-small"));
    assert_false(says_at(test, 60, "by PnL"));
    assert_true(says_at(test, 60, "  or directory"));
    end(test);
}

/* Goal: a ranking of a part of the jobs is not taken for that of all of them. */
static void tells_how_many_jobs_have_no_result(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    struct ranking *ranking = &test->archive->ranking;
    ranking->jobs = ranking->total;
    assert_false(says_at(test, 80, " jobs"));
    ranking->jobs = 21600;
    assert_true(says_at(test, 80, "12 results  of 21,600 jobs  12 trials"));
    end(test);
}

/* Goal: at 60 columns the truth panel has both ways of booking whole, since the second is the
 * truth; so are notes, the age of the map, and why parameters cannot be used. */
static void narrow_screens_tell_all_of_it(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9\r");
    struct ranking_result *result = &test->archive->result;
    snprintf(result->run.profile, sizeof result->run.profile, "compat-d37");
    result->truth_count = 2;
    result->truth[0] = (struct ranking_truth){"spread", 1081.4, 1.0, 0.0};
    result->truth[1] = (struct ranking_truth){"legs", -1234.56, 0.415, 12.0};
    result->sensitivity[3].pnl_usd = NAN;
    snprintf(result->sensitivity[3].note, sizeof result->sensitivity[3].note,
             "the spread model books what was decided, whenever it fills");
    assert_true(says_at(test, 60, "booked by spread +1,081.40 USD win 100.0%"));
    assert_true(says_at(test, 60, "booked by legs -1,234.56 USD win 41.5%"));
    assert_true(says_at(test, 60, "  fills"));
    type(test, "h");
    assert_true(says_at(test, 60, "MAP grid-small  read 12s ago"));
    snprintf(result->refused, sizeof result->refused,
             "the result is of profile compat-d37, the session runs exact");
    type(test, "\033u");
    assert_true(says_at(test, 60, "  not in this session: the result is of profile"));
    assert_true(says_at(test, 60, "the session runs exact"));
    assert_true(says_at(test, 60, "open trades keep the exits"));
    end(test);
}

/* Goal: PnL that no exit was paid of is not taken for money. */
static void tells_which_pnl_ranks(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    struct ranking *ranking = &test->archive->ranking;
    snprintf(ranking->pnl_model, sizeof ranking->pnl_model, "legs");
    assert_false(says_at(test, 120, "booked by"));
    snprintf(ranking->pnl_model, sizeof ranking->pnl_model, "spread");
    assert_true(says_at(test, 120, "  booked by the spread at the entry, not by four legs"));
    assert_true(says_at(test, 60, "  booked by spread, not legs: truth is in the detail"));
    end(test);
}

/* Goal: the shades of a map have ends in USD; a job that was stopped early is neither, however
 * much it had by then, and its cell has no shade but is told under the cursor. */
static void a_map_has_ends_and_no_stopped_best(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9h");
    struct ranking_heat *heat = &test->archive->heat;
    assert_true(says_at(test, 80, "best   10 / 3600   +412.07 USD"));
    assert_true(says_at(test, 80, "worst  5 / 900   -208.36 USD"));
    heat->stopped[1][1] = true;
    assert_true(says_at(test, 80, "cursor 10 / 3600   +412.07 USD  stopped early"));
    assert_true(says_at(test, 80, "best   10 / 14400   +371.44 USD"));
    end(test);
}

/* Goal: a question is told to the end of the name of its target, and of what is typed the end
 * is seen. */
static void questions_and_prompts_show_their_ends(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9u");
    snprintf(test->archive->result.session, TUNING_NAME_SIZE, "a-session-of-a-very-long-name");
    type(test, "u");
    assert_true(says_at(test, 60, "a-session-of-a-very-long-name/grid_0005 in"));
    assert_true(says_at(test, 60, "paper-20261120-2124?"));
    hand_wait(&test->hand, 500);
    type(test, "n\033ea/folder/of/some/length/and/more/of/it/and/then/a/name.csv");
    assert_true(says_at(test, 60, "and/then/a/name.csv"));
    assert_true(says_at(test, 160, "a/name.csv  "));
    assert_true(says_at(test, 160, "Esc leaves it"));
    end(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_why_a_job_failed_whole),
        cmocka_unit_test(tells_why_there_is_no_ranking_whole),
        cmocka_unit_test(tells_how_many_jobs_have_no_result),
        cmocka_unit_test(narrow_screens_tell_all_of_it),
        cmocka_unit_test(tells_which_pnl_ranks),
        cmocka_unit_test(a_map_has_ends_and_no_stopped_best),
        cmocka_unit_test(questions_and_prompts_show_their_ends),
    };
    return cmocka_run_group_tests_name("tui/results_trouble", tests, NULL, NULL);
}
