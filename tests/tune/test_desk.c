#include "desk_bench.h"

/* Sessions as they are listed, launched, stopped and resumed. */

static void no_journal_is_no_session(void **state)
{
    struct bench *bench = *state;
    open_desk(bench);
    const struct tuning *tuning = next_list(bench->desk);
    assert_string_equal(tuning->error, "");
    assert_int_equal(tuning->count, 0);
}

/* Goal: what cannot be read is told, and is not an empty list. */
static void rubbish_for_a_journal_is_told(void **state)
{
    struct bench *bench = *state;
    char path[FOLDER_PATH_SIZE + 64];
    FILE *file = fopen(folder_file(path, bench->folder, RESULTS_FILE), "w");
    assert_non_null(file);
    fputs("this is no database, and longer than the header of one would be, to be sure", file);
    fclose(file);
    open_desk(bench);
    const struct tuning *tuning = next_list(bench->desk);
    assert_true(tuning->error[0] != '\0');
    assert_int_equal(tuning->count, 0);
}

static void tells_how_sessions_ended(void **state)
{
    static const struct {
        const char *reason;
        enum tuning_state state;
    } cases[] = {
        {"done", TUNING_DONE},
        {"failed", TUNING_FAILED},
        {"interrupted", TUNING_INTERRUPTED},
        {"stopped on error", TUNING_INTERRUPTED},
    };
    struct bench *bench = *state;
    open_desk(bench);
    for (size_t i = 0; i < LEN(cases); i++) {
        const int64_t id = put_session(bench, "/outputs/tuning/quick", 1, cases[i].reason);
        const struct tuning *tuning = next_list(bench->desk);
        assert_int_equal(tuning->count, 1);
        const struct tuning_session *session = &tuning->sessions[0];
        assert_int_equal(session->id, id);
        assert_string_equal(session->name, "quick");
        assert_int_equal(session->state, cases[i].state);
        assert_string_equal(session->end_reason, cases[i].reason);
        assert_int_equal(session->pid, 0);
        assert_int_equal(session->jobs, 4);
        assert_int_equal(session->done, 3);
        assert_int_equal(session->failed, 1);
        /* Of 0.5 and 1.5 USD the second is best. */
        assert_string_equal(session->best_job, "job_0002");
        check_near(session->best_pnl_usd, 1.5, 0.0);
    }
}

/* Goal: a journal that has rested is not read again, and what is written after that is seen. */
static void sees_what_follows_a_rest(void **state)
{
    static const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct bench *bench = *state;
    put_session(bench, "/outputs/tuning/first", 1, "done");
    utimensat(AT_FDCWD, RESULTS_FILE, old, 0);
    utimensat(AT_FDCWD, RESULTS_FILE "-wal", old, 0);
    open_desk(bench);
    for (int look = 0; look < 2; look++) {
        const struct tuning *tuning = next_list(bench->desk);
        assert_int_equal(tuning->count, 1);
        assert_int_equal(tuning->total, 1);
        assert_string_equal(tuning->sessions[0].name, "first");
    }
    put_session(bench, "/outputs/tuning/second", 1, "done");
    assert_int_equal(next_list(bench->desk)->count, 2);
}

/* Goal: a process that took a dead runner's number is not shown as running. */
static void a_dead_runner_is_interrupted(void **state)
{
    struct bench *bench = *state;
    put_session(bench, "", getppid(), ""); /* lives, and does not hold the folder */
    open_desk(bench);
    next_list(bench->desk);
    const struct tuning *tuning = next_list(bench->desk);
    assert_int_equal(tuning->sessions[0].state, TUNING_INTERRUPTED);
    assert_int_equal(tuning->sessions[0].pid, 0);
}

static char *read_file(const char *name)
{
    static char text[4096];
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Goal: a launch leaves the edited file, its plan and what the runner says in the session's
 * folder, and gives the runner the words a person would type. */
static void launches_as_a_person_would(void **state)
{
    static const struct desk_order start = {
        .verb = DESK_START,
        .edits = {.path = "configs/tuning/quick.yaml",
                  .name = "mine",
                  .parallel = 3,
                  .prune = true,
                  .count = 1,
                  .axes = {{"min_spread_bps", "7"}}},
    };
    struct bench *bench = *state;
    char want[512];
    put_session_file();
    open_desk_with(bench, "/bin/echo");
    const struct command_result result = order(bench->desk, &start);
    assert_true(result.done);
    expect_has(result.text, "mine: started 3 jobs, and is through: session run");
    snprintf(want, sizeof want,
             "session run --jobs-file outputs/tuning/mine/plan.jsonl --state-dir %s/. "
             "--parallel 3 --prune\n",
             bench->folder);
    assert_string_equal(read_file("outputs/tuning/mine/run.log"), want);
    expect_has(read_file("outputs/tuning/mine/session.yaml"), "values: [7]");
    const char *plan = read_file("outputs/tuning/mine/plan.jsonl");
    expect_has(plan, "\"job_id\": \"mine_0001\"");
    expect_has(plan, "\"min_spread_bps\": 7");
    expect_has(plan, "\"job_id\": \"mine_0003\"");
}

/* Goal: results of a larger session of that name do not rank with those of the new one; what is
 * no runner's result stays. */
static void replaces_all_results_of_before(void **state)
{
    static const char RESULT[] =
        "{\"status\": \"success\", \"config_summary\": {\"job_id\": %s}}";
    struct bench *bench = *state;
    struct desk_order start = {.verb = DESK_START};
    char text[128];
    put_session_file();
    assert_int_equal(system("mkdir -p outputs/tuning/quick"), 0);
    snprintf(text, sizeof text, RESULT, "\"job_0099\"");
    put_file("outputs/tuning/quick/job_0099.json", text);
    snprintf(text, sizeof text, RESULT, "null");
    put_file("outputs/tuning/quick/mine.json", text);
    put_file("outputs/tuning/quick/job_0098.json", "{\"half\": ");
    strcpy(start.edits.path, "configs/tuning/quick.yaml");
    open_desk_with(bench, "/bin/echo");
    next_list(bench->desk);
    assert_true(order(bench->desk, &start).done);
    assert_int_not_equal(access("outputs/tuning/quick/job_0099.json", F_OK), 0);
    assert_int_equal(access("outputs/tuning/quick/mine.json", F_OK), 0);
    assert_int_equal(access("outputs/tuning/quick/job_0098.json", F_OK), 0);
}

/* Goal: a runner that fails at once is not called started, and its first line is told. */
static void a_failed_launch_says_why(void **state)
{
    static const struct desk_order start = {.verb = DESK_START,
                                            .edits = {.path = "configs/tuning/quick.yaml"}};
    struct bench *bench = *state;
    struct command_result result;
    put_session_file();
    put_file("runner.sh", "#!/bin/sh\necho 'the disk is on fire' >&2\nexit 1\n");
    chmod("runner.sh", 0755);
    open_desk_with(bench, "./runner.sh");
    result = order(bench->desk, &start);
    assert_false(result.done);
    expect_has(result.text, "quick: started 6 jobs, and ended at once: the disk is on fire");
    bench->desk->ops->close(bench->desk);
    open_desk_with(bench, "/there/is/no/such/program");
    result = order(bench->desk, &start);
    assert_false(result.done);
    expect_has(result.text, "quick: '/there/is/no/such/program' cannot be run: No such file");
}

/* Goal: what cannot be launched is refused before anything is written. */
static void refuses_what_cannot_be_launched(void **state)
{
    struct bench *bench = *state;
    struct desk_order start = {.verb = DESK_START, .edits = {.path = "nowhere.yaml"}};
    open_desk_with(bench, "/bin/echo");
    assert_false(order(bench->desk, &start).done);
    put_session_file();
    snprintf(start.edits.path, sizeof start.edits.path, "configs/tuning/quick.yaml");
    start.edits.count = 1;
    snprintf(start.edits.axes[0].axis, TUNING_NAME_SIZE, "min_spread_bps");
    snprintf(start.edits.axes[0].values, TUNING_VALUES_SIZE, "x");
    const struct command_result result = order(bench->desk, &start);
    assert_false(result.done);
    expect_has(result.text, "'x' is no value for it");
    assert_int_not_equal(access("outputs", F_OK), 0);
}

/* Goal: a session is resumed where it was run, from the plan it was run with. */
static void resumes_where_it_was_run(void **state)
{
    struct bench *bench = *state;
    struct desk_order resume = {.verb = DESK_RESUME, .session = 99};
    char want[512];
    mkdir("elsewhere", 0777);
    mkdir("elsewhere/outputs", 0777);
    mkdir("elsewhere/outputs/tuning", 0777);
    mkdir("elsewhere/outputs/tuning/quick", 0777);
    const int64_t id = put_session(bench, "/elsewhere/outputs/tuning/quick", 1, "interrupted");
    open_desk_with(bench, "/bin/echo");
    next_list(bench->desk);
    assert_false(order(bench->desk, &resume).done);
    resume.session = id;
    const struct command_result result = order(bench->desk, &resume);
    assert_true(result.done);
    expect_has(result.text, "quick: resumed, and is through");
    snprintf(want, sizeof want,
             "session run --jobs-file plans/quick.jsonl --state-dir %s/. --resume\n",
             bench->folder);
    assert_string_equal(read_file("elsewhere/outputs/tuning/quick/run.log"), want);
}

/* Goal: a session that was to stop jobs early goes on so, also when none was stopped yet, and
 * on as many threads. */
static void resumes_as_it_was_begun(void **state)
{
    struct bench *bench = *state;
    struct desk_order resume = {.verb = DESK_RESUME};
    struct results_sweep sweep = {
        .jobs_file = "p.jsonl", .jobs = 4, .parallel = 2, .prune = true, .started_wall_ns = 1};
    struct results *results = open_journal(bench);
    struct err err;
    assert_int_equal(system("mkdir -p outputs/tuning/quick"), 0);
    snprintf(sweep.folder, sizeof sweep.folder, "%s/outputs/tuning/quick", bench->folder);
    assert_true(results_start(results, &sweep, &err));
    assert_true(results_end(results, sweep.id, 2, "interrupted", &err));
    results_close(results);
    open_desk_with(bench, "/bin/echo");
    next_list(bench->desk);
    resume.session = sweep.id;
    assert_true(order(bench->desk, &resume).done);
    expect_has(read_file("outputs/tuning/quick/run.log"), "--parallel 2 --prune --resume\n");
}

/* Goal: a folder in the journal that no runner of ours made is no place to start one in. */
static void a_strange_folder_is_not_resumed(void **state)
{
    struct bench *bench = *state;
    struct desk_order resume = {.verb = DESK_RESUME};
    resume.session = put_session(bench, "/strange", 1, "interrupted");
    open_desk_with(bench, "/bin/echo");
    next_list(bench->desk);
    const struct command_result result = order(bench->desk, &resume);
    assert_false(result.done);
    expect_has(result.text, "is not a session's folder");
}

/* Goal: nobody is signalled for a session that does not run. */
static void stops_nobody_else(void **state)
{
    struct bench *bench = *state;
    struct desk_order stop = {.verb = DESK_STOP};
    stop.session = put_session(bench, "", getpid(), "");
    open_desk(bench);
    next_list(bench->desk);
    const struct command_result result = order(bench->desk, &stop);
    assert_false(result.done);
    expect_has(result.text, "is not running");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_journal_is_no_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rubbish_for_a_journal_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_how_sessions_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sees_what_follows_a_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dead_runner_is_interrupted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(launches_as_a_person_would, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replaces_all_results_of_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_launch_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_cannot_be_launched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resumes_where_it_was_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resumes_as_it_was_begun, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_strange_folder_is_not_resumed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_nobody_else, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tune/desk", tests, NULL, NULL);
}
