#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "tui/canvas.h"
#include "tui/console.h"

/* term: the terminal we stand on. The only code that knows curses. */

struct term;

/* Takes the screen of standard output. false: this terminal cannot move its cursor or is none;
 * err says why. */
bool term_open(const struct console_options *options, struct term **out, struct err *err);
/* Puts everything back as it was; accepts NULL. */
void term_close(struct term *term);

bool term_ascii(const struct term *term);
void term_size(const struct term *term, int *cols, int *rows);
/* The window may have changed: asks for its size and follows. */
void term_follow_size(struct term *term);

/* The next key that waits, or PRESS_NONE. Never blocks longer than an escape sequence takes. */
uint32_t term_read(struct term *term);

/* Shows a canvas with one burst of bytes; what did not change costs none. A cursor with x < 0
 * is hidden. */
void term_draw(struct term *term, const struct canvas *canvas, const char *theme, int cursor_x,
               int cursor_y);
/* The next draw repaints everything. */
void term_redraw(struct term *term);
void term_bell(struct term *term);
/* Asks for a sign of life: PRESS_TERMINAL_OK comes when all so far has been shown. */
void term_ping(struct term *term);
/* Would a write go through at once? */
bool term_writable(const struct term *term);
/* Back to the shell until it says to go on. */
void term_suspend(struct term *term);
