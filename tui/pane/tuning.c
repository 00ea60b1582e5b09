#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/pane/results.h"

/* Tuning sessions as they go, and about the selected one what it does, what failed and why. */

enum { NAME, STATE, DONE, BAR, FAILED, RATE, ETA, BEST, JOB };
enum {
    BAR_COLS = 6,
    DETAIL_ROWS_MIN = 6,
    LIST_ROWS_MIN = 4,
};
#define NS_PER_S   INT64_C(1000000000)
#define SILENCE_NS (10 * NS_PER_S)
#define NS_PER_DAY (24 * 3600 * NS_PER_S)

static const char *state_words(const struct tuning_session *session)
{
    switch (session->state) {
    case TUNING_RUNNING:
        return "running";
    case TUNING_DONE:
        return "done";
    case TUNING_INTERRUPTED:
        return "interrupted";
    case TUNING_FAILED:
        return "FAILED";
    }
    return "?";
}

static enum role state_role(const struct tuning_session *session)
{
    return session->state == TUNING_RUNNING       ? ROLE_STRONG
           : session->state == TUNING_FAILED      ? ROLE_HIGH
           : session->state == TUNING_INTERRUPTED ? ROLE_MED
                                                  : ROLE_NORMAL;
}

/* How long the runner of a session that runs has told nothing: it was held still, or waits for
 * a disk. 0: not long. Its pace and what is left are of a past then. */
static int64_t silent_ns(const struct tuning *tuning, const struct tuning_session *session)
{
    const int64_t last_ns = session->told_wall_ns > session->started_wall_ns
                                ? session->told_wall_ns
                                : session->started_wall_ns;
    const int64_t gone_ns = tuning->made_wall_ns - last_ns;
    return session->state == TUNING_RUNNING && gone_ns > SILENCE_NS ? gone_ns : 0;
}

/* Jobs that are done, those under way by the rows they have seen. */
static double part_of(const struct tuning_session *session)
{
    return session->jobs > 0 ? (double)session->done / (double)session->jobs : 0.0;
}

static const char *bar(char buffer[SHAPE_CELL_SIZE], double part)
{
    struct text text = text_fixed(buffer, SHAPE_CELL_SIZE);
    const int full = (int)(part * BAR_COLS);
    text_add(&text, "");
    for (int i = 0; i < BAR_COLS; i++) {
        text_add(&text, i < full ? "\xe2\x96\x88" : "\xc2\xb7");
    }
    return buffer;
}

static void add(struct table *table, const struct tuning *tuning,
                const struct tuning_session *session)
{
    struct table_cell *cells = table_row(table);
    char text[UNITS_SIZE], jobs[UNITS_SIZE], drawn[SHAPE_CELL_SIZE];
    if (cells == NULL) {
        return;
    }
    const bool running = session->state == TUNING_RUNNING;
    table_set_foreign(&cells[NAME], ROLE_NORMAL, session->name, sizeof session->name);
    const bool silent = silent_ns(tuning, session) > 0;
    table_set(&cells[STATE], silent ? ROLE_MED : state_role(session), "%s",
              silent ? "silent" : state_words(session));
    table_set(&cells[DONE], ROLE_NORMAL, "%s/%s", units_number(text, (double)session->done, 0),
              units_number(jobs, (double)session->jobs, 0));
    table_set(&cells[BAR], running ? ROLE_NORMAL : ROLE_DIM, "%s",
              bar(drawn, part_of(session)));
    table_set(&cells[FAILED], session->failed > 0 ? ROLE_MED : ROLE_DIM, "%s",
              units_number(text, (double)session->failed, 0));
    if (isfinite(session->jobs_per_s) && !silent) {
        table_set(&cells[RATE], running ? ROLE_NORMAL : ROLE_DIM, "%s",
                  units_number(text, session->jobs_per_s, session->jobs_per_s < 10.0 ? 1 : 0));
    }
    if (running && isfinite(session->eta_s) && !silent) {
        table_set(&cells[ETA], ROLE_NORMAL, "%s",
                  units_age(text, (int64_t)(session->eta_s * (double)NS_PER_S)));
    }
    if (session->best_job[0] != '\0') {
        table_set(&cells[BEST], view_money_role(session->best_pnl_usd), "%s",
                  units_signed(text, session->best_pnl_usd, 2));
        table_set_foreign(&cells[JOB], ROLE_NORMAL, session->best_job,
                          sizeof session->best_job);
    }
}

static void add_list(const struct view *view, const struct tuning *tuning, struct table *table)
{
    table_column(table, "session", 12, false, 0);
    table_column(table, "state", 11, false, 0);
    table_column(table, "done", 13, true, 0);
    table_column(table, "", BAR_COLS, false, 4);
    table_column(table, "failed", 6, true, 1);
    table_column(table, "jobs/s", 6, true, 3);
    table_column(table, "ETA", 6, true, 2);
    table_column(table, "best USD", 10, true, 1);
    table_column(table, "of job", 20, false, 5);
    table->wide = NAME;
    const int selected = list_selected(view->state, view->world, LIST_SESSIONS);
    const int first = table_first_row(selected);
    for (int i = first; i < tuning->count && i < first + SHAPE_ROWS_MAX; i++) {
        add(table, tuning, &tuning->sessions[i]);
    }
    table->selected = selected - first;
}

static void add_life(const struct tuning *tuning, const struct tuning_session *session,
                     struct lines *lines)
{
    char text[UNITS_SIZE];
    const bool ended = session->ended_wall_ns > 0;
    const int64_t until_ns = ended ? session->ended_wall_ns : tuning->made_wall_ns;
    const int64_t gone_ns = until_ns - session->started_wall_ns;
    struct line *line = lines_add(lines);
    line_add(line, ROLE_STRONG, "  ");
    line_add_foreign(line, ROLE_STRONG, session->name, sizeof session->name);
    line_add(line, state_role(session), "  %s", state_words(session));
    if (session->state == TUNING_RUNNING) {
        line_add(line, ROLE_NORMAL, " for %s, pid %d", units_age(text, gone_ns),
                 (int)session->pid);
        if (silent_ns(tuning, session) > 0) {
            line_add(line, ROLE_MED, ", NO WORD from it for %s",
                     units_age(text, silent_ns(tuning, session)));
        }
    } else if (session->state == TUNING_INTERRUPTED && session->end_reason[0] != '\0' &&
               strcmp(session->end_reason, state_words(session)) != 0) {
        line_add(line, ROLE_NORMAL, ": ");
        line_add_foreign(line, ROLE_NORMAL, session->end_reason, sizeof session->end_reason);
    }
    if (ended) {
        line_add(line, ROLE_NORMAL, " after %s", units_age(text, gone_ns));
    }
    const bool today =
        session->started_wall_ns / NS_PER_DAY == tuning->made_wall_ns / NS_PER_DAY;
    line_add(line, ROLE_DIM, ", started %s UTC",
             today ? units_time(text, session->started_wall_ns)
                   : pane_moment(text, session->started_wall_ns));
}

static void add_gauges(const struct tuning_session *session, struct gauges *gauges)
{
    char done[UNITS_SIZE], jobs[UNITS_SIZE];
    struct gauge *gauge = &gauges->gauges[gauges->count++];
    *gauge = (struct gauge){.name = " jobs", .part = part_of(session), .role = ROLE_NORMAL};
    snprintf(gauge->text, sizeof gauge->text, "%.14s of %.14s done",
             units_number(done, (double)session->done, 0),
             units_number(jobs, (double)session->jobs, 0));
    if (session->state == TUNING_RUNNING && isfinite(session->pass_done)) {
        gauge = &gauges->gauges[gauges->count++];
        *gauge = (struct gauge){
            .name = " this pass", .part = session->pass_done, .role = ROLE_NORMAL};
        snprintf(gauge->text, sizeof gauge->text, "of the rows, jobs under way");
    }
}

static void add_story(const struct tuning_session *session, struct lines *lines)
{
    char text[UNITS_SIZE];
    struct line *line;
    if (session->best_job[0] != '\0') {
        line = lines_add(lines);
        line_add(line, ROLE_NORMAL,
                 session->state == TUNING_DONE ? "  best " : "  best so far ");
        line_add(line, view_money_role(session->best_pnl_usd), "%s USD",
                 units_signed(text, session->best_pnl_usd, 2));
        line_add(line, ROLE_NORMAL, " by ");
        line_add_foreign(line, ROLE_NORMAL, session->best_job, sizeof session->best_job);
    }
    if (session->stopped > 0) {
        line = lines_add(lines);
        line_add(line, ROLE_NORMAL, "  %s jobs stopped early",
                 units_number(text, (double)session->stopped, 0));
        line_add(line, ROLE_NORMAL, ", %s%% of the work saved",
                 units_number(text, session->saved_share * 100.0, 0));
    }
    for (int32_t i = 0; i < session->failures_count; i++) {
        line = lines_add(lines);
        line_add(line, ROLE_MED,
                 "  %s failed: ", units_number(text, (double)session->failures[i].jobs, 0));
        line_add_foreign(line, ROLE_NORMAL, session->failures[i].reason,
                         sizeof session->failures[i].reason);
    }
    line = lines_add(lines);
    line_add(line, ROLE_DIM, "  results in ");
    line_add_foreign(line, ROLE_DIM, session->folder, sizeof session->folder);
}

/* How old the figures are; true when they are too old to be taken for now. */
static bool add_age(const struct view *view, const struct tuning *tuning, struct line *title)
{
    char text[UNITS_SIZE];
    const int64_t age_ns = view->now_ns - tuning->made_mono_ns;
    const bool stale = view->world->now_ns - tuning->made_mono_ns > VIEW_SILENCE_NS;
    if (stale) {
        line_add(title, ROLE_MED, "NO ANSWER for %s",
                 units_age(text, view->world->now_ns - tuning->made_mono_ns));
    } else {
        line_add(title, ROLE_TITLE, "as of %s s ago",
                 units_number(text, (double)(age_ns > 0 ? age_ns : 0) / (double)NS_PER_S, 1));
    }
    return stale;
}

static void say(struct panel *panel, enum role role, const char *words)
{
    struct line *line = lines_add(&panel_add(panel, SHAPE_LINES, 0)->lines);
    line_add(line, role, "  %s", words);
}

static void add_sessions(const struct view *view, const struct rect *area,
                         const struct tuning *tuning, struct panel *panel)
{
    const struct tuning_session *session = list_session(view->state, view->world);
    const int body = area->rows - 1;
    add_list(view, tuning, &panel_add(panel, SHAPE_TABLE, 0)->table);
    if (body < LIST_ROWS_MIN + DETAIL_ROWS_MIN) {
        return;
    }
    struct shape *gauges = panel_add(panel, SHAPE_GAUGES, 1);
    add_gauges(session, &gauges->gauges);
    gauges->rows = gauges->gauges.count;
    struct shape *story = panel_add(panel, SHAPE_LINES, 1);
    add_life(tuning, session, &story->lines);
    add_story(session, &story->lines);
    const int most = body - LIST_ROWS_MIN - gauges->rows;
    story->rows = story->lines.count < most ? story->lines.count : most;
}

void pane_tuning(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct tuning *tuning = view->world->tuning;
    line_add(&panel->title, ROLE_TITLE, "8 TUNING");
    panel->focused = true;
    if (!view->world->has_desk) {
        say(panel, ROLE_DIM, "this console has no desk: it cannot see tuning sessions");
        return;
    }
    if (tuning == NULL) {
        say(panel, ROLE_DIM, "waiting for the tuning journal");
        return;
    }
    if (tuning->error[0] == '\0') {
        line_add(&panel->title, ROLE_TITLE, " %d session%s", (int)tuning->total,
                 tuning->total == 1 ? "" : "s");
        if (tuning->count < tuning->total) {
            line_add(&panel->title, ROLE_MED, ", the last %d below", (int)tuning->count);
        }
    }
    line_right(&panel->title);
    panel->stale = add_age(view, tuning, &panel->title);
    if (tuning->error[0] != '\0') {
        struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
        line_add(lines_add(lines), ROLE_HIGH, "  the tuning journal cannot be read:");
        lines_add_wrapped(lines, ROLE_NORMAL, area->cols, tuning->error, sizeof tuning->error);
    } else if (tuning->count == 0) {
        say(panel, ROLE_DIM,
            "no tuning session was run with this state folder; n launches one");
    } else {
        add_sessions(view, area, tuning, panel);
    }
}
