#include "base/text.h"
#include "desk_parts.h"
#include "tune/runner.h"

bool desk_start(struct desk_work *work, const struct desk_order *order,
                struct command_result *out)
{
    text_cut(out->text, sizeof out->text, "no session was started");
    return false;
}

bool desk_stop(struct desk_work *work, const struct desk_order *order,
               struct command_result *out)
{
    const struct tuning_session *session = desk_work_session(work, order->session);
    if (session == NULL || !runner_stop(session->pid, session->folder)) {
        text_cut(out->text, sizeof out->text, "%s is not running",
                 session != NULL ? session->name : "the session");
        return false;
    }
    text_cut(out->text, sizeof out->text, "%s: told to stop; r goes on from there",
             session->name);
    return true;
}

bool desk_resume(struct desk_work *work, const struct desk_order *order,
                 struct command_result *out)
{
    text_cut(out->text, sizeof out->text, "no session was resumed");
    return false;
}
