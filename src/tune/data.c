#include "tune/data.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"

enum { FIRST_CAPACITY = 1024 };

struct csv_options data_options(const struct engine_params *params)
{
    return backtest_csv_options(params, false);
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool data_options_equal(const struct csv_options *a, const struct csv_options *b)
{
    /* A rate that is given is used for every row, whatever would stand in for a missing one. */
    return same(a->fx_rate, b->fx_rate) &&
           (!isnan(a->fx_rate) || same(a->default_fx, b->default_fx)) &&
           a->skip_bad_rows == b->skip_bad_rows;
}

static bool read_rows(struct data *data, struct source *source, struct err *err)
{
    struct event event;
    int64_t capacity = 0;
    for (;;) {
        const enum source_result got = source->ops->next(source, &event, err);
        if (got != SOURCE_EVENT) {
            return got == SOURCE_END;
        }
        assert(event.kind == EVENT_ROW);
        if (data->survey.rows == capacity) {
            capacity = capacity > 0 ? 2 * capacity : FIRST_CAPACITY;
            data->ticks = mem_grow(data->ticks, (size_t)capacity, sizeof *data->ticks);
        }
        if (data->survey.rows == 0) {
            data->survey.first_ns = event.time_ns;
        }
        data->survey.last_ns = event.time_ns;
        data->ticks[data->survey.rows++] = event.row.tick;
    }
}

bool data_load(struct data *data, const char *path, const struct csv_options *options,
               struct err *err)
{
    struct data made = {0};
    struct source *source;
    if (!csv_open(&source, path, options, err)) {
        return false;
    }
    const bool done = read_rows(&made, source, err);
    snprintf(made.hash, sizeof made.hash, "%s", source->ops->data_hash(source));
    source_close(source);
    if (!done) {
        data_finish(&made);
        return false;
    }
    *data = made;
    return true;
}

void data_finish(struct data *data)
{
    mem_free(data->ticks);
    *data = (struct data){0};
}

struct data_reader {
    struct source source;
    const struct data *data;
    int64_t next;
};

static enum source_result next_row(struct source *source, struct event *out, struct err *err)
{
    struct data_reader *reader = (struct data_reader *)source;
    if (reader->next == reader->data->survey.rows) {
        return SOURCE_END;
    }
    const struct tick *tick = &reader->data->ticks[reader->next++];
    /* Not the whole event: it has room for a book, and this is done for every row and job. */
    out->kind = EVENT_ROW;
    out->time_ns = tick->time_ns;
    out->row.tick = *tick;
    return SOURCE_EVENT;
}

static const char *label(const struct source *source)
{
    return "rows";
}

static void close_reader(struct source *source)
{
    mem_free(source);
}

struct source *data_source(const struct data *data)
{
    static const struct source_ops OPS = {
        .next = next_row,
        .label = label,
        .close = close_reader,
    };
    struct data_reader *reader = mem_zalloc(sizeof *reader);
    reader->source.ops = &OPS;
    reader->data = data;
    return &reader->source;
}
