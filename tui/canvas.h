#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "tui/theme.h"

/* canvas: a grid of styled cells, clipped and aware of wide characters.
 *
 * Everything is drawn here; terminals and golden files only copy it. Coordinates may lie
 * outside: what does not fit is not drawn. */

struct rect {
    int x, y, cols, rows; /* an empty rect has no columns or no rows */
};

struct cell {
    uint32_t code;   /* 0 behind a wide character */
    uint32_t accent; /* one combining mark, or 0 */
    uint8_t role;    /* enum role */
    uint8_t reverse; /* 1: under the cursor of a list, in a dialog title, ... */
    uint16_t unused; /* always 0, so that cells can be compared as bytes */
};

struct canvas {
    int cols, rows;
    bool ascii; /* every character becomes one of ASCII, as wide as it was */
    struct cell *cells;
};

struct canvas *canvas_create(int cols, int rows, bool ascii);
void canvas_destroy(struct canvas *canvas); /* accepts NULL */
void canvas_clear(struct canvas *canvas);

/* Columns a character takes: 0, 1 or 2; the same in every locale. */
int canvas_code_width(uint32_t code);
/* Columns a UTF-8 string takes. */
int canvas_text_width(const char *utf8);
/* The character at *cursor, which moves on; 0 at the end. Broken bytes give U+FFFD. */
uint32_t canvas_next_code(const char **cursor);

/* Draws from (x, y) of `area`, clipped to it, and returns the columns the text takes unclipped.
 * A wide character that would be cut becomes a blank. */
int canvas_text(struct canvas *canvas, const struct rect *area, int x, int y, enum role role,
                const char *utf8);
void canvas_put(struct canvas *canvas, const struct rect *area, int x, int y, enum role role,
                uint32_t code);
/* Sets one dot of the 2x4 of each cell, in dots from the top left of `area` (braille). */
void canvas_dot(struct canvas *canvas, const struct rect *area, int x, int y, enum role role);
/* Gives a stretch of cells another role, or turns them around. */
void canvas_paint(struct canvas *canvas, const struct rect *area, int x, int y, int cols,
                  enum role role);
void canvas_reverse(struct canvas *canvas, const struct rect *area, int x, int y, int cols);
/* Blanks an area. */
void canvas_blank(struct canvas *canvas, const struct rect *area);

/* The rows as lines, trailing blanks cut; with `roles` the letters of the roles instead. */
void canvas_print(const struct canvas *canvas, bool roles, struct text *out);
/* The same into a new file; one that is there already is left alone. */
bool canvas_write(const struct canvas *canvas, const char *path, struct err *err);

/* The part of `area` that lies inside `outer`. */
struct rect rect_clip(struct rect area, const struct rect *outer);
