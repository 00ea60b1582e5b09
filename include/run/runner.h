#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/latch.h"
#include "run/result.h"
#include "run/setup.h"
#include "store/state_dir.h"
#include "view/command.h"
#include "view/page.h"
#include "view/snapshot.h"

/* runner: pulls events, calls the core, carries out its actions (SPEC.md 2).
 *
 * One event and everything that is due with it make one transaction: decisions and intents are
 * on disk before an order is sent, fills before anybody is told of them. A journal that cannot
 * be written stops the runner: what is not durable is not acted upon. Recovery is the normal
 * start. */

struct runner;

/* Life events of the session, one line each, told only after they are durable. */
typedef void runner_life_fn(void *context, const char *line);

/* Live data as a runner takes them: it closes the source. Event time is the monotonic clock's
 * and so much ahead of it, and no later event is older than that clock was when next() had
 * nothing to give. */
struct runner_feed {
    struct source *source;
    int64_t ahead_ns;
};
typedef bool runner_feed_fn(void *context, const struct setup *setup, const char *session,
                            struct runner_feed *out, struct err *err);

/* What a recording must know besides the frames: "command 17 ...", one line each. */
typedef void runner_note_fn(void *context, const char *line);

struct runner_options {
    const struct setup *setup;
    const struct state_dir *dir; /* locked by the caller; borrowed */
    struct latch *latch;         /* the process's kill latch; borrowed */
    bool new_session;            /* end the one that is there and start another */
    double speed;
    bool playback_paused;
    int64_t max_events; /* of the source; -1 no end */
    int64_t wall_ns;    /* now; names a new session */
    const char *version;
    runner_life_fn *life; /* may be NULL */
    void *life_context;
    runner_feed_fn *open_feed; /* of SETUP_LIVE; else NULL */
    void *feed_context;
    runner_note_fn *note; /* may be NULL */
    /* Called before each commit: what was received and noted up to now should be safe from
     * kill -9, or else what is durable then cannot be replayed; may be NULL. */
    void (*settle)(void *context);
    void *note_context; /* of both */
};

/* Opens or resumes. ERR_USAGE names the options that differ from the recorded ones. */
bool runner_open(struct runner **out, const struct runner_options *options, struct err *err);
void runner_close(struct runner *runner); /* accepts NULL; leaves the session resumable */

enum runner_state {
    RUNNER_WAITING, /* nothing due before *due_mono_ns */
    RUNNER_BUSY,    /* the budget is used up, more is due now */
    RUNNER_ENDED,   /* the source has ended and nothing is on its way */
    RUNNER_FAILED,  /* see runner_failure() */
};

/* Takes in what is due at `mono_ns`, at most `events_max` events. */
enum runner_state runner_pump(struct runner *runner, int64_t mono_ns, int64_t wall_ns,
                              int32_t events_max, int64_t *due_mono_ns);
const struct err *runner_failure(const struct runner *runner);
/* Did it fail for a reason of the journal's that passes, JOURNAL_FULL or JOURNAL_BUSY? NONE: it
 * did not, and opening it again is no use. */
enum reason runner_passing_fault(const struct runner *runner);
/* Of the recording that is its source, which run it has come to, from 0. */
size_t runner_recorded_run(const struct runner *runner);
bool runner_resumed(
    const struct runner *runner); /* went on with an earlier process's session */

/* A line for the session's log, and for its life events once it is durable. */
__attribute__((format(printf, 2, 3))) void runner_say(struct runner *runner, const char *format,
                                                      ...);

/* An operator acts. The result says what happened; everything is audited, refusals too. */
void runner_command(struct runner *runner, const struct command *command, int64_t wall_ns,
                    int64_t mono_ns, struct command_result *out);

/* The host goes and the session stays: its newest state is on disk. */
bool runner_leave(struct runner *runner, const char *reason, int64_t wall_ns, struct err *err);
/* Marks the session as ended: it will not be resumed. */
bool runner_end(struct runner *runner, const char *reason, int64_t wall_ns, struct err *err);

const char *runner_session_name(const struct runner *runner);
uint64_t runner_sequence(const struct runner *runner); /* events the core has taken */
const char *runner_decision_hash(const struct runner *runner, uint64_t *count);
uint64_t runner_events(const struct runner *runner); /* of the source, since it was opened */
uint64_t runner_events_durable(const struct runner *runner); /* those that survive a failure */
void runner_snapshot(struct runner *runner, int64_t wall_ns, int64_t mono_ns,
                     struct snapshot *out);
bool runner_page(struct runner *runner, const struct page_query *query, struct page *out,
                 struct err *err);
/* The session so far as a result object; the caller ends it with result_finish(). */
bool runner_result(struct runner *runner, struct result *out, struct err *err);
