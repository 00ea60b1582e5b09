#include "tune/plateau.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values, int32_t count)
{
    if (count == 0) {
        return NAN;
    }
    qsort(values, (size_t)count, sizeof *values, compare);
    return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct plateau plateau_of(const struct grid *grid, const struct row *row)
{
    struct plateau plateau = {0};
    int32_t places[GRID_AXES_MAX];
    double pnl_usd[2 * GRID_AXES_MAX];
    grid_places(grid, row, places);
    for (int i = 0; i < grid->axes_count; i++) {
        const struct grid_axis *axis = &grid->axes[i];
        const int32_t place = places[i];
        if (axis->inert || axis->param->role != PARAM_TUNABLE || place < 0) {
            continue;
        }
        for (int32_t step = -1; step <= 1; step += 2) {
            places[i] = place + step;
            if (places[i] < 0 || places[i] >= axis->count) {
                continue;
            }
            const struct row *neighbour = grid_find(grid, row, places);
            plateau.possible++;
            if (neighbour != NULL) {
                pnl_usd[plateau.neighbours++] = neighbour->pnl_usd;
            }
        }
        places[i] = place;
    }
    plateau.median_usd = median(pnl_usd, plateau.neighbours);
    return plateau;
}
