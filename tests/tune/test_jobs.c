#include "rows.h"

#include "tune/jobs.h"

#define LINE(id, folder, file)                                                                 \
    "{\"job_id\": \"" id "\", \"config\": {}, \"output_json\": \"outputs/tuning/" folder       \
    "/" file "\"}\n"

/* Goal: good lines are the plan; each other one is told of with its line, and counted. */
static void leaves_bad_lines_out(void **state)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    rows_write("p.jsonl",
               LINE("a", "s", "a.json") "\n"
                                        "{\n" LINE("b", "t", "b.json") LINE("a", "s", "c.json")
                                            LINE("d", "s", "a.json") LINE("e", "s", "e.json"));
    assert_true(jobs_load(&jobs, "p.jsonl", &report, &err));
    assert_int_equal(jobs.count, 2);
    assert_int_equal(jobs.refused, 4);
    assert_string_equal(jobs.folder, "s");
    assert_string_equal(jobs.list[0].id, "a");
    assert_string_equal(jobs.list[1].id, "e");
    assert_int_equal(strncmp(text_string(&report), "p.jsonl:3: not JSON", 19), 0);
    assert_non_null(strstr(text_string(&report),
                           "p.jsonl:4: output_json: the session's folder is 's', not 't'\n"
                           "p.jsonl:5: job_id: 'a' is there already\n"
                           "p.jsonl:6: output_json: 'a.json' is there already\n"));
    text_finish(&report);
    jobs_finish(&jobs);
}

/* Goal: a plan without jobs is one; a file that is not there is none. */
static void reads_an_empty_plan(void **state)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    rows_write("empty.jsonl", "");
    assert_true(jobs_load(&jobs, "empty.jsonl", &report, &err));
    assert_int_equal(jobs.count, 0);
    assert_null(jobs.folder);
    jobs_finish(&jobs);
    assert_false(jobs_load(&jobs, "none.jsonl", &report, &err));
    text_finish(&report);
}

/* Goal: a line without end costs neither memory nor the lines behind it. */
static void survives_an_endless_line(void **state)
{
    struct jobs jobs;
    struct err err;
    struct text report = text_growing();
    FILE *file = fopen("long.jsonl", "w");
    for (int i = 0; i < 200000; i++) {
        fputc('[', file);
    }
    fputs("\n" LINE("a", "s", "a.json"), file);
    fclose(file);
    assert_true(jobs_load(&jobs, "long.jsonl", &report, &err));
    assert_int_equal(jobs.count, 1);
    assert_int_equal(jobs.refused, 1);
    assert_string_equal(text_string(&report),
                        "long.jsonl:1: line is longer than 65536 bytes\n");
    text_finish(&report);
    jobs_finish(&jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_bad_lines_out),
        cmocka_unit_test(reads_an_empty_plan),
        cmocka_unit_test(survives_an_endless_line),
    };
    return cmocka_run_group_tests_name("tune/jobs", tests, rows_enter, rows_leave);
}
