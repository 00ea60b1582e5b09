#include "rows.h"

#include "base/text.h"
#include "tune/folds.h"
#include "tune/plan.h"

#define SECOND INT64_C(1000000000)

/* A row a second, from 1000 to 1010. */
static void write_rows(const char *path)
{
    struct text text = text_growing();
    text_add(&text, ROWS_HEADER "\n");
    for (int i = 0; i <= 10; i++) {
        text_addf(&text, "%d,99,100,102,103\n", 1000 + i);
    }
    rows_write(path, text_string(&text));
    text_finish(&text);
}

static struct session_file load(const char *yaml)
{
    struct session_file file;
    struct text report = text_growing();
    struct err err;
    if (!session_file_parse(&file, "s.yaml", yaml, strlen(yaml), &report, &err)) {
        print_error("%s", text_string(&report));
        fail();
    }
    text_finish(&report);
    return file;
}

static struct session_file load_walk(double train_s, double test_s)
{
    char yaml[256];
    snprintf(yaml, sizeof yaml,
             "data_file: rows.csv\nwalk_forward: {train_s: %g, test_s: %g}\n"
             "grids: [{name: min_spread_bps, values: [5, 10]}]\n",
             train_s, test_s);
    return load(yaml);
}

static void check_window(const struct folds *folds, int32_t fold, bool is_test, int from_s,
                         int to_s)
{
    const struct result_window window = folds_window(folds, fold, is_test);
    assert_int_equal(window.fold, fold);
    assert_true(window.is_test == is_test);
    assert_int_equal(window.from_ns, from_s * SECOND);
    assert_int_equal(window.to_ns, to_s * SECOND);
}

/* Goal: tests follow each other without a gap, and the training of each ends where its test
 * begins. 10 s hold 4 s of training and three tests of 2 s. */
static void rolls_over_the_data(void **state)
{
    struct folds folds;
    struct err err;
    write_rows("rows.csv");
    struct session_file file = load_walk(4, 2);
    assert_true(folds_plan(&folds, &file, &err));
    assert_int_equal(folds.count, 3);
    check_window(&folds, 1, false, 1000, 1004);
    check_window(&folds, 1, true, 1004, 1006);
    check_window(&folds, 2, false, 1002, 1006);
    check_window(&folds, 2, true, 1006, 1008);
    check_window(&folds, 3, false, 1004, 1008);
    check_window(&folds, 3, true, 1008, 1010);
    session_file_finish(&file);
}

/* Goal: how many folds fit; a test that the data do not reach the end of is none. */
static void fits_whole_tests_alone(void **state)
{
    static const struct {
        double train_s, test_s;
        int folds;
    } cases[] = {{4, 3, 2}, {4, 4, 1}, {4, 6, 1}, {4, 6.001, 0}, {10, 1, 0}, {9.5, 0.5, 1}};
    write_rows("rows.csv");
    for (size_t i = 0; i < LEN(cases); i++) {
        struct folds folds = {.count = 0};
        struct err err;
        struct session_file file = load_walk(cases[i].train_s, cases[i].test_s);
        assert_true(folds_plan(&folds, &file, &err) == (cases[i].folds > 0));
        assert_int_equal(folds.count, cases[i].folds);
        session_file_finish(&file);
    }
    struct folds folds;
    struct err err;
    struct session_file file = load_walk(10, 1);
    assert_false(folds_plan(&folds, &file, &err));
    assert_string_equal(
        err.text, "walk_forward: train_s and test_s are 11 s together, 'rows.csv' has 10 s");
    session_file_finish(&file);
    rows_write("rows.csv", ROWS_HEADER "\n");
    file = load_walk(4, 2);
    assert_false(folds_plan(&folds, &file, &err));
    assert_string_equal(err.text, "'rows.csv' has no rows");
    session_file_finish(&file);
}

/* Goal: a session without walk_forward has no folds and looks at no data. */
static void leaves_plain_sessions_alone(void **state)
{
    struct session_file file = load("data_file: nowhere.csv\n");
    struct folds folds;
    struct err err;
    assert_true(folds_plan(&folds, &file, &err));
    assert_int_equal(folds.count, 0);
    session_file_finish(&file);
}

/* Goal: the plan has every configuration twice a fold, its windows in time order. */
static void plans_every_fold_twice(void **state)
{
    struct text out = text_growing();
    struct err err;
    int64_t jobs;
    int64_t counted;
    write_rows("rows.csv");
    struct session_file file = load_walk(4, 2);
    assert_true(plan_format(&file, &out, &jobs, &err));
    assert_true(plan_count(&file, &counted, &err));
    assert_int_equal(jobs, 12);
    assert_int_equal(counted, 12);
    const char *line = strstr(text_string(&out), "{\"job_id\": \"job_0003\"");
    assert_non_null(line);
    static const char rest[] =
        "\"min_spread_bps\": 5, \"tag\": \"job_0003\"}, \"window\": {\"fold\": 1, "
        "\"part\": \"test\", \"from\": 1004000000000, \"to\": 1006000000000}, "
        "\"output_json\": \"outputs/tuning/s/job_0003.json\"}\n";
    assert_memory_equal(strstr(line, "\"min_spread_bps\": "), rest, strlen(rest));
    text_finish(&out);
    session_file_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rolls_over_the_data),
        cmocka_unit_test(fits_whole_tests_alone),
        cmocka_unit_test(leaves_plain_sessions_alone),
        cmocka_unit_test(plans_every_fold_twice),
    };
    return cmocka_run_group_tests_name("tune/folds", tests, rows_enter, rows_leave);
}
