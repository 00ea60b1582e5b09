#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/form.h"
#include "tui/pane/results.h"

/* A tuning session about to be launched: its file, its jobs, and what can be changed. */

enum { WHAT, VALUE, ABOUT };

static void columns(struct table *table, const char *what, const char *value)
{
    table_column(table, what, 24, false, 0);
    table_column(table, value, 30, false, 0);
    table_column(table, "", 20, false, 1);
    table->wide = VALUE;
}

/* What is typed grows at its end: of a long text the end is seen. */
static void set_typed(struct table_cell *cell, const struct field *field)
{
    const char *text = field->text;
    while (canvas_text_width(text) > 40) {
        do {
            text++;
        } while ((*text & 0xc0) == 0x80);
    }
    table_set(cell, ROLE_STRONG, "%s_", text);
}

static void add_files(const struct view *view, struct table *table)
{
    const struct form *form = &view->state->form;
    const struct tuning_form *answer = form_answer(form, view->world);
    table_column(table, "session file", 60, false, 0);
    table->wide = 0;
    for (int32_t i = 0; answer != NULL && i < answer->files_count; i++) {
        struct table_cell *cells = table_row(table);
        table_set_foreign(&cells[0], ROLE_NORMAL, answer->files[i], sizeof answer->files[i]);
    }
    struct table_cell *cells = table_row(table);
    if (form->typing) {
        set_typed(&cells[0], &form->field);
    } else {
        table_set(&cells[0], ROLE_DIM, "another file: Enter, then its path");
    }
}

static void fill_row(const struct view *view, const struct tuning_form *answer, int row,
                     struct table_cell *cells)
{
    const struct form *form = &view->state->form;
    const struct form_place place = form_place(form, view->world, row);
    bool edited = false;
    switch (place.row) {
    case FORM_NAME:
        edited = form->edits.name[0] != '\0';
        table_set(&cells[WHAT], ROLE_NORMAL, "name");
        table_set_foreign(&cells[VALUE], ROLE_NORMAL, edited ? form->edits.name : answer->name,
                          TUNING_NAME_SIZE);
        break;
    case FORM_AXIS: {
        const char *values = form_values(form, answer, place.index, &edited);
        table_set_foreign(&cells[WHAT], ROLE_NORMAL, answer->axes[place.index].axis,
                          sizeof answer->axes[place.index].axis);
        table_set_foreign(&cells[VALUE], ROLE_NORMAL, values, TUNING_VALUES_SIZE);
        table_set(&cells[ABOUT], ROLE_DIM, "%s%s",
                  answer->axes[place.index].assumption ? "assumption" : "",
                  answer->axes[place.index].cut && !edited ? " and more" : "");
        break;
    }
    case FORM_PARALLEL:
        table_set(&cells[WHAT], ROLE_NORMAL, "jobs at once");
        if (form->edits.parallel > 0) {
            table_set(&cells[VALUE], ROLE_NORMAL, "%d", (int)form->edits.parallel);
        } else {
            table_set(&cells[VALUE], ROLE_DIM, "as the machine has processors");
        }
        break;
    case FORM_PRUNE:
        table_set(&cells[WHAT], ROLE_NORMAL, "prune");
        table_set(&cells[VALUE], ROLE_NORMAL, "%s", form->edits.prune ? "yes" : "no");
        table_set(&cells[ABOUT], ROLE_DIM, "stop the worse early");
        break;
    default:
        break;
    }
    if (edited) {
        table_set(&cells[ABOUT], ROLE_STRONG, "changed");
    }
    if (form->typing && row == form_row(form, view->world)) {
        set_typed(&cells[VALUE], &form->field);
    }
}

static void add_settings(const struct view *view, const struct tuning_form *answer,
                         struct table *table)
{
    const struct form *form = &view->state->form;
    const int rows = form_rows(form, view->world);
    columns(table, "setting", "value");
    for (int row = 0; row < rows; row++) {
        fill_row(view, answer, row, table_row(table));
    }
}

static void add_verdict(const struct view *view, int cols, const struct tuning_form *answer,
                        struct lines *lines)
{
    const bool counted = form_is_answered(&view->state->form, view->world);
    char text[UNITS_SIZE];
    if (answer->data_file[0] != '\0') {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_NORMAL, "  data ");
        line_add_foreign(line, ROLE_NORMAL, answer->data_file, sizeof answer->data_file);
        line_add(line, ROLE_DIM, "  profile %s  sampler %s", answer->profile, answer->sampler);
    }
    if (!counted) {
        line_add(lines_add(lines), ROLE_DIM, "  counting the jobs");
        return;
    }
    if (answer->error[0] != '\0') {
        line_add(lines_add(lines), ROLE_MED, "  cannot be started:");
        lines_add_wrapped(lines, ROLE_NORMAL, cols, answer->error, sizeof answer->error);
    } else {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_STRONG, "  %s job%s", units_number(text, (double)answer->jobs, 0),
                 answer->jobs == 1 ? "" : "s");
        line_add(line, ROLE_NORMAL, "; s starts them");
    }
    lines_add_wrapped(lines, ROLE_MED, cols, answer->note, sizeof answer->note);
}

void pane_form(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct form *form = &view->state->form;
    const struct tuning_form *answer = form_answer(form, view->world);
    line_add(&panel->title, ROLE_TITLE, "NEW SESSION");
    panel->focused = true;
    line_add(&panel->title, ROLE_TITLE, " ");
    const char *hints = form->typing   ? "Enter takes it  Esc leaves it"
                        : form->chosen ? "Enter change  s start  Esc back"
                                       : "Enter choose  Esc back";
    const int others = line_width(&panel->title) + (int)strlen(hints);
    pane_add_name(&panel->title, ROLE_TITLE, area->cols - TITLE_FRAME_COLS - others,
                  form->edits.path, sizeof form->edits.path);
    line_add_hints(&panel->title, area->cols, hints);
    if (form->chosen && answer == NULL) {
        line_add(lines_add(&panel_add(panel, SHAPE_LINES, 0)->lines), ROLE_DIM,
                 "  the file is being read");
        return;
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    if (form->chosen) {
        add_settings(view, answer, table);
        struct shape *verdict = panel_add(panel, SHAPE_LINES, 1);
        add_verdict(view, area->cols, answer, &verdict->lines);
        verdict->rows = verdict->lines.count;
    } else {
        add_files(view, table);
    }
    table->selected = form_row(form, view->world);
}
