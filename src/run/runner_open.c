#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "run/day.h"
#include "runner_state.h"

/* Opening a session: a new one, or the one that did not end. Recovery is the normal start. */

static void name_session(struct runner *runner, int64_t wall_ns)
{
    struct journal_session *record = &runner->record;
    const char *given = runner->setup.config.session.name;
    if (given[0] != '\0') {
        text_copy(record->name, sizeof record->name, given);
        return;
    }
    char when[CALENDAR_TEXT_SIZE]; /* 2026-11-20T21:24:07Z */
    calendar_format(when, wall_ns, 0);
    snprintf(record->name, sizeof record->name, "%s-%.4s%.2s%.2s-%.2s%.2s%.2s",
             session_mode_name(runner->setup.session.mode), when, when + 5, when + 8, when + 11,
             when + 14, when + 17);
}

static const char *data_hash(const struct runner *runner)
{
    const struct source_ops *ops = runner->source->ops;
    return ops->data_hash == NULL ? "" : ops->data_hash(runner->source);
}

/* Nothing that decides what the session does may differ from what it was started with. */
static bool check_same(const struct runner *runner, struct err *err)
{
    const struct journal_session *record = &runner->record;
    if (strcmp(record->options_hash, runner->setup.options_hash) != 0) {
        char difference[512];
        setup_difference(record->options_text, runner->setup.options_text, difference,
                         sizeof difference);
        return err_set(
            err, ERR_USAGE,
            "session '%s' was started with other options: %s (give the same ones, or "
            "--new to end it and start another)",
            record->name, difference);
    }
    const char *mode = session_mode_name(runner->setup.session.mode);
    if (strcmp(record->mode, mode) != 0) {
        return err_set(err, ERR_USAGE,
                       "session '%s' is a %s session (give --mode %s, or --new to end it and "
                       "start another)",
                       record->name, record->mode, record->mode);
    }
    const char *hash = data_hash(runner);
    if (hash[0] != '\0' && record->data_hash[0] != '\0' &&
        strcmp(hash, record->data_hash) != 0) {
        return err_set(
            err, ERR_USAGE,
            "session '%s' ran on other data: %s was %s, is %s (give the same file, or "
            "--new to end it and start another)",
            record->name, runner->setup.path, record->data_hash, hash);
    }
    return true;
}

static bool open_source(struct runner *runner, const struct runner_options *options,
                        struct err *err)
{
    if (runner->setup.kind == SETUP_FRAMES && !runner_open_recording(runner, err)) {
        return false;
    }
    if (runner->setup.kind != SETUP_LIVE) {
        return setup_open_source(&runner->setup, &runner->source, err);
    }
    struct runner_feed feed = {0};
    if (options->open_feed == NULL) {
        return err_set(err, ERR_INTERNAL, "live data need a host");
    }
    if (!options->open_feed(options->feed_context, &runner->setup, runner->record.name, &feed,
                            err)) {
        return false;
    }
    runner->source = feed.source;
    pace_follow(&runner->pace, feed.ahead_ns);
    return true;
}

static bool start_session(struct runner *runner, const struct runner_options *options,
                          struct err *err)
{
    struct journal_session *record = &runner->record;
    memset(record, 0, sizeof *record);
    name_session(runner, options->wall_ns);
    text_copy(record->mode, sizeof record->mode, session_mode_name(runner->setup.session.mode));
    text_copy(record->source, sizeof record->source, runner->setup.source);
    text_copy(record->options_hash, sizeof record->options_hash, runner->setup.options_hash);
    text_copy(record->options_text, sizeof record->options_text, runner->setup.options_text);
    text_copy(record->version, sizeof record->version, options->version);
    if (!open_source(runner, options, err)) {
        return false;
    }
    text_copy(record->data_hash, sizeof record->data_hash, data_hash(runner));
    record->started_wall_ns = options->wall_ns;
    record->start_event_ns = runner->setup.start_ns;
    record->seed = runner->setup.seed;
    void *storage = mem_zalloc(session_size(&runner->setup.session));
    runner->session = session_init(storage, &runner->setup.session, 0);
    const bool killed = state_dir_kill_engaged(options->dir) || runner_recorded_killed(runner);
    session_set_gate(runner->session, &(struct guard_gate){.killed = killed, .armed = !killed});
    /* Committed with its first state: a session without one could not be resumed. */
    if (!runner_begin(runner)) {
        *err = runner->failure;
        return false;
    }
    return journal_start_session(runner->journal, record, err);
}

static bool refuse_layout(const struct runner *runner, struct err *err)
{
    struct journal_status status = {0};
    bool found = false;
    struct err ignored = {0};
    (void)journal_status(runner->journal, &status, &found, &ignored);
    return err_set(err, ERR_USAGE,
                   "session '%s' was written by another build (%s), whose state this one "
                   "cannot read: finish it with that build, or start another with --new, which "
                   "leaves its %" PRId64 " open trades behind",
                   runner->record.name, runner->record.version, status.opened - status.closed);
}

static bool restore_state(struct runner *runner, const struct journal_state *state,
                          struct err *err)
{
    if (!runner_recall(runner, state->core, state->core_size)) {
        return refuse_layout(runner, err);
    }
    if (!venue_paper_restore(runner->venue, state->venue, state->venue_size, err)) {
        return refuse_layout(runner, err);
    }
    struct guard_gate gate = *session_gate(runner->session);
    gate.killed = gate.killed || state->killed || state_dir_kill_engaged(runner->dir) ||
                  runner_recorded_killed(runner);
    session_set_gate(runner->session, &gate);
    runner->source_line = state->source_line;
    runner->killed_wall_ns = state->killed_wall_ns;
    text_copy(runner->killed_by, sizeof runner->killed_by, state->killed_by);
    text_copy(runner->killed_reason, sizeof runner->killed_reason, state->killed_reason);
    text_copy(runner->paused_by, sizeof runner->paused_by, state->paused_by);
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        runner->spot_opened[i] = session_pair(runner->session, i)->coin_opened;
    }
    return true;
}

/* What the journal has of the session, and where in the source that was. */
static bool recall_state(struct runner *runner, uint64_t *source_line, struct err *err)
{
    struct journal_state state = {0};
    bool found = false;
    if (!journal_get_state(runner->journal, runner->record.id, &state, &found, err)) {
        return false;
    }
    bool done = found || err_set(err, ERR_INPUT, "session '%s' has no state in the journal",
                                 runner->record.name);
    done = done && restore_state(runner, &state, err) && runner_recall_revision(runner, err) &&
           runner_recall_alerts(runner, err);
    *source_line = state.source_line;
    mem_free((void *)state.core);
    mem_free((void *)state.venue);
    return done;
}

static bool resume_session(struct runner *runner, const struct runner_options *options,
                           struct err *err)
{
    uint64_t line = 0;
    runner->setup.start_ns = runner->record.start_event_ns;
    if (!open_source(runner, options, err) || !check_same(runner, err) ||
        !recall_state(runner, &line, err)) {
        return false;
    }
    runner_find_run(runner);
    runner->resumed = line == 0 || runner->pace.follows ||
                      runner->source->ops->seek(runner->source, line, err);
    return runner->resumed;
}

bool runner_reopen(struct runner *runner)
{
    uint64_t line = 0;
    if (!runner_save(runner)) {
        return false;
    }
    runner->venue->ops->close(runner->venue);
    runner->venue = venue_paper_create(&runner->setup.venue);
    mem_free(runner->session);
    runner->session = NULL;
    (void)alert_table_init(runner->alerts);
    memset(runner->refusals, 0, sizeof runner->refusals);
    runner->actions.count = 0;
    runner->sends_count = 0;
    runner->timer_ns = 0;
    runner->closed_at_end = false;
    return recall_state(runner, &line, &runner->failure) || runner_fail(runner);
}

static bool choose_session(struct runner *runner, const struct runner_options *options,
                           struct err *err)
{
    bool found = false;
    if (!journal_last_session(runner->journal, &runner->record, &found, err)) {
        return false;
    }
    const bool unfinished = found && runner->record.ended_wall_ns == 0;
    if (unfinished && !options->new_session) {
        return resume_session(runner, options, err);
    }
    if (unfinished && !journal_end_session(runner->journal, runner->record.id, options->wall_ns,
                                           "replaced by --new", err)) {
        return false;
    }
    return start_session(runner, options, err);
}

static void prepare(struct runner *runner, const struct runner_options *options)
{
    runner->setup = *options->setup;
    runner->dir = options->dir;
    runner->latch = options->latch;
    runner->life = options->life;
    runner->life_context = options->life_context;
    runner->note = options->note;
    runner->settle = options->settle;
    runner->note_context = options->note_context;
    runner->max_events = options->max_events;
    runner->wall_ns = options->wall_ns;
    runner->saved_wall_ns = options->wall_ns;
    text_copy(runner->version, sizeof runner->version, options->version);
    runner->acks = text_growing();
    trace_init(&runner->trace);
    pace_init(&runner->pace, options->speed);
    if (options->playback_paused) {
        pace_pause(&runner->pace);
    }
    for (int32_t i = 0; i < SESSION_PAIRS_MAX; i++) {
        chart_init(&runner->charts[i]);
    }
    runner->alerts = alert_table_init(mem_zalloc(alert_table_size()));
    runner->actions.capacity = session_actions_max(&runner->setup.session);
    runner->actions.actions = mem_array(runner->actions.capacity, sizeof(struct action));
    runner->venue = venue_paper_create(&runner->setup.venue);
}

/* The first words of a session, and who barred its entries while no host was there to hear. */
static bool announce(struct runner *runner)
{
    const bool killed = session_gate(runner->session)->killed;
    const struct summary *summary = session_summary(runner->session);
    runner_say(runner, "session %s %s: %.60s, %" PRId64 " trades open%s", runner->record.name,
               runner->resumed ? "resumed" : "started", runner->setup.source,
               summary->opened - summary->closed, killed ? ", kill switch is ON" : "");
    const bool unheard = killed && runner->killed_by[0] == '\0';
    if (unheard) {
        runner_note_kill(runner);
    }
    return runner_audit(runner, "host", runner->resumed ? "resume" : "start",
                        runner->setup.source, "done") &&
           (!unheard ||
            runner_audit(runner, runner->killed_by, "kill", runner->killed_reason, "done"));
}

bool runner_open(struct runner **out, const struct runner_options *options, struct err *err)
{
    if (!day_set_zone(options->setup->config.session.day_zone, err)) {
        return false;
    }
    struct runner *runner = mem_zalloc(sizeof *runner);
    prepare(runner, options);
    bool done = journal_open(&runner->journal, options->dir->journal, err) &&
                choose_session(runner, options, err);
    /* A recorded kill switch is the core's alone: releasing it is on record, too. */
    if (done && session_gate(runner->session)->killed && runner->recording == NULL) {
        latch_engage(options->latch);
    }
    if (done && !(announce(runner) && runner_save(runner))) {
        *err = runner->failure;
        done = false;
    }
    if (!done) {
        runner_close(runner);
        return false;
    }
    runner_note_start(runner);
    *out = runner;
    return true;
}

void runner_close(struct runner *runner)
{
    if (runner == NULL) {
        return;
    }
    if (runner->in_transaction) {
        journal_rollback(runner->journal);
    }
    source_close(runner->source);
    recording_free(runner->recording);
    if (runner->venue != NULL) {
        runner->venue->ops->close(runner->venue);
    }
    journal_close(runner->journal);
    text_finish(&runner->acks);
    mem_free(runner->alerts);
    mem_free(runner->actions.actions);
    mem_free(runner->session);
    mem_free(runner->kept);
    mem_free(runner);
}

bool runner_leave(struct runner *runner, const char *reason, int64_t wall_ns, struct err *err)
{
    runner->wall_ns = wall_ns;
    runner_note_end(runner);
    if (!(runner_audit(runner, "host", "stop", reason, "done") && runner_save(runner))) {
        *err = runner->failure;
        return false;
    }
    return true;
}

bool runner_end(struct runner *runner, const char *reason, int64_t wall_ns, struct err *err)
{
    runner->wall_ns = wall_ns;
    const char *hash = data_hash(runner);
    runner_note_end(runner);
    if (!runner->failed &&
        !(runner_audit(runner, "host", "end", reason, "done") && runner_save(runner))) {
        *err = runner->failure;
        return false;
    }
    return (hash[0] == '\0' ||
            journal_set_data_hash(runner->journal, runner->record.id, hash, err)) &&
           journal_end_session(runner->journal, runner->record.id, wall_ns, reason, err);
}

static bool put_trade(void *context, const struct trade *trade,
                      const struct trade_result *settled, const char *pair)
{
    (void)pair;
    result_put_trade(context, trade, settled);
    return true;
}

bool runner_result(struct runner *runner, struct result *out, struct err *err)
{
    const struct source_ops *ops = runner->source->ops;
    result_init(out, session_params(runner->session));
    text_copy(out->data_file, sizeof out->data_file,
              runner->setup.path[0] != '\0' ? runner->setup.path : runner->setup.source);
    text_copy(out->data_hash, sizeof out->data_hash, data_hash(runner));
    if (runner->setup.kind == SETUP_SIMULATED) {
        text_copy(out->source_label, sizeof out->source_label, ops->label(runner->source));
    }
    text_copy(out->decision_hash, sizeof out->decision_hash, runner->trace.hash);
    out->is_revised = session_revision(runner->session) != 0;
    out->seed = runner->setup.seed;
    out->summary = *session_summary(runner->session);
    out->total_snapshots = out->summary.steps;
    out->steps_processed = out->summary.steps;
    if (out->summary.drawdown * 100.0 >=
        session_params(runner->session)->stop_on_drawdown_pct) {
        out->steps_processed--; /* the step that stopped it is not counted */
    }
    out->funding_modelled = runner->setup.kind == SETUP_SIMULATED ||
                            runner->setup.kind == SETUP_LIVE || runner->recording != NULL;
    return journal_each_trade(runner->journal, runner->record.id, put_trade, out, err);
}
