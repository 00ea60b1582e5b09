#include "tui/dialog.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/canvas.h"
#include "tui/press.h"

#define NS_PER_MS INT64_C(1000000)

struct command command_make(const struct world *world, enum command_kind kind)
{
    struct command command = {.kind = kind};
    snprintf(command.operator_name, sizeof command.operator_name, "%s",
             world->operator_name != NULL ? world->operator_name : "?");
    return command;
}

bool command_refused(struct state *state, const struct world *world, enum command_kind kind)
{
    /* A console beside another one may still throw the kill switch. */
    const bool beside = world->newest != NULL && world->newest->read_only;
    if (!world->read_only && (!beside || kind == COMMAND_KILL)) {
        return false;
    }
    state_note(state, world->now_ns, ROLE_MED, 6, "read-only console: '%s' was not sent",
               command_kind_name(kind));
    return true;
}

/* The same of what is asked of the desk. */
static bool desk_refused(struct state *state, const struct world *world, const char *what)
{
    const bool beside = world->newest != NULL && world->newest->read_only;
    if (!world->has_desk) {
        state_note(state, world->now_ns, ROLE_MED, 6, "this console has no desk");
    } else if (world->read_only || beside) {
        state_note(state, world->now_ns, ROLE_MED, 6, "read-only console: '%s' was not asked",
                   what);
    }
    return !world->has_desk || world->read_only || beside;
}

void command_send(struct state *state, const struct world *world, const struct command *command,
                  struct outbox *outbox)
{
    if (command_refused(state, world, command->kind)) {
        return;
    }
    if (outbox->commands_count < OUTBOX_COMMANDS_MAX) {
        outbox->commands[outbox->commands_count++] = *command;
        state_note(state, world->now_ns, ROLE_NORMAL, 6, "%s: sent, waiting for the session",
                   command_kind_name(command->kind));
    }
}

void field_set(struct field *field, const char *text)
{
    snprintf(field->text, sizeof field->text, "%s", text);
    field->length = (int)strlen(field->text);
}

void field_add(struct field *field, uint32_t code)
{
    const bool printable = code >= ' ' && code != PRESS_BACKSPACE && code < 0x110000 &&
                           !(code >= 0x80 && code < 0xa0) && canvas_code_width(code) > 0;
    if (!printable) {
        return;
    }
    char bytes[4];
    int length = 0;
    if (code < 0x80) {
        bytes[length++] = (char)code;
    } else {
        const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        const uint32_t lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
        bytes[length++] = (char)(lead | code >> (6 * more));
        for (int i = more - 1; i >= 0; i--) {
            bytes[length++] = (char)(0x80 | (code >> (6 * i) & 0x3f));
        }
    }
    if (field->length + length < FIELD_SIZE) {
        memcpy(field->text + field->length, bytes, (size_t)length);
        field->length += length;
        field->text[field->length] = '\0';
    }
}

void field_remove(struct field *field)
{
    while (field->length > 0 && (field->text[field->length - 1] & 0xc0) == 0x80) {
        field->length--;
    }
    field->length -= field->length > 0;
    field->text[field->length] = '\0';
}

void field_press(struct field *field, uint32_t key)
{
    if (key == PRESS_BACKSPACE) {
        field_remove(field);
    } else if (key == PRESS_CONTROL('u')) {
        field_set(field, "");
    } else {
        field_add(field, key);
    }
}

bool dialog_has_field(const struct dialog *dialog)
{
    return dialog->kind == DIALOG_COMMAND || dialog->kind == DIALOG_FILTER ||
           dialog->kind == DIALOG_EXPORT || dialog->kind == DIALOG_REASON ||
           (dialog->kind == DIALOG_RELEASE && dialog->stage < RELEASE_STAGE_CONFIRM);
}

struct field *dialog_field(struct dialog *dialog)
{
    if (!dialog_has_field(dialog)) {
        return NULL;
    }
    return &dialog->fields[dialog->kind == DIALOG_RELEASE ? dialog->stage : 0];
}

static void dialog_open(struct state *state, const struct world *world, enum dialog_kind kind)
{
    state->dialog = (struct dialog){.kind = kind, .opened_ns = world->now_ns};
}

void dialog_close(struct state *state)
{
    state->dialog = (struct dialog){.kind = DIALOG_NONE};
}

void dialog_confirm(struct state *state, const struct world *world, enum action_class class,
                    const struct command *command, const char *question)
{
    if (command_refused(state, world, command->kind)) {
        return;
    }
    dialog_open(state, world, DIALOG_CONFIRM);
    state->dialog.class = class;
    state->dialog.command = *command;
    snprintf(state->dialog.question, sizeof state->dialog.question, "%s", question);
}

void dialog_order(struct state *state, const struct world *world, enum action_class class,
                  const struct desk_order *order, const char *question)
{
    if (desk_refused(state, world, desk_verb_name(order->verb))) {
        return;
    }
    dialog_open(state, world, DIALOG_CONFIRM);
    state->dialog.class = class;
    state->dialog.orders = true;
    state->dialog.order = *order;
    snprintf(state->dialog.question, sizeof state->dialog.question, "%s", question);
}

static void order_send(struct state *state, const struct world *world, struct outbox *outbox)
{
    outbox->orders = true;
    outbox->order = state->dialog.order;
    state_note(state, world->now_ns, ROLE_NORMAL, 6, "%s: asked for",
               desk_verb_name(outbox->order.verb));
    if (outbox->order.verb == DESK_START) {
        state->form.open = false;
        state->tuning_id = 0; /* the new one will be the first */
    }
    dialog_close(state);
}

void dialog_reason(struct state *state, const struct world *world,
                   const struct command *command, const char *question)
{
    dialog_confirm(state, world, ACTION_COSTS, command, question);
    if (state->dialog.kind == DIALOG_CONFIRM) {
        state->dialog.kind = DIALOG_REASON;
    }
}

void dialog_line(struct state *state, const struct world *world, enum dialog_kind kind,
                 const char *text)
{
    dialog_open(state, world, kind);
    field_set(&state->dialog.fields[0], text);
}

void dialog_command_line(struct state *state, const struct world *world)
{
    dialog_line(state, world, DIALOG_COMMAND, "");
}

static void confirm_press(struct state *state, const struct world *world, uint32_t key,
                          struct outbox *outbox)
{
    const int64_t open_ns = world->now_ns - state->dialog.opened_ns;
    if (state->dialog.class == ACTION_COSTS && open_ns < DIALOG_DEAF_MS * NS_PER_MS) {
        return;
    }
    if (key == 'y' && state->dialog.orders) {
        order_send(state, world, outbox);
    } else if (key == 'y') {
        const struct command command = state->dialog.command;
        dialog_close(state);
        state->quitting = state->quitting || command.kind == COMMAND_QUIT;
        command_send(state, world, &command, outbox);
    } else if (key == 'n' || key == PRESS_ESCAPE || key == 'q') {
        dialog_close(state);
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "nothing was done");
    }
}

static bool name_matches(const struct state *state, const struct world *world)
{
    return world->newest != NULL &&
           strcmp(state->dialog.fields[0].text, world->newest->session) == 0;
}

/* Enter goes on to the next field, never further than the question. */
static void release_next(struct state *state, const struct world *world)
{
    struct dialog *dialog = &state->dialog;
    dialog->detail[0] = '\0';
    if (dialog->stage == 0 && !name_matches(state, world)) {
        text_cut(dialog->detail, sizeof dialog->detail,
                 "'%.40s' is not the name of this session", dialog->fields[0].text);
        field_set(&dialog->fields[0], "");
    } else if (dialog->stage == 1 && dialog->fields[1].length == 0) {
        text_cut(dialog->detail, sizeof dialog->detail, "a reason is needed; it is journaled");
    } else {
        dialog->stage++;
        dialog->opened_ns = world->now_ns;
    }
}

/* What stood behind the command goes where it would have been typed, and no further. */
static void release_fill(struct state *state, const struct world *world, const char *argument)
{
    struct dialog *dialog = &state->dialog;
    const size_t name_length = strcspn(argument, " ");
    char name[FIELD_SIZE];
    if (name_length == 0) {
        return;
    }
    text_cut(name, sizeof name, "%.*s", (int)name_length, argument);
    field_set(&dialog->fields[0], name);
    release_next(state, world);
    const char *reason = argument + name_length + strspn(argument + name_length, " ");
    if (dialog->stage == 1 && reason[0] != '\0') {
        field_set(&dialog->fields[1], reason);
        release_next(state, world);
    }
}

void dialog_release(struct state *state, const struct world *world, const char *argument)
{
    if (command_refused(state, world, COMMAND_RELEASE)) {
        return;
    }
    if (world->newest == NULL || !world->newest->killed) {
        state_note(state, world->now_ns, ROLE_NORMAL, 6, "the kill switch is not engaged");
        return;
    }
    dialog_open(state, world, DIALOG_RELEASE);
    state->dialog.class = ACTION_TYPED;
    release_fill(state, world, argument);
}

static void release_press(struct state *state, const struct world *world, uint32_t key)
{
    struct dialog *dialog = &state->dialog;
    if (dialog->stage == RELEASE_STAGE_WAIT) {
        dialog_close(state);
        state_note(state, world->now_ns, ROLE_MED, 6,
                   "release cancelled; the kill switch stays");
    } else if (key == PRESS_ESCAPE) {
        dialog_close(state);
    } else if (dialog->stage == RELEASE_STAGE_CONFIRM) {
        const bool deaf = world->now_ns - dialog->opened_ns < DIALOG_DEAF_MS * NS_PER_MS;
        if (!deaf && key == 'y') {
            dialog->stage = RELEASE_STAGE_WAIT;
            dialog->wait_from_ns = world->now_ns;
        } else if (!deaf && key == 'n') {
            dialog_close(state);
        }
    } else if (key == PRESS_ENTER || key == PRESS_TAB) {
        release_next(state, world);
    } else if (key == PRESS_BACKTAB || key == PRESS_UP) {
        dialog->stage = 0;
    } else {
        field_press(dialog_field(dialog), key);
    }
}

static void remember(struct state *state, const char *line)
{
    if (state->history_count == HISTORY_MAX) {
        memmove(state->history[0], state->history[1],
                sizeof state->history[0] * (HISTORY_MAX - 1));
        state->history_count--;
    }
    snprintf(state->history[state->history_count++], COMMAND_TEXT_SIZE, "%.*s",
             COMMAND_TEXT_SIZE - 1, line);
}

static void run_line(struct state *state, const struct world *world, struct outbox *outbox)
{
    char line[FIELD_SIZE];
    snprintf(line, sizeof line, "%s", state->dialog.fields[0].text);
    dialog_close(state);
    char *name = line + strspn(line, " :");
    if (*name == '\0') {
        return;
    }
    remember(state, name);
    char *argument = name + strcspn(name, " ");
    if (*argument != '\0') {
        *argument++ = '\0';
        argument += strspn(argument, " ");
    }
    const enum action action = action_of_name(name);
    if (action == ACTION_NONE || strstr(action_row(action)->argument, "...") == NULL) {
        argument[strcspn(argument, " ")] = '\0';
    }
    if (action == ACTION_NONE) {
        state_note(state, world->now_ns, ROLE_MED, 6, "no command '%s'; ? lists them", name);
        return;
    }
    state_act(state, world, action, argument, true, outbox);
}

static void complete(struct field *field)
{
    const char *first = action_complete(field->text, 0);
    if (first == NULL) {
        return;
    }
    /* As far as all candidates agree. */
    size_t common = strlen(first);
    for (int n = 1; action_complete(field->text, n) != NULL; n++) {
        const char *other = action_complete(field->text, n);
        size_t same = 0;
        while (same < common && first[same] == other[same]) {
            same++;
        }
        common = same;
    }
    char completed[COMMAND_TEXT_SIZE];
    snprintf(completed, sizeof completed, "%.*s", (int)common, first);
    field_set(field, completed);
}

static void recall(struct state *state, int step)
{
    struct dialog *dialog = &state->dialog;
    const int at = dialog->history_at + step;
    if (at >= 0 && at <= state->history_count) {
        dialog->history_at = at;
        field_set(&dialog->fields[0], at == 0 ? "" : state->history[state->history_count - at]);
    }
}

static void command_press(struct state *state, const struct world *world, uint32_t key,
                          struct outbox *outbox)
{
    struct field *field = &state->dialog.fields[0];
    if (key == PRESS_ENTER) {
        run_line(state, world, outbox);
    } else if (key == PRESS_ESCAPE || (key == PRESS_BACKSPACE && field->length == 0)) {
        dialog_close(state);
    } else if (key == PRESS_TAB) {
        complete(field);
    } else if (key == PRESS_UP || key == PRESS_DOWN) {
        recall(state, key == PRESS_UP ? 1 : -1);
    } else {
        field_press(field, key);
    }
}

/* With a reason it becomes the question. */
static void reason_next(struct state *state, const struct world *world)
{
    struct dialog *dialog = &state->dialog;
    const char *reason = dialog->fields[0].text;
    if (strspn(reason, " ") == strlen(reason)) {
        text_cut(dialog->detail, sizeof dialog->detail, "a reason is needed; it is journaled");
        return;
    }
    text_cut(dialog->command.reason, sizeof dialog->command.reason, "%s", reason);
    text_cut(dialog->detail, sizeof dialog->detail, "reason: %.120s", reason);
    dialog->kind = DIALOG_CONFIRM;
    dialog->opened_ns = world->now_ns;
}

static void reason_press(struct state *state, const struct world *world, uint32_t key)
{
    struct field *field = &state->dialog.fields[0];
    if (key == PRESS_ENTER) {
        reason_next(state, world);
    } else if (key == PRESS_ESCAPE) {
        dialog_close(state);
        state_note(state, world->now_ns, ROLE_NORMAL, 3, "nothing was done");
    } else {
        field_press(field, key);
    }
}

/* A line for the results. Esc while a filter is typed takes the filter away. */
static void line_press(struct state *state, const struct world *world, uint32_t key,
                       struct outbox *outbox)
{
    struct field *field = &state->dialog.fields[0];
    const bool filters = state->dialog.kind == DIALOG_FILTER;
    char text[FIELD_SIZE];
    snprintf(text, sizeof text, "%s", key == PRESS_ENTER ? field->text : "");
    if (key == PRESS_ENTER || key == PRESS_ESCAPE) {
        dialog_close(state);
        if (filters) {
            browse_filter(state, text);
        } else if (text[0] != '\0') {
            browse_export(state, world, text, outbox);
        }
    } else {
        field_press(field, key);
    }
}

void dialog_press(struct state *state, const struct world *world, uint32_t key,
                  struct outbox *outbox)
{
    switch (state->dialog.kind) {
    case DIALOG_CONFIRM:
        confirm_press(state, world, key, outbox);
        break;
    case DIALOG_RELEASE:
        release_press(state, world, key);
        break;
    case DIALOG_COMMAND:
        command_press(state, world, key, outbox);
        break;
    case DIALOG_FILTER:
    case DIALOG_EXPORT:
        line_press(state, world, key, outbox);
        break;
    case DIALOG_REASON:
        reason_press(state, world, key);
        break;
    case DIALOG_NONE:
        break;
    }
}

void dialog_tick(struct state *state, const struct world *world, struct outbox *outbox)
{
    const struct dialog *dialog = &state->dialog;
    if (dialog->kind != DIALOG_RELEASE || dialog->stage != RELEASE_STAGE_WAIT ||
        world->now_ns - dialog->wait_from_ns < RELEASE_WAIT_MS * NS_PER_MS) {
        return;
    }
    struct command command = command_make(world, COMMAND_RELEASE);
    snprintf(command.text, sizeof command.text, "%.63s", dialog->fields[0].text);
    snprintf(command.reason, sizeof command.reason, "%s", dialog->fields[1].text);
    dialog_close(state);
    command_send(state, world, &command, outbox);
}
