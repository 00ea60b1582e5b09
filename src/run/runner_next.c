#include <math.h>

#include "run/day.h"
#include "runner_state.h"

/* What comes next: from the source, the venue, the timer or a recording, and whether its time
 * has come. */

/* Has the run come to one of the ends its options set? They look at whole steps, so the last
 * one is settled first when nothing of it is still on its way. */
static bool past_an_end(struct runner *runner)
{
    const struct engine_params *params = session_params(runner->session);
    const struct summary *summary = session_summary(runner->session);
    const bool limited = params->max_steps >= 0 || !isnan(params->stop_on_drawdown_pct);
    if (limited && runner->venue->ops->next_due_ns(runner->venue) == INT64_MAX) {
        session_settle(runner->session);
    }
    return (runner->max_events >= 0 && runner->events >= (uint64_t)runner->max_events) ||
           (params->max_steps >= 0 && summary->steps >= params->max_steps) ||
           summary->drawdown * 100.0 >= params->stop_on_drawdown_pct;
}

static bool peek(struct runner *runner)
{
    int64_t until_ns = 0;
    if (runner->has_next || runner->source_ended) {
        return true;
    }
    if (past_an_end(runner)) {
        runner->source_ended = true;
        return true;
    }
    switch (runner->source->ops->next(runner->source, &runner->next, &runner->failure)) {
    case SOURCE_EVENT:
        runner->next.day = day_of(runner->next.time_ns);
        (void)runner_recorded_until(runner, &until_ns);
        runner->has_next = runner->next.time_ns <= until_ns;
        runner->source_ended = !runner->has_next;
        return true;
    case SOURCE_END:
        runner->source_ended = true;
        return true;
    case SOURCE_WAIT:
        return true;
    case SOURCE_ERROR:
        break;
    }
    return runner_fail(runner);
}

/* Until the data end; of a recorded session until that did. */
static bool timers_go_on(const struct runner *runner)
{
    int64_t until_ns = 0;
    return !runner->source_ended ||
           (runner_recorded_until(runner, &until_ns) && runner->timer_ns <= until_ns);
}

/* What comes next in event time; at the same moment reports, then the timer, then the source.
 */
static struct runner_next next_in_time(const struct runner *runner)
{
    struct runner_next next = {.kind = runner->source_ended ? NEXT_END : NEXT_WAIT,
                               .time_ns = INT64_MAX};
    int64_t until_ns = 0;
    (void)runner_recorded_until(runner, &until_ns);
    if (runner->has_next) {
        next.kind = NEXT_SOURCE;
        next.time_ns = runner->next.time_ns;
    }
    if (runner->timer_ns != 0 && timers_go_on(runner) && runner->timer_ns <= next.time_ns) {
        next.kind = NEXT_TIMER;
        next.time_ns = runner->timer_ns;
    }
    const int64_t report_ns = runner->venue->ops->next_due_ns(runner->venue);
    if (report_ns != INT64_MAX && report_ns <= next.time_ns && report_ns <= until_ns) {
        next.kind = NEXT_REPORT;
        next.time_ns = report_ns;
    }
    return next;
}

/* History is of the past; and by the time live data are received, time has come as far as
 * theirs, whatever the clock said when the round began. */
static bool has_time_come(struct runner *runner, const struct runner_next *next,
                          int64_t mono_ns)
{
    return (next->kind == NEXT_SOURCE && runner->next.kind == EVENT_HISTORY) ||
           (runner->pace.follows && runner->has_next) ||
           next->time_ns <= pace_event_ns(&runner->pace, next->time_ns, mono_ns);
}

bool runner_find_next(struct runner *runner, int64_t mono_ns, struct runner_next *out)
{
    if (runner_is_at_stop(runner)) {
        *out = (struct runner_next){.kind = NEXT_STOP};
        return true;
    }
    if (!peek(runner)) {
        return false;
    }
    *out = next_in_time(runner);
    out->act = runner_recorded_act(runner, out->time_ns);
    if (out->act != NULL) {
        out->kind = NEXT_ACT;
    } else if (out->time_ns != INT64_MAX && !has_time_come(runner, out, mono_ns)) {
        out->kind = NEXT_WAIT;
    }
    return true;
}
