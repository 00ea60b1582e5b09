#include "rows.h"

#include <math.h>

#include "base/mem.h"
#include "io/file.h"
#include "tune/aggregate.h"
#include "tune/sweep.h"

enum { ROWS = 12000, JOBS = 24, LINES_BYTES_MAX = 1024 * 1024 };

/* Some ten chunks: the premium swings up and down once a minute, by one of 24 sizes up to 127
 * bps, all of which come within 24 minutes: the less a job asks for, the more it earns, from
 * the first eighth on. */
static void write_swings(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(ROWS_HEADER "\n", file);
    for (int i = 0; i < ROWS; i++) {
        const double size = i / 60 * 7 % 24 * 0.055;
        const double swing = i % 60 < 30 ? size : -size;
        fprintf(file, "%d,100.0000,100.0100,%.4f,%.4f\n", 1000 + i, 100.0 + swing,
                100.01 + swing);
    }
    fclose(file);
}

/* Two fees, twelve thresholds: two groups of twelve. */
static struct jobs make_jobs(const char *folder)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    struct text plan = text_growing();
    for (int i = 0; i < JOBS; i++) {
        text_addf(&plan,
                  "{\"job_id\": \"j%02d\", \"output_json\": \"outputs/tuning/%s/j%02d.json\", "
                  "\"config\": {\"data_file\": \"swings.csv\", \"profile\": \"exact\", "
                  "\"fx_rate\": 1, \"min_spread_bps\": %d, \"taker_fee_a_bps\": %d, "
                  "\"taker_fee_b_bps\": 1, \"slippage_bps\": 1, \"max_position_usd\": 1000, "
                  "\"max_hold_s\": 45, \"tag\": \"t\"}}\n",
                  i, folder, i, i % 12 * 10, i < 12 ? 1 : 9);
    }
    write_swings("swings.csv");
    rows_write("plan.jsonl", text_string(&plan));
    assert_true(jobs_load(&jobs, "plan.jsonl", &report, &err));
    assert_int_equal(jobs.count, JOBS);
    text_finish(&plan);
    text_finish(&report);
    return jobs;
}

static struct sweep_report run(const struct jobs *jobs, struct sweep_options options)
{
    struct sweep_report report;
    struct err err;
    options.jobs_file = "plan.jsonl";
    options.as_lines = true;
    if (!sweep_run(jobs, &options, &report, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    return report;
}

static char *read_lines(const char *folder)
{
    char path[128];
    char *lines;
    size_t length;
    struct err err;
    snprintf(path, sizeof path, "outputs/tuning/%s/results.jsonl", folder);
    assert_true(file_read(path, LINES_BYTES_MAX, &lines, &length, &err));
    return lines;
}

/* The lines that say "success" of one run are in the other, byte by byte. */
static void check_finished(const char *pruned, const char *whole)
{
    for (const char *line = pruned; *line != '\0'; line = strchr(line, '\n') + 1) {
        const size_t length = strcspn(line, "\n") + 1;
        char *copy = mem_zalloc(length + 1);
        memcpy(copy, line, length);
        const bool is_success = strncmp(copy, "{\"status\": \"success\"", 20) == 0;
        assert_true(is_success || strncmp(copy, "{\"status\": \"stopped\"", 20) == 0);
        assert_int_equal(strstr(copy, "\"stopped_at_share\": 0.") != NULL, !is_success);
        assert_int_equal(strstr(whole, copy) != NULL, is_success);
        mem_free(copy);
    }
}

/* Goal: the lower half of each group is stopped, never the best; what runs on gives the bytes
 * it gives without; what was saved is told; threads change nothing. Each group of 12 goes to 6
 * at the first rung, 3 at the second, 2 at the third: 16 of 24 see 1/8, 1/4 or 1/2. */
static void stops_the_lower_halves(void **state)
{
    struct jobs jobs = make_jobs("prune");
    struct aggregate whole_ranks, pruned_ranks;
    struct err err;
    struct sweep_report report =
        run(&jobs, (struct sweep_options){.parallel = 2, .max_jobs = -1});
    assert_int_equal(report.success, JOBS);
    assert_true(report.saved_share == 0);
    char *whole = read_lines("prune");
    assert_true(aggregate_load(&whole_ranks, "outputs/tuning/prune", &err));

    report = run(&jobs, (struct sweep_options){.parallel = 1, .max_jobs = -1, .prune = true});
    assert_int_equal(report.attempted, JOBS);
    assert_int_equal(report.stopped, 2 * (6 + 3 + 1));
    assert_int_equal(report.success, 2 * 2);
    assert_int_equal(report.error, 0);
    /* (12 * 7/8 + 6 * 3/4 + 2 * 1/2) / 24 = 2/3, a chunk of a tenth later each. */
    assert_in_range(report.saved_share * 100, 50, 67);
    char *pruned = read_lines("prune");
    check_finished(pruned, whole);
    assert_true(aggregate_load(&pruned_ranks, "outputs/tuning/prune", &err));
    assert_int_equal(pruned_ranks.success, 4);
    assert_int_equal(pruned_ranks.stopped, 20);
    assert_string_equal(pruned_ranks.rows[0].job_id, whole_ranks.rows[0].job_id);
    aggregate_finish(&pruned_ranks);
    aggregate_finish(&whole_ranks);

    for (int threads = 2; threads <= 7; threads += 5) {
        run(&jobs, (struct sweep_options){.parallel = threads, .max_jobs = -1, .prune = true});
        char *again = read_lines("prune");
        assert_string_equal(again, pruned);
        mem_free(again);
    }
    mem_free(pruned);
    mem_free(whole);
    jobs_finish(&jobs);
}

/* Goal: whatever a run left behind, a resume ends with the same bytes, since who is stopped
 * does not depend on who is missing; and a run without halving takes no stopped job for done.
 */
static void resumes_to_the_same_bytes(void **state)
{
    struct jobs jobs = make_jobs("again");
    const struct sweep_options all = {
        .parallel = 2, .max_jobs = -1, .prune = true, .resume = true};
    struct sweep_report report = run(&jobs, all);
    char *whole = read_lines("again");
    const double saved_share = report.saved_share;
    static const int kept[] = {0, 1, 7, 13, 23, 24};
    for (size_t i = 0; i < LEN(kept); i++) {
        const char *end = whole;
        for (int line = 0; line < kept[i]; line++) {
            end = strchr(end, '\n') + 1;
        }
        /* And half of the next one. */
        assert_int_equal(truncate("outputs/tuning/again/results.jsonl",
                                  (off_t)(end - whole) + (kept[i] < JOBS ? 1000 : 0)),
                         0);
        report = run(&jobs, all);
        assert_int_equal(report.kept, kept[i]);
        assert_int_equal(report.attempted, JOBS - kept[i]);
        assert_true(report.saved_share == saved_share);
        char *again = read_lines("again");
        assert_string_equal(again, whole);
        mem_free(again);
    }
    /* In two goes. */
    run(&jobs, (struct sweep_options){.parallel = 2, .max_jobs = 5, .prune = true});
    report = run(&jobs, all);
    assert_int_equal(report.kept, 5);
    char *again = read_lines("again");
    assert_string_equal(again, whole);
    mem_free(again);

    report = run(&jobs, (struct sweep_options){.parallel = 2, .max_jobs = -1, .resume = true});
    assert_int_equal(report.success, JOBS - report.kept);
    assert_int_equal(report.stopped, 0);
    mem_free(whole);
    jobs_finish(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_the_lower_halves),
        cmocka_unit_test(resumes_to_the_same_bytes),
    };
    return cmocka_run_group_tests_name("tune/prune", tests, rows_enter, rows_leave);
}
