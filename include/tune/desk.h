#pragma once
#include "base/err.h"
#include "view/desk.h"

/* desk: how does a face see tuning sessions, launch them and browse what they gave?
 *
 * The door of view/desk.h with three threads behind it: one reads the tuning journal about
 * twice a second, answers the form and starts and stops sessions; one reads results; one runs a
 * job again for its detail. A session runs as a process of its own, started and signalled as a
 * person would do it. */

struct desk_options {
    const char *state_dir; /* where the tuning journal lies; need not exist */
    const char *program;   /* what runs a session; /proc/self/exe in the program itself */
};

/* Both texts are copied. Sessions are looked for and launched under the working directory. */
bool desk_open(struct desk **out, const struct desk_options *options, struct err *err);
