#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "tui/dialog.h"
#include "tui/list.h"
#include "tui/view.h"

/* act: what each action does to the state. */

#define NS_PER_S         INT64_C(1000000000)
#define INTERRUPT_NS     NS_PER_S
#define ROWS_HALF_PAGE   10
#define ROWS_ALL         1000000
#define SHELVE_S_NORMAL  600.0
#define SHELVE_S_MAX     3600.0
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

static void send_plain(struct state *state, const struct world *world, enum command_kind kind,
                       struct outbox *outbox)
{
    const struct command command = command_make(world, kind);
    command_send(state, world, &command, outbox);
}

static void send_kill(struct state *state, const struct world *world, struct outbox *outbox)
{
    struct command command = command_make(world, COMMAND_KILL);
    snprintf(command.reason, sizeof command.reason, ":kill at the console");
    command_send(state, world, &command, outbox);
}

/* The trade an order to close is about, bound to its id now. 0: none. */
static uint64_t close_target(const struct state *state, const struct world *world,
                             const char *argument)
{
    uint64_t id = 0;
    if (argument[0] != '\0') {
        return num_parse_uint64(argument, strlen(argument), &id) ? id : 0;
    }
    if (state->screen == SCREEN_TRADES) {
        const struct page_trade *row = list_trade(world, state->trade_id);
        return row != NULL && row->trade.state != TRADE_CLOSED ? state->trade_id : 0;
    }
    const int row = list_selected(state, world, LIST_POSITIONS);
    return row >= 0 ? world->shown->positions[row].id : 0;
}

static void describe_trade(struct dialog *dialog, const struct snapshot *snapshot, uint64_t id)
{
    for (int i = 0; snapshot != NULL && i < snapshot->positions_count; i++) {
        const struct snapshot_position *position = &snapshot->positions[i];
        if (position->id == id) {
            char pair[UNITS_SIZE], pnl[UNITS_SIZE];
            snprintf(dialog->detail, sizeof dialog->detail, "%s, %s, now %s USD",
                     view_pair_name(pair, snapshot, position->pair),
                     view_side_words(position->side), units_signed(pnl, position->pnl_usd, 2));
        }
    }
}

static void ask_close(struct state *state, const struct world *world, const char *argument)
{
    struct command command = command_make(world, COMMAND_CLOSE);
    command.number = close_target(state, world, argument);
    if (command.number == 0) {
        state_note(state, world->now_ns, ROLE_MED, 6, "no open trade is selected");
        return;
    }
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "Close trade %llu at the market, both legs?",
             (unsigned long long)command.number);
    dialog_confirm(state, world, ACTION_COSTS, &command, question);
    describe_trade(&state->dialog, world->newest, command.number);
}

static void ask_plain(struct state *state, const struct world *world, enum action_class class,
                      enum command_kind kind, const char *question)
{
    const struct command command = command_make(world, kind);
    dialog_confirm(state, world, class, &command, question);
}

static void ask_pause(struct state *state, const struct world *world)
{
    const bool paused = world->newest != NULL && world->newest->paused;
    ask_plain(state, world, ACTION_REVERSIBLE, paused ? COMMAND_RESUME : COMMAND_PAUSE,
              paused ? "Resume entries?" : "Pause entries? Exits and hedges go on.");
}

static void ask_quit(struct state *state, const struct world *world)
{
    char question[QUESTION_SIZE];
    const int open = world->newest != NULL ? world->newest->positions_count : 0;
    snprintf(question, sizeof question, "End this session? %d open trade%s stay%s open.", open,
             open == 1 ? "" : "s", open == 1 ? "s" : "");
    ask_plain(state, world, ACTION_COSTS, COMMAND_QUIT, question);
}

static void alarm_command(struct state *state, const struct world *world,
                          enum command_kind kind, double seconds, struct outbox *outbox)
{
    int count;
    const struct snapshot_alert *alerts = list_alerts(state, world, &count);
    const int row = list_selected(state, world, LIST_ALERTS);
    if (row < 0) {
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "there are no alarms");
        return;
    }
    struct command command = command_make(world, kind);
    command.number = alerts[row].id;
    command.value = seconds;
    command_send(state, world, &command, outbox);
}

static void shelve(struct state *state, const struct world *world, const char *argument,
                   struct outbox *outbox)
{
    double minutes = SHELVE_S_NORMAL / 60.0;
    const bool given = argument[0] != '\0';
    if (given && !(num_parse_double(argument, strlen(argument), &minutes) && minutes > 0.0 &&
                   minutes * 60.0 <= SHELVE_S_MAX)) {
        state_note(state, world->now_ns, ROLE_MED, 6, "shelve: minutes from 1 to 60, not '%s'",
                   argument);
        return;
    }
    alarm_command(state, world, COMMAND_SHELVE, minutes * 60.0, outbox);
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

static void set_speed(struct state *state, const struct world *world, const char *argument,
                      struct outbox *outbox)
{
    struct command command = command_make(world, COMMAND_SPEED);
    if (strcmp(argument, "max") == 0) {
        command.value = INFINITY;
    } else if (!num_parse_double(argument, strlen(argument), &command.value) ||
               command.value <= 0.0) {
        state_note(state, world->now_ns, ROLE_MED, 6, "speed: a number above 0 or max");
        return;
    }
    command_send(state, world, &command, outbox);
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

static void turn(int32_t *value, int step, int32_t count)
{
    if (count > 0) {
        *value = (*value + step + count) % count;
    }
}

/* Moving around; false when the action is something else. */
static bool look(struct state *state, const struct world *world, enum action action,
                 bool by_name)
{
    const int32_t pairs = world->newest != NULL ? world->newest->pairs_count : 0;
    const int32_t spans = SNAPSHOT_CHART_SPANS;
    switch (action) {
    case ACTION_HELP:
        show(state, SCREEN_HELP);
        return true;
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
    case ACTION_LIVE:
        show(state, SCREEN_LIVE);
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
    case ACTION_SYSTEM:
        show(state, SCREEN_SYSTEM);
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

/* What the session is asked to do. */
static bool operate(struct state *state, const struct world *world, enum action action,
                    const char *argument, struct outbox *outbox)
{
    switch (action) {
    case ACTION_KILL:
        send_kill(state, world, outbox);
        return true;
    case ACTION_RELEASE:
        dialog_release(state, world);
        return true;
    case ACTION_PAUSE:
        ask_pause(state, world);
        return true;
    case ACTION_CLOSE:
        ask_close(state, world, argument);
        return true;
    case ACTION_ACK:
        alarm_command(state, world, COMMAND_ACK, 0.0, outbox);
        return true;
    case ACTION_ACK_ALL:
        send_plain(state, world, COMMAND_ACK_ALL, outbox);
        return true;
    case ACTION_SHELVE:
        shelve(state, world, argument, outbox);
        return true;
    case ACTION_ARM:
        ask_plain(state, world, ACTION_REVERSIBLE, COMMAND_ARM,
                  "Arm? Entries pass the gate again.");
        return true;
    case ACTION_DISARM:
        ask_plain(state, world, ACTION_REVERSIBLE, COMMAND_DISARM,
                  "Disarm? No entries until armed again.");
        return true;
    case ACTION_FLATTEN:
        ask_plain(state, world, ACTION_COSTS, COMMAND_FLATTEN,
                  "Flatten: close EVERY open trade at the market?");
        return true;
    case ACTION_QUIT:
        ask_quit(state, world);
        return true;
    case ACTION_HOLD:
        send_plain(state, world, COMMAND_PLAYBACK_PAUSE, outbox);
        return true;
    case ACTION_PLAY:
        send_plain(state, world, COMMAND_PLAYBACK_RUN, outbox);
        return true;
    case ACTION_STEP:
        send_plain(state, world, COMMAND_STEP, outbox);
        return true;
    case ACTION_SPEED:
        set_speed(state, world, argument, outbox);
        return true;
    case ACTION_DRILL:
        send_plain(state, world, COMMAND_DRILL, outbox);
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
        if (state->screen == SCREEN_LIVE) {
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
    default:
        break;
    }
}

void state_act(struct state *state, const struct world *world, enum action action,
               const char *argument, bool by_name, struct outbox *outbox)
{
    if (look(state, world, action, by_name) || move(state, world, action) ||
        operate(state, world, action, argument, outbox)) {
        return;
    }
    own_affairs(state, world, action, argument, outbox);
}
