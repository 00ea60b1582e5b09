#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/hash.h"

/* data_file: what the sources over a file have in common: its name in the header of the screen
 * and the hash that a result and a resumed session are held to. */

/* A descriptor for reading, -1 on failure. Only a regular file can be read twice, so anything
 * else is refused. */
int data_file_open(const char *path, struct err *err);

/* The file's bytes, behind those of others. */
bool data_file_add_to_hash(const char *path, struct hash_stream *stream, struct err *err);
/* "xxh3-128:..." of the file's bytes as they lie on disk. */
bool data_file_hash(const char *path, char buffer[HASH_XXH3_TEXT_SIZE], struct err *err);

/* "<kind> <file name>", fit for a terminal. Returns buffer. */
const char *data_file_label(char *buffer, size_t size, const char *kind, const char *path);
