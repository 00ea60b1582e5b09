#pragma once
#include "unit.h"

/* vec: several rows of a strip at a time, in the vector types that gcc and clang share. LANES
 * is how many; each width is compiled apart, with names of its own: UNIT, UNIT_HOLD. */

#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t mask __attribute__((vector_size(LANES * sizeof(double))));
typedef double vec_in_memory
    __attribute__((vector_size(LANES * sizeof(double)), aligned(8), may_alias));

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

/* The first `count` lanes: none below 1, at most all. */
static inline unsigned first_lanes(int32_t count)
{
    const unsigned all = (1U << LANES) - 1;
    return count <= 0 ? 0 : count < LANES ? (1U << count) - 1 : all;
}

/* The lanes of the rows at `row` that lie in [from, end). */
static inline unsigned lanes_in(int32_t row, int32_t from, int32_t end)
{
    return first_lanes(end - row) & ~first_lanes(from - row);
}

static inline double largest_of(vec value)
{
    double best = value[0];
    for (int i = 1; i < LANES; i++) {
        best = value[i] > best ? value[i] : best;
    }
    return best;
}

static inline double smallest_of(vec value)
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

int32_t UNIT_HOLD(const struct strip *strip, const struct track_strip *track, int32_t from,
                  int32_t end, struct holding *holding);
