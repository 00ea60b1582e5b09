#include "tune/folds.h"

#include <assert.h>

#include "market/rows.h"
#include "run/backtest.h"

static const double NS_PER_S = 1e9;
enum { FOLDS_MAX = 100000 };

/* The whole file, where a look at its two ends does not tell. */
static bool read_span(const char *path, const struct csv_options *options,
                      struct backtest_survey *survey, struct err *err)
{
    struct source *source;
    if (!csv_open(&source, path, options, err)) {
        return false;
    }
    const bool done = backtest_survey(source, survey, err);
    source_close(source);
    return done;
}

static bool find_span(const char *path, int64_t *first_ns, int64_t *last_ns, struct err *err)
{
    /* Times are asked for alone: any rate does, and which one the jobs use is theirs. */
    const struct csv_options options = {.fx_rate = 1, .default_fx = 1};
    struct backtest_survey survey = {0};
    struct rows *rows;
    if (!rows_open(&rows, path, &options, err)) {
        return false;
    }
    const bool known = rows_span(rows, first_ns, last_ns);
    rows_close(rows);
    if (known) {
        return true;
    }
    if (!read_span(path, &options, &survey, err)) {
        return false;
    }
    *first_ns = survey.first_ns;
    *last_ns = survey.last_ns;
    return survey.rows > 0 || err_set(err, ERR_INPUT, "'%s' has no rows", path);
}

bool folds_plan(struct folds *folds, const struct session_file *file, struct err *err)
{
    struct folds made = {
        .train_ns = (int64_t)(file->train_s * NS_PER_S),
        .test_ns = (int64_t)(file->test_s * NS_PER_S),
    };
    int64_t last_ns;
    if (file->train_s == 0) {
        *folds = (struct folds){.count = 0};
        return true;
    }
    if (!find_span(file->data_file, &made.first_ns, &last_ns, err)) {
        return false;
    }
    /* The last row belongs to a test that ends with it. */
    const int64_t tested_ns = last_ns - made.first_ns + 1 - made.train_ns;
    const int64_t count = tested_ns > 0 ? tested_ns / made.test_ns : 0;
    if (count < 1) {
        return err_set(
            err, ERR_INPUT,
            "walk_forward: train_s and test_s are %.15g s together, '%s' has %.15g s",
            file->train_s + file->test_s, file->data_file,
            (double)(last_ns - made.first_ns) / NS_PER_S);
    }
    if (count > FOLDS_MAX) {
        return err_set(err, ERR_INPUT, "walk_forward: %lld folds are more than %d",
                       (long long)count, FOLDS_MAX);
    }
    made.count = (int32_t)count;
    *folds = made;
    return true;
}

struct result_window folds_window(const struct folds *folds, int32_t fold, bool is_test)
{
    assert(fold >= 1 && fold <= folds->count);
    const int64_t train_from_ns = folds->first_ns + (fold - 1) * folds->test_ns;
    const int64_t test_from_ns = train_from_ns + folds->train_ns;
    return (struct result_window){
        .fold = fold,
        .is_test = is_test,
        .from_ns = is_test ? test_from_ns : train_from_ns,
        .to_ns = is_test ? test_from_ns + folds->test_ns : test_from_ns,
    };
}
