#include <math.h>

#include "tui/widget_parts.h"

/* Values over two axes: a shade of eight and a colour by how much it is, with a minus before a
 * loss; a map larger than its place shows the part around the cursor. */

#define CODE_MARK    0x25b8
#define CODE_LIGHT   0x2591 /* the lightest of four shades */
#define CODE_FULL    0x2588
#define CODE_MISSING 0x00b7
#define CODE_MORE    0x2026

enum {
    LEVELS = 8,
    GLYPHS = 4,
    CELL_COLS_MIN = 4, /* mark, sign and two of shade */
    CELL_COLS_MAX = 9,
    SIGN_COLS = 2,
    LABEL_GAP_COLS = 2,
};

struct range {
    double low, high;
};

/* The part of an axis that is shown. */
struct stretch {
    int first, count;
};

static struct range find_range(const struct heat *heat)
{
    struct range range = {INFINITY, -INFINITY};
    for (int row = 0; row < heat->rows; row++) {
        for (int col = 0; col < heat->cols; col++) {
            if (isfinite(heat->values[row][col])) {
                range.low = fmin(range.low, heat->values[row][col]);
                range.high = fmax(range.high, heat->values[row][col]);
            }
        }
    }
    return range;
}

/* Where all are alike none is light. */
static int level_of(const struct range *range, double value)
{
    const double span = range->high - range->low;
    const int level = span > 0.0 ? (int)((value - range->low) / span * LEVELS) : 0;
    return level < LEVELS ? level : LEVELS - 1;
}

static struct stretch stretch_around(int at, int count, int room)
{
    if (count <= room) {
        return (struct stretch){0, count};
    }
    const int first = at - room / 2 > 0 ? at - room / 2 : 0;
    return (struct stretch){first > count - room ? count - room : first, room};
}

static int widest(const char (*labels)[SHAPE_LABEL_SIZE], int count)
{
    int cols = 0;
    for (int i = 0; i < count; i++) {
        const int width = canvas_text_width(labels[i]);
        cols = width > cols ? width : cols;
    }
    return cols;
}

static void text_right(struct canvas *canvas, const struct rect *slot, const char *text)
{
    const int over = slot->cols - canvas_text_width(text);
    canvas_text(canvas, slot, over > 0 ? over : 0, 0, ROLE_DIM, text);
}

static void draw_cell(struct canvas *canvas, const struct rect *slot, const struct range *range,
                      double value, bool here)
{
    if (here) {
        canvas_put(canvas, slot, 0, 0, ROLE_STRONG, CODE_MARK);
    }
    if (!isfinite(value)) {
        canvas_put(canvas, slot, SIGN_COLS, 0, ROLE_DIM, CODE_MISSING);
    } else {
        const int level = level_of(range, value);
        const int glyph = level * GLYPHS / LEVELS;
        const enum role role = (enum role)(ROLE_HEAT_0 + level);
        if (value < 0.0) {
            canvas_put(canvas, slot, 1, 0, role, '-');
        }
        for (int x = SIGN_COLS; x < slot->cols; x++) {
            canvas_put(canvas, slot, x, 0, role,
                       glyph < GLYPHS - 1 ? CODE_LIGHT + (uint32_t)glyph : CODE_FULL);
        }
    }
    if (here) {
        canvas_reverse(canvas, slot, 0, 0, slot->cols);
    }
}

static void draw_more(struct canvas *canvas, const struct rect *area,
                      const struct stretch *stretch, int count, int left, int right)
{
    if (stretch->first > 0) {
        canvas_put(canvas, area, left, 0, ROLE_DIM, CODE_MORE);
    }
    if (stretch->first + stretch->count < count) {
        canvas_put(canvas, area, right, 0, ROLE_DIM, CODE_MORE);
    }
}

void widget_heat(struct canvas *canvas, const struct rect *area, const struct heat *heat)
{
    const int label_cols = widest(heat->y_labels, heat->rows);
    const int left = 1 + label_cols + LABEL_GAP_COLS;
    const int room = area->cols - left - 1;
    if (heat->cols <= 0 || heat->rows <= 0 || room < CELL_COLS_MIN || area->rows < 2) {
        return;
    }
    int cell = widest(heat->x_labels, heat->cols) + 1;
    cell = cell < CELL_COLS_MIN ? CELL_COLS_MIN : cell > CELL_COLS_MAX ? CELL_COLS_MAX : cell;
    const struct stretch across =
        stretch_around(heat->col, heat->cols, room / cell > 0 ? room / cell : 1);
    const int corner_rows = area->rows > 3 ? 1 : 0;
    const struct stretch down =
        stretch_around(heat->row, heat->rows, area->rows - 1 - corner_rows);
    const struct range range = find_range(heat);
    if (corner_rows > 0) {
        canvas_text(canvas, area, 1, 0, ROLE_DIM, heat->corner);
    }
    const struct rect head = {area->x, area->y + corner_rows, area->cols, 1};
    for (int i = 0; i < across.count; i++) {
        const struct rect slot = {head.x + left + i * cell, head.y, cell, 1};
        text_right(canvas, &slot, heat->x_labels[across.first + i]);
    }
    draw_more(canvas, &head, &across, heat->cols, left - 1, left + across.count * cell);
    for (int row = 0; row < down.count; row++) {
        const int y = head.y + 1 + row;
        const struct rect label = {area->x + 1, y, label_cols, 1};
        text_right(canvas, &label, heat->y_labels[down.first + row]);
        for (int i = 0; i < across.count; i++) {
            const int at_col = across.first + i, at_row = down.first + row;
            const struct rect slot =
                rect_clip((struct rect){area->x + left + i * cell, y, cell, 1}, area);
            draw_cell(canvas, &slot, &range, heat->values[at_row][at_col],
                      at_col == heat->col && at_row == heat->row);
        }
    }
}
