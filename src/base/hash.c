#include "base/hash.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <xxhash.h>

#include "base/mem.h"

struct hash_stream {
    XXH3_state_t *state;
};

struct hash_stream *hash_stream_create(void)
{
    struct hash_stream *stream = mem_zalloc(sizeof(*stream));
    stream->state = XXH3_createState();
    if (stream->state == NULL) {
        abort(); /* as base/mem does: no caller can go on without memory */
    }
    XXH3_128bits_reset(stream->state);
    return stream;
}

void hash_stream_add(struct hash_stream *stream, const void *bytes, size_t length)
{
    if (length > 0) {
        XXH3_128bits_update(stream->state, bytes, length);
    }
}

static const char *xxh3_text(char buffer[HASH_XXH3_TEXT_SIZE], XXH128_hash_t hash)
{
    snprintf(buffer, HASH_XXH3_TEXT_SIZE, "xxh3-128:%016llx%016llx",
             (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return buffer;
}

const char *hash_stream_text(struct hash_stream *stream, char buffer[HASH_XXH3_TEXT_SIZE])
{
    return xxh3_text(buffer, XXH3_128bits_digest(stream->state));
}

void hash_stream_destroy(struct hash_stream *stream)
{
    if (stream != NULL) {
        XXH3_freeState(stream->state);
        mem_free(stream);
    }
}

const char *hash_xxh3_text(char buffer[HASH_XXH3_TEXT_SIZE], const void *bytes, size_t length)
{
    return xxh3_text(buffer, XXH3_128bits(length > 0 ? bytes : "", length));
}

const char *hash_sha256_text(char buffer[HASH_SHA256_TEXT_SIZE], const void *bytes,
                             size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const int done =
        EVP_Digest(length > 0 ? bytes : "", length, digest, &size, EVP_sha256(), NULL);
    assert(done == 1 && size == 32);

    for (unsigned int i = 0; i < size; i++) {
        snprintf(buffer + 2 * i, 3, "%02x", digest[i]);
    }
    return buffer;
}
