#include "session_results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "tune/plan.h"

enum { SHOWN_SIZE = 256 };

/* What lies there is foreign text. */
static bool refuse(const char *folder, const struct row *row, int64_t total, struct err *err)
{
    char shown[SHOWN_SIZE];
    char job[SHOWN_SIZE];
    char reason[SHOWN_SIZE];
    return err_set(err, ERR_INPUT,
                   "'%s' is no folder of results: of %" PRId64
                   " that could be none is one (%s: %s)",
                   safe_text(shown, sizeof shown, folder, strlen(folder)), total,
                   safe_text(job, sizeof job, row->job_id, strlen(row->job_id)),
                   safe_text(reason, sizeof reason, row->error, strlen(row->error)));
}

static bool check_folder(const char *folder, const struct aggregate *aggregate, struct err *err)
{
    int64_t results = 0;
    for (int64_t i = 0; i < aggregate->total; i++) {
        results += aggregate->rows[i].is_result;
    }
    if (aggregate->total == 0) {
        char shown[SHOWN_SIZE];
        return err_set(err, ERR_INPUT,
                       "'%s' has no results (those of a session lie in " PLAN_FOLDER "/NAME)",
                       safe_text(shown, sizeof shown, folder, strlen(folder)));
    }
    return results > 0 || refuse(folder, &aggregate->rows[0], aggregate->total, err);
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
