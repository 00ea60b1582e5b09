#include <math.h>
#include <string.h>

#include "base/text.h"
#include "desk_shelf.h"
#include "tune/heat.h"

/* Two axes of the grid as a map. */

/* A name that is none is an axis to be chosen. */
static const struct param *asked_axis(const struct desk_shelf *shelf, const char *name)
{
    const struct param *param = param_find(name);
    return param != NULL && grid_axis_of(&shelf->grid, param) >= 0 ? param : NULL;
}

static const char *name_of(const struct heat *heat, int axis)
{
    return axis >= 0 ? heat->grid->axes[axis].param->name : "";
}

static void set_value(const struct heat *heat, int axis, int32_t place,
                      char out[TUNING_NAME_SIZE])
{
    char value[PARAM_TEXT_SIZE];
    const struct grid_axis *along = &heat->grid->axes[axis];
    text_cut(out, TUNING_NAME_SIZE, "%s",
             param_text(along->param, along->values[place], value));
}

static void fill_axes(const struct heat *heat, struct ranking_heat *to)
{
    const struct grid *grid = heat->grid;
    struct text held = text_fixed(to->held, sizeof to->held);
    for (int i = 0; i < grid->axes_count; i++) {
        if (to->axes_count < TUNING_AXES_MAX) {
            text_cut(to->axes[to->axes_count++], TUNING_NAME_SIZE, "%s", name_of(heat, i));
        }
        if (i != heat->x && i != heat->y && i != heat->third && heat->places[i] >= 0) {
            char value[TUNING_NAME_SIZE];
            set_value(heat, i, heat->places[i], value);
            text_addf(&held, "%s%s %s", held.length > 0 ? "  " : "", name_of(heat, i), value);
        }
    }
    text_cut(to->x, sizeof to->x, "%s", name_of(heat, heat->x));
    text_cut(to->y, sizeof to->y, "%s", name_of(heat, heat->y));
    text_cut(to->third, sizeof to->third, "%s", name_of(heat, heat->third));
    to->x_inert = grid->axes[heat->x].inert;
    to->y_inert = heat->y >= 0 && grid->axes[heat->y].inert;
    if (heat->third >= 0) {
        to->thirds = grid->axes[heat->third].count;
        to->third_place = heat->places[heat->third];
        set_value(heat, heat->third, to->third_place, to->third_value);
    }
}

/* As much of it as a face can hold. */
static void fill_cells(const struct heat *heat, struct ranking_heat *to)
{
    to->cols = heat->cols < RANKING_HEAT_MAX ? heat->cols : RANKING_HEAT_MAX;
    to->rows = heat->rows < RANKING_HEAT_MAX ? heat->rows : RANKING_HEAT_MAX;
    to->cut = to->cols < heat->cols || to->rows < heat->rows;
    for (int32_t col = 0; col < to->cols; col++) {
        set_value(heat, heat->x, col, to->x_values[col]);
    }
    for (int32_t row = 0; row < to->rows; row++) {
        if (heat->y >= 0) {
            set_value(heat, heat->y, row, to->y_values[row]);
        }
        for (int32_t col = 0; col < to->cols; col++) {
            const struct row *at = heat_at(heat, col, row);
            to->pnl_usd[row][col] = at != NULL ? at->pnl_usd : NAN;
            to->stopped[row][col] = at != NULL && at->stopped;
            text_cut(to->jobs[row][col], RANKING_JOB_SIZE, "%s", at != NULL ? at->job_id : "");
        }
    }
}

void desk_answer_heat(struct desk_work *work, const struct desk_query *query, void *out)
{
    struct ranking_heat *to = out;
    struct desk_shelf *shelf = work->shelf;
    const struct ranking_query *ranking = &query->ranking;
    struct err err = {.kind = ERR_NONE};
    struct heat heat;
    to->query = *ranking;
    if (!desk_shelf_take(work, ranking->session, &err)) {
        text_cut(to->error, sizeof to->error, "%s", err.text);
        return;
    }
    text_cut(to->session, sizeof to->session, "%s", shelf->name);
    to->read_wall_ns = shelf->read_wall_ns;
    to->read_mono_ns = shelf->read_mono_ns;
    const struct heat_query wanted = {.x = asked_axis(shelf, ranking->x),
                                      .y = asked_axis(shelf, ranking->y),
                                      .third_place = ranking->third - 1};
    if (!heat_init(&heat, &shelf->grid, &wanted, &err)) {
        text_cut(to->error, sizeof to->error, "%s", err.text);
        return;
    }
    fill_axes(&heat, to);
    fill_cells(&heat, to);
    heat_finish(&heat);
}
