#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* text: a string under construction, over a buffer of the caller or one that grows.
 *
 * Always NUL-terminated once something was added. A fixed text that runs full keeps what fits
 * and remembers `truncated`; a growing one aborts when memory ends (see base/mem.h). */

struct text {
    char *data;
    size_t length;
    size_t capacity; /* bytes behind data, the NUL included */
    bool grows;
    bool truncated;
};

/* A text over the caller's buffer of `capacity` >= 1 bytes. */
struct text text_fixed(char *buffer, size_t capacity);

/* An empty text on the heap; end it with text_finish(). */
struct text text_growing(void);
void text_finish(struct text *text); /* accepts NULL and zeroed */

void text_clear(struct text *text);
/* Makes a growing text large enough for so many bytes at once. */
void text_reserve(struct text *text, size_t length);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char c);
__attribute__((format(printf, 2, 3))) void text_addf(struct text *text, const char *format,
                                                     ...);
__attribute__((format(printf, 2, 0))) void text_addv(struct text *text, const char *format,
                                                     va_list args);

/* One line of a text, without its end; it lies in that text, and so no NUL follows it. */
struct text_line {
    const char *start;
    size_t length;
};

/* Takes the next line off *rest; false when nothing is left. The last one needs no end. */
bool text_take_line(const char **rest, struct text_line *out);

/* The content so far, "" when empty; borrowed until the next call. */
const char *text_string(const struct text *text);

/* Copies into a buffer of `size` >= 1 bytes, cutting what does not fit; returns buffer. */
const char *text_copy(char *buffer, size_t size, const char *string);
/* Formats into a buffer of `size` >= 1 bytes, cutting what does not fit; returns buffer. */
__attribute__((format(printf, 3, 4))) const char *text_cut(char *buffer, size_t size,
                                                           const char *format, ...);
