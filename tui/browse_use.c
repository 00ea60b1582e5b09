#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "tui/browse.h"
#include "tui/dialog.h"

/* browse_use: the question whether the session should take a result's parameters. */

bool browse_is_in_use(const struct ranking_result *result, const struct snapshot *newest)
{
    if (newest == NULL || newest->revision == 0 || newest->revision_origin[0] == '\0' ||
        strncmp(result->origin, newest->revision_origin, sizeof newest->revision_origin - 1) !=
            0) {
        return false;
    }
    for (int i = 0; i < result->changes_count; i++) {
        if (result->changes[i].taken) {
            return false;
        }
    }
    return true;
}

/* Whether the answer on show is all that is to be known of it, for this session as it is. */
static bool may_ask(struct state *state, const struct world *world,
                    const struct ranking_result *result)
{
    const char *why = NULL;
    if (world->newest == NULL) {
        why = "no session runs here";
    } else if (result == NULL || result->working) {
        why = "wait: it is still being worked out";
    } else if (browse_is_in_use(result, world->newest)) {
        why = "this session has them already";
    } else if (result->error[0] != '\0' || result->refused[0] != '\0') {
        why = "this session cannot take them";
    }
    if (why != NULL) {
        state_note(state, world->now_ns, ROLE_MED, 6, "%s", why);
    }
    return why == NULL;
}

void browse_use(struct state *state, const struct world *world)
{
    const struct ranking_result *result = browse_result(state, world);
    if (command_refused(state, world, COMMAND_USE) || !may_ask(state, world, result)) {
        return;
    }
    struct command command = command_make(world, COMMAND_USE);
    snprintf(command.text, sizeof command.text, "%s", result->here);
    snprintf(command.params, sizeof command.params, "%s", result->params);
    snprintf(command.origin, sizeof command.origin, "%s", result->origin);
    char from[QUESTION_SIZE], job[QUESTION_SIZE], here[QUESTION_SIZE], question[QUESTION_SIZE];
    safe_text(from, sizeof from, result->session, strlen(result->session));
    safe_text(job, sizeof job, result->query.job, strlen(result->query.job));
    safe_text(here, sizeof here, result->here, strlen(result->here));
    text_cut(question, sizeof question, "Use parameters of %.40s/%.50s in %.40s?", from, job,
             here);
    if (browse_wants_reason(result)) {
        dialog_reason(state, world, &command, question);
    } else {
        dialog_confirm(state, world, ACTION_COSTS, &command, question);
        text_cut(state->dialog.detail, QUESTION_SIZE,
                 "entries follow them; open trades keep the exits they were opened with");
    }
}
