#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* hash: names for bytes. xxh3-128 names data and configs; SHA-256 chains the audit rows. */

enum { HASH_XXH3_TEXT_SIZE = 10 + 32 + 1, HASH_SHA256_TEXT_SIZE = 64 + 1 };

struct hash_stream; /* running xxh3-128 */
struct hash_stream *hash_stream_create(void);
void hash_stream_add(struct hash_stream *stream, const void *bytes, size_t length);
const char *hash_stream_text(struct hash_stream *stream, char buffer[HASH_XXH3_TEXT_SIZE]);
void hash_stream_destroy(struct hash_stream *stream); /* accepts NULL */

/* "xxh3-128:<32 hex>" of the bytes. */
const char *hash_xxh3_text(char buffer[HASH_XXH3_TEXT_SIZE], const void *bytes, size_t length);

/* Lower-case hex SHA-256 of the bytes. */
const char *hash_sha256_text(char buffer[HASH_SHA256_TEXT_SIZE], const void *bytes,
                             size_t length);
