#include <inttypes.h>
#include <stdio.h>

#include "tui/pane/pane.h"

/* Every limit and how much of it is used, what bars entries now, and the why-not ledger: each
 * candidate with its arithmetic and the first check it failed. */

static void add_decisions(const struct view *view, struct table *table)
{
    const struct page *page = view->world->pages[PAGE_DECISIONS];
    table_column(table, "time", 9, true, 1);
    table_column(table, "pair", 5, false, 0);
    table_column(table, "side", 12, false, 4);
    table_column(table, "action", 8, false, 0);
    table_column(table, "edge bp", 8, true, 2);
    table_column(table, "why", 30, false, 0);
    table_column(table, "observed", 12, true, 3);
    table_column(table, "limit", 10, true, 3);
    const uint32_t first = (uint32_t)view->state->scroll;
    for (uint32_t i = first; page != NULL && i < page->count; i++) {
        const struct page_decision *row = &page->decisions[i];
        struct table_cell *cells = table_row(table);
        char text[UNITS_SIZE];
        if (cells == NULL) {
            break;
        }
        table_set(&cells[0], ROLE_NORMAL, "%s", units_time(text, row->time_ns));
        table_set_foreign(&cells[1], ROLE_NORMAL, row->pair, sizeof row->pair);
        table_set(&cells[2], ROLE_DIM, "%s",
                  row->side == SPREAD_LONG_A_SHORT_B ? "buy A sell B" : "buy B sell A");
        table_set(&cells[3], row->action == GUARD_ALLOW ? ROLE_NORMAL : ROLE_MED, "%s",
                  guard_action_name((enum guard_action)row->action));
        table_set(&cells[4], ROLE_NORMAL, "%s", units_signed(text, row->net_edge_bps, 1));
        if (row->primary != REASON_NONE) {
            const char *why = reason_text(row->primary);
            if (row->alike > 0) {
                table_set(&cells[5], ROLE_NORMAL, "%" PRId64 "x %s", row->alike + 1, why);
            } else {
                table_set(&cells[5], ROLE_NORMAL, "%s", why);
            }
        }
        if (row->primary != REASON_NONE && pane_has_numbers(row->observed, row->limit)) {
            table_set(&cells[6], ROLE_DIM, "%s", units_number(text, row->observed, 2));
            table_set(&cells[7], ROLE_DIM, "%s", units_number(text, row->limit, 2));
        }
    }
}

void pane_risk(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    line_add(&panel->title, ROLE_TITLE, "RISK");
    line_add(&panel->title, ROLE_TITLE, " guard %s", guard_level_name(snapshot->guard_level));
    panel->focused = true;
    panel->stale = view->no_data;
    const int half = area->rows / 2;
    struct gauges *gauges =
        &panel_add(panel, SHAPE_GAUGES,
                   snapshot->limits_count < half ? snapshot->limits_count : half)
             ->gauges;
    pane_add_limits(view, gauges, SHAPE_GAUGES_MAX);
    struct shape *shape = panel_add(panel, SHAPE_LINES, 1);
    pane_add_causes(view, &shape->lines);
    pane_add_refusal(view, &shape->lines);
    lines_add(&shape->lines);
    shape->rows = shape->lines.count < half ? shape->lines.count : half;
    add_decisions(view, &panel_add(panel, SHAPE_TABLE, 0)->table);
}
