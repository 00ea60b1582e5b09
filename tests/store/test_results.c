#include "support/folder.h"

#include <math.h>

#include "db.h"
#include "store/journal.h"
#include "store/results.h"

/* As version 1 made them. */
#define OLD_TABLES                                                                             \
    "CREATE TABLE sweep (id INTEGER PRIMARY KEY, folder TEXT NOT NULL UNIQUE, jobs_file TEXT " \
    "NOT NULL DEFAULT '', jobs INTEGER NOT NULL DEFAULT 0, pid INTEGER NOT NULL DEFAULT 0, "   \
    "started_wall_ns INTEGER NOT NULL DEFAULT 0, ended_wall_ns INTEGER NOT NULL DEFAULT 0, "   \
    "end_reason TEXT NOT NULL DEFAULT '') STRICT;"                                             \
    "CREATE TABLE sweep_job (sweep INTEGER NOT NULL REFERENCES sweep (id), number INTEGER "    \
    "NOT NULL, job_id TEXT NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4), "   \
    "config_hash TEXT NOT NULL, data_hash TEXT NOT NULL, pnl_usd REAL, drawdown_pct REAL, "    \
    "closed_trades INTEGER NOT NULL, error TEXT NOT NULL, PRIMARY KEY (sweep, number)) "       \
    "STRICT, WITHOUT ROWID;"

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
    struct results_sweep sweep = {.folder = "/x/s",
                                  .jobs_file = "p",
                                  .jobs = 5,
                                  .pid = 7,
                                  .parallel = 3,
                                  .prune = true,
                                  .started_wall_ns = 100};
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
    assert_int_equal(seen.parallel, 3);
    assert_true(seen.prune);
    assert_int_equal(seen.ended_wall_ns, 0);
    for (int i = 0; i <= RESULTS_STATE_LAST; i++) {
        const bool none = i == RESULTS_INTERRUPTED || i == RESULTS_STOPPED;
        assert_int_equal(seen.counts[i], i == RESULTS_DONE ? 2 : none ? 0 : 1);
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

struct reasons {
    int count;
    char list[256];
};

static bool note_reason(void *context, int64_t jobs, const char *reason)
{
    struct reasons *reasons = context;
    const size_t length = strlen(reasons->list);
    snprintf(reasons->list + length, sizeof reasons->list - length, "%d %s;", (int)jobs,
             reason);
    return ++reasons->count < 2;
}

/* Goal: what a watcher sees of a pass: how far it is, how fast, why jobs failed. 4 jobs, 1
 * kept, 1 failed and 2 halfway: 1 + 2 * 0.5 jobs in 4 s, 1 job left of them at 0.5 jobs a
 * second. */
static void follows_a_pass(void **state)
{
    char folder[FOLDER_PATH_SIZE], path[FOLDER_PATH_SIZE + 64];
    struct err err;
    struct results *results;
    folder_create(folder);
    folder_file(path, folder, RESULTS_FILE);
    assert_true(results_open(&results, path, &err));
    struct results_sweep sweep = {.folder = "/x/s", .jobs = 4, .started_wall_ns = 1000000000};
    assert_true(results_start(results, &sweep, &err));
    struct results_sweep seen = newest(results);
    assert_true(isnan(seen.pass_done));
    assert_true(isnan(results_pace_of(&seen).jobs_per_s));
    for (int i = 1; i <= 4; i++) {
        const struct results_job planned = job(i, RESULTS_PLANNED, NAN, NAN);
        assert_true(results_put(results, sweep.id, &planned, &err));
    }
    const struct results_job kept = job(1, RESULTS_DONE, 5, 2);
    struct results_job failed = job(4, RESULTS_FAILED, NAN, NAN);
    failed.error = "no such file";
    assert_true(results_put(results, sweep.id, &kept, &err));
    assert_true(results_put(results, sweep.id, &failed, &err));
    assert_true(results_run(results, sweep.id, 1, 4, &err));
    const struct results_progress progress = {1, 0.5, 0.25, 5000000000};
    assert_true(results_tell(results, sweep.id, &progress, &err));
    seen = newest(results);
    assert_int_equal(seen.counts[RESULTS_RUNNING], 2);
    assert_int_equal(seen.counts[RESULTS_DONE], 1);
    assert_int_equal(seen.counts[RESULTS_FAILED], 1);
    assert_true(seen.pass_done == 0.5);
    assert_true(seen.saved_share == 0.25);
    assert_true(results_pace_of(&seen).jobs_per_s == 0.5);
    assert_true(results_pace_of(&seen).eta_s == 2);

    struct results_job stopped = job(2, RESULTS_STOPPED, 99, 0);
    assert_true(results_put(results, sweep.id, &stopped, &err));
    failed.number = 3;
    failed.job_id = "c";
    assert_true(results_put(results, sweep.id, &failed, &err));
    assert_true(results_end(results, sweep.id, 7000000000, "done", &err));
    seen = newest(results);
    assert_int_equal(seen.counts[RESULTS_STOPPED], 1);
    assert_string_equal(seen.best_job, "a");
    assert_true(isnan(seen.pass_done));
    assert_true(results_pace_of(&seen).jobs_per_s == 0.5);
    assert_true(results_pace_of(&seen).eta_s == 0);
    failed.number = 5;
    failed.job_id = "e";
    failed.error = "another";
    assert_true(results_put(results, sweep.id, &failed, &err));
    struct reasons reasons = {0};
    assert_true(results_failures(results, sweep.id, note_reason, &reasons, &err));
    assert_string_equal(reasons.list, "2 no such file;1 another;");
    results_close(results);
    folder_remove(folder);
}

/* Goal: a file that the version before made keeps its sweeps and takes what is new. */
static void brings_an_old_file_up(void **state)
{
    char folder[FOLDER_PATH_SIZE], path[FOLDER_PATH_SIZE + 64];
    static const char *const steps[] = {OLD_TABLES};
    static const struct db_kind old = {
        .name = "tuning journal", .application_id = 0x61726274, .version = 1, .steps = steps};
    struct err err;
    struct results *results;
    folder_create(folder);
    folder_file(path, folder, RESULTS_FILE);
    struct journal *journal = calloc(1, sizeof *journal);
    assert_true(db_open(journal, &old, path, false, &err));
    assert_int_equal(
        sqlite3_exec(journal->db,
                     "INSERT INTO sweep (id, folder, jobs) VALUES (3, '/x/s', 2);"
                     "INSERT INTO sweep_job VALUES (3, 1, 'a', 2, 'h', 'd', 5, 1, 3, '')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    db_close(journal);
    free(journal);
    /* Who may only look changes nothing, and says who would. */
    assert_false(results_open_readonly(&results, path, &err));
    assert_non_null(strstr(err.text, "version 1, this build reads 3: the next 'arblite session "
                                     "run' brings it up to date"));
    assert_true(results_open(&results, path, &err));
    const struct results_job stopped = job(2, RESULTS_STOPPED, 9, 0);
    assert_true(results_put(results, 3, &stopped, &err));
    const struct results_sweep seen = newest(results);
    assert_int_equal(seen.counts[RESULTS_DONE], 1);
    assert_int_equal(seen.counts[RESULTS_STOPPED], 1);
    assert_string_equal(seen.best_job, "a");
    assert_int_equal(seen.parallel, 0);
    assert_false(seen.prune);
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
        cmocka_unit_test(counts_and_ranks), cmocka_unit_test(starts_again),
        cmocka_unit_test(follows_a_pass),   cmocka_unit_test(brings_an_old_file_up),
        cmocka_unit_test(is_no_journal),
    };
    return cmocka_run_group_tests_name("store/results", tests, NULL, NULL);
}
