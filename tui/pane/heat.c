#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/pane/results.h"

/* PnL over two axes of the grid, and what stands under the cursor. */

enum { ENDS_ROWS_MIN = 14 }; /* with fewer rows the worst cell is not told */

static void add_axis(struct line *line, const char *what, const char *name, bool inert)
{
    line_add(line, ROLE_DIM, "%s ", what);
    line_add_foreign(line, inert ? ROLE_DIM : ROLE_NORMAL, name, TUNING_NAME_SIZE);
    if (inert) {
        line_add(line, ROLE_MED, " (inert)");
    }
    line_add(line, ROLE_NORMAL, "  ");
}

static void add_axes(const struct ranking_heat *heat, struct lines *lines)
{
    struct line *line = lines_add(lines);
    add_axis(line, "  PnL USD  down", heat->y, heat->y_inert);
    add_axis(line, "across", heat->x, heat->x_inert);
    if (heat->thirds > 0) {
        line = lines_add(lines);
        line_add(line, ROLE_DIM, "  third ");
        line_add_foreign(line, ROLE_NORMAL, heat->third, sizeof heat->third);
        line_add(line, ROLE_NORMAL, " ");
        line_add_foreign(line, ROLE_STRONG, heat->third_value, sizeof heat->third_value);
        line_add(line, ROLE_DIM, ", %d of %d", (int)heat->third_place + 1, (int)heat->thirds);
    }
    if (heat->cut) {
        line_add(lines_add(lines), ROLE_MED, "  of longer axes the first %d values",
                 RANKING_HEAT_MAX);
    }
    if (heat->held[0] != '\0') {
        line = lines_add(lines);
        line_add(line, ROLE_DIM, "  held at ");
        line_add_foreign(line, ROLE_NORMAL, heat->held, sizeof heat->held);
    }
}

/* What was stopped early earned that in a part of the time only: no shade, no best. */
static bool is_finished(const struct ranking_heat *heat, int row, int col)
{
    return isfinite(heat->pnl_usd[row][col]) && !heat->stopped[row][col];
}

static void fill(const struct ranking_heat *from, const struct browse *browse, struct heat *to)
{
    to->cols = from->cols;
    to->rows = from->rows;
    to->col = browse->col < from->cols ? browse->col : from->cols - 1;
    to->row = browse->row < from->rows ? browse->row : from->rows - 1;
    text_cut(to->corner, sizeof to->corner, "\u2193 down  \u2192 across");
    for (int i = 0; i < from->cols; i++) {
        safe_text(to->x_labels[i], sizeof to->x_labels[i], from->x_values[i],
                  strnlen(from->x_values[i], TUNING_NAME_SIZE));
    }
    for (int row = 0; row < from->rows; row++) {
        safe_text(to->y_labels[row], sizeof to->y_labels[row], from->y_values[row],
                  strnlen(from->y_values[row], TUNING_NAME_SIZE));
        for (int col = 0; col < from->cols; col++) {
            to->values[row][col] = is_finished(from, row, col) ? from->pnl_usd[row][col] : NAN;
        }
    }
}

static void add_place(const struct ranking_heat *heat, int row, int col, const char *what,
                      struct lines *lines)
{
    char text[UNITS_SIZE];
    struct line *line = lines_add(lines);
    line_add(line, ROLE_DIM, "  %s ", what);
    line_add_foreign(line, ROLE_NORMAL, heat->y_values[row], sizeof heat->y_values[row]);
    line_add(line, ROLE_DIM, " / ");
    line_add_foreign(line, ROLE_NORMAL, heat->x_values[col], sizeof heat->x_values[col]);
    const double pnl_usd = heat->pnl_usd[row][col];
    if (!isfinite(pnl_usd)) {
        line_add(line, ROLE_DIM, "   no result there");
        return;
    }
    line_add(line, view_money_role(pnl_usd), "   %s USD  ", units_signed(text, pnl_usd, 2));
    line_add(line, ROLE_MED, "%s", heat->stopped[row][col] ? "stopped early  " : "");
    line_add_foreign(line, ROLE_STRONG, heat->jobs[row][col], sizeof heat->jobs[row][col]);
}

/* Both ends of the shades; they are of this map alone, another third has others. */
static void add_places(const struct ranking_heat *heat, const struct heat *map,
                       struct lines *lines)
{
    int best = -1, worst = -1;
    for (int i = 0; i < heat->rows * heat->cols; i++) {
        const int row = i / heat->cols, col = i % heat->cols;
        const double pnl_usd = heat->pnl_usd[row][col];
        if (!is_finished(heat, row, col)) {
            continue;
        }
        if (best < 0 || pnl_usd > heat->pnl_usd[best / heat->cols][best % heat->cols]) {
            best = i;
        }
        if (worst < 0 || pnl_usd < heat->pnl_usd[worst / heat->cols][worst % heat->cols]) {
            worst = i;
        }
    }
    add_place(heat, map->row, map->col, "cursor", lines);
    if (best >= 0) {
        add_place(heat, best / heat->cols, best % heat->cols, "best  ", lines);
        add_place(heat, worst / heat->cols, worst % heat->cols, "worst ", lines);
    }
}

void pane_heat(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct ranking_heat *heat = browse_heat(view->state, view->world);
    line_add(&panel->title, ROLE_TITLE, "MAP ");
    if (heat != NULL) {
        pane_add_name(&panel->title, ROLE_TITLE, area->cols / 2, heat->session,
                      sizeof heat->session);
        line_add(&panel->title, ROLE_TITLE, "  ");
        pane_add_read_age(view, &panel->title, heat->read_mono_ns);
    }
    line_add_hints(&panel->title, area->cols, "hjkl  Tab axes  t T third  Enter job  Esc back");
    if (heat == NULL || heat->error[0] != '\0') {
        pane_add_wait(view, panel, area->cols, heat != NULL ? heat->error : NULL);
        return;
    }
    struct shape *head = panel_add(panel, SHAPE_LINES, 0);
    add_axes(heat, &head->lines);
    head->rows = head->lines.count;
    struct heat *map = &panel_add(panel, SHAPE_HEAT, 0)->heat;
    fill(heat, &view->state->browse, map);
    struct shape *places = panel_add(panel, SHAPE_LINES, 0);
    add_places(heat, map, &places->lines);
    places->rows =
        places->lines.count - (area->rows < ENDS_ROWS_MIN && places->lines.count > 1);
}
