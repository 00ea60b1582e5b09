#include "market/rows.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data_file.h"
#include "io/bytes.h"
#include "rows_parse.h"

_Static_assert(ROWS_CHUNK_SIZE == CSV_LINE_SIZE_MAX + 1, "a chunk holds any line and its end");

struct rows {
    char *path;
    struct csv_layout layout;
    bool skip_bad_rows;

    struct bytes *bytes;
    struct hash_stream *stream;
    int fd;                      /* of `bytes` */
    char carry[ROWS_CHUNK_SIZE]; /* the beginning of the next chunk, read already */
    size_t carried;
    bool ended;        /* there is nothing to read any more */
    struct err broken; /* what reading ended with */
    int64_t body;      /* where the first row begins in a plain file */
    uint64_t taken;    /* chunks */

    uint64_t line;                     /* of the file, joined last; 1 is the header */
    uint64_t blank_first, blank_count; /* empty lines not yet followed by another */
    struct err failure;                /* once set, given again and again */
    struct rows_total total;

    struct rows_chunk *chunk; /* of rows_next() */
};

/* Reads behind the `length` bytes of a buffer until it is full or the file is over. false: it
 * broke there, now or before; what came before that stands. */
static bool read_on(struct rows *rows, char *buffer, size_t *length)
{
    while (!rows->ended && *length < ROWS_CHUNK_SIZE) {
        size_t got;
        if (!bytes_read(rows->bytes, buffer + *length, ROWS_CHUNK_SIZE - *length, &got,
                        &rows->broken)) {
            rows->ended = true;
            break;
        }
        *length += got;
        if (got == 0) {
            rows->ended = true;
            hash_stream_text(rows->stream, rows->total.hash);
        }
    }
    return rows->broken.kind == ERR_NONE;
}

/* Reads over the rest of a line that no chunk can hold, up to what is carried behind it. */
static bool pass_line(struct rows *rows, char scratch[static ROWS_CHUNK_SIZE])
{
    for (;;) {
        size_t length = 0;
        const bool whole = read_on(rows, scratch, &length);
        const char *lf = memchr(scratch, '\n', length);
        if (lf != NULL) {
            rows->carried = length - (size_t)(lf + 1 - scratch);
            memmove(rows->carry, lf + 1, rows->carried);
            return true;
        }
        if (!whole || rows->ended) {
            return whole;
        }
    }
}

static bool read_header(struct rows *rows, struct err *err)
{
    const bool whole = read_on(rows, rows->carry, &rows->carried);
    const char *line = rows->carry;
    const char *lf = memchr(line, '\n', rows->carried);
    size_t length = lf != NULL ? (size_t)(lf - line) : rows->carried;
    const size_t passed = length + (lf != NULL ? 1 : 0);
    const bool too_long = length > CSV_LINE_SIZE_MAX;
    if (lf == NULL && (!whole || (too_long && !pass_line(rows, rows->carry)))) {
        *err = rows->broken;
        return false;
    }
    if (too_long) {
        return err_set(err, ERR_INPUT, "%s:1: header is longer than %d bytes", rows->path,
                       CSV_LINE_SIZE_MAX);
    }
    if (rows->carried == 0) {
        return err_set(err, ERR_INPUT, "%s:1: empty file (expected a header)", rows->path);
    }
    if (length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        length -= 3;
    }
    length -= length > 0 && line[length - 1] == '\r' ? 1 : 0;
    if (!csv_layout_parse(&rows->layout, line, length, err)) {
        return err_wrap(err, "%s:1", rows->path);
    }
    rows->carried -= passed;
    memmove(rows->carry, rows->carry + passed, rows->carried);
    rows->body = (int64_t)passed;
    rows->line = 1;
    return true;
}

bool rows_open(struct rows **out, const char *path, const struct csv_options *options,
               struct err *err)
{
    const int fd = data_file_open(path, err);
    if (fd < 0) {
        return false;
    }
    struct rows *rows = mem_zalloc(sizeof(*rows));
    rows->path = mem_copy_string(path);
    rows->layout.fx_rate = options->fx_rate;
    rows->layout.default_fx = options->default_fx;
    rows->skip_bad_rows = options->skip_bad_rows;
    rows->stream = hash_stream_create();
    rows->fd = fd;
    if (!bytes_open(&rows->bytes, fd, path, rows->stream, err) || !read_header(rows, err)) {
        rows_close(rows);
        return false;
    }
    *out = rows;
    return true;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL) {
        return;
    }
    bytes_close(rows->bytes);
    hash_stream_destroy(rows->stream);
    mem_free(rows->chunk);
    mem_free(rows->path);
    mem_free(rows);
}

static bool time_of(const struct rows *rows, const char *line, size_t length, int64_t *time_ns)
{
    struct csv_row row;
    struct err err;
    if (!csv_row_parse(&rows->layout, line, length, NULL, &row, &err)) {
        return false;
    }
    *time_ns = row.time_ns;
    return true;
}

/* Time of the last line among the `length` bytes that end the file. `whole`: none of its lines
 * can begin before them. */
static bool last_time(const struct rows *rows, const char *bytes, size_t length, bool whole,
                      int64_t *last_ns)
{
    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
        length--;
    }
    const char *lf = memrchr(bytes, '\n', length);
    const char *line = lf != NULL ? lf + 1 : bytes;
    return (lf != NULL || whole) &&
           time_of(rows, line, length - (size_t)(line - bytes), last_ns);
}

bool rows_span(struct rows *rows, int64_t *first_ns, int64_t *last_ns)
{
    assert(rows->taken == 0);
    const char *lf = memchr(rows->carry, '\n', rows->carried);
    uint64_t read_bytes, size;
    bytes_progress(rows->bytes, &read_bytes, &size);
    int64_t first, last;
    if (bytes_packed(rows->bytes) || lf == NULL) {
        return false;
    }
    const char *next;
    if (!time_of(rows, rows->carry, rows_line_length(rows->carry, &next), &first)) {
        return false;
    }
    char *tail = mem_zalloc(ROWS_CHUNK_SIZE);
    const int64_t far = (int64_t)size - ROWS_CHUNK_SIZE;
    const int64_t from = far > rows->body ? far : rows->body;
    const ssize_t got = pread(rows->fd, tail, ROWS_CHUNK_SIZE, from);
    const bool known = got > 0 &&
                       last_time(rows, tail, (size_t)got, from == rows->body, &last) &&
                       first <= last;
    mem_free(tail);
    if (known) {
        *first_ns = first;
        *last_ns = last;
    }
    return known;
}

/* Fills the chunk with whole lines and carries what is left behind them. Length 0: the end. */
static bool take_lines(struct rows *rows, struct rows_chunk *chunk)
{
    size_t length = rows->carried;
    memcpy(chunk->bytes, rows->carry, length);
    rows->carried = 0;
    const bool whole = read_on(rows, chunk->bytes, &length);
    const char *lf = memrchr(chunk->bytes, '\n', length);
    if (lf != NULL) {
        const size_t lines = (size_t)(lf + 1 - chunk->bytes);
        rows->carried = whole ? length - lines : 0;
        memcpy(rows->carry, lf + 1, rows->carried);
        length = lines;
    } else if (length > CSV_LINE_SIZE_MAX) {
        chunk->line_too_long = true;
        length = 0;
        if (!pass_line(rows, chunk->bytes)) {
            return false;
        }
    } else if (length > 0 && whole) {
        chunk->bytes[length++] = '\n'; /* the last line may do without */
    } else {
        length = 0;
    }
    memset(chunk->bytes + length, 0, ROWS_CHUNK_TAIL);
    chunk->length = (int64_t)length;
    return length > 0 || chunk->line_too_long || rows->broken.kind == ERR_NONE;
}

enum source_result rows_take(struct rows *rows, struct rows_chunk *chunk, struct err *err)
{
    chunk->line_too_long = false;
    chunk->length = 0;
    if ((rows->broken.kind != ERR_NONE && rows->carried == 0) || !take_lines(rows, chunk)) {
        *err = rows->broken;
        return SOURCE_ERROR;
    }
    if (chunk->length == 0 && !chunk->line_too_long) {
        return SOURCE_END;
    }
    chunk->number = rows->taken++;
    return SOURCE_EVENT;
}

void rows_parse(const struct rows *rows, const struct rows_chunk *chunk,
                struct rows_block *block)
{
    rows_parse_lines(&rows->layout, rows->skip_bad_rows, chunk, block);
}

/* The first line of a chunk again, now that the row before it is known: what is wrong with it
 * is told in csv's order. */
static void judge_first_line(const struct rows *rows, const struct rows_chunk *chunk,
                             struct rows_block *block)
{
    const char *next;
    const size_t length = rows_line_length(chunk->bytes, &next);
    const struct csv_row previous = {.time_ns = rows->total.last_ns};
    struct csv_row row;
    if (length > 0 &&
        !csv_row_parse(&rows->layout, chunk->bytes, length, &previous, &row, &block->failure)) {
        block->count = 0;
        block->failed_line = 1;
    }
}

static void drop_rows(struct rows_block *block, int32_t count)
{
    double *const columns[] = {block->bid_a, block->ask_a, block->bid_b, block->ask_b,
                               block->krw_per_usd};
    const size_t kept = (size_t)(block->count - count);
    memmove(block->time_ns, block->time_ns + count, kept * sizeof(*block->time_ns));
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        memmove(columns[i], columns[i] + count, kept * sizeof(*columns[i]));
    }
    block->count -= count;
    block->bad_rows += count;
}

/* Holds the block to the time of the row before it. */
static void join_times(const struct rows *rows, const struct rows_chunk *chunk,
                       struct rows_block *block)
{
    if (rows->total.rows == 0 || chunk->line_too_long) {
        return;
    }
    int32_t early = 0;
    while (early < block->count && block->time_ns[early] < rows->total.last_ns) {
        early++;
    }
    if (rows->skip_bad_rows && early > 0) {
        drop_rows(block, early);
    } else if (!rows->skip_bad_rows &&
               (early > 0 || (block->count == 0 && block->failed_line != 0))) {
        judge_first_line(rows, chunk, block);
    }
}

/* Empty lines that ended the chunks before: with a line behind them they are bad rows. */
static bool join_blanks(struct rows *rows, struct rows_block *block)
{
    const uint64_t before = rows->blank_count;
    const bool all_blank = block->lines == block->last_blanks;
    if (block->last_blanks > 0) {
        rows->blank_first =
            all_blank && before > 0
                ? rows->blank_first
                : rows->line + (uint64_t)(block->lines - block->last_blanks) + 1;
    }
    rows->blank_count = (uint64_t)block->last_blanks + (all_blank ? before : 0);
    if (before == 0 || all_blank) {
        return true;
    }
    block->bad_rows += (int64_t)before;
    return rows->skip_bad_rows;
}

static bool fail_at(struct rows *rows, const struct err *failure, uint64_t line)
{
    rows->failure = *failure;
    return err_wrap(&rows->failure, "%s:%llu", rows->path, (unsigned long long)line);
}

static bool join_lines(struct rows *rows, const struct rows_chunk *chunk,
                       struct rows_block *block)
{
    const uint64_t blank_first = rows->blank_first;
    if (!join_blanks(rows, block)) {
        block->count = 0;
        struct err failure;
        err_set(&failure, ERR_INPUT, "empty line (expected %d fields)",
                (int)rows->layout.fields_count);
        return fail_at(rows, &failure, blank_first);
    }
    join_times(rows, chunk, block);
    return block->failed_line == 0 ||
           fail_at(rows, &block->failure, rows->line + (uint64_t)block->failed_line);
}

bool rows_join(struct rows *rows, const struct rows_chunk *chunk, struct rows_block *block,
               struct err *err)
{
    struct rows_total *total = &rows->total;
    bool fine = false;
    if (rows->failure.kind != ERR_NONE) {
        block->count = 0;
    } else {
        fine = join_lines(rows, chunk, block);
    }
    rows->line += (uint64_t)block->lines;
    if (block->count > 0) {
        total->first_ns = total->rows > 0 ? total->first_ns : block->time_ns[0];
        total->last_ns = block->time_ns[block->count - 1];
    }
    total->rows += block->count;
    total->bad_rows += rows->skip_bad_rows ? block->bad_rows : 0;
    if (!fine) {
        *err = rows->failure;
    }
    return fine;
}

enum source_result rows_next(struct rows *rows, struct rows_block *block, struct err *err)
{
    if (rows->chunk == NULL) {
        rows->chunk = mem_zalloc(sizeof(*rows->chunk));
    }
    while (rows->failure.kind == ERR_NONE) {
        const enum source_result got = rows_take(rows, rows->chunk, err);
        if (got != SOURCE_EVENT) {
            return got;
        }
        rows_parse(rows, rows->chunk, block);
        rows_join(rows, rows->chunk, block, err);
        if (block->count > 0) {
            return SOURCE_EVENT;
        }
    }
    *err = rows->failure;
    return SOURCE_ERROR;
}

const struct rows_total *rows_total(const struct rows *rows)
{
    return &rows->total;
}

void rows_progress(const struct rows *rows, uint64_t *read_bytes, uint64_t *total_bytes)
{
    bytes_progress(rows->bytes, read_bytes, total_bytes);
}
