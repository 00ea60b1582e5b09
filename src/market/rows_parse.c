#include "rows_parse.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/calendar.h"

/* Eight bytes at a time, the first one lowest. */
typedef uint64_t word;

enum {
    WORD_SIZE = 8,
    DIGITS_MAX = 19,   /* any 19 digits fit in 64 bits */
    DECIMALS_MAX = 18, /* of them behind the point */
    DAY_SIZE = 11,     /* 2026-11-20T */
    CLOCK_SIZE = 8     /* 21:24:07 */
};

#define BYTES(value) (UINT64_C(0x0101010101010101) * (value))
#define NS_PER_S     INT64_C(1000000000)

/* What is to be done with a field of the line. */
enum field_kind {
    FIELD_IGNORED, /* but a quote in it spoils the row */
    FIELD_TIME,
    FIELD_NUMBER,
    FIELD_SIZE, /* a number as well, which is not kept */
};

struct parser {
    const struct csv_layout *layout;
    struct rows_block *block;
    bool skip_bad_rows;
    enum field_kind kinds[CSV_COLUMNS_MAX];
    double *columns[CSV_COLUMNS_MAX]; /* of FIELD_NUMBER */
    double krw_per_usd;               /* of every row; NAN: a column's */
    int32_t blanks;                   /* empty lines not yet followed by another */
    char day[DAY_SIZE];               /* the date read last, and when it began */
    int64_t day_ns;
    bool knows_day;
};

static word load(const char *at)
{
    word bytes;
    memcpy(&bytes, at, sizeof(bytes));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

/* The high bit of each byte that is no digit; right up to the first of them. */
static word not_digits(word bytes)
{
    const word values = bytes ^ BYTES('0');
    return ((values + BYTES(0x80 - 10)) | values) & BYTES(0x80);
}

/* The number that eight bytes of 0..9 spell: pairs, then fours, then all. */
static uint64_t spelled(word digits)
{
    digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (digits * 10000 + (digits >> 32)) & UINT64_C(0xFFFFFFFF);
}

static const uint64_t POWERS[DIGITS_MAX] = {
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
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};

/* Digits up to the first byte that is none, appended to *value. More than DIGITS_MAX of them
 * leave nonsense there, which the caller sees by their number. */
static const char *take_digits(const char *at, uint64_t *value)
{
    for (;;) {
        const word bytes = load(at);
        const word ends = not_digits(bytes);
        if (ends != 0) {
            const int count = __builtin_ctzll(ends) / 8;
            /* In two steps: a shift by all 64 bits would not be one. */
            const word digits = (bytes & BYTES(0x0F)) << (8 * (WORD_SIZE - 1 - count)) << 8;
            *value = *value * POWERS[count] + spelled(digits);
            return at + count;
        }
        *value = *value * POWERS[WORD_SIZE] + spelled(bytes & BYTES(0x0F));
        at += WORD_SIZE;
    }
}

/* A plain decimal: its digits as a number, and how many of them stand behind the point. */
struct decimal {
    uint64_t digits;
    int decimals;
};

/* The end of the decimal at `at`; NULL when it is none that is known here. */
static const char *take_decimal(const char *at, struct decimal *out)
{
    uint64_t digits = 0;
    const char *end = take_digits(at, &digits);
    ptrdiff_t count = end - at;
    ptrdiff_t decimals = 0;
    if (*end == '.') {
        const char *point = end;
        end = take_digits(point + 1, &digits);
        decimals = end - point - 1;
        count += decimals;
    }
    *out = (struct decimal){digits, (int)decimals};
    return count >= 1 && count <= DIGITS_MAX && decimals <= DECIMALS_MAX ? end : NULL;
}

/* True when both numbers are exact, so that their quotient is rounded once, correctly. */
static bool value_of(const struct decimal *decimal, double *out)
{
    *out = (double)decimal->digits / (double)POWERS[decimal->decimals];
    return decimal->digits <= UINT64_C(1) << 53;
}

static const char *take_number(const char *at, double *out)
{
    struct decimal decimal;
    const char *end = take_decimal(at, &decimal);
    return end != NULL && value_of(&decimal, out) ? end : NULL;
}

/* As base/calendar has it: the double chooses the unit, the digits are read exactly. */
static const char *take_epoch(const char *at, int64_t *time_ns)
{
    struct decimal decimal;
    double magnitude;
    const char *end = take_decimal(at, &decimal);
    if (end == NULL || (!value_of(&decimal, &magnitude) && decimal.decimals > 0)) {
        return NULL;
    }
    const int scale = magnitude >= 1e17 ? 0 : magnitude > 1e14 ? 3 : magnitude > 1e11 ? 6 : 9;
    uint64_t units;
    if (decimal.decimals > scale ||
        __builtin_mul_overflow(decimal.digits, POWERS[scale - decimal.decimals], &units) ||
        units > INT64_MAX) {
        return NULL;
    }
    *time_ns = (int64_t)units;
    return end;
}

/* Nanoseconds that "21:24:07" is into its day; false when it is none. */
static bool clock_of(const char *at, int64_t *in_day_ns)
{
    /* The colons are made zeros, so that one look tells whether the rest are digits. */
    const word colons = UINT64_C(0x0000FF0000FF0000);
    const word bytes = load(at);
    const word digits = bytes ^ (UINT64_C(0x30303A30303A3030));
    if ((digits & colons) != 0 || ((digits + BYTES(0x80 - 10)) | digits) & BYTES(0x80)) {
        return false;
    }
    const int hour = (int)(digits & 0xFF) * 10 + (int)(digits >> 8 & 0xFF);
    const int minute = (int)(digits >> 24 & 0xFF) * 10 + (int)(digits >> 32 & 0xFF);
    const int second = (int)(digits >> 48 & 0xFF) * 10 + (int)(digits >> 56);
    *in_day_ns = (int64_t)(hour * 3600 + minute * 60 + second) * NS_PER_S;
    return hour < 24 && minute < 60 && second < 60;
}

/* The start of the day that "2026-11-20T" names; the last one is remembered. */
static bool day_of(struct parser *parser, const char *at, int64_t *day_ns)
{
    if (!parser->knows_day || memcmp(parser->day, at, DAY_SIZE) != 0) {
        char midnight[DAY_SIZE + CLOCK_SIZE];
        memcpy(midnight, at, DAY_SIZE);
        memcpy(midnight + DAY_SIZE, "00:00:00", CLOCK_SIZE);
        if (!calendar_parse(midnight, sizeof(midnight), &parser->day_ns)) {
            return false;
        }
        memcpy(parser->day, at, DAY_SIZE);
        parser->knows_day = true;
    }
    *day_ns = parser->day_ns;
    return true;
}

/* ISO 8601 in UTC, with Z or nothing behind it. */
static const char *take_iso(struct parser *parser, const char *at, int64_t *time_ns)
{
    int64_t day_ns, in_day_ns;
    if (!day_of(parser, at, &day_ns) || !clock_of(at + DAY_SIZE, &in_day_ns)) {
        return NULL;
    }
    at += DAY_SIZE + CLOCK_SIZE;
    uint64_t fraction = 0;
    if (*at == '.') {
        const char *end = take_digits(at + 1, &fraction);
        const ptrdiff_t digits = end - at - 1;
        if (digits < 1 || digits > 9) {
            return NULL;
        }
        fraction *= POWERS[9 - digits];
        at = end;
    }
    *time_ns = day_ns + in_day_ns + (int64_t)fraction;
    return *at == 'Z' ? at + 1 : at;
}

static const char *take_time(struct parser *parser, const char *at, int64_t *time_ns)
{
    /* The fifth byte of a date is its dash; no epoch has one there. */
    return at[4] == '-' ? take_iso(parser, at, time_ns) : take_epoch(at, time_ns);
}

/* The end of a field that nobody reads; NULL when it has a quote. */
static const char *pass_field(const char *at)
{
    while (*at != ',' && *at != '\n' && *at != '"') {
        at++;
    }
    return *at != '"' ? at : NULL;
}

static const char *take_field(struct parser *parser, int32_t field, const char *at,
                              int64_t *time_ns)
{
    double size;
    switch (parser->kinds[field]) {
    case FIELD_NUMBER:
        return take_number(at, &parser->columns[field][parser->block->count]);
    case FIELD_SIZE:
        return take_number(at, &size);
    case FIELD_TIME:
        return take_time(parser, at, time_ns);
    case FIELD_IGNORED:
        break;
    }
    return pass_field(at);
}

/* The line behind the one at `at`, whose row is the block's next now; NULL when it must be
 * looked at by those who know more. */
static const char *take_row(struct parser *parser, const char *at)
{
    struct rows_block *block = parser->block;
    const int32_t last = parser->layout->fields_count - 1;
    int64_t time_ns = 0;
    for (int32_t field = 0; field < last; field++) {
        at = take_field(parser, field, at, &time_ns);
        if (at == NULL || *at != ',') {
            return NULL;
        }
        at++;
    }
    at = take_field(parser, last, at, &time_ns);
    if (at != NULL && *at == '\r') {
        at++;
    }
    if (at == NULL || *at != '\n' ||
        (block->count > 0 && time_ns < block->time_ns[block->count - 1])) {
        return NULL;
    }
    block->time_ns[block->count] = time_ns;
    if (!isnan(parser->krw_per_usd)) {
        block->krw_per_usd[block->count] = parser->krw_per_usd;
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

static void lay_out(struct parser *parser, int32_t field, enum csv_column column)
{
    struct rows_block *block = parser->block;
    double *const columns[CSV_FX_RATE + 1] = {
        [CSV_BID_A] = block->bid_a,         [CSV_ASK_A] = block->ask_a,
        [CSV_BID_B] = block->bid_b,         [CSV_ASK_B] = block->ask_b,
        [CSV_FX_RATE] = block->krw_per_usd,
    };
    if (column == CSV_TIMESTAMP) {
        parser->kinds[field] = FIELD_TIME;
    } else if (column > CSV_FX_RATE) {
        parser->kinds[field] = FIELD_SIZE;
    } else if (column != CSV_FX_RATE || isnan(parser->krw_per_usd)) {
        parser->kinds[field] = FIELD_NUMBER;
        parser->columns[field] = columns[column];
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
            lay_out(parser, field, (enum csv_column)layout->column_of[field]);
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
