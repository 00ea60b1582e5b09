#pragma once
#include <stdbool.h>
#include <stdint.h>

/* theme: what a thing on the screen is (its role), and what colour that is.
 *
 * Grey is normal; colour is information and never alone: each role has a word or a sign with
 * it. Red means one thing: blocked or killed. */

/* X(NAME, letter, 256: fg, bg, 8: fg, bg, attributes with colour, without)  -1: the terminal's
 * own. The letter stands for the role in golden files. */
#define ROLE_TABLE(X)                                                                          \
    X(NORMAL, ' ', -1, -1, -1, -1, 0, 0)                                                       \
    X(DIM, '.', 245, -1, -1, -1, 0, THEME_DIM)                                                 \
    X(TITLE, 't', 245, -1, -1, -1, 0, 0)                                                       \
    X(FOCUS, 'f', -1, -1, -1, -1, THEME_BOLD, THEME_BOLD)                                      \
    X(STRONG, 's', -1, -1, -1, -1, THEME_BOLD, THEME_BOLD)                                     \
    X(BID, 'b', 67, -1, 4, -1, 0, 0)                                                           \
    X(ASK, 'a', 137, -1, 3, -1, 0, 0)                                                          \
    X(UP, '+', 39, -1, 6, -1, 0, THEME_BOLD)                                                   \
    X(DOWN, '-', 208, -1, 3, -1, 0, 0)                                                         \
    X(STALE, '?', 245, -1, -1, -1, THEME_DIM, THEME_DIM)                                       \
    X(LOW, 'l', 180, -1, 3, -1, 0, 0)                                                          \
    X(MED, 'm', 214, -1, 3, -1, THEME_BOLD, THEME_BOLD)                                        \
    X(HIGH, 'H', 16, 220, 3, -1, 0, THEME_REVERSE | THEME_BOLD)                                \
    X(BLOCKED, 'X', 231, 160, 7, 1, 0, THEME_REVERSE)                                          \
    X(BADGE, 'p', 16, 250, -1, -1, 0, THEME_REVERSE)                                           \
    X(LINE, 'e', 180, -1, 3, -1, 0, THEME_DIM)                                                 \
    X(HEAT_0, '0', 238, -1, -1, -1, 0, 0)                                                      \
    X(HEAT_1, '1', 60, -1, -1, -1, 0, 0)                                                       \
    X(HEAT_2, '2', 61, -1, -1, -1, 0, 0)                                                       \
    X(HEAT_3, '3', 67, -1, -1, -1, 0, 0)                                                       \
    X(HEAT_4, '4', 73, -1, -1, -1, 0, 0)                                                       \
    X(HEAT_5, '5', 109, -1, -1, -1, 0, 0)                                                      \
    X(HEAT_6, '6', 186, -1, -1, -1, 0, 0)                                                      \
    X(HEAT_7, '7', 229, -1, -1, -1, 0, 0)

enum role {
#define X(name, letter, fg256, bg256, fg8, bg8, with, without) ROLE_##name,
    ROLE_TABLE(X)
#undef X
        ROLE_LAST = ROLE_HEAT_7,
};

enum { THEME_BOLD = 1, THEME_DIM = 2, THEME_UNDERLINE = 4, THEME_REVERSE = 8 };

struct style {
    int16_t foreground, background; /* colour numbers, -1 default */
    uint8_t attributes;             /* THEME_ bits */
};

char theme_letter(enum role role);

/* How a role looks with so many colours (0, 8 or 256) in the named theme. An unknown name is
 * the default one. */
struct style theme_style(const char *theme, enum role role, int colors);
bool theme_exists(const char *theme);
/* The n-th theme's name; NULL behind the last. */
const char *theme_name(int n);
