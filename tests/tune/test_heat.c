#include "results.h"

#include "tune/heat.h"

/* min_spread 5, 10 across, max_hold 60, off down, slippage 0 and 1 as a third; one point is
 * missing, one was stopped. The best is (10, 60) at slippage 0. */
static const struct results_given GIVEN[] = {
    {"a", 5, 60, 0, 0, 1, 40, NULL, 0, false},
    {"b", 10, 60, 0, 1, 1, 40, NULL, 0, false},
    {"c", 5, INFINITY, 0, 0, 0.5, 40, "stopped", 0, false},
    {"d", 5, 60, 1, 0, 0.25, 40, NULL, 0, false},
};

static const struct heat_query CHOSEN = {.third_place = -1};

/* Goal: tunables come first, an assumption is the third; cells are single jobs, a hole is one.
 */
static void maps_two_axes(void **state)
{
    struct aggregate aggregate = results_load("map", GIVEN, LEN(GIVEN));
    struct grid grid;
    struct heat heat;
    struct err err;
    grid_init(&grid, &aggregate);
    assert_true(heat_init(&heat, &grid, &CHOSEN, &err));
    assert_string_equal(grid.axes[heat.x].param->name, "min_spread_bps");
    assert_string_equal(grid.axes[heat.y].param->name, "max_hold_s");
    assert_string_equal(grid.axes[heat.third].param->name, "slippage_bps");
    assert_int_equal(heat.cols, 2);
    assert_int_equal(heat.rows, 2);
    assert_string_equal(heat_at(&heat, 0, 0)->job_id, "a");
    assert_string_equal(heat_at(&heat, 1, 0)->job_id, "b");
    assert_string_equal(heat_at(&heat, 0, 1)->job_id, "c");
    assert_null(heat_at(&heat, 1, 1));
    struct text table = text_growing();
    heat_table(&heat, &table);
    assert_string_equal(text_string(&table),
                        "PnL in USD; across min_spread_bps, down max_hold_s; at slippage_bps "
                        "0; all else as in b\n"
                        "                      5          10\n"
                        "         60     +128.00    *+256.00\n"
                        "        off     +64.00s           -\n"
                        "* the best of the ranking; - no result; s stopped early\n");
    text_finish(&table);
    heat_finish(&heat);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: axes can be asked for, and the third be turned; what does not vary is refused. */
static void takes_the_axes_it_is_given(void **state)
{
    struct aggregate aggregate = results_load("given", GIVEN, LEN(GIVEN));
    struct grid grid;
    struct heat heat;
    struct err err;
    grid_init(&grid, &aggregate);
    struct heat_query query = {
        .x = param_find("max_hold_s"), .y = param_find("min_spread_bps"), .third_place = 1};
    assert_true(heat_init(&heat, &grid, &query, &err));
    assert_string_equal(heat_at(&heat, 0, 0)->job_id, "d");
    assert_null(heat_at(&heat, 1, 0));
    struct text json = text_growing();
    heat_json(&heat, &json);
    json_t *root = json_loads(text_string(&json), 0, NULL);
    assert_true(json_number_value(json_object_get(root, "third_value")) == 1);
    json_t *first = json_array_get(json_object_get(root, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(json_array_get(first, 0), "job_id")),
                        "d");
    assert_true(json_is_null(json_array_get(first, 1)));
    json_decref(root);
    text_finish(&json);
    heat_finish(&heat);
    query.third = query.x;
    assert_false(heat_init(&heat, &grid, &query, &err));
    assert_string_equal(err.text, "'max_hold_s' is asked for twice");
    query.third = param_find("cooldown_s");
    assert_false(heat_init(&heat, &grid, &query, &err));
    assert_string_equal(err.text, "'cooldown_s' does not vary in these results");
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: of a walk-forward one part of one fold is mapped, and said to be. */
static void maps_one_part_of_a_fold(void **state)
{
    static const struct results_given given[] = {{"a", 5, 60, 0, 0, 1, 40, NULL, 1, false},
                                                 {"b", 10, 60, 0, 0, 2, 40, NULL, 1, false},
                                                 {"c", 5, 60, 0, 0, 9, 40, NULL, 1, true}};
    struct aggregate aggregate = results_load("fold", given, LEN(given));
    struct grid grid;
    struct heat heat;
    struct err err;
    grid_init(&grid, &aggregate);
    assert_true(heat_init(&heat, &grid, &CHOSEN, &err));
    assert_string_equal(heat_at(&heat, 0, 0)->job_id, "a");
    assert_string_equal(heat_at(&heat, 1, 0)->job_id, "b");
    struct text table = text_growing();
    heat_table(&heat, &table);
    assert_non_null(strstr(text_string(&table), "PnL in USD of fold 1, train; across"));
    text_finish(&table);
    heat_finish(&heat);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: one axis is a map of one row, none is no map; an axis that changed nothing says so and
 * is the last choice. */
static void makes_do_with_less(void **state)
{
    static const struct results_given same[] = {{"a", 5, 60, 0, 0, 1, 40, NULL, 0, false},
                                                {"b", 10, 60, 0, 0, 1, 40, NULL, 0, false}};
    struct aggregate aggregate = results_load("one", same, 2);
    struct grid grid;
    struct heat heat;
    struct err err;
    grid_init(&grid, &aggregate);
    assert_true(heat_init(&heat, &grid, &CHOSEN, &err));
    assert_int_equal(heat.y, -1);
    assert_int_equal(heat.rows, 1);
    struct text table = text_growing();
    heat_table(&heat, &table);
    assert_non_null(
        strstr(text_string(&table), "across min_spread_bps (changed nothing); all else"));
    text_finish(&table);
    heat_finish(&heat);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
    aggregate = results_load("none", same, 1);
    grid_init(&grid, &aggregate);
    assert_false(heat_init(&heat, &grid, &CHOSEN, &err));
    assert_string_equal(err.text, "no parameter varies in these results");
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_two_axes),
        cmocka_unit_test(takes_the_axes_it_is_given),
        cmocka_unit_test(maps_one_part_of_a_fold),
        cmocka_unit_test(makes_do_with_less),
    };
    return cmocka_run_group_tests_name("tune/heat", tests, rows_enter, rows_leave);
}
