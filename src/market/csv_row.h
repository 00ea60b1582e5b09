#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* csv_row: header and rows of a snapshot file as bytes in, values out. No I/O. */

enum { CSV_COLUMNS_MAX = 256, CSV_LINE_SIZE_MAX = 65536 };

/* What a row is made of; the first five must be there. */
enum csv_column {
    CSV_TIMESTAMP,
    CSV_BID_A,
    CSV_ASK_A,
    CSV_BID_B,
    CSV_ASK_B,
    CSV_FX_RATE,
    CSV_BID_SIZE_A,
    CSV_ASK_SIZE_A,
    CSV_BID_SIZE_B,
    CSV_ASK_SIZE_B,
    CSV_LAST = CSV_ASK_SIZE_B,
    CSV_REQUIRED_LAST = CSV_ASK_B,
};

/* What the header says, and what a row is held to. */
struct csv_layout {
    double fx_rate;    /* of every row; NAN: the column's */
    double default_fx; /* where there is neither; NAN: none */
    int32_t fields_count;
    int8_t column_of[CSV_COLUMNS_MAX]; /* enum csv_column of each field, or -1 */
    bool present[CSV_LAST + 1];
};

/* Values of one row, by column; a size that has no column is unlimited. */
struct csv_row {
    int64_t time_ns;
    double values[CSV_LAST + 1];
};

/* Reads the header line over a layout whose fx members are set and the rest is zero. */
bool csv_layout_parse(struct csv_layout *layout, const char *line, size_t length,
                      struct err *err);

/* Reads one line. `previous` is the row before it, NULL for the first: time must not run back.
 * Writes *out on success only; errors name column, culprit and what was expected. */
bool csv_row_parse(const struct csv_layout *layout, const char *line, size_t length,
                   const struct csv_row *previous, struct csv_row *out, struct err *err);
