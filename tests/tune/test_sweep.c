#include "rows.h"

#include <math.h>
#include <sys/stat.h>

#include "tune/row.h"
#include "tune/sweep.h"

static char job_text[65536], other_text[65536];

static void read_file(const char *path, char *buffer)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, sizeof job_text - 1, file)] = '\0';
    fclose(file);
}

static void start_line(struct text *plan, int number, const char *folder)
{
    text_addf(plan, "{\"job_id\": \"j%d\", \"output_json\": \"outputs/tuning/%s/j%d.json\", ",
              number, folder, number);
}

/* A job over `data` that trades above `min` bps; case 30 earns 37 USD below 185. */
static void add_line(struct text *plan, int number, const char *folder, const char *data,
                     double min)
{
    start_line(plan, number, folder);
    text_addf(plan,
              "\"config\": {\"data_file\": \"%s\", \"profile\": \"compat-d37\", "
              "\"min_spread_bps\": %g, \"taker_fee_a_bps\": 5, \"taker_fee_b_bps\": 5, "
              "\"slippage_bps\": 5, \"max_position_usd\": 1000, \"tag\": \"t%d\"}}\n",
              data, min, number);
}

static struct jobs load(const struct text *plan)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    rows_write("plan.jsonl", text_string(plan));
    assert_true(jobs_load(&jobs, "plan.jsonl", &report, &err));
    assert_int_equal(jobs.refused, 0);
    text_finish(&report);
    return jobs;
}

/* `kinds`: 'o' a job that succeeds, 'f' one whose data file is not there, 'v' one whose
 * configuration makes no sense. */
static struct jobs make(const char *kinds, const char *folder)
{
    struct text plan = text_growing();
    rows_write("turns.csv", ROWS_TURNS);
    for (int i = 0; kinds[i] != '\0'; i++) {
        add_line(&plan, i + 1, folder, kinds[i] == 'f' ? "none.csv" : "turns.csv",
                 kinds[i] == 'v' ? -1 : 30 + i);
    }
    struct jobs jobs = load(&plan);
    text_finish(&plan);
    return jobs;
}

static struct sweep_report run(const struct jobs *jobs, struct sweep_options options)
{
    struct sweep_report report;
    struct err err;
    options.jobs_file = "plan.jsonl";
    if (!sweep_run(jobs, &options, &report, &err)) {
        print_error("%s\n", err.text);
        fail();
    }
    return report;
}

static void check_report(const struct sweep_report *report, int attempted, int success,
                         int error, int skipped, int kept)
{
    assert_int_equal(report->attempted, attempted);
    assert_int_equal(report->success, success);
    assert_int_equal(report->error, error);
    assert_int_equal(report->skipped, skipped);
    assert_int_equal(report->kept, kept);
    assert_int_equal(report->signal, 0);
}

/* Goal: cases 63-65 and 68, with any number of threads. */
static void counts_as_the_cases_say(void **state)
{
    static const struct {
        const char *kinds;
        int64_t max_jobs;
        bool stop_on_error;
        int attempted, success, error, skipped;
    } cases[] = {
        {"ooooo", 3, false, 3, 3, 0, 2}, {"ofo", -1, true, 2, 1, 1, 1},
        {"ofo", -1, false, 3, 2, 1, 0},  {"ovo", -1, true, 2, 1, 1, 1},
        {"ooo", 0, false, 0, 0, 0, 3},   {"fff", -1, true, 1, 0, 1, 2},
        {"ooo", 9, true, 3, 3, 0, 0},
    };
    for (int parallel = 1; parallel <= 3; parallel++) {
        for (size_t i = 0; i < LEN(cases); i++) {
            struct jobs jobs = make(cases[i].kinds, "cases");
            const struct sweep_report report =
                run(&jobs, (struct sweep_options){.parallel = parallel,
                                                  .max_jobs = cases[i].max_jobs,
                                                  .stop_on_error = cases[i].stop_on_error});
            check_report(&report, cases[i].attempted, cases[i].success, cases[i].error,
                         cases[i].skipped, 0);
            for (int job = 0; cases[i].kinds[job] != '\0'; job++) {
                char path[64];
                snprintf(path, sizeof path, "outputs/tuning/cases/j%d.json", job + 1);
                assert_int_equal(access(path, F_OK) == 0, job < cases[i].attempted);
            }
            jobs_finish(&jobs);
        }
    }
}

/* Goal: what a job leaves: its result, or an error with the reason, in the place of an older
 * success. */
static void leaves_a_file_a_job(void **state)
{
    struct jobs jobs = make("ofv", "left");
    static const char *const errors[] = {NULL, "No such file or directory",
                                         "min_spread_bps must be non-negative"};
    struct sweep_report report =
        run(&jobs, (struct sweep_options){.parallel = 2, .max_jobs = -1});
    check_report(&report, 3, 1, 2, 0, 0);
    for (int i = 0; i < 3; i++) {
        char path[64];
        struct row row;
        snprintf(path, sizeof path, "outputs/tuning/left/j%d.json", i + 1);
        read_file(path, job_text);
        row_read(&row, "x", job_text, strlen(job_text));
        assert_int_equal(row.success, errors[i] == NULL);
        assert_true(errors[i] == NULL || strstr(row.error, errors[i]) != NULL);
        assert_string_equal(row.job_id, jobs.list[i].id);
        assert_string_equal(row.tag, jobs.list[i].tag);
        assert_true(i > 0 || row.pnl_usd == 37.0);
        row_finish(&row);
    }
    jobs_finish(&jobs);
    jobs = make("voo", "left");
    report = run(&jobs, (struct sweep_options){.parallel = 1, .max_jobs = 1});
    check_report(&report, 1, 0, 1, 2, 0);
    read_file("outputs/tuning/left/j1.json", job_text);
    assert_non_null(strstr(job_text, "\"status\": \"error\""));
    assert_int_not_equal(access("outputs/tuning/left/j2.json", F_OK), 0);
    jobs_finish(&jobs);
}

/* Goal: a bad row in the middle fails every job over those data with its place, and no other;
 * data without rows are no failure. */
static void tells_of_bad_data(void **state)
{
    struct text plan = text_growing();
    rows_write("turns.csv", ROWS_TURNS);
    rows_write("bad.csv", ROWS_TURNS "1003,99,,102,103\n1004,99,100,102,103\n");
    rows_write("empty.csv", ROWS_HEADER "\n");
    static const char *const data[] = {"turns.csv", "bad.csv", "bad.csv", "empty.csv"};
    for (int i = 0; i < 4; i++) {
        add_line(&plan, i + 1, "bad", data[i], 30);
    }
    struct jobs jobs = load(&plan);
    text_finish(&plan);
    for (int parallel = 1; parallel <= 2; parallel++) {
        const struct sweep_report report = run(
            &jobs, (struct sweep_options){.parallel = parallel, .max_jobs = -1, .prune = true});
        check_report(&report, 4, 2, 2, 0, 0);
        for (int i = 0; i < 4; i++) {
            char path[64];
            struct row row;
            snprintf(path, sizeof path, "outputs/tuning/bad/j%d.json", i + 1);
            read_file(path, job_text);
            row_read(&row, "x", job_text, strlen(job_text));
            assert_int_equal(row.success, i == 0 || i == 3);
            assert_true(row.success ||
                        strstr(row.error, "bad.csv:5: best_ask_a: ") == row.error);
            assert_int_equal(row.total_trades, i == 0 ? 3 : 0);
            row_finish(&row);
        }
    }
    jobs_finish(&jobs);
}

/* Goal: a plan of more jobs than a pass carries is done in several, in its order. */
static void cuts_long_plans_into_passes(void **state)
{
    enum { MANY = 1030 };
    struct text plan = text_growing();
    rows_write("turns.csv", ROWS_TURNS);
    for (int i = 0; i < MANY; i++) {
        add_line(&plan, i + 1, "many", "turns.csv", i);
    }
    struct jobs jobs = load(&plan);
    text_finish(&plan);
    const struct sweep_report report =
        run(&jobs, (struct sweep_options){.parallel = 3, .max_jobs = -1, .as_lines = true});
    check_report(&report, MANY, MANY, 0, 0, 0);
    FILE *file = fopen("outputs/tuning/many/results.jsonl", "r");
    for (int i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "\"t%d\"}", i + 1);
        assert_non_null(fgets(job_text, sizeof job_text, file));
        assert_non_null(strstr(job_text, id));
    }
    assert_null(fgets(job_text, sizeof job_text, file));
    fclose(file);
    jobs_finish(&jobs);
}

/* Goal: one thread or five, files or lines: the same bytes. */
static void gives_the_same_bytes(void **state)
{
    struct jobs jobs = make("ooofooovooofoooo", "same");
    run(&jobs, (struct sweep_options){.parallel = 1, .max_jobs = -1, .as_lines = true});
    read_file("outputs/tuning/same/results.jsonl", job_text);
    run(&jobs, (struct sweep_options){.parallel = 5, .max_jobs = -1, .as_lines = true});
    read_file("outputs/tuning/same/results.jsonl", other_text);
    assert_string_equal(job_text, other_text);
    int lines = 0;
    for (const char *at = job_text; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, 16);

    run(&jobs, (struct sweep_options){.parallel = 1, .max_jobs = -1});
    assert_int_not_equal(access("outputs/tuning/same/results.jsonl", F_OK), 0);
    read_file("outputs/tuning/same/j9.json", job_text);
    run(&jobs, (struct sweep_options){.parallel = 4, .max_jobs = -1});
    read_file("outputs/tuning/same/j9.json", other_text);
    assert_string_equal(job_text, other_text);
    jobs_finish(&jobs);
}

/* Goal: resume runs what is missing, failed, torn or made otherwise, and nothing else. */
static void resumes_with_what_is_missing(void **state)
{
    struct jobs jobs = make("oooooo", "again");
    const struct sweep_options all = {.parallel = 2, .max_jobs = -1, .resume = true};
    struct sweep_report report = run(&jobs, all);
    check_report(&report, 6, 6, 0, 0, 0);
    report = run(&jobs, all);
    check_report(&report, 0, 0, 0, 0, 6);

    read_file("outputs/tuning/again/j2.json", job_text);
    job_text[strlen(job_text) / 2] = '\0';
    rows_write("outputs/tuning/again/j2.json", job_text);
    unlink("outputs/tuning/again/j3.json");
    rows_write("outputs/tuning/again/j4.json", "{\"status\": \"error\"}");
    read_file("outputs/tuning/again/j5.json", job_text);
    rows_write("outputs/tuning/again/j6.json", job_text);
    report = run(&jobs, all);
    check_report(&report, 4, 4, 0, 0, 2);

    /* Other rows, other results; as many bytes, so that only the hash tells. */
    rows_write("turns.csv", ROWS_HEADER "\n1000,99,100,102,103\n1001,102,103,99,100\n"
                                        "1003,99,100,102,103\n");
    report = run(&jobs, all);
    check_report(&report, 6, 6, 0, 0, 0);
    jobs_finish(&jobs);
}

/* Goal: lines are kept as far as they follow the plan; a torn one and all behind it go. */
static void resumes_lines(void **state)
{
    struct jobs jobs = make("oooooo", "lines");
    const struct sweep_options all = {
        .parallel = 2, .max_jobs = -1, .resume = true, .as_lines = true};
    struct sweep_report report = run(&jobs, all);
    check_report(&report, 6, 6, 0, 0, 0);
    read_file("outputs/tuning/lines/results.jsonl", job_text);
    /* In the middle of the fourth of equal lines. */
    assert_int_equal(
        truncate("outputs/tuning/lines/results.jsonl", (off_t)strlen(job_text) * 7 / 12), 0);
    report = run(&jobs, all);
    check_report(&report, 3, 3, 0, 0, 3);
    read_file("outputs/tuning/lines/results.jsonl", other_text);
    assert_string_equal(job_text, other_text);
    /* What stands behind the plan's last line is no result of it. */
    FILE *file = fopen("outputs/tuning/lines/results.jsonl", "a");
    fputs("{}\n", file);
    fclose(file);
    report = run(&jobs, all);
    check_report(&report, 0, 0, 0, 0, 6);
    read_file("outputs/tuning/lines/results.jsonl", other_text);
    assert_string_equal(job_text, other_text);
    jobs_finish(&jobs);
}

/* Goal: a session keeps one form of results; the other one cannot be mixed in. */
static void keeps_one_form(void **state)
{
    struct jobs jobs = make("oo", "form");
    struct sweep_options options = {.parallel = 1, .max_jobs = -1};
    struct sweep_report report;
    struct err err;
    for (int i = 0; i < 2; i++) {
        options.resume = false;
        run(&jobs, options);
        options.resume = true;
        options.as_lines = !options.as_lines;
        assert_false(sweep_run(&jobs, &options, &report, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, i == 0 ? "keeps files" : "keeps lines"));
    }
    jobs_finish(&jobs);
}

/* Goal: a sweep that nobody can follow begins nothing, and what an earlier one left stays: as
 * files and as lines, also where a resume was to read them. */
static void takes_nothing_before_it_begins(void **state)
{
    struct jobs jobs = make("oo", "untouched");
    struct sweep_report report;
    struct results *results;
    struct err err;
    assert_true(results_open(&results, "other.sqlite", &err));
    results_close(results);
    assert_true(results_open_readonly(&results, "other.sqlite", &err));
    for (int lines = 0; lines <= 1; lines++) {
        const char *path = lines == 1 ? "outputs/tuning/untouched/results.jsonl"
                                      : "outputs/tuning/untouched/j2.json";
        struct sweep_options options = {.parallel = 1, .max_jobs = -1, .as_lines = lines == 1};
        run(&jobs, options);
        read_file(path, job_text);
        options.results = results;
        options.jobs_file = "plan.jsonl";
        for (int resume = 0; resume <= 1; resume++) {
            options.resume = resume == 1;
            assert_false(sweep_run(&jobs, &options, &report, &err));
            assert_non_null(strstr(err.text, "readonly"));
            read_file(path, other_text);
            assert_string_equal(other_text, job_text);
        }
    }
    results_close(results);
    jobs_finish(&jobs);
}

/* Goal: what a larger plan left under the same name is left alone and counted, with and without
 * a resume; a summary and rubbish beside the results are none. */
static void counts_results_of_another_plan(void **state)
{
    struct jobs larger = make("ooo", "other");
    struct jobs jobs = make("o", "other");
    struct sweep_options options = {.parallel = 1, .max_jobs = -1};
    assert_int_equal(run(&larger, options).strangers, 0);
    rows_write("outputs/tuning/other/summary.json", "{\"top_by_pnl\": []}");
    rows_write("outputs/tuning/other/rubbish.json", "{");
    for (int resume = 0; resume <= 1; resume++) {
        options.resume = resume == 1;
        const struct sweep_report report = run(&jobs, options);
        check_report(&report, 1 - resume, 1 - resume, 0, 0, resume);
        assert_int_equal(report.strangers, 2);
    }
    assert_int_equal(access("outputs/tuning/other/j3.json", F_OK), 0);
    options.as_lines = true;
    options.resume = false;
    assert_int_equal(run(&jobs, options).strangers, 2);
    jobs_finish(&larger);
    jobs_finish(&jobs);
}

/* Goal: a result that cannot be put down ends the sweep with a message; what was put down
 * stays, and the rest runs when the way is free. */
static void stops_where_it_cannot_write(void **state)
{
    struct jobs jobs = make("ooo", "blocked");
    struct sweep_options options = {.parallel = 2, .max_jobs = -1, .resume = true};
    struct sweep_report report =
        run(&jobs, (struct sweep_options){.parallel = 1, .max_jobs = 1});
    struct err err;
    assert_int_equal(mkdir("outputs/tuning/blocked/j2.json", 0700), 0);
    assert_false(sweep_run(&jobs, &options, &report, &err));
    assert_string_equal(err.text,
                        "cannot write 'outputs/tuning/blocked/j2.json': Is a directory");
    assert_int_not_equal(access("outputs/tuning/blocked/j3.json", F_OK), 0);
    assert_int_equal(rmdir("outputs/tuning/blocked/j2.json"), 0);
    report = run(&jobs, options);
    check_report(&report, 2, 2, 0, 0, 1);
    jobs_finish(&jobs);
}

static void note_progress(void *context, const struct sweep_progress *progress)
{
    *(struct sweep_progress *)context = *progress;
    assert_in_range(progress->done, 0, progress->total);
    /* Borrowed for the call only. */
    ((struct sweep_progress *)context)->best_job =
        strcmp(progress->best_job, "j1") == 0 ? "j1" : "another";
}

struct seen {
    int count;
    struct results_sweep last;
};

static bool see(void *context, const struct results_sweep *sweep)
{
    struct seen *seen = context;
    seen->count++;
    seen->last = *sweep;
    return true;
}

/* Goal: whoever watches sees every job in the end, and the best of them. */
static void records_what_happens(void **state)
{
    struct jobs jobs = make("oofo", "watched");
    struct sweep_progress last = {0};
    struct results *results;
    struct seen seen = {0};
    struct err err;
    assert_true(results_open(&results, "tuning.sqlite", &err));
    for (int again = 0; again < 2; again++) {
        run(&jobs, (struct sweep_options){.parallel = 2,
                                          .max_jobs = 3,
                                          .prune = again == 1,
                                          .results = results,
                                          .progress = note_progress,
                                          .progress_context = &last});
        assert_int_equal(last.total, 4);
        assert_int_equal(last.done, 3);
        assert_int_equal(last.failed, 1);
        assert_string_equal(last.best_job, "j1");
        seen = (struct seen){0};
        assert_true(results_each(results, see, &seen, &err));
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.last.jobs, 4);
        assert_int_equal(seen.last.parallel, 2);
        assert_int_equal(seen.last.prune, again);
        assert_int_equal(seen.last.counts[RESULTS_PLANNED], 1);
        assert_int_equal(seen.last.counts[RESULTS_RUNNING], 0);
        assert_int_equal(seen.last.counts[RESULTS_DONE], 2);
        assert_int_equal(seen.last.counts[RESULTS_FAILED], 1);
        assert_string_equal(seen.last.best_job, "j1");
        assert_true(seen.last.best_pnl_usd == 37.0);
        assert_string_equal(seen.last.end_reason, "done");
        assert_non_null(strstr(seen.last.folder, "/outputs/tuning/watched"));
    }
    results_close(results);
    jobs_finish(&jobs);
}

/* Goal: who is beyond the limit stays planned, though his neighbours ran; a watcher of the pass
 * sees nobody running once it is over. */
static void leaves_the_rest_planned(void **state)
{
    struct jobs jobs = make("oovooo", "limit");
    struct results *results;
    struct seen seen = {0};
    struct err err;
    assert_true(results_open(&results, "limit.sqlite", &err));
    run(&jobs, (struct sweep_options){.parallel = 2, .max_jobs = 4, .results = results});
    assert_true(results_each(results, see, &seen, &err));
    assert_int_equal(seen.last.counts[RESULTS_PLANNED], 2);
    assert_int_equal(seen.last.counts[RESULTS_INTERRUPTED], 0);
    assert_int_equal(seen.last.counts[RESULTS_DONE], 3);
    assert_int_equal(seen.last.counts[RESULTS_FAILED], 1);
    run(&jobs, (struct sweep_options){
                   .parallel = 2, .max_jobs = -1, .resume = true, .results = results});
    seen = (struct seen){0};
    assert_true(results_each(results, see, &seen, &err));
    assert_int_equal(seen.last.kept, 3);
    assert_int_equal(seen.last.counts[RESULTS_DONE], 5);
    assert_int_equal(seen.last.counts[RESULTS_FAILED], 1);
    assert_true(isnan(seen.last.pass_done));
    results_close(results);
    jobs_finish(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_as_the_cases_say),
        cmocka_unit_test(leaves_a_file_a_job),
        cmocka_unit_test(tells_of_bad_data),
        cmocka_unit_test(cuts_long_plans_into_passes),
        cmocka_unit_test(gives_the_same_bytes),
        cmocka_unit_test(resumes_with_what_is_missing),
        cmocka_unit_test(resumes_lines),
        cmocka_unit_test(keeps_one_form),
        cmocka_unit_test(takes_nothing_before_it_begins),
        cmocka_unit_test(counts_results_of_another_plan),
        cmocka_unit_test(stops_where_it_cannot_write),
        cmocka_unit_test(records_what_happens),
        cmocka_unit_test(leaves_the_rest_planned),
    };
    return cmocka_run_group_tests_name("tune/sweep", tests, rows_enter, rows_leave);
}
