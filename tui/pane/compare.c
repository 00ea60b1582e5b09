#include <math.h>
#include <string.h>

#include "tui/pane/results.h"

/* Two results side by side: their figures, the parameters that differ, both curves. */

enum { WHAT, LEFT, RIGHT };
enum { SIDE_COLS_MAX = 40 };
enum { CHART_ROWS_MIN = 4, CHART_ROWS_MAX = 14, CHART_SHARE = 3, WHAT_COLS = 20 };

static void add_text(struct table *table, const char *what, const char *left, const char *right)
{
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    table_set_foreign(&cells[WHAT], ROLE_DIM, what, TUNING_NAME_SIZE);
    table_set_foreign(&cells[LEFT], ROLE_NORMAL, left, TUNING_NAME_SIZE);
    table_set_foreign(&cells[RIGHT], ROLE_NORMAL, right, TUNING_NAME_SIZE);
}

static void add_number(struct table *table, const char *what, double left, double right,
                       int decimals, bool money)
{
    char text[UNITS_SIZE];
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    table_set(&cells[WHAT], ROLE_DIM, "%s", what);
    for (int side = LEFT; side <= RIGHT; side++) {
        const double value = side == LEFT ? left : right;
        table_set(&cells[side], money ? view_money_role(value) : ROLE_NORMAL, "%s",
                  money ? units_signed(text, value, decimals)
                        : units_number(text, value, decimals));
    }
}

static void add_figures(struct table *table, const struct ranking_run *a,
                        const struct ranking_run *b)
{
    add_number(table, "PnL USD", a->row.pnl_usd, b->row.pnl_usd, 2, true);
    add_number(table, "realised USD", a->row.realized_usd, b->row.realized_usd, 2, true);
    add_number(table, "open USD", a->row.unrealized_usd, b->row.unrealized_usd, 2, true);
    add_number(table, "drawdown %", a->row.drawdown_pct, b->row.drawdown_pct, 2, false);
    add_number(table, "trades closed", (double)a->row.closed, (double)b->row.closed, 0, false);
    add_number(table, "win %", a->row.win_rate * 100.0, b->row.win_rate * 100.0, 1, false);
    add_number(table, "bps", a->row.bps, b->row.bps, 2, true);
    add_number(table, "plateau USD", a->row.plateau_usd, b->row.plateau_usd, 2, true);
    add_number(table, "fees USD", a->fees_usd, b->fees_usd, 2, false);
    add_number(table, "fx USD", a->fx_usd, b->fx_usd, 2, true);
    add_number(table, "PSR", a->trust.psr, b->trust.psr, 2, false);
    add_number(table, "DSR", a->trust.dsr, b->trust.dsr, 2, false);
}

static const char *value_of(const struct ranking_run *run, const char *name)
{
    for (int i = 0; i < run->params_count; i++) {
        if (strcmp(run->params[i].name, name) == 0) {
            return run->params[i].value;
        }
    }
    return "-";
}

/* The parameters of both, those that differ. */
static int add_differences(struct table *table, const struct ranking_run *a,
                           const struct ranking_run *b)
{
    int found = 0;
    for (int i = 0; i < a->params_count; i++) {
        const char *other = value_of(b, a->params[i].name);
        if (strcmp(a->params[i].value, other) != 0) {
            add_text(table, a->params[i].name, a->params[i].value, other);
            found++;
        }
    }
    return found;
}

static bool are_of_one_kind(const struct ranking_run *a, const struct ranking_run *b)
{
    return strcmp(a->data_hash, b->data_hash) == 0 && strcmp(a->profile, b->profile) == 0 &&
           strcmp(a->pnl_model, b->pnl_model) == 0;
}

void pane_compare(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct ranking_result *result = browse_result(view->state, view->world);
    line_add(&panel->title, ROLE_TITLE, "COMPARE ");
    if (result == NULL || result->error[0] != '\0' || !result->has_other) {
        pane_add_wait(view, panel, area->cols, result != NULL ? result->error : NULL);
        return;
    }
    const struct ranking_run *a = &result->run, *b = &result->other;
    pane_add_name(&panel->title, ROLE_TITLE, area->cols / 2, result->session,
                  sizeof result->session);
    line_add(&panel->title, ROLE_TITLE, "  ");
    pane_add_read_age(view, &panel->title, result->read_mono_ns);
    line_add_hints(&panel->title, area->cols, "j k scroll  Esc back");
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    const int side = (area->cols - WHAT_COLS - 4) / 2;
    table_column(table, "", WHAT_COLS, false, 0);
    table_column(table, "", side < SIDE_COLS_MAX ? side : SIDE_COLS_MAX, true, 0);
    table_column(table, "", side < SIDE_COLS_MAX ? side : SIDE_COLS_MAX, true, 0);
    table->untitled = true;
    add_text(table, "job", a->row.job, b->row.job);
    add_text(table, "curve", "line *", "dots o");
    if (!are_of_one_kind(a, b)) {
        add_text(table, "DIFFERENT KINDS", "other data, profile", "or model: no contest");
        add_text(table, "profile", a->profile, b->profile);
        add_text(table, "data", a->data_hash, b->data_hash);
    }
    if (add_differences(table, a, b) == 0) {
        add_text(table, "parameters", "all the same", "all the same");
    }
    add_figures(table, a, b);
    const int last = table->rows_count - 1;
    table->selected = view->state->browse.scroll < last ? view->state->browse.scroll : last;
    if (a->has_equity || b->has_equity) {
        const int rows = area->rows / CHART_SHARE;
        struct shape *shape =
            panel_add(panel, SHAPE_CHART, rows > CHART_ROWS_MAX ? CHART_ROWS_MAX : rows);
        pane_add_curve(&shape->chart, a, "left", ROLE_UP, '*');
        pane_add_curve(&shape->chart, b, "right", ROLE_DOWN, 'o');
        shape->chart.series[shape->chart.series_count - 1].dotted = b->has_equity;
        shape->rows = rows < CHART_ROWS_MIN ? 0 : shape->rows;
        panel->shapes_count -= rows < CHART_ROWS_MIN ? 1 : 0;
    }
}
