#include "tui/operate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "tui/dialog.h"
#include "tui/view.h"

#define SHELVE_S_NORMAL 600.0
#define SHELVE_S_MAX    3600.0

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

/* The open trade the cursor is on, bound to its id now; notes and returns 0 when there is none.
 */
static uint64_t selected_trade(struct state *state, const struct world *world)
{
    uint64_t id = 0;
    if (state->screen == SCREEN_TRADES) {
        const struct page_trade *row = list_trade(world, state->trade_id);
        id = row != NULL && row->trade.state != TRADE_CLOSED ? state->trade_id : 0;
    } else {
        const int row = list_selected(state, world, LIST_POSITIONS);
        id = row >= 0 ? world->shown->positions[row].id : 0;
    }
    if (id == 0) {
        state_note(state, world->now_ns, ROLE_MED, 6, "no open trade is selected");
    }
    return id;
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

static void ask_plain(struct state *state, const struct world *world, enum action_class class,
                      enum command_kind kind, const char *question)
{
    const struct command command = command_make(world, kind);
    dialog_confirm(state, world, class, &command, question);
}

static bool is_open(const struct snapshot *snapshot, uint64_t id)
{
    for (int i = 0; snapshot != NULL && i < snapshot->positions_count; i++) {
        if (snapshot->positions[i].id == id) {
            return true;
        }
    }
    /* A snapshot that is full may leave trades out; then the session knows. */
    return snapshot != NULL && snapshot->positions_count == SNAPSHOT_POSITIONS_MAX;
}

/* The open trade of that number; says why not and returns 0 when there is none. */
static uint64_t named_trade(struct state *state, const struct world *world,
                            const char *argument)
{
    uint64_t id = 0;
    if (!num_parse_uint64(argument, strlen(argument), &id) || id == 0) {
        state_note(state, world->now_ns, ROLE_MED, 6, "'%s' is no trade's number", argument);
        return 0;
    }
    if (!is_open(world->newest, id)) {
        state_note(state, world->now_ns, ROLE_MED, 6, "trade %llu is not open",
                   (unsigned long long)id);
        return 0;
    }
    return id;
}

static void ask_close(struct state *state, const struct world *world, const char *argument)
{
    if (command_refused(state, world, COMMAND_CLOSE)) {
        return;
    }
    struct command command = command_make(world, COMMAND_CLOSE);
    command.number = argument[0] != '\0' ? named_trade(state, world, argument)
                                         : selected_trade(state, world);
    if (command.number == 0) {
        return;
    }
    char question[QUESTION_SIZE];
    snprintf(question, sizeof question, "Close trade %llu at the market, both legs?",
             (unsigned long long)command.number);
    dialog_confirm(state, world, ACTION_COSTS, &command, question);
    describe_trade(&state->dialog, world->newest, command.number);
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

/* Nobody acknowledges what he does not see. */
static bool sees_alarms(struct state *state, const struct world *world, enum action action)
{
    const bool seen = state->screen == SCREEN_LIVE || state->screen == SCREEN_ALERTS;
    if (!seen) {
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "%s: where alarms are seen, 0 or 66",
                   action_row(action)->name);
    }
    return seen;
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

static void operate_alarm(struct state *state, const struct world *world, enum action action,
                          const char *argument, struct outbox *outbox)
{
    if (action == ACTION_ACK) {
        alarm_command(state, world, COMMAND_ACK, 0.0, outbox);
    } else if (action == ACTION_ACK_ALL) {
        send_plain(state, world, COMMAND_ACK_ALL, outbox);
    } else {
        shelve(state, world, argument, outbox);
    }
}

bool operate_act(struct state *state, const struct world *world, enum action action,
                 const char *argument, struct outbox *outbox)
{
    switch (action) {
    case ACTION_KILL:
        send_kill(state, world, outbox);
        return true;
    case ACTION_RELEASE:
        dialog_release(state, world, argument);
        return true;
    case ACTION_PAUSE:
        ask_pause(state, world);
        return true;
    case ACTION_CLOSE:
        ask_close(state, world, argument);
        return true;
    case ACTION_ACK:
    case ACTION_ACK_ALL:
    case ACTION_SHELVE:
        if (sees_alarms(state, world, action)) {
            operate_alarm(state, world, action, argument, outbox);
        }
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
