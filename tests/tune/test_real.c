#include "rows.h"

#include <math.h>

#include "base/mem.h"
#include "io/file.h"
#include "run/backtest.h"
#include "tune/jobs.h"
#include "tune/line.h"
#include "tune/plan.h"
#include "tune/sweep.h"

/* A session over the real recording against single runs of the same file. It is not part of the
 * project: where it is absent, the test says so and passes by. */

static const char *file_of(const char *name)
{
    static char path[4096];
    const char *folder = getenv("ARBLITE_SHARED_DATA");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : SHARED_DATA, name);
    if (access(path, R_OK) != 0) {
        print_message("no %s, skipped\n", path);
        skip();
    }
    return path;
}

static const char GRIDS[] =
    "fixed: {taker_fee_a_bps: 5, taker_fee_b_bps: 5, slippage_bps: 1, max_position_usd: 1000}\n"
    "grids:\n"
    "  - {name: min_spread_bps, values: [0, 8, 15]}\n"
    "  - {name: baseline_tau_s, values: [0, 7200]}\n"
    "  - {name: take_profit_bps, values: [null, 10]}\n"
    "  - {name: max_hold_s, values: [null, 3600]}\n";

static struct jobs plan_jobs(const char *data_file)
{
    struct session_file file;
    struct jobs jobs;
    struct text session = text_growing();
    struct text plan = text_growing();
    struct text report = text_growing();
    struct err err;
    int64_t count;
    text_addf(&session, "tag_prefix: real\ndata_file: '%s'\n%s", data_file, GRIDS);
    assert_true(
        session_file_parse(&file, "real.yaml", session.data, session.length, &report, &err));
    assert_true(plan_format(&file, &plan, &count, &err));
    assert_int_equal(count, 24);
    rows_write("plan.jsonl", text_string(&plan));
    assert_true(jobs_load(&jobs, "plan.jsonl", &report, &err));
    session_file_finish(&file);
    text_finish(&report);
    text_finish(&plan);
    text_finish(&session);
    return jobs;
}

/* The line of a single run. */
static void run_alone(const struct job *job, struct text *line)
{
    struct result result;
    struct text document = text_growing();
    struct err err;
    assert_true(backtest_run_file(&job->params, job->data_file, false, &result, &err));
    assert_true(result.summary.opened > 0);
    snprintf(result.job_id, sizeof result.job_id, "%s", job->id);
    snprintf(result.tag, sizeof result.tag, "%s", job->tag);
    result_json(&result, &document);
    line_fold(text_string(&document), line);
    text_add_char(line, '\n');
    result_finish(&result);
    text_finish(&document);
}

/* Goal: each row of a session is, to the byte, what a run of its own gives. */
static void equals_single_runs(void **state)
{
    struct jobs jobs = plan_jobs(file_of("real_two_venue_1m.csv"));
    struct text alone = text_growing();
    struct sweep_report report;
    struct err err;
    char *lines;
    size_t length;
    for (int64_t i = 0; i < jobs.count; i++) {
        run_alone(&jobs.list[i], &alone);
    }
    for (int threads = 1; threads <= 3; threads++) {
        const struct sweep_options options = {
            .parallel = threads, .max_jobs = -1, .as_lines = true, .jobs_file = "plan.jsonl"};
        assert_true(sweep_run(&jobs, &options, &report, &err));
        assert_int_equal(report.success, 24);
        assert_true(file_read("outputs/tuning/real/results.jsonl", 16 * 1024 * 1024, &lines,
                              &length, &err));
        assert_true(strcmp(lines, text_string(&alone)) == 0);
        mem_free(lines);
    }
    text_finish(&alone);
    jobs_finish(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_single_runs),
    };
    return cmocka_run_group_tests_name("tune/real", tests, rows_enter, rows_leave);
}
