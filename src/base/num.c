#include "base/num.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortest.h"
#include "base/tens.h"
#include "base/text.h"

/* The fast path below is exact only where a double expression is rounded once, to double. */
_Static_assert(FLT_EVAL_METHOD == 0, "needs plain double arithmetic");

enum {
    HEAD_DIGITS = 19,   /* any 19 digits fit in 64 bits */
    WHOLE_DIGITS = 20,  /* and no number of 64 bits has more than 20 */
    COPY_DIGITS = 800,  /* 767 digits decide every rounding; later ones only by not being 0 */
    EXPONENT_MAX = 5000 /* beyond it everything is 0 or infinite, whatever the digits */
};

/* value = the digits at `first`..`last` without the point * 10^exponent, zeros cut off. */
struct decimal {
    bool negative;
    const char *first; /* first significant digit; NULL when the value is zero */
    const char *last;  /* last significant digit */
    int64_t digits;    /* how many from first to last */
    int64_t exponent;  /* of the last one */
    uint64_t head;     /* the first HEAD_DIGITS of them as a number */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int64_t clamp(int64_t value, int64_t limit)
{
    return value > limit ? limit : value < -limit ? -limit : value;
}

/* Reads "e-12" up to the very end. Huge exponents saturate. */
static bool scan_exponent(const char *at, const char *end, int64_t *out)
{
    if (at == end) {
        *out = 0;
        return true;
    }
    if (*at != 'e' && *at != 'E') {
        return false;
    }
    at++;
    const bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+') ? 1 : 0;
    if (at == end) {
        return false;
    }
    int64_t value = 0;
    for (; at < end; at++) {
        if (!is_digit(*at)) {
            return false;
        }
        value = clamp(value * 10 + (*at - '0'), INT64_MAX / 20);
    }
    *out = negative ? -value : value;
    return true;
}

/* Notes one digit; `place` is how many digits stand before it behind the point. */
static void note_digit(struct decimal *d, const char *at, int64_t *since_last)
{
    if (d->first == NULL && *at == '0') {
        return;
    }
    if (d->first == NULL) {
        d->first = at;
    }
    ++*since_last;
    if (*at == '0') {
        return;
    }
    d->last = at;
    d->digits += *since_last;
    *since_last = 0;
}

static uint64_t head_of(const struct decimal *d)
{
    uint64_t head = 0;
    int taken = 0;
    for (const char *at = d->first; at != NULL && at <= d->last && taken < HEAD_DIGITS; at++) {
        if (*at != '.') {
            head = head * 10 + (uint64_t)(*at - '0');
            taken++;
        }
    }
    return head;
}

static bool scan(const char *bytes, size_t length, struct decimal *d)
{
    const char *at = bytes;
    const char *end = bytes + length;
    *d = (struct decimal){.negative = length > 0 && *at == '-'};
    at += length > 0 && (*at == '-' || *at == '+') ? 1 : 0;

    int64_t digits = 0;     /* all of them, leading zeros too */
    int64_t since_last = 0; /* zeros seen behind the last significant digit */
    const char *point = NULL;
    for (; at < end && (is_digit(*at) || (*at == '.' && point == NULL)); at++) {
        if (*at == '.') {
            point = at;
        } else {
            note_digit(d, at, &since_last);
            digits++;
        }
    }
    int64_t exponent;
    if (digits == 0 || !scan_exponent(at, end, &exponent)) {
        return false;
    }
    if (d->first != NULL) {
        const int64_t decimals = point != NULL ? at - point - 1 : 0;
        d->exponent = exponent - decimals + since_last;
        d->head = head_of(d);
    }
    return true;
}

/* The digits go to strtod without a point, so the locale's idea of a point is not asked. */
static double slow_double(const struct decimal *d)
{
    char copy[COPY_DIGITS + 32];
    int64_t taken = 0;
    for (const char *at = d->first; at <= d->last && taken < COPY_DIGITS; at++) {
        if (*at != '.') {
            copy[taken++] = *at;
        }
    }
    int64_t exponent = d->exponent + (d->digits - taken);
    size_t length = (size_t)taken;
    if (taken < d->digits) {
        /* What was left out ends in a digit above 0; one more digit stands for all of it. */
        copy[length++] = '1';
        exponent--;
    }
    snprintf(copy + length, sizeof(copy) - length, "e%d", (int)clamp(exponent, EXPONENT_MAX));
    return strtod(copy, NULL);
}

/* In small letters or capitals, whatever the locale. */
static bool is_word(const char *bytes, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++) {
        if ((bytes[i] | ('a' ^ 'A')) != word[i]) {
            return false;
        }
    }
    return length == strlen(word);
}

bool num_is_not_finite(const char *bytes, size_t length)
{
    static const char *const words[] = {"nan", "inf", "infinity"};
    struct decimal d;
    double value;
    const size_t sign = length > 0 && (bytes[0] == '-' || bytes[0] == '+') ? 1 : 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (is_word(bytes + sign, length - sign, words[i])) {
            return true;
        }
    }
    return scan(bytes, length, &d) && !num_parse_double(bytes, length, &value);
}

bool num_parse_double(const char *bytes, size_t length, double *out)
{
    struct decimal d;
    if (!scan(bytes, length, &d)) {
        return false;
    }
    double value;
    if (d.first == NULL) {
        value = 0.0;
    } else if (d.digits <= HEAD_DIGITS && d.head <= (UINT64_C(1) << 53) &&
               d.exponent >= -TENS_LAST && d.exponent <= TENS_LAST) {
        /* Both numbers are exact, so their product or quotient is rounded once, correctly. */
        value = d.exponent < 0 ? (double)d.head / TENS[-d.exponent]
                               : (double)d.head * TENS[d.exponent];
    } else {
        value = slow_double(&d);
    }
    if (!isfinite(value)) {
        return false;
    }
    *out = d.negative ? -value : value;
    return true;
}

/* Sign and whole digits only: what a count or an id looks like. */
static bool parse_whole(const char *bytes, size_t length, bool *negative, uint64_t *out)
{
    const char *at = bytes;
    const char *end = bytes + length;
    *negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+') ? 1 : 0;
    if (at == end) {
        return false;
    }
    uint64_t value = 0;
    for (; at < end; at++) {
        if (!is_digit(*at) || __builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* The number -magnitude or magnitude, when int64 has it. */
static bool signed_value(bool negative, uint64_t magnitude, int64_t *out)
{
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    /* Negated as unsigned: INT64_MIN has no positive twin. */
    *out = (int64_t)(negative ? -magnitude : magnitude);
    return true;
}

bool num_parse_int64(const char *bytes, size_t length, int64_t *out)
{
    bool negative;
    uint64_t magnitude;
    return parse_whole(bytes, length, &negative, &magnitude) &&
           signed_value(negative, magnitude, out);
}

bool num_parse_uint64(const char *bytes, size_t length, uint64_t *out)
{
    bool negative;
    uint64_t magnitude;
    if (!parse_whole(bytes, length, &negative, &magnitude) || negative) {
        return false;
    }
    *out = magnitude;
    return true;
}

bool num_parse_fixed(const char *bytes, size_t length, int scale, int64_t *out)
{
    assert(scale >= 0 && scale <= 18);
    struct decimal d;
    if (!scan(bytes, length, &d)) {
        return false;
    }
    if (d.first == NULL) {
        *out = 0;
        return true;
    }
    const int64_t zeros = d.exponent + scale;
    if (zeros < 0 || d.digits > HEAD_DIGITS || zeros > HEAD_DIGITS - d.digits) {
        return false;
    }
    return signed_value(d.negative, d.head * TENS_WHOLE[zeros], out);
}

/* Two digits at a time. */
static const char PAIRS[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

/* Writes the digits of `value` so that they end before `end`; returns where they begin. */
static char *put_digits(char *end, uint64_t value)
{
    for (; value >= 100; value /= 100) {
        end -= 2;
        memcpy(end, PAIRS + value % 100 * 2, 2);
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, PAIRS + value * 2, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

static char *put(char *at, const char *bytes, int count)
{
    memcpy(at, bytes, (size_t)count);
    return at + count;
}

static char *put_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

/* The decimal as text, with an exponent where it would be long without. */
static char *put_decimal(char *at, const struct shortest *decimal)
{
    char room[WHOLE_DIGITS];
    char *const end = room + sizeof(room);
    const char *digits = put_digits(end, decimal->digits);
    const int count = (int)(end - digits);
    const int whole = count + decimal->exponent; /* digits in front of the point */

    if (whole < -3 || whole > 16) {
        *at++ = digits[0];
        if (count > 1) {
            *at++ = '.';
            at = put(at, digits + 1, count - 1);
        }
        *at++ = 'e';
        if (whole < 1) {
            *at++ = '-';
        }
        const char *exponent = put_digits(end, (uint64_t)abs(whole - 1));
        return put(at, exponent, (int)(end - exponent));
    }
    if (whole <= 0) {
        at = put(at, "0.", 2);
        at = put_zeros(at, -whole);
        return put(at, digits, count);
    }
    if (whole >= count) {
        at = put(at, digits, count);
        return put_zeros(at, whole - count);
    }
    at = put(at, digits, whole);
    *at++ = '.';
    return put(at, digits + whole, count - whole);
}

const char *num_format_shortest(char buffer[NUM_TEXT_SIZE], double value)
{
    char *at = buffer;
    if (!isfinite(value)) {
        at = put(at, "null", 4);
    } else {
        if (signbit(value)) {
            *at++ = '-';
        }
        if (value == 0.0) {
            *at++ = '0';
        } else {
            const struct shortest decimal = shortest_of(fabs(value));
            at = put_decimal(at, &decimal);
        }
    }
    *at = '\0';
    return buffer;
}

const char *num_format_uint64(char buffer[NUM_TEXT_SIZE], uint64_t value)
{
    char room[WHOLE_DIGITS];
    char *const end = room + sizeof(room);
    const char *digits = put_digits(end, value);
    *put(buffer, digits, (int)(end - digits)) = '\0';
    return buffer;
}

const char *num_format_int64(char buffer[NUM_TEXT_SIZE], int64_t value)
{
    char *at = buffer;
    if (value < 0) {
        *at++ = '-';
    }
    /* Negated as unsigned: INT64_MIN has no positive twin. */
    num_format_uint64(at, value < 0 ? -(uint64_t)value : (uint64_t)value);
    return buffer;
}

const char *num_format_fixed(char buffer[NUM_TEXT_SIZE], int64_t value, int scale)
{
    assert(scale >= 0 && scale <= 18);
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    while (scale > 0 && magnitude % 10 == 0) {
        magnitude /= 10;
        scale--;
    }
    const uint64_t unit = TENS_WHOLE[scale];
    struct text text = text_fixed(buffer, NUM_TEXT_SIZE);
    text_addf(&text, "%s%" PRIu64, value < 0 ? "-" : "", magnitude / unit);
    if (scale > 0) {
        text_addf(&text, ".%0*" PRIu64, scale, magnitude % unit);
    }
    return buffer;
}
