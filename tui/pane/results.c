#include "tui/pane/results.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/safe.h"
#include "base/text.h"

/* What the views of the Results screen share. */

#define DOUBT_SHARE 0.5
#define DSR_MIN     0.95

enum { FULL_COLS_MIN = 78 };

void pane_results(const struct view *view, const struct rect *area, struct panel *panel)
{
    static pane_build_fn *const VIEWS[] = {
        [BROWSE_RANKING] = pane_ranking, [BROWSE_DETAIL] = pane_result,
        [BROWSE_COMPARE] = pane_compare, [BROWSE_HEAT] = pane_heat,
        [BROWSE_USE] = pane_use,
    };
    panel->focused = true;
    VIEWS[view->state->browse.view](view, area, panel);
}

const char *pane_param_title(char buffer[UNITS_SIZE], const char *name)
{
    static const char *const PARAM_UNITS[] = {"_bps", "_usd", "_pct", "_s"};
    char safe[UNITS_SIZE];
    safe_text(safe, sizeof safe, name, strnlen(name, TUNING_NAME_SIZE));
    size_t length = strlen(safe);
    for (size_t i = 0; i < sizeof PARAM_UNITS / sizeof PARAM_UNITS[0]; i++) {
        const size_t unit = strlen(PARAM_UNITS[i]);
        if (length > unit && strcmp(safe + length - unit, PARAM_UNITS[i]) == 0) {
            length -= unit;
            break;
        }
    }
    return text_cut(buffer, UNITS_SIZE, "%.*s", (int)length, safe);
}

void pane_add_name(struct line *line, enum role role, int cols, const char *name, size_t size)
{
    char safe[SHAPE_TEXT_SIZE];
    safe_text(safe, sizeof safe, name, strnlen(name, size));
    if (canvas_text_width(safe) <= cols) {
        line_add(line, role, "%s", safe);
    } else if (cols > 0) {
        line_add(line, role, "%.*s\u2026", pane_fit(safe, cols - 1), safe);
    }
}

void pane_add_job(struct line *line, int cols, const char *session, const char *job)
{
    enum { SESSION_COLS_MIN = 4 };
    char safe[SHAPE_TEXT_SIZE];
    safe_text(safe, sizeof safe, job, strnlen(job, RANKING_JOB_SIZE));
    const int left = cols - canvas_text_width(safe) - 1;
    if (session[0] != '\0' && left >= SESSION_COLS_MIN) {
        pane_add_name(line, ROLE_TITLE, left, session, TUNING_NAME_SIZE);
        line_add(line, ROLE_TITLE, "/");
    }
    pane_add_name(line, ROLE_TITLE, cols, job, RANKING_JOB_SIZE);
}

const char *pane_read_age(char buffer[UNITS_SIZE], const struct view *view,
                          int64_t read_mono_ns)
{
    char age[UNITS_SIZE];
    const int64_t age_ns = view->world->now_ns - read_mono_ns;
    return text_cut(buffer, UNITS_SIZE, "%.24s ago",
                    units_age_steady(age, age_ns > 0 ? age_ns : 0));
}

void pane_add_read_age(const struct view *view, struct line *line, int64_t read_mono_ns)
{
    char age[UNITS_SIZE];
    line_add(line, ROLE_DIM, "read %s", pane_read_age(age, view, read_mono_ns));
}

void pane_add_item(struct lines *lines, int cols, const char *name, enum role role,
                   const char *value)
{
    const int wanted = 3 + canvas_text_width(name) + canvas_text_width(value);
    struct line *line = &lines->lines[lines->count - 1];
    if (line->count + 3 > SHAPE_SPANS_MAX ||
        (line->count > 0 && line_width(line) + wanted > cols)) {
        line = lines_add(lines);
    }
    line_add(line, ROLE_DIM, "  %s%s", name, name[0] != '\0' && value[0] != '\0' ? " " : "");
    line_add(line, role, "%s", value);
}

/* Each reason for doubt in a line of its own, in words. */
static void add_doubts(struct lines *lines, int cols, const struct ranking_trust *trust)
{
    const bool brief = cols < FULL_COLS_MIN;
    char text[UNITS_SIZE];
    if (trust->fx_moved) {
        line_add(lines_add(lines), ROLE_MED, "  DOUBTFUL: %s",
                 brief ? "fx moved it" : "more than half of it is the movement of fx");
    }
    if (trust->p_loss >= DOUBT_SHARE) {
        line_add(lines_add(lines), ROLE_MED, "  DOUBTFUL: %s, P(loss) %s",
                 brief ? "half's best loses"
                       : "the best of one half of the time loses in the other",
                 units_number(text, trust->p_loss, 2));
    }
    if (trust->pbo >= DOUBT_SHARE) {
        line_add(lines_add(lines), ROLE_MED, "  DOUBTFUL: %s, PBO %s",
                 brief ? "half's best falls back"
                       : "the best of one half is below the middle in the other",
                 units_number(text, trust->pbo, 2));
    }
    if (trust->dsr < DSR_MIN) {
        line_add(lines_add(lines), ROLE_MED, "  DOUBTFUL: %s, DSR %s < 0.95",
                 brief ? "luck does it too" : "so many trials without skill would do as well",
                 units_number(text, trust->dsr, 2));
    }
}

void pane_add_trust(struct lines *lines, int cols, const struct ranking_trust *trust)
{
    char text[UNITS_SIZE], track[UNITS_SIZE];
    if (trust->note[0] != '\0') {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_MED, "  no statistic: ");
        line_add_foreign(line, ROLE_MED, trust->note, sizeof trust->note);
    }
    add_doubts(lines, cols, trust);
    if (isfinite(trust->dsr)) {
        lines_add(lines);
        pane_add_item(lines, cols, "DSR", ROLE_NORMAL, units_number(text, trust->dsr, 2));
        pane_add_item(lines, cols, "PSR", ROLE_NORMAL, units_number(text, trust->psr, 2));
        pane_add_item(lines, cols, "PBO", ROLE_NORMAL, units_number(text, trust->pbo, 2));
        pane_add_item(lines, cols, "P(loss)", ROLE_NORMAL,
                      units_number(text, trust->p_loss, 2));
        text_cut(track, sizeof track, "%.20s of %d",
                 units_number(text, ceil(trust->track_needed), 0), SUMMARY_BUCKETS);
        pane_add_item(lines, cols, "track needed", ROLE_NORMAL, track);
    }
}

void pane_add_wait(const struct view *view, struct panel *panel, int cols, const char *error)
{
    struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
    if (!view->world->has_desk) {
        line_add(lines_add(lines), ROLE_DIM, "  this console has no desk for tuning");
    } else if (error != NULL) {
        lines_add_wrapped(lines, ROLE_MED, cols, error, TUNING_TEXT_SIZE);
    } else {
        line_add(lines_add(lines), ROLE_DIM, "  reading the results");
    }
}

int pane_fit(const char *text, int cols)
{
    int width = 0, blank = 0;
    const char *at = text;
    while (*at != '\0') {
        const char *next = at;
        width += canvas_code_width(canvas_next_code(&next));
        if (width > cols) {
            return blank > 0 ? blank : (int)(at - text);
        }
        at = next;
        blank = *at == ' ' ? (int)(at - text) : blank;
    }
    return (int)(at - text);
}

void pane_point(struct lines *lines, int at, int room)
{
    at = at < lines->count ? at : lines->count - 1;
    if (at < 0) {
        return;
    }
    struct span *span = lines->lines[at].spans;
    for (int i = 0; i + 1 < lines->lines[at].count && span->text[0] == '\0'; i++) {
        span++;
    }
    char text[SHAPE_TEXT_SIZE];
    text_cut(text, sizeof text, "%s", span->text);
    text_cut(span->text, sizeof span->text, "\u25b8%s", text + (text[0] == ' ' ? 1 : 0));
    const int gone = at - room + 1;
    if (gone > 0 && room > 0) {
        lines->count -= gone;
        memmove(lines->lines, lines->lines + gone, (size_t)lines->count * sizeof *lines->lines);
    }
}

const char *pane_moment(char buffer[UNITS_SIZE], int64_t time_ns)
{
    char text[CALENDAR_TEXT_SIZE];
    calendar_format(text, time_ns, 0);
    return text_cut(buffer, UNITS_SIZE, "%.10s %.8s", text, text + 11);
}

void pane_add_curve(struct chart *chart, const struct ranking_run *run, const char *name,
                    enum role role, char sign)
{
    if (!run->has_equity) {
        return;
    }
    struct series *series = &chart->series[chart->series_count++];
    *series = (struct series){.role = role, .sign = sign, .count = SUMMARY_BUCKETS};
    text_cut(series->name, sizeof series->name, "%s", name);
    double equity_usd = 0.0;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        equity_usd += run->equity_change_usd[i];
        series->values[i] = (float)equity_usd;
    }
}
