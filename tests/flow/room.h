#pragma once
#include "support/desk.h"

#include "terminal.h"

/* room: a desk with a console on it, which runs its session in the same process: it ends when
 * the console is closed. */

enum { ROOM_DEAF_MS = 450 }; /* a question of consequence hears nothing for less than that */

struct room {
    struct desk *desk;
    struct terminal terminal;
};

/* Of a test: *state is the room. */
int room_enter(void **state);
int room_leave(void **state);

void room_sit_down(struct room *room, int cols, int rows);
/* Quits, and says yes to the question whether the session is to end. */
void room_stand_up(struct room *room);

/* A premium that swings by 40 bps around nothing every `period` rows: (b * 1000 - a) / a. */
void room_write_market(const struct desk *desk, const char *name, int rows, int period);
/* A whole file of the desk, freed with free(). */
char *room_read(const struct room *room, const char *name);
