#include "tui/widget_parts.h"

#define CODE_MARK 0x25b8

enum { MARK_COLS = 1, GAP_COLS = 1 };

/* Which columns are shown in so many terminal columns; those of the highest priority number
 * leave first. */
static int choose_columns(const struct table *table, int cols, bool shown[SHAPE_COLUMNS_MAX])
{
    int used = MARK_COLS, worst;
    for (int i = 0; i < table->columns_count; i++) {
        shown[i] = true;
        used += table->columns[i].cols + GAP_COLS;
    }
    while (used > cols) {
        worst = -1;
        for (int i = 0; i < table->columns_count; i++) {
            const int priority = table->columns[i].priority;
            if (shown[i] && priority > 0 &&
                (worst < 0 || priority >= table->columns[worst].priority)) {
                worst = i;
            }
        }
        if (worst < 0) {
            break;
        }
        shown[worst] = false;
        used -= table->columns[worst].cols + GAP_COLS;
    }
    return used;
}

/* What is cut says so: half a number is no number. */
static void draw_cell(struct canvas *canvas, const struct rect *area, int x, int y, int cols,
                      bool right, enum role role, const char *text)
{
    struct rect slot = rect_clip((struct rect){area->x + x, area->y + y, cols, 1}, area);
    const int width = canvas_text_width(text);
    if (width > slot.cols && slot.cols > 0) {
        slot.cols--;
        canvas_text(canvas, &slot, 0, 0, role, text);
        slot.cols++;
        canvas_put(canvas, &slot, slot.cols - 1, 0, role, CODE_CUT);
        return;
    }
    canvas_text(canvas, &slot, right && width < cols ? cols - width : 0, 0, role, text);
}

struct plan {
    bool shown[SHAPE_COLUMNS_MAX];
    int over; /* columns the wide one takes on top of its own */
};

static void draw_row(struct canvas *canvas, const struct rect *area, int y,
                     const struct table *table, const struct plan *plan,
                     const struct table_cell *cells)
{
    int x = MARK_COLS;
    bool flowed = false;
    for (int i = 0; i < table->columns_count && !flowed; i++) {
        if (plan->shown[i]) {
            const struct column *column = &table->columns[i];
            flowed = cells != NULL && cells[i].flows;
            const int cols =
                flowed ? area->cols - x : column->cols + (i == table->wide ? plan->over : 0);
            draw_cell(canvas, area, x, y, cols, column->right && !flowed,
                      cells != NULL ? cells[i].role : ROLE_DIM,
                      cells != NULL ? cells[i].text : column->title);
            x += cols + GAP_COLS;
        }
    }
}

void widget_table(struct canvas *canvas, const struct rect *area, const struct table *table,
                  bool focused)
{
    struct plan plan;
    const int used = choose_columns(table, area->cols, plan.shown);
    plan.over = used < area->cols ? area->cols - used : 0;
    const int head = table->untitled || area->rows < 2 ? 0 : 1;
    if (head > 0) {
        draw_row(canvas, area, 0, table, &plan, NULL);
    }
    const int rows = area->rows - head;
    const int selected = table->selected < 0 ? 0 : table->selected * table->per_item;
    int first = 0;
    if (rows > 0 && selected + table->per_item > rows) {
        first = selected + table->per_item - rows;
    }
    for (int i = 0; i < rows && first + i < table->rows_count; i++) {
        const int row = first + i;
        draw_row(canvas, area, head + i, table, &plan, table->cells[row]);
        if (table->selected >= 0 && row == table->selected * table->per_item) {
            canvas_put(canvas, area, 0, head + i, ROLE_STRONG, CODE_MARK);
        }
        if (focused && table->selected >= 0 && row / table->per_item == table->selected) {
            canvas_reverse(canvas, area, 0, head + i, area->cols);
        }
    }
}
