#pragma once
#include <stdint.h>

/* term_keys: what curses reads, as the numbers of tui/press.h; for tui/term.c. */

/* Teaches curses the sequences terminals send whatever their description says. */
void term_keys_define(void);
/* The next key that waits, or PRESS_NONE. */
uint32_t term_keys_read(void);
