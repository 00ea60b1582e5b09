#include "run/runner.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "run/day.h"
#include "runner_state.h"

/* Without news from the source event time still moves on this grid: timeouts and dwells end. */
#define TIMER_NS INT64_C(500000000)

enum { ROUNDS_MAX = 64 }; /* send, report, send again: at most this often at one moment */

bool runner_fail(struct runner *runner)
{
    if (runner->in_transaction) {
        journal_rollback(runner->journal);
        runner->in_transaction = false;
    }
    runner->failed = true;
    return false;
}

/* The core has booked a pair's opening inventory: so does the venue. */
static bool open_spots(struct runner *runner)
{
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        if (runner->spot_opened[i] || !session_pair(runner->session, i)->coin_opened) {
            continue;
        }
        runner->spot_opened[i] = true;
        const struct ledger_spot *spot = &session_ledger(runner->session)->spot[i];
        if (spot->quantity > 0 && !venue_paper_open_spot(runner->venue, i, spot->quantity,
                                                         spot->cost, &runner->failure)) {
            return runner_fail(runner);
        }
    }
    return true;
}

/* The chart's memory: what the engine saw, and its history from before the start. */
static void follow(struct runner *runner, const struct event *event)
{
    if (event->kind == EVENT_HISTORY) {
        chart_add(&runner->charts[event->pair], event->time_ns, event->history.premium_bps,
                  session_pair(runner->session, event->pair)->engine.baseline.mean_bps, NAN);
        return;
    }
    if (event->pair < 0 || (event->kind != EVENT_ROW && event->kind != EVENT_BOOK)) {
        return;
    }
    const struct session_pair *pair = session_pair(runner->session, event->pair);
    if (pair->decided_ns == event->time_ns) {
        chart_add(&runner->charts[event->pair], event->time_ns, pair->spread.premium_bps,
                  pair->baseline_bps, pair->need_bps);
    }
}

static bool step(struct runner *runner, const struct event *event)
{
    runner_show(runner, event);
    session_step(runner->session, event, &runner->actions);
    follow(runner, event);
    return open_spots(runner) && runner_take_actions(runner);
}

static bool drain_reports(struct runner *runner, int64_t now_ns)
{
    struct event event = {.kind = EVENT_REPORT, .pair = -1};
    while (
        runner->venue->ops->next_report(runner->venue, now_ns, &event.report, &event.time_ns)) {
        event.day = day_of(event.time_ns);
        if (!runner_record_report(runner, &event) || !step(runner, &event)) {
            return false;
        }
    }
    return true;
}

/* What has happened to an entry since it was decided that bars it now; NONE: it may go. Event
 * time stands still between deciding and sending, so where a session runs with the clock the
 * clock is asked too: a commit that hung makes books old. */
static enum reason overtaken(const struct runner *runner, const struct runner_send *send,
                             int64_t mono_ns)
{
    const struct session_config *config = &runner->setup.session;
    if (send->order.class != ORDER_ENTRY) {
        return REASON_NONE;
    }
    const enum reason recorded = runner_recorded_unsent(runner, send->order.client_id);
    if (recorded != REASON_NONE) {
        return recorded;
    }
    if (latch_is_on(runner->latch) || latch_epoch(runner->latch) != send->epoch) {
        return REASON_GATE_KILL;
    }
    const int64_t waited_ns = session_time_ns(runner->session) - send->decided_ns;
    const bool live = runner_goes_by_the_clock(runner);
    const bool late = waited_ns > config->decision_ttl_ns ||
                      (live && mono_ns - send->decided_mono_ns > config->decision_ttl_ns);
    if (config->has_clock && late) {
        return REASON_GATE_EXPIRED_DECISION;
    }
    return runner_backlog_ns(runner, mono_ns) > 0 ? REASON_JOURNAL_BACKLOG : REASON_NONE;
}

/* An entry that was overtaken is never sent; the core hears that it was rejected. */
static bool refuse_send(struct runner *runner, const struct order *order, enum reason reason)
{
    char what[48];
    const struct event event = {
        .kind = EVENT_REPORT,
        .pair = -1,
        .time_ns = session_time_ns(runner->session),
        .day = day_of(session_time_ns(runner->session)),
        .report = {.client_id = order->client_id,
                   .kind = REPORT_REJECTED,
                   .error = VENUE_ERROR_INVALID_ORDER},
    };
    snprintf(what, sizeof what, "order %" PRIu64, order->client_id);
    runner_say(runner, "entry not sent: %s %s", reason_code(reason), reason_text(reason));
    runner_note_unsent(runner, order->client_id, reason);
    return runner_audit(runner, "send gate", "refuse", what, reason_code(reason)) &&
           runner_record_report(runner, &event) && step(runner, &event);
}

/* Orders that come to mind while these are sent wait for the next round. The clock is read
 * once: both legs of an entry are late or neither is. */
static bool send_all(struct runner *runner)
{
    const int32_t count = runner->sends_count;
    const int64_t mono_ns = clock_monotonic_ns();
    for (int32_t i = 0; i < count; i++) {
        const struct runner_send send = runner->sends[i];
        const enum reason reason = overtaken(runner, &send, mono_ns);
        if (reason != REASON_NONE) {
            if (!refuse_send(runner, &send.order, reason)) {
                return false;
            }
            continue;
        }
        runner->venue->ops->create_order(runner->venue, &send.order,
                                         session_time_ns(runner->session));
    }
    runner->sends_count -= count;
    memmove(runner->sends, &runner->sends[count],
            (size_t)runner->sends_count * sizeof runner->sends[0]);
    return true;
}

bool runner_cycle(struct runner *runner, const struct event *event)
{
    runner_note_act(runner, event);
    if (!step(runner, event)) {
        return false;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (!drain_reports(runner, session_time_ns(runner->session)) ||
            !runner_commit(runner)) {
            return false;
        }
        if (runner->sends_count == 0 || runner_is_at_stop(runner)) {
            return true;
        }
        if (!send_all(runner)) {
            return false;
        }
    }
    return true; /* what is left is due again with the next event */
}

struct event runner_command_event(const struct runner *runner, enum operator_verb verb)
{
    const int64_t time_ns = session_time_ns(runner->session);
    return (struct event){
        .kind = EVENT_COMMAND,
        .pair = -1,
        .time_ns = time_ns,
        .day = day_of(time_ns),
        .command = {.verb = verb},
    };
}

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

enum due_kind { DUE_NOTHING, DUE_REPORT, DUE_TIMER, DUE_SOURCE };

/* Until the data end; of a recorded session until that did. */
static bool timers_go_on(const struct runner *runner)
{
    int64_t until_ns = 0;
    return !runner->source_ended ||
           (runner_recorded_until(runner, &until_ns) && runner->timer_ns <= until_ns);
}

/* What comes next in event time; at the same moment reports, then the timer, then the source.
 */
static enum due_kind next_due(struct runner *runner, int64_t *time_ns)
{
    enum due_kind kind = DUE_NOTHING;
    int64_t until_ns = 0;
    *time_ns = INT64_MAX;
    (void)runner_recorded_until(runner, &until_ns);
    if (runner->has_next) {
        kind = DUE_SOURCE;
        *time_ns = runner->next.time_ns;
    }
    if (runner->timer_ns != 0 && timers_go_on(runner) && runner->timer_ns <= *time_ns) {
        kind = DUE_TIMER;
        *time_ns = runner->timer_ns;
    }
    const int64_t report_ns = runner->venue->ops->next_due_ns(runner->venue);
    if (report_ns != INT64_MAX && report_ns <= *time_ns && report_ns <= until_ns) {
        kind = DUE_REPORT;
        *time_ns = report_ns;
    }
    return kind;
}

static bool pass_time(struct runner *runner, int64_t time_ns)
{
    const struct event timer = {
        .kind = EVENT_TIMER, .pair = -1, .time_ns = time_ns, .day = day_of(time_ns)};
    return runner_cycle(runner, &timer);
}

/* The venue books it on what it holds, and the core what the venue booked: a fill may be told
 * late. */
static bool fund(struct runner *runner, struct event *event)
{
    if (event->time_ns <= session_pair(runner->session, event->pair)->funded_ns) {
        return true; /* told twice: the core passes it by too */
    }
    event->funding.booked = true;
    return venue_paper_fund(runner->venue, event->pair, event->funding.price,
                            event->funding.rate, &event->funding.booked_units,
                            &runner->failure) ||
           runner_fail(runner);
}

static bool take_source(struct runner *runner)
{
    const int64_t taken_ns = clock_monotonic_ns();
    runner->has_next = false;
    runner->source_line = runner->next.line;
    runner->events++;
    const bool history = runner->next.kind == EVENT_HISTORY;
    if (!history && runner->setup.session.has_clock && runner->timer_ns == 0) {
        runner->timer_ns = (runner->next.time_ns / TIMER_NS + 1) * TIMER_NS;
    }
    if (runner->next.kind == EVENT_FUNDING && !fund(runner, &runner->next)) {
        return false;
    }
    if (!runner_cycle(runner, &runner->next)) {
        return false;
    }
    runner_measure(runner, &runner->next, taken_ns);
    return true;
}

static bool take_due(struct runner *runner, enum due_kind kind, int64_t time_ns)
{
    switch (kind) {
    case DUE_SOURCE:
        pace_passed(&runner->pace);
        return take_source(runner);
    case DUE_TIMER:
        runner->timer_ns += TIMER_NS;
        return pass_time(runner, time_ns);
    case DUE_REPORT:
        return pass_time(runner, time_ns);
    case DUE_NOTHING:
        break;
    }
    return true;
}

/* A signal or another process turned the latch on: the core must know before the next event. */
static bool follow_latch(struct runner *runner)
{
    if (!latch_is_on(runner->latch) || session_gate(runner->session)->killed) {
        return true;
    }
    const struct event event = runner_command_event(runner, OPERATOR_KILL);
    runner_note_kill(runner);
    return runner_audit(runner, runner->killed_by, "kill", runner->killed_reason, "done") &&
           runner_cycle(runner, &event);
}

/* Have the data come to their end, and not just to what the host was started for? */
static bool closes_at_end(const struct runner *runner)
{
    const bool limit =
        runner->max_events >= 0 && runner->events >= (uint64_t)runner->max_events;
    return session_params(runner->session)->close_at_end && !runner->closed_at_end && !limit &&
           runner->recording == NULL;
}

/* close_at_end: one last operator-like event at the last books, once. */
static bool close_at_end(struct runner *runner)
{
    runner->closed_at_end = true;
    const struct event event = runner_command_event(runner, OPERATOR_END);
    return runner_cycle(runner, &event);
}

/* History is of the past; and by the time live data are received, time has come as far as
 * theirs, whatever the clock said when the round began. */
static bool is_let_through(const struct runner *runner, enum due_kind kind)
{
    return (kind == DUE_SOURCE && runner->next.kind == EVENT_HISTORY) ||
           (runner->pace.follows && runner->has_next);
}

/* One thing that is due; false when something else ends the pump: *state says what. */
static bool pump_one(struct runner *runner, int64_t mono_ns, int64_t *due_mono_ns,
                     enum runner_state *state)
{
    *state = RUNNER_FAILED;
    bool went_on = false;
    if (!follow_latch(runner)) {
        return false;
    }
    if (runner_is_at_stop(runner)) {
        return runner_go_on_as_recorded(runner, &went_on);
    }
    if (!peek(runner)) {
        return false;
    }
    int64_t time_ns = 0;
    const enum due_kind kind = next_due(runner, &time_ns);
    const struct recording_act *act = runner_recorded_act(runner, time_ns);
    if (act != NULL) {
        return runner_act_as_recorded(runner, act);
    }
    if (kind == DUE_NOTHING && !runner->source_ended) {
        *due_mono_ns = INT64_MAX; /* the source calls */
        *state = RUNNER_WAITING;
        return false;
    }
    if (kind == DUE_NOTHING) {
        if (!runner_go_on_as_recorded(runner, &went_on) || went_on) {
            return went_on;
        }
        if (closes_at_end(runner)) {
            return close_at_end(runner); /* and what it sent may be due later */
        }
        *state = RUNNER_ENDED;
        session_settle(runner->session);
        return false;
    }
    if (!is_let_through(runner, kind) &&
        time_ns > pace_event_ns(&runner->pace, time_ns, mono_ns)) {
        *due_mono_ns = pace_due_mono_ns(&runner->pace, time_ns);
        *state = RUNNER_WAITING;
        return false;
    }
    if (!take_due(runner, kind, time_ns)) {
        return false;
    }
    runner_look_at_alerts(runner);
    return !runner->failed;
}

enum runner_state runner_pump(struct runner *runner, int64_t mono_ns, int64_t wall_ns,
                              int32_t events_max, int64_t *due_mono_ns)
{
    enum runner_state state = RUNNER_FAILED;
    runner->wall_ns = wall_ns;
    runner->mono_ns = mono_ns;
    *due_mono_ns = mono_ns;
    for (int32_t i = 0; i < events_max && !runner->failed; i++) {
        if (!pump_one(runner, mono_ns, due_mono_ns, &state)) {
            if (state == RUNNER_ENDED && !runner_save(runner)) {
                return RUNNER_FAILED;
            }
            break;
        }
        state = RUNNER_BUSY;
    }
    if (runner->failed) {
        return RUNNER_FAILED;
    }
    runner_measure_rates(runner, mono_ns);
    if (state == RUNNER_WAITING && runner->pace.follows) {
        const int64_t clock_ns = pace_event_ns(&runner->pace, 0, mono_ns);
        const int64_t taken_ns = session_time_ns(runner->session);
        runner->reached_ns = clock_ns > taken_ns ? clock_ns : taken_ns;
    }
    runner_note_mark(runner);
    const double period_ns = runner->setup.config.session.state_period_s * 1e9;
    if ((double)(wall_ns - runner->saved_wall_ns) >= period_ns && !runner_save(runner)) {
        return RUNNER_FAILED;
    }
    return state;
}

const struct err *runner_failure(const struct runner *runner)
{
    return &runner->failure;
}

bool runner_resumed(const struct runner *runner)
{
    return runner->resumed;
}

const char *runner_session_name(const struct runner *runner)
{
    return runner->record.name;
}

uint64_t runner_sequence(const struct runner *runner)
{
    return session_sequence(runner->session);
}

const char *runner_decision_hash(const struct runner *runner, uint64_t *count)
{
    *count = runner->trace.count;
    return runner->trace.hash;
}

uint64_t runner_events(const struct runner *runner)
{
    return runner->events;
}

uint64_t runner_events_durable(const struct runner *runner)
{
    return runner->events_saved;
}

enum reason runner_passing_fault(const struct runner *runner)
{
    const enum reason fault = runner->failed ? journal_fault(runner->journal) : REASON_NONE;
    return fault == REASON_JOURNAL_FULL || fault == REASON_JOURNAL_BUSY ? fault : REASON_NONE;
}
