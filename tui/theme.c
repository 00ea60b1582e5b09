#include "tui/theme.h"

#include <stddef.h>
#include <string.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
    char letter;
    struct style of_256, of_8, of_none;
} ROLES[] = {
#define X(name, letter, fg256, bg256, fg8, bg8, with, without)                                 \
    [ROLE_##name] = {letter,                                                                   \
                     {fg256, bg256, with},                                                     \
                     {fg8, bg8, (with) | (fg8 == -1 && bg256 != -1 ? THEME_REVERSE : 0)},      \
                     {-1, -1, without}},
    ROLE_TABLE(X)
#undef X
};
_Static_assert(LEN(ROLES) == ROLE_LAST + 1, "a row per role");

/* A theme is the default one with other colours for up and down, bids and asks. */
struct theme {
    const char *name;
    int16_t up_256, down_256, bid_256, ask_256;
    int16_t up_8, down_8, bid_8, ask_8;
    bool mono;
};

static const struct theme THEMES[] = {
    {"dark", 39, 208, 67, 137, 6, 3, 4, 3, false},
    {"light", 25, 130, 67, 137, 4, 3, 4, 3, false},
    {"korea", 210, 75, 137, 67, 5, 4, 3, 4, false},
    {"green-red", 71, 173, 65, 131, 2, 3, 2, 3, false},
    {"mono", -1, -1, -1, -1, -1, -1, -1, -1, true},
};

char theme_letter(enum role role)
{
    return ROLES[role].letter;
}

const char *theme_name(int n)
{
    return n >= 0 && (size_t)n < LEN(THEMES) ? THEMES[n].name : NULL;
}

static const struct theme *find(const char *name)
{
    for (size_t i = 0; name != NULL && i < LEN(THEMES); i++) {
        if (strcmp(THEMES[i].name, name) == 0) {
            return &THEMES[i];
        }
    }
    return NULL;
}

bool theme_exists(const char *theme)
{
    return find(theme) != NULL;
}

struct style theme_style(const char *name, enum role role, int colors)
{
    const struct theme *theme = find(name);
    if (theme == NULL) {
        theme = &THEMES[0];
    }
    if (colors < 8 || theme->mono) {
        return ROLES[role].of_none;
    }
    const bool many = colors >= 256;
    struct style style = many ? ROLES[role].of_256 : ROLES[role].of_8;
    switch (role) {
    case ROLE_UP:
        style.foreground = many ? theme->up_256 : theme->up_8;
        break;
    case ROLE_DOWN:
        style.foreground = many ? theme->down_256 : theme->down_8;
        break;
    case ROLE_BID:
        style.foreground = many ? theme->bid_256 : theme->bid_8;
        break;
    case ROLE_ASK:
        style.foreground = many ? theme->ask_256 : theme->ask_8;
        break;
    default:
        break;
    }
    return style;
}
