#include "support/folder.h"

#include <math.h>

#include "store/journal.h"
#include "store/results.h"

static struct results_job job(int64_t number, enum results_state state, double pnl_usd,
                              double drawdown_pct)
{
    static const char *const ids[] = {"", "a", "b", "c", "d", "e"};
    return (struct results_job){
        .number = number,
        .job_id = ids[number],
        .state = state,
        .config_hash = "h",
        .data_hash = "d",
        .pnl_usd = pnl_usd,
        .drawdown_pct = drawdown_pct,
        .closed_trades = 3,
        .error = "",
    };
}

static bool keep(void *context, const struct results_sweep *sweep)
{
    *(struct results_sweep *)context = *sweep;
    return false;
}

static struct results_sweep newest(struct results *results)
{
    struct results_sweep sweep = {0};
    struct err err;
    assert_true(results_each(results, keep, &sweep, &err));
    return sweep;
}

/* Goal: a sweep is counted by the states of its jobs; the best is the one that earned most, by
 * less drawdown where equal; what runs when it ends was interrupted. */
static void counts_and_ranks(void **state)
{
    char folder[FOLDER_PATH_SIZE], path[FOLDER_PATH_SIZE + 64];
    struct err err;
    struct results *results;
    folder_create(folder);
    folder_file(path, folder, RESULTS_FILE);
    assert_true(results_open(&results, path, &err));
    struct results_sweep sweep = {
        .folder = "/x/s", .jobs_file = "p", .jobs = 5, .pid = 7, .started_wall_ns = 100};
    assert_true(results_start(results, &sweep, &err));
    const struct results_job jobs[] = {
        job(1, RESULTS_PLANNED, NAN, NAN), job(2, RESULTS_RUNNING, NAN, NAN),
        job(3, RESULTS_DONE, 5, 2),        job(4, RESULTS_DONE, 5, 1),
        job(5, RESULTS_FAILED, 99, 0),
    };
    assert_true(results_begin(results, &err));
    for (size_t i = 0; i < LEN(jobs); i++) {
        assert_true(results_put(results, sweep.id, &jobs[i], &err));
    }
    assert_true(results_commit(results, &err));

    /* Another connection, as a console has it. */
    struct results *watcher;
    assert_true(results_open_readonly(&watcher, path, &err));
    struct results_sweep seen = newest(watcher);
    assert_string_equal(seen.folder, "/x/s");
    assert_int_equal(seen.jobs, 5);
    assert_int_equal(seen.pid, 7);
    assert_int_equal(seen.ended_wall_ns, 0);
    for (int i = 0; i <= RESULTS_STATE_LAST; i++) {
        assert_int_equal(seen.counts[i], i == RESULTS_DONE          ? 2
                                         : i == RESULTS_INTERRUPTED ? 0
                                                                    : 1);
    }
    assert_string_equal(seen.best_job, "d");
    assert_true(seen.best_pnl_usd == 5);

    assert_true(results_end(results, sweep.id, 200, "interrupted", &err));
    seen = newest(watcher);
    assert_int_equal(seen.counts[RESULTS_RUNNING], 0);
    assert_int_equal(seen.counts[RESULTS_INTERRUPTED], 1);
    assert_int_equal(seen.ended_wall_ns, 200);
    assert_string_equal(seen.end_reason, "interrupted");
    results_close(watcher);
    results_close(results);
    folder_remove(folder);
}

/* Goal: a folder has one sweep; started again it has the same number and no jobs; the last
 * started comes first. */
static void starts_again(void **state)
{
    char folder[FOLDER_PATH_SIZE], path[FOLDER_PATH_SIZE + 64];
    struct err err;
    struct results *results;
    folder_create(folder);
    folder_file(path, folder, RESULTS_FILE);
    assert_true(results_open(&results, path, &err));
    struct results_sweep first = {.folder = "/x/s", .started_wall_ns = 100};
    struct results_sweep other = {.folder = "/x/t", .started_wall_ns = 200};
    const struct results_job done = job(1, RESULTS_DONE, 5, 2);
    assert_true(results_start(results, &first, &err));
    assert_true(results_put(results, first.id, &done, &err));
    assert_true(results_start(results, &other, &err));
    assert_string_equal(newest(results).folder, "/x/t");
    struct results_sweep again = {.folder = "/x/s", .started_wall_ns = 300};
    assert_true(results_start(results, &again, &err));
    assert_int_equal(again.id, first.id);
    assert_string_equal(newest(results).folder, "/x/s");
    assert_int_equal(newest(results).counts[RESULTS_DONE], 0);
    assert_string_equal(newest(results).best_job, "");
    results_close(results);
    folder_remove(folder);
}

/* Goal: the two kinds of file are not taken for each other. */
static void is_no_journal(void **state)
{
    char folder[FOLDER_PATH_SIZE], path[FOLDER_PATH_SIZE + 64];
    struct err err;
    struct results *results;
    struct journal *journal;
    folder_create(folder);
    folder_file(path, folder, RESULTS_FILE);
    assert_true(results_open(&results, path, &err));
    results_close(results);
    assert_false(journal_open(&journal, path, &err));
    assert_non_null(strstr(err.text, "not a journal of arblite"));
    unlink(path);
    assert_true(journal_open(&journal, path, &err));
    journal_close(journal);
    assert_false(results_open(&results, path, &err));
    assert_non_null(strstr(err.text, "not a tuning journal of arblite"));
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_ranks),
        cmocka_unit_test(starts_again),
        cmocka_unit_test(is_no_journal),
    };
    return cmocka_run_group_tests_name("store/results", tests, NULL, NULL);
}
