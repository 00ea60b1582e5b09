#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/pane/results.h"

/* The ranking of a tuning session, and what its best is worth. */

enum { MARK, PLACE, JOB, PNL, REALIZED, OPEN_PNL, DRAWDOWN, WIN, TRADES, BPS, PLATEAU };
enum { FIXED_COLUMNS = PLATEAU + 1, PARAMS_MAX = SHAPE_COLUMNS_MAX - FIXED_COLUMNS };
enum { PARAM_COLS_MIN = 6, FIRST_PARAMS = 2, JOB_COLS_MIN = 9, JOB_COLS_MAX = 28 };
enum { PLACE_COLS_MIN = 4 };
enum { LONG_HINT_COLS_MIN = 120, NARROW_COLS = 84, HEAD_SHARE = 3, FULL_ROWS_MIN = 20 };

static void add_title(const struct view *view, const struct ranking *ranking, int cols,
                      struct panel *panel)
{
    struct line *title = &panel->title;
    line_add(title, ROLE_TITLE, "9 RESULTS ");
    if (ranking != NULL) {
        char order[UNITS_SIZE] = "";
        const char *verdict = ranking->trust.doubtful ? "  DOUBTFUL" : "";
        if (ranking->error[0] == '\0') {
            text_cut(order, sizeof order, "  by %s%s", ranking_sort_name(ranking->query.sort),
                     ranking->query.backwards ? ", backwards" : "");
        }
        const int others = line_width(title) + (int)(strlen(verdict) + strlen(order));
        pane_add_name(title, ROLE_TITLE, cols - TITLE_FRAME_COLS - others, ranking->session,
                      sizeof ranking->session);
        line_add(title, ROLE_MED, "%s", verdict);
        line_add(title, ROLE_TITLE, "%s", order);
    }
    line_add_hints(
        title, cols,
        cols >= LONG_HINT_COLS_MIN
            ? "Enter detail  o O sort  / filter  h map  v mark  = compare  e export  "
              "u use  < > session"
            : "Enter  o sort  / filter  h map  u use");
}

static void add_names(struct line *line, const char (*names)[TUNING_NAME_SIZE], int count)
{
    for (int i = 0; i < count; i++) {
        line_add(line, ROLE_NORMAL, "%s", i > 0 ? ", " : "");
        line_add_foreign(line, ROLE_NORMAL, names[i], TUNING_NAME_SIZE);
    }
}

static void add_count(struct lines *lines, int cols, enum role role, int64_t count,
                      const char *what)
{
    char text[UNITS_SIZE], number[UNITS_SIZE];
    text_cut(text, sizeof text, "%.24s %s", units_number(number, (double)count, 0), what);
    pane_add_item(lines, cols, "", role, text);
}

static void add_counts(const struct view *view, const struct ranking *ranking, int cols,
                       struct lines *lines)
{
    lines_add(lines);
    add_count(lines, cols, ROLE_NORMAL, ranking->total, "results");
    if (ranking->jobs > ranking->total) {
        char jobs[UNITS_SIZE], number[UNITS_SIZE];
        text_cut(jobs, sizeof jobs, "of %.24s jobs",
                 units_number(number, (double)ranking->jobs, 0));
        pane_add_item(lines, cols, "", ranking->running ? ROLE_NORMAL : ROLE_MED, jobs);
    }
    if (ranking->failed > 0) {
        add_count(lines, cols, ROLE_MED, ranking->failed, "failed");
    }
    if (ranking->stopped > 0) {
        add_count(lines, cols, ROLE_NORMAL, ranking->stopped, "stopped early");
    }
    if (ranking->running) {
        pane_add_item(lines, cols, "", ROLE_NORMAL, "more to come");
    }
    if (ranking->trust.trials > 0) {
        add_count(lines, cols, ROLE_NORMAL, ranking->trust.trials, "trials");
        add_count(lines, cols, ROLE_NORMAL, ranking->trust.distinct, "distinct");
    }
    char age[UNITS_SIZE];
    pane_add_item(lines, cols, "read", ROLE_DIM,
                  pane_read_age(age, view, ranking->read_mono_ns));
}

static void add_walk(const struct ranking *ranking, int cols, struct lines *lines)
{
    char text[UNITS_SIZE];
    const double out_usd = ranking->walk.out_usd;
    lines_add(lines);
    pane_add_item(lines, cols, "walk-forward, out of sample",
                  out_usd < 0.0 ? ROLE_MED : ROLE_NORMAL, units_signed(text, out_usd, 2));
    pane_add_item(lines, cols, "of the training's", ROLE_NORMAL,
                  units_number(text, ranking->walk.ratio, 2));
    text_cut(text, sizeof text, "%d of %d", (int)ranking->walk.lost, (int)ranking->walk.folds);
    pane_add_item(lines, cols, "folds lost", ranking->walk.lost > 0 ? ROLE_MED : ROLE_NORMAL,
                  text);
}

static void add_remarks(const struct ranking *ranking, int cols, struct lines *lines)
{
    if (ranking->walk.folds > 0) {
        add_walk(ranking, cols, lines);
    }
    if (ranking->mixed) {
        line_add(lines_add(lines), ROLE_MED,
                 "  MIXED: other data, profile or PnL model; each kind ranks apart");
    }
    if (strcmp(ranking->pnl_model, "spread") == 0) {
        line_add(lines_add(lines), ROLE_MED, "  booked by %s",
                 cols < NARROW_COLS
                     ? "spread, not legs: truth is in the detail"
                     : "the spread at the entry, not by four legs: what those earn "
                       "is in the detail");
    }
    if (ranking->apart_count > 0) {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_DIM, "  %d groups, ranked within equal ", (int)ranking->groups);
        add_names(line, ranking->apart, ranking->apart_count);
    }
    if (ranking->inert_count > 0) {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_MED, "  inert");
        line_add(line, ROLE_DIM, ", no job traded otherwise for it: ");
        add_names(line, ranking->inert, ranking->inert_count);
    }
}

static void add_filter(const struct view *view, const struct ranking *ranking,
                       struct lines *lines)
{
    const char *wanted = view->state->browse.filter;
    if (wanted[0] == '\0') {
        return;
    }
    struct line *line = lines_add(lines);
    line_add(line, ROLE_DIM, "  filter ");
    line_add_foreign(line, ROLE_STRONG, wanted, RANKING_FILTER_SIZE);
    if (strcmp(wanted, ranking->query.filter) != 0) {
        line_add(line, ROLE_DIM, ": asked");
    } else if (ranking->filter_error[0] != '\0') {
        line_add(line, ROLE_MED, " is left out: ");
        line_add_foreign(line, ROLE_MED, ranking->filter_error, sizeof ranking->filter_error);
    } else {
        line_add(line, ROLE_NORMAL, ": %lld of %lld", (long long)ranking->kept,
                 (long long)ranking->total);
    }
}

static int job_cols(const struct ranking *ranking)
{
    int cols = JOB_COLS_MIN;
    for (int i = 0; i < ranking->count; i++) {
        const int width = canvas_text_width(ranking->rows[i].job);
        cols = width > cols ? width : cols;
    }
    return cols < JOB_COLS_MAX ? cols : JOB_COLS_MAX;
}

static int param_cols(const struct ranking *ranking, int param, int cols)
{
    for (int i = 0; i < ranking->count; i++) {
        const int width = canvas_text_width(ranking->rows[i].params[param].value);
        cols = width > cols ? width : cols;
    }
    return cols;
}

static void add_columns(struct table *table, const struct ranking *ranking)
{
    table_column(table, "", 1, false, 0);
    char last[UNITS_SIZE];
    const int digits = snprintf(last, sizeof last, "%lld", (long long)ranking->total);
    const int place = digits > PLACE_COLS_MIN ? digits : PLACE_COLS_MIN;
    table_column(table, ranking->groups > 1 ? "grp.#" : "#",
                 ranking->groups > 1 ? place + 3 : place, true, 0);
    table_column(table, "job", job_cols(ranking), false, 0);
    table_column(table, "PnL USD", 10, true, 0);
    table_column(table, "realised", 10, true, 9);
    table_column(table, "open", 8, true, 10);
    table_column(table, "dd %", 6, true, 1);
    table_column(table, "win %", 5, true, 6);
    table_column(table, "trades", 6, true, 1);
    table_column(table, "bps", 6, true, 8);
    table_column(table, "plateau", 9, true, 3);
    const int params = ranking->count > 0 ? ranking->rows[0].params_count : 0;
    for (int i = 0; i < params && i < PARAMS_MAX; i++) {
        char title[UNITS_SIZE];
        pane_param_title(title, ranking->rows[0].params[i].name);
        const int cols = param_cols(ranking, i, canvas_text_width(title));
        const int most = SHAPE_LABEL_SIZE - 1;
        table_column(table, title,
                     cols < PARAM_COLS_MIN ? PARAM_COLS_MIN
                     : cols > most         ? most
                                           : cols,
                     true, i < FIRST_PARAMS ? 2 : 4);
    }
}

static void add_place(struct table_cell *cell, const struct ranking *ranking,
                      const struct ranking_row *row, enum role role)
{
    if (row->failed) {
        table_set(cell, ROLE_MED, "fail");
    } else if (row->stopped) {
        table_set(cell, ROLE_MED, "stop");
    } else if (row->place > 0 && ranking->groups > 1) {
        table_set(cell, role, "%d.%lld", (int)row->group, (long long)row->place);
    } else if (row->place > 0) {
        table_set(cell, role, "%lld", (long long)row->place);
    }
}

static void add_figures(struct table_cell *cells, const struct ranking_row *row, enum role role)
{
    char text[UNITS_SIZE];
    const bool few = row->closed < PANE_TRADES_MIN;
    table_set(&cells[PNL], view_money_role(row->pnl_usd), "%s",
              units_signed(text, row->pnl_usd, 2));
    table_set(&cells[REALIZED], role, "%s", units_signed(text, row->realized_usd, 2));
    table_set(&cells[OPEN_PNL], role, "%s", units_signed(text, row->unrealized_usd, 2));
    table_set(&cells[DRAWDOWN], role, "%s", units_number(text, row->drawdown_pct, 2));
    table_set(&cells[WIN], role, "%s", units_number(text, row->win_rate * 100.0, 1));
    table_set(&cells[TRADES], few ? ROLE_MED : role, "%s%lld", few ? "few " : "",
              (long long)row->closed);
    table_set(&cells[BPS], role, "%s", units_signed(text, row->bps, 1));
    table_set(&cells[PLATEAU], role, "%s", units_signed(text, row->plateau_usd, 2));
    for (int i = 0; i < row->params_count && i < PARAMS_MAX; i++) {
        table_set_foreign(&cells[FIXED_COLUMNS + i], role, row->params[i].value,
                          sizeof row->params[i].value);
    }
}

static void add_row(struct table *table, const struct view *view, const struct ranking *ranking,
                    const struct ranking_row *row)
{
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    const enum role role = row->stopped ? ROLE_DIM : ROLE_NORMAL;
    if (browse_is_marked(&view->state->browse, row->job)) {
        table_set(&cells[MARK], ROLE_STRONG, "*");
    }
    add_place(&cells[PLACE], ranking, row, role);
    table_set_foreign(&cells[JOB], role, row->job, sizeof row->job);
    if (row->failed) {
        table_set_foreign(&cells[PNL], ROLE_NORMAL, row->error, sizeof row->error);
        cells[PNL].flows = true;
    } else {
        add_figures(cells, row, role);
    }
}

/* What the columns had no room for. */
static void add_choice(const struct view *view, const struct ranking *ranking,
                       struct lines *lines)
{
    const int row = browse_selected(view->state, view->world);
    struct line *line = lines_add(lines);
    if (row < 0) {
        return;
    }
    const struct ranking_row *chosen = &ranking->rows[row];
    line_add(line, ROLE_DIM, "  ");
    line_add_foreign(line, ROLE_STRONG, chosen->job, sizeof chosen->job);
    for (int i = 0; i < chosen->params_count && line->count + 2 < SHAPE_SPANS_MAX; i++) {
        char title[UNITS_SIZE];
        line_add(line, ROLE_DIM, "  %s ", pane_param_title(title, chosen->params[i].name));
        line_add_foreign(line, ROLE_NORMAL, chosen->params[i].value,
                         sizeof chosen->params[i].value);
    }
    line_right(line);
    line_add(line, ROLE_DIM, "row %lld of %lld ", (long long)ranking->query.offset + row + 1,
             (long long)ranking->kept);
}

void pane_ranking(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct ranking *ranking = browse_ranking(view->state, view->world);
    add_title(view, ranking, area->cols, panel);
    if (ranking == NULL || ranking->error[0] != '\0') {
        pane_add_wait(view, panel, area->cols, ranking != NULL ? ranking->error : NULL);
        return;
    }
    struct shape *head = panel_add(panel, SHAPE_LINES, 0);
    add_counts(view, ranking, area->cols, &head->lines);
    add_filter(view, ranking, &head->lines);
    if (ranking->trust.trials > 0) {
        pane_add_trust(&head->lines, area->cols, &ranking->trust);
    }
    add_remarks(ranking, area->cols, &head->lines);
    /* With hardly a row the ranking comes first; that it is doubtful stands in the title. */
    const int most = area->rows < FULL_ROWS_MIN ? area->rows / HEAD_SHARE : head->lines.count;
    head->rows = head->lines.count < most ? head->lines.count : most > 0 ? most : 1;
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    add_columns(table, ranking);
    const int selected = browse_selected(view->state, view->world);
    const int first = table_first_row(selected);
    for (int i = first; i < ranking->count && i < first + SHAPE_ROWS_MAX; i++) {
        add_row(table, view, ranking, &ranking->rows[i]);
    }
    table->selected = selected - first;
    add_choice(view, ranking, &panel_add(panel, SHAPE_LINES, 1)->lines);
}
