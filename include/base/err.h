#pragma once
#include <stdbool.h>

/* err: what went wrong, as a value that travels up to whoever can tell the operator.
 *
 * A failing function calls err_set() where the failure is understood; each caller on the way up
 * puts its place in front with err_wrap(). The text is lower case, has no full stop, names the
 * culprit in single quotes and says what was expected. */

enum err_kind {
    ERR_NONE,
    ERR_INPUT,    /* bad input, config or data: exit 1 */
    ERR_USAGE,    /* the command itself makes no sense: exit 2 */
    ERR_REFUSED,  /* understood and refused by a rule: exit 3 */
    ERR_IO,       /* the machine failed us: file, socket, database */
    ERR_ENDED,    /* the other side took its leave: exit 1 */
    ERR_INTERNAL, /* our own fault: exit 2 */
};

struct err {
    enum err_kind kind;
    char text[1024];
};

/* Sets kind and text (truncated to fit) and returns false, so that it can end a function. */
__attribute__((format(printf, 3, 4))) bool err_set(struct err *err, enum err_kind kind,
                                                   const char *format, ...);

/* Puts "<place>: " in front of the text already there and returns false. */
__attribute__((format(printf, 2, 3))) bool err_wrap(struct err *err, const char *format, ...);

/* The process exit code of SPEC.md 6 that belongs to a kind; 0 for ERR_NONE. */
int err_exit_code(enum err_kind kind);
