#include <math.h>
#include <stddef.h>

#include "tui/units.h"
#include "tui/widget_parts.h"

/* Series over time, in braille dots; on an ASCII terminal one sign per cell. */

enum { SCALE_COLS = 8, NAME_COLS = 7, SCALE_ROWS_MIN = 3, NAMES_COLS_MIN = 60 };
#define DOTS_X 2
#define DOTS_Y 4

struct range {
    double low, high;
};

/* The next 1, 2 or 5 times a power of ten at or above: a scale that seldom moves. */
static double nice_step(double rough)
{
    double power = 1.0;
    while (power * 10.0 <= rough) {
        power *= 10.0;
    }
    while (power > rough) {
        power /= 10.0;
    }
    return rough <= power       ? power
           : rough <= 2 * power ? 2 * power
           : rough <= 5 * power ? 5 * power
                                : 10 * power;
}

static bool find_range(const struct chart *chart, struct range *out)
{
    double low = INFINITY, high = -INFINITY;
    for (int s = 0; s < chart->series_count; s++) {
        for (int i = 0; i < chart->series[s].count; i++) {
            const double value = (double)chart->series[s].values[i];
            if (isfinite(value)) {
                low = fmin(low, value);
                high = fmax(high, value);
            }
        }
    }
    if (low > high) {
        return false;
    }
    const double step = nice_step(fmax((high - low) / 6.0, 0.1));
    out->low = floor(low / step) * step;
    out->high = ceil(high / step) * step;
    if (out->high <= out->low) {
        out->high = out->low + step;
    }
    return true;
}

/* Row of a value among `rows`, from the top; -1 for a gap. */
static int row_of(const struct range *range, double value, int rows)
{
    if (!isfinite(value)) {
        return -1;
    }
    const double part = (range->high - value) / (range->high - range->low);
    const int row = (int)(part * (rows - 1) + 0.5);
    return row < 0 ? 0 : row >= rows ? rows - 1 : row;
}

static void draw_dots(struct canvas *canvas, const struct rect *area, const struct range *range,
                      const struct series *series)
{
    const int cols = area->cols * DOTS_X, rows = area->rows * DOTS_Y;
    int before = -1;
    for (int x = 0; x < cols; x++) {
        const int i = (int)((int64_t)x * series->count / cols);
        const int y = row_of(range, (double)series->values[i], rows);
        if (y >= 0 && series->dotted && x % 4 == 0) {
            canvas_dot(canvas, area, x, y, series->role);
        }
        if (y >= 0 && !series->dotted) {
            const int from = before < 0 ? y : before;
            const int step = from < y ? 1 : -1;
            for (int at = from; at != y; at += step) {
                canvas_dot(canvas, area, x, at, series->role);
            }
            canvas_dot(canvas, area, x, y, series->role);
        }
        before = y;
    }
}

static void draw_signs(struct canvas *canvas, const struct rect *area,
                       const struct range *range, const struct series *series)
{
    for (int x = 0; x < area->cols; x++) {
        const int i = (int)((int64_t)x * series->count / area->cols);
        const int y = row_of(range, (double)series->values[i], area->rows);
        if (y >= 0 && !(series->dotted && x % 2 == 1)) {
            canvas_put(canvas, area, x, y, series->role, (unsigned char)series->sign);
        }
    }
}

static void draw_scale(struct canvas *canvas, const struct rect *area,
                       const struct range *range)
{
    char text[UNITS_SIZE];
    const int decimals = range->high - range->low < 2.0 ? 2 : 1;
    canvas_text(canvas, area, 1, 0, ROLE_DIM, units_signed(text, range->high, decimals));
    canvas_text(canvas, area, 1, area->rows - 1, ROLE_DIM,
                units_signed(text, range->low, decimals));
}

static double last_value(const struct series *series)
{
    for (int i = series->count - 1; i >= 0; i--) {
        if (isfinite((double)series->values[i])) {
            return (double)series->values[i];
        }
    }
    return NAN;
}

static void draw_names(struct canvas *canvas, const struct rect *area,
                       const struct range *range, const struct chart *chart)
{
    for (int s = 0; s < chart->series_count; s++) {
        const struct series *series = &chart->series[s];
        const int y = row_of(range, last_value(series), area->rows);
        if (y >= 0 && series->name[0] != '\0') {
            const struct rect row = {area->x, area->y + y, area->cols, 1};
            canvas_blank(canvas, &row);
            canvas_text(canvas, area, 1, y, series->role, series->name);
        }
    }
}

void widget_chart(struct canvas *canvas, const struct rect *area, const struct chart *chart)
{
    struct range range;
    if (area->rows <= 0 || area->cols <= SCALE_COLS || !find_range(chart, &range)) {
        return;
    }
    struct rect plot = *area;
    if (area->rows >= SCALE_ROWS_MIN) {
        draw_scale(canvas, area, &range);
        plot.x += SCALE_COLS;
        plot.cols -= SCALE_COLS;
    }
    if (area->rows >= SCALE_ROWS_MIN && area->cols >= NAMES_COLS_MIN) {
        plot.cols -= NAME_COLS;
        const struct rect names = {plot.x + plot.cols, plot.y, NAME_COLS, plot.rows};
        draw_names(canvas, &names, &range, chart);
    }
    for (int s = 0; s < chart->series_count; s++) {
        const struct series *series = &chart->series[s];
        if (series->count > 0 && canvas->ascii) {
            draw_signs(canvas, &plot, &range, series);
        } else if (series->count > 0) {
            draw_dots(canvas, &plot, &range, series);
        }
    }
}
