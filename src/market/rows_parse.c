#include "rows_parse.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/tens.h"
#include "digits.h"

enum {
    DIGITS_MAX = 19,   /* any 19 digits fit in 64 bits */
    DECIMALS_MAX = 18, /* of them behind the point */
    DAY_SIZE = 11,     /* 2026-11-20T */
    CLOCK_SIZE = 8     /* 21:24:07 */
};

#define NS_PER_S INT64_C(1000000000)

/* What happens to every field stays in registers: nothing of it may become a call. */
#define HOT DIGITS_HOT

/* What is to be done with a field of the line. */
enum field_kind {
    FIELD_IGNORED, /* but a quote in it spoils the row */
    FIELD_TIME,
    FIELD_NUMBER,
    FIELD_SIZE, /* a number as well, which is not kept */
};

struct field {
    enum field_kind kind;
    double *column; /* of FIELD_NUMBER */
};

struct parser {
    const struct csv_layout *layout;
    struct rows_block *block;
    bool skip_bad_rows;
    double krw_per_usd;          /* of every row; NAN: a column's */
    int32_t blanks;              /* empty lines not yet followed by another */
    uint64_t day_head, day_tail; /* the date read last; zeros are none */
    int64_t day_ns;              /* when it began */
    struct field fields[CSV_COLUMNS_MAX];
};

/* Some bytes ahead, and which of them are no digits: found at once for all the fields there, so
 * that the end of a field is known before those in front of it were read. Every stop is taken
 * once; those behind `from` that were passed over are dropped. */
struct window {
    const char *from;
    uint64_t stops;
};

HOT void look_ahead(struct window *window, const char *at)
{
    *window = (struct window){at, digits_stops(at)};
}

/* Goes on at `at`, whatever stands before it. */
HOT void pass_stops(struct window *window, const char *at)
{
    const ptrdiff_t passed = at - window->from;
    window->stops = passed < DIGITS_WINDOW ? window->stops >> passed << passed : 0;
}

/* Takes the first byte from `at` on that is no digit; NULL when it is far away. */
HOT const char *take_stop(struct window *window, const char *at)
{
    if (window->stops == 0) {
        look_ahead(window, at);
    }
    const uint64_t stops = window->stops;
    window->stops = stops & (stops - 1);
    return stops != 0 ? window->from + __builtin_ctzll(stops) : NULL;
}

/* Any count of digits at `at`, appended to `value`; nonsense when they are too many. */
static uint64_t append_digits(uint64_t value, const char *at, ptrdiff_t count)
{
    for (; count > 0; count -= DIGITS_WORD, at += DIGITS_WORD) {
        const ptrdiff_t some = count < DIGITS_WORD ? count : DIGITS_WORD;
        value = value * TENS_WHOLE[some] + digits_value(at, some);
    }
    return value;
}

/* A plain decimal: its digits as a number, and how many of them stand behind the point. */
struct decimal {
    uint64_t digits;
    ptrdiff_t decimals;
};

/* The end of the decimal at `at`; NULL when it is none that is known here. */
HOT const char *take_decimal(struct window *window, const char *at, struct decimal *out)
{
    const char *end = take_stop(window, at);
    if (end == NULL) {
        return NULL;
    }
    const ptrdiff_t whole = end - at;
    const char *fraction = end;
    if (*end == '.') {
        fraction++;
        end = take_stop(window, fraction);
        if (end == NULL) {
            return NULL;
        }
    }
    const ptrdiff_t decimals = end - fraction;
    out->decimals = decimals;
    if (whole > 0 && decimals > 0 && whole + decimals <= DIGITS_WORD) {
        out->digits = digits_joined(at, whole, fraction, decimals);
        return end;
    }
    out->digits = append_digits(append_digits(0, at, whole), fraction, decimals);
    return whole + decimals >= 1 && whole + decimals <= DIGITS_MAX && decimals <= DECIMALS_MAX
               ? end
               : NULL;
}

HOT const char *take_number(struct window *window, const char *at, double *out)
{
    struct decimal decimal;
    const char *end = take_decimal(window, at, &decimal);
    if (end == NULL || decimal.digits > UINT64_C(1) << 53) {
        return NULL;
    }
    /* Both numbers are exact, so their quotient is rounded once, correctly. */
    *out = (double)(int64_t)decimal.digits / TENS[decimal.decimals];
    return end;
}

/* As base/calendar has it: the double chooses the unit, the digits are read exactly. */
static const char *take_epoch(struct window *window, const char *at, int64_t *time_ns)
{
    struct decimal decimal;
    const char *end = take_decimal(window, at, &decimal);
    if (end == NULL || (decimal.decimals > 0 && decimal.digits > UINT64_C(1) << 53)) {
        return NULL;
    }
    const double magnitude = (double)decimal.digits / TENS[decimal.decimals];
    const int scale = magnitude >= 1e17 ? 0 : magnitude > 1e14 ? 3 : magnitude > 1e11 ? 6 : 9;
    uint64_t units;
    if (decimal.decimals > scale ||
        __builtin_mul_overflow(decimal.digits, TENS_WHOLE[scale - decimal.decimals], &units) ||
        units > INT64_MAX) {
        return NULL;
    }
    *time_ns = (int64_t)units;
    return end;
}

/* Nanoseconds that "21:24:07" is into its day; false when it is none. */
HOT bool clock_of(const char *at, int64_t *in_day_ns)
{
    /* The colons are made zeros, so that one look tells whether the rest are digits. */
    const uint64_t colons = UINT64_C(0x0000FF0000FF0000);
    const uint64_t digits = digits_load(at) ^ UINT64_C(0x30303A30303A3030);
    if ((digits & colons) != 0 || digits_above_nine(digits) != 0) {
        return false;
    }
    const uint64_t pairs = digits * 10 + (digits >> 8);
    const int64_t hour = (int64_t)(pairs & 0xFF);
    const int64_t minute = (int64_t)(pairs >> 24 & 0xFF);
    const int64_t second = (int64_t)(pairs >> 48 & 0xFF);
    *in_day_ns = (hour * 3600 + minute * 60 + second) * NS_PER_S;
    return hour < 24 && minute < 60 && second < 60;
}

/* The start of the day that "2026-11-20T" names; the last one is remembered. */
HOT bool day_of(struct parser *parser, const char *at, int64_t *day_ns)
{
    /* Two words that overlap are the eleven bytes. */
    const uint64_t head = digits_load(at);
    const uint64_t tail = digits_load(at + DAY_SIZE - DIGITS_WORD);
    if (head != parser->day_head || tail != parser->day_tail) {
        char midnight[DAY_SIZE + CLOCK_SIZE];
        memcpy(midnight, at, DAY_SIZE);
        memcpy(midnight + DAY_SIZE, "00:00:00", CLOCK_SIZE);
        if (!calendar_parse(midnight, sizeof(midnight), &parser->day_ns)) {
            return false;
        }
        parser->day_head = head;
        parser->day_tail = tail;
    }
    *day_ns = parser->day_ns;
    return true;
}

/* ISO 8601 in UTC, with Z or nothing behind it. */
HOT const char *take_iso(struct parser *parser, struct window *window, const char *at,
                         int64_t *time_ns)
{
    int64_t day_ns, in_day_ns;
    if (!day_of(parser, at, &day_ns) || !clock_of(at + DAY_SIZE, &in_day_ns)) {
        return NULL;
    }
    at += DAY_SIZE + CLOCK_SIZE;
    *time_ns = day_ns + in_day_ns;
    if (*at == '.') {
        const char *fraction = at + 1;
        pass_stops(window, fraction);
        at = take_stop(window, fraction);
        if (at == NULL || at == fraction || at - fraction > 9) {
            return NULL;
        }
        const ptrdiff_t digits = at - fraction;
        *time_ns += (int64_t)(digits_long(fraction, digits) * TENS_WHOLE[9 - digits]);
    }
    return *at == 'Z' ? at + 1 : at;
}

HOT const char *take_time(struct parser *parser, struct window *window, const char *at,
                          int64_t *time_ns)
{
    /* The fifth byte of a date is its dash; no epoch has one there. */
    return at[4] == '-' ? take_iso(parser, window, at, time_ns)
                        : take_epoch(window, at, time_ns);
}

/* The end of a field that nobody reads; NULL when it has a quote. */
static const char *pass_field(const char *at)
{
    while (*at != ',' && *at != '\n' && *at != '"') {
        at++;
    }
    return *at != '"' ? at : NULL;
}

HOT const char *take_field(struct parser *parser, struct window *window,
                           const struct field *field, const char *at, int32_t row,
                           int64_t *time_ns)
{
    double size;
    switch (field->kind) {
    case FIELD_NUMBER:
        return take_number(window, at, &field->column[row]);
    case FIELD_SIZE:
        return take_number(window, at, &size);
    case FIELD_TIME:
        at = take_time(parser, window, at, time_ns);
        break;
    case FIELD_IGNORED:
        at = pass_field(at);
        break;
    }
    if (at != NULL) {
        pass_stops(window, at + 1);
    }
    return at;
}

/* The line behind the one at `at`, whose row is the block's next now; NULL when it must be
 * looked at by those who know more. */
HOT const char *take_row(struct parser *parser, const char *at)
{
    struct rows_block *block = parser->block;
    const struct field *field = parser->fields;
    const struct field *const last = field + parser->layout->fields_count - 1;
    const int32_t row = block->count;
    int64_t time_ns = 0;
    struct window window;
    look_ahead(&window, at);
    for (; field < last; field++, at++) {
        at = take_field(parser, &window, field, at, row, &time_ns);
        if (at == NULL || *at != ',') {
            return NULL;
        }
    }
    at = take_field(parser, &window, last, at, row, &time_ns);
    if (at != NULL && *at == '\r') {
        at++;
    }
    if (at == NULL || *at != '\n' || (row > 0 && time_ns < block->time_ns[row - 1])) {
        return NULL;
    }
    block->time_ns[row] = time_ns;
    if (!isnan(parser->krw_per_usd)) {
        block->krw_per_usd[row] = parser->krw_per_usd;
    }
    block->count++;
    return at + 1;
}

size_t rows_line_length(const char *at, const char **next)
{
    const char *lf = rawmemchr(at, '\n');
    *next = lf + 1;
    return (size_t)(lf - at) - (lf > at && lf[-1] == '\r' ? 1 : 0);
}

/* A bad row: counted where that is allowed (true), else the end of the block. */
static bool tolerate(struct parser *parser, int32_t line)
{
    parser->block->bad_rows++;
    if (!parser->skip_bad_rows) {
        parser->block->failed_line = line;
    }
    return parser->skip_bad_rows;
}

/* Empty lines in front of another are bad rows; at the end of the file they are none. */
static bool settle_blanks(struct parser *parser)
{
    struct rows_block *block = parser->block;
    for (; parser->blanks > 0; parser->blanks--) {
        const int32_t line = block->lines - parser->blanks;
        err_set(&block->failure, ERR_INPUT, "empty line (expected %d fields)",
                (int)parser->layout->fields_count);
        if (!tolerate(parser, line)) {
            return false;
        }
    }
    return true;
}

static void put_row(struct parser *parser, const struct csv_row *row)
{
    struct rows_block *block = parser->block;
    const int32_t i = block->count++;
    block->time_ns[i] = row->time_ns;
    block->bid_a[i] = row->values[CSV_BID_A];
    block->ask_a[i] = row->values[CSV_ASK_A];
    block->bid_b[i] = row->values[CSV_BID_B];
    block->ask_b[i] = row->values[CSV_ASK_B];
    block->krw_per_usd[i] = row->values[CSV_FX_RATE];
}

/* Any line, in csv's own way. false: the block ends with it. */
static bool take_line(struct parser *parser, const char *line, size_t length)
{
    struct rows_block *block = parser->block;
    if (length == 0) {
        parser->blanks++;
        return true;
    }
    if (!settle_blanks(parser)) {
        return false;
    }
    const struct csv_row previous = {
        .time_ns = block->count > 0 ? block->time_ns[block->count - 1] : INT64_MIN};
    struct csv_row row;
    if (csv_row_parse(parser->layout, line, length, &previous, &row, &block->failure)) {
        put_row(parser, &row);
        return true;
    }
    return tolerate(parser, block->lines);
}

static void lay_out(struct parser *parser, struct field *field, enum csv_column column)
{
    struct rows_block *block = parser->block;
    double *const columns[CSV_FX_RATE + 1] = {
        [CSV_BID_A] = block->bid_a,         [CSV_ASK_A] = block->ask_a,
        [CSV_BID_B] = block->bid_b,         [CSV_ASK_B] = block->ask_b,
        [CSV_FX_RATE] = block->krw_per_usd,
    };
    if (column == CSV_TIMESTAMP) {
        field->kind = FIELD_TIME;
    } else if (column > CSV_FX_RATE) {
        field->kind = FIELD_SIZE;
    } else if (column != CSV_FX_RATE || isnan(parser->krw_per_usd)) {
        field->kind = FIELD_NUMBER;
        field->column = columns[column];
    }
}

static void prepare(struct parser *parser, const struct csv_layout *layout, bool skip_bad_rows,
                    struct rows_block *block)
{
    *parser = (struct parser){
        .layout = layout,
        .block = block,
        .skip_bad_rows = skip_bad_rows,
        .krw_per_usd = !isnan(layout->fx_rate)        ? layout->fx_rate
                       : layout->present[CSV_FX_RATE] ? NAN
                                                      : layout->default_fx,
    };
    for (int32_t field = 0; field < layout->fields_count; field++) {
        if (layout->column_of[field] >= 0) {
            lay_out(parser, &parser->fields[field], (enum csv_column)layout->column_of[field]);
        }
    }
    block->count = 0;
    block->bad_rows = 0;
    block->lines = 0;
    block->last_blanks = 0;
    block->failed_line = 0;
}

static void take_lines(struct parser *parser, const char *at, const char *end)
{
    while (at < end) {
        parser->block->lines++;
        const char *next = parser->blanks == 0 ? take_row(parser, at) : NULL;
        if (next == NULL) {
            const size_t length = rows_line_length(at, &next);
            if (!take_line(parser, at, length)) {
                return;
            }
        }
        at = next;
    }
    parser->block->last_blanks = parser->blanks;
}

void rows_parse_lines(const struct csv_layout *layout, bool skip_bad_rows,
                      const struct rows_chunk *chunk, struct rows_block *block)
{
    struct parser parser;
    prepare(&parser, layout, skip_bad_rows, block);
    if (chunk->line_too_long) {
        block->lines = 1;
        err_set(&block->failure, ERR_INPUT, "line is longer than %d bytes", CSV_LINE_SIZE_MAX);
        tolerate(&parser, 1);
        return;
    }
    assert(chunk->length > 0 && chunk->bytes[chunk->length - 1] == '\n');
    take_lines(&parser, chunk->bytes, chunk->bytes + chunk->length);
}
