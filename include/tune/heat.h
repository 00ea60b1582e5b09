#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "run/json.h"
#include "tune/grid.h"

/* heat: what do two parameters earn together? A map over two axes of a grid.
 *
 * A cell is the one result at these two values; every further parameter is as the best result
 * has it, but for a third that is turned by hand. Nothing is averaged and no best of many is
 * taken, so a bright cell is a job that can be looked at. Of a walk-forward it is of one part
 * of one fold, that of the best. */

struct heat_query {
    const struct param *x, *y; /* NULL: chosen; tunables that changed something first */
    const struct param *third; /* NULL: chosen */
    int32_t third_place;       /* among the values of the third axis; -1: as the best has it */
};

struct heat {
    const struct grid *grid; /* borrowed */
    const struct row *best;  /* the first of the ranking */
    int x, y, third;         /* axes of the grid; -1: there is none */
    int32_t cols, rows;
    int32_t places[GRID_AXES_MAX]; /* of all that is held; the third among them */
    const struct row **cells;      /* row by row, owned; NULL: no result there */
};

/* ERR_INPUT: nothing varies, or a parameter that was asked for does not. */
bool heat_init(struct heat *heat, const struct grid *grid, const struct heat_query *query,
               struct err *err);
void heat_finish(struct heat *heat); /* accepts zeroed */
const struct row *heat_at(const struct heat *heat, int32_t col, int32_t row);

void heat_table(const struct heat *heat, struct text *out);
void heat_json(const struct heat *heat, struct text *out); /* the whole object */
