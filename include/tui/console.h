#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "view/desk.h"
#include "view/port.h"

/* console: how does a session look on a terminal, and what may the operator do there?
 *
 * Three renderers of one model: curses, appended lines, one frame as text. */

enum console_color {
    CONSOLE_COLOR_AUTO,
    CONSOLE_COLOR_NEVER,
    CONSOLE_COLOR_8,
    CONSOLE_COLOR_256
};

struct console_options {
    enum console_color color;  /* auto: what terminfo says, none when NO_COLOR is set */
    bool ascii;                /* nothing but ASCII, whatever the locale says */
    bool read_only;            /* look, do not touch */
    bool bell;                 /* ring once per new HIGH alarm */
    double frames_per_s;       /* 0: the default, 4 */
    const char *theme;         /* "dark", "korea", "green-red", "mono"; NULL: the default */
    const char *chart_span;    /* "15m", "1h", "4h"; NULL: the default */
    const char *operator_name; /* stands in the audit log beside every command */
    const char *come_back;   /* "arblite attach --state-dir X", for the line after detaching */
    const char *start_again; /* "arblite console --state-dir X", for a host that died */
    struct desk *desk;       /* tuning, stays the caller's; NULL: there is none */
};

enum console_end_kind {
    CONSOLE_DETACHED,      /* the operator left; the session goes on */
    CONSOLE_SESSION_ENDED, /* it took its leave, asked to from here or not */
    CONSOLE_SESSION_GONE,  /* its host died, or was cut off, without a word */
    CONSOLE_TERMINAL_GONE, /* nobody is looking any more; the session goes on */
    CONSOLE_SIGNALLED,     /* by TERM, HUP, INT or QUIT */
};

struct console_end {
    enum console_end_kind kind;
    int signal; /* of CONSOLE_SIGNALLED */
};

/* Runs the console on the controlling terminal (standard input and output) until it ends, puts
 * the terminal back and prints one line on what becomes of the session. Falls back to
 * console_plain() where the terminal cannot move its cursor. The port stays the caller's.
 *
 * Call on a thread in which TERM, HUP, INT, QUIT, TSTP, CONT and WINCH have their default
 * dispositions. false: no terminal could be had. */
bool console_run(struct port *port, const struct console_options *options,
                 struct console_end *end, struct err *err);

/* Appends a line whenever something a person must know has changed, and a summary at least
 * every ten seconds; no cursor motion, no colour. Returns as console_run() does. */
bool console_plain(struct port *port, const struct console_options *options, FILE *out,
                   struct console_end *end, struct err *err);

enum { CONSOLE_COLS_MAX = 512, CONSOLE_ROWS_MAX = 256 };

/* Which page kind a screen shows beside the snapshot: -1 none. false: no such screen. */
bool console_screen_page(const char *screen, int *kind);

/* Whether a screen shows what the desk says, and needs no snapshot. false: no such screen. */
bool console_screen_wants_desk(const char *screen, bool *wants);

/* One frame of "live", "trades", "risk", "alerts", "system", "tuning", "results" or "help" as
 * text, a line per row, trailing blanks cut. `page` may be NULL. A second plane, the letter of
 * each cell's role, is appended when `roles` is set. The snapshot is taken to be exactly as old
 * as it says. */
struct console_snap {
    const char *screen;
    int cols, rows; /* 1..CONSOLE_COLS_MAX, 1..CONSOLE_ROWS_MAX */
    bool ascii;
    bool roles;
    int64_t now_mono_ns;           /* 0: the moment the snapshot was made */
    const struct tuning *tuning;   /* of "tuning", may be NULL */
    const struct ranking *ranking; /* of "results", may be NULL */
};
bool console_snap(const struct snapshot *snapshot, const struct page *page,
                  const struct console_snap *want, struct text *out, struct err *err);
