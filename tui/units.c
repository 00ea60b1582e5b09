#include "tui/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define NS_PER_S           INT64_C(1000000000)
#define NS_PER_MS          INT64_C(1000000)
#define S_PER_MIN          60
#define S_PER_HOUR         3600
#define S_PER_DAY          86400
#define SIZE_FIGURES       4
#define SPEED_DECIMALS_MAX 6
#define SHOWN_MAX          1e15 /* above, digits behind the comma mean nothing */

/* Digits of |value| scaled by 10^decimals and rounded half away from zero. */
static unsigned long long scaled(double value, int decimals)
{
    double factor = 1.0;
    for (int i = 0; i < decimals; i++) {
        factor *= 10.0;
    }
    return (unsigned long long)(fabs(value) * factor + 0.5);
}

/* Writes from the right end; the buffer holds any 64-bit number with separators. */
static const char *write_number(char buffer[UNITS_SIZE], unsigned long long digits,
                                int decimals, char sign)
{
    char reversed[UNITS_SIZE];
    int length = 0;
    for (int i = 0; i < decimals; i++) {
        reversed[length++] = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (decimals > 0) {
        reversed[length++] = '.';
    }
    int figures = 0;
    do {
        if (figures > 0 && figures % 3 == 0) {
            reversed[length++] = ',';
        }
        reversed[length++] = (char)('0' + digits % 10);
        digits /= 10;
        figures++;
    } while (digits > 0);
    if (sign != 0) {
        reversed[length++] = sign;
    }
    for (int i = 0; i < length; i++) {
        buffer[i] = reversed[length - 1 - i];
    }
    buffer[length] = '\0';
    return buffer;
}

static const char *write_words(char buffer[UNITS_SIZE], const char *words)
{
    snprintf(buffer, UNITS_SIZE, "%s", words);
    return buffer;
}

static const char *format(char buffer[UNITS_SIZE], double value, int decimals, bool plus)
{
    if (!isfinite(value)) {
        return write_words(buffer, "-");
    }
    if (fabs(value) >= SHOWN_MAX) {
        snprintf(buffer, UNITS_SIZE, "%.3e", value);
        return buffer;
    }
    const unsigned long long digits = scaled(value, decimals);
    const char sign = digits == 0 ? 0 : value < 0.0 ? '-' : plus ? '+' : 0;
    return write_number(buffer, digits, decimals, sign);
}

const char *units_number(char buffer[UNITS_SIZE], double value, int decimals)
{
    return format(buffer, value, decimals, false);
}

const char *units_signed(char buffer[UNITS_SIZE], double value, int decimals)
{
    return format(buffer, value, decimals, true);
}

int units_price_decimals(double price)
{
    const double size = fabs(price);
    return size >= 1e6 ? 0 : size >= 1e4 ? 1 : size >= 100.0 ? 2 : size >= 1.0 ? 4 : 6;
}

const char *units_price(char buffer[UNITS_SIZE], double price)
{
    return units_number(buffer, price, units_price_decimals(price));
}

const char *units_size(char buffer[UNITS_SIZE], double size)
{
    if (isinf(size)) {
        return write_words(buffer, "any");
    }
    if (size >= 1e4) {
        char number[UNITS_SIZE];
        const bool millions = size >= 1e6;
        units_number(number, size / (millions ? 1e6 : 1e3), 1);
        snprintf(buffer, UNITS_SIZE, "%.40s%c", number, millions ? 'M' : 'k');
        return buffer;
    }
    if (size > 0.0 && scaled(size, SIZE_FIGURES) == 0) {
        return write_words(buffer, "<0.0001"); /* little is not nothing */
    }
    int decimals = SIZE_FIGURES;
    for (double power = 1.0; decimals > 0 && size >= power; power *= 10.0) {
        decimals--;
    }
    return units_number(buffer, size, decimals);
}

const char *units_age(char buffer[UNITS_SIZE], int64_t age_ns)
{
    const int64_t seconds = age_ns / NS_PER_S;
    if (age_ns < 0) {
        return write_words(buffer, "never");
    }
    if (seconds < 1) {
        return write_words(buffer, "<1s");
    }
    if (seconds < 10) {
        snprintf(buffer, UNITS_SIZE, "%d.%ds", (int)seconds,
                 (int)(age_ns % NS_PER_S / (100 * NS_PER_MS)));
    } else if (seconds < 2 * S_PER_MIN) {
        snprintf(buffer, UNITS_SIZE, "%ds", (int)seconds);
    } else if (seconds < S_PER_HOUR) {
        snprintf(buffer, UNITS_SIZE, "%dm%02ds", (int)(seconds / S_PER_MIN),
                 (int)(seconds % S_PER_MIN));
    } else if (seconds < 2 * S_PER_DAY) {
        snprintf(buffer, UNITS_SIZE, "%dh%02dm", (int)(seconds / S_PER_HOUR),
                 (int)(seconds % S_PER_HOUR / S_PER_MIN));
    } else {
        snprintf(buffer, UNITS_SIZE, "%lldd%02dh", (long long)(seconds / S_PER_DAY),
                 (int)(seconds % S_PER_DAY / S_PER_HOUR));
    }
    return buffer;
}

const char *units_age_steady(char buffer[UNITS_SIZE], int64_t age_ns)
{
    if (age_ns >= NS_PER_S && age_ns < 10 * NS_PER_S) {
        snprintf(buffer, UNITS_SIZE, "%2ds", (int)(age_ns / NS_PER_S));
        return buffer;
    }
    return units_age(buffer, age_ns);
}

const char *units_clock(char buffer[UNITS_SIZE], double seconds)
{
    if (!isfinite(seconds)) {
        return write_words(buffer, "-");
    }
    const double capped = seconds < 0.0 ? 0.0 : seconds > 1e9 ? 1e9 : ceil(seconds);
    const long long whole = (long long)capped;
    const int rest = (int)(whole % S_PER_HOUR);
    if (whole >= S_PER_HOUR) {
        snprintf(buffer, UNITS_SIZE, "%02lld:%02d:%02d", whole / S_PER_HOUR, rest / S_PER_MIN,
                 rest % S_PER_MIN);
    } else {
        snprintf(buffer, UNITS_SIZE, "%02d:%02d", rest / S_PER_MIN, rest % S_PER_MIN);
    }
    return buffer;
}

const char *units_time(char buffer[UNITS_SIZE], int64_t time_ns)
{
    if (time_ns <= 0) {
        return write_words(buffer, "--:--:--");
    }
    const int seconds = (int)(time_ns / NS_PER_S % S_PER_DAY);
    snprintf(buffer, UNITS_SIZE, "%02d:%02d:%02d", seconds / S_PER_HOUR,
             seconds % S_PER_HOUR / S_PER_MIN, seconds % S_PER_MIN);
    return buffer;
}

const char *units_speed(char buffer[UNITS_SIZE], double speed)
{
    char number[UNITS_SIZE];
    if (isinf(speed)) {
        return write_words(buffer, "max");
    }
    int decimals = 0;
    for (double shown = speed;
         decimals < SPEED_DECIMALS_MAX && fabs(shown - round(shown)) > 1e-6; shown *= 10.0) {
        decimals++;
    }
    units_number(number, speed, decimals);
    snprintf(buffer, UNITS_SIZE, "\u00d7%.40s", number);
    return buffer;
}
