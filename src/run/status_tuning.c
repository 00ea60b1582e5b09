#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/safe.h"
#include "status_parts.h"

/* What is told of tuning sessions beside a trading one: those that run, and the last started
 * whatever became of it. `session status` tells of all. */

static const char *const STATE_NAMES[] = {
    [TUNING_RUNNING] = "running",
    [TUNING_DONE] = "done",
    [TUNING_INTERRUPTED] = "interrupted",
    [TUNING_FAILED] = "failed",
};
_Static_assert(sizeof STATE_NAMES / sizeof STATE_NAMES[0] == TUNING_STATE_LAST + 1,
               "every state has a name");

static void put_session(struct json *json, const struct tuning_session *session)
{
    const bool has_best = session->best_job[0] != '\0';
    json_open_object(json, NULL);
    json_add_string(json, "name", session->name);
    json_add_string(json, "folder", session->folder);
    json_add_string(json, "state", STATE_NAMES[session->state]);
    json_add_integer(json, "jobs", session->jobs);
    json_add_integer(json, "done", session->done);
    json_add_integer(json, "failed", session->failed);
    json_add_integer(json, "stopped", session->stopped);
    json_add_number(json, "jobs_per_s", session->jobs_per_s);
    json_add_number(json, "eta_s", session->eta_s);
    json_add_string_or_null(json, "best_job", session->best_job);
    json_add_number(json, "best_pnl_usd", has_best ? session->best_pnl_usd : NAN);
    json_close_object(json);
}

static int32_t count_running(const struct tuning *tuning)
{
    int32_t running = 0;
    for (int32_t i = 0; i < tuning->count; i++) {
        running += tuning->sessions[i].state == TUNING_RUNNING;
    }
    return running;
}

void status_put_tuning(struct json *json, const struct tuning *tuning)
{
    if (tuning == NULL) {
        json_add_null(json, "tuning");
        return;
    }
    json_open_object(json, "tuning");
    json_add_integer(json, "total", tuning->total);
    json_add_integer(json, "running", count_running(tuning));
    json_add_string_or_null(json, "error", tuning->error);
    json_open_array(json, "sessions");
    for (int32_t i = 0; i < tuning->count; i++) {
        if (i == 0 || tuning->sessions[i].state == TUNING_RUNNING) {
            put_session(json, &tuning->sessions[i]);
        }
    }
    json_close_array(json);
    json_close_object(json);
}

/* The last started of those that run, else the last of all; NULL: there is none. */
static const struct tuning_session *one_of(const struct tuning *tuning)
{
    for (int32_t i = 0; i < tuning->count; i++) {
        if (tuning->sessions[i].state == TUNING_RUNNING) {
            return &tuning->sessions[i];
        }
    }
    return tuning->count > 0 ? &tuning->sessions[0] : NULL;
}

void status_put_tuning_line(struct text *out, const struct tuning *tuning)
{
    char shown[TUNING_TEXT_SIZE];
    const struct tuning_session *session = tuning != NULL ? one_of(tuning) : NULL;
    if (tuning != NULL && tuning->error[0] != '\0') {
        text_addf(out, "tuning    %s\n",
                  safe_text(shown, sizeof shown, tuning->error, strlen(tuning->error)));
    }
    if (session == NULL) {
        return;
    }
    text_addf(out, "tuning    %s %s, %" PRId64 " of %" PRId64 " jobs done, %" PRId64 " failed",
              safe_text(shown, sizeof shown, session->name, strlen(session->name)),
              STATE_NAMES[session->state], session->done, session->jobs, session->failed);
    if (session->best_job[0] != '\0') {
        text_addf(out, ", best %+.2f USD %s", session->best_pnl_usd,
                  safe_text(shown, sizeof shown, session->best_job, strlen(session->best_job)));
    }
    text_add_char(out, '\n');
}
