#include "tui/pane/pane.h"

/* What a tuning session gave. */

void pane_results(const struct view *view, const struct rect *area, struct panel *panel)
{
    line_add(&panel->title, ROLE_TITLE, "9 RESULTS");
    panel->focused = true;
}
