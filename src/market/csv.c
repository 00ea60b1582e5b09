#include "market/csv.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "csv_row.h"
#include "data_file.h"
#include "io/lines.h"

enum { LABEL_SIZE = 160 };

struct csv {
    struct source source;
    struct lines *lines;
    char *path;
    bool skip_bad_rows;
    struct csv_layout layout;
    struct csv_row row;                /* the last good one */
    bool started;                      /* there is one */
    uint64_t blank_first, blank_count; /* empty lines not yet followed by a row */
    uint64_t rows, bad_rows;
    uint64_t last_line; /* of the last event given */
    struct err failure; /* once set, given again and again */
    char label[LABEL_SIZE];
    char hash[HASH_XXH3_TEXT_SIZE];
};

static struct csv *csv_of(const struct source *source)
{
    return (struct csv *)source;
}

/* A line without the CR that CRLF files leave at its end. */
static size_t trimmed(const char *line, size_t length)
{
    return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

static bool open_header(struct csv *csv, struct err *err)
{
    const char *line;
    size_t length;
    switch (lines_next(csv->lines, &line, &length, err)) {
    case LINES_ERROR:
        return false;
    case LINES_END:
        return err_set(err, ERR_INPUT, "%s:1: empty file (expected a header)", csv->path);
    case LINES_TOO_LONG:
        return err_set(err, ERR_INPUT, "%s:1: header is longer than %d bytes", csv->path,
                       CSV_LINE_SIZE_MAX);
    case LINES_LINE:
        break;
    }
    if (length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        length -= 3;
    }
    if (!csv_layout_parse(&csv->layout, line, trimmed(line, length), err)) {
        return err_wrap(err, "%s:1", csv->path);
    }
    return true;
}

static void give_row(struct csv *csv, struct event *out)
{
    const struct csv_row *row = &csv->row;
    const double *values = row->values;
    csv->started = true;
    csv->last_line = lines_number(csv->lines);
    *out = (struct event){
        .kind = EVENT_ROW,
        .time_ns = row->time_ns,
        .day = calendar_utc_day(row->time_ns),
        .line = csv->last_line,
        .row = {.tick = {.time_ns = row->time_ns,
                         .bid_a = values[CSV_BID_A],
                         .ask_a = values[CSV_ASK_A],
                         .bid_b = values[CSV_BID_B],
                         .ask_b = values[CSV_ASK_B],
                         .krw_per_usd = values[CSV_FX_RATE]},
                .bid_size_a = values[CSV_BID_SIZE_A],
                .ask_size_a = values[CSV_ASK_SIZE_A],
                .bid_size_b = values[CSV_BID_SIZE_B],
                .ask_size_b = values[CSV_ASK_SIZE_B]},
    };
}

static enum source_result fail(struct csv *csv, const struct err *failure, struct err *err)
{
    csv->failure = *failure;
    *err = *failure;
    return SOURCE_ERROR;
}

/* A bad row: counted when the operator said so (true), else the end of the run. */
static bool tolerate(struct csv *csv, uint64_t line, struct err *failure)
{
    csv->rows++;
    csv->bad_rows++;
    if (csv->skip_bad_rows) {
        return true;
    }
    return err_wrap(failure, "%s:%llu", csv->path, (unsigned long long)line);
}

/* Empty lines at the very end are no rows; in front of a row each is a bad one. */
static bool settle_blanks(struct csv *csv, struct err *failure)
{
    for (; csv->blank_count > 0; csv->blank_count--) {
        err_set(failure, ERR_INPUT, "empty line (expected %d fields)",
                (int)csv->layout.fields_count);
        if (!tolerate(csv, csv->blank_first, failure)) {
            return false;
        }
    }
    return true;
}

/* Makes the next row of `line` the current one; false leaves *failure. */
static bool take_line(struct csv *csv, enum lines_result got, const char *line, size_t length,
                      struct err *failure)
{
    if (got == LINES_TOO_LONG) {
        return err_set(failure, ERR_INPUT, "line is longer than %d bytes", CSV_LINE_SIZE_MAX);
    }
    const struct csv_row *previous = csv->started ? &csv->row : NULL;
    if (!csv_row_parse(&csv->layout, line, length, previous, &csv->row, failure)) {
        return false;
    }
    csv->rows++;
    return true;
}

static enum source_result csv_next(struct source *source, struct event *out, struct err *err)
{
    struct csv *csv = csv_of(source);
    if (csv->failure.kind != ERR_NONE) {
        *err = csv->failure;
        return SOURCE_ERROR;
    }
    for (;;) {
        struct err failure = {.kind = ERR_NONE};
        const char *line = NULL;
        size_t length = 0;
        const enum lines_result got = lines_next(csv->lines, &line, &length, &failure);
        if (got == LINES_END) {
            return SOURCE_END;
        }
        if (got == LINES_ERROR) {
            return fail(csv, &failure, err);
        }
        const size_t width = got == LINES_LINE ? trimmed(line, length) : 0;
        if (got == LINES_LINE && width == 0) {
            csv->blank_first =
                csv->blank_count > 0 ? csv->blank_first : lines_number(csv->lines);
            csv->blank_count++;
            continue;
        }
        if (!settle_blanks(csv, &failure)) {
            return fail(csv, &failure, err);
        }
        if (take_line(csv, got, line, width, &failure)) {
            give_row(csv, out);
            return SOURCE_EVENT;
        }
        if (!tolerate(csv, lines_number(csv->lines), &failure)) {
            return fail(csv, &failure, err);
        }
    }
}

static bool csv_seek(struct source *source, uint64_t line, struct err *err)
{
    struct csv *csv = csv_of(source);
    struct event passed;
    while (csv->last_line < line) {
        const enum source_result got = csv_next(source, &passed, err);
        if (got == SOURCE_ERROR) {
            return false;
        }
        if (got == SOURCE_END) {
            break;
        }
    }
    if (csv->last_line != line) {
        return err_set(err, ERR_INPUT, "%s:%llu: no row to go on after", csv->path,
                       (unsigned long long)line);
    }
    return true;
}

static const char *csv_label(const struct source *source)
{
    return csv_of(source)->label;
}

static double csv_progress(const struct source *source)
{
    uint64_t read_bytes;
    uint64_t total_bytes;
    lines_progress(csv_of(source)->lines, &read_bytes, &total_bytes);
    return total_bytes > 0 ? (double)read_bytes / (double)total_bytes : NAN;
}

static const char *csv_data_hash(const struct source *source)
{
    return csv_of(source)->hash;
}

static void csv_close(struct source *source)
{
    struct csv *csv = csv_of(source);
    lines_close(csv->lines);
    mem_free(csv->path);
    mem_free(csv);
}

static const struct source_ops csv_ops = {
    .next = csv_next,
    .seek = csv_seek,
    .label = csv_label,
    .progress = csv_progress,
    .data_hash = csv_data_hash,
    .close = csv_close,
};

bool csv_open(struct source **out, const char *path, const struct csv_options *options,
              struct err *err)
{
    struct csv *csv = mem_zalloc(sizeof(*csv));
    csv->source.ops = &csv_ops;
    csv->path = mem_copy_string(path);
    csv->layout.fx_rate = options->fx_rate;
    csv->layout.default_fx = options->default_fx;
    csv->skip_bad_rows = options->skip_bad_rows;
    data_file_label(csv->label, sizeof(csv->label), "CSV", path);
    if (!data_file_hash(path, csv->hash, err) ||
        !lines_open(&csv->lines, path, CSV_LINE_SIZE_MAX, err) || !open_header(csv, err)) {
        csv_close(&csv->source);
        return false;
    }
    *out = &csv->source;
    return true;
}

uint64_t csv_rows(const struct source *source)
{
    assert(source->ops == &csv_ops);
    return csv_of(source)->rows;
}

uint64_t csv_bad_rows(const struct source *source)
{
    assert(source->ops == &csv_ops);
    return csv_of(source)->bad_rows;
}

bool csv_has_sizes(const struct source *source)
{
    assert(source->ops == &csv_ops);
    const bool *present = csv_of(source)->layout.present;
    return present[CSV_BID_SIZE_A] || present[CSV_ASK_SIZE_A] || present[CSV_BID_SIZE_B] ||
           present[CSV_ASK_SIZE_B];
}
