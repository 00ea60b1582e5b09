#include "tune/space.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

static const char *const SAMPLER_NAMES[] = {
    [SPACE_GRID] = "grid",
    [SPACE_RANDOM] = "random",
    [SPACE_LATIN] = "latin",
};

const char *space_sampler_name(enum space_sampler sampler)
{
    assert((int)sampler >= 0 && sampler <= SPACE_SAMPLER_LAST);
    return SAMPLER_NAMES[sampler];
}

void space_add(struct space *space, const struct param *param, const double *values,
               int32_t count)
{
    assert(space->axes_count < SPACE_AXES_MAX && count >= 1);
    struct space_axis *axis = &space->axes[space->axes_count++];
    axis->param = param;
    axis->count = count;
    axis->values = mem_array((size_t)count, sizeof *values);
    memcpy(axis->values, values, (size_t)count * sizeof *values);
}

void space_finish(struct space *space)
{
    for (int i = 0; i < space->axes_count; i++) {
        mem_free(space->axes[i].values);
    }
    *space = (struct space){0};
}

int64_t space_points(const struct space *space)
{
    int64_t points = 1;
    for (int i = 0; i < space->axes_count; i++) {
        if (__builtin_mul_overflow(points, (int64_t)space->axes[i].count, &points)) {
            return -1;
        }
    }
    return points;
}

void space_values(const struct space *space, int64_t point, double values[SPACE_AXES_MAX])
{
    for (int i = space->axes_count - 1; i >= 0; i--) {
        const struct space_axis *axis = &space->axes[i];
        values[i] = axis->values[point % axis->count];
        point /= axis->count;
    }
}

static void draw_grid(int64_t *points, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        points[i] = i;
    }
}

/* Puts a point into an open table of `slots` (a power of two, twice what it will hold); false
 * when it is there already. Empty is -1. */
static bool remember(int64_t *table, int64_t slots, int64_t point)
{
    uint64_t at = (uint64_t)point * UINT64_C(0x9e3779b97f4a7c15);
    for (at >>= 20;; at++) {
        int64_t *slot = &table[at & (uint64_t)(slots - 1)];
        if (*slot == point) {
            return false;
        }
        if (*slot < 0) {
            *slot = point;
            return true;
        }
    }
}

static void draw_random(const struct space *space, uint64_t seed, int64_t *points,
                        int64_t count)
{
    const uint64_t all = (uint64_t)space_points(space);
    int64_t slots = 2;
    while (slots < 2 * count) {
        slots *= 2;
    }
    int64_t *seen = mem_array((size_t)slots, sizeof *seen);
    for (int64_t i = 0; i < slots; i++) {
        seen[i] = -1;
    }
    struct rng rng;
    rng_seed(&rng, seed, rng_salt("random"));
    for (int64_t i = 0; i < count;) {
        points[i] = (int64_t)rng_below(&rng, all);
        i += remember(seen, slots, points[i]);
    }
    mem_free(seen);
}

/* Each axis is shuffled by a stream of its own: a new axis leaves the others where they were.
 */
static void draw_latin(const struct space *space, uint64_t seed, int64_t *points, int64_t count)
{
    int64_t *order = mem_array((size_t)count, sizeof *order);
    memset(points, 0, (size_t)count * sizeof *points);
    for (int axis = 0; axis < space->axes_count; axis++) {
        const int64_t values = space->axes[axis].count;
        struct rng rng;
        rng_seed(&rng, seed, rng_salt(space->axes[axis].param->name));
        draw_grid(order, count);
        for (int64_t i = count - 1; i > 0; i--) {
            const int64_t other = (int64_t)rng_below(&rng, (uint64_t)i + 1);
            const int64_t kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        for (int64_t i = 0; i < count; i++) {
            points[i] = points[i] * values + order[i] * values / count;
        }
    }
    mem_free(order);
}

/* How many points are asked for, before points_max cuts them. */
static bool count_drawn(const struct space *space, const struct space_drawing *drawing,
                        int64_t *count, struct err *err)
{
    const int64_t all = space_points(space);
    if (all < 0) {
        return err_set(err, ERR_INPUT, "the grids have more points than can be counted");
    }
    *count = drawing->sampler == SPACE_GRID ? all : drawing->samples;
    if (drawing->sampler == SPACE_RANDOM && *count > all) {
        return err_set(err, ERR_INPUT,
                       "samples: %" PRId64 " are more than the %" PRId64 " points of the grids",
                       *count, all);
    }
    return true;
}

bool space_draw(const struct space *space, const struct space_drawing *drawing,
                int64_t **points, int64_t *count, struct err *err)
{
    int64_t drawn = 0;
    if (!count_drawn(space, drawing, &drawn, err)) {
        return false;
    }
    const bool cut = drawing->points_max >= 0 && drawing->points_max < drawn;
    const int64_t kept = cut ? drawing->points_max : drawn;
    /* A grid need not be made whole to be cut; a sample must, or it would be another one. */
    const int64_t made = drawing->sampler == SPACE_GRID ? kept : drawn;
    if (made > SPACE_DRAWN_MAX) {
        return err_set(err, ERR_INPUT,
                       "%" PRId64 " jobs are more than %d; set max_jobs or draw samples", made,
                       SPACE_DRAWN_MAX);
    }
    int64_t *drawn_points = mem_array((size_t)made + 1, sizeof *drawn_points);
    switch (drawing->sampler) {
    case SPACE_GRID:
        draw_grid(drawn_points, made);
        break;
    case SPACE_RANDOM:
        draw_random(space, drawing->seed, drawn_points, made);
        break;
    case SPACE_LATIN:
        draw_latin(space, drawing->seed, drawn_points, made);
        break;
    }
    *points = drawn_points;
    *count = kept;
    return true;
}
