#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

/* doctor: will a session run well here? One finding per check; nothing is changed by looking.
 */

enum finding_state { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct finding {
    const char *name; /* static */
    enum finding_state state;
    char text[640];
    char advice[256]; /* "" when there is nothing to do */
};

struct doctor {
    const char *state_dir; /* NULL: the usual one */
    const struct config *config;
};

enum { DOCTOR_FINDINGS = 13 };

/* Fills one finding per check, always DOCTOR_FINDINGS. */
void doctor_look(const struct doctor *doctor, struct finding out[DOCTOR_FINDINGS]);

/* Can the venues of live.* be reached, and what do their clocks and limits say? Asks them;
 * takes some seconds at most. */
enum { DOCTOR_LIVE_FINDINGS = 5 };
void doctor_look_live(const struct config *config, struct finding out[DOCTOR_LIVE_FINDINGS]);

/* The checks, by what they look at: the machine, the terminal, the state folder, the config. */
void doctor_libraries(const struct doctor *doctor, struct finding *out);
void doctor_clock(const struct doctor *doctor, struct finding *out);
void doctor_zone(const struct doctor *doctor, struct finding *out);
void doctor_descriptors(const struct doctor *doctor, struct finding *out);
void doctor_terminal(const struct doctor *doctor, struct finding *out);
void doctor_locale(const struct doctor *doctor, struct finding *out);
void doctor_colours(const struct doctor *doctor, struct finding *out);
void doctor_state_dir(const struct doctor *doctor, struct finding *out);
void doctor_disk(const struct doctor *doctor, struct finding *out);
void doctor_journal(const struct doctor *doctor, struct finding *out);
void doctor_session(const struct doctor *doctor, struct finding *out);
void doctor_baseline(const struct doctor *doctor, struct finding *out);
void doctor_kill(const struct doctor *doctor, struct finding *out);

/* Sets state, text and advice ("" for none) of a finding. */
__attribute__((format(printf, 4, 5))) void finding_set(struct finding *finding,
                                                       enum finding_state state,
                                                       const char *advice, const char *format,
                                                       ...);
