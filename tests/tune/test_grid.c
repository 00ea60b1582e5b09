#include "results.h"

#include "tune/grid.h"

/* min_spread 5, 10 and max_hold 60, 600, off; the point (10, 600) was never tried, the one at
 * (5, 600) failed, the one at (10, off) was stopped. */
static const struct results_given GIVEN[] = {
    {"a", 5, 60, 1, 1, 2, 40, NULL, 0, false},
    {"b", 10, 60, 1, 2, 3, 40, NULL, 0, false},
    {"c", 5, INFINITY, 1, 3, 4, 40, NULL, 0, false},
    {"d", 10, INFINITY, 1, 1, 1, 40, "stopped", 0, false},
    {"e", 5, 600, 1, 0, 0, 0, "error", 0, false},
};

/* Goal: axes are the parameters that differ, their values ascend and "not set" stands last, a
 * value that only a failed job has is one too. */
static void finds_the_axes(void **state)
{
    struct aggregate aggregate = results_load("axes", GIVEN, LEN(GIVEN));
    struct grid grid;
    grid_init(&grid, &aggregate);
    assert_int_equal(aggregate.success, 3);
    assert_int_equal(aggregate.stopped, 1);
    assert_int_equal(aggregate.error, 1);
    assert_int_equal(grid.axes_count, 2);
    const int hold = grid_axis_of(&grid, param_find("max_hold_s"));
    assert_int_equal(grid_axis_of(&grid, param_find("slippage_bps")), -1);
    assert_int_equal(grid.axes[hold].count, 3);
    assert_true(grid.axes[hold].values[0] == 60 && grid.axes[hold].values[1] == 600);
    assert_true(isnan(grid.axes[hold].values[2]));
    assert_int_equal(grid_place(&grid.axes[hold], NAN), 2);
    assert_int_equal(grid_place(&grid.axes[hold], 61), -1);
    assert_false(grid.axes[hold].inert);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: a point is found by its places, and holes are holes. */
static void finds_rows_by_their_places(void **state)
{
    struct aggregate aggregate = results_load("points", GIVEN, LEN(GIVEN));
    struct grid grid;
    int32_t places[GRID_AXES_MAX];
    grid_init(&grid, &aggregate);
    const struct row *like = results_row(&aggregate, "a");
    const int hold = grid_axis_of(&grid, param_find("max_hold_s"));
    grid_places(&grid, like, places);
    assert_ptr_equal(grid_find(&grid, like, places), like);
    places[hold] = 2;
    assert_string_equal(grid_find(&grid, like, places)->job_id, "c");
    places[hold] = 1; /* failed */
    assert_null(grid_find(&grid, like, places));
    places[1 - hold] = 1; /* never tried */
    assert_null(grid_find(&grid, like, places));
    places[hold] = 2; /* stopped, and has a PnL */
    assert_string_equal(grid_find(&grid, like, places)->job_id, "d");
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: rows of another part of time are points of their own. */
static void keeps_folds_apart(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 1, 1, 2, 40, NULL, 1, false},
        {"b", 5, 60, 1, 2, 3, 40, NULL, 1, true},
        {"c", 10, 60, 1, 2, 3, 40, NULL, 1, true},
    };
    struct aggregate aggregate = results_load("folds", given, LEN(given));
    struct grid grid;
    int32_t places[GRID_AXES_MAX];
    grid_init(&grid, &aggregate);
    const struct row *train = results_row(&aggregate, "a");
    grid_places(&grid, results_row(&aggregate, "c"), places);
    assert_null(grid_find(&grid, train, places));
    assert_non_null(grid_find(&grid, results_row(&aggregate, "b"), places));
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_axes),
        cmocka_unit_test(finds_rows_by_their_places),
        cmocka_unit_test(keeps_folds_apart),
    };
    return cmocka_run_group_tests_name("tune/grid", tests, rows_enter, rows_leave);
}
