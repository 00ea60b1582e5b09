#include "numbers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/shortest.h"
#include "base/tens.h"

enum { DECIMALS_MAX = 18 };

/* 0.d1d2d3... * 10^point */
struct decimal {
    char digits[NUM_TEXT_SIZE];
    int count;
    int point;
};

static struct decimal decimal_of(double value)
{
    assert(isfinite(value) && value >= 0.0);
    struct decimal decimal = {.count = 0};
    if (value > 0.0) {
        const struct shortest shortest = shortest_of(value);
        num_format_uint64(decimal.digits, shortest.digits);
        decimal.count = (int)strlen(decimal.digits);
        decimal.point = decimal.count + shortest.exponent;
    }
    return decimal;
}

static void add_zeros(struct text *out, int count)
{
    for (int i = 0; i < count; i++) {
        text_add_char(out, '0');
    }
}

static void add_whole(struct text *out, const struct decimal *decimal)
{
    if (decimal->count == 0 || decimal->point <= 0) {
        text_add_char(out, '0');
        return;
    }
    const int known = decimal->point < decimal->count ? decimal->point : decimal->count;
    text_add_bytes(out, decimal->digits, (size_t)known);
    add_zeros(out, decimal->point - known);
}

static bool has_fraction(const struct decimal *decimal)
{
    return decimal->count > 0 && decimal->count > decimal->point;
}

static void add_fraction(struct text *out, const struct decimal *decimal)
{
    const int from = decimal->point > 0 ? decimal->point : 0;
    add_zeros(out, -decimal->point);
    text_add_bytes(out, decimal->digits + from, (size_t)(decimal->count - from));
}

void number_plain(struct text *out, double value)
{
    const struct decimal decimal = decimal_of(value);
    add_whole(out, &decimal);
    if (has_fraction(&decimal)) {
        text_add_char(out, '.');
        add_fraction(out, &decimal);
    }
}

void number_java(struct text *out, double value)
{
    const struct decimal decimal = decimal_of(value);
    const bool plain = decimal.count == 0 || (value >= 1e-3 && value < 1e7);
    if (!plain) {
        text_add_char(out, decimal.digits[0]);
        text_add_char(out, '.');
        text_add_bytes(out, decimal.count > 1 ? decimal.digits + 1 : "0",
                       decimal.count > 1 ? (size_t)(decimal.count - 1) : 1);
        text_addf(out, "E%d", decimal.point - 1);
        return;
    }
    add_whole(out, &decimal);
    text_add_char(out, '.');
    if (has_fraction(&decimal)) {
        add_fraction(out, &decimal);
    } else {
        text_add_char(out, '0');
    }
}

void number_fixed(struct text *out, int64_t units, int decimals)
{
    assert(units >= 0 && decimals >= 0 && decimals <= DECIMALS_MAX);
    char room[NUM_TEXT_SIZE];
    char *at = room + sizeof(room);
    uint64_t left = (uint64_t)units;
    for (int placed = 0; placed <= decimals || left > 0; placed++) {
        if (placed == decimals && decimals > 0) {
            *--at = '.';
        }
        *--at = (char)('0' + left % 10);
        left /= 10;
    }
    text_add_bytes(out, at, (size_t)(room + sizeof(room) - at));
}

int64_t number_units(double value, int decimals)
{
    return llround(value * TENS[decimals]);
}

double number_value(int64_t units, int decimals)
{
    return (double)units / TENS[decimals];
}

double number_rounded(double value, int decimals)
{
    return number_value(number_units(value, decimals), decimals);
}
