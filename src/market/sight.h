#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/tens.h"
#include "digits.h"

/* sight: the parts of a message whose shape is known beforehand, read where they stand.
 *
 * Every reader passes what it knows and leaves *at behind it. false: it is not that, and the
 * message is one for those who read anything; *at is then worth nothing. Up to SIGHT_PAD bytes
 * behind the end are looked at. JSON's own rules hold: no blank, sign or leading zero passes
 * here that they would not let pass. */

enum { SIGHT_SIZE_MAX = 64 * 1024 }; /* longer messages are not worth a look */
enum { SIGHT_PAD = DIGITS_WINDOW };

/* A copy with zeros behind it, which nothing here takes for more; *padded and *capacity grow as
 * needed, from NULL and 0. Borrowed until the next one. */
const char *sight_pad(char **padded, size_t *capacity, const char *bytes, size_t length);

/* Nothing of what is done with every number may become a call. */
#define SIGHT_HOT DIGITS_HOT

#define SIGHT_SAME_AS(name, type)                                                              \
    SIGHT_HOT bool name(const char *at, const char *text)                                      \
    {                                                                                          \
        type here, there;                                                                      \
        memcpy(&here, at, sizeof(here));                                                       \
        memcpy(&there, text, sizeof(there));                                                   \
        return here == there;                                                                  \
    }
SIGHT_SAME_AS(sight_same_2, uint16_t)
SIGHT_SAME_AS(sight_same_4, uint32_t)
SIGHT_SAME_AS(sight_same_8, uint64_t)
#undef SIGHT_SAME_AS

/* Two words that overlap are a text of as many bytes as one of them to twice that. */
SIGHT_HOT bool sight_same(const char *at, const char *text, size_t length)
{
    if (length > 16 || length < 2) {
        return memcmp(at, text, length) == 0;
    }
    if (length >= 8) {
        return sight_same_8(at, text) && sight_same_8(at + length - 8, text + length - 8);
    }
    if (length >= 4) {
        return sight_same_4(at, text) && sight_same_4(at + length - 4, text + length - 4);
    }
    return sight_same_2(at, text) && sight_same_2(at + length - 2, text + length - 2);
}

/* `text` is a literal's, so that what it is compared with is known beforehand. */
SIGHT_HOT bool sight_text(const char **at, const char *text, size_t length)
{
    if (!sight_same(*at, text, length)) {
        return false;
    }
    *at += length;
    return true;
}

/* A literal. */
#define sight_is(at, text) sight_text((at), (text), sizeof(text) - 1)

/* Which of 16 bytes are no digits. */
SIGHT_HOT uint64_t sight_stops(const char *at)
{
#if defined(__SSE2__)
    return digits_stops_16(at);
#else
    return digits_stops(at) & 0xFFFF;
#endif
}

/* A decimal that is not negative, to the double that strtod gives. The end of it; NULL: it is
 * not one that is known. */
const char *sight_number_end(const char *at, double *out);

static inline bool sight_number(const char **at, double *out)
{
    *at = sight_number_end(*at, out);
    return *at != NULL;
}

/* A whole number of at most 15 digits. */
SIGHT_HOT bool sight_whole(const char **at, uint64_t *out)
{
    const uint64_t stops = sight_stops(*at);
    const ptrdiff_t count = stops != 0 ? __builtin_ctzll(stops) : 0;
    if (count == 0 || (**at == '0' && count > 1)) {
        return false;
    }
    *out = digits_long(*at, count);
    *at += count;
    return true;
}

/* A time in ms that fits in ns. */
SIGHT_HOT bool sight_time_ns(const char **at, int64_t *out)
{
    uint64_t time_ms;
    if (!sight_whole(at, &time_ms) || time_ms > INT64_MAX / 1000000) {
        return false;
    }
    *out = (int64_t)time_ms * 1000000;
    return true;
}

/* Letters up to the closing quote: all ASCII, nothing escaped. 0: none, or not these. */
size_t sight_letters(const char *at);

/* A string up to its closing quote, which is passed too. */
SIGHT_HOT bool sight_word(const char **at, char *out, size_t size)
{
    const size_t length = sight_letters(*at);
    if (length == 0 || length >= size) {
        return false;
    }
    memcpy(out, *at, length);
    out[length] = '\0';
    *at += length + 1;
    return true;
}
