#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/pane/pane.h"

/* What the guard allows, how much of each limit is used, why it bars what it bars, and what it
 * refused last. */

enum { PART_HIGH_PCT = 90, PART_MED_PCT = 70 };
#define NS_PER_S INT64_C(1000000000)

static double part_of(const struct snapshot_limit *limit)
{
    if (!isfinite(limit->limit) || !isfinite(limit->used)) {
        return NAN;
    }
    if (limit->limit > 0.0) {
        return fmax(limit->used / limit->limit, 0.0);
    }
    return limit->used > 0.0 ? 1.0 : 0.0;
}

/* How many limits are used more than this one (ties by place). */
static int rank_of(const struct snapshot *snapshot, int which)
{
    const double mine = part_of(&snapshot->limits[which]);
    int rank = 0;
    for (int i = 0; i < snapshot->limits_count; i++) {
        const double other = part_of(&snapshot->limits[i]);
        const bool more = isnan(mine) ? !isnan(other) || i < which
                                      : other > mine || (other >= mine && i < which);
        rank += i != which && more;
    }
    return rank;
}

/* A rate bears its unit in its name: there may be one per minute and one per hour. */
static void name_limit(struct gauge *gauge, const struct snapshot_limit *limit,
                       const char *unit)
{
    char name[sizeof gauge->name];
    safe_text(name, sizeof name, limit->name, strnlen(limit->name, sizeof limit->name));
    text_cut(gauge->name, sizeof gauge->name, "%s%s%s", name, unit[0] == '/' ? " " : "",
             unit[0] == '/' ? unit : "");
}

void pane_add_limits(const struct view *view, struct gauges *gauges, int most)
{
    const struct snapshot *snapshot = view->snapshot;
    for (int i = 0; i < snapshot->limits_count && gauges->count < SHAPE_GAUGES_MAX; i++) {
        const struct snapshot_limit *limit = &snapshot->limits[i];
        if (rank_of(snapshot, i) >= most) {
            continue;
        }
        char used[UNITS_SIZE], allowed[UNITS_SIZE], unit[32];
        struct gauge *gauge = &gauges->gauges[gauges->count++];
        gauge->part = part_of(limit);
        gauge->role = gauge->part * 100.0 >= PART_HIGH_PCT  ? ROLE_HIGH
                      : gauge->part * 100.0 >= PART_MED_PCT ? ROLE_MED
                                                            : ROLE_NORMAL;
        safe_text(unit, sizeof unit, limit->unit, strnlen(limit->unit, sizeof limit->unit));
        name_limit(gauge, limit, unit);
        const bool counts = floor(limit->used) >= limit->used;
        const int decimals = !counts && isfinite(limit->limit) && limit->limit < 10.0 ? 2 : 0;
        const char *shown = unit[0] == '/' ? "" : unit;
        units_number(used, limit->used, decimals);
        if (isfinite(limit->limit)) {
            snprintf(gauge->text, sizeof gauge->text, "%.14s / %.14s %.8s", used,
                     units_number(allowed, limit->limit, decimals), shown);
        } else {
            snprintf(gauge->text, sizeof gauge->text, "%.14s%s%.8s, no limit", used,
                     shown[0] != '\0' ? " " : "", shown);
        }
    }
}

void pane_add_causes(const struct view *view, struct lines *lines)
{
    const struct snapshot *snapshot = view->snapshot;
    for (int i = 0; i < snapshot->causes_count; i++) {
        const struct snapshot_cause *cause = &snapshot->causes[i];
        char pair[UNITS_SIZE], since[UNITS_SIZE], left[UNITS_SIZE];
        struct line *line = lines_add(lines);
        line_add(line, cause->level >= GUARD_OBSERVE ? ROLE_BLOCKED : ROLE_MED, " %s ",
                 guard_level_name(cause->level));
        line_add(line, ROLE_NORMAL, " %s", reason_text(cause->reason));
        if (cause->pair >= 0) {
            line_add(line, ROLE_NORMAL, " (%s)", view_pair_name(pair, snapshot, cause->pair));
        }
        line_add(line, ROLE_DIM, "  for %s",
                 units_age(since, view_age_ns(view, cause->since_ns)));
        if (cause->until_ns == INT64_MAX) {
            line_add(line, ROLE_DIM, ", until an operator acts");
        } else if (cause->until_ns > snapshot->time_ns) {
            const double left_s =
                (double)(cause->until_ns - snapshot->time_ns) / (double)NS_PER_S;
            line_add(line, ROLE_DIM, ", %s left", units_clock(left, left_s));
        }
    }
}

/* Reasons that measure nothing (a kill, a gate) come with two zeros. */
bool pane_has_numbers(double observed, double limit)
{
    return isfinite(observed) && isfinite(limit) && (fabs(observed) > 0.0 || fabs(limit) > 0.0);
}

enum { WHY_SIZE = 80 };

/* What stood in the way; of an edge that was too small, how much was missing. */
static const char *why_not(char *buffer, size_t size, const struct snapshot *snapshot)
{
    if (!snapshot->refused_near_miss) {
        return text_cut(buffer, size, "%s", reason_text(snapshot->refused_reason));
    }
    char missing[UNITS_SIZE];
    return text_cut(
        buffer, size, "%s bp of edge missing",
        units_number(missing, snapshot->refused_limit - snapshot->refused_observed, 1));
}

void pane_add_refusal(const struct view *view, struct lines *lines)
{
    struct line *line = lines_add(lines);
    const struct snapshot *snapshot = view->snapshot;
    char pair[UNITS_SIZE], age[UNITS_SIZE], observed[UNITS_SIZE], limit[UNITS_SIZE];
    char why[WHY_SIZE];
    if (!snapshot->refused_any) {
        line_add(line, ROLE_DIM, " nothing was refused yet");
        return;
    }
    line_add(line, ROLE_NORMAL, " %s %s, %s ago: %s",
             snapshot->refused_near_miss ? "passed by" : "refused",
             view_pair_name(pair, snapshot, snapshot->refused_pair),
             units_age(age, view_age_ns(view, snapshot->refused_ns)),
             why_not(why, sizeof why, snapshot));
    line = lines_add(lines);
    line_add(line, ROLE_DIM, " ");
    const bool measured = pane_has_numbers(snapshot->refused_observed, snapshot->refused_limit);
    if (measured) {
        line_add(line, ROLE_DIM, "%s against a limit of %s",
                 units_number(observed, snapshot->refused_observed, 1),
                 units_number(limit, snapshot->refused_limit, 1));
    }
    if (snapshot->refused_count > 0) {
        line_add(line, ROLE_DIM, "%s%llu refused in all", measured ? ", " : "",
                 (unsigned long long)snapshot->refused_count);
    }
}

/* Both venues and fx: how many of them are good for every pair. */
static int fresh_feeds(const struct view *view)
{
    bool a = true, b = true;
    for (int i = 0; i < view->snapshot->pairs_count; i++) {
        a = a && !view_book_stale(view, &view->snapshot->pairs[i].a);
        b = b && !view_book_stale(view, &view->snapshot->pairs[i].b);
    }
    return a + b + !view_fx_stale(view);
}

static void build_title(const struct view *view, const struct rect *area, struct line *title)
{
    const struct snapshot *snapshot = view->snapshot;
    const int fresh = fresh_feeds(view);
    char level[32] = "ok";
    if (snapshot->guard_level != GUARD_NORMAL) {
        snprintf(level, sizeof level, "%s", guard_level_name(snapshot->guard_level));
    }
    for (char *c = level; snapshot->guard_level != GUARD_NORMAL && *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
    line_add(title, ROLE_TITLE, "5 GUARD");
    line_add(title, snapshot->guard_level >= GUARD_OBSERVE ? ROLE_BLOCKED : ROLE_TITLE, " %s",
             level);
    if (snapshot->causes_count > 0) {
        line_add(title, ROLE_MED, ": %s", reason_text(snapshot->causes[0].reason));
    } else if (area->rows == 2 && snapshot->refused_any) {
        char age[UNITS_SIZE], why[WHY_SIZE];
        line_add(title, ROLE_TITLE, "  %s %s ago: %s",
                 snapshot->refused_near_miss ? "passed by" : "refused",
                 units_age(age, view_age_ns(view, snapshot->refused_ns)),
                 why_not(why, sizeof why, snapshot));
    }
    line_right(title);
    line_add(title, fresh == 3 ? ROLE_TITLE : ROLE_MED, "feeds %d/3", fresh);
}

void pane_guard(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot *snapshot = view->snapshot;
    const int rows = area->rows - 1;
    build_title(view, area, &panel->title);
    panel->stale = view->no_data;
    const int extra = rows < 2 ? 0 : snapshot->causes_count + 2;
    const int text_rows = extra < rows / 2 + 1 ? extra : rows / 2;
    const int gauge_rows = rows - text_rows;
    const int slots =
        gauge_rows < 1 ? 0 : gauge_rows * (area->cols / 25 > 0 ? area->cols / 25 : 1);
    struct gauges *gauges =
        &panel_add(panel, SHAPE_GAUGES,
                   gauge_rows < snapshot->limits_count ? gauge_rows : snapshot->limits_count)
             ->gauges;
    pane_add_limits(view, gauges, slots);
    struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
    pane_add_causes(view, lines);
    pane_add_refusal(view, lines);
}
