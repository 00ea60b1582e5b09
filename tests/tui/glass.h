#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

/* glass: what a terminal would show after these bytes: the part of xterm that curses uses. */

enum { GLASS_ARGUMENTS_MAX = 16 };

struct glass {
    struct canvas *canvas;
    int x, y, top, bottom;
    bool wraps; /* the cursor hangs behind the last column */
    uint32_t last;
    bool alternate, cursor_shown, pastes;
    int clears;  /* whole screens erased */
    int asked;   /* signs of life asked for and not yet answered */
    int unknown; /* sequences it does not know */
    /* the parser */
    int state;
    char introducer;
    int arguments[GLASS_ARGUMENTS_MAX], arguments_count;
    char utf8[5];
    int utf8_length, utf8_wanted;
};

void glass_init(struct glass *glass, int cols, int rows);
void glass_finish(struct glass *glass);
void glass_resize(struct glass *glass, int cols, int rows);
void glass_feed(struct glass *glass, const char *bytes, size_t length);
