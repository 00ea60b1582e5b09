#pragma once
#include "sight.h"

/* sight_pair: two numbers with a text between them and one behind, which is how books are
 * written: ask and bid, price and size. They are read side by side.
 *
 * A number is a decimal that is not negative and becomes the double that strtod gives. What
 * looks like one without being one, ".5" or "1.", may become NAN: whoever compares it finds
 * that nothing holds of it. */

struct sight_literal {
    const char *bytes;
    size_t length;
};
#define SIGHT_LITERAL(text)                                                                    \
    {                                                                                          \
        (text), sizeof(text) - 1                                                               \
    }

typedef double sight_two __attribute__((vector_size(2 * sizeof(double))));

SIGHT_HOT bool sight_pass(const char **at, struct sight_literal literal)
{
    return sight_text(at, literal.bytes, literal.length);
}

/* As sight_pair(), for all numbers that are known. The end; NULL: something else. */
__attribute__((cold)) const char *sight_any_pair(const char *at, struct sight_literal between,
                                                 struct sight_literal behind, sight_two *out);

SIGHT_HOT bool sight_other_pair(const char **at, struct sight_literal between,
                                struct sight_literal behind, sight_two *out)
{
    sight_two values; /* has an address, which `out` shall not need */
    const char *const end = sight_any_pair(*at, between, behind, &values);
    if (end == NULL) {
        return false;
    }
    *out = values;
    *at = end;
    return true;
}

#if defined(__SSE2__)

enum { SIGHT_PLACES = 16 };

/* What to do with a number whose point is `whole` bytes behind its start and whose end `end`
 * bytes (both the same: no point). Its digits go to the second of 16 places and on, without the
 * point and with zeros behind them. What they spell then is below 10^15, so a double exactly,
 * and `scale` times too large; NAN where no number looks like that. */
struct sight_layout {
    _Alignas(32) uint8_t places[SIGHT_PLACES]; /* which byte goes there; 0x80: a zero */
    double scale;
};
extern const struct sight_layout SIGHT_LAYOUTS[SIGHT_PLACES][SIGHT_PLACES]; /* whole, end */

/* A number that was found, with what an exponent leaves of its scale. */
struct sight_found {
    const char *start;
    const struct sight_layout *layout;
    double scale;
};

/* A number up to its exponent, where it ends within 16 bytes. */
SIGHT_HOT bool sight_find(const char **at, struct sight_found *out)
{
    const char *const start = *at;
    const uint64_t stops = digits_stops_16(start);
    const uint64_t behind = stops & (stops - 1);
    if (behind == 0) {
        return false;
    }
    const size_t whole = (size_t)__builtin_ctzll(stops);
    const size_t end = start[whole] == '.' ? (size_t)__builtin_ctzll(behind) : whole;
    if (*start == '0' && (stops & 2) == 0) {
        return false; /* a zero in front of other digits */
    }
    const struct sight_layout *const layout = &SIGHT_LAYOUTS[whole][end];
    *out = (struct sight_found){start, layout, layout->scale};
    *at = start + end;
    return true;
}

/* "E8" or "E-4" behind a number goes into its scale, as long as that stays exact. */
SIGHT_HOT bool sight_raise(const char **at, struct sight_found *number)
{
    if (**at != 'E') {
        return false;
    }
    const bool down = (*at)[1] == '-';
    const char *const digit = *at + (down ? 2 : 1);
    const size_t power = (unsigned char)(*digit - '0');
    if (power > 9) {
        return false;
    }
    *at = digit + 1;
    number->scale = down ? number->scale * TENS[power] : number->scale / TENS[power];
    return down ? number->scale <= TENS[TENS_LAST] : number->scale >= 1;
}

SIGHT_HOT bool sight_find_with(const char **at, struct sight_literal behind,
                               struct sight_found *out)
{
    return sight_find(at, out) &&
           (sight_pass(at, behind) || (sight_raise(at, out) && sight_pass(at, behind)));
}

SIGHT_HOT __m128i sight_places(const struct sight_found *number)
{
    return _mm_load_si128((const __m128i *)(const void *)number->layout->places);
}

/* The digits laid out, as eight numbers of two each. */
#if defined(__SSSE3__)
SIGHT_HOT __m128i sight_twos(__m128i bytes, __m128i places)
{
    const __m128i digits = _mm_subs_epu8(_mm_shuffle_epi8(bytes, places), _mm_set1_epi8('0'));
    return _mm_maddubs_epi16(digits, _mm_set1_epi16(10 | 1 << 8));
}
#else
/* A digit comes from its own place, or from the one in front of it. */
SIGHT_HOT __m128i sight_twos(__m128i bytes, __m128i places)
{
    const __m128i all = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i stay = _mm_cmpeq_epi8(places, all);
    const __m128i zero = _mm_cmplt_epi8(places, _mm_setzero_si128());
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i moved = _mm_andnot_si128(stay, _mm_slli_si128(values, 1));
    const __m128i digits =
        _mm_andnot_si128(zero, _mm_or_si128(_mm_and_si128(stay, values), moved));
    const __m128i tens =
        _mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(0xFF)), _mm_set1_epi16(10));
    return _mm_add_epi16(tens, _mm_srli_epi16(digits, 8));
}
#endif

SIGHT_HOT __m128i sight_fours(__m128i bytes, __m128i places)
{
    return _mm_madd_epi16(sight_twos(bytes, places), _mm_set1_epi32(100 | 1 << 16));
}

/* Two numbers from four times four digits of each. */
SIGHT_HOT sight_two sight_scaled_down(__m128i a_fours, __m128i b_fours, sight_two scales)
{
    const __m128i fours = _mm_packs_epi32(a_fours, b_fours);
    const __m128i eights = _mm_madd_epi16(fours, _mm_set1_epi32(10000 | 1 << 16));
    const __m128d high = _mm_cvtepi32_pd(_mm_shuffle_epi32(eights, _MM_SHUFFLE(0, 0, 2, 0)));
    const __m128d low = _mm_cvtepi32_pd(_mm_shuffle_epi32(eights, _MM_SHUFFLE(0, 0, 3, 1)));
    return (high * 1e8 + low) / scales;
}

SIGHT_HOT sight_two sight_values(const struct sight_found *a, const struct sight_found *b)
{
    return sight_scaled_down(sight_fours(digits_load_16(a->start), sight_places(a)),
                             sight_fours(digits_load_16(b->start), sight_places(b)),
                             (sight_two){a->scale, b->scale});
}

SIGHT_HOT bool sight_pair(const char **at, struct sight_literal between,
                          struct sight_literal behind, sight_two *out)
{
    const char *end = *at;
    struct sight_found a, b;
    if (!sight_find_with(&end, between, &a) || !sight_find_with(&end, behind, &b)) {
        return sight_other_pair(at, between, behind, out);
    }
    *out = sight_values(&a, &b);
    *at = end;
    return true;
}

/* Are both above 0 and no more than that? */
SIGHT_HOT bool sight_within(sight_two both, sight_two most)
{
    const __m128d above = _mm_cmpgt_pd(both, _mm_setzero_pd());
    return _mm_movemask_pd(_mm_and_pd(above, _mm_cmple_pd(both, most))) == 3;
}

#else

SIGHT_HOT bool sight_pair(const char **at, struct sight_literal between,
                          struct sight_literal behind, sight_two *out)
{
    return sight_other_pair(at, between, behind, out);
}

SIGHT_HOT bool sight_within(sight_two both, sight_two most)
{
    return both[0] > 0 && both[0] <= most[0] && both[1] > 0 && both[1] <= most[1];
}

#endif
