#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* file: whole files, in and out, so that a reader never sees half of one. */

/* Reads a regular file of at most `size_max` bytes. *data is NUL-terminated beyond *length and
 * is freed by the caller with mem_free(). Errors name the path. */
bool file_read(const char *path, size_t size_max, char **data, size_t *length, struct err *err);

/* Writes beside `path`, fsyncs, renames over it, fsyncs the folder. The umask decides its mode.
 */
bool file_replace(const char *path, const void *data, size_t length, struct err *err);
/* The same, but its mode is 0600. */
bool file_replace_private(const char *path, const void *data, size_t length, struct err *err);

/* false where `path` is the very file `input`, by whatever name: what was made from a file must
 * not take its place. NULL for either is nothing to mind. */
bool file_check_apart(const char *path, const char *input, struct err *err);

/* Creates the folder and its parents with mode 0700 where they are missing. */
bool file_make_folders(const char *path, struct err *err);
