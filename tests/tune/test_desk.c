#include "support/folder.h"

#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "store/results.h"
#include "tune/desk.h"

enum { PATIENCE_MS = 5000 };

struct bench {
    char folder[FOLDER_PATH_SIZE];
    struct desk *desk;
};

static int set_up(void **state)
{
    static struct bench bench;
    folder_create(bench.folder);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    if (bench->desk != NULL) {
        bench->desk->ops->close(bench->desk);
        bench->desk = NULL;
    }
    folder_remove(bench->folder);
    return 0;
}

static void open_desk(struct bench *bench)
{
    const struct desk_options options = {.state_dir = bench->folder, .program = "/bin/false"};
    struct err err;
    assert_true(desk_open(&bench->desk, &options, &err));
}

/* The first list that was made after the call. */
static const struct tuning *next_list(struct desk *desk)
{
    const int64_t from_ns = clock_monotonic_ns();
    const struct tuning *tuning = NULL;
    while (tuning == NULL || tuning->made_mono_ns < from_ns) {
        struct pollfd news = {.fd = desk->ops->fd(desk), .events = POLLIN};
        assert_int_equal(poll(&news, 1, PATIENCE_MS), 1);
        desk->ops->pump(desk);
        tuning = desk->ops->sessions(desk);
    }
    return tuning;
}

static struct results *open_journal(const struct bench *bench)
{
    char path[FOLDER_PATH_SIZE + 64];
    struct results *results;
    struct err err;
    assert_true(results_open(&results, folder_file(path, bench->folder, RESULTS_FILE), &err));
    return results;
}

static int64_t put_session(const struct bench *bench, const char *name, int64_t pid,
                           const char *end_reason)
{
    struct results *results = open_journal(bench);
    struct results_sweep sweep = {.jobs = 4, .pid = pid, .started_wall_ns = 1000};
    struct err err;
    snprintf(sweep.folder, sizeof sweep.folder, "%s%s", bench->folder, name);
    assert_true(results_start(results, &sweep, &err));
    for (int i = 0; i < 3; i++) {
        const struct results_job job = {
            .number = i + 1,
            .job_id = i == 0   ? "job_0001"
                      : i == 1 ? "job_0002"
                               : "job_0003",
            .state = i == 2 ? RESULTS_FAILED : RESULTS_DONE,
            .config_hash = "",
            .data_hash = "",
            .pnl_usd = i == 2 ? NAN : i + 0.5,
            .drawdown_pct = NAN,
            .error = i == 2 ? "max_open_trades must be at least 1" : "",
        };
        assert_true(results_put(results, sweep.id, &job, &err));
    }
    if (end_reason[0] != '\0') {
        assert_true(results_end(results, sweep.id, 2000, end_reason, &err));
    }
    results_close(results);
    return sweep.id;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_journal_is_no_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rubbish_for_a_journal_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_how_sessions_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dead_runner_is_interrupted, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tune/desk", tests, NULL, NULL);
}
