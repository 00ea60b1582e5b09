#include "tui/news.h"

#include "tui/units.h"

/* Where it stands among the seen ones; their count when it is not there. */
static int32_t find(const struct news *news, int64_t id)
{
    int32_t i = 0;
    while (i < news->count && news->seen[i].id != id) {
        i++;
    }
    return i;
}

/* Keeps the session as it is now; true when that is news. */
static bool note(struct news *news, const struct tuning_session *session)
{
    const int32_t i = find(news, session->id);
    const bool known = i < news->count &&
                       news->seen[i].started_wall_ns == session->started_wall_ns &&
                       news->seen[i].state == session->state;
    if (!known && i < TUNING_SESSIONS_MAX) {
        news->seen[i].id = session->id;
        news->seen[i].started_wall_ns = session->started_wall_ns;
        news->seen[i].state = session->state;
        news->count += i == news->count;
    }
    return !known && i < TUNING_SESSIONS_MAX;
}

static void tell_end(const struct tuning_session *session, struct line *line)
{
    char text[UNITS_SIZE], jobs[UNITS_SIZE];
    line_add(line, ROLE_NORMAL, ", %s of %s jobs", units_number(text, (double)session->done, 0),
             units_number(jobs, (double)session->jobs, 0));
    if (session->failed > 0) {
        line_add(line, ROLE_NORMAL, ", %s failed",
                 units_number(text, (double)session->failed, 0));
    }
    if (session->failures_count > 0) {
        line_add(line, ROLE_NORMAL, ": ");
        line_add_foreign(line, ROLE_NORMAL, session->failures[0].reason,
                         sizeof session->failures[0].reason);
    }
    if (session->best_job[0] != '\0') {
        line_add(line, ROLE_NORMAL, ", best %s USD by ",
                 units_signed(text, session->best_pnl_usd, 2));
        line_add_foreign(line, ROLE_NORMAL, session->best_job, sizeof session->best_job);
    }
}

static void tell(const struct tuning *tuning, const struct tuning_session *session,
                 struct line *line)
{
    static const char *const WORDS[] = {
        [TUNING_RUNNING] = "running",
        [TUNING_DONE] = "done",
        [TUNING_INTERRUPTED] = "interrupted",
        [TUNING_FAILED] = "FAILED",
    };
    char text[UNITS_SIZE];
    line_clear(line);
    line_add(line, ROLE_NORMAL, "%s  tuning ", units_time(text, tuning->made_wall_ns));
    line_add_foreign(line, ROLE_NORMAL, session->name, sizeof session->name);
    line_add(line, ROLE_NORMAL, ": %s", WORDS[session->state]);
    if (session->state == TUNING_RUNNING) {
        line_add(line, ROLE_NORMAL, ", %s jobs", units_number(text, (double)session->jobs, 0));
    } else {
        tell_end(session, line);
    }
}

bool news_next(struct news *news, const struct tuning *tuning, struct line *line)
{
    /* The earliest first, as they happened. */
    for (int32_t i = tuning->count - 1; i >= 0; i--) {
        const struct tuning_session *session = &tuning->sessions[i];
        const bool over = session->state != TUNING_RUNNING;
        if (note(news, session) && (news->begun || !over)) {
            tell(tuning, session, line);
            return true;
        }
    }
    news->begun = news->begun || tuning->error[0] == '\0';
    return false;
}
