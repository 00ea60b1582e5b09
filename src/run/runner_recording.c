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
    for (const char *line = text_string(&all); *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        const size_t name = strcspn(line, " ");
        for (size_t i = 0; command_param_name(i) != NULL && name > strlen(SECTION); i++) {
            const char *key = line + strlen(SECTION);
            const size_t key_length = name - strlen(SECTION);
            if (strncmp(line, SECTION, strlen(SECTION)) == 0 &&
                strlen(command_param_name(i)) == key_length &&
                strncmp(command_param_name(i), key, key_length) == 0) {
                const char *value = line + name + strlen(" = ");
                text_addf(out, " %.*s=%.*s", (int)key_length, key,
                          (int)(length - (size_t)(value - line)), value);
            }
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    text_finish(&all);
}

void runner_note_start(const struct runner *runner)
{
    if (runner->resumed) {
        note(runner, "resume %" PRId64, runner->wall_ns);
    } else {
        note(runner, "begin %s", session_gate(runner->session)->killed ? "killed" : "open");
    }
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

static void note_trace(const struct runner *runner, const char *word, int64_t time_ns)
{
    note(runner, "%s %" PRIu64 " %" PRId64 " %" PRIu64 " %s", word,
         session_sequence(runner->session), time_ns, runner->trace.count, runner->trace.hash);
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

int64_t runner_recorded_until_ns(const struct runner *runner)
{
    const struct recording *recording = runner->recording;
    return recording == NULL    ? INT64_MAX
           : recording->has_end ? recording->end_ns
           : recording->resumed ? recording->resumed_ns - 1
                                : INT64_MAX;
}

enum reason runner_recorded_unsent(const struct runner *runner, uint64_t client_id)
{
    const struct recording *recording = runner->recording;
    for (size_t i = 0; runner->follows_exactly && i < recording->unsent_count; i++) {
        if (recording->unsent[i].client_id == client_id) {
            return recording->unsent[i].reason;
        }
    }
    return REASON_NONE;
}

const struct recording_act *runner_recorded_act(struct runner *runner, int64_t next_ns)
{
    const struct recording *recording = runner->recording;
    const uint64_t sequence = session_sequence(runner->session);
    if (recording == NULL) {
        return NULL;
    }
    while (runner->follows_exactly && runner->acts_done < recording->acts_count &&
           recording->acts[runner->acts_done].sequence < sequence) {
        runner->acts_done++; /* of the time before a resume */
    }
    if (runner->acts_done == recording->acts_count) {
        return NULL;
    }
    const struct recording_act *act = &recording->acts[runner->acts_done];
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
    text_cut(command.params, sizeof command.params, "%s", act->params);
    text_cut(command.operator_name, sizeof command.operator_name, "recording");
    text_cut(command.origin, sizeof command.origin, "recording");
    if (!runner_use(runner, &command, &result) && !runner->failed) {
        char line[SNAPSHOT_LINE_SIZE];
        text_cut(line, sizeof line, "recorded parameters refused: %s", result.text);
        runner_say(runner, line);
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
        char line[SNAPSHOT_LINE_SIZE];
        event.command.trade_id = act->trade_id;
        text_cut(line, sizeof line, "recorded: %s", operator_verb_name(act->verb));
        runner_say(runner, line);
        done = runner_cycle(runner, &event);
    }
    runner->acting_as_recorded = false;
    return done;
}
