#pragma once
#include "tui/state.h"

/* form: a tuning session about to be launched: pick its file, see its jobs, change its values,
 * start. Pure; the desk reads the file and counts. */

/* The rows under the cursor: files before one is chosen, settings behind. */
enum form_row {
    FORM_FILE,
    FORM_PATH, /* another file, typed */
    FORM_NAME,
    FORM_AXIS,
    FORM_PARALLEL,
    FORM_PRUNE,
};
struct form_place {
    enum form_row row;
    int32_t index; /* of the file or axis */
};

int form_rows(const struct form *form, const struct world *world);
struct form_place form_place(const struct form *form, const struct world *world, int row);
/* Row of the cursor. */
int form_row(const struct form *form, const struct world *world);

/* The desk's answer to the form as it stands, or, while that is under way, to an earlier state
 * of it with the same file; NULL when there is none. */
const struct tuning_form *form_answer(const struct form *form, const struct world *world);
/* Whether it is the answer to the form as it stands. */
bool form_is_answered(const struct form *form, const struct world *world);
/* What stands there for an axis: what was typed, or what the file says. */
const char *form_values(const struct form *form, const struct tuning_form *answer, int32_t axis,
                        bool *edited);

/* Opens it at the list of files, or at the file of that path. */
void form_open(struct state *state, const struct world *world, const char *path);
/* Whether keys go to it. */
bool form_is_shown(const struct state *state);
/* A key while it is shown; false when the form has no use for it. */
bool form_press(struct state *state, const struct world *world, uint32_t key);
/* Opens the question before the start, or says why not. */
void form_start(struct state *state, const struct world *world);
/* Asks the desk again, about once a second: files change. */
void form_tick(struct state *state, const struct world *world, struct outbox *outbox);
