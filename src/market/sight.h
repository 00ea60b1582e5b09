#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digits.h"

/* sight: the parts of a message whose shape is known beforehand, read where they stand.
 *
 * Every reader passes what it knows and leaves *at behind it. false: it is not that, and the
 * message is one for those who read anything; *at is then worth nothing. Up to SIGHT_PAD bytes
 * behind the end are looked at. JSON's own rules hold: no blank, sign or leading zero passes
 * here that they would not let pass. */

enum { SIGHT_SIZE_MAX = 64 * 1024 }; /* longer messages are not worth a look */
enum { SIGHT_PAD = DIGITS_WINDOW, SIGHT_DIGITS_MAX = 16, SIGHT_POWERS = 23 };

/* A copy with zeros behind it, which nothing here takes for more; *padded and *capacity grow as
 * needed, from NULL and 0. Borrowed until the next one. */
const char *sight_pad(char **padded, size_t *capacity, const char *bytes, size_t length);

/* Nothing of what is done with every number may become a call. */
#define SIGHT_HOT static inline __attribute__((always_inline))

/* Powers of ten that are doubles exactly. */
static const double SIGHT_TENS[SIGHT_POWERS] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

SIGHT_HOT bool sight_text(const char **at, const char *text, size_t length)
{
    if (memcmp(*at, text, length) != 0) {
        return false;
    }
    *at += length;
    return true;
}

/* A literal. */
#define sight_is(at, text) sight_text((at), (text), sizeof(text) - 1)

static const uint64_t SIGHT_WHOLE_TENS[SIGHT_DIGITS_MAX] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
};

/* Digits of which there are at most 16, as a number. */
SIGHT_HOT uint64_t sight_digits(const char *at, ptrdiff_t count)
{
    if (count <= DIGITS_WORD) {
        return digits_value(at, count);
    }
    const ptrdiff_t rest = count - DIGITS_WORD;
    return digits_value(at, DIGITS_WORD) * SIGHT_WHOLE_TENS[rest] +
           digits_value(at + DIGITS_WORD, rest);
}

/* Where the first run of digits at `at` ends, and which of the bytes behind are none. */
SIGHT_HOT uint64_t sight_stops(const char *at)
{
#if defined(__SSE2__)
    const uint64_t stops = digits_stops_16(at);
    if ((stops & (stops - 1)) != 0) {
        return stops; /* two at least, which is all that a decimal has */
    }
#endif
    return digits_stops(at);
}

/* "E8", "e-4", "E+10" in front of which a mantissa with so many decimals stands. */
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

/* A decimal that is not negative, to the double that strtod gives. */
SIGHT_HOT bool sight_number(const char **at, double *out)
{
    const char *const start = *at;
    uint64_t stops = sight_stops(start);
    const ptrdiff_t whole = stops != 0 ? __builtin_ctzll(stops) : 0;
    if (whole == 0 || whole > SIGHT_DIGITS_MAX || (*start == '0' && whole > 1)) {
        return false;
    }
    const char *end = start + whole;
    uint64_t digits;
    int power = 0;
    if (*end == '.') {
        const char *const fraction = end + 1;
        stops &= stops - 1;
        const ptrdiff_t decimals = stops != 0 ? start + __builtin_ctzll(stops) - fraction : 0;
        if (decimals == 0 || whole + decimals > SIGHT_DIGITS_MAX) {
            return false;
        }
        digits = whole + decimals <= DIGITS_WORD
                     ? digits_joined(start, whole, fraction, decimals)
                     : sight_digits(start, whole) * SIGHT_WHOLE_TENS[decimals] +
                           sight_digits(fraction, decimals);
        power = -(int)decimals;
        end = fraction + decimals;
    } else {
        digits = sight_digits(start, whole);
    }
    *at = end;
    if ((*end | 0x20) == 'e' && !sight_exponent(at, &power)) {
        return false;
    }
    if (digits > UINT64_C(1) << 53 || power >= SIGHT_POWERS || power <= -SIGHT_POWERS) {
        return false;
    }
    /* Both numbers are exact, so product and quotient are rounded once, correctly. */
    const double mantissa = (double)(int64_t)digits;
    *out = power < 0 ? mantissa / SIGHT_TENS[-power] : mantissa * SIGHT_TENS[power];
    return true;
}

/* A whole number of at most SIGHT_DIGITS_MAX digits. */
SIGHT_HOT bool sight_whole(const char **at, uint64_t *out)
{
    const uint64_t stops = sight_stops(*at);
    const ptrdiff_t count = stops != 0 ? __builtin_ctzll(stops) : 0;
    if (count == 0 || count > SIGHT_DIGITS_MAX || (**at == '0' && count > 1)) {
        return false;
    }
    *out = sight_digits(*at, count);
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

/* A string of plain letters up to its closing quote, which is passed too. */
SIGHT_HOT bool sight_word(const char **at, char *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char letter = (*at)[i];
        if (letter == '"' && i > 0) {
            out[i] = '\0';
            *at += i + 1;
            return true;
        }
        const bool plain = (letter >= '@' && letter <= 'Z') ||
                           (letter >= 'a' && letter <= 'z') ||
                           (letter >= '-' && letter <= '9') || letter == '_';
        if (!plain) {
            return false;
        }
        out[i] = letter;
    }
    return false;
}
