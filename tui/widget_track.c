#include <math.h>

#include "tui/units.h"
#include "tui/widget_parts.h"

/* A distance between two lines in a row or two, where a chart would be noise: how much of the
 * way to either line it has gone over time, and where it stands between them now. */

#define CODE_EIGHTH    0x2581 /* the lowest of eight blocks */
#define CODE_RULE      0x2500
#define CODE_VISITED   0x2501
#define CODE_MIDDLE    0x253c
#define CODE_LEFT_END  0x251c
#define CODE_RIGHT_END 0x2524
#define CODE_HERE      0x2588
#define SIGNS          "_.-:=+*#"

enum {
    LEVELS = 8,
    GAUGE_HALF_MAX = 20,
    GAUGE_HALF_MIN = 4,
    GAUGE_SHARE = 3, /* of so many columns the gauge takes half an one */
    WORDS_COLS_MIN = 72,
    GAP_COLS = 2,
};

/* The highest level is the line itself and is reached by nothing less. */
static int level_of(const struct track *track, double distance)
{
    const double part = fabs(distance) / track->line;
    return part >= 1.0 ? LEVELS - 1 : (int)(part * (LEVELS - 1));
}

/* A column stands for several samples and shows the farthest. */
static double farthest(const struct series *series, int from, int to)
{
    double most = NAN;
    for (int i = from; i < to || i == from; i++) {
        const double value = (double)series->values[i];
        if (isfinite(value) && !(fabs(most) >= fabs(value))) {
            most = value;
        }
    }
    return most;
}

static void draw_past(struct canvas *canvas, const struct rect *area, const struct track *track)
{
    const struct series *series = &track->past;
    for (int x = 0; x < area->cols && series->count > 0; x++) {
        const int from = (int)((int64_t)x * series->count / area->cols);
        const int to = (int)((int64_t)(x + 1) * series->count / area->cols);
        const double distance = farthest(series, from, to);
        if (isfinite(distance)) {
            const int level = level_of(track, distance);
            canvas_put(canvas, area, x, 0, level == LEVELS - 1 ? ROLE_STRONG : ROLE_NORMAL,
                       canvas->ascii ? (uint32_t)SIGNS[level] : CODE_EIGHTH + (uint32_t)level);
        }
    }
}

/* Column of a distance: the middle is none, the ends are the lines. */
static int column_of(const struct track *track, double distance, int half)
{
    const double part = fmin(fmax(distance / track->line, -1.0), 1.0);
    return half + (int)lround(part * half);
}

static void find_visited(const struct track *track, double *low, double *high)
{
    *low = *high = track->now;
    for (int i = 0; i < track->past.count; i++) {
        const double value = (double)track->past.values[i];
        *low = isfinite(value) ? fmin(*low, value) : *low;
        *high = isfinite(value) ? fmax(*high, value) : *high;
    }
}

static void draw_gauge(struct canvas *canvas, const struct rect *area,
                       const struct track *track, int half)
{
    double low, high;
    find_visited(track, &low, &high);
    const int from = column_of(track, low, half), to = column_of(track, high, half);
    const bool ascii = canvas->ascii;
    canvas_put(canvas, area, 0, 0, ROLE_LINE, ascii ? '|' : CODE_LEFT_END);
    for (int x = 0; x <= 2 * half; x++) {
        const bool visited = x >= from && x <= to;
        canvas_put(canvas, area, 1 + x, 0, visited ? ROLE_NORMAL : ROLE_DIM,
                   x == half ? (ascii ? '+' : CODE_MIDDLE)
                   : visited ? (ascii ? '=' : CODE_VISITED)
                             : (ascii ? '-' : CODE_RULE));
    }
    canvas_put(canvas, area, 2 * half + 2, 0, ROLE_LINE, ascii ? '|' : CODE_RIGHT_END);
    canvas_put(canvas, area, 1 + column_of(track, track->now, half), 0, ROLE_STRONG,
               ascii ? '*' : CODE_HERE);
}

void widget_track(struct canvas *canvas, const struct rect *area, const struct track *track)
{
    if (!(track->line > 0.0) || !isfinite(track->line) || !isfinite(track->now)) {
        return;
    }
    const bool apart = area->rows > 1;
    const bool worded = area->cols >= WORDS_COLS_MIN;
    const char *left = worded ? track->left_words : track->left;
    const char *right = worded ? track->right_words : track->right;
    const int words = canvas_text_width(left) + canvas_text_width(right) + 6;
    const int room = (apart ? area->cols : area->cols * 2 / GAUGE_SHARE) - words;
    int half = (room - 1) / 2;
    half = half > GAUGE_HALF_MAX ? GAUGE_HALF_MAX : half;
    if (half < GAUGE_HALF_MIN) {
        return;
    }
    const int cols = words + 2 * half + 1;
    struct rect gauge = {area->x + area->cols - cols, area->y + (apart ? 1 : 0), cols, 1};
    gauge.x = apart ? area->x : gauge.x;
    int x = 1 + canvas_text(canvas, &gauge, 1, 0, ROLE_DIM, left) + 1;
    const struct rect scale = {gauge.x + x, gauge.y, 2 * half + 3, 1};
    draw_gauge(canvas, &scale, track, half);
    x += 2 * half + 4;
    canvas_text(canvas, &gauge, x, 0, ROLE_DIM, right);
    const struct rect past = {area->x + 1, area->y,
                              apart ? area->cols - 2 : area->cols - cols - GAP_COLS, 1};
    draw_past(canvas, &past, track);
}
