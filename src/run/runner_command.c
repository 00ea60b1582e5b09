#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "runner_state.h"

/* Operators act. Whatever they ask is audited, and so is what became of it. */

bool runner_answer(struct command_result *out, bool done, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(out->text, sizeof out->text, format, args);
    va_end(args);
    out->done = done;
    return done;
}

static bool act(struct runner *runner, enum operator_verb verb, uint64_t trade_id)
{
    struct event event = runner_command_event(runner, verb);
    event.command.trade_id = trade_id;
    return runner_cycle(runner, &event);
}

/* A signal leaves its flag file too: the next session of the folder must find it. */
void runner_note_kill(struct runner *runner)
{
    struct err err = {0};
    struct state_dir_kill cause = {.by = "signal", .reason = "SIGUSR2"};
    if (state_dir_kill_engaged(runner->dir)) {
        state_dir_kill_cause(runner->dir, &cause);
    } else if (!state_dir_engage_kill(runner->dir, cause.by, cause.reason, &err)) {
        log_warn("run", "kill switch is on without its flag file: %s", err.text);
    }
    text_copy(runner->killed_by, sizeof runner->killed_by, cause.by);
    text_copy(runner->killed_reason, sizeof runner->killed_reason, cause.reason);
    runner->killed_wall_ns = runner->wall_ns;
}

/* Atomic first, then the flag file, then the journal (SAFETY.md 3.2): a crash anywhere leaves
 * it on. */
static bool kill_switch(struct runner *runner, const struct command *command,
                        struct command_result *out)
{
    const bool fresh = latch_engage(runner->latch);
    struct err err = {0};
    const bool flagged =
        state_dir_engage_kill(runner->dir, command->operator_name, command->reason, &err);
    if (!session_gate(runner->session)->killed && !runner->failed) {
        text_copy(runner->killed_by, sizeof runner->killed_by, command->operator_name);
        text_copy(runner->killed_reason, sizeof runner->killed_reason, command->reason);
        runner->killed_wall_ns = runner->wall_ns;
        (void)act(runner, OPERATOR_KILL, 0);
    }
    if (!flagged) {
        return runner_answer(out, true,
                             "kill switch is on, but its flag file could not be written: %.80s",
                             err.text);
    }
    return runner_answer(out, true, "kill switch is on%s: entries barred, exits managed",
                         fresh ? "" : " already");
}

/* Journal row, then the flag file, then the atomic: the reverse of engaging. */
static bool release(struct runner *runner, const struct command *command,
                    struct command_result *out)
{
    if (strcmp(command->text, runner->record.name) != 0) {
        return runner_answer(out, false, "release needs the session's name, '%s'",
                             runner->record.name);
    }
    if (strspn(command->reason, " \t") == strlen(command->reason)) {
        return runner_answer(out, false, "release needs a reason");
    }
    if (!latch_is_on(runner->latch) && !session_gate(runner->session)->killed &&
        guard_level_of(session_guard(runner->session), -1) < GUARD_HALTED) {
        return runner_answer(out, false,
                             "nothing to release: kill switch is off, guard is not halted");
    }
    struct err err = {0};
    const uint64_t presses = latch_presses(runner->latch);
    if (!act(runner, OPERATOR_RELEASE, 0)) {
        return runner_answer(out, false, "journal failed, kill switch stays on");
    }
    if (!state_dir_release_kill(runner->dir, &err)) {
        (void)act(runner, OPERATOR_KILL, 0);
        return runner_answer(out, false, "kill switch stays on: %.120s", err.text);
    }
    if (!latch_release_since(runner->latch, presses)) {
        runner_note_kill(runner);
        (void)act(runner, OPERATOR_KILL, 0);
        return runner_answer(out, false,
                             "kill switch was engaged again meanwhile: it stays on");
    }
    runner->killed_by[0] = '\0';
    runner->killed_reason[0] = '\0';
    if (session_guard(runner->session)->stopped) {
        return runner_answer(out, true,
                             "released; but this session is stopped and opens nothing more");
    }
    if (guard_level_of(session_guard(runner->session), -1) >= GUARD_HALTED) {
        return runner_answer(
            out, true, "released and disarmed; the guard stays halted until its cause ends");
    }
    return runner_answer(out, true, "released; the session is disarmed until armed");
}

static bool arm(struct runner *runner, struct command_result *out)
{
    if (latch_is_on(runner->latch)) {
        return runner_answer(out, false, "kill switch is on: release it first");
    }
    if (session_guard(runner->session)->stopped) {
        return runner_answer(out, false, "session is stopped: it opens nothing more");
    }
    return runner_answer(out, act(runner, OPERATOR_ARM, 0), "armed");
}

static bool has_trade(const struct runner *runner, uint64_t id)
{
    for (int32_t pair = 0; pair < runner->setup.session.pairs_count; pair++) {
        int32_t count = 0;
        const struct trade *trades = session_trades(runner->session, pair, &count);
        for (int32_t i = 0; i < count; i++) {
            if (id != 0 && trades[i].id == id) {
                return true;
            }
        }
    }
    return false;
}

static int32_t trades_open(const struct runner *runner)
{
    int32_t all = 0;
    for (int32_t pair = 0; pair < runner->setup.session.pairs_count; pair++) {
        int32_t count = 0;
        (void)session_trades(runner->session, pair, &count);
        all += count;
    }
    return all;
}

static bool close_one(struct runner *runner, const struct command *command,
                      struct command_result *out)
{
    if (!has_trade(runner, command->number)) {
        return runner_answer(out, false, "trade %" PRIu64 " is not open", command->number);
    }
    return runner_answer(out, act(runner, OPERATOR_CLOSE, command->number),
                         "trade %" PRIu64 " is closing", command->number);
}

static bool change_speed(struct runner *runner, const struct command *command, int64_t mono_ns,
                         struct command_result *out)
{
    if (runner->pace.follows) {
        return runner_answer(out, false, "live data come as they come");
    }
    if (!(command->value > 0.0)) {
        return runner_answer(out, false, "speed must be above zero");
    }
    pace_set_speed(&runner->pace, command->value, mono_ns);
    return isinf(command->value) ? runner_answer(out, true, "speed max")
                                 : runner_answer(out, true, "speed x%g", command->value);
}

static bool touch_alert(struct runner *runner, const struct command *command,
                        struct command_result *out)
{
    const uint32_t id = (uint32_t)command->number;
    if (command->kind == COMMAND_ACK) {
        return alert_table_ack(runner->alerts, id, command->operator_name)
                   ? runner_answer(out, true, "alarm acknowledged")
                   : runner_answer(out, false, "no such alarm to acknowledge");
    }
    const double most_s = 3600.0;
    if (!(command->value > 0.0) || command->value > most_s) {
        return runner_answer(out, false, "an alarm is shelved for at most an hour");
    }
    const int64_t until_ns = session_time_ns(runner->session) + (int64_t)(command->value * 1e9);
    return alert_table_shelve(runner->alerts, id, until_ns)
               ? runner_answer(out, true, "alarm shelved for %.0f min", command->value / 60.0)
               : runner_answer(out, false, "no such alarm to shelve");
}

/* The real latch, on and off again between two events: the core never sees it, the send gate
 * does. */
static bool drill(struct runner *runner, struct command_result *out)
{
    if (latch_is_on(runner->latch)) {
        return runner_answer(out, false, "kill switch is on: no drill now");
    }
    const int64_t from_ns = clock_monotonic_ns();
    latch_engage(runner->latch);
    const uint64_t presses = latch_presses(runner->latch);
    const bool shut = latch_is_on(runner->latch);
    const int64_t took_ns = clock_monotonic_ns() - from_ns;
    if (!latch_release_since(runner->latch, presses)) {
        return runner_answer(out, false, "a kill came in the middle of the drill: it is on");
    }
    return runner_answer(out, shut, "kill drill: send gate shut after %.1f us",
                         (double)took_ns / 1e3);
}

static bool carry_out(struct runner *runner, const struct command *command, int64_t mono_ns,
                      struct command_result *out)
{
    switch (command->kind) {
    case COMMAND_KILL:
        return kill_switch(runner, command, out);
    case COMMAND_RELEASE:
        return release(runner, command, out);
    case COMMAND_ARM:
        return arm(runner, out);
    case COMMAND_DISARM:
        return runner_answer(out, act(runner, OPERATOR_DISARM, 0), "disarmed");
    case COMMAND_PAUSE:
        text_copy(runner->paused_by, sizeof runner->paused_by, command->operator_name);
        return runner_answer(out, act(runner, OPERATOR_PAUSE, 0),
                             "entries paused, exits managed");
    case COMMAND_RESUME:
        runner->paused_by[0] = '\0';
        return runner_answer(out, act(runner, OPERATOR_RESUME, 0), "entries resumed");
    case COMMAND_CLOSE:
        return close_one(runner, command, out);
    case COMMAND_FLATTEN: {
        const int32_t count = trades_open(runner);
        return runner_answer(out, act(runner, OPERATOR_FLATTEN, 0),
                             "closing %" PRId32 " trades", count);
    }
    case COMMAND_ACK_ALL: {
        const int32_t count = alert_table_ack_all(runner->alerts, command->operator_name);
        return runner_answer(out, true, "%" PRId32 " alarms acknowledged", count);
    }
    case COMMAND_ACK:
    case COMMAND_SHELVE:
        return touch_alert(runner, command, out);
    case COMMAND_SPEED:
        return change_speed(runner, command, mono_ns, out);
    case COMMAND_PLAYBACK_PAUSE:
        if (runner->pace.follows) {
            return runner_answer(out, false, "live data cannot be paused; entries can");
        }
        pace_pause(&runner->pace);
        return runner_answer(out, true, "playback paused");
    case COMMAND_PLAYBACK_RUN:
        pace_run(&runner->pace);
        return runner_answer(out, true, "playback goes on");
    case COMMAND_STEP:
        if (!runner->pace.paused) {
            return runner_answer(out, false, "pause the playback first");
        }
        pace_step(&runner->pace);
        return runner_answer(out, true, "one event");
    case COMMAND_DRILL:
        return drill(runner, out);
    case COMMAND_USE:
        return runner_use(runner, command, out);
    case COMMAND_QUIT: /* the host's */
        return runner_answer(out, true, "ending the session");
    }
    return runner_answer(out, false, "unknown command");
}

/* What was said with the verb, as far as there was anything. */
static void put_words(const struct command *command, struct text *out)
{
    const char *const words[] = {command->text, command->origin, command->params,
                                 command->reason};
    if (command->number != 0) {
        text_addf(out, "%" PRIu64, command->number);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i][0] != '\0') {
            text_addf(out, "%s%s", out->length > 0 ? " " : "", words[i]);
        }
    }
}

static void put_on_record(struct runner *runner, const struct command *command,
                          const struct command_result *result)
{
    const char *verb = command_kind_name(command->kind);
    struct text said = text_growing();
    put_words(command, &said);
    runner_say(runner, "%s: %s: %s", command->operator_name, verb, result->text);
    (void)(runner_audit(runner, command->operator_name, verb, text_string(&said),
                        result->text) &&
           runner_commit(runner));
    text_finish(&said);
}

static bool touches_alerts(enum command_kind kind)
{
    return kind == COMMAND_ACK || kind == COMMAND_ACK_ALL || kind == COMMAND_SHELVE;
}

void runner_command(struct runner *runner, const struct command *command, int64_t wall_ns,
                    int64_t mono_ns, struct command_result *out)
{
    memset(out, 0, sizeof *out);
    runner->wall_ns = wall_ns;
    if (runner->failed && command->kind != COMMAND_KILL && command->kind != COMMAND_QUIT) {
        runner_answer(out, false, "the session has failed: %.120s", runner->failure.text);
        return;
    }
    (void)carry_out(runner, command, mono_ns, out);
    if (touches_alerts(command->kind)) {
        runner->alerts_ns = 0; /* the journal's list is not to be a second behind */
        runner_look_at_alerts(runner);
    }
    if (runner->failed) {
        if (command->kind != COMMAND_KILL) {
            runner_answer(out, false, "the session has failed: %.120s", runner->failure.text);
        }
        return;
    }
    if (command->kind != COMMAND_USE ||
        !out->done) { /* a revision is on record with its state */
        put_on_record(runner, command, out);
    }
}

bool runner_page(struct runner *runner, const struct page_query *query, struct page *out,
                 struct err *err)
{
    if (!journal_query(runner->journal, runner->record.id, query, out, err)) {
        return false;
    }
    out->made_ns = session_time_ns(runner->session);
    return true;
}
