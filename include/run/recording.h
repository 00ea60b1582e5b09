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

/* From a beginning to a stop or a crash, and from there on again. Where a run went on from the
 * last durable state of the one before it, what that one did behind this state is forgotten. */
struct recording_run {
    bool killed;       /* it began with the kill switch on */
    uint64_t sequence; /* of the state it began with */
    int64_t time_ns;   /* likewise */
    bool sending;      /* in that state orders were decided that were not sent yet */
    char version[64];  /* of the build that ran it */
    char *options;     /* config_list() of this run: limits may be others after a stop */
    struct recording_act *acts;
    size_t acts_count;
    struct recording_unsent *unsent;
    size_t unsent_count;
    struct recording_mark *marks; /* the end among them, as the last */
    size_t marks_count;
    bool has_end;
    int64_t end_ns; /* event time had come so far, and all that was due by then was done */
};

struct recording {
    bool of_session;  /* a session was recorded, and begins with the file */
    char version[64]; /* of the build that wrote the last file */
    char session[64];
    char mode[16];
    char *options;              /* config_list() of the first run */
    struct recording_run *runs; /* at least one when of a session */
    size_t runs_count;
};

struct recorder;

/* The lines each file of a session's recording begins with. */
void recording_header(const struct setup *setup, const char *session, const char *version,
                      struct text *out);

/* Begins a recording of the session (`name` in the names of its files), or goes on with it,
 * within the limits of its config. */
bool recording_open(struct recorder **out, const struct setup *setup, const char *folder,
                    const char *session, const char *name, const char *version,
                    struct err *err);

/* Reads all comments of a file or folder. A recording that is nobody's session is one without
 * comments: no error. */
bool recording_load(struct recording **out, const char *path, struct err *err);
void recording_free(struct recording *recording); /* accepts NULL */
