#include "tui/pane/pane.h"

/* The session's last lines, newest at the bottom. */

void pane_log(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    line_add(&panel->title, ROLE_TITLE, "LOG");
    struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
    const int rows = area->rows - 1;
    const int first = snapshot->log_count > rows ? snapshot->log_count - rows : 0;
    for (int i = first; i < snapshot->log_count; i++) {
        char when[UNITS_SIZE];
        struct line *line = lines_add(lines);
        line_add(line, ROLE_DIM, " %s ", units_time(when, snapshot->log[i].time_ns));
        line_add_foreign(line, ROLE_NORMAL, snapshot->log[i].text,
                         sizeof snapshot->log[i].text);
    }
    panel->stale = view->no_data;
}
