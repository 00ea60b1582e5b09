#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "core/event.h"
#include "run/setup.h"

/* recording: what a recording of a session tells besides its frames, so that it replays to the
 * same decisions: the options, what operators did, what the clock barred, how it ended.
 *
 * Comments of the file, written through runner_options.note; docs/recordings.md has them. A
 * sequence number is session_sequence() before the thing happened. */

struct recording_act {
    uint64_t sequence;
    int64_t time_ns;
    enum operator_verb verb;
    uint64_t trade_id;
    char *params; /* other parameters instead, as COMMAND_USE has them; NULL: a verb */
};

/* An order that was decided and, when its turn to be sent came, not sent. */
struct recording_unsent {
    uint64_t client_id;
    enum reason reason;
};

/* How far the session's decisions had come. */
struct recording_mark {
    uint64_t sequence;
    int64_t time_ns;
    uint64_t count;
    char hash[48]; /* run/trace.h */
};

struct recording {
    bool of_session; /* a session was recorded, and begins with the file */
    bool killed;     /* it began with the kill switch on */
    char version[64];
    char session[64];
    char mode[16];
    char *options; /* config_list() of the session */
    struct recording_act *acts;
    size_t acts_count;
    struct recording_unsent *unsent;
    size_t unsent_count;
    struct recording_mark *marks; /* the end among them, as the last */
    size_t marks_count;
    bool has_end;
    int64_t end_ns; /* event time had come so far, and all that was due by then was done */
    bool resumed;   /* the session was stopped and went on; told is only what came before */
    int64_t resumed_ns;
};

/* The lines each file of a session's recording begins with. */
void recording_header(const struct setup *setup, const char *session, const char *version,
                      struct text *out);

/* Reads all comments of a file or folder. A recording that is nobody's session is one without
 * comments: no error. */
bool recording_load(struct recording **out, const char *path, struct err *err);
void recording_free(struct recording *recording); /* accepts NULL */
