#include "tune/grid.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* What is not set stands last. */
static int compare_values(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    if (isnan(a) || isnan(b)) {
        return isnan(a) - isnan(b);
    }
    return (a > b) - (a < b);
}

/* The different values the rows have; an error row without a configuration has none. */
static void collect_values(const struct aggregate *aggregate, struct grid_axis *axis)
{
    double *values = mem_array((size_t)aggregate->total + 1, sizeof *values);
    int64_t count = 0;
    for (int64_t i = 0; i < aggregate->total; i++) {
        if (row_has_param(&aggregate->rows[i], axis->param->name)) {
            values[count++] = row_param(&aggregate->rows[i], axis->param->name);
        }
    }
    qsort(values, (size_t)count, sizeof *values, compare_values);
    axis->count = 0;
    for (int64_t i = 0; i < count; i++) {
        if (axis->count == 0 || compare_values(&values[axis->count - 1], &values[i]) != 0) {
            values[axis->count++] = values[i];
        }
    }
    axis->values = values;
}

static void name_point(const struct row *row, const int32_t *places, int count,
                       struct text *out)
{
    text_clear(out);
    text_addf(out, "%" PRId32 " %d %" PRId64, row->window.fold, row->window.is_test,
              row->window.from_ns);
    for (int i = 0; i < count; i++) {
        text_addf(out, " %" PRId32, places[i]);
    }
    text_addf(out, " %s %s %s", row->data_hash, row->profile, row->pnl_model);
}

static void add_points(struct grid *grid)
{
    const struct aggregate *aggregate = grid->aggregate;
    struct text name = text_growing();
    grid->points = json_object();
    for (int64_t i = 0; i < aggregate->success + aggregate->stopped; i++) {
        int32_t places[GRID_AXES_MAX];
        grid_places(grid, &aggregate->rows[i], places);
        name_point(&aggregate->rows[i], places, grid->axes_count, &name);
        if (json_object_get(grid->points, text_string(&name)) == NULL) {
            json_object_set_new(grid->points, text_string(&name), json_integer(i));
        }
    }
    text_finish(&name);
}

void grid_init(struct grid *grid, const struct aggregate *aggregate)
{
    *grid = (struct grid){.aggregate = aggregate};
    for (size_t i = 0; i < param_count(); i++) {
        struct grid_axis axis = {.param = param_at(i)};
        collect_values(aggregate, &axis);
        if (axis.count < 2) {
            mem_free(axis.values);
            continue;
        }
        axis.inert = aggregate_is_inert(aggregate, axis.param);
        assert(grid->axes_count < GRID_AXES_MAX);
        grid->axes[grid->axes_count++] = axis;
    }
    add_points(grid);
}

void grid_finish(struct grid *grid)
{
    for (int i = 0; i < grid->axes_count; i++) {
        mem_free(grid->axes[i].values);
    }
    json_decref(grid->points);
    *grid = (struct grid){0};
}

int grid_axis_of(const struct grid *grid, const struct param *param)
{
    for (int i = 0; i < grid->axes_count; i++) {
        if (grid->axes[i].param == param) {
            return i;
        }
    }
    return -1;
}

int32_t grid_place(const struct grid_axis *axis, double value)
{
    const double *found =
        bsearch(&value, axis->values, (size_t)axis->count, sizeof value, compare_values);
    return found != NULL ? (int32_t)(found - axis->values) : -1;
}

void grid_places(const struct grid *grid, const struct row *row, int32_t places[GRID_AXES_MAX])
{
    for (int i = 0; i < grid->axes_count; i++) {
        const struct grid_axis *axis = &grid->axes[i];
        places[i] = grid_place(axis, row_param(row, axis->param->name));
    }
}

const struct row *grid_find(const struct grid *grid, const struct row *like,
                            const int32_t places[GRID_AXES_MAX])
{
    struct text name = text_growing();
    name_point(like, places, grid->axes_count, &name);
    const json_t *found = json_object_get(grid->points, text_string(&name));
    text_finish(&name);
    return found != NULL ? &grid->aggregate->rows[json_integer_value(found)] : NULL;
}
