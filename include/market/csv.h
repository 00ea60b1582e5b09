#pragma once
#include "base/err.h"
#include "market/source.h"

/* csv: a source over a two-market snapshot file (SPEC.md 5). Gives EVENT_ROW events.
 *
 * One row is one moment of both markets. A row of numbers is never bad, whatever they say; a
 * bad row (fields missing or too many, not a number, time running back) ends the run with its
 * place, or is counted. The text is plain CSV: quoted fields are refused. */

struct csv_options {
    double fx_rate;     /* NAN: the fx_rate column, else default_fx, else an error */
    double default_fx;  /* NAN: none (exact); 1 and 2.5 in the compat profiles */
    bool skip_bad_rows; /* count them instead of failing */
};

bool csv_open(struct source **out, const char *path, const struct csv_options *options,
              struct err *err);

/* Of a source that csv_open() made. */
uint64_t csv_rows(const struct source *source); /* rows read so far, bad ones included */
uint64_t csv_bad_rows(const struct source *source);
bool csv_has_sizes(const struct source *source); /* the file has a size column */
