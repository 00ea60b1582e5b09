#include "tui/widget.h"

#include <math.h>
#include <string.h>

#include "tui/widget_parts.h"

#define CODE_RULE           0x2500
#define CODE_BAR            0x2588
#define CODE_BAR_HALF       0x258c
#define LADDER_GAP_COLS     1
#define LADDER_BAR_COLS_MAX 12 /* longer bars say no more and cost bytes */

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

/* Columns of the text at the left, without the blanks behind it. */
static int left_width(const struct line *line, enum role *last)
{
    int width = 0, at = 0;
    for (int i = 0; i < line->count && i < line->from; i++) {
        const char *text = line->spans[i].text;
        const size_t length = strlen(text);
        at += canvas_text_width(text);
        if (strspn(text, " ") < length) {
            width = at;
            for (size_t end = length; text[end - 1] == ' '; end--) {
                width--;
            }
            *last = line->spans[i].role;
        }
    }
    return width;
}

/* What is cut says so. */
void widget_line(struct canvas *canvas, const struct rect *area, int y, const struct line *line)
{
    enum role last = ROLE_NORMAL;
    int right_cols = 0;
    for (int i = line->from; i < line->count; i++) {
        right_cols += canvas_text_width(line->spans[i].text);
    }
    const int right_x = max_int(0, area->cols - right_cols);
    int x = 0;
    struct rect left = *area;
    left.cols = right_cols > 0 ? max_int(0, right_x - 1) : area->cols;
    for (int i = 0; i < line->count; i++) {
        if (i == line->from) {
            x = right_x;
        }
        x += canvas_text(canvas, i < line->from ? &left : area, x, y, line->spans[i].role,
                         line->spans[i].text);
    }
    if (left.cols > 0 && left_width(line, &last) > left.cols) {
        canvas_put(canvas, &left, left.cols - 1, y, last, CODE_CUT);
    }
}

/* A bar in half cells; in ASCII whole cells, bids and asks by different signs. */
static void draw_bar(struct canvas *canvas, const struct rect *area, int x, int y, int cols,
                     double part, enum role role)
{
    if (!(part > 0.0) || cols <= 0) {
        return;
    }
    const int halves = min_int(2 * cols, max_int(1, (int)(fmin(part, 1.0) * 2.0 * cols + 0.5)));
    const uint32_t full = !canvas->ascii ? CODE_BAR : role == ROLE_BID ? '=' : '#';
    const int whole = canvas->ascii ? (halves + 1) / 2 : halves / 2;
    for (int i = 0; i < whole; i++) {
        canvas_put(canvas, area, x + i, y, role, full);
    }
    if (!canvas->ascii && halves % 2 == 1) {
        canvas_put(canvas, area, x + whole, y, role, CODE_BAR_HALF);
    }
}

static void text_right(struct canvas *canvas, const struct rect *area, int x, int y, int cols,
                       enum role role, const char *text)
{
    struct rect slot = {area->x + x, area->y + y, cols, 1};
    slot = rect_clip(slot, area);
    canvas_text(canvas, &slot, max_int(0, cols - canvas_text_width(text)), 0, role, text);
}

struct ladder_columns {
    int price, size, cumulative, bar;
};

/* What fits, in order of worth: price, size, bar, cumulative size. */
static struct ladder_columns ladder_columns(int cols)
{
    struct ladder_columns columns = {.price = min_int(13, max_int(0, cols - 1))};
    int left = cols - 1 - columns.price;
    columns.size = left >= 8 ? 8 : 0;
    left -= columns.size;
    columns.cumulative = left >= 9 + 6 ? 9 : 0;
    left -= columns.cumulative;
    columns.bar = left >= 3 ? min_int(left - LADDER_GAP_COLS, LADDER_BAR_COLS_MAX) : 0;
    return columns;
}

static void draw_level(struct canvas *canvas, const struct rect *area, int y,
                       const struct ladder_level *level, enum role side, bool stale)
{
    if (!level->here) {
        return;
    }
    const struct ladder_columns columns = ladder_columns(area->cols);
    const enum role role = stale ? ROLE_STALE : ROLE_NORMAL;
    int x = 1;
    text_right(canvas, area, x, y, columns.price - 1, role, level->price);
    x += columns.price;
    text_right(canvas, area, x, y, columns.size, role, level->size);
    x += columns.size;
    text_right(canvas, area, x, y, columns.cumulative, role, level->cumulative);
    x += columns.cumulative + LADDER_GAP_COLS;
    draw_bar(canvas, area, x, y, columns.bar, level->part, stale ? ROLE_STALE : side);
}

static void draw_ladder(struct canvas *canvas, const struct rect *area,
                        const struct ladder *ladder, bool stale)
{
    const int middle = (area->rows - 1) / 2;
    for (int i = 0; i < ladder->levels; i++) {
        if (middle - 1 - i >= 0) {
            draw_level(canvas, area, middle - 1 - i, &ladder->asks[i], ROLE_ASK,
                       stale || ladder->stale);
        }
        if (middle + 1 + i < area->rows) {
            draw_level(canvas, area, middle + 1 + i, &ladder->bids[i], ROLE_BID,
                       stale || ladder->stale);
        }
    }
    widget_line(canvas, area, middle, &ladder->middle);
}

/* Gauges side by side when there are fewer rows than gauges. */
static void draw_gauges(struct canvas *canvas, const struct rect *area,
                        const struct gauges *gauges)
{
    enum { NAME = 15, PERCENT = 5, BAR_MIN = 4, SLOT_MIN = 25, BAR_MAX = 20, TEXT_MIN = 22 };
    if (area->rows <= 0 || gauges->count == 0) {
        return;
    }
    const int most = max_int(1, area->cols / SLOT_MIN);
    const int per_row = min_int(most, (gauges->count + area->rows - 1) / area->rows);
    const int slot = area->cols / per_row;
    for (int i = 0; i < gauges->count && i / per_row < area->rows; i++) {
        const struct gauge *gauge = &gauges->gauges[i];
        const int x = i % per_row * slot, y = i / per_row;
        const struct rect here =
            rect_clip((struct rect){area->x + x, area->y + y, slot - 1, 1}, area);
        const int left = here.cols - 1 - NAME - PERCENT;
        const bool worded = left >= BAR_MIN + 2 + TEXT_MIN;
        const int bar = min_int(BAR_MAX, worded ? left - 2 - TEXT_MIN : left);
        canvas_text(canvas, &here, 1, 0, ROLE_NORMAL, gauge->name);
        if (bar >= BAR_MIN) {
            draw_bar(canvas, &here, 1 + NAME, 0, bar, gauge->part, gauge->role);
        }
        char percent[8] = "-";
        if (isfinite(gauge->part)) {
            const double shown = fmin(gauge->part, 9.99) * 100.0;
            percent[0] = '\0';
            struct text text = text_fixed(percent, sizeof percent);
            text_addf(&text, "%d%%", (int)(shown + 0.5));
        }
        text_right(canvas, &here, 1 + NAME + max_int(0, bar), 0, PERCENT, gauge->role, percent);
        if (worded) {
            canvas_text(canvas, &here, 1 + NAME + bar + PERCENT + 2, 0, ROLE_DIM, gauge->text);
        }
    }
}

static void draw_lines(struct canvas *canvas, const struct rect *area,
                       const struct lines *lines)
{
    for (int i = 0; i < lines->count && i < area->rows; i++) {
        widget_line(canvas, area, i, &lines->lines[i]);
    }
}

static void draw_shape(struct canvas *canvas, const struct rect *area,
                       const struct shape *shape, bool stale, bool focused)
{
    switch (shape->kind) {
    case SHAPE_LINES:
        draw_lines(canvas, area, &shape->lines);
        break;
    case SHAPE_TABLE:
        widget_table(canvas, area, &shape->table, focused);
        break;
    case SHAPE_LADDER:
        draw_ladder(canvas, area, &shape->ladder, stale);
        break;
    case SHAPE_CHART:
        widget_chart(canvas, area, &shape->chart);
        break;
    case SHAPE_TRACK:
        widget_track(canvas, area, &shape->track);
        break;
    case SHAPE_GAUGES:
        draw_gauges(canvas, area, &shape->gauges);
        break;
    case SHAPE_HEAT:
        widget_heat(canvas, area, &shape->heat);
        break;
    }
}

static void draw_title(struct canvas *canvas, const struct rect *area,
                       const struct panel *panel)
{
    for (int x = 0; x < area->cols; x++) {
        canvas_put(canvas, area, x, 0, ROLE_TITLE, CODE_RULE);
    }
    /* Blanks around the text cut the rule; the right part ends one column early. */
    const struct line *title = &panel->title;
    const struct rect inner = {area->x + 1, area->y, max_int(0, area->cols - 2), 1};
    int right_cols = 2, x = 0;
    for (int i = title->from; i < title->count; i++) {
        right_cols += canvas_text_width(title->spans[i].text);
    }
    const bool has_right = title->from < title->count;
    struct rect left = inner;
    left.cols = has_right ? max_int(0, inner.cols - right_cols) : inner.cols;
    for (int i = 0; i < title->count; i++) {
        const bool right = i >= title->from;
        const enum role role = panel->focused && i == 0 ? ROLE_FOCUS : title->spans[i].role;
        if (i == 0 || i == title->from) {
            x = right ? max_int(0, inner.cols - right_cols) : 0;
            x += canvas_text(canvas, right ? &inner : &left, x, 0, role, " ");
        }
        x += canvas_text(canvas, right ? &inner : &left, x, 0, role, title->spans[i].text);
        if (i + 1 == title->from || i + 1 == title->count) {
            canvas_text(canvas, right ? &inner : &left, x, 0, role, " ");
        }
    }
}

void widget_shape(struct canvas *canvas, const struct rect *area, const struct shape *shape,
                  bool stale)
{
    draw_shape(canvas, area, shape, stale, false);
}

void widget_panel(struct canvas *canvas, const struct rect *area, const struct panel *panel)
{
    if (area->rows <= 0 || area->cols <= 0) {
        return;
    }
    draw_title(canvas, area, panel);
    struct rect left = {area->x, area->y + 1, area->cols, area->rows - 1};
    int fixed = 0;
    for (int i = 0; i < panel->shapes_count; i++) {
        fixed += panel->shapes[i].rows;
    }
    for (int i = 0; i < panel->shapes_count && left.rows > 0; i++) {
        const struct shape *shape = &panel->shapes[i];
        const int wanted = shape->rows > 0 ? shape->rows : max_int(0, left.rows - fixed);
        const int rows = min_int(wanted, left.rows);
        const struct rect slot = {left.x, left.y, left.cols, rows};
        fixed -= shape->rows;
        draw_shape(canvas, &slot, shape, panel->stale, panel->focused);
        if (panel->stale) {
            for (int y = 0; y < rows; y++) {
                canvas_paint(canvas, &slot, 0, y, slot.cols, ROLE_STALE);
            }
        }
        left.y += rows;
        left.rows -= rows;
    }
}

void widget_box(struct canvas *canvas, const struct rect *area, const struct line *title,
                const struct lines *lines)
{
    int cols = line_width(title) + 6;
    for (int i = 0; i < lines->count; i++) {
        cols = max_int(cols, line_width(&lines->lines[i]) + 4);
    }
    cols = min_int(cols, area->cols);
    const int edge = area->rows > 2 ? 1 : 0; /* with hardly a row the words are the box */
    const int rows = min_int(lines->count + 2 * edge, area->rows);
    const struct rect box = {area->x + (area->cols - cols) / 2,
                             area->y + (area->rows - rows) / 2, cols, rows};
    canvas_blank(canvas, &box);
    for (int x = 0; x < cols && edge > 0; x++) {
        canvas_put(canvas, &box, x, 0, ROLE_STRONG, CODE_RULE);
        canvas_put(canvas, &box, x, rows - 1, ROLE_STRONG, CODE_RULE);
    }
    const struct rect name = {box.x + 2, box.y, max_int(0, cols - 4), edge};
    widget_line(canvas, &name, 0, title);
    const struct rect inner = {box.x + 2, box.y + edge, max_int(0, cols - 4),
                               max_int(0, rows - 2 * edge)};
    draw_lines(canvas, &inner, lines);
}
