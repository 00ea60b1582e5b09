#include "tune/honesty.h"

#include <math.h>

#include "base/mem.h"

enum { BUCKETS_PER_BLOCK = SUMMARY_BUCKETS / HONESTY_BLOCKS, HALF = HONESTY_BLOCKS / 2 };
_Static_assert(BUCKETS_PER_BLOCK *HONESTY_BLOCKS == SUMMARY_BUCKETS, "blocks are whole");

static const double EULER_MASCHERONI = 0.57721566490153286;
static const double NAPIER = 2.71828182845904524;
static const double CONFIDENCE = 0.95;

static double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* The inverse by halving; 80 steps leave nothing of a double. */
static double normal_quantile(double probability)
{
    double low = -40;
    double high = 40;
    for (int i = 0; i < 80; i++) {
        const double middle = (low + high) / 2;
        if (normal_below(middle) < probability) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

bool honesty_measure(const double change_usd[SUMMARY_BUCKETS], struct honesty_moments *out)
{
    const double count = SUMMARY_BUCKETS;
    double mean = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        mean += change_usd[i] / count;
    }
    for (int i = 0; i < SUMMARY_BUCKETS; i++) {
        const double off = change_usd[i] - mean;
        second += off * off;
        third += off * off * off;
        fourth += off * off * off * off;
    }
    if (!(second > 0) || !isfinite(fourth)) {
        return false;
    }
    const double variance = second / count;
    *out = (struct honesty_moments){
        .sharpe = mean / sqrt(second / (count - 1)),
        .skew = third / count / (variance * sqrt(variance)),
        .kurtosis = fourth / count / (variance * variance),
    };
    return isfinite(out->sharpe) && isfinite(out->skew) && isfinite(out->kurtosis);
}

/* Variance of the estimated Sharpe ratio, times T-1. It is positive for all moments there can
 * be, since kurtosis >= skew^2 + 1; rounding must not make it less. */
static double estimate_variance(const struct honesty_moments *moments)
{
    const double sharpe = moments->sharpe;
    return fmax(1 - moments->skew * sharpe + (moments->kurtosis - 1) / 4 * sharpe * sharpe,
                1e-12);
}

double honesty_psr(const struct honesty_moments *moments, double benchmark)
{
    return normal_below((moments->sharpe - benchmark) * sqrt(SUMMARY_BUCKETS - 1.0) /
                        sqrt(estimate_variance(moments)));
}

double honesty_expected_best(int64_t trials)
{
    if (trials < 2) {
        return 0;
    }
    const double count = (double)trials;
    return ((1 - EULER_MASCHERONI) * normal_quantile(1 - 1 / count) +
            EULER_MASCHERONI * normal_quantile(1 - 1 / (count * NAPIER))) /
           sqrt(SUMMARY_BUCKETS - 1.0);
}

double honesty_track_needed(const struct honesty_moments *moments)
{
    if (!(moments->sharpe > 0)) {
        return NAN;
    }
    const double ratio = normal_quantile(CONFIDENCE) / moments->sharpe;
    return 1 + estimate_variance(moments) * ratio * ratio;
}

/* Profit of each trial in each block, a row a trial. */
static double *sum_blocks(const double *const *changes, int64_t count)
{
    double *blocks = mem_array((size_t)count * HONESTY_BLOCKS, sizeof *blocks);
    for (int64_t trial = 0; trial < count; trial++) {
        for (int i = 0; i < SUMMARY_BUCKETS; i++) {
            blocks[trial * HONESTY_BLOCKS + i / BUCKETS_PER_BLOCK] += changes[trial][i];
        }
    }
    return blocks;
}

static double sum_half(const double *blocks, const int half[HALF])
{
    double sum = 0;
    for (int i = 0; i < HALF; i++) {
        sum += blocks[half[i]];
    }
    return sum;
}

struct split {
    int inside[HALF];
    int outside[HALF];
};

static void make_split(unsigned mask, struct split *split)
{
    int inside = 0;
    int outside = 0;
    for (int i = 0; i < HONESTY_BLOCKS; i++) {
        if ((mask >> i & 1) != 0) {
            split->inside[inside++] = i;
        } else {
            split->outside[outside++] = i;
        }
    }
}

static int64_t best_inside(const double *blocks, int64_t count, const struct split *split)
{
    int64_t best = 0;
    double most = sum_half(blocks, split->inside);
    for (int64_t trial = 1; trial < count; trial++) {
        const double sum = sum_half(blocks + trial * HONESTY_BLOCKS, split->inside);
        if (sum > most) {
            most = sum;
            best = trial;
        }
    }
    return best;
}

/* Is that trial in the lower half of all outside? Equal ones share their ranks. */
static bool is_low_outside(const double *blocks, int64_t count, const struct split *split,
                           double sum)
{
    int64_t less = 0;
    int64_t more = 0;
    for (int64_t trial = 0; trial < count; trial++) {
        const double other = sum_half(blocks + trial * HONESTY_BLOCKS, split->outside);
        less += other < sum;
        more += other > sum;
    }
    return less <= more;
}

bool honesty_cross_validate(const double *const *changes, int64_t count,
                            struct honesty_overfit *out)
{
    if (count < 2) {
        return false;
    }
    double *blocks = sum_blocks(changes, count);
    int64_t splits = 0;
    int64_t low = 0;
    int64_t lost = 0;
    for (unsigned mask = 0; mask < 1U << HONESTY_BLOCKS; mask++) {
        if (__builtin_popcount(mask) != HALF) {
            continue;
        }
        struct split split;
        make_split(mask, &split);
        const int64_t best = best_inside(blocks, count, &split);
        const double sum = sum_half(blocks + best * HONESTY_BLOCKS, split.outside);
        splits++;
        low += is_low_outside(blocks, count, &split, sum);
        lost += sum < 0;
    }
    mem_free(blocks);
    *out = (struct honesty_overfit){
        .pbo = (double)low / (double)splits,
        .p_loss = (double)lost / (double)splits,
    };
    return true;
}
