#pragma once
#include "sight_pair.h"

/* sight_row: pairs of numbers in quotes, one behind the other, of which most look like the one
 * before: the same text, and digits in the same places. All that was found out about one holds
 * for those that follow, as long as each byte is the same or another digit. That digit may be a
 * zero in front of others, which is no harm in quotes. */

/* The texts of a row, in which there are no digits; `next` stands between two pairs. */
struct sight_row_texts {
    struct sight_literal between, behind, next;
};

/* A pair with all its texts, looked at through two windows of 16 bytes, which may overlap: from
 * its start on, and up to its end. */
struct sight_row {
    bool more;        /* to be read; so it is at the beginning */
    ptrdiff_t length; /* 0: nothing is known of those that follow */
#if defined(__SSSE3__)
    __m128i stops[2];  /* high bits: bytes that are no digits, per window */
    __m128i places[2]; /* as in a layout, per number, in its window */
    sight_two scales;
#endif
};

SIGHT_HOT bool sight_row_other(const char **at, const struct sight_row_texts *texts,
                               struct sight_row *row, sight_two *out)
{
    const bool read = sight_pair(at, texts->between, texts->behind, out);
    row->more = read && sight_pass(at, texts->next);
    return read;
}

#if defined(__SSSE3__)

/* What is known of those that follow a pair which, with all its texts, ends at `end`. */
SIGHT_HOT void sight_learn(struct sight_row *row, const struct sight_found *a,
                           const struct sight_found *b, const char *end)
{
    const ptrdiff_t length = end - a->start;
    const ptrdiff_t into = b->start - (end - SIGHT_PLACES);
    if (length < SIGHT_PLACES || length > 2 * SIGHT_PLACES || into < 0) {
        row->length = 0;
        return;
    }
    row->length = length;
    row->stops[0] = digits_overflow(digits_load_16(a->start));
    row->stops[1] = digits_overflow(digits_load_16(end - SIGHT_PLACES));
    row->places[0] = sight_places(a);
    row->places[1] = _mm_add_epi8(sight_places(b), _mm_set1_epi8((char)into));
    row->scales = (sight_two){a->scale, b->scale};
}

/* High bits where a byte is not as it was, unless it is a digit and was one. */
SIGHT_HOT __m128i sight_changed(__m128i bytes, const char *before, __m128i stops)
{
    return _mm_andnot_si128(_mm_cmpeq_epi8(bytes, digits_load_16(before)),
                            _mm_or_si128(stops, digits_overflow(bytes)));
}

/* One more pair like the one in front of it. */
SIGHT_HOT bool sight_again(const char **at, const struct sight_row *row, sight_two *out)
{
    const char *const start = *at, *const end = start + row->length;
    const __m128i front = digits_load_16(start), back = digits_load_16(end - SIGHT_PLACES);
    const __m128i changed =
        _mm_or_si128(sight_changed(front, start - row->length, row->stops[0]),
                     sight_changed(back, start - SIGHT_PLACES, row->stops[1]));
    if (_mm_movemask_epi8(changed) != 0) {
        return false;
    }
    *out = sight_scaled_down(sight_fours(front, row->places[0]),
                             sight_fours(back, row->places[1]), row->scales);
    *at = end;
    return true;
}

SIGHT_HOT bool sight_row_next(const char **at, const struct sight_row_texts *texts,
                              struct sight_row *row, sight_two *out)
{
    if (row->length > 0 && sight_again(at, row, out)) {
        return true;
    }
    const char *end = *at;
    struct sight_found a, b;
    row->length = 0;
    if (!sight_find(&end, &a) || !sight_pass(&end, texts->between) || !sight_find(&end, &b) ||
        !sight_pass(&end, texts->behind)) {
        return sight_row_other(at, texts, row, out);
    }
    *out = sight_values(&a, &b);
    row->more = sight_pass(&end, texts->next);
    if (row->more) {
        sight_learn(row, &a, &b, end);
    }
    *at = end;
    return true;
}

#else

SIGHT_HOT bool sight_row_next(const char **at, const struct sight_row_texts *texts,
                              struct sight_row *row, sight_two *out)
{
    return sight_row_other(at, texts, row, out);
}

#endif
