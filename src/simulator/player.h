#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "market/frame.h"

/* player: recorded frames at the pace at which they came, or another. */

typedef void player_fn(void *context, const struct frame *frame);

struct player;
/* Shows every frame to `look` at once, before any is played. */
bool player_open(struct player **out, const char *path, double speed, player_fn *look,
                 void *context, struct err *err);
void player_close(struct player *player); /* accepts NULL */

/* Plays what is due `elapsed_ns` after the beginning. Errors end the recording. */
bool player_advance(struct player *player, int64_t elapsed_ns, player_fn *play, void *context,
                    struct err *err);
int64_t player_due_ns(const struct player *player); /* INT64_MAX: over */
