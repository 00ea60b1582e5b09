#include "desk_case.h"

/* What the Results screen says when something is amiss. */

static bool says_at(struct desk_case *test, int cols, const char *words)
{
    struct text got = text_growing();
    hand_draw(&test->hand, cols, 20, false, false, &got);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_why_a_job_failed_whole),
        cmocka_unit_test(tells_why_there_is_no_ranking_whole),
        cmocka_unit_test(tells_how_many_jobs_have_no_result),
    };
    return cmocka_run_group_tests_name("tui/results_trouble", tests, NULL, NULL);
}
