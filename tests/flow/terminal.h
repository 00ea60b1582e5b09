#pragma once
#include <sys/types.h>

#include "base/text.h"
#include "glass.h"

/* terminal: the executable on a pseudo-terminal, as a person sits before it.
 *
 * Wants ARBLITE, its path, in the environment. What never comes fails the test and is printed
 * beside what the glass shows instead. */

struct terminal {
    pid_t pid; /* 0: none runs */
    int master;
    struct glass glass;
    struct text screen; /* the glass as text, after the last wait */
};

/* Starts it in `folder` with words separated by blanks. */
void terminal_start(struct terminal *terminal, const char *folder, int cols, int rows,
                    const char *words);
void terminal_type(struct terminal *terminal, const char *keys);
/* Waits until the glass shows this somewhere. */
void terminal_expect(struct terminal *terminal, const char *words);
/* Waits that long, taking in what comes. */
void terminal_wait(struct terminal *terminal, int wait_ms);
/* Waits for its end; the exit code, or -N after signal N. */
int terminal_end(struct terminal *terminal);
/* Kills it when it still runs, and frees. Accepts a zeroed one. */
void terminal_finish(struct terminal *terminal);
