#include "support/folder.h"

#include "base/mem.h"
#include "store/results.h"
#include "tune/watch.h"

struct bench {
    char folder[FOLDER_PATH_SIZE];
    struct tuning *tuning;
};

static int set_up(void **state)
{
    struct bench *bench = mem_zalloc(sizeof *bench);
    folder_create(bench->folder);
    bench->tuning = mem_zalloc(sizeof *bench->tuning);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    folder_remove(bench->folder);
    mem_free(bench->tuning);
    mem_free(bench);
    return 0;
}

static void put_session(const struct bench *bench, const char *name, const char *end_reason)
{
    char path[FOLDER_PATH_SIZE + 64];
    struct results *results;
    struct results_sweep sweep = {.jobs = 2, .pid = getpid(), .started_wall_ns = 1000};
    const struct results_job job = {
        .number = 1,
        .job_id = "job_0001",
        .state = RESULTS_DONE,
        .config_hash = "",
        .data_hash = "",
        .pnl_usd = 2.5,
        .error = "",
    };
    struct err err = {0};
    snprintf(sweep.folder, sizeof sweep.folder, "%s", name);
    assert_true(results_open(&results, folder_file(path, bench->folder, RESULTS_FILE), &err));
    assert_true(results_start(results, &sweep, &err));
    assert_true(results_put(results, sweep.id, &job, &err));
    if (end_reason != NULL) {
        assert_true(results_end(results, sweep.id, 2000, end_reason, &err));
    }
    results_close(results);
}

/* Goal: what the journal says, the last started first. */
static void lists_the_sessions_of_a_state_folder(void **state)
{
    struct bench *bench = *state;
    put_session(bench, "/nowhere/outputs/tuning/first", "done");
    put_session(bench, "/nowhere/outputs/tuning/second", "failed");
    watch_look(bench->tuning, bench->folder);
    assert_string_equal(bench->tuning->error, "");
    assert_int_equal(bench->tuning->total, 2);
    const struct tuning_session *last = &bench->tuning->sessions[0];
    assert_string_equal(last->name, "second");
    assert_int_equal(last->state, TUNING_FAILED);
    assert_int_equal(bench->tuning->sessions[1].state, TUNING_DONE);
    assert_int_equal(last->jobs, 2);
    assert_int_equal(last->done, 1);
    assert_string_equal(last->best_job, "job_0001");
    check_near(last->best_pnl_usd, 2.5, 0);
}

/* Goal: this process lives and holds no folder of that session, so it is not its runner: who
 * looks once says so, who looks again and again decides himself. */
static void calls_a_session_without_a_runner_interrupted(void **state)
{
    struct bench *bench = *state;
    put_session(bench, "/nowhere/outputs/tuning/left", NULL);
    watch_read(bench->tuning, bench->folder);
    assert_int_equal(bench->tuning->sessions[0].state, TUNING_RUNNING);
    watch_look(bench->tuning, bench->folder);
    assert_int_equal(bench->tuning->sessions[0].state, TUNING_INTERRUPTED);
    assert_int_equal(bench->tuning->sessions[0].pid, 0);
    assert_string_equal(bench->tuning->sessions[0].end_reason, "its runner died");
}

/* Goal: no journal is no session; one that is none is told, and forgets what was known. */
static void tells_of_a_journal_it_cannot_read(void **state)
{
    struct bench *bench = *state;
    char path[FOLDER_PATH_SIZE + 64];
    watch_look(bench->tuning, bench->folder);
    assert_int_equal(bench->tuning->total, 0);
    assert_string_equal(bench->tuning->error, "");
    put_session(bench, "/nowhere/outputs/tuning/first", "done");
    watch_look(bench->tuning, bench->folder);
    assert_int_equal(bench->tuning->count, 1);
    FILE *file = fopen(folder_file(path, bench->folder, RESULTS_FILE), "w");
    assert_non_null(file);
    fputs("this is no database at all, whatever its name says", file);
    fclose(file);
    watch_look(bench->tuning, bench->folder);
    assert_int_equal(bench->tuning->count, 0);
    assert_string_not_equal(bench->tuning->error, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_the_sessions_of_a_state_folder, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(calls_a_session_without_a_runner_interrupted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tells_of_a_journal_it_cannot_read, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tune/watch", tests, NULL, NULL);
}
