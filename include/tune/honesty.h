#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "core/summary.h"

/* honesty: how much of the best result is luck (MARKET.md F)?
 *
 * Definitions of Bailey and López de Prado: "The Sharpe ratio efficient frontier"
 * (probabilistic Sharpe ratio, minimum track record length), "The deflated Sharpe ratio", and
 * with Borwein and Zhu "The probability of backtest overfitting" (combinatorially symmetric
 * cross-validation). All work on the equity changes in the SUMMARY_BUCKETS equal parts of a
 * run's time. */

enum {
    HONESTY_BLOCKS = 16,
    HONESTY_TRADES_MIN = 30, /* closed; below that no statistic is told */
};

/* Below the one, or at the other and above, luck is as good an explanation. */
#define HONESTY_DSR_MIN     0.95
#define HONESTY_OVERFIT_MAX 0.5 /* of PBO and of P(loss) */

/* Of one run; the Sharpe ratio is per bucket. */
struct honesty_moments {
    double sharpe;
    double skew;
    double kurtosis; /* 3 is normal */
};

/* false when equity never moved in two different ways: there is nothing to measure. */
bool honesty_measure(const double change_usd[SUMMARY_BUCKETS], struct honesty_moments *out);

/* Probability that the true Sharpe ratio is above `benchmark`. */
double honesty_psr(const struct honesty_moments *moments, double benchmark);
/* The best Sharpe ratio to expect of so many trials without any skill, each with the variance
 * 1/(T-1) of a true 0. 0 for one trial. */
double honesty_expected_best(int64_t trials);
/* Buckets needed to believe at 95 % that the Sharpe ratio is above 0; NAN when it is not. */
double honesty_track_needed(const struct honesty_moments *moments);

/* Over the splits of 16 blocks into halves: how often the best of one half is in the lower half
 * of the other (pbo), and how often it loses there (p_loss). */
struct honesty_overfit {
    double pbo;
    double p_loss;
};
/* `changes` are the bucket changes of each trial; false for fewer than two. Of equal bests the
 * first counts. */
bool honesty_cross_validate(const double *const *changes, int64_t count,
                            struct honesty_overfit *out);
