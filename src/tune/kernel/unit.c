/* Compiled once for each width: UNIT names it, LANES is how many doubles it takes at a time. */
#include "unit.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t mask __attribute__((vector_size(LANES * sizeof(double))));
typedef double vec_in_memory
    __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));

/* Beyond these a product of three prices could leave the range of a double. */
static const double TAME_MIN = 1e-90, TAME_MAX = 1e90;

static inline vec load(const double *from)
{
    return *(const vec_in_memory *)(const void *)from;
}

static inline void store(double *to, vec value)
{
    *(vec_in_memory *)(void *)to = value;
}

static inline vec splat(double value)
{
#if LANES == 8
    return (vec){value, value, value, value, value, value, value, value};
#elif LANES == 4
    return (vec){value, value, value, value};
#else
    return (vec){value, value};
#endif
}

static inline vec choose(mask which, vec yes, vec no)
{
    return (vec)(((mask)yes & which) | ((mask)no & ~which));
}

/* A lane of `value` that is NAN is passed over. */
static inline vec larger(vec value, vec best)
{
    return choose(value > best, value, best);
}

static inline vec smaller(vec value, vec best)
{
    return choose(value < best, value, best);
}

/* Bit i: lane i is set. The one thing vector types cannot say themselves. */
static inline unsigned bits_of(mask lanes)
{
#if LANES == 8 && defined(__AVX512DQ__)
    return _mm512_movepi64_mask((__m512i)lanes);
#elif LANES == 4 && defined(__AVX__)
    return (unsigned)_mm256_movemask_pd((__m256d)lanes);
#elif LANES == 2 && defined(__SSE2__)
    return (unsigned)_mm_movemask_pd((__m128d)lanes);
#else
    unsigned bits = 0;
    for (int i = 0; i < LANES; i++) {
        bits |= (unsigned)(lanes[i] != 0) << i;
    }
    return bits;
#endif
}

/* The lanes of the rows at `row` that lie in [from, end). */
static inline unsigned lanes_in(int32_t row, int32_t from, int32_t end)
{
    unsigned bits = (1U << LANES) - 1;
    if (row < from) {
        bits &= ~0U << (from - row);
    }
    if (end - row < LANES) {
        bits &= ~(~0U << (end - row));
    }
    return bits;
}

static double largest_of(vec value)
{
    double best = value[0];
    for (int i = 1; i < LANES; i++) {
        best = value[i] > best ? value[i] : best;
    }
    return best;
}

static double smallest_of(vec value)
{
    double best = value[0];
    for (int i = 1; i < LANES; i++) {
        best = value[i] < best ? value[i] : best;
    }
    return best;
}

struct quotes {
    vec bid_a, ask_a, bid_b, ask_b, rate;
};

static inline struct quotes quotes_at(const struct strip *strip, int32_t row)
{
    return (struct quotes){load(strip->bid_a + row), load(strip->ask_a + row),
                           load(strip->bid_b + row), load(strip->ask_b + row),
                           load(strip->krw_per_usd + row)};
}

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

static void prepare_chunk(struct strip *strip, int32_t chunk)
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
    for (int32_t chunk = 0; wants->compat && chunk < rows / CHUNK_ROWS; chunk++) {
        prepare_chunk(strip, chunk);
    }
}

struct edges {
    vec away, edge[2];
};

static inline struct edges edges_at(const struct strip *strip, const struct track_strip *track,
                                    int32_t row)
{
    const vec premium = load(strip->premium_bps + row), width = load(strip->width_bps + row);
    const vec level = load(track->level_bps + row);
    const vec away = premium - level;
    return (struct edges){away, {away - width, (level - premium) - width}};
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

/* The profit of a position, as position_pnl_usd() has it. */
static inline vec pnl_at(const struct quotes *q, const struct position *position,
                         const struct holding *holding)
{
    const bool long_a = position->side > 0;
    const vec a_out =
        (long_a ? q->bid_a * splat(holding->sell) : q->ask_a * splat(holding->buy)) / q->rate;
    const vec b_out = long_a ? q->ask_b * splat(holding->buy) : q->bid_b * splat(holding->sell);
    const vec a_in = splat(position->a_in_usd), b_in = splat(position->b_in_usd);
    const vec quantity = splat(position->quantity * position->side);
    const vec gross = quantity * (a_out - a_in) + quantity * (b_in - b_out);
    const vec a_sum = a_in + a_out;
    const vec fees = splat(position->fee_a) * a_sum + splat(position->fee_b) * (b_in + b_out);
    return gross - fees - splat(position->fx_cost) * a_sum;
}

/* What the rows at some row are to a configuration that holds trades. */
struct sight {
    unsigned act;  /* a trade may close or open */
    unsigned mark; /* the equity may be a new high, or a new low below one */
    unsigned valid;
    vec equity_usd;
};

/* Equity under which the drawdown may be a new one; a little above where it is. */
static double low_usd(const struct holding *holding)
{
    const double peak = holding->peak_usd, drawdown = holding->drawdown;
    return peak - drawdown * peak + (1 + drawdown) * peak * 1e-14;
}

static inline struct sight look(const struct strip *strip, const struct track_strip *track,
                                int32_t row, const struct holding *holding)
{
    const struct quotes quotes = quotes_at(strip, row);
    const struct edges edges = edges_at(strip, track, row);
    mask act = (edges.edge[0] >= splat(holding->edge_bps[0])) |
               (edges.edge[1] >= splat(holding->edge_bps[1]));
    vec open_usd = splat(0);
    for (int32_t i = 0; i < holding->count; i++) {
        const struct position *position = &holding->positions[i];
        const vec pnl_usd = pnl_at(&quotes, position, holding);
        act |= (pnl_usd <= splat(holding->stop_usd)) | (pnl_usd >= splat(holding->take_usd)) |
               (splat(position->side) * edges.away <= splat(holding->exit_bps));
        open_usd += pnl_usd;
    }
    const vec equity_usd = splat(holding->balance_usd) + open_usd;
    const mask mark =
        (equity_usd > splat(holding->peak_usd)) | (equity_usd < splat(low_usd(holding)));
    const vec premium = load(strip->premium_bps + row);
    const mask valid = premium == premium; /* NAN in the others */
    return (struct sight){bits_of(act & valid), bits_of(mark & valid), bits_of(valid),
                          equity_usd};
}

/* summary_mark() of one row, whose division is needed for a new low only. true: the drawdown is
 * one to stop on. */
static bool mark_row(struct holding *holding, double equity_usd)
{
    if (equity_usd > holding->peak_usd) {
        holding->peak_usd = equity_usd;
    }
    const double drawdown = (holding->peak_usd - equity_usd) / holding->peak_usd;
    if (drawdown > holding->drawdown) {
        holding->drawdown = drawdown;
    }
    return holding->drawdown * 100 >= holding->stop_drawdown_pct;
}

/* Marks the given rows in their order, the later ones against a high that the earlier ones may
 * have made; stops at one to stop on. */
static int32_t mark_rows(struct holding *holding, int32_t row, unsigned valid, vec equity_usd)
{
    double each_usd[LANES];
    store(each_usd, equity_usd);
    for (; valid != 0; valid &= valid - 1) {
        const int lane = __builtin_ctz(valid);
        if (mark_row(holding, each_usd[lane])) {
            holding->stopped = true;
            return row + lane;
        }
    }
    return row;
}

static int32_t hold(const struct strip *strip, const struct track_strip *track, int32_t from,
                    int32_t end, struct holding *holding)
{
    for (int32_t row = from / LANES * LANES; row < end; row += LANES) {
        const struct sight sight = look(strip, track, row, holding);
        const unsigned inside = lanes_in(row, from, end);
        const unsigned act = sight.act & inside;
        const unsigned before = act != 0 ? inside & ((act & -act) - 1) : inside;
        if ((sight.mark & before) != 0) {
            const int32_t last =
                mark_rows(holding, row, before & sight.valid, sight.equity_usd);
            if (holding->stopped) {
                return last;
            }
        }
        if (act != 0) {
            return row + __builtin_ctz(act);
        }
    }
    return end;
}

const struct kernel_unit UNIT = {
    .prepare = prepare,
    .weigh = weigh,
    .find_edge = find_edge,
    .find_turn = find_turn,
    .hold = hold,
};
