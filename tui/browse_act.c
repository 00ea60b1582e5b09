#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tui/browse.h"
#include "tui/dialog.h"
#include "tui/state.h"

/* browse_act: what each action does on the Results screen. */

enum { HALF_PAGE_ROWS = 10, SCROLL_MAX = 1000000, FIGURES_ROWS = 14 };

static void set_job(char *out, const char *job)
{
    snprintf(out, RANKING_JOB_SIZE, "%s", job);
}

static void set_axis(char *out, const char *axis)
{
    snprintf(out, TUNING_NAME_SIZE, "%s", axis);
}

static void ask_anew(struct browse *browse)
{
    browse->asked_ns = 0;
}

/* Shows the page from `offset` with its first or last row selected. */
static void turn_to(struct browse *browse, int64_t offset, bool from_end)
{
    browse->offset = (int32_t)(offset > 0 ? offset : 0);
    browse->from_end = from_end;
    browse->job[0] = '\0';
    ask_anew(browse);
}

static void move_row(struct state *state, const struct world *world, int rows)
{
    struct browse *browse = &state->browse;
    const struct ranking *ranking = browse_ranking(state, world);
    const int selected = browse_selected(state, world);
    if (selected < 0 || ranking->query.offset != browse->offset) {
        return;
    }
    const int64_t wanted = (int64_t)selected + rows;
    if (wanted >= ranking->count && browse->offset + ranking->count < ranking->kept) {
        turn_to(browse, browse->offset + (int64_t)ranking->count, false);
        return;
    }
    if (wanted < 0 && browse->offset > 0) {
        turn_to(browse, browse->offset - (int64_t)RANKING_ROWS_MAX, true);
        return;
    }
    const int row = wanted < 0                 ? 0
                    : wanted >= ranking->count ? ranking->count - 1
                                               : (int)wanted;
    set_job(browse->job, ranking->rows[row].job);
}

static void move_to_end(struct state *state, const struct world *world, bool last)
{
    const struct ranking *ranking = browse_ranking(state, world);
    if (ranking != NULL) {
        const int64_t pages = ranking->kept > 0 ? (ranking->kept - 1) / RANKING_ROWS_MAX : 0;
        turn_to(&state->browse, last ? pages * RANKING_ROWS_MAX : 0, last);
    }
}

static int32_t clamp(int64_t value, int64_t most)
{
    return (int32_t)(value < 0 ? 0 : value > most ? (most < 0 ? 0 : most) : value);
}

static void move_cell(struct state *state, const struct world *world, int cols, int64_t rows)
{
    const struct ranking_heat *heat = browse_heat(state, world);
    if (heat != NULL) {
        state->browse.col = clamp((int64_t)state->browse.col + cols, heat->cols - 1);
        state->browse.row = clamp(state->browse.row + rows, heat->rows - 1);
    }
}

/* How far a view goes: exactly where its rows are known here, else a little further. */
static int64_t scroll_most(const struct browse *browse, const struct ranking_result *result)
{
    if (result == NULL) {
        return 0;
    }
    switch (browse->view) {
    case BROWSE_USE:
        return result->changes_count + result->evidence_count - 1;
    case BROWSE_COMPARE:
        return FIGURES_ROWS + result->run.params_count;
    case BROWSE_DETAIL:
        return browse->trades ? result->trades_total - 1
                              : FIGURES_ROWS + result->run.params_count / 2;
    case BROWSE_RANKING:
    case BROWSE_HEAT:
        break;
    }
    return 0;
}

static void scroll(struct state *state, const struct world *world, int64_t rows)
{
    struct browse *browse = &state->browse;
    const int32_t before = browse->scroll / BROWSE_TRADES_PAGE;
    browse->scroll =
        clamp(browse->scroll + rows, scroll_most(browse, browse_result(state, world)));
    if (browse->trades && browse->scroll / BROWSE_TRADES_PAGE != before) {
        ask_anew(browse);
    }
}

static void move(struct state *state, const struct world *world, enum action action)
{
    static const struct {
        enum action action;
        int rows;
    } STEPS[] = {{ACTION_DOWN, 1},
                 {ACTION_UP, -1},
                 {ACTION_PAGE_DOWN, HALF_PAGE_ROWS},
                 {ACTION_PAGE_UP, -HALF_PAGE_ROWS},
                 {ACTION_TOP, -SCROLL_MAX},
                 {ACTION_BOTTOM, SCROLL_MAX}};
    int rows = 0;
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        rows = STEPS[i].action == action ? STEPS[i].rows : rows;
    }
    if (state->browse.view == BROWSE_HEAT) {
        move_cell(state, world, 0, rows);
    } else if (state->browse.view != BROWSE_RANKING) {
        scroll(state, world, rows);
    } else if (action == ACTION_TOP || action == ACTION_BOTTOM) {
        move_to_end(state, world, action == ACTION_BOTTOM);
    } else {
        move_row(state, world, rows);
    }
}

static void set_view(struct browse *browse, enum browse_view view)
{
    browse->view = view;
    browse->scroll = 0;
    ask_anew(browse);
}

bool browse_back(struct state *state)
{
    struct browse *browse = &state->browse;
    if (browse->view == BROWSE_RANKING) {
        return false;
    }
    set_view(browse, browse->view == BROWSE_USE      ? browse->below_use
                     : browse->view == BROWSE_DETAIL ? browse->below
                                                     : BROWSE_RANKING);
    return true;
}

/* The job an action is about: the one that is open, that of the cell, that of the row. */
static const char *chosen_job(const struct state *state, const struct world *world)
{
    const struct browse *browse = &state->browse;
    if (browse->view == BROWSE_DETAIL || browse->view == BROWSE_USE) {
        return browse->open;
    }
    if (browse->view == BROWSE_HEAT) {
        const struct ranking_heat *heat = browse_heat(state, world);
        const bool inside =
            heat != NULL && browse->row < heat->rows && browse->col < heat->cols;
        return inside ? heat->jobs[browse->row][browse->col] : "";
    }
    const int row = browse_selected(state, world);
    return row >= 0 ? browse_ranking(state, world)->rows[row].job : "";
}

static void open_job(struct state *state, const struct world *world, enum browse_view view)
{
    struct browse *browse = &state->browse;
    const char *job = chosen_job(state, world);
    if (job[0] == '\0') {
        const bool waits = browse->view == BROWSE_HEAT ? browse_heat(state, world) == NULL
                                                       : browse_ranking(state, world) == NULL;
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "%s",
                   waits ? "the results are still being read" : "there is no result here");
        return;
    }
    if (job != browse->open) {
        set_job(browse->open, job);
    }
    *(view == BROWSE_USE ? &browse->below_use : &browse->below) = browse->view;
    browse->trades = false;
    set_view(browse, view);
}

/* The cursor begins at the job that is selected. */
static void open_map(struct state *state, const struct world *world)
{
    struct browse *browse = &state->browse;
    char job[RANKING_JOB_SIZE];
    set_job(job, chosen_job(state, world));
    set_job(browse->job, job);
    set_view(browse, BROWSE_HEAT);
    browse->placed = false;
}

static void mark(struct state *state, const struct world *world)
{
    struct browse *browse = &state->browse;
    const char *job = chosen_job(state, world);
    if (job[0] == '\0') {
        return;
    }
    if (browse_is_marked(browse, job)) {
        if (strcmp(browse->marks[0], job) == 0) {
            set_job(browse->marks[0], browse->marks[1]);
        }
        browse->marks_count--;
        return;
    }
    if (browse->marks_count == BROWSE_MARKS_MAX) { /* the older one makes room */
        set_job(browse->marks[0], browse->marks[1]);
        browse->marks_count--;
    }
    set_job(browse->marks[browse->marks_count++], job);
}

static void compare(struct state *state, const struct world *world)
{
    struct browse *browse = &state->browse;
    const char *job = chosen_job(state, world);
    if (browse->marks_count == 1 && job[0] != '\0' && !browse_is_marked(browse, job)) {
        set_job(browse->marks[browse->marks_count++], job);
    }
    if (browse->marks_count < BROWSE_MARKS_MAX) {
        state_note(state, world->now_ns, ROLE_NORMAL, 6,
                   "v marks a row; two marked ones are compared");
        return;
    }
    set_view(browse, BROWSE_COMPARE);
}

/* Of another order or choice; the selected job stays selected if it is there. */
static void first_page(struct browse *browse)
{
    browse->offset = 0;
    browse->from_end = false;
    ask_anew(browse);
}

static void sort(struct state *state, const struct world *world, const char *argument)
{
    struct browse *browse = &state->browse;
    int next = argument[0] == '\0' ? (int)(browse->sort + 1) % (RANKING_SORT_LAST + 1) : -1;
    for (int i = 0; i <= RANKING_SORT_LAST && next < 0; i++) {
        const char *name = ranking_sort_name((enum ranking_sort)i);
        next = strncasecmp(name, argument, strlen(argument)) == 0 ? i : -1;
    }
    if (next < 0) {
        state_note(state, world->now_ns, ROLE_MED, 6,
                   "sort: PnL, drawdown, trades, win, plateau, bps or job");
        return;
    }
    browse->sort = (enum ranking_sort)next;
    browse->backwards = false;
    first_page(browse);
}

static void turn_back(struct browse *browse)
{
    browse->backwards = !browse->backwards;
    first_page(browse);
}

void browse_filter(struct state *state, const char *text)
{
    struct browse *browse = &state->browse;
    snprintf(browse->filter, sizeof browse->filter, "%s", text);
    first_page(browse);
}

/* Another value of the third axis. */
static void step_third(struct state *state, const struct world *world, int step)
{
    const struct ranking_heat *heat = browse_heat(state, world);
    if (heat == NULL || heat->thirds == 0) {
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "there is no third axis");
        return;
    }
    state->browse.third = 1 + (heat->third_place + step + heat->thirds) % heat->thirds;
    ask_anew(&state->browse);
}

/* The index-th two of so many axes, in the order of the grid. */
static void axes_at(int count, int index, int *first, int *second)
{
    *first = 0;
    while (index >= count - 1 - *first) {
        index -= count - 1 - *first;
        (*first)++;
    }
    *second = *first + 1 + index;
}

/* The next two axes; the later one stands across. */
static void step_axes(struct state *state, const struct world *world, int step)
{
    struct browse *browse = &state->browse;
    const struct ranking_heat *heat = browse_heat(state, world);
    if (heat == NULL || heat->axes_count < 3) {
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "there are no other axes");
        return;
    }
    const int pairs = heat->axes_count * (heat->axes_count - 1) / 2;
    int now = 0, x, y;
    for (int i = 0; i < pairs; i++) {
        axes_at(heat->axes_count, i, &y, &x);
        const bool shown =
            strcmp(heat->axes[x], heat->x) == 0 && strcmp(heat->axes[y], heat->y) == 0;
        now = shown ? i : now;
    }
    axes_at(heat->axes_count, (now + step + pairs) % pairs, &y, &x);
    set_axis(browse->x, heat->axes[x]);
    set_axis(browse->y, heat->axes[y]);
    browse->third = 0;
    browse->placed = false;
    ask_anew(browse);
}

static void step_session(struct state *state, const struct world *world, int step)
{
    const struct tuning *tuning = world->tuning;
    const struct ranking *ranking = browse_ranking(state, world);
    const int64_t shown = ranking != NULL ? ranking->session_id : state->browse.session;
    int now = 0;
    if (tuning == NULL || tuning->count == 0) {
        return;
    }
    for (int i = 0; i < tuning->count; i++) {
        now = tuning->sessions[i].id == shown ? i : now;
    }
    now = (now + step + tuning->count) % tuning->count;
    browse_show(state, tuning->sessions[now].id);
}

static void ask_question(struct state *state, const struct world *world, enum action action)
{
    struct browse *browse = &state->browse;
    if (action == ACTION_FILTER) {
        dialog_line(state, world, DIALOG_FILTER, browse->filter);
    } else {
        dialog_line(state, world, DIALOG_EXPORT, "");
    }
}

enum action browse_key(const struct state *state, uint32_t key)
{
    static const struct {
        uint32_t key;
        enum action action;
    } KEYS[] = {{'h', ACTION_LEFT}, {'t', ACTION_SPAN_LONGER}, {'T', ACTION_SPAN_SHORTER}};
    const bool on_map = state->screen == SCREEN_RESULTS && state->browse.view == BROWSE_HEAT;
    for (size_t i = 0; on_map && i < sizeof KEYS / sizeof KEYS[0]; i++) {
        if (KEYS[i].key == key) {
            return KEYS[i].action;
        }
    }
    return ACTION_NONE;
}

/* Movement and opening; false when the action is something else. */
static bool look(struct state *state, const struct world *world, enum action action)
{
    struct browse *browse = &state->browse;
    const bool on_map = browse->view == BROWSE_HEAT;
    switch (action) {
    case ACTION_DOWN:
    case ACTION_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_TOP:
    case ACTION_BOTTOM:
        move(state, world, action);
        return true;
    case ACTION_LEFT:
    case ACTION_RIGHT:
        move_cell(state, world, action == ACTION_RIGHT ? 1 : -1, 0);
        return true;
    case ACTION_HEAT:
        open_map(state, world);
        return true;
    case ACTION_OPEN:
        if (browse->view == BROWSE_RANKING || on_map) {
            open_job(state, world, BROWSE_DETAIL);
        }
        return true;
    case ACTION_FOCUS_NEXT:
    case ACTION_FOCUS_BACK:
        if (on_map) {
            step_axes(state, world, action == ACTION_FOCUS_NEXT ? 1 : -1);
        } else if (browse->view == BROWSE_DETAIL) {
            browse->trades = !browse->trades;
            browse->scroll = 0;
        } else if (browse->view == BROWSE_USE) {
            browse->with_size = !browse->with_size;
            ask_anew(browse);
        }
        return true;
    case ACTION_PAIR_NEXT:
    case ACTION_PAIR_BACK:
        step_session(state, world, action == ACTION_PAIR_NEXT ? 1 : -1);
        return true;
    case ACTION_SPAN_LONGER:
    case ACTION_SPAN_SHORTER:
        step_third(state, world, action == ACTION_SPAN_LONGER ? 1 : -1);
        return true;
    default:
        return false;
    }
}

static bool needs_results(enum action action)
{
    return action == ACTION_SORT || action == ACTION_SORT_BACK || action == ACTION_FILTER ||
           action == ACTION_MARK || action == ACTION_COMPARE || action == ACTION_HEAT ||
           action == ACTION_EXPORT || action == ACTION_USE;
}

bool browse_act(struct state *state, const struct world *world, enum action action,
                const char *argument, struct outbox *outbox)
{
    if (state->screen != SCREEN_RESULTS) {
        if (needs_results(action)) {
            state_note(state, world->now_ns, ROLE_NORMAL, 3, "%s: on the Results screen, 9",
                       action_row(action)->name);
        }
        return needs_results(action);
    }
    if (look(state, world, action)) {
        return true;
    }
    switch (action) {
    case ACTION_SORT:
        sort(state, world, argument);
        return true;
    case ACTION_SORT_BACK:
        turn_back(&state->browse);
        return true;
    case ACTION_MARK:
        mark(state, world);
        return true;
    case ACTION_COMPARE:
        compare(state, world);
        return true;
    case ACTION_FILTER:
    case ACTION_EXPORT:
        if (argument[0] == '\0') {
            ask_question(state, world, action);
        } else if (action == ACTION_FILTER) {
            browse_filter(state, argument);
        } else {
            browse_export(state, world, argument, outbox);
        }
        return true;
    case ACTION_USE:
        if (state->browse.view == BROWSE_USE) {
            browse_use(state, world);
        } else {
            open_job(state, world, BROWSE_USE);
        }
        return true;
    default:
        return false;
    }
}
