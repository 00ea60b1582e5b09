#include <curses.h>

void term(void);
