#include "tui/tuning.h"

#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/form.h"
#include "tui/list.h"
#include "tui/units.h"

enum { SAFE_NAME_SIZE = 80 };

/* The session the cursor is on; notes that there is none, or that the form is in the way. */
static const struct tuning_session *target(struct state *state, const struct world *world,
                                           char name[SAFE_NAME_SIZE])
{
    const struct tuning_session *session =
        state->screen == SCREEN_TUNING && !state->form.open ? list_session(state, world) : NULL;
    if (session == NULL) {
        state_note(state, world->now_ns, ROLE_MED, 6, "choose a session on the Tuning screen");
        return NULL;
    }
    safe_text(name, SAFE_NAME_SIZE, session->name, strlen(session->name));
    return session;
}

static void ask_stop(struct state *state, const struct world *world)
{
    char name[SAFE_NAME_SIZE], question[QUESTION_SIZE], done[UNITS_SIZE], jobs[UNITS_SIZE];
    const struct tuning_session *session = target(state, world, name);
    if (session == NULL) {
        return;
    }
    if (session->state != TUNING_RUNNING) {
        state_note(state, world->now_ns, ROLE_MED, 6, "session %s is not running", name);
        return;
    }
    const struct desk_order order = {.verb = DESK_STOP, .session = session->id};
    text_cut(question, sizeof question, "Stop tuning session %s?", name);
    dialog_order(state, world, ACTION_COSTS, &order, question);
    text_cut(state->dialog.detail, sizeof state->dialog.detail,
             "%s of %s jobs are done and stay; R goes on from there",
             units_number(done, (double)session->done, 0),
             units_number(jobs, (double)session->jobs, 0));
}

static void ask_resume(struct state *state, const struct world *world)
{
    char name[SAFE_NAME_SIZE], question[QUESTION_SIZE], left[UNITS_SIZE];
    const struct tuning_session *session = target(state, world, name);
    if (session == NULL) {
        return;
    }
    const int64_t missing = session->jobs - session->done + session->failed;
    if (session->state == TUNING_RUNNING || missing <= 0) {
        state_note(state, world->now_ns, ROLE_MED, 6, "session %s %s", name,
                   session->state == TUNING_RUNNING ? "is running" : "has all its results");
        return;
    }
    const struct desk_order order = {.verb = DESK_RESUME, .session = session->id};
    text_cut(question, sizeof question, "Go on with tuning session %s? %s job%s to do.", name,
             units_number(left, (double)missing, 0), missing == 1 ? "" : "s");
    dialog_order(state, world, ACTION_REVERSIBLE, &order, question);
}

bool tuning_act(struct state *state, const struct world *world, enum action action,
                const char *argument)
{
    switch (action) {
    case ACTION_TUNE:
        form_open(state, world, argument);
        return true;
    case ACTION_TUNE_START:
        form_start(state, world);
        return true;
    case ACTION_TUNE_STOP:
        ask_stop(state, world);
        return true;
    case ACTION_TUNE_RESUME:
        ask_resume(state, world);
        return true;
    default:
        return false;
    }
}
