#pragma once
#include "tui/canvas.h"
#include "tui/layout.h"
#include "tui/shape.h"
#include "tui/state.h"

/* frame: one whole screen from what is known now. Pure but for its own scratch memory. */

struct frame;
struct frame *frame_create(void);
void frame_destroy(struct frame *frame); /* accepts NULL */

/* Where the text cursor belongs; x < 0: nowhere. */
struct frame_cursor {
    int x, y;
};

struct frame_cursor frame_draw(struct frame *frame, const struct state *state,
                               const struct world *world, struct canvas *canvas);
