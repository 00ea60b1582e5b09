#pragma once
#include "tune/kernel.h"

/* likeness: the part of a job that its decisions and its profit depend on. Jobs that are alike
 * trade alike, and are run once; only what is booked as fees and slippage may differ. Those
 * that are alike but for the limits of a trade do so until one of these tells them apart. */

enum { LIKENESS_TRACK = 5, LIKENESS_NUMBERS = 19, LIKENESS_TIMES = 5, LIKENESS_LIMITS = 3 };

/* Plain arrays, so that bytes can be compared. */
struct likeness {
    double numbers[LIKENESS_NUMBERS]; /* what the track depends on comes first */
    int64_t times[LIKENESS_TIMES];
    double limits[LIKENESS_LIMITS];
};

/* `apart`: fees and slippage count as they are, though profit may see their sum alone. */
struct likeness likeness_of(const struct kernel_job *job, bool apart);
/* As memcmp(): orders, alike ones and those of one track beside each other; the compat profiles
 * last. */
int likeness_compare(const struct likeness *a, const struct likeness *b);
bool likeness_same_but_limits(const struct likeness *a, const struct likeness *b);
bool likeness_same_track(const struct likeness *a, const struct likeness *b);
