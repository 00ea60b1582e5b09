#pragma once
#include <stddef.h>

/* mem: heap memory that is there or the process is not.
 *
 * Out of memory and impossible sizes abort with one line on stderr, so no caller checks. */

void *mem_zalloc(size_t size);                        /* zeroed */
void *mem_array(size_t count, size_t size);           /* zeroed, overflow-checked */
void *mem_grow(void *old, size_t count, size_t size); /* realloc; new part undefined */
char *mem_copy_string(const char *string);            /* caller frees with mem_free */
void mem_free(void *pointer);                         /* accepts NULL */
