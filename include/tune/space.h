#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "tune/param.h"

/* space: which points of a grid of parameters does a session try?
 *
 * A point is a number: the axes are its digits, the last one varying fastest. Random and latin
 * sampling choose among the same points, so a sample can always be found again on the grid. */

enum { SPACE_AXES_MAX = 16, SPACE_DRAWN_MAX = 1000000 };

struct space_axis {
    const struct param *param;
    int32_t count; /* >= 1 */
    double *values;
};

struct space {
    int axes_count;
    struct space_axis axes[SPACE_AXES_MAX];
};

/* Takes a copy of the values. */
void space_add(struct space *space, const struct param *param, const double *values,
               int32_t count);
void space_finish(struct space *space); /* accepts zeroed */

/* How many points; -1 when beyond int64. 1 without axes. */
int64_t space_points(const struct space *space);
/* The values of a point, one an axis. */
void space_values(const struct space *space, int64_t point, double values[SPACE_AXES_MAX]);

enum space_sampler { SPACE_GRID, SPACE_RANDOM, SPACE_LATIN, SPACE_SAMPLER_LAST = SPACE_LATIN };
const char *space_sampler_name(enum space_sampler sampler); /* "grid", "random", "latin" */

struct space_drawing {
    enum space_sampler sampler;
    int64_t samples; /* of random and latin */
    uint64_t seed;
    int64_t points_max; /* the first so many; -1: all */
};

/* The points to try, in their order, on the heap (mem_free). Grid: every point in turn. Random:
 * different points, each as likely. Latin: every value of every axis as often as any other, one
 * more or less. */
bool space_draw(const struct space *space, const struct space_drawing *drawing,
                int64_t **points, int64_t *count, struct err *err);
