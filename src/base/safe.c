#include "base/safe.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "unicode.h"

enum { MARKS_MAX = 2, PIECE_SIZE = 16 };

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static bool within(const struct unicode_range *ranges, size_t count, uint32_t point)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (point > ranges[middle].last) {
            low = middle + 1;
        } else if (point < ranges[middle].first) {
            high = middle;
        } else {
            return true;
        }
    }
    return false;
}

/* Decodes one character of strict UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF. Returns its length in bytes, or 0 when the first byte starts no character. */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = bytes[0];
    if (lead < 0x80) {
        *point = lead;
        return 1;
    }
    const size_t size = lead >= 0xf8   ? 0
                        : lead >= 0xf0 ? 4
                        : lead >= 0xe0 ? 3
                        : lead >= 0xc0 ? 2
                                       : 0;
    if (size == 0 || size > length) {
        return 0;
    }
    uint32_t value = lead & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3fU);
    }
    if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return size;
}

bool safe_is_utf8(const char *bytes, size_t length)
{
    size_t size = 1;
    for (size_t at = 0; at < length && size > 0; at += size) {
        uint32_t point;
        size = decode((const unsigned char *)bytes + at, length - at, &point);
    }
    return size > 0;
}

/* Writes the safe form of what starts at `bytes` into piece and returns how many bytes it stood
 * for. `marks` counts the marks since the last visible character. */
static size_t take_piece(const unsigned char *bytes, size_t length, int *marks,
                         char piece[PIECE_SIZE])
{
    uint32_t point = 0;
    const size_t size = decode(bytes, length, &point);
    const bool mark = size > 0 && within(UNICODE_MARKS, LEN(UNICODE_MARKS), point);
    const bool hidden = size > 0 && within(UNICODE_HIDDEN, LEN(UNICODE_HIDDEN), point);

    if (size > 0 && !hidden && (!mark || *marks < MARKS_MAX)) {
        memcpy(piece, bytes, size);
        piece[size] = '\0';
        *marks = mark ? *marks + 1 : 0;
        return size;
    }
    /* A mark behind an escape would sit on the escape's last sign: none is let through there.
     */
    *marks = MARKS_MAX;
    if (size <= 1) {
        snprintf(piece, PIECE_SIZE, "\\x%02x", bytes[0]);
        return 1;
    }
    snprintf(piece, PIECE_SIZE, "\\u{%04x}", (unsigned)point);
    return size;
}

const char *safe_text(char *buffer, size_t size, const char *bytes, size_t length)
{
    assert(size >= 1);
    size_t written = 0;
    int marks = MARKS_MAX; /* nothing to sit on before the first visible character */
    for (size_t at = 0; at < length;) {
        char piece[PIECE_SIZE];
        const unsigned char *here = (const unsigned char *)bytes + at;
        const size_t taken = take_piece(here, length - at, &marks, piece);
        const size_t wanted = strlen(piece);
        if (wanted >= size - written) {
            break;
        }
        memcpy(buffer + written, piece, wanted);
        written += wanted;
        at += taken;
    }
    buffer[written] = '\0';
    return buffer;
}
