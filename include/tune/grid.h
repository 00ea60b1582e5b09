#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "tune/aggregate.h"

/* grid: the rows of a ranking as points of the grid they were tried on.
 *
 * An axis is a parameter in which rows differ, failed ones too; its values ascend, and "not
 * set" stands behind them all. A sample of a grid has holes. */

enum { GRID_AXES_MAX = 32 };

struct grid_axis {
    const struct param *param;
    bool inert; /* no row ever traded otherwise for it */
    int32_t count;
    double *values;
};

struct grid {
    const struct aggregate *aggregate; /* borrowed */
    int axes_count;
    struct grid_axis axes[GRID_AXES_MAX];
    json_t *points; /* index of the row by what grid_find() is asked for */
};

void grid_init(struct grid *grid, const struct aggregate *aggregate);
void grid_finish(struct grid *grid); /* accepts zeroed */

/* -1: no axis. */
int grid_axis_of(const struct grid *grid, const struct param *param);
/* Where a value stands on an axis; -1: nowhere. */
int32_t grid_place(const struct grid_axis *axis, double value);
/* Where a row stands, one place an axis. */
void grid_places(const struct grid *grid, const struct row *row, int32_t places[GRID_AXES_MAX]);

/* The row at these places that has a PnL and may stand beside `like`: of the same data,
 * profile, PnL model and window. NULL: none. */
const struct row *grid_find(const struct grid *grid, const struct row *like,
                            const int32_t places[GRID_AXES_MAX]);
