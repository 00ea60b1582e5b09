#pragma once
#include <stdbool.h>

#include "run/json.h"
#include "tune/aggregate.h"
#include "tune/grid.h"
#include "tune/sensitivity.h"
#include "tune/walk.h"

/* evidence: everything that is known for and against a result, before it is used (MARKET.md F).
 *
 * One list for the command line, the Results screen and whoever carries parameters into a paper
 * session. Pure: what it is made of was read and measured before. */

enum { EVIDENCE_FACTS_MAX = 40, EVIDENCE_NAME_SIZE = 32, EVIDENCE_TEXT_SIZE = 200 };

struct evidence_fact {
    char name[EVIDENCE_NAME_SIZE]; /* "fx share" */
    char text[EVIDENCE_TEXT_SIZE];
    bool doubtful; /* speaks against it */
    bool decisive; /* so much that a reason must be typed */
};

struct evidence {
    int count;
    struct evidence_fact facts[EVIDENCE_FACTS_MAX];
};

struct evidence_sources {
    const struct grid *grid;               /* of the session the row is of */
    const struct row *row;                 /* that ran to its end */
    const struct aggregate_trust *trust;   /* of the row */
    const struct walk *walk;               /* NULL or without folds: there was none */
    const struct sensitivity *sensitivity; /* NULL: not measured, `unmeasured` says why */
    const char *unmeasured;
};

void evidence_collect(const struct evidence_sources *sources, struct evidence *out);

/* One more fact, of what the caller knows: the session, its guard, its inventory. */
__attribute__((format(printf, 5, 6))) void evidence_add(struct evidence *evidence,
                                                        const char *name, bool doubtful,
                                                        bool decisive, const char *format, ...);

/* Is there a fact so bad that a typed reason is asked for and kept? Fewer than 30 closed
 * trades, P(loss) of a half or more, a walk-forward that lost, |fx| over half of |PnL|. */
bool evidence_wants_reason(const struct evidence *evidence);

/* A line a fact: a mark, the name, the text. */
void evidence_table(const struct evidence *evidence, struct text *out);
/* An array of objects. */
void evidence_json(const struct evidence *evidence, const char *key, struct json *json);
