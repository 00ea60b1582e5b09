#include "tui/pane/results.h"

/* What speaks for and against a job's parameters, before they are used (MARKET.md F). */

enum { WHAT, SIGN, TEXT };

static void add_evidence(struct table *table, const struct ranking_evidence *evidence)
{
    struct table_cell *cells = table_row(table);
    if (cells == NULL) {
        return;
    }
    const enum role role = evidence->doubtful ? ROLE_MED : ROLE_NORMAL;
    table_set_foreign(&cells[WHAT], ROLE_DIM, evidence->name, sizeof evidence->name);
    table_set(&cells[SIGN], ROLE_MED, "%s",
              evidence->decisive   ? "!!"
              : evidence->doubtful ? "!"
                                   : "");
    table_set_foreign(&cells[TEXT], role, evidence->text, sizeof evidence->text);
}

void pane_use(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct browse *browse = &view->state->browse;
    const struct ranking_result *result = browse_result(view->state, view->world);
    line_add(&panel->title, ROLE_TITLE, "USE ");
    line_add_foreign(&panel->title, ROLE_TITLE, browse->open, sizeof browse->open);
    line_add(&panel->title, ROLE_TITLE, " in this session?");
    line_right(&panel->title);
    line_add(&panel->title, ROLE_TITLE, "j k scroll  u asks  Esc back");
    if (result == NULL || result->error[0] != '\0') {
        pane_add_wait(view, panel, result != NULL ? result->error : NULL);
        return;
    }
    struct table *table = &panel_add(panel, SHAPE_TABLE, 0)->table;
    table_column(table, "what", 22, false, 0);
    table_column(table, "", 2, false, 0);
    table_column(table, "says", 50, false, 0);
    table->wide = TEXT;
    for (int i = 0; i < result->evidence_count; i++) {
        add_evidence(table, &result->evidence[i]);
    }
    pane_scroll_table(table, browse->scroll);
    struct lines *foot = &panel_add(panel, SHAPE_LINES, 2)->lines;
    struct line *line = lines_add(foot);
    if (result->working) {
        line_add(line, ROLE_DIM, "  the rest is being worked out");
    } else if (browse_wants_reason(result)) {
        line_add(line, ROLE_MED, "  !! so much speaks against it that a reason is asked for");
    }
    line_add(lines_add(foot), ROLE_DIM, "  open trades keep the exits they were opened with");
}
