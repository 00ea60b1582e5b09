#pragma once
#include "tune/evidence.h"
#include "tune/plateau.h"

/* detail: one job of a folder of results with all that is known of it.
 *
 * The job is measured again over its data (see sensitivity.h); where that cannot be done the
 * rest stands, and says why. */

struct detail {
    struct aggregate aggregate;
    struct grid grid;
    const struct row *row;        /* of the aggregate */
    struct aggregate_trust trust; /* nothing below for a job that did not end well */
    struct plateau plateau;
    struct walk walk;                /* no folds: the session was no walk-forward */
    struct sensitivity *sensitivity; /* owned; NULL: not measured */
    struct err unmeasured;           /* why */
    struct evidence evidence;
};

/* Takes the aggregate over, also when it fails. ERR_INPUT: it has no such job. */
bool detail_init(struct detail *detail, struct aggregate *aggregate, const char *job_id,
                 struct err *err);
void detail_finish(struct detail *detail); /* accepts zeroed */

void detail_table(const struct detail *detail, struct text *out);
void detail_json(const struct detail *detail, struct text *out); /* the whole object */
