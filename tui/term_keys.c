#include "tui/term_keys.h"

#include <curses.h>
#include <stddef.h>

#include "tui/press.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Curses numbers for what terminfo does not know. */
enum { CODE_PASTE_START = KEY_MAX + 1, CODE_PASTE_END, CODE_SIGN_OF_LIFE };

static const struct {
    int code;
    uint32_t press;
} KEYS[] = {
    {KEY_UP, PRESS_UP},
    {KEY_DOWN, PRESS_DOWN},
    {KEY_LEFT, PRESS_LEFT},
    {KEY_RIGHT, PRESS_RIGHT},
    {KEY_HOME, PRESS_HOME},
    {KEY_END, PRESS_END},
    {KEY_PPAGE, PRESS_PAGE_UP},
    {KEY_NPAGE, PRESS_PAGE_DOWN},
    {KEY_BTAB, PRESS_BACKTAB},
    {KEY_DC, PRESS_DELETE},
    {KEY_BACKSPACE, PRESS_BACKSPACE},
    {KEY_ENTER, PRESS_ENTER},
    {CODE_PASTE_START, PRESS_PASTE_START},
    {CODE_PASTE_END, PRESS_PASTE_END},
    {CODE_SIGN_OF_LIFE, PRESS_TERMINAL_OK},
};

/* Sequences terminals send whatever their terminfo entry says. */
static const struct {
    const char *sequence;
    int code;
} SEQUENCES[] = {
    {"\033[200~", CODE_PASTE_START},
    {"\033[201~", CODE_PASTE_END},
    {"\033[0n", CODE_SIGN_OF_LIFE},
    {"\033[A", KEY_UP},
    {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
    {"\033OA", KEY_UP},
    {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},
    {"\033OD", KEY_LEFT},
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
    {"\033OH", KEY_HOME},
    {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033[5~", KEY_PPAGE},
    {"\033[6~", KEY_NPAGE},
    {"\033[Z", KEY_BTAB},
    {"\033[3~", KEY_DC},
};

void term_keys_define(void)
{
    for (size_t i = 0; i < LEN(SEQUENCES); i++) {
        define_key(SEQUENCES[i].sequence, SEQUENCES[i].code);
    }
}

uint32_t term_keys_read(void)
{
    wint_t code;
    const int kind = get_wch(&code);
    if (kind == ERR) {
        return PRESS_NONE;
    }
    if (kind == OK) {
        return code == '\b' ? PRESS_BACKSPACE : code == '\n' ? PRESS_ENTER : (uint32_t)code;
    }
    for (size_t i = 0; i < LEN(KEYS); i++) {
        if ((wint_t)KEYS[i].code == code) {
            return KEYS[i].press;
        }
    }
    return PRESS_OTHER;
}
