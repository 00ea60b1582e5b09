#include "session_results.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tune/plan.h"

static bool check_folder(const char *folder, const struct aggregate *aggregate, struct err *err)
{
    int64_t results = 0;
    for (int64_t i = 0; i < aggregate->total; i++) {
        results += aggregate->rows[i].is_result;
    }
    if (aggregate->total == 0) {
        return err_set(err, ERR_INPUT,
                       "'%s' has no results (those of a session lie in " PLAN_FOLDER "/NAME)",
                       folder);
    }
    return results > 0 || err_set(err, ERR_INPUT,
                                  "'%s' is no folder of results: of %" PRId64
                                  " that could be none is one (%s: %s)",
                                  folder, aggregate->total, aggregate->rows[0].job_id,
                                  aggregate->rows[0].error);
}

bool session_results_load(const char *folder, struct aggregate *aggregate, struct err *err)
{
    if (folder == NULL) {
        return err_set(err, ERR_USAGE, "missing --results-dir");
    }
    if (!aggregate_load(aggregate, folder, err)) {
        return false;
    }
    if (!check_folder(folder, aggregate, err)) {
        aggregate_finish(aggregate);
        return false;
    }
    return true;
}

bool session_results_load_alike(const char *folder, struct aggregate *aggregate,
                                struct err *err)
{
    if (!session_results_load(folder, aggregate, err)) {
        return false;
    }
    if (aggregate->mixed) {
        aggregate_finish(aggregate);
        return err_set(err, ERR_INPUT,
                       "the results are of different data, profile or PnL model and do not "
                       "belong on one page");
    }
    return true;
}

bool session_results_print(const struct text *out, struct err *err)
{
    fputs(text_string(out), stdout);
    return (fflush(stdout) == 0 && ferror(stdout) == 0) ||
           err_set(err, ERR_IO, "cannot write to standard output: %s", strerror(errno));
}
