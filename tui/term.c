#include "tui/term.h"

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "tui/charset.h"
#include "tui/crash.h"
#include "tui/press.h"
#include "tui/term_keys.h"

#define LEN(array)   (sizeof(array) / sizeof((array)[0]))
#define PASTE_ON     "\033[?2004h"
#define PASTE_OFF    "\033[?2004l"
#define ASK_FOR_LIFE "\033[5n"
#define ESCAPE_MS    25
#define ANSWER_MS    200 /* how long a last answer is waited for, so that no shell reads it */
#define UNKNOWN_CODE '?'

struct term {
    SCREEN *screen;
    bool ascii;
    int colors;
    char theme[16]; /* of the pairs as they are */
    bool pinged;
    bool cursor_shown;
    struct termios saved;
};

static void send_bytes(const char *bytes, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written <= 0) {
            return;
        }
        bytes += written;
        length -= (size_t)written;
    }
}

/* A terminfo string without its padding marks. */
static void add_capability(struct text *out, const char *name)
{
    const char *value = tigetstr(name);
    if (value == NULL || value == (const char *)-1) {
        return;
    }
    while (*value != '\0') {
        const char *end = strncmp(value, "$<", 2) == 0 ? strchr(value, '>') : NULL;
        if (end != NULL) {
            value = end + 1;
        } else {
            text_add_char(out, *value++);
        }
    }
}

static void arm_crash(const struct term *term)
{
    char bytes[CRASH_BYTES_MAX];
    struct text text = text_fixed(bytes, sizeof bytes);
    text_add(&text, PASTE_OFF);
    add_capability(&text, "sgr0");
    add_capability(&text, "rmkx");
    add_capability(&text, "cnorm");
    add_capability(&text, "rmcup");
    crash_arm(STDOUT_FILENO, text_string(&text), text.length, &term->saved);
}

static SCREEN *open_screen(void)
{
    static const char *const TYPES[] = {NULL, "xterm-256color", "xterm", "vt100"};
    for (size_t i = 0; i < LEN(TYPES); i++) {
        SCREEN *screen = newterm(TYPES[i], stdout, stdin);
        if (screen != NULL) {
            return screen;
        }
    }
    return NULL;
}

static bool can_move(void)
{
    const char *motion = tigetstr("cup");
    return motion != NULL && motion != (const char *)-1;
}

static int count_colors(enum console_color wanted)
{
    const char *no_color = getenv("NO_COLOR");
    const bool off = wanted == CONSOLE_COLOR_NEVER ||
                     (wanted == CONSOLE_COLOR_AUTO && no_color != NULL && *no_color != '\0');
    if (off || !has_colors() || start_color() == ERR) {
        return 0;
    }
    use_default_colors();
    const int many = COLORS >= 256 && COLOR_PAIRS > ROLE_LAST + 1 ? 256 : 8;
    return wanted == CONSOLE_COLOR_8 || COLORS < 8 ? (COLORS < 8 ? 0 : 8) : many;
}

static void set_up_modes(void)
{
    raw();
    noecho();
    nonl();
    typeahead(-1);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
    curs_set(0);
    set_escdelay(ESCAPE_MS);
    term_keys_define();
    struct termios now;
    if (tcgetattr(STDIN_FILENO, &now) == 0) {
        now.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
        tcsetattr(STDIN_FILENO, TCSANOW, &now);
        def_prog_mode();
    }
}

bool term_open(const struct console_options *options, struct term **out, struct err *err)
{
    struct termios saved;
    const char *type = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &saved) != 0) {
        return err_set(err, ERR_IO, "standard input and output are no terminal");
    }
    if (type != NULL && strcmp(type, "dumb") == 0) {
        return err_set(err, ERR_IO, "a terminal of type 'dumb' cannot move its cursor");
    }
    const bool utf8 = charset_is_utf8(); /* before curses looks */
    unsetenv("LINES");
    unsetenv("COLUMNS");
    SCREEN *screen = open_screen();
    if (screen == NULL) {
        return err_set(err, ERR_IO, "no terminal description for '%s'", type ? type : "");
    }
    if (!can_move()) {
        endwin();
        delscreen(screen);
        return err_set(err, ERR_IO, "a terminal of type '%s' cannot move its cursor", type);
    }
    struct term *term = mem_zalloc(sizeof *term);
    term->screen = screen;
    term->saved = saved;
    term->ascii = options->ascii || !utf8;
    signal(SIGTSTP, SIG_DFL); /* curses' own handlers would draw from inside */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    set_up_modes();
    term->colors = count_colors(options->color);
    arm_crash(term);
    refresh();
    send_bytes(PASTE_ON, strlen(PASTE_ON));
    *out = term;
    return true;
}

/* An answer that is still on its way would be typed into the shell. */
static void await_answer(struct term *term)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (term->pinged && poll(&input, 1, ANSWER_MS) == 1 && (input.revents & POLLIN) != 0) {
        if (term_read(term) == PRESS_NONE) {
            return;
        }
    }
}

void term_close(struct term *term)
{
    if (term == NULL) {
        return;
    }
    await_answer(term);
    send_bytes(PASTE_OFF, strlen(PASTE_OFF));
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSANOW, &term->saved);
    crash_disarm();
    delscreen(term->screen);
    mem_free(term);
}

bool term_ascii(const struct term *term)
{
    return term->ascii;
}

void term_size(const struct term *term, int *cols, int *rows)
{
    getmaxyx(stdscr, *rows, *cols);
    *cols = *cols > CONSOLE_COLS_MAX ? CONSOLE_COLS_MAX : *cols;
    *rows = *rows > CONSOLE_ROWS_MAX ? CONSOLE_ROWS_MAX : *rows;
}

void term_follow_size(struct term *term)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
        is_term_resized(size.ws_row, size.ws_col)) {
        resizeterm(size.ws_row, size.ws_col);
    }
}

uint32_t term_read(struct term *term)
{
    const uint32_t press = term_keys_read();
    term->pinged = term->pinged && press != PRESS_TERMINAL_OK;
    return press;
}

static attr_t attributes_of(const struct style *style)
{
    return ((style->attributes & THEME_BOLD) != 0 ? A_BOLD : 0) |
           ((style->attributes & THEME_DIM) != 0 ? A_DIM : 0) |
           ((style->attributes & THEME_UNDERLINE) != 0 ? A_UNDERLINE : 0) |
           ((style->attributes & THEME_REVERSE) != 0 ? A_REVERSE : 0);
}

/* A pair per role, made once and again when the theme changes. */
static void set_theme(struct term *term, const char *theme)
{
    if (term->colors == 0 || strcmp(term->theme, theme) == 0) {
        return;
    }
    for (int role = 0; role <= ROLE_LAST; role++) {
        const struct style style = theme_style(theme, (enum role)role, term->colors);
        init_pair((short)(role + 1), style.foreground, style.background);
    }
    snprintf(term->theme, sizeof term->theme, "%s", theme);
}

/* What the terminal would give another width than we do is not sent. */
static wchar_t printable(uint32_t code)
{
    const int width = wcwidth((wchar_t)code);
    return width == canvas_code_width(code) ? (wchar_t)code : UNKNOWN_CODE;
}

static void draw_row(const struct term *term, const struct cell *cells, int cols, int y,
                     const struct style styles[ROLE_LAST + 1])
{
    cchar_t row[CONSOLE_COLS_MAX];
    int count = 0;
    for (int x = 0; x < cols; x++) {
        const struct cell *cell = &cells[x];
        if (cell->code == 0) {
            continue;
        }
        wchar_t text[3] = {printable(cell->code), (wchar_t)cell->accent, 0};
        attr_t attributes = attributes_of(&styles[cell->role]);
        attributes ^= cell->reverse ? A_REVERSE : 0;
        const bool split = text[0] == UNKNOWN_CODE && canvas_code_width(cell->code) == 2;
        for (int copy = 0; copy < (split ? 2 : 1); copy++) {
            setcchar(&row[count++], text, attributes,
                     (short)(term->colors > 0 ? cell->role + 1 : 0), NULL);
        }
    }
    mvadd_wchnstr(y, 0, row, count);
}

void term_draw(struct term *term, const struct canvas *canvas, const char *theme, int cursor_x,
               int cursor_y)
{
    struct style styles[ROLE_LAST + 1];
    for (int role = 0; role <= ROLE_LAST; role++) {
        styles[role] = theme_style(theme, (enum role)role, term->colors);
    }
    set_theme(term, theme);
    erase();
    for (int y = 0; y < canvas->rows; y++) {
        draw_row(term, canvas->cells + (size_t)y * (size_t)canvas->cols, canvas->cols, y,
                 styles);
    }
    const bool shown = cursor_x >= 0;
    leaveok(stdscr, !shown);
    if (shown) {
        move(cursor_y, cursor_x);
    }
    if (shown != term->cursor_shown) {
        curs_set(shown);
        term->cursor_shown = shown;
    }
    wnoutrefresh(stdscr);
    doupdate();
}

void term_redraw(struct term *term)
{
    clearok(curscr, TRUE);
}

void term_bell(struct term *term)
{
    beep();
}

void term_ping(struct term *term)
{
    send_bytes(ASK_FOR_LIFE, strlen(ASK_FOR_LIFE));
    term->pinged = true;
}

bool term_writable(const struct term *term)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) != 0;
}

void term_suspend(struct term *term)
{
    sigset_t stop, before;
    send_bytes(PASTE_OFF, strlen(PASTE_OFF));
    curs_set(1);
    endwin();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    kill(0, SIGTSTP);
    /* Blocked until here, so that it is this very line that stops. */
    sigprocmask(SIG_UNBLOCK, &stop, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    send_bytes(PASTE_ON, strlen(PASTE_ON));
    term->cursor_shown = true;
    term_follow_size(term);
    clearok(curscr, TRUE);
    refresh();
}
