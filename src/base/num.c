#include "base/num.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The fast path below is exact only where a double expression is rounded once, to double. */
_Static_assert(FLT_EVAL_METHOD == 0, "needs plain double arithmetic");

enum {
    HEAD_DIGITS = 19,   /* any 19 digits fit in 64 bits */
    COPY_DIGITS = 800,  /* 767 digits decide every rounding; later ones only by not being 0 */
    EXACT_POWER = 22,   /* 10^22 is the last power of ten that a double holds exactly */
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

bool num_parse_double(const char *bytes, size_t length, double *out)
{
    static const double powers[EXACT_POWER + 1] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal d;
    if (!scan(bytes, length, &d)) {
        return false;
    }
    double value;
    if (d.first == NULL) {
        value = 0.0;
    } else if (d.digits <= HEAD_DIGITS && d.head <= (UINT64_C(1) << 53) &&
               d.exponent >= -EXACT_POWER && d.exponent <= EXACT_POWER) {
        /* Both numbers are exact, so their product or quotient is rounded once, correctly. */
        value = d.exponent < 0 ? (double)d.head / powers[-d.exponent]
                               : (double)d.head * powers[d.exponent];
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
    uint64_t magnitude = d.head;
    for (int64_t i = 0; i < zeros; i++) {
        magnitude *= 10;
    }
    return signed_value(d.negative, magnitude, out);
}

/* The significant digits of a double and the power of ten of the first. */
struct digits {
    char text[32];
    int count;
    int exponent;
};

static struct digits digits_of(double magnitude, int precision)
{
    char printed[NUM_TEXT_SIZE];
    snprintf(printed, sizeof(printed), "%.*e", precision - 1, magnitude);
    struct digits d = {0};
    const char *at = printed;
    for (; *at != 'e'; at++) {
        if (is_digit(*at)) { /* the rest is the point, which the locale chose */
            d.text[d.count++] = *at;
        }
    }
    int64_t exponent = 0;
    const bool read = num_parse_int64(at + 1, strlen(at + 1), &exponent);
    assert(read);
    d.exponent = (int)exponent;
    while (d.count > 1 && d.text[d.count - 1] == '0') {
        d.count--;
    }
    return d;
}

static bool reads_back(const struct digits *d, double magnitude)
{
    char text[NUM_TEXT_SIZE + 16];
    const int length = snprintf(text, sizeof(text), "%.*se%d", d->count, d->text,
                                d->exponent - (d->count - 1));
    double read;
    return num_parse_double(text, (size_t)length, &read) && read == magnitude;
}

/* The next decimal of `precision` digits above d. */
static void step_up(struct digits *d, int precision)
{
    while (d->count < precision) {
        d->text[d->count++] = '0';
    }
    while (d->count > 0 && d->text[d->count - 1] == '9') {
        d->count--; /* a nine that carries leaves a zero, which is cut */
    }
    if (d->count == 0) {
        d->text[d->count++] = '0';
        d->exponent++;
    }
    d->text[d->count - 1]++;
}

/* Up to 15 digits survive the way through a double, so 15 digits less their zeros are already
 * the shortest; only denormals, which hold fewer, must be tried from one digit up. Of 16 digits
 * the nearest reads back if any do, but for powers of two: their neighbour above is twice as
 * far away as the one below, so the decimal above may still be theirs. */
static struct digits shortest_digits(double magnitude)
{
    for (int precision = magnitude < DBL_MIN ? 1 : 15; precision < 17; precision++) {
        struct digits d = digits_of(magnitude, precision);
        if (reads_back(&d, magnitude)) {
            return d;
        }
        step_up(&d, precision);
        if (reads_back(&d, magnitude)) {
            return d;
        }
    }
    return digits_of(magnitude, 17);
}

const char *num_format_shortest(char buffer[NUM_TEXT_SIZE], double value)
{
    if (!isfinite(value) || value == 0.0) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s",
                 !isfinite(value) ? "null"
                 : signbit(value) ? "-0"
                                  : "0");
        return buffer;
    }
    const struct digits d = shortest_digits(fabs(value));
    const char *sign = value < 0.0 ? "-" : "";
    const int whole = d.exponent + 1; /* digits in front of the point */
    const int behind = d.count - 1;

    if (whole < -3 || whole > 16) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%c%s%.*se%d", sign, d.text[0], behind > 0 ? "." : "",
                 behind, d.text + 1, d.exponent);
    } else if (whole <= 0) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s0.%.*s%.*s", sign, -whole, "0000", d.count, d.text);
    } else if (whole >= d.count) {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%.*s%.*s", sign, d.count, d.text, whole - d.count,
                 "0000000000000000");
    } else {
        snprintf(buffer, NUM_TEXT_SIZE, "%s%.*s.%.*s", sign, whole, d.text, d.count - whole,
                 d.text + whole);
    }
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
    uint64_t unit = 1;
    for (int i = 0; i < scale; i++) {
        unit *= 10;
    }
    struct text text = text_fixed(buffer, NUM_TEXT_SIZE);
    text_addf(&text, "%s%" PRIu64, value < 0 ? "-" : "", magnitude / unit);
    if (scale > 0) {
        text_addf(&text, ".%0*" PRIu64, scale, magnitude % unit);
    }
    return buffer;
}
