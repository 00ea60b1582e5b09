#pragma once
#include "base/err.h"
#include "market/source.h"

/* csv: a source over a two-market snapshot file (SPEC.md 5). Gives EVENT_ROW events. */

enum csv_fx { CSV_FX_REQUIRED, CSV_FX_OPTIONAL };

struct csv_options {
    double fx_rate;     /* NAN: the fx_rate column, else default_fx, else an error */
    double default_fx;  /* NAN: none (exact); 1 and 2.5 in the compat profiles */
    bool skip_bad_rows; /* count them instead of failing */
    bool has_sizes;     /* out: the file has size columns */
};

bool csv_open(struct source **out, const char *path, const struct csv_options *options,
              struct err *err);
uint64_t csv_rows(const struct source *source); /* rows read so far, bad ones included */
uint64_t csv_bad_rows(const struct source *source);
