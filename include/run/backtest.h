#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "core/engine.h"
#include "market/csv.h"
#include "market/source.h"
#include "run/result.h"

/* backtest: one engine over one source of EVENT_ROW events, as fast as it goes; trades fill at
 * the touch of their own row (SPEC.md 3).
 *
 * The time buckets of the result need the span of the whole data before the first row, and
 * every row is checked and counted even when the run stops early. A source is surveyed in a
 * pass of its own; a file tells its span from both ends. */

/* What the data are, from the first pass. */
struct backtest_survey {
    int64_t rows;              /* events, bad rows not among them */
    int64_t first_ns, last_ns; /* of events; 0 without any */
};

bool backtest_survey(struct source *source, struct backtest_survey *out, struct err *err);

/* Runs over a fresh source of the surveyed data. *result is written on success only, and then
 * ended with result_finish(). */
bool backtest_run(const struct engine_params *params, struct source *source,
                  const struct backtest_survey *survey, struct result *result, struct err *err);

/* A part of the data: rows in [from_ns, to_ns) are the run's steps. Earlier ones move its
 * baseline and nothing else, later ones do not exist. The buckets of its equity part
 * [first_ns, last_ns], the times of its first and last step. */
struct backtest_part {
    int64_t from_ns, to_ns;
    int64_t first_ns, last_ns;
};

/* backtest_run() over a part; all rows are surveyed and count as total_snapshots. */
bool backtest_run_part(const struct engine_params *params, struct source *source,
                       const struct backtest_survey *survey, const struct backtest_part *part,
                       struct result *result, struct err *err);

/* How the file of a run with these parameters is read. */
struct csv_options backtest_csv_options(const struct engine_params *params, bool skip_bad_rows);

/* The same over a CSV file, read once by market/rows; fx as SPEC.md 5 has it for the profile.
 */
bool backtest_run_file(const struct engine_params *params, const char *path, bool skip_bad_rows,
                       struct result *result, struct err *err);
/* For those who do not ask for the list of trades: it may be long. The figures are the same. */
bool backtest_run_file_without_trades(const struct engine_params *params, const char *path,
                                      bool skip_bad_rows, struct result *result,
                                      struct err *err);
