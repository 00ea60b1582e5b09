#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "run/result.h"
#include "run/runner.h"
#include "run/setup.h"
#include "store/state_dir.h"

/* host: the process of a session: lock, journal, socket, signals, kill switch, and the runner
 * between them.
 *
 * SIGTERM and SIGINT stop it cleanly and leave the session to be resumed; SIGHUP is ignored;
 * SIGUSR2 is the kill switch. A session ends when its data end or an operator ends it. A
 * journal that is full or busy makes it wait, acting upon nothing, and go on from its last
 * durable state once the journal takes writes again; an I/O error or damage ends the host. */

struct host_options {
    const struct setup *setup;
    struct state_dir *dir; /* found, not locked */
    bool new_session;
    double speed;
    int64_t max_events;   /* -1: no end */
    double max_runtime_s; /* NAN: no end; monotonic */
    bool linger; /* after the data have ended, stay until whoever wanted to look has left */
    bool take_signals;         /* false inside another program's thread */
    const char *record_folder; /* live data: what passes is recorded there; NULL: it is not */
    const char *version;
    runner_life_fn *life; /* may be NULL */
    void *life_context;
    /* With the life's context, ten times a second; true: *line is for the consoles. May be
     * NULL.
     */
    bool (*life_beat)(void *context, char *line, size_t size);
    /* Called once when consoles can attach; may be NULL. */
    void (*ready)(void *context);
    void *ready_context;
};

enum host_end {
    HOST_DATA_ENDED,
    HOST_LIMIT,       /* max_events or max_runtime_s; resumable */
    HOST_QUIT,        /* an operator ended the session */
    HOST_TERMINATED,  /* SIGTERM; resumable */
    HOST_INTERRUPTED, /* SIGINT; resumable */
};

/* Runs a session to its end, whatever that is. *result is the caller's to finish, on success.
 */
bool host_run(const struct host_options *options, enum host_end *end, struct result *result,
              struct err *err);
