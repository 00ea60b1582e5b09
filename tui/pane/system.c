#include <math.h>
#include <stdio.h>

#include "tui/pane/pane.h"

/* The machinery: feeds and their counters, how fast the session steps, who did what. */

#define NS_PER_S INT64_C(1000000000)

static void add_feed(const struct view *view, struct table *table, const char *venue,
                     const struct snapshot_book *book)
{
    struct table_cell *cells = table_row(table);
    char text[UNITS_SIZE];
    if (cells == NULL) {
        return;
    }
    const bool stale = view_book_stale(view, book);
    table_set(&cells[0], ROLE_NORMAL, "%s", venue);
    table_set_foreign(&cells[1], ROLE_NORMAL, book->symbol, sizeof book->symbol);
    table_set(&cells[2], stale ? ROLE_MED : ROLE_NORMAL, "%s",
              view_feed_words(text, view, book));
    table_set(&cells[3], ROLE_NORMAL, "%s", units_number(text, book->messages_per_s, 0));
    table_set(&cells[4], ROLE_NORMAL, "%s", units_number(text, (double)book->messages, 0));
    table_set(&cells[5], ROLE_NORMAL, "%llu", (unsigned long long)book->gaps);
    table_set(&cells[6], ROLE_NORMAL, "%llu", (unsigned long long)book->resyncs);
    table_set(&cells[7], ROLE_NORMAL, "%llu", (unsigned long long)book->reconnects);
}

static void add_session(const struct view *view, struct lines *lines)
{
    const struct snapshot *snapshot = view->snapshot;
    char a[UNITS_SIZE], b[UNITS_SIZE], c[UNITS_SIZE];
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  session ");
    line_add_foreign(line, ROLE_STRONG, snapshot->session, sizeof snapshot->session);
    line_add(line, ROLE_NORMAL, "  pid %d  profile ", (int)snapshot->pid);
    line_add_foreign(line, ROLE_NORMAL, snapshot->profile, sizeof snapshot->profile);
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  events %s  cycle p99 %s ms",
             units_number(a, (double)snapshot->sequence, 0),
             units_number(b, snapshot->cycle_ms_p99, 3));
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  fx %s KRW/USDT, heard %s ago  ",
             units_number(a, snapshot->krw_per_usd, 2),
             units_age(b, view_age_ns(view, snapshot->fx_heard_ns)));
    line_add_foreign(line, ROLE_DIM, snapshot->fx_source, sizeof snapshot->fx_source);
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  balances KRW %s  USDT %s  coin %s USD",
             units_number(a, snapshot->balance_krw, 0),
             units_number(b, snapshot->balance_usdt, 2),
             units_number(c, snapshot->inventory_usd, 0));
    line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "  equity %s USD  max drawdown %s%%",
             units_number(a, snapshot->equity_usd, 2),
             units_number(b, snapshot->max_drawdown_pct, 2));
    if (snapshot->revision != 0) {
        line = lines_add(lines);
        line_add(line, ROLE_NORMAL, "  parameters revision %llu from ",
                 (unsigned long long)snapshot->revision);
        line_add_foreign(line, ROLE_STRONG, snapshot->revision_origin,
                         sizeof snapshot->revision_origin);
    }
    lines_add(lines);
}

static void add_audit(const struct view *view, struct table *table)
{
    const struct page *page = view->world->pages[PAGE_AUDIT];
    table_column(table, "wall time", 9, true, 1);
    table_column(table, "who", 10, false, 0);
    table_column(table, "did", 14, false, 0);
    table_column(table, "what", 30, false, 2);
    table_column(table, "result", 24, false, 0);
    table->wide = 4;
    const uint32_t first = (uint32_t)view->state->scroll;
    for (uint32_t i = first; page != NULL && i < page->count; i++) {
        const struct page_audit *row = &page->audits[i];
        struct table_cell *cells = table_row(table);
        char text[UNITS_SIZE];
        if (cells == NULL) {
            break;
        }
        table_set(&cells[0], ROLE_NORMAL, "%s", units_time(text, row->wall_ns));
        table_set_foreign(&cells[1], ROLE_NORMAL, row->operator_name,
                          sizeof row->operator_name);
        table_set_foreign(&cells[2], ROLE_STRONG, row->verb, sizeof row->verb);
        table_set_foreign(&cells[3], ROLE_NORMAL, row->text, sizeof row->text);
        table_set_foreign(&cells[4], ROLE_NORMAL, row->result, sizeof row->result);
    }
}

void pane_system(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    line_add(&panel->title, ROLE_TITLE, "SYSTEM");
    line_add(&panel->title, ROLE_TITLE, " feeds, session, and what operators did");
    panel->focused = true;
    panel->stale = view->no_data;
    struct table *feeds = &panel_add(panel, SHAPE_TABLE, 2 * snapshot->pairs_count + 2)->table;
    table_column(feeds, "venue", 8, false, 0);
    table_column(feeds, "symbol", 14, false, 0);
    table_column(feeds, "state", 14, false, 0);
    table_column(feeds, "per s", 6, true, 2);
    table_column(feeds, "messages", 11, true, 1);
    table_column(feeds, "gaps", 6, true, 0);
    table_column(feeds, "resyncs", 7, true, 0);
    table_column(feeds, "reconnects", 10, true, 0);
    for (int i = 0; i < snapshot->pairs_count; i++) {
        add_feed(view, feeds, "upbit", &snapshot->pairs[i].a);
        add_feed(view, feeds, "binance", &snapshot->pairs[i].b);
    }
    add_session(view, &panel_add(panel, SHAPE_LINES, snapshot->revision != 0 ? 7 : 6)->lines);
    add_audit(view, &panel_add(panel, SHAPE_TABLE, 0)->table);
}
