#include "rows.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "worker.h"

static struct job make_job(void)
{
    static const char line[] =
        "{\"job_id\": \"a\", \"output_json\": \"outputs/tuning/s/a.json\", \"config\": "
        "{\"data_file\": \"turns.csv\", \"profile\": \"compat-d37\", \"min_spread_bps\": 30, "
        "\"taker_fee_a_bps\": 5, \"taker_fee_b_bps\": 5, \"slippage_bps\": 5, "
        "\"max_position_usd\": 1000}}";
    struct job job;
    struct err err;
    assert_true(job_parse(&job, line, sizeof line - 1, &err));
    return job;
}

static struct data make_data(const struct job *job)
{
    struct data data;
    struct err err;
    const struct csv_options options = data_options(&job->params);
    rows_write("turns.csv", ROWS_TURNS);
    assert_true(data_load(&data, job->data_file, &options, &err));
    return data;
}

/* Goal: what comes back over the socket is what the job gives here, as often as it is asked. */
static void answers_like_a_call(void **state)
{
    struct job job = make_job();
    struct data data = make_data(&job);
    const struct worker_task task = {&job, &data, false};
    struct outcome here, there;
    struct worker worker;
    struct err err;
    worker_run_job(&task, 0, &here);
    assert_true(here.success);
    assert_true(here.pnl_usd == 37.0);
    assert_int_equal(here.closed_trades, 2);
    assert_true(worker_start(&worker, &task, &err));
    for (int again = 0; again < 3; again++) {
        assert_true(worker_send(&worker, 0));
        worker_receive(&worker, &there);
        assert_int_equal(worker.index, -1);
        assert_true(there.success && there.pnl_usd == here.pnl_usd);
        assert_string_equal(there.document, here.document);
        mem_free(there.document);
    }
    worker_stop(&worker);
    assert_int_equal(worker.pid, 0);
    worker_stop(&worker);
    mem_free(here.document);
    data_finish(&data);
    job_finish(&job);
}

/* Goal: a worker that is killed over its job is told of, and another one can take its place. */
static void survives_the_death_of_a_worker(void **state)
{
    struct job job = make_job();
    struct data data = make_data(&job);
    const struct worker_task task = {&job, &data, false};
    struct outcome outcome;
    struct worker worker;
    struct err err;
    int status;
    assert_true(worker_start(&worker, &task, &err));
    /* Held, so that it cannot have answered before it dies. */
    assert_int_equal(kill(worker.pid, SIGSTOP), 0);
    assert_int_equal(waitpid(worker.pid, &status, WUNTRACED), worker.pid);
    assert_true(worker_send(&worker, 0));
    assert_int_equal(kill(worker.pid, SIGKILL), 0);
    worker_receive(&worker, &outcome);
    assert_false(outcome.success);
    assert_null(outcome.document);
    assert_string_equal(outcome.error, "its worker was ended by signal 9");
    assert_true(isnan(outcome.pnl_usd));
    assert_int_equal(worker.pid, 0);

    assert_true(worker_start(&worker, &task, &err));
    assert_true(worker_send(&worker, 0));
    worker_receive(&worker, &outcome);
    assert_true(outcome.success);
    mem_free(outcome.document);
    worker_stop(&worker);
    data_finish(&data);
    job_finish(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_like_a_call),
        cmocka_unit_test(survives_the_death_of_a_worker),
    };
    return cmocka_run_group_tests_name("tune/worker", tests, rows_enter, rows_leave);
}
