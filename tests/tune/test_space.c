#include "support/check.h"

#include "base/mem.h"
#include "tune/space.h"

static struct space make(int32_t first, int32_t second)
{
    double values[4096];
    struct space space = {0};
    for (int i = 0; i < 4096; i++) {
        values[i] = i * 10;
    }
    space_add(&space, param_find("min_spread_bps"), values, first);
    if (second > 0) {
        space_add(&space, param_find("max_hold_s"), values, second);
    }
    return space;
}

static int64_t *draw(const struct space *space, struct space_drawing drawing, int64_t expected)
{
    struct err err;
    int64_t *points;
    int64_t count;
    assert_true(space_draw(space, &drawing, &points, &count, &err));
    assert_int_equal(count, expected);
    return points;
}

/* Goal: case 47: the last axis varies fastest. */
static void counts_like_a_clock(void **state)
{
    const double a[] = {20, 30};
    const double b[] = {3, 5, 7};
    static const double expected[][2] = {{20, 3}, {20, 5}, {20, 7}, {30, 3}, {30, 5}, {30, 7}};
    struct space space = {0};
    space_add(&space, param_find("min_spread_bps"), a, 2);
    space_add(&space, param_find("slippage_bps"), b, 3);
    int64_t *points = draw(&space, (struct space_drawing){.points_max = -1}, 6);
    for (size_t i = 0; i < LEN(expected); i++) {
        double values[SPACE_AXES_MAX];
        space_values(&space, points[i], values);
        assert_true(values[0] == expected[i][0] && values[1] == expected[i][1]);
    }
    mem_free(points);
    space_finish(&space);
}

/* Goal: no axis is one point; 4096^5 are 2^60 points, one axis more is past counting. */
static void counts_without_overflow(void **state)
{
    struct err err;
    struct space space = {0};
    int64_t *points;
    int64_t count;
    assert_int_equal(space_points(&space), 1);
    for (int i = 0; i < 6; i++) {
        struct space axis = make(4096, 0);
        space_add(&space, param_at((size_t)i), axis.axes[0].values, 4096);
        space_finish(&axis);
        assert_int_equal(space_points(&space),
                         i < 5 ? INT64_C(1) << (12 * (i + 1)) : INT64_C(-1));
    }
    const struct space_drawing all = {.points_max = 10};
    assert_false(space_draw(&space, &all, &points, &count, &err));
    assert_non_null(strstr(err.text, "more points than can be counted"));
    space_finish(&space);
}

/* Goal: a grid is cut at max_jobs, 0 included, before it is made; too many jobs are refused. */
static void cuts_a_grid(void **state)
{
    struct err err;
    struct space space = make(4096, 4096);
    int64_t *points;
    int64_t count;
    const struct space_drawing whole = {.points_max = -1};
    assert_false(space_draw(&space, &whole, &points, &count, &err));
    assert_string_equal(err.text,
                        "16777216 jobs are more than 1000000; set max_jobs or draw samples");
    points = draw(&space, (struct space_drawing){.points_max = 3}, 3);
    assert_int_equal(points[2], 2);
    mem_free(points);
    mem_free(draw(&space, (struct space_drawing){.points_max = 0}, 0));
    space_finish(&space);
}

/* Goal: a random sample has no point twice, up to every point there is; the seed decides. */
static void draws_different_points(void **state)
{
    struct space space = make(6, 7);
    struct space_drawing drawing = {SPACE_RANDOM, 42, 1, -1};
    bool seen[42] = {false};
    int64_t *points = draw(&space, drawing, 42);
    for (int i = 0; i < 42; i++) {
        assert_in_range(points[i], 0, 41);
        assert_false(seen[points[i]]);
        seen[points[i]] = true;
    }
    int64_t *again = draw(&space, drawing, 42);
    assert_memory_equal(points, again, 42 * sizeof *points);
    drawing.seed = 2;
    int64_t *other = draw(&space, drawing, 42);
    assert_memory_not_equal(points, other, 42 * sizeof *points);
    /* A cut sample is the beginning of the whole one. */
    drawing = (struct space_drawing){SPACE_RANDOM, 42, 1, 5};
    int64_t *cut = draw(&space, drawing, 5);
    assert_memory_equal(points, cut, 5 * sizeof *points);
    mem_free(cut);
    mem_free(other);
    mem_free(again);
    mem_free(points);

    struct err err;
    int64_t count;
    drawing = (struct space_drawing){SPACE_RANDOM, 43, 1, -1};
    assert_false(space_draw(&space, &drawing, &points, &count, &err));
    assert_string_equal(err.text, "samples: 43 are more than the 42 points of the grids");
    space_finish(&space);
}

/* Goal: 12 latin samples of a 4 x 3 grid use each value of the first axis 3 times, of the
 * second 4 times; 7 samples use each of 4 values once or twice. */
static void spreads_latin_samples_evenly(void **state)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct space space = make(4, 3);
        int first[4] = {0};
        int second[3] = {0};
        int64_t *points = draw(&space, (struct space_drawing){SPACE_LATIN, 12, seed, -1}, 12);
        for (int i = 0; i < 12; i++) {
            double values[SPACE_AXES_MAX];
            space_values(&space, points[i], values);
            first[(int)values[0] / 10]++;
            second[(int)values[1] / 10]++;
        }
        for (int i = 0; i < 4; i++) {
            assert_int_equal(first[i], 3);
            assert_true(i == 3 || second[i] == 4);
        }
        mem_free(points);
        points = draw(&space, (struct space_drawing){SPACE_LATIN, 7, seed, -1}, 7);
        memset(first, 0, sizeof first);
        for (int i = 0; i < 7; i++) {
            first[points[i] / 3]++;
        }
        for (int i = 0; i < 4; i++) {
            assert_in_range(first[i], 1, 2);
        }
        mem_free(points);
        space_finish(&space);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_like_a_clock),
        cmocka_unit_test(counts_without_overflow),
        cmocka_unit_test(cuts_a_grid),
        cmocka_unit_test(draws_different_points),
        cmocka_unit_test(spreads_latin_samples_evenly),
    };
    return cmocka_run_group_tests_name("tune/space", tests, NULL, NULL);
}
