#include "tune/heat.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"

enum { SHOWN_SIZE = 128 };

static bool asked_for(const struct grid *grid, const struct param *param, int *axis,
                      struct err *err)
{
    *axis = param != NULL ? grid_axis_of(grid, param) : -1;
    return param == NULL || *axis >= 0 ||
           err_set(err, ERR_INPUT, "'%s' does not vary in these results", param->name);
}

/* 0 is the best choice of an axis to look at. */
static int dullness(const struct grid_axis *axis)
{
    return (axis->param->role == PARAM_TUNABLE ? 0 : 2) + (axis->inert ? 1 : 0);
}

/* The most telling axis that is not taken; -1: none is left. */
static int choose(const struct heat *heat)
{
    int best = -1;
    for (int i = 0; i < heat->grid->axes_count; i++) {
        const bool taken = i == heat->x || i == heat->y || i == heat->third;
        if (!taken &&
            (best < 0 || dullness(&heat->grid->axes[i]) < dullness(&heat->grid->axes[best]))) {
            best = i;
        }
    }
    return best;
}

static bool settle_axes(struct heat *heat, const struct heat_query *query, struct err *err)
{
    if (!asked_for(heat->grid, query->x, &heat->x, err) ||
        !asked_for(heat->grid, query->y, &heat->y, err) ||
        !asked_for(heat->grid, query->third, &heat->third, err)) {
        return false;
    }
    if (heat->x >= 0 && (heat->x == heat->y || heat->x == heat->third)) {
        return err_set(err, ERR_INPUT, "'%s' is asked for twice", query->x->name);
    }
    if (heat->y >= 0 && heat->y == heat->third) {
        return err_set(err, ERR_INPUT, "'%s' is asked for twice", query->y->name);
    }
    heat->x = heat->x >= 0 ? heat->x : choose(heat);
    heat->y = heat->y >= 0 ? heat->y : choose(heat);
    heat->third = heat->third >= 0 ? heat->third : choose(heat);
    return heat->x >= 0 || err_set(err, ERR_INPUT, "no parameter varies in these results");
}

static void fill_cells(struct heat *heat)
{
    int32_t places[GRID_AXES_MAX];
    memcpy(places, heat->places, sizeof places);
    heat->cells = mem_array((size_t)heat->cols * (size_t)heat->rows, sizeof *heat->cells);
    for (int32_t row = 0; row < heat->rows; row++) {
        for (int32_t col = 0; col < heat->cols; col++) {
            places[heat->x] = col;
            if (heat->y >= 0) {
                places[heat->y] = row;
            }
            heat->cells[row * heat->cols + col] = grid_find(heat->grid, heat->best, places);
        }
    }
}

bool heat_init(struct heat *heat, const struct grid *grid, const struct heat_query *query,
               struct err *err)
{
    struct heat made = {.grid = grid, .x = -1, .y = -1, .third = -1};
    if (grid->aggregate->success == 0) {
        return err_set(err, ERR_INPUT, "no job of this folder ended well");
    }
    made.best = &grid->aggregate->rows[0];
    if (!settle_axes(&made, query, err)) {
        return false;
    }
    grid_places(grid, made.best, made.places);
    if (made.third >= 0 && query->third_place >= 0) {
        const int32_t last = grid->axes[made.third].count - 1;
        made.places[made.third] = query->third_place < last ? query->third_place : last;
    }
    made.cols = grid->axes[made.x].count;
    made.rows = made.y >= 0 ? grid->axes[made.y].count : 1;
    fill_cells(&made);
    *heat = made;
    return true;
}

void heat_finish(struct heat *heat)
{
    mem_free(heat->cells);
    *heat = (struct heat){0};
}

const struct row *heat_at(const struct heat *heat, int32_t col, int32_t row)
{
    assert(col >= 0 && col < heat->cols && row >= 0 && row < heat->rows);
    return heat->cells[row * heat->cols + col];
}

static const char *value_text(const struct heat *heat, int axis, int32_t place,
                              char buffer[PARAM_TEXT_SIZE])
{
    const struct grid_axis *along = &heat->grid->axes[axis];
    return param_text(along->param, along->values[place], buffer);
}

static void add_axis_name(const struct heat *heat, const char *what, int axis, struct text *out)
{
    const struct grid_axis *along = &heat->grid->axes[axis];
    text_addf(out, "%s %s%s", what, along->param->name,
              along->inert ? " (changed nothing)" : "");
}

static void add_heading(const struct heat *heat, struct text *out)
{
    char shown[SHOWN_SIZE];
    char value[PARAM_TEXT_SIZE];
    text_add(out, "PnL in USD");
    if (heat->best->window.fold > 0) {
        text_addf(out, " of fold %" PRId32 ", %s", heat->best->window.fold,
                  result_part_name(&heat->best->window));
    }
    text_add(out, "; ");
    add_axis_name(heat, "across", heat->x, out);
    if (heat->y >= 0) {
        add_axis_name(heat, ", down", heat->y, out);
    }
    if (heat->third >= 0) {
        add_axis_name(heat, "; at", heat->third, out);
        text_addf(out, " %s", value_text(heat, heat->third, heat->places[heat->third], value));
    }
    text_addf(out, "; all else as in %s\n",
              safe_text(shown, sizeof shown, heat->best->job_id, strlen(heat->best->job_id)));
}

static void add_cell(const struct heat *heat, const struct row *row, struct text *out)
{
    char cell[SHOWN_SIZE];
    if (row == NULL) {
        snprintf(cell, sizeof cell, "-");
    } else {
        snprintf(cell, sizeof cell, "%s%+.2f%s", row == heat->best ? "*" : "", row->pnl_usd,
                 row->stopped ? "s" : "");
    }
    text_addf(out, " %11s", cell);
}

void heat_table(const struct heat *heat, struct text *out)
{
    char value[PARAM_TEXT_SIZE];
    bool any_stopped = false;
    bool any_missing = false;
    add_heading(heat, out);
    text_addf(out, "%11s", "");
    for (int32_t col = 0; col < heat->cols; col++) {
        text_addf(out, " %11s", value_text(heat, heat->x, col, value));
    }
    text_add_char(out, '\n');
    for (int32_t row = 0; row < heat->rows; row++) {
        text_addf(out, "%11s", heat->y >= 0 ? value_text(heat, heat->y, row, value) : "");
        for (int32_t col = 0; col < heat->cols; col++) {
            const struct row *cell = heat_at(heat, col, row);
            any_missing = any_missing || cell == NULL;
            any_stopped = any_stopped || (cell != NULL && cell->stopped);
            add_cell(heat, cell, out);
        }
        text_add_char(out, '\n');
    }
    text_addf(out, "* the best of the ranking%s%s\n", any_missing ? "; - no result" : "",
              any_stopped ? "; s stopped early" : "");
}

static void add_axis(const struct heat *heat, const char *key, int axis, struct json *json)
{
    if (axis < 0) {
        json_add_null(json, key);
        return;
    }
    const struct grid_axis *along = &heat->grid->axes[axis];
    json_open_object(json, key);
    json_add_string(json, "name", along->param->name);
    json_add_bool(json, "inert", along->inert);
    json_open_array(json, "values");
    for (int32_t i = 0; i < along->count; i++) {
        json_add_number(json, NULL, along->values[i]);
    }
    json_close_array(json);
    json_close_object(json);
}

static void add_cells(const struct heat *heat, struct json *json)
{
    json_open_array(json, "rows");
    for (int32_t row = 0; row < heat->rows; row++) {
        json_open_array(json, NULL);
        for (int32_t col = 0; col < heat->cols; col++) {
            const struct row *cell = heat_at(heat, col, row);
            if (cell == NULL) {
                json_add_null(json, NULL);
                continue;
            }
            json_open_object(json, NULL);
            json_add_string(json, "job_id", cell->job_id);
            json_add_number(json, "pnl_usd", cell->pnl_usd);
            json_add_bool(json, "stopped", cell->stopped);
            json_close_object(json);
        }
        json_close_array(json);
    }
    json_close_array(json);
}

void heat_json(const struct heat *heat, struct text *out)
{
    struct json json;
    json_begin(&json, out);
    json_open_object(&json, NULL);
    json_add_string(&json, "best_job", heat->best->job_id);
    result_window_json(&heat->best->window, &json);
    add_axis(heat, "x", heat->x, &json);
    add_axis(heat, "y", heat->y, &json);
    add_axis(heat, "third", heat->third, &json);
    if (heat->third >= 0) {
        const struct grid_axis *third = &heat->grid->axes[heat->third];
        json_add_number(&json, "third_value", third->values[heat->places[heat->third]]);
    }
    add_cells(heat, &json);
    json_close_object(&json);
}
