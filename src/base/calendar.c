#include "base/calendar.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/num.h"

#define NS_PER_S   INT64_C(1000000000)
#define NS_PER_DAY (86400 * NS_PER_S)

enum { YEAR_MIN = 1700, YEAR_MAX = 2250 };

struct civil {
    int year, month, day; /* month and day from 1 */
};

/* Years are counted from 1 March, so that the leap day is the last day of its year and the
 * lengths of the months before it follow one linear rule: (153 * month + 2) / 5. */
enum { DAYS_PER_ERA = 146097, EPOCH_DAY = 719468 /* 1970-01-01, counted from 0000-03-01 */ };

static int64_t days_from_civil(struct civil date)
{
    const int64_t year = date.month > 2 ? date.year : date.year - 1;
    const int64_t month = (date.month + 9) % 12;
    const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - EPOCH_DAY;
}

static struct civil civil_from_days(int64_t days)
{
    const int64_t day = days + EPOCH_DAY;
    const int64_t era = day / DAYS_PER_ERA;
    const int64_t day_of_era = day % DAYS_PER_ERA;
    /* Take the leap days out again, then every year has 365. */
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    const int64_t month = (5 * day_of_year + 2) / 153;
    return (struct civil){
        .year = (int)(era * 400 + year_of_era + (month >= 10 ? 1 : 0)),
        .month = (int)((month + 2) % 12 + 1),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* What is left of the bytes being read. */
struct cursor {
    const char *at;
    const char *end;
};

static bool take_char(struct cursor *cursor, char wanted)
{
    if (cursor->at == cursor->end || *cursor->at != wanted) {
        return false;
    }
    cursor->at++;
    return true;
}

/* Exactly `digits` decimal digits, as a number within [min, max]. */
static bool take_number(struct cursor *cursor, int digits, int min, int max, int *out)
{
    int value = 0;
    for (int i = 0; i < digits; i++, cursor->at++) {
        if (cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9') {
            return false;
        }
        value = value * 10 + (*cursor->at - '0');
    }
    *out = value;
    return value >= min && value <= max;
}

static bool take_date(struct cursor *cursor, int64_t *days)
{
    struct civil date;
    if (!take_number(cursor, 4, YEAR_MIN, YEAR_MAX, &date.year) || !take_char(cursor, '-') ||
        !take_number(cursor, 2, 1, 12, &date.month) || !take_char(cursor, '-') ||
        !take_number(cursor, 2, 1, days_in_month(date.year, date.month), &date.day)) {
        return false;
    }
    *days = days_from_civil(date);
    return true;
}

static bool take_time(struct cursor *cursor, int64_t *time_ns)
{
    int hour, minute, second;
    if (!take_number(cursor, 2, 0, 23, &hour) || !take_char(cursor, ':') ||
        !take_number(cursor, 2, 0, 59, &minute) || !take_char(cursor, ':') ||
        !take_number(cursor, 2, 0, 59, &second)) {
        return false;
    }
    *time_ns = (int64_t)(hour * 3600 + minute * 60 + second) * NS_PER_S;
    if (!take_char(cursor, '.')) {
        return true;
    }
    int64_t unit_ns = NS_PER_S;
    int digit;
    while (unit_ns > 1 && take_number(cursor, 1, 0, 9, &digit)) {
        unit_ns /= 10;
        *time_ns += digit * unit_ns;
    }
    return unit_ns < NS_PER_S;
}

static bool take_zone(struct cursor *cursor, int64_t *offset_ns)
{
    *offset_ns = 0;
    if (cursor->at == cursor->end || take_char(cursor, 'Z')) {
        return true;
    }
    const bool west = take_char(cursor, '-');
    int hours, minutes;
    if ((!west && !take_char(cursor, '+')) || !take_number(cursor, 2, 0, 23, &hours) ||
        !take_char(cursor, ':') || !take_number(cursor, 2, 0, 59, &minutes)) {
        return false;
    }
    *offset_ns = (int64_t)(hours * 60 + minutes) * 60 * NS_PER_S * (west ? -1 : 1);
    return true;
}

static bool parse_iso(const char *bytes, size_t length, int64_t *time_ns)
{
    struct cursor cursor = {bytes, bytes + length};
    int64_t days, in_day_ns, offset_ns;
    if (!take_date(&cursor, &days) || (!take_char(&cursor, 'T') && !take_char(&cursor, ' ')) ||
        !take_time(&cursor, &in_day_ns) || !take_zone(&cursor, &offset_ns) ||
        cursor.at != cursor.end) {
        return false;
    }
    *time_ns = days * NS_PER_DAY + in_day_ns - offset_ns;
    return true;
}

/* The double only chooses the unit; the digits are read exactly. Doubles near 1e17 lie 16
 * apart, hence >= there: as microseconds, what rounds to it would be the year 5138. */
static bool parse_epoch(const char *bytes, size_t length, int64_t *time_ns)
{
    double magnitude;
    if (!num_parse_double(bytes, length, &magnitude)) {
        return false;
    }
    magnitude = fabs(magnitude);
    const int decimals_to_ns = magnitude >= 1e17  ? 0
                               : magnitude > 1e14 ? 3
                               : magnitude > 1e11 ? 6
                                                  : 9;
    return num_parse_fixed(bytes, length, decimals_to_ns, time_ns);
}

bool calendar_parse(const char *bytes, size_t length, int64_t *time_ns)
{
    return parse_iso(bytes, length, time_ns) || parse_epoch(bytes, length, time_ns);
}

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

const char *calendar_format(char buffer[CALENDAR_TEXT_SIZE], int64_t time_ns,
                            int fraction_digits)
{
    assert(fraction_digits >= 0 && fraction_digits <= 9);
    const int64_t days = floor_divide(time_ns, NS_PER_DAY);
    /* Not time - days * length: that product leaves int64 in the first hours of its range. */
    const int64_t rest_ns = time_ns % NS_PER_DAY;
    const int64_t in_day_ns = rest_ns < 0 ? rest_ns + NS_PER_DAY : rest_ns;
    const struct civil date = civil_from_days(days);
    const int in_day_s = (int)(in_day_ns / NS_PER_S);

    const int length =
        snprintf(buffer, CALENDAR_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%09d", date.year,
                 date.month, date.day, in_day_s / 3600, in_day_s / 60 % 60, in_day_s % 60,
                 (int)(in_day_ns % NS_PER_S));
    assert(length == 29);

    char *end = buffer + 19 + (fraction_digits > 0 ? 1 + fraction_digits : 0);
    end[0] = 'Z';
    end[1] = '\0';
    return buffer;
}

int32_t calendar_utc_day(int64_t time_ns)
{
    return (int32_t)floor_divide(time_ns, NS_PER_DAY);
}
