#include "run/equity.h"

#include <assert.h>
#include <string.h>

enum {
    CELLS_WIDE = 64,
    CELLS_HIGH = 8,
    DOTS_ACROSS = 2, /* of one braille cell */
    DOTS_DOWN = 4,
    BRAILLE_FIRST = 0x2800,
};

/* floor(passed * 256 / span), one binary digit at a time: the product would not fit. */
static int bucket_of(const struct equity *equity, int64_t time_ns)
{
    if (time_ns >= equity->last_ns) {
        return SUMMARY_BUCKETS - 1;
    }
    const uint64_t span_ns = (uint64_t)equity->last_ns - (uint64_t)equity->first_ns;
    uint64_t rest_ns = (uint64_t)time_ns - (uint64_t)equity->first_ns;
    int bucket = 0;
    for (int buckets = 1; buckets < SUMMARY_BUCKETS; buckets *= 2) {
        const bool upper_half = rest_ns >= span_ns - rest_ns;
        rest_ns = upper_half ? rest_ns - (span_ns - rest_ns) : rest_ns + rest_ns;
        bucket = 2 * bucket + upper_half;
    }
    return bucket;
}
_Static_assert((SUMMARY_BUCKETS & (SUMMARY_BUCKETS - 1)) == 0, "buckets are halved and halved");

void equity_init(struct equity *equity, int64_t first_ns, int64_t last_ns, double initial_usd)
{
    assert(first_ns <= last_ns);
    *equity = (struct equity){
        .first_ns = first_ns,
        .last_ns = last_ns,
        .until_ns = INT64_MIN,
        .from_usd = initial_usd,
        .now_usd = initial_usd,
    };
}

int64_t equity_until_ns(const struct equity *equity, int64_t time_ns)
{
    const uint64_t after = (uint64_t)bucket_of(equity, time_ns) + 1;
    if (after == SUMMARY_BUCKETS) {
        return INT64_MAX;
    }
    /* ceil(span * after / 256), in two parts: the product would not fit. */
    const uint64_t span_ns = (uint64_t)equity->last_ns - (uint64_t)equity->first_ns;
    const uint64_t rest = span_ns % SUMMARY_BUCKETS * after;
    const uint64_t passed_ns =
        span_ns / SUMMARY_BUCKETS * after + (rest + SUMMARY_BUCKETS - 1) / SUMMARY_BUCKETS;
    return (int64_t)((uint64_t)equity->first_ns + passed_ns);
}

static void enter_bucket(struct equity *equity, int64_t time_ns)
{
    const int bucket = bucket_of(equity, time_ns);
    assert(bucket >= equity->bucket);
    if (bucket > equity->bucket) {
        equity->from_usd = equity->now_usd;
        equity->bucket = bucket;
    }
    equity->until_ns = equity_until_ns(equity, time_ns);
}

void equity_mark(struct equity *equity, int64_t time_ns, double equity_usd)
{
    if (time_ns >= equity->until_ns) {
        enter_bucket(equity, time_ns);
    }
    equity->now_usd = equity_usd;
    equity->change_usd[equity->bucket] = equity_usd - equity->from_usd;
}

/* Dots of one column, top down: the equity at the end of that share of the time. */
struct curve {
    double usd[CELLS_WIDE * DOTS_ACROSS];
    double lowest_usd, highest_usd;
};

static void trace(const double change_usd[SUMMARY_BUCKETS], double initial_usd,
                  struct curve *curve)
{
    const int columns = CELLS_WIDE * DOTS_ACROSS;
    const int buckets_per_column = SUMMARY_BUCKETS / columns;
    double usd = initial_usd;
    curve->lowest_usd = initial_usd;
    curve->highest_usd = initial_usd;
    for (int column = 0; column < columns; column++) {
        for (int i = 0; i < buckets_per_column; i++) {
            usd += change_usd[column * buckets_per_column + i];
        }
        curve->usd[column] = usd;
        curve->lowest_usd = usd < curve->lowest_usd ? usd : curve->lowest_usd;
        curve->highest_usd = usd > curve->highest_usd ? usd : curve->highest_usd;
    }
}

/* Row of a value among `rows`, 0 at the top. A flat curve lies at the bottom. */
static int row_of(const struct curve *curve, double usd, int rows)
{
    const double height_usd = curve->highest_usd - curve->lowest_usd;
    const double share = height_usd > 0 ? (usd - curve->lowest_usd) / height_usd : 0;
    return rows - 1 - (int)(share * (rows - 1) + 0.5);
}

static void add_rune(struct text *out, unsigned rune)
{
    text_add_char(out, (char)(0xE0 | rune >> 12));
    text_add_char(out, (char)(0x80 | (rune >> 6 & 0x3F)));
    text_add_char(out, (char)(0x80 | (rune & 0x3F)));
}

static void add_braille_cell(const struct curve *curve, int row, int cell, struct text *out)
{
    /* Bits of the dots in Unicode's order: left column 1 2 3 7, right column 4 5 6 8. */
    static const unsigned char dots[DOTS_ACROSS][DOTS_DOWN] = {{0x01, 0x02, 0x04, 0x40},
                                                               {0x08, 0x10, 0x20, 0x80}};
    unsigned pattern = 0;
    for (int across = 0; across < DOTS_ACROSS; across++) {
        const double usd = curve->usd[cell * DOTS_ACROSS + across];
        const int dot = row_of(curve, usd, CELLS_HIGH * DOTS_DOWN) - row * DOTS_DOWN;
        if (dot >= 0 && dot < DOTS_DOWN) {
            pattern |= dots[across][dot];
        }
    }
    add_rune(out, BRAILLE_FIRST + pattern);
}

static void add_ascii_cell(const struct curve *curve, int row, int cell, struct text *out)
{
    const double usd = curve->usd[cell * DOTS_ACROSS + DOTS_ACROSS - 1];
    text_add_char(out, row_of(curve, usd, CELLS_HIGH) == row ? '*' : ' ');
}

void equity_chart(const double change_usd[SUMMARY_BUCKETS], double initial_usd, bool braille,
                  struct text *out)
{
    struct curve curve;
    trace(change_usd, initial_usd, &curve);
    for (int row = 0; row < CELLS_HIGH; row++) {
        if (row == 0) {
            text_addf(out, "%12.2f |", curve.highest_usd);
        } else if (row == CELLS_HIGH - 1) {
            text_addf(out, "%12.2f |", curve.lowest_usd);
        } else {
            text_addf(out, "%12s |", "");
        }
        for (int cell = 0; cell < CELLS_WIDE; cell++) {
            if (braille) {
                add_braille_cell(&curve, row, cell, out);
            } else {
                add_ascii_cell(&curve, row, cell, out);
            }
        }
        text_add_char(out, '\n');
    }
}
