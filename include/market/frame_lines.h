#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "io/lines.h"
#include "market/frame.h"

/* frame_lines: the lines of a recording, in order: of one file, or of all that a folder holds.
 *
 * Of a folder those count whose names end in .frames or .frames.zst, in the order of their
 * names. A packed file may end in the middle of what was being written when its recorder was
 * killed: what came before is read, and the cut is a warning in the log. */

struct frame_lines;
bool frame_lines_open(struct frame_lines **out, const char *path, struct err *err);
void frame_lines_close(struct frame_lines *lines); /* accepts NULL */

/* A cut is not told: somebody else reads the same frames and does. */
void frame_lines_hush(struct frame_lines *lines);

/* As lines_next(); comments are lines too. */
enum lines_result frame_lines_next(struct frame_lines *lines, const char **line, size_t *length,
                                   struct err *err);
/* Takes a line apart: `recv_ns TAB venue TAB channel[:SYMBOL] TAB raw`. What the venue sent is
 * not looked at. Errors name the part. */
bool frame_line_parse(const char *line, size_t length, struct frame *out, struct err *err);
/* "FILE:LINE" of the line last returned. */
const char *frame_lines_place(const struct frame_lines *lines, char *buffer, size_t size);

/* 0..1 of the (packed) bytes; NAN unknown. */
double frame_lines_progress(const struct frame_lines *lines);
/* "xxh3-128:..." of the bytes of all files, one after the other; reads them all. */
bool frame_lines_hash(const struct frame_lines *lines, char buffer[HASH_XXH3_TEXT_SIZE],
                      struct err *err);
