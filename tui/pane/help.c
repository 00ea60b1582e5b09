#include <stdio.h>

#include "tui/action.h"
#include "tui/pane/pane.h"

/* The action table as it is bound: it cannot lie, for the dispatcher reads the same rows. */

static const char *class_words(enum action_class class)
{
    switch (class) {
    case ACTION_REVERSIBLE:
        return "asks y";
    case ACTION_COSTS:
        return "asks y by name";
    case ACTION_TYPED:
        return "asks name, reason";
    case ACTION_AT_ONCE:
        return "at once";
    case ACTION_LOOKS:
        return "";
    }
    return "";
}

void pane_help(const struct view *view, const struct rect *area, struct panel *panel)
{
    line_add(&panel->title, ROLE_TITLE, "HELP");
    line_add(&panel->title, ROLE_TITLE, " keys, and the same by name behind ':'");
    line_right(&panel->title);
    line_add(&panel->title, ROLE_TITLE, "j k scroll  Esc back");
    panel->focused = true;
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    table_column(table, "keys", 9, false, 0);
    table_column(table, "command", 16, false, 0);
    table_column(table, "what it does", 52, false, 0);
    table_column(table, "asks", 17, false, 1);
    table->wide = 2;
    const int rows = area->rows - 2;
    const int most = ACTION_LAST + 1 > rows ? ACTION_LAST + 1 - rows : 0;
    const int first = view->state->scroll < most ? view->state->scroll : most;
    for (int i = first; i <= ACTION_LAST; i++) {
        const struct action_row *row = action_row((enum action)i);
        struct table_cell *cells = table_row(table);
        if (cells == NULL) {
            break;
        }
        table_set(&cells[0], ROLE_STRONG, "%s", i == ACTION_KILL ? "K K" : row->keys);
        table_set(&cells[1], ROLE_NORMAL, ":%s%s%s", row->name, row->argument[0] ? " " : "",
                  row->argument);
        table_set(&cells[2], ROLE_NORMAL, "%s", row->help);
        table_set(&cells[3], ROLE_DIM, "%s", class_words(row->class));
    }
}
