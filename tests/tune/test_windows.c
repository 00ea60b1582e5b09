#include "rows.h"

#include <math.h>

#include "base/mem.h"
#include "io/file.h"
#include "run/backtest.h"
#include "tune/jobs.h"
#include "tune/line.h"
#include "tune/sweep.h"

enum { ROWS = 9000, LINES_BYTES_MAX = 1024 * 1024 };

static const int64_t S = INT64_C(1000000000);

/* Seconds 1000 to 9999; the premium's level drifts, so that a baseline which saw the rows
 * before its fold is another one. */
static void write_drift(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(ROWS_HEADER "\n", file);
    for (int i = 0; i < ROWS; i++) {
        const double level = i * 1e-4 + (i % 40 < 20 ? 0.3 : -0.3);
        fprintf(file, "%d,100.0000,100.0100,%.4f,%.4f\n", 1000 + i, 100.0 + level,
                100.01 + level);
    }
    fclose(file);
}

static const struct {
    const char *part;
    int64_t from_s, to_s; /* 0: no window */
} WINDOWS[] = {
    {"", 0, 0},
    {"train", 1000, 4000},
    {"test", 4000, 5000},
    {"train", 3000, 7000},
    {"test", 9000, 20000},
    {"test", 20000, 30000},
};

static struct jobs make_jobs(void)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    struct text plan = text_growing();
    for (size_t i = 0; i < LEN(WINDOWS); i++) {
        text_addf(&plan,
                  "{\"job_id\": \"j%d\", \"output_json\": \"outputs/tuning/folds/j%d.json\", ",
                  (int)i, (int)i);
        if (WINDOWS[i].to_s > 0) {
            text_addf(&plan,
                      "\"window\": {\"fold\": %d, \"part\": \"%s\", \"from\": %lld, "
                      "\"to\": %lld}, ",
                      (int)i, WINDOWS[i].part, (long long)(WINDOWS[i].from_s * S),
                      (long long)(WINDOWS[i].to_s * S));
        }
        text_addf(&plan,
                  "\"config\": {\"data_file\": \"drift.csv\", \"fx_rate\": 1, "
                  "\"min_spread_bps\": 5, \"taker_fee_a_bps\": 1, \"taker_fee_b_bps\": 1, "
                  "\"slippage_bps\": 0, \"max_position_usd\": 1000, "
                  "\"baseline_tau_s\": 500}}\n");
    }
    write_drift("drift.csv");
    rows_write("plan.jsonl", text_string(&plan));
    assert_true(jobs_load(&jobs, "plan.jsonl", &report, &err));
    assert_int_equal(jobs.count, LEN(WINDOWS));
    text_finish(&plan);
    text_finish(&report);
    return jobs;
}

/* What the readable engine gives for that part of the time. */
static void run_alone(const struct job *job, struct result *result)
{
    const struct csv_options options = backtest_csv_options(&job->params, false);
    struct backtest_survey survey;
    struct source *source;
    struct err err;
    struct kernel_job part;
    assert_true(csv_open(&source, "drift.csv", &options, &err));
    assert_true(backtest_survey(source, &survey, &err));
    source_close(source);
    job_part(job, survey.first_ns, survey.last_ns, &part);
    const struct backtest_part of = {part.from_ns, part.to_ns, part.first_ns, part.last_ns};
    assert_true(csv_open(&source, "drift.csv", &options, &err));
    assert_true(backtest_run_part(&job->params, source, &survey, &of, result, &err));
    text_cut(result->data_hash, sizeof result->data_hash, "%s", source->ops->data_hash(source));
    source_close(source);
    result->window = job->window;
    text_cut(result->data_file, sizeof result->data_file, "%s", job->data_file);
    text_cut(result->job_id, sizeof result->job_id, "%s", job->id);
    text_cut(result->tag, sizeof result->tag, "%s", job->tag);
}

/* Goal: a fold's job gives what the engine gives over that part, its baseline warmed by the
 * rows before; a fold without data trades nothing; all have hashes of their own; no halving
 * stops one. */
static void equals_runs_over_the_parts(void **state)
{
    struct jobs jobs = make_jobs();
    struct text alone = text_growing();
    char hashes[LEN(WINDOWS)][48];
    for (int64_t i = 0; i < jobs.count; i++) {
        struct result *result = mem_zalloc(sizeof *result);
        run_alone(&jobs.list[i], result);
        assert_int_equal(result->summary.closed > 5, i < 5);
        result_json_line(result, &alone);
        text_add_char(&alone, '\n');
        job_config_hash(&jobs.list[i], hashes[i]);
        for (int64_t j = 0; j < i; j++) {
            assert_string_not_equal(hashes[i], hashes[j]);
        }
        result_finish(result);
        mem_free(result);
    }
    for (int threads = 1; threads <= 3; threads++) {
        const struct sweep_options options = {.parallel = threads,
                                              .max_jobs = -1,
                                              .as_lines = true,
                                              .prune = true,
                                              .jobs_file = "plan.jsonl"};
        struct sweep_report report;
        struct err err;
        char *lines;
        size_t length;
        assert_true(sweep_run(&jobs, &options, &report, &err));
        assert_int_equal(report.success, LEN(WINDOWS));
        assert_true(file_read("outputs/tuning/folds/results.jsonl", LINES_BYTES_MAX, &lines,
                              &length, &err));
        assert_string_equal(lines, text_string(&alone));
        mem_free(lines);
    }
    text_finish(&alone);
    jobs_finish(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_runs_over_the_parts),
    };
    return cmocka_run_group_tests_name("tune/windows", tests, rows_enter, rows_leave);
}
