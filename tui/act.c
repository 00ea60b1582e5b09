#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "tui/dialog.h"
#include "tui/list.h"
#include "tui/operate.h"
#include "tui/tuning.h"

/* act: what each action does to the state. */

#define NS_PER_S         INT64_C(1000000000)
#define INTERRUPT_NS     NS_PER_S
#define ROWS_HALF_PAGE   10
#define ROWS_ALL         1000000
#define FRAMES_PER_S_MIN 0.5
#define FRAMES_PER_S_MAX 20.0

static void show(struct state *state, enum screen screen)
{
    if (screen == SCREEN_HELP && state->screen != SCREEN_HELP) {
        state->below = state->screen;
    }
    state->screen = screen;
    state->detail = false;
    state->zoomed = false;
    state->scroll = 0;
    state->offset = 0;
    state->asked_ns = 0;
}

/* A digit focuses; the same digit again, or the name, opens the full screen or the pane alone.
 */
static void focus(struct state *state, enum pane_id pane, enum screen full, bool by_name)
{
    const bool again = state->screen == SCREEN_LIVE && state->focus == pane;
    if (state->screen == full && full != SCREEN_LIVE) {
        return;
    }
    if (!again && !by_name) {
        show(state, SCREEN_LIVE);
        state->focus = pane;
        return;
    }
    if (full != SCREEN_LIVE) {
        state->focus = pane;
        show(state, full);
        return;
    }
    const bool zoomed = state->zoomed;
    show(state, SCREEN_LIVE);
    state->focus = pane;
    state->zoomed = by_name || !zoomed;
}

static void back(struct state *state)
{
    if (state->detail) {
        state->detail = false;
        state->asked_ns = 0;
    } else if (state->screen == SCREEN_RESULTS && browse_back(state)) {
        return;
    } else if (state->screen == SCREEN_HELP) {
        show(state, state->below);
    } else if (state->screen != SCREEN_LIVE) {
        show(state, SCREEN_LIVE);
    } else {
        state->zoomed = false;
    }
}

static void open_selected(struct state *state, const struct world *world)
{
    const enum list_kind kind = list_kind_of(state);
    if (kind == LIST_ALERTS && state->screen == SCREEN_LIVE) {
        show(state, SCREEN_ALERTS);
        return;
    }
    const int row = list_selected(state, world, kind);
    if (kind == LIST_SESSIONS && row >= 0) {
        state->tuning_id = (uint64_t)world->tuning->sessions[row].id;
        show(state, SCREEN_RESULTS);
        browse_show(state, world->tuning->sessions[row].id);
        return;
    }
    if (row < 0 || (kind != LIST_POSITIONS && kind != LIST_TRADES)) {
        return;
    }
    int count;
    const uint64_t id = kind == LIST_POSITIONS ? world->shown->positions[row].id
                                               : list_trades(world, &count)[row].trade.id;
    const uint32_t offset = state->offset;
    show(state, SCREEN_TRADES);
    state->offset = offset;
    state->trade_id = id;
    state->detail = true;
}

static void next_alarm(struct state *state, const struct world *world)
{
    int count;
    const struct snapshot_alert *alerts = list_alerts(state, world, &count);
    const int from = list_selected(state, world, LIST_ALERTS);
    for (int i = 1; i <= count; i++) {
        const struct snapshot_alert *alert = &alerts[(from + i) % count];
        if (alert->state == ALERT_NEW || alert->state == ALERT_CLEARED) {
            state->alert_id = alert->id;
            state->focus = PANE_ALERTS;
            return;
        }
    }
    state_note(state, world->now_ns, ROLE_NORMAL, 3, "every alarm is acknowledged");
}

static void freeze(struct state *state, const struct world *world)
{
    if (world->newest == NULL) {
        return;
    }
    state->frozen = !state->frozen;
    state->frozen_ns = world->now_ns;
    state->frozen_high = world->newest->alerts_high_unacked;
}

static void interrupt(struct state *state, const struct world *world, struct outbox *outbox)
{
    const bool again =
        state->interrupted_ns != 0 && world->now_ns - state->interrupted_ns <= INTERRUPT_NS;
    state->interrupted_ns = world->now_ns;
    if (again) {
        outbox->detach = true;
    } else if (state->dialog.kind != DIALOG_NONE) {
        dialog_close(state);
    } else {
        state_note(state, world->now_ns, ROLE_NORMAL, 2,
                   "Ctrl-C again within 1 s detaches; the session goes on");
    }
}

static void set_frames(struct state *state, const struct world *world, const char *argument)
{
    double frames_per_s;
    if (!num_parse_double(argument, strlen(argument), &frames_per_s) ||
        frames_per_s < FRAMES_PER_S_MIN || frames_per_s > FRAMES_PER_S_MAX) {
        state_note(state, world->now_ns, ROLE_MED, 6, "hz: 0.5 to 20");
        return;
    }
    state->frames_per_s = frames_per_s;
}

static void set_theme(struct state *state, const struct world *world, const char *argument,
                      struct outbox *outbox)
{
    if (!theme_exists(argument)) {
        state_note(state, world->now_ns, ROLE_MED, 6, "theme: %s",
                   action_row(ACTION_THEME)->help);
        return;
    }
    snprintf(state->theme, sizeof state->theme, "%s", argument);
    outbox->redraw = true;
}

static void snap(struct state *state, const struct world *world, enum action action,
                 const char *argument, struct outbox *outbox)
{
    if (argument[0] == '\0') {
        state_note(state, world->now_ns, ROLE_MED, 6, "%s: the name of a file is needed",
                   action_row(action)->name);
    }
    snprintf(outbox->snap_path, sizeof outbox->snap_path, "%s", argument);
}

static void turn(int32_t *value, int step, int32_t count)
{
    if (count > 0) {
        *value = (*value + step + count) % count;
    }
}

/* Opens a screen by its name; false when the action is something else. */
static bool open_screen(struct state *state, const struct world *world, enum action action)
{
    switch (action) {
    case ACTION_HELP:
        show(state, SCREEN_HELP);
        return true;
    case ACTION_LIVE:
        show(state, SCREEN_LIVE);
        return true;
    case ACTION_SYSTEM:
        show(state, SCREEN_SYSTEM);
        return true;
    case ACTION_TUNING:
        show(state, SCREEN_TUNING);
        return true;
    case ACTION_RESULTS:
        browse_enter(state, world);
        show(state, SCREEN_RESULTS);
        return true;
    case ACTION_TUNE:
        show(state, SCREEN_TUNING);
        return false; /* the form on it is opened by tuning_act() */
    default:
        return false;
    }
}

/* Moving around; false when the action is something else. */
static bool look(struct state *state, const struct world *world, enum action action,
                 bool by_name)
{
    const int32_t pairs = world->newest != NULL ? world->newest->pairs_count : 0;
    const int32_t spans = SNAPSHOT_CHART_SPANS;
    switch (action) {
    case ACTION_BACK:
        back(state);
        return true;
    case ACTION_OPEN:
        open_selected(state, world);
        return true;
    case ACTION_ZOOM:
        state->zoomed = state->screen == SCREEN_LIVE && !state->zoomed;
        return true;
    case ACTION_FOCUS_NEXT:
        state->focus = (enum pane_id)((state->focus + 1) % (PANE_LAST + 1));
        return true;
    case ACTION_FOCUS_BACK:
        state->focus = (enum pane_id)((state->focus + PANE_LAST) % (PANE_LAST + 1));
        return true;
    case ACTION_BOOK_A:
        focus(state, PANE_BOOK_A, SCREEN_LIVE, by_name);
        return true;
    case ACTION_BOOK_B:
        focus(state, PANE_BOOK_B, SCREEN_LIVE, by_name);
        return true;
    case ACTION_PREMIUM:
        focus(state, PANE_PREMIUM, SCREEN_LIVE, by_name);
        return true;
    case ACTION_POSITIONS:
        focus(state, PANE_POSITIONS, SCREEN_TRADES, by_name);
        return true;
    case ACTION_GUARD:
        focus(state, PANE_GUARD, SCREEN_RISK, by_name);
        return true;
    case ACTION_ALERTS:
        focus(state, PANE_ALERTS, SCREEN_ALERTS, by_name);
        return true;
    case ACTION_PAIR_NEXT:
        turn(&state->pair, 1, pairs);
        return true;
    case ACTION_PAIR_BACK:
        turn(&state->pair, -1, pairs);
        return true;
    case ACTION_SPAN_LONGER:
        turn(&state->span, state->span + 1 < spans ? 1 : 0, spans);
        return true;
    case ACTION_SPAN_SHORTER:
        turn(&state->span, state->span > 0 ? -1 : 0, spans);
        return true;
    default:
        return false;
    }
}

static bool move(struct state *state, const struct world *world, enum action action)
{
    switch (action) {
    case ACTION_DOWN:
        list_move(state, world, 1);
        return true;
    case ACTION_UP:
        list_move(state, world, -1);
        return true;
    case ACTION_PAGE_DOWN:
        list_move(state, world, ROWS_HALF_PAGE);
        return true;
    case ACTION_PAGE_UP:
        list_move(state, world, -ROWS_HALF_PAGE);
        return true;
    case ACTION_TOP:
        list_move(state, world, -ROWS_ALL);
        return true;
    case ACTION_BOTTOM:
        list_move(state, world, ROWS_ALL);
        return true;
    case ACTION_NEXT_ALARM:
        next_alarm(state, world);
        return true;
    default:
        return false;
    }
}

static void own_affairs(struct state *state, const struct world *world, enum action action,
                        const char *argument, struct outbox *outbox)
{
    switch (action) {
    case ACTION_COMMAND:
        dialog_command_line(state, world);
        break;
    case ACTION_DETACH:
        if (state->screen == SCREEN_LIVE && !state->zoomed) {
            outbox->detach = true;
        } else {
            back(state);
        }
        break;
    case ACTION_DETACH_NOW:
        outbox->detach = true;
        break;
    case ACTION_FREEZE:
        freeze(state, world);
        break;
    case ACTION_THEME:
        set_theme(state, world, argument, outbox);
        break;
    case ACTION_HZ:
        set_frames(state, world, argument);
        break;
    case ACTION_REDRAW:
        outbox->redraw = true;
        break;
    case ACTION_SUSPEND:
        outbox->suspend = true;
        break;
    case ACTION_INTERRUPT:
        interrupt(state, world, outbox);
        break;
    case ACTION_SNAP:
    case ACTION_WRITE:
        snap(state, world, action, argument, outbox);
        break;
    default:
        break;
    }
}

void state_act(struct state *state, const struct world *world, enum action action,
               const char *argument, bool by_name, struct outbox *outbox)
{
    if (browse_act(state, world, action, argument, outbox) ||
        open_screen(state, world, action) || look(state, world, action, by_name) ||
        move(state, world, action) || operate_act(state, world, action, argument, outbox) ||
        tuning_act(state, world, action, argument)) {
        return;
    }
    own_affairs(state, world, action, argument, outbox);
}
