#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cli/args.h"
#include "cli/engine_options.h"
#include "cli/global_options.h"
#include "run/host.h"
#include "run/setup.h"

/* session_options: what `paper` and the console take to start a session, and what comes of it.
 */

/* Its own, the engine's and the global ones. */
enum { SESSION_OPTIONS_COUNT = 15 + ENGINE_OPTIONS_COUNT + GLOBAL_OPTIONS_COUNT };

/* A plain value, zeroed before the parse. */
struct session_options {
    const char *source;
    struct arg_list pairs;
    const char *speed;
    const char *start_at;
    const char *preset;
    const char *faults;
    const char *on_bad_row;
    const char *record;
    const char *mode;
    struct arg_list set;
    double max_runtime_s;
    int64_t max_events;
    int64_t seed;
    bool new_session;
    bool no_opening;
    struct engine_options engine;
    struct global_options global;
    bool max_runtime_seen, max_events_seen, seed_seen;
};

/* Writes the rows for a struct session_options that lies at `offset`. */
void session_options_rows(struct arg_option rows[SESSION_OPTIONS_COUNT], size_t offset);

/* What --config and --set say to a console, which starts no session of its own. */
bool session_options_looks(const struct session_options *options, struct config *config,
                           struct err *err);

/* Layers the configuration, checks it and finds the state folder. Fills everything of *host
 * that options decide; setup and dir are the caller's storage and outlive it. */
bool session_options_resolve(const struct session_options *options, struct setup *setup,
                             struct state_dir *dir, struct host_options *host, struct err *err);
