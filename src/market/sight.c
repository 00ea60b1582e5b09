#include "sight.h"

#include "base/mem.h"

const char *sight_pad(char **padded, size_t *capacity, const char *bytes, size_t length)
{
    if (*capacity < length + SIGHT_PAD) {
        *capacity = 2 * length + SIGHT_PAD;
        *padded = mem_grow(*padded, *capacity, 1);
    }
    memcpy(*padded, bytes, length);
    memset(*padded + length, 0, SIGHT_PAD);
    return *padded;
}
