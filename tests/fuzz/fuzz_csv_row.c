#include <assert.h>
#include <math.h>
#include <string.h>

#include "csv_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The first line is the header, each other one a row. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct csv_layout layout = {.fx_rate = NAN, .default_fx = 1.0};
    struct csv_row row = {0};
    struct err err;
    const char *at = (const char *)bytes;
    const char *const end = at + length;
    bool headed = false;
    bool started = false;
    while (at < end) {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        const size_t line_length = (size_t)((lf != NULL ? lf : end) - at);
        if (headed) {
            const int64_t before_ns = started ? row.time_ns : INT64_MIN;
            started =
                csv_row_parse(&layout, at, line_length, started ? &row : NULL, &row, &err) ||
                started;
            assert(!started || row.time_ns >= before_ns);
            assert(!started || isfinite(row.values[CSV_BID_A]));
        } else if (!csv_layout_parse(&layout, at, line_length, &err)) {
            return 0;
        }
        headed = true;
        at = lf != NULL ? lf + 1 : end;
    }
    return 0;
}
