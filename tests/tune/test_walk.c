#include "results.h"

#include "tune/walk.h"

/* Two folds, each with 20 ns of training and 10 of test; of two configurations. Fold 1: x
 * trains best (512 USD) and loses 128 in its test, though y would have gained there. Fold 2: y
 * trains best (1024 USD) and gains 384. */
static const struct results_given GIVEN[] = {
    {"x1", 5, 60, 1, 1, 3, 40, NULL, 1, false},  {"y1", 9, 60, 1, 1, 2, 40, NULL, 1, false},
    {"x1t", 5, 60, 1, -2, 1, 40, NULL, 1, true}, {"y1t", 9, 60, 1, 5, 5, 40, NULL, 1, true},
    {"x2", 5, 60, 1, 1, 1, 40, NULL, 2, false},  {"y2", 9, 60, 1, 5, 3, 40, NULL, 2, false},
    {"x2t", 5, 60, 1, 7, 7, 40, NULL, 2, true},  {"y2t", 9, 60, 1, 1, 2, 40, NULL, 2, true},
};

/* Goal: the choice is made in the training alone. In: 512 + 1024 over 40 ns; out: -128 + 384
 * over 20 ns: (256/20)/(1536/40) = 1/3. */
static void counts_what_was_chosen_before(void **state)
{
    struct aggregate aggregate = results_load("walk", GIVEN, LEN(GIVEN));
    struct walk walk;
    assert_int_equal(aggregate.folds, 2);
    assert_false(aggregate.mixed);
    walk_init(&walk, &aggregate, &aggregate.rows[0]);
    assert_int_equal(walk.count, 2);
    assert_int_equal(walk.told, 2);
    assert_int_equal(walk.lost, 1);
    assert_string_equal(walk.folds[0].train->job_id, "x1");
    assert_string_equal(walk.folds[0].test->job_id, "x1t");
    assert_string_equal(walk.folds[1].train->job_id, "y2");
    assert_string_equal(walk.folds[1].test->job_id, "y2t");
    check_near(walk.in_usd, 1536, 1e-9);
    check_near(walk.out_usd, 256, 1e-9);
    check_near(walk.ratio, 1.0 / 3, 1e-12);
    assert_int_equal(walk.axes_count, 1);
    assert_int_equal(walk.axes[0].different, 2);
    assert_int_equal(walk.axes[0].kept, 0);
    assert_int_equal(walk.axes[0].steps, 1);
    assert_true(walk.axes[0].low == 5 && walk.axes[0].high == 9);
    struct text table = text_growing();
    walk_all_table(&aggregate, &table);
    assert_non_null(strstr(text_string(&table),
                           "out of sample +256.00 USD over 2 of 2 folds, 1 "
                           "lost; per unit of time 0.33 of what the "
                           "training gained\n"));
    assert_non_null(strstr(text_string(&table),
                           "min_spread_bps: 5 .. 9, 2 different, kept 0 of 1 times\n"));
    text_finish(&table);
    walk_finish(&walk);
    aggregate_finish(&aggregate);
}

/* Goal: a fold without its test is not told, and a training that gained nothing has no ratio.
 */
static void tells_what_is_missing(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, -1, -2, 40, NULL, 1, false},
        {"b", 5, 60, 1, 1, 2, 40, NULL, 1, true},
        {"c", 5, 60, 1, 1, 2, 40, NULL, 3, false},
    };
    struct aggregate aggregate = results_load("missing", given, LEN(given));
    struct walk walk;
    walk_init(&walk, &aggregate, &aggregate.rows[0]);
    assert_int_equal(walk.count, 3);
    assert_int_equal(walk.told, 1);
    assert_null(walk.folds[1].train);
    assert_null(walk.folds[2].test);
    check_near(walk.out_usd, 384, 1e-9);
    assert_true(isnan(walk.ratio));
    walk_finish(&walk);
    aggregate_finish(&aggregate);
}

/* Goal: the cheaper assumption is no choice: a walk is of rows that assume alike. */
static void chooses_among_equal_assumptions(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 0, 9, 8, 40, NULL, 1, false},
        {"b", 5, 60, 3, 1, 2, 40, NULL, 1, false},
        {"at", 5, 60, 0, 9, 8, 40, NULL, 1, true},
        {"bt", 5, 60, 3, 1, 3, 40, NULL, 1, true},
    };
    struct aggregate aggregate = results_load("terms", given, LEN(given));
    struct walk walk;
    walk_init(&walk, &aggregate, results_row(&aggregate, "bt"));
    assert_string_equal(walk.folds[0].train->job_id, "b");
    check_near(walk.out_usd, 512, 1e-9);
    walk_finish(&walk);
    aggregate_finish(&aggregate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_was_chosen_before),
        cmocka_unit_test(tells_what_is_missing),
        cmocka_unit_test(chooses_among_equal_assumptions),
    };
    return cmocka_run_group_tests_name("tune/walk", tests, rows_enter, rows_leave);
}
