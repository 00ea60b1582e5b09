#pragma once
#include <stddef.h>
#include <termios.h>

/* crash: puts the terminal back when the process dies of SEGV, BUS, FPE, ILL or ABRT.
 *
 * Everything is prepared while there is still time; the handler only writes and re-raises. */

enum { CRASH_BYTES_MAX = 512 };

/* `bytes` are copied and cut at CRASH_BYTES_MAX. */
void crash_arm(int fd, const char *bytes, size_t length, const struct termios *saved);
/* Gives the signals back to whom they belonged. */
void crash_disarm(void);
