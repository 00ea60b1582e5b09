#pragma once
#include <stdbool.h>
#include <stdio.h>

/* log: one line per fact, `level time module: text`, to stderr or a file.
 *
 * error: a human must act; warn: may have to; info: a life event of a run; debug: per tick.
 * Foreign text in the arguments passes base/safe.h first, by the caller. Text is escaped so
 * that one call is one line. Nobody waits for a sink: a line that a held terminal or a full
 * pipe does not take now is lost, and the next that is taken says so. The only static state of
 * the program besides the signal latch. */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines go to `sink` (borrowed until the next call) from `level` up. Default: stderr, warn. */
void log_open(FILE *sink, enum log_level level);

/* "error", "warn", "info", "debug" to a level; false when it is none of them. */
bool log_parse_level(const char *name, enum log_level *out);

__attribute__((format(printf, 2, 3))) void log_error(const char *module, const char *format,
                                                     ...);
__attribute__((format(printf, 2, 3))) void log_warn(const char *module, const char *format,
                                                    ...);
__attribute__((format(printf, 2, 3))) void log_info(const char *module, const char *format,
                                                    ...);
__attribute__((format(printf, 2, 3))) void log_debug(const char *module, const char *format,
                                                     ...);
