#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void give_up(size_t count, size_t size)
{
    fprintf(stderr, "arblite: out of memory (%zu x %zu bytes)\n", count, size);
    abort();
}

/* An object of no bytes still gets an address of its own. */
static size_t bytes_of(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX) {
        give_up(count, size);
    }
    return bytes > 0 ? bytes : 1;
}

void *mem_zalloc(size_t size)
{
    return mem_array(1, size);
}

void *mem_array(size_t count, size_t size)
{
    void *memory = calloc(1, bytes_of(count, size));
    if (memory == NULL) {
        give_up(count, size);
    }
    return memory;
}

void *mem_grow(void *old, size_t count, size_t size)
{
    void *memory = realloc(old, bytes_of(count, size));
    if (memory == NULL) {
        give_up(count, size);
    }
    return memory;
}

char *mem_copy_string(const char *string)
{
    const size_t size = strlen(string) + 1;
    return memcpy(mem_zalloc(size), string, size);
}

void mem_free(void *pointer)
{
    free(pointer);
}
