#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "base/tens.h"

/* digits: where runs of decimal digits end, and what they spell, many bytes at a time.
 *
 * Bytes are looked at in words of eight, the first one lowest. Everything here may look at up
 * to 64 bytes from `at`. */

enum { DIGITS_WORD = 8, DIGITS_LONG = 16, DIGITS_WINDOW = 64 };

/* A few instructions, wanted where they are used. */
#define DIGITS_HOT static inline __attribute__((always_inline))

#define DIGITS_BYTES(value) (UINT64_C(0x0101010101010101) * (value))

DIGITS_HOT uint64_t digits_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The high bit of each byte above 9. A byte above 0x89 spills over into those behind it, so
 * only the lowest of the bits is to be trusted, or that there is none. */
static inline uint64_t digits_above_nine(uint64_t values)
{
    return ((values + DIGITS_BYTES(0x80 - 10)) | values) & DIGITS_BYTES(0x80);
}

/* A bit for each of 64 bytes that is no digit, the first one lowest; in plain C. */
static inline uint64_t digits_stops_plain(const char *at)
{
    uint64_t stops = 0;
    for (int i = 0; i < DIGITS_WINDOW; i++) {
        stops |= (uint64_t)((unsigned char)(at[i] - '0') > 9) << i;
    }
    return stops;
}

#if defined(__SSE2__)
DIGITS_HOT __m128i digits_load_16(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* What is above 9 is added to until its high bit is set. */
DIGITS_HOT __m128i digits_overflow(__m128i bytes)
{
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    return _mm_adds_epu8(values, _mm_set1_epi8(0x7F - 9));
}

/* A bit for each of 16 bytes that is no digit. */
DIGITS_HOT uint64_t digits_stops_16(const char *at)
{
    return (unsigned)_mm_movemask_epi8(digits_overflow(digits_load_16(at)));
}

static inline uint64_t digits_stops(const char *at)
{
    return digits_stops_16(at) | digits_stops_16(at + 16) << 16 |
           digits_stops_16(at + 32) << 32 | digits_stops_16(at + 48) << 48;
}
#else
static inline uint64_t digits_stops(const char *at)
{
    return digits_stops_plain(at);
}
#endif

/* The number that eight bytes of 0..9 spell: pairs, then fours, then all. */
DIGITS_HOT uint64_t digits_spelled(uint64_t values)
{
    values = (values * 10 + (values >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    values = (values * 100 + (values >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (values * 10000 + (values >> 32)) & UINT64_C(0xFFFFFFFF);
}

/* The low `count` (1..8) bytes of a word moved to its high end, zeros below. */
DIGITS_HOT uint64_t digits_high(uint64_t word, ptrdiff_t count)
{
    /* 64 - 8 * count, without the 64: shifts are modulo it, and 8 bytes stay where they are. */
    return word << (-8 * (int)count & 63);
}

/* The number that the 1..8 digits at `at` spell. */
DIGITS_HOT uint64_t digits_value(const char *at, ptrdiff_t count)
{
    return digits_spelled(digits_high(digits_load(at), count) & DIGITS_BYTES(0x0F));
}

/* The same of 1..16. */
DIGITS_HOT uint64_t digits_long(const char *at, ptrdiff_t count)
{
    if (count <= DIGITS_WORD) {
        return digits_value(at, count);
    }
    const ptrdiff_t rest = count - DIGITS_WORD;
    return digits_value(at, DIGITS_WORD) * TENS_WHOLE[rest] +
           digits_value(at + DIGITS_WORD, rest);
}

/* The number that 1..7 digits at `at` and as many at `behind` spell together, where they are no
 * more than 8. */
DIGITS_HOT uint64_t digits_joined(const char *at, ptrdiff_t count, const char *behind,
                                  ptrdiff_t behind_count)
{
    const uint64_t word = digits_high(digits_load(at), count) >> 8 * behind_count |
                          digits_high(digits_load(behind), behind_count);
    return digits_spelled(word & DIGITS_BYTES(0x0F));
}
