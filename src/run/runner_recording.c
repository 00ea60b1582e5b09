#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "runner_state.h"

/* What a recording must know besides the frames, told as it happens; and the way back, when the
 * session's source is such a recording. */

enum { NOTE_SIZE = COMMAND_PARAMS_SIZE + 128 };

/* What is received and not yet taken in when a session stops: so much of it still is, so that
 * it is known to which moment all was done. */
enum { END_ROUNDS_MAX = 64, END_EVENTS = 512 };

__attribute__((format(printf, 2, 3))) static void note(const struct runner *runner,
                                                       const char *format, ...)
{
    char line[NOTE_SIZE];
    va_list args;
    if (runner->note == NULL) {
        return;
    }
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    runner->note(runner->note_context, line);
}

/* The parameters a revision brings, all of them, as COMMAND_USE takes them. */
static void list_params(const struct engine_params *params, struct text *out)
{
    static const char SECTION[] = "engine.";
    struct config config;
    struct text all = text_growing();
    config_defaults(&config);
    config.engine = *params;
    config_list(&config, &all);
    struct text_line line;
    for (const char *rest = text_string(&all); text_take_line(&rest, &line);) {
        const size_t name = strcspn(line.start, " ");
        for (size_t i = 0; command_param_name(i) != NULL && name > strlen(SECTION); i++) {
            const char *key = line.start + strlen(SECTION);
            const size_t key_length = name - strlen(SECTION);
            if (strncmp(line.start, SECTION, strlen(SECTION)) == 0 &&
                strlen(command_param_name(i)) == key_length &&
                strncmp(command_param_name(i), key, key_length) == 0) {
                const char *value = line.start + name + strlen(" = ");
                text_addf(out, " %.*s=%.*s", (int)key_length, key,
                          (int)(line.length - (size_t)(value - line.start)), value);
            }
        }
    }
    text_finish(&all);
}

static void note_trace(const struct runner *runner, const char *word, int64_t time_ns)
{
    note(runner, "%s %" PRIu64 " %" PRId64 " %" PRIu64 " %s", word,
         session_sequence(runner->session), time_ns, runner->trace.count, runner->trace.hash);
}

void runner_note_start(const struct runner *runner)
{
    const char *gate = session_gate(runner->session)->killed ? "killed" : "open";
    if (!runner->resumed) {
        note(runner, "begin %s", gate);
        return;
    }
    note(runner, "resume %" PRIu64 " %" PRId64 " %s %s", session_sequence(runner->session),
         session_time_ns(runner->session), runner->was_sending ? "sending" : "idle", gate);
    note_trace(runner, "mark", session_time_ns(runner->session));
}

void runner_note_act(struct runner *runner, const struct event *event)
{
    const uint64_t sequence = session_sequence(runner->session);
    if (event->kind == EVENT_COMMAND && event->command.verb != OPERATOR_END) {
        note(runner, "command %" PRIu64 " %" PRId64 " %s %" PRIu64, sequence, event->time_ns,
             operator_verb_name(event->command.verb), event->command.trade_id);
        runner->follows_exactly = runner->follows_exactly && runner->acting_as_recorded;
    }
    if (event->kind == EVENT_REVISION) {
        char buffer[COMMAND_PARAMS_SIZE];
        struct text params = text_fixed(buffer, sizeof buffer);
        list_params(&event->revision.params, &params);
        note(runner, "use %" PRIu64 " %" PRId64 "%s", sequence, event->time_ns,
             text_string(&params));
        runner->follows_exactly = runner->follows_exactly && runner->acting_as_recorded;
    }
}

void runner_note_unsent(const struct runner *runner, uint64_t client_id, enum reason reason)
{
    note(runner, "unsent %" PRIu64 " %d", client_id, (int)reason);
}

void runner_note_mark(struct runner *runner)
{
    if (runner->trace.count != runner->count_marked) {
        runner->count_marked = runner->trace.count;
        note_trace(runner, "mark", session_time_ns(runner->session));
    }
}

void runner_note_end(struct runner *runner)
{
    enum runner_state state = RUNNER_BUSY;
    int64_t due_ns = 0;
    if (!runner->pace.follows || runner->failed) {
        return;
    }
    for (int round = 0; round < END_ROUNDS_MAX && state == RUNNER_BUSY; round++) {
        state = runner_pump(runner, runner->mono_ns, runner->wall_ns, END_EVENTS, &due_ns);
    }
    if (state == RUNNER_WAITING) {
        note_trace(runner, "end", runner->reached_ns);
    }
}

/* The run that is being followed, and the one behind it; NULL: none. */
static const struct recording_run *this_run(const struct runner *runner)
{
    return runner->recording == NULL ? NULL : &runner->recording->runs[runner->run];
}

static const struct recording_run *next_run(const struct runner *runner)
{
    const struct recording *recording = runner->recording;
    return recording == NULL || runner->run + 1 == recording->runs_count
               ? NULL
               : &recording->runs[runner->run + 1];
}

bool runner_open_recording(struct runner *runner, struct err *err)
{
    struct recording *recording = NULL;
    if (!recording_load(&recording, runner->setup.path, err)) {
        return false;
    }
    if (!recording->of_session) {
        recording_free(recording);
        return true;
    }
    runner->recording = recording;
    runner->follows_exactly = setup_decides_as(&runner->setup, recording->options);
    return true;
}

void runner_find_run(struct runner *runner)
{
    const struct recording_run *next;
    while ((next = next_run(runner)) != NULL &&
           (runner->follows_exactly ? next->sequence < session_sequence(runner->session)
                                    : next->time_ns < session_time_ns(runner->session))) {
        runner->run++;
    }
}

size_t runner_recorded_run(const struct runner *runner)
{
    return runner->run;
}

bool runner_recorded_killed(const struct runner *runner)
{
    const struct recording_run *run = this_run(runner);
    return run != NULL && run->killed;
}

bool runner_recorded_until(const struct runner *runner, int64_t *until_ns)
{
    const struct recording_run *run = this_run(runner);
    const struct recording_run *next = next_run(runner);
    const bool known = run != NULL && (run->has_end || next != NULL);
    *until_ns = !known ? INT64_MAX : run->has_end ? run->end_ns : next->time_ns;
    return known;
}

/* It stopped there, or was killed there: behind it nothing was durable. */
bool runner_is_at_stop(const struct runner *runner)
{
    const struct recording_run *next = next_run(runner);
    return next != NULL && runner->follows_exactly && !runner->recording_gap &&
           session_sequence(runner->session) == next->sequence &&
           (runner->sends_count > 0) == next->sending;
}

/* Options that a session may be resumed with are not all without a say. */
static bool is_next_run_alike(const struct runner *runner)
{
    return setup_options_decide_alike(next_run(runner)->options, runner->recording->options);
}

/* What was recorded of the run before ends earlier than what the journal kept of it, or the
 * next one had other limits. */
static void tell_gap(struct runner *runner)
{
    runner->recording_gap = runner->source_ended = true;
    runner->has_next = false;
    runner_say(runner,
               "recorded run %zu is left out: it went on from event %" PRIu64
               ", and this is event %" PRIu64 "%s",
               runner->run + 2, next_run(runner)->sequence, session_sequence(runner->session),
               is_next_run_alike(runner) ? "" : "; its options were others");
}

bool runner_go_on_as_recorded(struct runner *runner, bool *went_on)
{
    const struct source_ops *ops = runner->source->ops;
    *went_on = false;
    if (runner->recording_gap || ops->go_on == NULL ||
        (runner->recording != NULL && next_run(runner) == NULL)) {
        return true;
    }
    if (runner->recording != NULL && runner->follows_exactly &&
        !(runner_is_at_stop(runner) && is_next_run_alike(runner))) {
        tell_gap(runner);
        return true;
    }
    switch (ops->go_on(runner->source, &runner->failure)) {
    case SOURCE_EVENT:
        break;
    case SOURCE_ERROR:
        return runner_fail(runner);
    default:
        if (runner->recording != NULL) {
            tell_gap(runner);
        }
        return true;
    }
    runner->has_next = runner->source_ended = false;
    *went_on = true;
    if (runner->recording == NULL) {
        return true; /* frames alone: somebody went on recording */
    }
    runner->run++;
    runner->acts_done = 0;
    runner_say(runner, "recorded: stopped and resumed");
    return runner_reopen(runner);
}

enum reason runner_recorded_unsent(const struct runner *runner, uint64_t client_id)
{
    const struct recording_run *run = this_run(runner);
    for (size_t i = 0; runner->follows_exactly && i < run->unsent_count; i++) {
        if (run->unsent[i].client_id == client_id) {
            return run->unsent[i].reason;
        }
    }
    return REASON_NONE;
}

const struct recording_act *runner_recorded_act(struct runner *runner, int64_t next_ns)
{
    const struct recording_run *run = this_run(runner);
    const uint64_t sequence = session_sequence(runner->session);
    if (run == NULL) {
        return NULL;
    }
    while (runner->follows_exactly && runner->acts_done < run->acts_count &&
           run->acts[runner->acts_done].sequence < sequence) {
        runner->acts_done++; /* of the time before a resume */
    }
    if (runner->acts_done == run->acts_count) {
        return NULL;
    }
    const struct recording_act *act = &run->acts[runner->acts_done];
    const bool due =
        runner->follows_exactly ? act->sequence == sequence : act->time_ns < next_ns;
    return due ? act : NULL;
}

/* Parameters of a session that had others to begin with mean nothing here. */
static bool use_as_recorded(struct runner *runner, const struct recording_act *act)
{
    struct command command = {.kind = COMMAND_USE};
    struct command_result result = {0};
    if (!runner->follows_exactly) {
        runner_say(runner, "recorded parameters passed by: this run has its own");
        return true;
    }
    text_copy(command.params, sizeof command.params, act->params);
    text_cut(command.operator_name, sizeof command.operator_name, "recording");
    text_cut(command.origin, sizeof command.origin, "recording");
    if (!runner_use(runner, &command, &result) && !runner->failed) {
        runner_say(runner, "recorded parameters refused: %s", result.text);
    }
    return !runner->failed;
}

bool runner_act_as_recorded(struct runner *runner, const struct recording_act *act)
{
    runner->acts_done++;
    runner->acting_as_recorded = true;
    bool done;
    if (act->params != NULL) {
        done = use_as_recorded(runner, act);
    } else {
        struct event event = runner_command_event(runner, act->verb);
        event.command.trade_id = act->trade_id;
        runner_say(runner, "recorded: %s", operator_verb_name(act->verb));
        done = runner_cycle(runner, &event);
    }
    runner->acting_as_recorded = false;
    return done;
}
