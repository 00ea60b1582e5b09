#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/num.h"
#include "run/envelope.h"
#include "runner_state.h"

/* Carrying out what the core decided: everything durable first. */

bool runner_begin(struct runner *runner)
{
    if (runner->in_transaction) {
        return true;
    }
    const int64_t began_ns = clock_monotonic_ns();
    runner->in_transaction = journal_begin(runner->journal, &runner->failure);
    runner_note_write(runner, began_ns);
    return runner->in_transaction || runner_fail(runner);
}

void runner_say(struct runner *runner, const char *format, ...)
{
    char when[CALENDAR_TEXT_SIZE];
    const int64_t event_ns = session_time_ns(runner->session);
    const int64_t time_ns = event_ns != 0 ? event_ns : runner->wall_ns; /* no event yet */
    struct snapshot_log *row = &runner->log[runner->log_head];
    va_list args;
    va_start(args, format);
    vsnprintf(row->text, sizeof row->text, format, args);
    va_end(args);
    row->time_ns = time_ns;
    text_addf(&runner->acks, "%s %s\n", calendar_format(when, time_ns, 0), row->text);
    runner->log_head = (runner->log_head + 1) % RUNNER_LOG_LINES;
    runner->log_count += runner->log_count < RUNNER_LOG_LINES ? 1 : 0;
}

bool runner_audit(struct runner *runner, const char *who, const char *verb, const char *text,
                  const char *outcome)
{
    const struct journal_audit row = {
        .wall_ns = runner->wall_ns,
        .time_ns = session_time_ns(runner->session),
        .operator_name = who,
        .verb = verb,
        .text = text,
        .result = outcome,
    };
    runner->dirty = true;
    return runner_begin(runner) &&
           (journal_put_audit(runner->journal, runner->record.id, &row, &runner->failure) ||
            runner_fail(runner));
}

static const char *pair_name(const struct runner *runner, int32_t pair)
{
    return pair < 0 ? "all" : runner->setup.session.pairs[pair].name;
}

static bool is_refusal(const struct guard_decision *decision)
{
    return decision->action != GUARD_ALLOW && decision->action != GUARD_SCALE;
}

static bool put_decision(struct runner *runner, const struct guard_decision *decision)
{
    const struct guard_candidate *candidate = &decision->candidate;
    struct text json = text_growing();
    const struct envelope_context context = {
        .session = runner->record.name,
        .mode = runner->record.mode,
        .build = runner->version,
        .config_hash = runner->setup.options_hash,
        .revision = session_revision(runner->session),
        .cycle = session_sequence(runner->session),
        .wall_ns = runner->wall_ns,
        .instrument = &runner->setup.session.pairs[candidate->pair],
    };
    envelope_json(decision, &context, &json);
    const bool done = journal_put_decision(runner->journal, runner->record.id, decision,
                                           pair_name(runner, candidate->pair),
                                           text_string(&json), &runner->failure);
    text_finish(&json);
    return done || runner_fail(runner);
}

static bool take_decision(struct runner *runner, const struct guard_decision *decision)
{
    const struct guard_candidate *candidate = &decision->candidate;
    const int64_t alike = is_refusal(decision) ? runner_alike(runner, decision) : 0;
    if (alike != 0) {
        return journal_count_decision(runner->journal, runner->record.id, alike,
                                      candidate->time_ns, &runner->failure) ||
               runner_fail(runner);
    }
    if (!put_decision(runner, decision)) {
        return false;
    }
    /* A near miss has its place on the screen and in the journal. */
    if (is_refusal(decision) && !runner_is_near_miss(candidate)) {
        runner_say(runner, "refused %s %s net %.1f bps: %s %s",
                   pair_name(runner, candidate->pair), spread_side_name(candidate->side),
                   candidate->net_edge_bps, reason_code(decision->primary),
                   reason_text(decision->primary));
    }
    return true;
}

static void say_trade(struct runner *runner, enum trade_change change,
                      const struct trade *trade, const struct trade_result *result)
{
    const char *pair = pair_name(runner, trade->pair);
    switch (change) {
    case TRADE_CHANGE_OPENING:
        runner_say(runner, "trade %" PRIu64 " opening %s %s", trade->id, pair,
                   spread_side_name(trade->side));
        break;
    case TRADE_CHANGE_OPENED:
        runner_say(runner, "trade %" PRIu64 " opened %s %s %.8g coin, predicted %+.1f bps",
                   trade->id, pair, spread_side_name(trade->side), trade->quantity,
                   trade->net_edge_bps);
        break;
    case TRADE_CHANGE_CLOSED:
        runner_say(runner, "trade %" PRIu64 " closed %s %s %+.2f USD (%+.1f bps)", trade->id,
                   pair, trade_exit_name(trade->exit), result->pnl_usd, result->pnl_bps);
        break;
    case TRADE_CHANGE_CLOSING:
    case TRADE_CHANGE_BROKEN:
    case TRADE_CHANGE_UNWINDING:
        runner_say(runner, "trade %" PRIu64 " %s %s", trade->id, trade_state_name(trade->state),
                   pair);
        break;
    }
}

static bool take_trade(struct runner *runner, const struct action *action)
{
    const struct trade *trade = &action->trade.trade;
    if (!journal_put_trade(runner->journal, runner->record.id, trade, &action->trade.result,
                           pair_name(runner, trade->pair), &runner->failure)) {
        return runner_fail(runner);
    }
    if (action->trade.change == TRADE_CHANGE_BROKEN) {
        runner->broken_trade = trade->id;
    }
    if (action->trade.change == TRADE_CHANGE_CLOSED) {
        alert_table_note_trade(runner->alerts, trade->net_edge_bps,
                               action->trade.result.pnl_bps);
    }
    say_trade(runner, action->trade.change, trade, &action->trade.result);
    return true;
}

static bool take_state(struct runner *runner, const struct action *action)
{
    static const char *const NAMES[] = {
        [STATE_KILLED] = "killed",
        [STATE_RELEASED] = "released",
        [STATE_ARMED] = "armed",
        [STATE_DISARMED] = "disarmed",
        [STATE_PAUSED] = "paused",
        [STATE_RESUMED] = "resumed",
        [STATE_STOPPED] = "stopped",
        [STATE_REVISED] = "has other parameters",
        [STATE_CAUSE_ENTERED] = "guard: enter",
        [STATE_CAUSE_LEFT] = "guard: leave",
    };
    const bool cause =
        action->state.change == STATE_CAUSE_ENTERED || action->state.change == STATE_CAUSE_LEFT;
    char line[SNAPSHOT_LINE_SIZE];
    if (cause) {
        snprintf(line, sizeof line, "%s %s (%s) %s", NAMES[action->state.change],
                 reason_code(action->state.reason), pair_name(runner, action->state.pair),
                 reason_text(action->state.reason));
    } else {
        snprintf(line, sizeof line, "session %s", NAMES[action->state.change]);
    }
    runner_say(runner, "%s", line);
    return !cause || runner_audit(runner, "guard", NAMES[action->state.change], line, "done");
}

/* The journal says of each order of a shadow session that it went to nobody. */
static bool would_send(struct runner *runner, const struct order *order)
{
    char what[64];
    if (runner->setup.session.mode != SESSION_SHADOW) {
        return true;
    }
    snprintf(what, sizeof what, "order %" PRIu64 ": %s %.8g %s on %s", order->client_id,
             order->side == ORDER_BUY ? "buy" : "sell", ledger_amount(order->quantity_units),
             pair_name(runner, order->pair), venue_name(order->venue));
    runner_say(runner, "would send %s", what);
    return runner_audit(runner, "shadow", "would send", what, "not sent");
}

static bool take_submit(struct runner *runner, const struct order *order)
{
    if (!journal_put_intent(runner->journal, runner->record.id, order,
                            session_time_ns(runner->session), &runner->failure)) {
        return runner_fail(runner);
    }
    if (!would_send(runner, order)) {
        return false;
    }
    if (runner->sends_count == RUNNER_SENDS_MAX) {
        err_set(&runner->failure, ERR_INTERNAL, "more than %d orders in one moment",
                RUNNER_SENDS_MAX);
        return runner_fail(runner);
    }
    runner->sends[runner->sends_count++] = (struct runner_send){
        .order = *order,
        .epoch = latch_epoch(runner->latch),
        .decided_ns = session_time_ns(runner->session),
        .decided_mono_ns = clock_monotonic_ns(),
    };
    return true;
}

/* A refusal changes nothing and may wait for the next commit; whatever else happened may not.
 */
static bool is_urgent(const struct action *action)
{
    return action->kind != ACTION_DECISION || !is_refusal(&action->decision);
}

static bool take_action(struct runner *runner, const struct action *action)
{
    const int64_t now_ns = session_time_ns(runner->session);
    runner->dirty = runner->dirty || is_urgent(action);
    trace_add(&runner->trace, now_ns, action);
    switch (action->kind) {
    case ACTION_DECISION:
        return take_decision(runner, &action->decision);
    case ACTION_SUBMIT:
        return take_submit(runner, &action->order);
    case ACTION_TRADE:
        return take_trade(runner, action);
    case ACTION_STATE:
        return take_state(runner, action);
    case ACTION_CANCEL:
        runner->venue->ops->cancel_order(runner->venue, action->client_id, now_ns);
        return true;
    case ACTION_QUERY:
        runner->venue->ops->get_order_status(runner->venue, action->client_id, now_ns);
        return true;
    }
    return true;
}

bool runner_take_actions(struct runner *runner)
{
    if (runner->actions.count > 0 && !runner_begin(runner)) {
        return false;
    }
    for (size_t i = 0; i < runner->actions.count; i++) {
        if (!take_action(runner, &runner->actions.actions[i])) {
            return false;
        }
    }
    runner->actions.count = 0;
    return true;
}

bool runner_record_report(struct runner *runner, const struct event *event)
{
    const struct session_order *known = session_order(runner->session, event->report.client_id);
    if (known == NULL) {
        return true; /* the core will pass it by too */
    }
    runner->dirty = true;
    runner_note_report(runner, known, event);
    return runner_begin(runner) &&
           (journal_put_report(runner->journal, runner->record.id, &known->order,
                               &event->report, event->time_ns, &runner->failure) ||
            runner_fail(runner));
}

static bool put_state(struct runner *runner)
{
    const struct guard_gate *gate = session_gate(runner->session);
    struct journal_state state = {
        .sequence = session_sequence(runner->session),
        .source_line = runner->source_line,
        .time_ns = session_time_ns(runner->session),
        .wall_ns = runner->wall_ns,
        .killed = gate->killed,
        .armed = gate->armed,
        .paused = gate->paused,
        .stopped = session_guard(runner->session)->stopped,
        .killed_wall_ns = runner->killed_wall_ns,
        .core = runner_keep(runner),
        .core_size = runner_kept_size(runner),
    };
    text_copy(state.killed_by, sizeof state.killed_by, runner->killed_by);
    text_copy(state.killed_reason, sizeof state.killed_reason, runner->killed_reason);
    text_copy(state.paused_by, sizeof state.paused_by, runner->paused_by);
    state.venue = venue_paper_state(runner->venue, &state.venue_size);
    return journal_put_state(runner->journal, runner->record.id, &state, &runner->failure) ||
           runner_fail(runner);
}

static void tell(struct runner *runner)
{
    const char *rest = text_string(&runner->acks);
    struct text_line line;
    while (runner->life != NULL && text_take_line(&rest, &line)) {
        char one[SNAPSHOT_LINE_SIZE + CALENDAR_TEXT_SIZE];
        text_cut(one, sizeof one, "%.*s", (int)line.length, line.start);
        runner->life(runner->life_context, one);
    }
    text_clear(&runner->acks);
}

bool runner_save(struct runner *runner)
{
    if (!runner_begin(runner)) {
        return false;
    }
    const int64_t began_ns = clock_monotonic_ns();
    if (!put_state(runner)) {
        return false;
    }
    if (runner->settle != NULL) {
        runner->settle(runner->note_context);
    }
    if (!journal_commit(runner->journal, &runner->failure)) {
        return runner_fail(runner);
    }
    runner->in_transaction = false;
    runner->dirty = false;
    runner_note_write(runner, began_ns);
    runner_note_written(runner);
    runner->saved_wall_ns = runner->wall_ns;
    runner->events_saved = runner->events;
    tell(runner);
    return true;
}

bool runner_commit(struct runner *runner)
{
    return !runner->dirty || runner_save(runner);
}
