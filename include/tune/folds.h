#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "run/result.h"
#include "tune/session_file.h"

/* folds: the parts of time of a walk-forward.
 *
 * Fold 1 trains on the first train_s of the data and is tested on the test_s that follow; each
 * next one begins test_s later, so that the tests follow each other without a gap. A test that
 * the data do not reach the end of is left out. */

struct folds {
    int32_t count; /* 0: the session is no walk-forward */
    int64_t first_ns, train_ns, test_ns;
};

/* Reads the first and the last time of the session's data, where it is a walk-forward.
 * ERR_INPUT: they are too short for one fold. */
bool folds_plan(struct folds *folds, const struct session_file *file, struct err *err);

/* `fold` from 1 to count. */
struct result_window folds_window(const struct folds *folds, int32_t fold, bool is_test);
