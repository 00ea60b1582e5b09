#pragma once
#include "hand.h"

/* sessions: what a desk would say of tuning sessions and of a session file, written by hand,
 * the same at every call. */

enum sessions_kind {
    SESSIONS_EMPTY,
    SESSIONS_RUNNING, /* one of them is, on top */
    SESSIONS_DONE,    /* all are through, one stopped half of its jobs early */
    SESSIONS_FAILED,  /* one could not go on, one lost its runner; reasons of all kinds */
    SESSIONS_ERROR,   /* the journal cannot be read */
};

enum { SESSIONS_RUNNING_ID = 3, SESSIONS_INTERRUPTED_ID = 2, SESSIONS_DONE_ID = 1 };

struct sessions {
    struct tuning tuning;
    struct tuning_form form;
};

/* On the heap (mem_free), and shown to the hand. */
struct sessions *sessions_create(struct hand *hand, enum sessions_kind kind);
/* Makes the list anew, as old as `age_ms`. */
void sessions_age(struct sessions *sessions, const struct hand *hand, int age_ms);
/* Answers the form's last question: a file of 24 jobs, more where its values were edited. */
void sessions_answer(struct sessions *sessions, struct hand *hand);
/* Presses the keys of the text, 500 ms apart, answering after each. */
void sessions_type(struct sessions *sessions, struct hand *hand, const char *keys);
