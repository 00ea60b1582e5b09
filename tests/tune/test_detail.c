#include "results.h"

#include "tune/detail.h"

static const struct results_given GIVEN[] = {
    {"a", 5, 60, 1, 3, 5, 40, NULL, 0, false},
    {"b", 10, 60, 1, 2, 4, 40, NULL, 0, false},
    {"c", 20, 60, 1, 0, 1, 4, "stopped", 0, false},
};

static void init(const char *folder, const char *job, struct detail *detail)
{
    struct aggregate aggregate = results_load(folder, GIVEN, LEN(GIVEN));
    struct err err;
    assert_true(detail_init(detail, &aggregate, job, &err));
}

/* Goal: what can be told without the data is told, and why the rest is not. */
static void tells_of_a_job_without_its_data(void **state)
{
    static struct detail detail;
    init("good", "a", &detail);
    assert_string_equal(detail.row->job_id, "a");
    assert_null(detail.sensitivity);
    assert_true(detail.unmeasured.text[0] != '\0');
    check_near(detail.plateau.median_usd, 768, 1e-9);
    assert_int_equal(detail.trust.trials, 3); /* the stopped one was tried, too */
    struct text out = text_growing();
    detail_table(&detail, &out);
    assert_non_null(
        strstr(text_string(&out), "job a: success, profile exact, PnL model legs\n"));
    assert_non_null(strstr(text_string(&out), "\n * min_spread_bps        5\n"));
    assert_non_null(strstr(text_string(&out), "\n   max_position_usd      1000\n"));
    assert_non_null(strstr(text_string(&out), "sensitivity       not measured: "));
    text_clear(&out);
    detail_json(&detail, &out);
    json_t *root = json_loads(text_string(&out), 0, NULL);
    assert_true(json_is_null(json_object_get(root, "measured")));
    assert_true(json_is_false(json_object_get(root, "wants_reason")));
    assert_true(json_array_size(json_object_get(root, "evidence")) > 10);
    json_decref(root);
    text_finish(&out);
    detail_finish(&detail);
}

/* Goal: a job that did not end well has its reason and no evidence. */
static void tells_of_a_job_that_did_not_end_well(void **state)
{
    static struct detail detail;
    init("stopped", "c", &detail);
    struct text out = text_growing();
    detail_table(&detail, &out);
    assert_non_null(strstr(text_string(&out), "job c: stopped: stopped early\n"));
    assert_null(strstr(text_string(&out), "before it is used"));
    text_finish(&out);
    detail_finish(&detail);
}

/* Goal: a job that is not there is told with one that is. */
static void refuses_an_unknown_job(void **state)
{
    static const struct results_given given[] = {
        {"s1_0001", 5, 60, 1, 3, 5, 40, NULL, 0, false}};
    static struct detail detail;
    struct aggregate aggregate = results_load("unknown", given, 1);
    struct err err;
    assert_false(detail_init(&detail, &aggregate, "s1_001", &err));
    assert_string_equal(err.text,
                        "no job 's1_001' among these results (did you mean 's1_0001'?)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_of_a_job_without_its_data),
        cmocka_unit_test(tells_of_a_job_that_did_not_end_well),
        cmocka_unit_test(refuses_an_unknown_job),
    };
    return cmocka_run_group_tests_name("tune/detail", tests, rows_enter, rows_leave);
}
