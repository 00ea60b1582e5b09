#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "tune/param.h"
#include "tune/row.h"

/* aggregate: results to a ranking (SPEC.md 5, MARKET.md F).
 *
 * Every result of a folder is a row; what cannot be read is one too, an error row. Rows are
 * ranked by PnL, then lower drawdown, more closed trades, job id; those with too few closed
 * trades for a statistic stand below those that have one. Where they differ in what is assumed
 * of the world, in how much money is used or in the part of time they ran over, they rank
 * within equal values of that: a cheaper fee or a larger size is no better strategy. */

enum { AGGREGATE_AXES_MAX = 8 };

struct aggregate_filters {
    int64_t results_max;     /* of each group */
    double drawdown_pct_max; /* inclusive; NAN: none */
    int64_t trades_min;      /* inclusive */
    bool allow_mixed;
};

struct aggregate {
    struct row *rows; /* successes in ranking order, then the stopped, then errors; owned */
    int64_t total, success, stopped, error;
    bool mixed;    /* rows of different data, profile or PnL model */
    int32_t folds; /* of a walk-forward; 0: it is none */
    int axes_count;
    const struct param *axes[AGGREGATE_AXES_MAX]; /* assume or scale, and differ among rows */
};

/* Reads DIR/NAME.json and the lines of DIR/results.jsonl. */
bool aggregate_load(struct aggregate *aggregate, const char *folder, struct err *err);
void aggregate_finish(struct aggregate *aggregate); /* accepts zeroed */

/* ERR_INPUT when rows of different data, profile or model would be mixed unasked. */
bool aggregate_check(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                     struct err *err);

/* Is the row in the ranking? */
bool aggregate_keeps(const struct aggregate_filters *filters, const struct row *row);
/* Do the two rows rank together? */
bool aggregate_same_group(const struct aggregate *aggregate, const struct row *a,
                          const struct row *b);

/* The same, whatever part of time each ran over. */
bool aggregate_same_terms(const struct aggregate *aggregate, const struct row *a,
                          const struct row *b);

/* Do the successful rows differ in that parameter? */
bool aggregate_varies(const struct aggregate *aggregate, const struct param *param);

/* What the best row of a group is worth (see honesty.h). NAN: not told, and `note` says why. */
struct aggregate_trust {
    const struct row *best;
    int64_t trials;   /* of the group, whatever the filters; stopped ones too */
    int64_t distinct; /* trials that did not trade alike */
    double sharpe, psr, dsr, track_needed;
    double pbo, p_loss;
    const char *note; /* "" : everything is told */
};
struct aggregate_trust aggregate_judge(const struct aggregate *aggregate,
                                       const struct row *best);
/* The same of another row of that group, whose trials are not looked at again. */
struct aggregate_trust aggregate_judge_other(const struct aggregate_trust *group,
                                             const struct row *row);
/* Luck is as good an explanation, or fx is: the movement of a rate is no edge. */
bool aggregate_doubts(const struct aggregate_trust *trust);
/* Why: static strings, their count returned. */
enum { AGGREGATE_DOUBTS_MAX = 4 };
int aggregate_name_doubts(const struct aggregate_trust *trust,
                          const char *doubts[AGGREGATE_DOUBTS_MAX]);

/* Does the parameter vary, and did no row ever trade otherwise for it? */
bool aggregate_is_inert(const struct aggregate *aggregate, const struct param *param);

/* What the filters hide of the successes; both may hide a row. */
struct aggregate_hidden {
    int64_t rows, by_drawdown, by_trades;
};
struct aggregate_hidden aggregate_hides(const struct aggregate *aggregate,
                                        const struct aggregate_filters *filters);

/* Why jobs failed, the commonest reason first; texts are borrowed. */
enum { AGGREGATE_REASONS_MAX = 5 };
struct aggregate_reason {
    int64_t jobs;
    const char *text;
};
int aggregate_reasons(const struct aggregate *aggregate,
                      struct aggregate_reason out[AGGREGATE_REASONS_MAX]);

/* The summary object, 2-space indent, no trailing newline. */
void aggregate_json(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                    struct text *out);
/* The ranking as a table for a reader; of a walk-forward its summary. */
void aggregate_table(const struct aggregate *aggregate, const struct aggregate_filters *filters,
                     struct text *out);

/* Of one result: members of an open object. */
void aggregate_trust_json(const struct aggregate_trust *trust, struct json *json);
