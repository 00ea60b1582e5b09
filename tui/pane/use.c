#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/pane/results.h"

/* What speaks for and against a job's parameters, before they are used (MARKET.md F). */

enum { NAME_COLS = 18, SIGN_COLS = 3, TEXT_COLS_MIN = 20 };
enum { QUESTION_COLS = 21 }; /* "USE " and " in this session?" */

/* A name, a sign and a text, which goes on below itself where one line has no room for it: half
 * a number is no number. */
static void add_fact(struct lines *lines, int cols, const char *name, const char *sign,
                     enum role role, const char *raw)
{
    char text[TUNING_TEXT_SIZE * 2];
    const int indent = 1 + NAME_COLS + SIGN_COLS;
    const int room = cols - indent > TEXT_COLS_MIN ? cols - indent : TEXT_COLS_MIN;
    safe_text(text, sizeof text, raw, strnlen(raw, TUNING_TEXT_SIZE));
    const char *rest = text;
    for (bool first = true; first || *rest != '\0'; first = false) {
        struct line *line = lines_add(lines);
        line_add(line, ROLE_DIM, " ");
        line_add_foreign(line, ROLE_DIM, first ? name : "", TUNING_NAME_SIZE);
        line_add(line, ROLE_DIM, "%*s", 1 + NAME_COLS - line_width(line), "");
        line_add(line, ROLE_MED, "%-*s", SIGN_COLS, first ? sign : "");
        const int length = pane_fit(rest, room);
        line_add(line, role, "%.*s", length, rest);
        rest += length;
        rest += strspn(rest, " ");
    }
}

static void add_change(struct lines *lines, int cols, const struct ranking_change *change)
{
    char text[TUNING_TEXT_SIZE];
    text_cut(text, sizeof text, "%s now, %s then%s", change->now, change->then,
             change->taken ? "" : "; stays, it is a size: Tab takes it too");
    add_fact(lines, cols, change->name, change->taken ? ">" : "",
             change->taken ? ROLE_STRONG : ROLE_DIM, text);
}

static void add_evidence(struct lines *lines, int cols, const struct ranking_evidence *evidence)
{
    add_fact(lines, cols, evidence->name,
             evidence->decisive   ? "!!"
             : evidence->doubtful ? "!"
                                  : "",
             evidence->doubtful ? ROLE_MED : ROLE_NORMAL, evidence->text);
}

static void add_foot(const struct view *view, const struct ranking_result *result, int cols,
                     struct lines *foot)
{
    enum { WHY_SIZE = TUNING_TEXT_SIZE + 32 };
    char why[WHY_SIZE];
    if (browse_is_in_use(result, view->newest)) {
        line_add(lines_add(foot), ROLE_STRONG,
                 "  in use here: revision %llu of this session has them",
                 (unsigned long long)view->newest->revision);
    } else if (result->refused[0] != '\0') {
        text_cut(why, sizeof why, "not in this session: %s", result->refused);
        lines_add_wrapped(foot, ROLE_MED, cols, why, sizeof why);
    } else if (view->newest == NULL) {
        line_add(lines_add(foot), ROLE_MED, "  no session runs here");
    } else if (result->working) {
        line_add(lines_add(foot), ROLE_DIM, "  the rest is being worked out");
    } else if (browse_wants_reason(result)) {
        line_add(lines_add(foot), ROLE_MED,
                 "  !! so much speaks against it that a reason is asked for");
    } else {
        line_add(lines_add(foot), ROLE_NORMAL, "  u asks whether to use them");
    }
    line_add(lines_add(foot), ROLE_DIM, "  open trades keep the exits they were opened with");
}

void pane_use(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct browse *browse = &view->state->browse;
    const struct ranking_result *result = browse_result(view->state, view->world);
    line_add(&panel->title, ROLE_TITLE, "USE ");
    pane_add_job(&panel->title, area->cols - TITLE_FRAME_COLS - QUESTION_COLS,
                 result != NULL ? result->session : "", browse->open);
    line_add(&panel->title, ROLE_TITLE, " in this session?");
    line_add_hints(&panel->title, area->cols,
                   browse->with_size ? "u asks  Tab without size  Esc back"
                                     : "u asks  Tab with size  Esc back");
    if (result == NULL || result->error[0] != '\0') {
        pane_add_wait(view, panel, area->cols, result != NULL ? result->error : NULL);
        return;
    }
    struct lines *lines = &panel_add(panel, SHAPE_LINES, 0)->lines;
    int at = 0;
    for (int i = 0; i < result->changes_count; i++) {
        at = i <= browse->scroll ? lines->count : at;
        add_change(lines, area->cols, &result->changes[i]);
    }
    for (int i = 0; i < result->evidence_count; i++) {
        at = result->changes_count + i <= browse->scroll ? lines->count : at;
        add_evidence(lines, area->cols, &result->evidence[i]);
    }
    struct shape *foot = panel_add(panel, SHAPE_LINES, 0);
    add_foot(view, result, area->cols, &foot->lines);
    foot->rows = foot->lines.count;
    pane_point(lines, at, area->rows - 1 - foot->rows);
}
