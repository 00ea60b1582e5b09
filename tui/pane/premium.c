#include <math.h>
#include <stdio.h>

#include "tui/pane/pane.h"

/* How far the premium is from an entry, in words and as a chart: p, its level m, both entry
 * lines m +- need, and the exit lines m +- exit. In a row or two: how much of the way to an
 * entry line p - m has gone. */

enum {
    COSTS_COLS_MIN = 102,
    ALL_COLS_MIN = 118,
    BASE_COLS_MIN = 84,
    FX_COLS_MIN = 72,
    NAME_COLS_MIN = 56,
    COST_LINE_ROWS_MIN = 5,
    TRACK_ROWS_MAX = 3, /* with the title */
    HELD_POINTS_MAX = 12
};

static const char *const SPAN_NAMES[SNAPSHOT_CHART_SPANS] = {"15m", "1h", "4h"};

/* One decimal, unless it is a zero. */
static const char *short_bps(char buffer[UNITS_SIZE], double bps)
{
    const bool whole = fabs(bps - round(bps)) < 0.05;
    return units_number(buffer, bps, whole ? 0 : 1);
}

static void add_costs(const struct snapshot_pair *pair, struct line *line, enum role role)
{
    char width[UNITS_SIZE], fees[UNITS_SIZE], slip[UNITS_SIZE], least[UNITS_SIZE],
        fx[UNITS_SIZE];
    line_add(line, role, "(W %s fees %s slip %s", short_bps(width, pair->width_bps),
             short_bps(fees, pair->fees_bps), short_bps(slip, pair->slippage_bps));
    if (pair->fx_cost_bps > 0.0) {
        line_add(line, role, " fx %s", short_bps(fx, pair->fx_cost_bps));
    }
    line_add(line, role, " min %s)", short_bps(least, pair->min_spread_bps));
}

static void build_title(const struct view *view, const struct snapshot_pair *pair, int cols,
                        struct line *title)
{
    const struct snapshot *snapshot = view->snapshot;
    char text[UNITS_SIZE], age[UNITS_SIZE];
    const bool stale = view_fx_stale(view);
    /* A rate that has grown old needs the room more than the word does. */
    const bool named = cols >= FX_COLS_MIN || (cols >= NAME_COLS_MIN && !stale);
    line_add(title, ROLE_TITLE, "3 %s%s", named ? "PREMIUM " : "",
             view_pair_name(text, snapshot, view->state->pair));
    const int64_t old_ns = view_price_old_ns(view, pair);
    line_add(title, old_ns >= 0 ? ROLE_STALE : ROLE_STRONG, "  %s",
             view_deviation_words(text, pair));
    if (old_ns >= 0) {
        line_add(title, ROLE_STALE, " bp, %s ago", units_age(text, old_ns));
    } else if (pair->decided_ns > 0) {
        line_add(title, ROLE_TITLE, " bp  needs %s", units_number(text, pair->need_bps, 1));
        if (cols >= COSTS_COLS_MIN) {
            line_add(title, ROLE_TITLE, " ");
            add_costs(pair, title, ROLE_TITLE);
        }
    }
    const bool room = cols >= ALL_COLS_MIN || (cols >= BASE_COLS_MIN && cols < COSTS_COLS_MIN);
    if (room && pair->decided_ns > 0 && old_ns < 0) {
        line_add(title, ROLE_TITLE, "  base %s", units_signed(text, pair->baseline_bps, 1));
    }
    line_right(title);
    const int64_t age_ns = view_age_ns(view, snapshot->fx_heard_ns);
    if (snapshot->fx_heard_ns <= 0) {
        line_add(title, ROLE_MED, "no fx yet  ");
    } else if (cols < FX_COLS_MIN && stale) {
        line_add(title, ROLE_MED, "fx STALE %s", units_age(age, age_ns));
        return;
    } else if (cols >= FX_COLS_MIN) {
        line_add(title, stale ? ROLE_MED : ROLE_TITLE, "fx %s %s%s  ",
                 units_number(text, snapshot->krw_per_usd, 1), stale ? "STALE " : "",
                 stale ? units_age(age, age_ns) : units_age_steady(age, age_ns));
    }
    line_add(title, ROLE_TITLE, "%s", SPAN_NAMES[view->state->span]);
}

static struct series *next_series(struct chart *chart, const char *name, enum role role,
                                  char sign, bool dotted)
{
    struct series *series = &chart->series[chart->series_count++];
    snprintf(series->name, sizeof series->name, "%s", name);
    series->role = role;
    series->sign = sign;
    series->dotted = dotted;
    series->count = SNAPSHOT_CHART_POINTS;
    return series;
}

/* base + factor * offset + shift, right-aligned. A sample stands for the buckets after it until
 * the next one comes, but not for long: then there is a gap. */
static void fill(struct series *series, const struct snapshot_chart *chart, const float *base,
                 const float *offset, float factor, float shift)
{
    const int empty = SNAPSHOT_CHART_POINTS - chart->count;
    float held = NAN;
    int age = 0;
    for (int i = 0; i < SNAPSHOT_CHART_POINTS; i++) {
        const int at = i - empty;
        const float now =
            at < 0 ? NAN : base[at] + (offset != NULL ? factor * offset[at] : 0.0f) + shift;
        age = isfinite(now) ? 0 : age + 1;
        held = isfinite(now) ? now : age > HELD_POINTS_MAX ? NAN : held;
        series->values[i] = held;
    }
}

static void build_track(const struct snapshot_pair *pair, const struct snapshot_chart *points,
                        struct track *track)
{
    track->left = "dear";
    track->right = "cheap";
    track->left_words = "dear entry";
    track->right_words = "cheap entry";
    track->line = pair->decided_ns > 0 ? pair->need_bps : NAN;
    track->now = view_deviation_bps(pair);
    if (points->count >= 0 && points->count <= SNAPSHOT_CHART_POINTS) {
        track->past.count = SNAPSHOT_CHART_POINTS;
        fill(&track->past, points, points->premium_bps, points->baseline_bps, -1.0f, 0.0f);
    }
}

static void build_chart(const struct snapshot_pair *pair, const struct snapshot_chart *points,
                        struct chart *chart)
{
    const float exit_bps = (float)pair->exit_spread_bps;
    if (points->count < 0 || points->count > SNAPSHOT_CHART_POINTS) {
        return;
    }
    fill(next_series(chart, "entry", ROLE_LINE, '-', true), points, points->baseline_bps,
         points->need_bps, 1.0f, 0.0f);
    fill(next_series(chart, "entry", ROLE_LINE, '-', true), points, points->baseline_bps,
         points->need_bps, -1.0f, 0.0f);
    const bool exits = exit_bps > 0.0f || exit_bps < 0.0f;
    if (exits) {
        fill(next_series(chart, "exit", ROLE_DIM, '.', true), points, points->baseline_bps,
             NULL, 0.0f, exit_bps);
        fill(next_series(chart, "exit", ROLE_DIM, '.', true), points, points->baseline_bps,
             NULL, 0.0f, -exit_bps);
    }
    fill(next_series(chart, exits ? "m" : "m exit", ROLE_DIM, '.', true), points,
         points->baseline_bps, NULL, 0.0f, 0.0f);
    fill(next_series(chart, "p", ROLE_STRONG, '*', false), points, points->premium_bps, NULL,
         0.0f, 0.0f);
}

/* As many sums as fit whole: a number without its last digits is another number. */
static void build_money(const struct snapshot *snapshot, int cols, struct line *line)
{
    char number[UNITS_SIZE], sums[5][2 * UNITS_SIZE];
    snprintf(sums[0], sizeof sums[0], " USD  day %s",
             units_signed(number, snapshot->day_usd, 2));
    snprintf(sums[1], sizeof sums[1], "  realised %s",
             units_signed(number, snapshot->realized_usd, 2));
    snprintf(sums[2], sizeof sums[2], "  open %s",
             units_signed(number, snapshot->unrealized_usd, 2));
    snprintf(sums[3], sizeof sums[3], "  closed %llu: won %llu",
             (unsigned long long)snapshot->closed, (unsigned long long)snapshot->wins);
    snprintf(sums[4], sizeof sums[4], "  fees paid %s",
             units_number(number, snapshot->fees_usd, 2));
    for (int i = 0; i < 5 && line_width(line) + canvas_text_width(sums[i]) <= cols; i++) {
        line_add(line, ROLE_NORMAL, "%s", sums[i]);
    }
}

void pane_premium(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair == NULL) {
        return;
    }
    build_title(view, pair, area->cols, &panel->title);
    const int32_t span = view->state->span;
    const bool known = span >= 0 && span < SNAPSHOT_CHART_SPANS;
    if (known && area->rows <= TRACK_ROWS_MAX) {
        build_track(pair, &pair->charts[span], &panel_add(panel, SHAPE_TRACK, 0)->track);
    } else if (known) {
        build_chart(pair, &pair->charts[span], &panel_add(panel, SHAPE_CHART, 0)->chart);
    }
    panel->stale = view->no_data;
    if (area->rows < COST_LINE_ROWS_MIN) {
        return;
    }
    const bool costs = area->cols < COSTS_COLS_MIN && area->rows >= COST_LINE_ROWS_MIN + 3;
    struct lines *lines = &panel_add(panel, SHAPE_LINES, costs ? 2 : 1)->lines;
    build_money(view->snapshot, area->cols, lines_add(lines));
    if (costs) {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_DIM, " needed ");
        add_costs(pair, line, ROLE_DIM);
    }
}
