#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "tune/param.h"
#include "tune/row.h"

/* filter: which results does an operator want to see?
 *
 * Terms with blanks between, all of which must hold: `pnl>0 dd<5 trades>=30 tau=3600 fast`.
 * NAME is a figure below or a parameter, or a part of its name that no other parameter has; an
 * operator is one of < <= > >= = !=; `off` is the value of a parameter that is not set. A word
 * alone is looked for in job, tag and error, `!word` must not stand there. What a result does
 * not tell is within no limit. */

enum filter_figure {
    FILTER_PNL,
    FILTER_REALIZED,
    FILTER_OPEN_PNL,
    FILTER_DRAWDOWN, /* percent */
    FILTER_TRADES,   /* closed */
    FILTER_OPEN,
    FILTER_WIN, /* percent */
    FILTER_BPS,
    FILTER_PLATEAU,
    FILTER_PLACE,
    FILTER_GROUP,
    FILTER_FIGURE_LAST = FILTER_GROUP,
};
const char *filter_figure_name(enum filter_figure figure); /* "pnl", ... */

enum filter_test {
    FILTER_HAS,
    FILTER_HAS_NOT,
    FILTER_LESS,
    FILTER_AT_MOST,
    FILTER_MORE,
    FILTER_AT_LEAST,
    FILTER_EQUAL,
    FILTER_UNEQUAL,
};

enum { FILTER_TERMS_MAX = 16, FILTER_WORD_SIZE = 64 };

struct filter_term {
    enum filter_test test;
    const struct param *param; /* NULL: the figure */
    enum filter_figure figure;
    double value;                /* NAN: off */
    char word[FILTER_WORD_SIZE]; /* lower case; of HAS and HAS_NOT */
};

struct filter {
    int count;
    struct filter_term terms[FILTER_TERMS_MAX];
};

/* ERR_INPUT names the term that makes no sense. */
bool filter_parse(struct filter *filter, const char *text, struct err *err);

/* `figures` are indexed by enum filter_figure; NAN: not known. */
bool filter_keeps(const struct filter *filter, const struct row *row, const double *figures);
