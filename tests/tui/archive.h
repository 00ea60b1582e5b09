#pragma once
#include "hand.h"

/* archive: what a desk would say of a tuning session, written by hand, the same at every call.
 */

enum archive_kind {
    ARCHIVE_GOOD,     /* a dozen results; luck does not explain the best */
    ARCHIVE_DOUBTFUL, /* it does; one stopped early, two failed, groups, an inert axis */
    ARCHIVE_EMPTY,    /* a session without a result */
    ARCHIVE_FAILED,   /* nothing but failures */
};

struct archive {
    struct ranking ranking;
    struct ranking_result result;
    struct ranking_heat heat;
};

/* On the heap (mem_free). */
struct archive *archive_create(enum archive_kind kind);
/* Answers what the hand has asked so far, and shows it to the hand. */
void archive_answer(struct archive *archive, struct hand *hand);
/* Presses the keys of the text, answering after each. */
void archive_type(struct archive *archive, struct hand *hand, const char *keys);
