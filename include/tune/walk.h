#pragma once
#include "run/json.h"
#include "tune/aggregate.h"

/* walk: what would the best of yesterday have earned today? A walk-forward, read from its
 * results.
 *
 * Of each fold the best of the training is chosen by the rules of the ranking, and its result
 * in the test that follows counts. Nothing of a test has any part in a choice. */

struct walk_fold {
    int32_t fold;
    const struct row *train; /* the best; NULL: no training that ended well */
    const struct row *test;  /* the same configuration; NULL: no result of it */
};

/* How often the choice of an axis stayed the same from one fold to the next. */
struct walk_axis {
    const struct param *param;
    double low, high; /* of the chosen values; NAN: one of them was "not set" */
    int32_t different;
    int32_t kept, steps; /* times the next fold chose the same, of so many */
};

enum { WALK_AXES_MAX = 32 };

struct walk {
    int32_t count;           /* folds */
    int32_t told;            /* folds with both results */
    int32_t lost;            /* folds whose test lost */
    struct walk_fold *folds; /* owned; rows borrowed from the aggregate */
    double in_usd, out_usd;  /* sums over the told folds */
    double ratio; /* out of sample per second / in sample per second; NAN: nothing was gained */
    int axes_count;
    struct walk_axis axes[WALK_AXES_MAX];
};

/* Of the rows that assume what `like` assumes. No folds: the session was no walk-forward. */
void walk_init(struct walk *walk, const struct aggregate *aggregate, const struct row *like);
void walk_finish(struct walk *walk); /* accepts zeroed */

/* Of each set of rows that assume alike: an array of objects, and tables. */
void walk_all_json(const struct aggregate *aggregate, const char *key, struct json *json);
void walk_all_table(const struct aggregate *aggregate, struct text *out);
