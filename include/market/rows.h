#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "market/csv.h"
#include "market/source.h"

/* rows: a snapshot file as columns, a block of rows at a time, for those that read millions.
 *
 * The same rows, the same doubles and the same messages as market/csv gives; what the fast path
 * does not know at sight (an exponent, a zone, an odd field) goes through csv's own parser. One
 * pass reads, hashes and parses. Reading is serial; parsing is not, so that threads may share
 * it: take chunks in order, parse them anywhere, join them in order. rows_next() is the three
 * in one. */

enum {
    ROWS_CHUNK_SIZE = 64 * 1024 + 1, /* a line may be 64 KiB long, and has its line feed */
    ROWS_CHUNK_TAIL = 64,            /* bytes that may be looked at behind the last line */
    ROWS_BLOCK_MAX = ROWS_CHUNK_SIZE / 10 + 1 /* the shortest row has 10 bytes with it */
};

/* Rows side by side. */
struct rows_block {
    int32_t count;
    int64_t bad_rows; /* that were skipped, as the options allow */
    int64_t time_ns[ROWS_BLOCK_MAX];
    double bid_a[ROWS_BLOCK_MAX], ask_a[ROWS_BLOCK_MAX];
    double bid_b[ROWS_BLOCK_MAX], ask_b[ROWS_BLOCK_MAX];
    double krw_per_usd[ROWS_BLOCK_MAX];

    /* What rows_parse() tells rows_join(). Lines are counted from 1 in the chunk. */
    int32_t lines;
    int32_t last_blanks; /* empty lines behind all others */
    int32_t failed_line; /* 0: none; else *failure says what is the matter with it */
    struct err failure;  /* of the first bad row that may not be; rows before it stand */
};

/* Whole lines of a file, as they came. */
struct rows_chunk {
    uint64_t number; /* from 0, in file order */
    int64_t length;
    bool line_too_long; /* instead of lines: one that is over the limit and was left out */
    char bytes[ROWS_CHUNK_SIZE + ROWS_CHUNK_TAIL]; /* the tail is zeros */
};

struct rows;

/* Reads the header. */
bool rows_open(struct rows **out, const char *path, const struct csv_options *options,
               struct err *err);
void rows_close(struct rows *rows); /* accepts NULL */

/* Times of the first and the last row, before any was read: both ends of the file are looked
 * at. false: it has no row, or its first or last line makes none, or it is packed; read all of
 * it to know. Bad rows that are skipped may prove it wrong: rows_total() knows at the end. */
bool rows_span(struct rows *rows, int64_t *first_ns, int64_t *last_ns);

/* SOURCE_EVENT: the next lines are in *chunk. One thread at a time. An error repeats. */
enum source_result rows_take(struct rows *rows, struct rows_chunk *chunk, struct err *err);
/* Any thread. */
void rows_parse(const struct rows *rows, const struct rows_chunk *chunk,
                struct rows_block *block);
/* In the order of the chunks, one thread at a time: times run on from the block before, and
 * failures get their line. false: the block ends the run; its rows before the bad one stand.
 * That repeats, without rows. A block may be left without rows. */
bool rows_join(struct rows *rows, const struct rows_chunk *chunk, struct rows_block *block,
               struct err *err);

/* The next block, never empty. */
enum source_result rows_next(struct rows *rows, struct rows_block *block, struct err *err);

/* What was joined so far; `hash` is told once the end was taken, "" before. */
struct rows_total {
    int64_t rows;              /* bad ones not among them */
    int64_t bad_rows;          /* skipped */
    int64_t first_ns, last_ns; /* 0 without any */
    char hash[HASH_XXH3_TEXT_SIZE];
};
const struct rows_total *rows_total(const struct rows *rows);
/* Bytes taken and bytes there are. */
void rows_progress(const struct rows *rows, uint64_t *read_bytes, uint64_t *total_bytes);
