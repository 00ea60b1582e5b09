#include <stdio.h>
#include <string.h>

#include "tui/action.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/pane/results.h"

/* The last row: what is being typed, what just happened, that the view is frozen, that the
 * console may only look, or what the keys do here, as many as fit. */

enum {
    READ_ONLY_COLS_MIN = 40, /* with less room the kill switch's keys come first */
    LONG_NAMES_COLS_MIN = 40,
    BOX_COLS = 4, /* what the edge of a box takes */
    BOX_ROWS = 2,
};

#define NS_PER_S INT64_C(1000000000)

static void command_line(const struct view *view, int cols, struct line *line)
{
    const struct field *field = &view->state->dialog.fields[0];
    line_add(line, ROLE_STRONG, ":");
    line_add(line, ROLE_NORMAL, "%s", field->text);
    int width = line_width(line) + 3;
    for (int n = 0; field->length > 0 && n < 8; n++) {
        const char *name = action_complete(field->text, n);
        if (name == NULL || width + canvas_text_width(name) + 1 > cols) {
            break;
        }
        line_add(line, ROLE_DIM, "%s%s", n == 0 ? "   " : " ", name);
        width += canvas_text_width(name) + 1;
    }
}

/* What is typed grows at its end: of a long text the end is seen. */
static const char *end_of(const char *text, int cols)
{
    while (*text != '\0' && canvas_text_width(text) > cols) {
        do {
            text++;
        } while ((*text & 0xc0) == 0x80);
    }
    return text;
}

/* The hint leaves where the text needs its room. */
static void typed_line(const struct dialog *dialog, int cols, struct line *line)
{
    const char *hint = dialog->kind == DIALOG_FILTER
                           ? "pnl>0 dd<5 trades>=30 tau=3600 word  Esc clears "
                           : "a new .csv or .json file  Esc leaves it ";
    line_add(line, ROLE_STRONG, "%s", pane_prompt(dialog->kind));
    line_add(line, ROLE_NORMAL, "%s",
             end_of(dialog->fields[0].text, cols - line_width(line) - 1));
    if (line_width(line) + 2 + (int)strlen(hint) <= cols) {
        line_right(line);
        line_add(line, ROLE_DIM, "%s", hint);
    }
}

const char *pane_prompt(enum dialog_kind kind)
{
    switch (kind) {
    case DIALOG_COMMAND:
        return ":";
    case DIALOG_FILTER:
        return "/";
    case DIALOG_EXPORT:
        return "export to ";
    case DIALOG_NONE:
    case DIALOG_CONFIRM:
    case DIALOG_RELEASE:
    case DIALOG_REASON:
        break;
    }
    return NULL;
}

static bool is_read_only(const struct view *view)
{
    return view->world->read_only || (view->newest != NULL && view->newest->read_only);
}

/* Whether this console may do what the key asks for. */
static bool is_allowed(const struct view *view, enum action action)
{
    if (action == ACTION_KILL) {
        return !view->world->read_only;
    }
    return !is_read_only(view) ||
           (action_row(action)->class == ACTION_LOOKS && action != ACTION_ACK);
}

/* Whether an action has anything to act on here. */
static bool is_here(const struct view *view, enum action action)
{
    const struct state *state = view->state;
    const bool on_desk = state->screen == SCREEN_TUNING || state->screen == SCREEN_RESULTS;
    const bool on_list = state->screen == SCREEN_TUNING && !state->form.open;
    const struct tuning_session *session = on_list ? list_session(state, view->world) : NULL;
    if (form_is_shown(state) && state->form.typing) {
        return action == ACTION_KILL; /* all other keys are typed */
    }
    switch (action) {
    case ACTION_TUNE:
        return on_list;
    case ACTION_TUNE_STOP:
        return session != NULL && session->state == TUNING_RUNNING;
    case ACTION_TUNE_RESUME:
        return session != NULL &&
               (session->state == TUNING_INTERRUPTED || session->state == TUNING_FAILED);
    case ACTION_CLOSE:
    case ACTION_ZOOM:
    case ACTION_FOCUS_NEXT:
    case ACTION_ACK:
        return !on_desk;
    default:
        return true;
    }
}

static void hints(const struct view *view, int cols, struct line *line)
{
    char key[16];
    int width = 0;
    for (int i = 0; i <= ACTION_LAST && line->count + 6 < SHAPE_SPANS_MAX; i++) {
        const struct action_row *row = action_row((enum action)i);
        const bool kills = i == ACTION_KILL;
        if ((row->hint[0] == '\0' && !kills) || !is_allowed(view, (enum action)i) ||
            !is_here(view, (enum action)i)) {
            continue;
        }
        const char *name = kills ? "K K" : action_first_key((enum action)i, key);
        const char *hint = kills ? "KILL" : row->hint;
        if (i == ACTION_DETACH && (view->state->screen != SCREEN_LIVE || view->state->zoomed)) {
            hint = "back";
        }
        const int more = canvas_text_width(name) + canvas_text_width(hint) + 3;
        if (width + more > cols) {
            continue;
        }
        line_add(line, ROLE_STRONG, " %s", name);
        line_add(line, kills ? ROLE_NORMAL : ROLE_DIM, " %s ", hint);
        width += more;
    }
}

void pane_footer(const struct view *view, int cols, struct line *line)
{
    const struct state *state = view->state;
    char age[UNITS_SIZE];
    line_clear(line);
    if (state->dialog.kind == DIALOG_COMMAND) {
        command_line(view, cols, line);
        return;
    }
    if (pane_prompt(state->dialog.kind) != NULL) {
        typed_line(&state->dialog, cols, line);
        return;
    }
    if (cols >= READ_ONLY_COLS_MIN && is_read_only(view)) {
        line_add(line, ROLE_MED, " read-only ");
    }
    if (state->frozen) {
        const int64_t frozen_ns = view->world->now_ns - state->frozen_ns;
        line_add(line, ROLE_HIGH, " VIEW FROZEN %s ",
                 units_age(age, frozen_ns / NS_PER_S * NS_PER_S));
        line_add(line, ROLE_DIM, " Space thaws  ");
    }
    if (view->world->slow_rate > 0.0) {
        line_add(line, ROLE_MED, " link slow %.1f Hz ", view->world->slow_rate);
    }
    if (state->notice.text[0] != '\0') {
        line_add(line, state->notice.role, " %s ", state->notice.text);
    } else {
        hints(view, cols - line_width(line), line);
    }
}

static void countdown(const struct view *view, struct lines *lines)
{
    const int64_t gone_ns = view->world->now_ns - view->state->dialog.wait_from_ns;
    const int64_t left_s =
        (RELEASE_WAIT_MS * INT64_C(1000000) - gone_ns + NS_PER_S - 1) / NS_PER_S;
    line_add(lines_add(lines), ROLE_HIGH, "releasing in %d s; any key cancels",
             (int)(left_s > 0 ? left_s : 0));
}

static void add_field(const struct view *view, int cols, struct lines *lines, int which)
{
    static const char *const names[2][2] = {{"session name", "reason      "},
                                            {"name", "reason"}};
    const struct dialog *dialog = &view->state->dialog;
    const char *name = names[cols < LONG_NAMES_COLS_MIN][which];
    const char *text = end_of(dialog->fields[which].text, cols - canvas_text_width(name) - 2);
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "%s ", name);
    line_add(line, ROLE_STRONG, "%s%s", text, dialog->stage == which ? "_" : "");
}

static void release_story(const struct view *view, struct lines *lines)
{
    const struct snapshot *snapshot = view->newest;
    char when[UNITS_SIZE];
    if (snapshot == NULL) {
        return;
    }
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "engaged %s by ", view_killed_time(when, snapshot));
    line_add_foreign(line, ROLE_NORMAL, snapshot->killed_by, sizeof snapshot->killed_by);
    line_add(line, ROLE_NORMAL, ": ");
    line_add_foreign(line, ROLE_NORMAL, snapshot->killed_reason,
                     sizeof snapshot->killed_reason);
    line_add(lines_add(lines), ROLE_NORMAL,
             "%d open trade%s: exits and hedges have gone on and still do",
             (int)snapshot->positions_count, snapshot->positions_count == 1 ? "" : "s");
    line_add(lines_add(lines), ROLE_NORMAL,
             "entries stay closed: the session is left disarmed until :arm");
    pane_add_causes(view, lines);
    line = lines_add(lines);
    line_add(line, ROLE_DIM, "this session is ");
    line_add_foreign(line, ROLE_STRONG, snapshot->session, sizeof snapshot->session);
}

static void release_prompt(const struct view *view, struct lines *lines)
{
    if (view->state->dialog.stage == RELEASE_STAGE_WAIT) {
        countdown(view, lines);
    } else if (view->state->dialog.stage == RELEASE_STAGE_CONFIRM) {
        line_add(lines_add(lines), ROLE_STRONG, "y releases after three seconds, n does not");
    } else {
        line_add(lines_add(lines), ROLE_DIM, "Enter next   Esc leaves the kill switch on");
    }
}

/* With little room that comes first which waits for a key. */
static void release_brief(const struct view *view, int cols, struct lines *lines)
{
    const struct dialog *dialog = &view->state->dialog;
    const bool typing = dialog_has_field(dialog);
    const int first = typing ? dialog->stage : 0;
    if (!typing) {
        release_prompt(view, lines);
    }
    add_field(view, cols, lines, first);
    add_field(view, cols, lines, 1 - first);
    if (dialog->detail[0] != '\0') {
        line_add(lines_add(lines), ROLE_MED, "%s", dialog->detail);
    }
    if (typing) {
        release_prompt(view, lines);
    }
    release_story(view, lines);
}

static void release_box(const struct view *view, const struct rect *area, struct line *title,
                        struct lines *lines)
{
    const int cols = area->cols - BOX_COLS;
    line_add(title, ROLE_STRONG, " Release the kill switch ");
    release_story(view, lines);
    lines_add(lines);
    add_field(view, cols, lines, 0);
    add_field(view, cols, lines, 1);
    line_add(lines_add(lines), ROLE_MED, "%s", view->state->dialog.detail);
    release_prompt(view, lines);
    if (lines->count > area->rows - BOX_ROWS) {
        lines->count = 0;
        release_brief(view, cols, lines);
    }
}

/* A question is there to its last word: that may be the name of its target. */
static void add_words(struct lines *lines, enum role role, int cols, const char *text)
{
    for (const char *rest = text; *rest != '\0'; rest += strspn(rest, " ")) {
        const int bytes = pane_fit(rest, cols > 1 ? cols : 1);
        line_add(lines_add(lines), role, "%.*s", bytes, rest);
        rest += bytes > 0 ? bytes : (int)strlen(rest);
    }
}

/* So much speaks against it that it wants a reason. */
static void reason_box(const struct dialog *dialog, int cols, struct line *title,
                       struct lines *lines)
{
    const char *text = end_of(dialog->fields[0].text, cols - 6);
    line_add(title, ROLE_STRONG, " %s ", command_kind_name(dialog->command.kind));
    add_words(lines, ROLE_STRONG, cols, dialog->question);
    line_add(lines_add(lines), ROLE_MED, "!! speaks against it. Why all the same?");
    struct line *line = lines_add(lines);
    line_add(line, ROLE_NORMAL, "why ");
    line_add(line, ROLE_STRONG, "%s_", text);
    line_add(lines_add(lines), ROLE_MED, "%s", dialog->detail);
    line_add(lines_add(lines), ROLE_DIM, "Enter goes on to the question   Esc leaves it");
}

bool pane_box(const struct view *view, const struct rect *area, struct line *title,
              struct lines *lines)
{
    const struct dialog *dialog = &view->state->dialog;
    line_clear(title);
    lines->count = 0;
    if (dialog->kind == DIALOG_RELEASE) {
        release_box(view, area, title, lines);
        return true;
    }
    if (dialog->kind == DIALOG_REASON) {
        reason_box(dialog, area->cols - BOX_COLS, title, lines);
        return true;
    }
    if (dialog->kind != DIALOG_CONFIRM) {
        return false;
    }
    line_add(title, ROLE_STRONG, " %s ",
             dialog->orders ? desk_verb_name(dialog->order.verb)
                            : command_kind_name(dialog->command.kind));
    add_words(lines, ROLE_STRONG, area->cols - BOX_COLS, dialog->question);
    add_words(lines, ROLE_NORMAL, area->cols - BOX_COLS, dialog->detail);
    lines_add(lines);
    line_add(lines_add(lines), ROLE_NORMAL, "y does it   n or Esc does not");
    return true;
}
