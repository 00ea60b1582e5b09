/* Compiled once for each width: UNIT names it, LANES is how many doubles it takes at a time. */
#include "vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Beyond these a product of three prices could leave the range of a double. */
static const double TAME_MIN = 1e-90, TAME_MAX = 1e90;

/* Both books open and all five within [least, most]. */
static inline mask within(const struct quotes *q, double least, double most)
{
    const vec low = splat(least), high = splat(most);
    return (q->bid_a >= low) & (q->bid_a < q->ask_a) & (q->ask_a <= high) & (q->bid_b >= low) &
           (q->bid_b < q->ask_b) & (q->ask_b <= high) & (q->rate >= low) & (q->rate <= high);
}

static inline void prepare_exact(struct strip *strip, int32_t row, const struct quotes *q,
                                 mask valid)
{
    const vec none = splat(NAN), unit = splat(1e4), two = splat(2);
    const vec middle_a = (q->bid_a + q->ask_a) / two;
    const vec middle_b = (q->bid_b + q->ask_b) / two;
    const vec enter = (q->bid_b * q->rate - q->ask_a) / middle_a * unit;
    const vec undo = (q->ask_b * q->rate - q->bid_a) / middle_a * unit;
    const vec premium = (middle_b * q->rate - middle_a) / middle_a * unit;
    store(strip->premium_bps + row, choose(valid, premium, none));
    store(strip->width_bps + row, choose(valid, undo - enter, none));
    store(strip->enter_a_bps + row, enter);
    store(strip->undo_a_bps + row, undo);
}

static inline void prepare_compat(struct strip *strip, int32_t row, const struct quotes *q,
                                  mask valid)
{
    const vec none = splat(NAN), unit = splat(1e4);
    const vec bid_b_krw = q->bid_b * q->rate, ask_b_krw = q->ask_b * q->rate;
    const vec long_a = (bid_b_krw - q->ask_a) / q->ask_a * unit;
    const vec long_b = (q->bid_a - ask_b_krw) / ask_b_krw * unit;
    store(strip->entry_bps[SPREAD_LONG_A_SHORT_B] + row, choose(valid, long_a, none));
    store(strip->entry_bps[SPREAD_LONG_B_SHORT_A] + row, choose(valid, long_b, none));
}

static void prepare_entries(struct strip *strip, int32_t chunk)
{
    for (int side = 0; side <= SPREAD_SIDE_LAST; side++) {
        vec most = splat(-INFINITY), least = splat(INFINITY);
        for (int32_t i = 0; i < CHUNK_ROWS; i += LANES) {
            const vec entry = load(strip->entry_bps[side] + chunk * CHUNK_ROWS + i);
            most = larger(entry, most);
            least = smaller(entry, least);
        }
        strip->entry_bps_max[side][chunk] = largest_of(most);
        strip->entry_bps_min[side][chunk] = smallest_of(least);
    }
}

static void prepare_gaps(struct strip *strip, int32_t chunk)
{
    const vec none = splat(NAN);
    vec most_a = splat(-INFINITY), most_b = most_a, high = most_a;
    vec least_a = splat(INFINITY), least_b = least_a, low = least_a;
    for (int32_t i = 0; i < CHUNK_ROWS; i += LANES) {
        const int32_t row = chunk * CHUNK_ROWS + i;
        const struct quotes q = quotes_at(strip, row);
        const vec premium = load(strip->premium_bps + row);
        const mask valid = premium == premium;
        const vec bid_a = choose(valid, q.bid_a / q.rate, none);
        const vec ask_a = choose(valid, q.ask_a / q.rate, none);
        const vec gap_a = bid_a - q.ask_b, gap_b = q.bid_b - ask_a;
        most_a = larger(gap_a, most_a);
        least_a = smaller(gap_a, least_a);
        most_b = larger(gap_b, most_b);
        least_b = smaller(gap_b, least_b);
        low = smaller(bid_a, smaller(choose(valid, q.bid_b, none), low));
        high = larger(ask_a, larger(choose(valid, q.ask_b, none), high));
    }
    strip->gap_usd_max[SPREAD_LONG_A_SHORT_B][chunk] = largest_of(most_a);
    strip->gap_usd_min[SPREAD_LONG_A_SHORT_B][chunk] = smallest_of(least_a);
    strip->gap_usd_max[SPREAD_LONG_B_SHORT_A][chunk] = largest_of(most_b);
    strip->gap_usd_min[SPREAD_LONG_B_SHORT_A][chunk] = smallest_of(least_b);
    strip->price_usd_min[chunk] = smallest_of(low);
    strip->price_usd_max[chunk] = largest_of(high);
}

static void find_faults(struct strip *strip, int32_t row, unsigned valid)
{
    for (int32_t i = row; i < row + LANES && i < strip->count; i++, valid >>= 1) {
        if ((valid & 1) == 0) {
            const struct tick tick = strip_tick(strip, i);
            strip->fault[i] = (uint8_t)tick_check(&tick);
        }
    }
}

/* Rows that fill the last chunk up: not valid, but nothing to divide by zero. */
static int32_t fill_up(struct strip *strip)
{
    int32_t row = strip->count;
    for (; row % CHUNK_ROWS != 0; row++) {
        strip->bid_a[row] = strip->ask_a[row] = 1;
        strip->bid_b[row] = strip->ask_b[row] = strip->krw_per_usd[row] = 1;
    }
    return row;
}

static void prepare(struct strip *strip, const struct strip_wants *wants)
{
    const int32_t rows = fill_up(strip);
    mask odd = {0};
    memset(strip->fault, TICK_VALID, sizeof strip->fault);
    for (int32_t row = 0; row < rows; row += LANES) {
        const struct quotes quotes = quotes_at(strip, row);
        const mask valid = within(&quotes, DBL_TRUE_MIN, DBL_MAX);
        odd |= valid & ~within(&quotes, TAME_MIN, TAME_MAX);
        if (bits_of(valid) != (1U << LANES) - 1) {
            find_faults(strip, row, bits_of(valid));
        }
        if (wants->exact) {
            prepare_exact(strip, row, &quotes, valid);
        }
        if (wants->compat) {
            prepare_compat(strip, row, &quotes, valid);
        }
    }
    strip->odd = bits_of(odd) != 0;
    for (int32_t chunk = 0; chunk < rows / CHUNK_ROWS; chunk++) {
        if (wants->exact) {
            prepare_gaps(strip, chunk);
        }
        if (wants->compat) {
            prepare_entries(strip, chunk);
        }
    }
}

static void weigh(const struct strip *strip, struct track_strip *track)
{
    const vec low = splat(-INFINITY), high = splat(INFINITY);
    const int32_t chunks = (strip->count + CHUNK_ROWS - 1) / CHUNK_ROWS;
    for (int32_t chunk = 0; chunk < chunks; chunk++) {
        vec edge_a = low, edge_b = low, away_max = low, away_min = high;
        for (int32_t i = 0; i < CHUNK_ROWS; i += LANES) {
            const struct edges edges = edges_at(strip, track, chunk * CHUNK_ROWS + i);
            edge_a = larger(edges.edge[0], edge_a);
            edge_b = larger(edges.edge[1], edge_b);
            away_max = larger(edges.away, away_max);
            away_min = smaller(edges.away, away_min);
        }
        const bool warm = track->chunk_warm[chunk];
        track->edge_bps_max[0][chunk] = warm ? largest_of(edge_a) : -INFINITY;
        track->edge_bps_max[1][chunk] = warm ? largest_of(edge_b) : -INFINITY;
        track->away_bps_max[chunk] = largest_of(away_max);
        track->away_bps_min[chunk] = smallest_of(away_min);
    }
}

/* The first row of a chunk with an edge, or `end`. */
static inline int32_t edge_in_chunk(const struct strip *strip, const struct track_strip *track,
                                    int32_t chunk, int32_t from, int32_t end, const vec edge[2])
{
    const int32_t start = chunk * CHUNK_ROWS;
    for (int32_t row = start; row < start + CHUNK_ROWS; row += LANES) {
        const struct edges edges = edges_at(strip, track, row);
        const unsigned rows = bits_of((edges.edge[0] >= edge[0]) | (edges.edge[1] >= edge[1])) &
                              lanes_in(row, from, end);
        if (rows != 0) {
            return row + __builtin_ctz(rows);
        }
    }
    return end;
}

static int32_t find_edge(const struct strip *strip, const struct track_strip *track,
                         int32_t from, int32_t end, const double edge_bps[2])
{
    const vec edge[2] = {splat(edge_bps[0]), splat(edge_bps[1])};
    const int32_t chunks = (end + CHUNK_ROWS - 1) / CHUNK_ROWS;
    const int32_t first = from / CHUNK_ROWS;
    for (int32_t at = first / LANES * LANES; at < chunks; at += LANES) {
        unsigned found = bits_of((load(track->edge_bps_max[0] + at) >= edge[0]) |
                                 (load(track->edge_bps_max[1] + at) >= edge[1])) &
                         lanes_in(at, first, chunks);
        for (; found != 0; found &= found - 1) {
            const int32_t row =
                edge_in_chunk(strip, track, at + __builtin_ctz(found), from, end, edge);
            if (row < end) {
                return row;
            }
        }
    }
    return end;
}

struct turns {
    vec edge[2], turn[2];
};

static inline int32_t turn_in_chunk(const struct strip *strip, int32_t chunk, int32_t from,
                                    int32_t end, const struct turns *turns)
{
    const int32_t start = chunk * CHUNK_ROWS;
    for (int32_t row = start; row < start + CHUNK_ROWS; row += LANES) {
        const vec a = load(strip->entry_bps[0] + row), b = load(strip->entry_bps[1] + row);
        const unsigned rows = bits_of((a >= turns->edge[0]) | (b >= turns->edge[1]) |
                                      (a < turns->turn[0]) | (b < turns->turn[1])) &
                              lanes_in(row, from, end);
        if (rows != 0) {
            return row + __builtin_ctz(rows);
        }
    }
    return end;
}

static int32_t find_turn(const struct strip *strip, int32_t from, int32_t end,
                         const double edge_bps[2], const double turn_bps[2])
{
    const struct turns turns = {{splat(edge_bps[0]), splat(edge_bps[1])},
                                {splat(turn_bps[0]), splat(turn_bps[1])}};
    const int32_t chunks = (end + CHUNK_ROWS - 1) / CHUNK_ROWS;
    const int32_t first = from / CHUNK_ROWS;
    for (int32_t at = first / LANES * LANES; at < chunks; at += LANES) {
        unsigned found = bits_of((load(strip->entry_bps_max[0] + at) >= turns.edge[0]) |
                                 (load(strip->entry_bps_max[1] + at) >= turns.edge[1]) |
                                 (load(strip->entry_bps_min[0] + at) < turns.turn[0]) |
                                 (load(strip->entry_bps_min[1] + at) < turns.turn[1])) &
                         lanes_in(at, first, chunks);
        for (; found != 0; found &= found - 1) {
            const int32_t row =
                turn_in_chunk(strip, at + __builtin_ctz(found), from, end, &turns);
            if (row < end) {
                return row;
            }
        }
    }
    return end;
}

const struct kernel_unit UNIT = {
    .prepare = prepare,
    .weigh = weigh,
    .find_edge = find_edge,
    .find_turn = find_turn,
    .hold = UNIT_HOLD,
};
