#pragma once
#include "core/spread.h"
#include "market/rows.h"

/* strip: some rows of the file, small enough to stay near the processor while every
 * configuration passes over them, and what is the same for all of these.
 *
 * Chunks are runs of rows of which one number says whether looking at each is worth it. */

enum {
    STRIP_ROWS = 2048,
    CHUNK_ROWS = 16,
    STRIP_CHUNKS = STRIP_ROWS / CHUNK_ROWS,
};

/* What a kernel's configurations want to know of a row. */
struct strip_wants {
    bool exact, compat;
};

/* Columns are filled up with rows that are not valid to the end of the last chunk. */
struct strip {
    _Alignas(64) double bid_a[STRIP_ROWS];
    double ask_a[STRIP_ROWS];
    double bid_b[STRIP_ROWS];
    double ask_b[STRIP_ROWS];
    double krw_per_usd[STRIP_ROWS];
    /* p, W, e1 and u1 of `exact`; the first two are NAN in rows that are not valid. */
    double premium_bps[STRIP_ROWS], width_bps[STRIP_ROWS];
    double enter_a_bps[STRIP_ROWS], undo_a_bps[STRIP_ROWS];
    double entry_bps[2][STRIP_ROWS]; /* s1 and s2 of the compat profiles; NAN the same way */
    double entry_bps_max[2][STRIP_CHUNKS], entry_bps_min[2][STRIP_CHUNKS];
    int32_t turn_row[2][STRIP_ROWS]; /* the first from there on below 0; `count`: none */
    /* Of the valid rows of a chunk, for `exact`: what a trade of each side is closed for, sold
     * less bought, and the least and the most of all prices. */
    double gap_usd_max[2][STRIP_CHUNKS], gap_usd_min[2][STRIP_CHUNKS];
    double price_usd_min[STRIP_CHUNKS], price_usd_max[STRIP_CHUNKS];
    int64_t time_ns[STRIP_ROWS];
    uint8_t fault[STRIP_ROWS]; /* enum tick_fault */
    int32_t count;
    int32_t invalid[TICK_FAULT_LAST + 1];
    int32_t valid_count;
    /* Of valid rows with prices so far from 1 that a bound could overflow: each row of the
     * strip is then looked at by itself. */
    bool odd;
    uint64_t wait_bits; /* every bit that is set in some time between valid rows */
    /* The strips before this one. */
    bool any_valid, any_row;
    struct tick last_valid;
    int64_t last_ns;
};

/* Takes rows from the block, from `*taken` on, until the strip is full or the block at its
 * end. */
void strip_fill(struct strip *strip, const struct rows_block *block, int32_t *taken);
/* Counts faults and times; kernel_unit.prepare() has found them. */
void strip_count(struct strip *strip);
/* The same, of what compat trades close on: turn_row. */
void strip_find_turns(struct strip *strip);
/* Empty again, with its rows behind it. */
void strip_pass(struct strip *strip);

static inline struct tick strip_tick(const struct strip *strip, int32_t row)
{
    return (struct tick){
        .time_ns = strip->time_ns[row],
        .bid_a = strip->bid_a[row],
        .ask_a = strip->ask_a[row],
        .bid_b = strip->bid_b[row],
        .ask_b = strip->ask_b[row],
        .krw_per_usd = strip->krw_per_usd[row],
    };
}
/* The newest valid row before `row`, in this strip or one before; false: there was none. */
bool strip_valid_before(const struct strip *strip, int32_t row, struct tick *out);
/* First row of [from, end) at or after a time; `end`: none. */
int32_t strip_row_at(const struct strip *strip, int32_t from, int32_t end, int64_t time_ns);
