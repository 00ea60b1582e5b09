#pragma once
#include "csv_row.h"
#include "market/rows.h"

/* rows_parse: lines to columns. No I/O and no state, so any thread may. */

/* Without the row before the chunk: its first row is not held to any time. */
void rows_parse_lines(const struct csv_layout *layout, bool skip_bad_rows,
                      const struct rows_chunk *chunk, struct rows_block *block);

/* The line at `at` without its end, a CR before the LF included. There is an LF. */
size_t rows_line_length(const char *at, const char **next);
