#include "csv_row.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"

enum { CULPRIT_SIZE = 64, UNUSED = -1 };

static const char *const COLUMN_NAMES[] = {
    "timestamp", "best_bid_a", "best_ask_a", "best_bid_b", "best_ask_b",
    "fx_rate",   "bid_size_a", "ask_size_a", "bid_size_b", "ask_size_b",
};
_Static_assert(sizeof(COLUMN_NAMES) / sizeof(COLUMN_NAMES[0]) == CSV_LAST + 1,
               "a name for every column");

struct field {
    const char *bytes;
    size_t length;
};

/* A field as it may be shown to a person. */
struct culprit {
    char text[CULPRIT_SIZE];
};

static struct culprit culprit_of(struct field field)
{
    struct culprit culprit;
    safe_text(culprit.text, sizeof(culprit.text), field.bytes, field.length);
    return culprit;
}

/* Cuts the next field off *rest; false when the line has no more. */
static bool next_field(struct field *rest, struct field *out)
{
    if (rest->bytes == NULL) {
        return false;
    }
    const char *comma = memchr(rest->bytes, ',', rest->length);
    if (comma == NULL) {
        *out = *rest;
        *rest = (struct field){NULL, 0};
        return true;
    }
    *out = (struct field){rest->bytes, (size_t)(comma - rest->bytes)};
    *rest = (struct field){comma + 1, rest->length - out->length - 1};
    return true;
}

static bool equals(struct field field, const char *name)
{
    return field.length == strlen(name) && memcmp(field.bytes, name, field.length) == 0;
}

static int8_t column_named(struct field field)
{
    for (int8_t column = 0; column <= CSV_LAST; column++) {
        if (equals(field, COLUMN_NAMES[column])) {
            return column;
        }
    }
    return UNUSED;
}

/* Says which column is missing, and what the header has instead. */
static bool missing_column(enum csv_column column, struct field header, struct err *err)
{
    char buffer[512];
    struct text have = text_fixed(buffer, sizeof(buffer));
    struct field field;
    while (next_field(&header, &field)) {
        text_addf(&have, "%s'%s'", have.length > 0 ? ", " : "", culprit_of(field).text);
    }
    return err_set(err, ERR_INPUT, "column '%s' is missing (the header has %s)",
                   COLUMN_NAMES[column], text_string(&have));
}

static bool read_names(struct csv_layout *layout, struct field header, struct err *err)
{
    struct field field;
    while (next_field(&header, &field)) {
        if (layout->fields_count == CSV_COLUMNS_MAX) {
            return err_set(err, ERR_INPUT, "more than %d columns", CSV_COLUMNS_MAX);
        }
        const int8_t column = column_named(field);
        if (column != UNUSED && layout->present[column]) {
            return err_set(err, ERR_INPUT, "column '%s' is there twice", COLUMN_NAMES[column]);
        }
        if (column != UNUSED) {
            layout->present[column] = true;
        }
        layout->column_of[layout->fields_count++] = column;
    }
    return true;
}

bool csv_layout_parse(struct csv_layout *layout, const char *line, size_t length,
                      struct err *err)
{
    const struct field header = {line, length};
    if (memchr(line, '"', length) != NULL) {
        return err_set(err, ERR_INPUT, "quoted fields are not read (expected plain names)");
    }
    if (!read_names(layout, header, err)) {
        return false;
    }
    for (enum csv_column column = 0; column <= CSV_REQUIRED_LAST; column++) {
        if (!layout->present[column]) {
            return missing_column(column, header, err);
        }
    }
    if (isnan(layout->fx_rate) && !layout->present[CSV_FX_RATE] && isnan(layout->default_fx)) {
        return err_set(err, ERR_INPUT, "fx rate needed; pass --fx-rate 1 for one currency");
    }
    return true;
}

static bool read_time(struct field field, const struct csv_row *previous, int64_t *out,
                      struct err *err)
{
    int64_t time_ns;
    if (!calendar_parse(field.bytes, field.length, &time_ns)) {
        return err_set(err, ERR_INPUT,
                       "timestamp: '%s' is not a time (expected ISO 8601 or an epoch number)",
                       culprit_of(field).text);
    }
    if (previous != NULL && time_ns < previous->time_ns) {
        char before[CALENDAR_TEXT_SIZE];
        return err_set(
            err, ERR_INPUT,
            "timestamp: '%s' runs back behind the previous row (expected %s or later)",
            culprit_of(field).text, calendar_format(before, previous->time_ns, 9));
    }
    *out = time_ns;
    return true;
}

static bool read_value(const struct csv_layout *layout, enum csv_column column,
                       struct field field, double *out, struct err *err)
{
    if (column == CSV_FX_RATE && !isnan(layout->fx_rate)) {
        *out = layout->fx_rate; /* the option wins, the column is not looked at */
        return true;
    }
    if (column == CSV_FX_RATE && field.length == 0) {
        *out = 0.0; /* no rate: an invalid snapshot, not a bad row */
        return true;
    }
    if (!num_parse_double(field.bytes, field.length, out)) {
        return err_set(err, ERR_INPUT, "%s: '%s' is not a number (expected a plain decimal)",
                       COLUMN_NAMES[column], culprit_of(field).text);
    }
    return true;
}

static struct csv_row empty_row(const struct csv_layout *layout)
{
    struct csv_row row = {0};
    row.values[CSV_FX_RATE] = isnan(layout->fx_rate) ? layout->default_fx : layout->fx_rate;
    for (enum csv_column column = CSV_BID_SIZE_A; column <= CSV_LAST; column++) {
        row.values[column] = INFINITY;
    }
    return row;
}

bool csv_row_parse(const struct csv_layout *layout, const char *line, size_t length,
                   const struct csv_row *previous, struct csv_row *out, struct err *err)
{
    if (memchr(line, '"', length) != NULL) {
        return err_set(err, ERR_INPUT, "quoted fields are not read (expected plain numbers)");
    }
    struct csv_row row = empty_row(layout);
    struct field rest = {line, length};
    struct field field;
    int32_t index = 0;
    for (; next_field(&rest, &field); index++) {
        if (index == layout->fields_count) {
            return err_set(err, ERR_INPUT, "too many fields: '%s' (expected %d)",
                           culprit_of(field).text, (int)layout->fields_count);
        }
        const int8_t column = layout->column_of[index];
        if (column == UNUSED) {
            continue;
        }
        const bool fine = column == CSV_TIMESTAMP
                              ? read_time(field, previous, &row.time_ns, err)
                              : read_value(layout, column, field, &row.values[column], err);
        if (!fine) {
            return false;
        }
    }
    if (index < layout->fields_count) {
        return err_set(err, ERR_INPUT, "too few fields: %d (expected %d)", (int)index,
                       (int)layout->fields_count);
    }
    *out = row;
    return true;
}
