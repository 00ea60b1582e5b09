#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* pack: state blobs are mostly zeros and are written every second: zstd makes them small. */

/* A packed copy, freed by the caller with mem_free(). */
void *pack(const void *bytes, size_t size, size_t *packed_size);

/* The original again, freed by the caller; at most PACK_SIZE_MAX. false when it is none of
 * ours. */
#define PACK_SIZE_MAX ((size_t)256 * 1024 * 1024)
bool unpack(const void *packed, size_t packed_size, void **bytes, size_t *size,
            struct err *err);
