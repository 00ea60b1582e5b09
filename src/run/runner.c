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

static bool pass_time(struct runner *runner, const struct runner_next *next)
{
    const struct event timer = {.kind = EVENT_TIMER,
                                .pair = -1,
                                .time_ns = next->time_ns,
                                .day = day_of(next->time_ns)};
    runner->timer_ns += next->kind == NEXT_TIMER ? TIMER_NS : 0;
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
    pace_passed(&runner->pace);
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

/* The source has ended and nothing is on its way; but a recording may go on, and what is closed
 * now is still to be reported. */
static enum runner_state end(struct runner *runner)
{
    bool went_on = false;
    if (!runner_go_on_as_recorded(runner, &went_on)) {
        return RUNNER_FAILED;
    }
    if (went_on) {
        return RUNNER_BUSY;
    }
    if (closes_at_end(runner)) {
        return close_at_end(runner) ? RUNNER_BUSY : RUNNER_FAILED;
    }
    session_settle(runner->session);
    return runner_save(runner) ? RUNNER_ENDED : RUNNER_FAILED;
}

static bool take_due(struct runner *runner, const struct runner_next *next)
{
    const bool taken =
        next->kind == NEXT_SOURCE ? take_source(runner) : pass_time(runner, next);
    if (taken) {
        runner_look_at_alerts(runner);
    }
    return taken && !runner->failed;
}

/* One thing, or nothing before *due_mono_ns. */
static enum runner_state pump_one(struct runner *runner, int64_t mono_ns, int64_t *due_mono_ns)
{
    struct runner_next next;
    bool done = false;
    bool went_on = false;
    if (!follow_latch(runner) || !runner_find_next(runner, mono_ns, &next)) {
        return RUNNER_FAILED;
    }
    switch (next.kind) {
    case NEXT_WAIT: /* if nothing is known to come, the source calls */
        *due_mono_ns = next.time_ns == INT64_MAX
                           ? INT64_MAX
                           : pace_due_mono_ns(&runner->pace, next.time_ns);
        return RUNNER_WAITING;
    case NEXT_END:
        return end(runner);
    case NEXT_STOP:
        done = runner_go_on_as_recorded(runner, &went_on);
        break;
    case NEXT_ACT:
        done = runner_act_as_recorded(runner, next.act);
        break;
    case NEXT_REPORT:
    case NEXT_TIMER:
    case NEXT_SOURCE:
        done = take_due(runner, &next);
        break;
    }
    return done ? RUNNER_BUSY : RUNNER_FAILED;
}

enum runner_state runner_pump(struct runner *runner, int64_t mono_ns, int64_t wall_ns,
                              int32_t events_max, int64_t *due_mono_ns)
{
    enum runner_state state = RUNNER_BUSY;
    runner->wall_ns = wall_ns;
    runner->mono_ns = mono_ns;
    *due_mono_ns = mono_ns;
    for (int32_t i = 0; i < events_max && state == RUNNER_BUSY && !runner->failed; i++) {
        state = pump_one(runner, mono_ns, due_mono_ns);
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
