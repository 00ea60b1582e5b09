#pragma once
#include <stdbool.h>
#include <stddef.h>

/* safe: the one door through which foreign text reaches a terminal, a log or a report.
 *
 * Foreign is everything we did not write ourselves: venue messages, symbols, file names, error
 * bodies. Strict UTF-8; C0, DEL, C1, bidi and zero-width controls and broken bytes become \xNN
 * (bytes) or \u{NNNN}; at most two combining marks in a row; never longer than the buffer and
 * never cut inside a character. */

/* Writes the safe form of `length` bytes into buffer (size >= 1, always NUL-terminated) and
 * returns buffer. */
const char *safe_text(char *buffer, size_t size, const char *bytes, size_t length);

/* Strict UTF-8 from the first byte to the last? Controls may be in it. */
bool safe_is_utf8(const char *bytes, size_t length);
