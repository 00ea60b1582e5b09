#pragma once
#include <stdint.h>

/* press: what was pressed, as a number: a character, a control character, or one of the named
 * keys, which lie above Unicode. */

/* X(NAME, number, "what help calls it") */
#define PRESS_TABLE(X)                                                                         \
    X(TAB, 9, "Tab")                                                                           \
    X(ENTER, 13, "Enter")                                                                      \
    X(ESCAPE, 27, "Esc")                                                                       \
    X(SPACE, 32, "Space")                                                                      \
    X(BACKSPACE, 127, "Backspace")                                                             \
    X(UP, 0x110000, "Up")                                                                      \
    X(DOWN, 0x110001, "Down")                                                                  \
    X(LEFT, 0x110002, "Left")                                                                  \
    X(RIGHT, 0x110003, "Right")                                                                \
    X(HOME, 0x110004, "Home")                                                                  \
    X(END, 0x110005, "End")                                                                    \
    X(PAGE_UP, 0x110006, "PgUp")                                                               \
    X(PAGE_DOWN, 0x110007, "PgDn")                                                             \
    X(BACKTAB, 0x110008, "S-Tab")                                                              \
    X(DELETE, 0x110009, "Delete")                                                              \
    X(PASTE_START, 0x11000a, "(paste)")                                                        \
    X(PASTE_END, 0x11000b, "(paste end)")                                                      \
    X(TERMINAL_OK, 0x11000c, "(answer)")                                                       \
    X(OTHER, 0x11000d, "(other)")

enum {
    PRESS_NONE = 0,
#define X(name, number, text) PRESS_##name = number,
    PRESS_TABLE(X)
#undef X
};

/* What Ctrl with a lower-case letter sends. */
#define PRESS_CONTROL(letter) ((uint32_t)((letter) - 'a' + 1))

enum { PRESS_NAME_SIZE = 16 };

/* A key by its name: "K", "Space", "C-c", "PgUp"; PRESS_NONE when it is none. */
uint32_t press_parse(const char *name);
