#include "store/pack.h"

#include <assert.h>
#include <zstd.h>

#include "base/mem.h"

enum { LEVEL = 1 };

void *pack(const void *bytes, size_t size, size_t *packed_size)
{
    const size_t bound = ZSTD_compressBound(size);
    void *packed = mem_zalloc(bound);
    *packed_size = ZSTD_compress(packed, bound, bytes, size, LEVEL);
    assert(!ZSTD_isError(*packed_size)); /* the bound makes room for anything */
    return packed;
}

bool unpack(const void *packed, size_t packed_size, void **bytes, size_t *size, struct err *err)
{
    const unsigned long long content = ZSTD_getFrameContentSize(packed, packed_size);
    if (content == ZSTD_CONTENTSIZE_ERROR || content == ZSTD_CONTENTSIZE_UNKNOWN ||
        content > PACK_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "journal is damaged: a state is not packed as ours are");
    }
    void *plain = mem_zalloc((size_t)content + 1); /* an empty state has an address too */
    const size_t got = ZSTD_decompress(plain, (size_t)content, packed, packed_size);
    if (ZSTD_isError(got) || got != content) {
        mem_free(plain);
        return err_set(err, ERR_INPUT,
                       "journal is damaged: a packed state cannot be unpacked (%s)",
                       ZSTD_isError(got) ? ZSTD_getErrorName(got) : "short");
    }
    *bytes = plain;
    *size = got;
    return true;
}
