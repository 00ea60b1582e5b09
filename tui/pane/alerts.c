#include <stdio.h>
#include <string.h>

#include "tui/pane/pane.h"

/* Alarms: a row per rule and subject, with a state, a severity and a count. */

enum { SEVERITY, TIME, RULE, TEXT, COUNT, STATE };
enum { HINT_COLS_MIN = 64 };

static const char *severity_word(enum alert_severity severity)
{
    return severity == ALERT_HIGH ? "!HIGH" : severity == ALERT_MED ? " MED" : " low";
}

static enum role severity_role(const struct snapshot_alert *alert)
{
    if (alert->state == ALERT_ACKED || alert->state == ALERT_SHELVED) {
        return ROLE_DIM;
    }
    return alert->severity == ALERT_HIGH  ? ROLE_HIGH
           : alert->severity == ALERT_MED ? ROLE_MED
                                          : ROLE_LOW;
}

static void state_words(struct table_cell *cell, const struct snapshot_alert *alert)
{
    char text[UNITS_SIZE];
    switch (alert->state) {
    case ALERT_NEW:
        table_set(cell, ROLE_NORMAL, "new");
        break;
    case ALERT_CLEARED:
        table_set(cell, ROLE_NORMAL, "cleared, new");
        break;
    case ALERT_ACKED:
        table_set_foreign(cell, ROLE_DIM, alert->acked_by, sizeof alert->acked_by);
        snprintf(text, sizeof text, "%.40s", cell->text);
        table_set(cell, ROLE_DIM, "%s %s", alert->active ? "acked" : "over, acked", text);
        break;
    case ALERT_SHELVED:
        table_set(cell, ROLE_DIM, "shelved %.5s", units_time(text, alert->shelved_until_ns));
        break;
    }
}

void pane_alerts_table(const struct view *view, struct table *table)
{
    int count;
    const struct snapshot_alert *alerts = list_alerts(view->state, view->world, &count);
    table_column(table, "sev", 5, false, 0);
    table_column(table, "last", 8, false, 2);
    table_column(table, "rule", 16, false, 5);
    table_column(table, "what", 40, false, 0);
    table_column(table, "count", 5, true, 3);
    table_column(table, "state", 13, false, 4);
    table->wide = TEXT;
    const int selected = list_selected(view->state, view->world, LIST_ALERTS);
    const int first = table_first_row(selected);
    for (int i = first; i < count; i++) {
        const struct snapshot_alert *alert = &alerts[i];
        struct table_cell *cells = table_row(table);
        if (cells == NULL) {
            break;
        }
        char text[UNITS_SIZE];
        const enum role role = severity_role(alert);
        table_set(&cells[SEVERITY], role, "%s", severity_word(alert->severity));
        table_set(&cells[TIME], ROLE_NORMAL, "%s", units_time(text, alert->last_ns));
        table_set_foreign(&cells[RULE], ROLE_DIM, alert->rule, sizeof alert->rule);
        table_set_foreign(&cells[TEXT], alert->active ? ROLE_NORMAL : ROLE_DIM, alert->text,
                          sizeof alert->text);
        table_set(&cells[COUNT], ROLE_NORMAL, "x%d", (int)alert->count);
        state_words(&cells[STATE], alert);
    }
    table->selected = selected - first;
}

void pane_alerts(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    line_add(&panel->title, ROLE_TITLE, "6 ALERTS");
    line_add(&panel->title, ROLE_TITLE, " %d unacked, %d total", (int)snapshot->alerts_unacked,
             (int)snapshot->alerts_total);
    if (area->cols >= HINT_COLS_MIN) {
        line_right(&panel->title);
        line_add(&panel->title, ROLE_TITLE, "a ack  m shelve  ! next");
    }
    panel->stale = view->no_data;
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    pane_alerts_table(view, table);
    table->untitled = true;
    if (table->rows_count == 0) {
        panel->shapes_count = 0;
        struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
        line_add(lines_add(lines), ROLE_DIM, "  no alarms");
    }
}

void pane_alarms(const struct view *view, const struct rect *area, struct panel *panel)
{
    pane_alerts(view, area, panel);
    for (int i = 0; i < panel->shapes_count; i++) {
        if (panel->shapes[i].kind == SHAPE_TABLE) {
            panel->shapes[i].table.untitled = false;
        }
    }
    panel->focused = true;
}
