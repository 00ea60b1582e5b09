#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/* bytes: what is in a file, from its first byte to its last.
 *
 * Plain or zstd (recognised by its magic number, whatever the file is called). */

struct bytes;
/* Takes `fd` over, also on failure; `path` is for messages. `hash` is given every byte as it
 * lies on disk, when it is read; NULL: nobody wants to know. Borrowed. */
bool bytes_open(struct bytes **out, int fd, const char *path, struct hash_stream *hash,
                struct err *err);
void bytes_close(struct bytes *bytes); /* accepts NULL */

/* At least one byte and at most `size` >= 1 of them; *got is 0 at the end. */
bool bytes_read(struct bytes *bytes, void *into, size_t size, size_t *got, struct err *err);

/* A zstd file that ends inside its data is an error, unless its writer may have been killed:
 * then it is an end. */
void bytes_accept_cut(struct bytes *bytes);
bool bytes_were_cut(const struct bytes *bytes); /* known at the end */

bool bytes_packed(const struct bytes *bytes); /* zstd */

/* Bytes read so far of the (compressed) file, for progress; total is 0 when unknown. */
void bytes_progress(const struct bytes *bytes, uint64_t *read_bytes, uint64_t *total_bytes);
