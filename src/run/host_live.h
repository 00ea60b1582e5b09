#pragma once
#include "run/host.h"

struct loop;

/* host_live: what a session on live data needs of its host: the connections on the host's loop,
 * a wake when something has come, the recorder on the tap, and a line when a venue is lost or
 * back. */

struct host_live;

struct host_live_options {
    struct loop *loop;
    const struct host_options *host;
    void (*wake)(void *context); /* on the loop: the runner has something to take */
    void *wake_context;
};

struct host_live *host_live_create(const struct host_live_options *options);
void host_live_destroy(struct host_live *live); /* after the runner; accepts NULL */

/* For struct runner_options. */
bool host_live_open(void *context, const struct setup *setup, const char *session,
                    struct runner_feed *out, struct err *err);
void host_live_note(void *context, const char *line);
void host_live_settle(void *context);
/* The runner is gone, and the source with it. */
void host_live_forget(struct host_live *live);

/* A few times a second: hands the recorder's lines over and tells what changed. */
void host_live_look(struct host_live *live, struct runner *runner);
/* What the photograph shows of it. */
void host_live_observe(struct host_live *live, struct snapshot *out);
