#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAPACITY = 64 };

struct text text_fixed(char *buffer, size_t capacity)
{
    assert(buffer != NULL && capacity >= 1);
    buffer[0] = '\0';
    return (struct text){.data = buffer, .capacity = capacity};
}

struct text text_growing(void)
{
    return (struct text){.grows = true};
}

void text_finish(struct text *text)
{
    if (text == NULL) {
        return;
    }
    if (text->grows) {
        mem_free(text->data);
    }
    *text = (struct text){0};
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->truncated = false;
    if (text->data != NULL) {
        text->data[0] = '\0';
    }
}

/* Makes room for `wanted` more bytes and the NUL; returns how many of them fit. */
static size_t make_room(struct text *text, size_t wanted)
{
    const size_t room = text->capacity > 0 ? text->capacity - text->length - 1 : 0;
    if (wanted <= room && text->data != NULL) {
        return wanted;
    }
    if (!text->grows) {
        text->truncated = true;
        return room;
    }
    size_t needed;
    if (__builtin_add_overflow(text->length + 1, wanted, &needed)) {
        needed = SIZE_MAX; /* mem_grow() ends the process with a clear line */
    }
    size_t capacity = text->capacity > 0 ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    }
    text->data = mem_grow(text->data, capacity, 1);
    text->capacity = capacity;
    return wanted;
}

void text_reserve(struct text *text, size_t length)
{
    assert(text->grows);
    if (length > text->length) {
        (void)make_room(text, length - text->length);
        text->data[text->length] = '\0';
    }
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    /* Mostly there is room: `capacity` counts the NUL, and 0 is no room for it. */
    const bool roomy = length < text->capacity - text->length && text->capacity > 0;
    const size_t fits = roomy ? length : make_room(text, length);
    if (fits > 0) {
        memcpy(text->data + text->length, bytes, fits);
    }
    text->length += fits;
    if (text->data != NULL) {
        text->data[text->length] = '\0';
    }
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_add_bytes(text, &c, 1);
}

void text_addf(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_addv(text, format, args);
    va_end(args);
}

void text_addv(struct text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    /* Into the room there is; only what does not fit is formatted twice. */
    const size_t room = text->data != NULL ? text->capacity - text->length : 0;
    char *const end = room > 0 ? text->data + text->length : NULL;
    const int length = vsnprintf(end, room, format, args);
    assert(length >= 0);

    const size_t fits = make_room(text, (size_t)length);
    if ((size_t)length >= room && text->data != NULL) {
        vsnprintf(text->data + text->length, fits + 1, format, again);
    }
    va_end(again);
    text->length += fits;
}

const char *text_string(const struct text *text)
{
    return text->data != NULL ? text->data : "";
}

bool text_take_line(const char **rest, struct text_line *out)
{
    if (**rest == '\0') {
        return false;
    }
    *out = (struct text_line){.start = *rest, .length = strcspn(*rest, "\n")};
    *rest += out->length;
    *rest += **rest == '\n' ? 1 : 0;
    return true;
}

const char *text_copy(char *buffer, size_t size, const char *string)
{
    const size_t length = strnlen(string, size - 1);
    memcpy(buffer, string, length);
    buffer[length] = '\0';
    return buffer;
}

const char *text_cut(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, size, format, args);
    va_end(args);
    return buffer;
}
