#include "results.h"

#include "tune/plateau.h"

/* A peak in the middle of a cross, 128*(even+odd) USD each:
 *
 *     max_hold     60    600    off
 *     spread  5     -    256     -
 *            10   128   1280    512
 *            20     -    384     -
 */
static const struct results_given CROSS[] = {
    {"n", 5, 600, 1, 0, 2, 40, NULL, 0, false},
    {"w", 10, 60, 1, 0, 1, 40, NULL, 0, false},
    {"m", 10, 600, 1, 4, 6, 40, NULL, 0, false},
    {"o", 10, INFINITY, 1, 1, 3, 40, NULL, 0, false},
    {"s", 20, 600, 1, 1, 2, 40, NULL, 0, false},
};

static struct plateau of(const struct grid *grid, const char *job)
{
    return plateau_of(grid, results_row(grid->aggregate, job));
}

/* Goal: the median is of the neighbours alone: of 128, 256, 384, 512 it is 320. On an edge
 * there are fewer: the four corners are missing, and count as possible only. */
static void takes_the_median_of_the_neighbours(void **state)
{
    struct aggregate aggregate = results_load("cross", CROSS, LEN(CROSS));
    struct grid grid;
    grid_init(&grid, &aggregate);
    struct plateau plateau = of(&grid, "m");
    check_near(plateau.median_usd, 320, 1e-9);
    assert_int_equal(plateau.neighbours, 4);
    assert_int_equal(plateau.possible, 4);
    plateau = of(&grid, "w");
    check_near(plateau.median_usd, 1280, 1e-9);
    assert_int_equal(plateau.neighbours, 1);
    assert_int_equal(plateau.possible, 3);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

/* Goal: what is no choice of a strategy makes no neighbour, and neither does an axis that
 * changed no trade: the result beside itself is no plateau. */
static void leaves_other_axes_out(void **state)
{
    static const struct results_given given[] = {
        {"a", 5, 60, 0, 9, 9.5, 40, NULL, 0, false},
        {"b", 5, 60, 1, 4, 6, 40, NULL, 0, false},
        {"c", 5, 600, 1, 4, 6, 40, NULL, 0, false},
    };
    struct aggregate aggregate = results_load("other", given, LEN(given));
    struct grid grid;
    grid_init(&grid, &aggregate);
    assert_true(grid.axes[grid_axis_of(&grid, param_find("max_hold_s"))].inert);
    struct plateau plateau = of(&grid, "b");
    assert_true(isnan(plateau.median_usd));
    assert_int_equal(plateau.possible, 0);
    grid_finish(&grid);
    aggregate_finish(&aggregate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_median_of_the_neighbours),
        cmocka_unit_test(leaves_other_axes_out),
    };
    return cmocka_run_group_tests_name("tune/plateau", tests, rows_enter, rows_leave);
}
