#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* faults: everything that is wrong with one file, told at once and in order of line. */

/* Later ones are counted, not kept: nobody reads more, and a hostile file must not cost more.
 */
enum { FAULTS_KEPT_MAX = 100 };

struct fault {
    int line;
    int order; /* of arrival, so that equal lines keep it */
    char *text;
};

struct faults {
    const char *file; /* as it appears in messages; borrowed */
    struct fault kept[FAULTS_KEPT_MAX];
    int kept_count;
    int count;
};

void faults_init(struct faults *faults, const char *file);
void faults_finish(struct faults *faults);

/* The text is made safe for terminals and logs here. */
__attribute__((format(printf, 3, 4))) void faults_add(struct faults *faults, int line,
                                                      const char *format, ...);

/* Appends `FILE:LINE: text` lines, sorted. */
void faults_report(struct faults *faults, struct text *out);

/* The first by line as `FILE:LINE: text`; returns false, so that it can end a function. There
 * must be one. */
bool faults_first(struct faults *faults, struct err *err);
