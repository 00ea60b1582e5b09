#include "tui/shape.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"

void line_clear(struct line *line)
{
    line->count = 0;
    line->from = SHAPE_SPANS_MAX;
}

static struct span *next_span(struct line *line, enum role role)
{
    if (line->count == SHAPE_SPANS_MAX) {
        return NULL;
    }
    struct span *span = &line->spans[line->count++];
    span->role = role;
    span->text[0] = '\0';
    return span;
}

void line_add(struct line *line, enum role role, const char *format, ...)
{
    struct span *span = next_span(line, role);
    if (span == NULL) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(span->text, sizeof span->text, format, args);
    va_end(args);
}

void line_add_hints(struct line *title, int cols, const char *hints)
{
    const int room = cols - line_width(title) - TITLE_FRAME_COLS;
    int fit = 0;
    for (int i = 0; i <= room; i++) {
        fit = hints[i] == '\0' || (hints[i] == ' ' && hints[i + 1] == ' ') ? i : fit;
        if (hints[i] == '\0') {
            break;
        }
    }
    if (fit > 0) {
        line_right(title);
        line_add(title, ROLE_TITLE, "%.*s", fit, hints);
    }
}

void line_add_foreign(struct line *line, enum role role, const char *text, size_t size)
{
    struct span *span = next_span(line, role);
    if (span != NULL) {
        safe_text(span->text, sizeof span->text, text, strnlen(text, size));
    }
}

void line_right(struct line *line)
{
    line->from = line->count;
}

int line_width(const struct line *line)
{
    int cols = 0;
    for (int i = 0; i < line->count; i++) {
        cols += canvas_text_width(line->spans[i].text);
    }
    return cols;
}

void panel_begin(struct panel *panel)
{
    panel->focused = false;
    panel->stale = false;
    panel->shapes_count = 0;
    line_clear(&panel->title);
}

struct shape *panel_add(struct panel *panel, enum shape_kind kind, int rows)
{
    assert(panel->shapes_count < PANEL_SHAPES_MAX);
    struct shape *shape = &panel->shapes[panel->shapes_count++];
    shape->kind = kind;
    shape->rows = rows;
    switch (kind) {
    case SHAPE_LINES:
        shape->lines.count = 0;
        break;
    case SHAPE_TABLE:
        shape->table.columns_count = 0;
        shape->table.rows_count = 0;
        shape->table.selected = -1;
        shape->table.wide = -1;
        shape->table.per_item = 1;
        shape->table.untitled = false;
        break;
    case SHAPE_LADDER:
        memset(&shape->ladder, 0, sizeof shape->ladder);
        line_clear(&shape->ladder.middle);
        break;
    case SHAPE_CHART:
        shape->chart.series_count = 0;
        break;
    case SHAPE_TRACK:
        memset(&shape->track, 0, sizeof shape->track);
        break;
    case SHAPE_GAUGES:
        shape->gauges.count = 0;
        break;
    case SHAPE_HEAT:
        shape->heat.cols = shape->heat.rows = 0;
        break;
    }
    return shape;
}

struct line *lines_add(struct lines *lines)
{
    if (lines->count < SHAPE_LINES_MAX) {
        lines->count++;
    }
    struct line *line = &lines->lines[lines->count - 1];
    line_clear(line);
    return line;
}

void table_column(struct table *table, const char *title, int cols, bool right, int priority)
{
    assert(table->columns_count < SHAPE_COLUMNS_MAX);
    struct column *column = &table->columns[table->columns_count++];
    *column = (struct column){.cols = cols, .right = right, .priority = priority};
    text_cut(column->title, sizeof column->title, "%s", title);
}

int table_first_row(int selected)
{
    return selected >= SHAPE_ROWS_MAX ? selected - SHAPE_ROWS_MAX + 1 : 0;
}

struct table_cell *table_row(struct table *table)
{
    if (table->rows_count == SHAPE_ROWS_MAX) {
        return NULL;
    }
    struct table_cell *cells = table->cells[table->rows_count++];
    for (int i = 0; i < SHAPE_COLUMNS_MAX; i++) {
        cells[i].role = ROLE_NORMAL;
        cells[i].flows = false;
        cells[i].text[0] = '\0';
    }
    return cells;
}

void table_set(struct table_cell *cell, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(cell->text, sizeof cell->text, format, args);
    va_end(args);
    cell->role = role;
}

void table_set_foreign(struct table_cell *cell, enum role role, const char *text, size_t size)
{
    safe_text(cell->text, sizeof cell->text, text, strnlen(text, size));
    cell->role = role;
}

/* The bytes of the next line: up to the last blank that fits, or as much as fits. */
static size_t line_bytes(const char *text, int room)
{
    size_t bytes = 0, blank = 0;
    int width = 0;
    for (const char *at = text; *at != '\0'; bytes = (size_t)(at - text)) {
        if (*at == ' ') {
            blank = (size_t)(at - text);
        }
        const int more = canvas_code_width(canvas_next_code(&at));
        if (width + more > room || (size_t)(at - text) >= SHAPE_TEXT_SIZE - 2) {
            return blank > 0 ? blank : bytes;
        }
        width += more;
    }
    return bytes;
}

void lines_add_wrapped(struct lines *lines, enum role role, int cols, const char *text,
                       size_t size)
{
    enum { INDENT = 2, COLS_MIN = 8, SAFE_SIZE = 1024 };
    char safe[SAFE_SIZE];
    const char *rest = safe;
    const int room = cols - 2 * INDENT > COLS_MIN ? cols - 2 * INDENT : COLS_MIN;
    safe_text(safe, sizeof safe, text, strnlen(text, size));
    for (rest += strspn(rest, " "); *rest != '\0'; rest += strspn(rest, " ")) {
        const size_t bytes = line_bytes(rest, room);
        line_add(lines_add(lines), role, "%*s%.*s", INDENT, "", (int)bytes, rest);
        rest += bytes;
    }
}
