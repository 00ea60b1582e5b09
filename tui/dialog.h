#pragma once
#include "tui/state.h"

/* dialog: a question being answered. Dialogs are states: there is no loop inside a loop. */

enum {
    DIALOG_DEAF_MS = 400, /* a box of class COSTS hears nothing for so long */
    RELEASE_WAIT_MS = 3000,
};

/* Opens a box that sends `command` on y. */
void dialog_confirm(struct state *state, const struct world *world, enum action_class class,
                    const struct command *command, const char *question);
/* Opens a box that gives `order` to the desk on y. */
void dialog_order(struct state *state, const struct world *world, enum action_class class,
                  const struct desk_order *order, const char *question);
/* Asks for a reason first, which the command takes along; an empty one is none. */
void dialog_reason(struct state *state, const struct world *world,
                   const struct command *command, const char *question);
/* `argument` is the session's name and the reason, as far as they were typed already. */
void dialog_release(struct state *state, const struct world *world, const char *argument);
/* Opens a line of that kind to be typed, with something in it to begin with. */
void dialog_line(struct state *state, const struct world *world, enum dialog_kind kind,
                 const char *text);
void dialog_command_line(struct state *state, const struct world *world);
void dialog_close(struct state *state);

/* A key while a dialog is open. */
void dialog_press(struct state *state, const struct world *world, uint32_t key,
                  struct outbox *outbox);
void dialog_tick(struct state *state, const struct world *world, struct outbox *outbox);

/* Is text being typed? */
bool dialog_has_field(const struct dialog *dialog);
/* The field the cursor is in; NULL when none. */
struct field *dialog_field(struct dialog *dialog);

void field_add(struct field *field, uint32_t code);
void field_remove(struct field *field); /* the last character */
void field_set(struct field *field, const char *text);
/* A key in a field: a character, Backspace, or C-u for an empty one. */
void field_press(struct field *field, uint32_t key);

/* A command of this console, signed by its operator. */
struct command command_make(const struct world *world, enum command_kind kind);
/* Notes that this console may not act so, and returns true, when it may not. */
bool command_refused(struct state *state, const struct world *world, enum command_kind kind);
/* Sends it unless refused. */
void command_send(struct state *state, const struct world *world, const struct command *command,
                  struct outbox *outbox);
