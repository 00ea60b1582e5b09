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

/* "E8", "e-4", "E+10". */
SIGHT_HOT bool sight_exponent(const char **at, int *power)
{
    const char *digits = *at + 1;
    const bool negative = *digits == '-';
    digits += negative || *digits == '+' ? 1 : 0;
    const unsigned first = (unsigned char)(digits[0] - '0');
    const unsigned second = (unsigned char)(digits[1] - '0');
    if (first > 9) {
        return false;
    }
    const int value = (int)(second > 9 ? first : first * 10 + second);
    *power += negative ? -value : value;
    *at = digits + (second > 9 ? 1 : 2);
    return true; /* a third digit is not what comes next in any message */
}

/* mantissa * 10^power, with an exponent added if there is one. `mantissa` is whole and at most
 * 2^53, so both operands are exact and the result is rounded once, correctly. */
SIGHT_HOT bool sight_scaled(const char **at, double mantissa, int power, double *out)
{
    if ((**at | 0x20) == 'e' && !sight_exponent(at, &power)) {
        return false;
    }
    if (power > TENS_LAST || power < -TENS_LAST) {
        return false;
    }
    *out = power < 0 ? mantissa / TENS[-power] : mantissa * TENS[power];
    return true;
}

/* As sight_number(), for any number that is known. The end of it; NULL: it is not. */
const char *sight_long_number(const char *at, double *out);

SIGHT_HOT bool sight_other_number(const char **at, double *out)
{
    const char *const end = sight_long_number(*at, out);
    *at = end;
    return end != NULL;
}

#if defined(__SSE2__)
/* A window of 16 bytes cut off behind: loaded from SIGHT_UP_TO + 15 - n, byte i is all ones up
 * to i = n. */
static const uint8_t SIGHT_UP_TO[32] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

SIGHT_HOT __m128i sight_up_to(ptrdiff_t last)
{
    return _mm_loadu_si128((const __m128i *)(const void *)(SIGHT_UP_TO + 15 - last));
}

/* The number that 16 digits spell: pairs, then fours, then eights. */
SIGHT_HOT uint64_t sight_spelled(__m128i digits)
{
    const __m128i tens =
        _mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(0xFF)), _mm_set1_epi16(10));
    const __m128i pairs = _mm_add_epi16(tens, _mm_srli_epi16(digits, 8));
    const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(100 | 1 << 16));
    const __m128i packed = _mm_packs_epi32(fours, fours);
    const __m128i eights = _mm_madd_epi16(packed, _mm_set1_epi32(10000 | 1 << 16));
    const uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    return (both & 0xFFFFFFFF) * 100000000 + (both >> 32);
}

/* A decimal that is not negative, to the double that strtod gives.
 *
 * Its digits are laid out from the second of 16 places on, without the point and with zeros
 * behind: what they spell is below 10^15, so a double exactly, and a power of ten too large
 * that depends on the digits in front of the point alone. */
SIGHT_HOT bool sight_number(const char **at, double *out)
{
    const char *const start = *at;
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)start);
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    const unsigned stops = (unsigned)_mm_movemask_epi8(digit) ^ 0xFFFFU;
    const unsigned behind = stops & (stops - 1);
    if (behind == 0) {
        return sight_other_number(at, out); /* it may go on behind the window */
    }
    const ptrdiff_t whole = __builtin_ctz(stops);
    ptrdiff_t end = whole, count = whole;
    if (start[whole] == '.') {
        end = __builtin_ctz(behind);
        count = end - 1;
        if (count == whole) {
            return false; /* no digit behind the point */
        }
    }
    /* None in front of it, or a zero with more behind. */
    if ((stops & 1) != 0 || (*start == '0' && (stops & 2) == 0)) {
        return false;
    }
    const __m128i later = _mm_slli_si128(values, 1);
    const __m128i front = _mm_and_si128(_mm_xor_si128(values, later), sight_up_to(whole));
    const __m128i digits = _mm_and_si128(_mm_xor_si128(values, front), sight_up_to(count));
    const double spelled = (double)(int64_t)sight_spelled(digits);
    *at = start + end;
    if ((start[end] | 0x20) != 'e') {
        *out = spelled / TENS[15 - whole];
        return true;
    }
    return sight_scaled(at, spelled, (int)whole - 15, out);
}
#else
SIGHT_HOT bool sight_number(const char **at, double *out)
{
    return sight_other_number(at, out);
}
#endif

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
