#pragma once
#include <stdint.h>

#include "base/err.h"
#include "core/spread.h"
#include "market/csv.h"
#include "run/backtest.h"

/* data: the rows of one snapshot file, read once for all the jobs of a batch.
 *
 * What a row's fx is depends on the parameters, so jobs share data only when data_options_equal
 * says so. Read only once loaded: workers share it. */

struct data {
    struct tick *ticks;
    struct backtest_survey survey;
    char hash[48];
};

/* How the file of jobs with these parameters is read: no bad row is tolerated. */
struct csv_options data_options(const struct engine_params *params);
bool data_options_equal(const struct csv_options *a, const struct csv_options *b);

bool data_load(struct data *data, const char *path, const struct csv_options *options,
               struct err *err);
void data_finish(struct data *data); /* accepts zeroed */

/* A source over the rows, from the first; ends with source_close(). Borrows the data. */
struct source *data_source(const struct data *data);
