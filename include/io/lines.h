#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* lines: a text stream line by line, counted, with a cap on their length.
 *
 * Plain or zstd (recognised by its magic number, whatever the file is called). */

struct lines;
bool lines_open(struct lines **out, const char *path, size_t line_size_max, struct err *err);
void lines_close(struct lines *lines); /* accepts NULL */

enum lines_result { LINES_LINE, LINES_TOO_LONG, LINES_END, LINES_ERROR };

/* The next line without its LF (a CR before it is kept), NUL-terminated, borrowed until the
 * next call. A line over the cap is skipped whole and reported once as LINES_TOO_LONG. */
enum lines_result lines_next(struct lines *lines, const char **line, size_t *length,
                             struct err *err);
bool lines_ended_whole(const struct lines *lines); /* did an LF end the line last returned? */
uint64_t lines_number(const struct lines *lines);  /* of the line last returned, from 1 */

/* As bytes_accept_cut(); of a line that is cut nothing is given. */
void lines_accept_cut(struct lines *lines);
bool lines_were_cut(const struct lines *lines);

/* Bytes read so far of the (compressed) file, for progress; total is 0 when unknown. */
void lines_progress(const struct lines *lines, uint64_t *read_bytes, uint64_t *total_bytes);
