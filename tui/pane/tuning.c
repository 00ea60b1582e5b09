#include "tui/pane/pane.h"

/* Tuning sessions as they go. */

void pane_tuning(const struct view *view, const struct rect *area, struct panel *panel)
{
    line_add(&panel->title, ROLE_TITLE, "8 TUNING");
    panel->focused = true;
}
