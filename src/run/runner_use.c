#include <inttypes.h>
#include <string.h>

#include "runner_state.h"

/* Other parameters for a session that runs: checked, on record, and only then in effect. */

enum { NAME_SIZE = 64, VALUE_SIZE = 64 };

/* "min_spread_bps=7", as a config file would say it. */
static bool take_word(struct config *wanted, const char *word, size_t length, struct err *err)
{
    const char *equals = memchr(word, '=', length);
    if (equals == NULL) {
        return err_set(err, ERR_INPUT, "'%.*s' is not NAME=VALUE", (int)length, word);
    }
    char key[NAME_SIZE + sizeof "engine."];
    char value[VALUE_SIZE];
    const size_t name_length = (size_t)(equals - word);
    const size_t value_length = length - name_length - 1;
    if (name_length >= NAME_SIZE || value_length >= VALUE_SIZE) {
        return err_set(err, ERR_INPUT, "'%.*s...' is too long", 40, word);
    }
    text_cut(key, sizeof key, "engine.%.*s", (int)name_length, word);
    text_cut(value, sizeof value, "%.*s", (int)value_length, equals + 1);
    return config_set(wanted, key, value, err);
}

static bool take_words(struct config *wanted, const char *words, struct err *err)
{
    words += strspn(words, " ");
    if (*words == '\0') {
        return err_set(err, ERR_INPUT, "no parameter is named");
    }
    while (*words != '\0') {
        const size_t length = strcspn(words, " ");
        if (!take_word(wanted, words, length, err)) {
            return false;
        }
        words += length;
        words += strspn(words, " ");
    }
    return true;
}

/* Written from text in one way, so equal values give equal lines. */
static bool same_params(const struct config *a, const struct config *b)
{
    struct text ours = text_growing();
    struct text theirs = text_growing();
    config_list(a, &ours);
    config_list(b, &theirs);
    const bool same = strcmp(text_string(&ours), text_string(&theirs)) == 0;
    text_finish(&ours);
    text_finish(&theirs);
    return same;
}

/* Why not; NULL: the session can take them. */
static const char *fault_of(const struct runner *runner, const struct command *command,
                            const struct config *wanted)
{
    if (command->text[0] != '\0' && strcmp(command->text, runner->record.name) != 0) {
        return "this is another session than the one they were compared with";
    }
    if (session_guard(runner->session)->stopped) {
        return "session is stopped: it opens nothing more, and what is open keeps its exits";
    }
    if (runner->source_ended && !runner->acting_as_recorded) {
        return "the session's data have ended: it opens nothing more";
    }
    if (same_params(&runner->setup.config, wanted)) {
        return "these are the parameters the session has";
    }
    return session_revision_fault(runner->session, &wanted->engine);
}

static double widest_books_bps(const struct runner *runner)
{
    double width_bps = 0;
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        const struct session_pair *pair = session_pair(runner->session, i);
        width_bps = pair->spread.width_bps > width_bps ? pair->spread.width_bps : width_bps;
    }
    return width_bps;
}

/* What becomes of it, for whoever asked. */
static void describe(const struct runner *runner, const struct engine_params *params,
                     struct command_result *out)
{
    const struct summary *summary = session_summary(runner->session);
    const int64_t open = summary->opened - summary->closed;
    struct text text = text_fixed(out->text, sizeof out->text);
    text_addf(&text, "revision %" PRIu64, session_revision(runner->session) + 1);
    if (open > 0) {
        text_addf(&text, "; %" PRId64 " open trade%s", open,
                  open == 1 ? " keeps its exits" : "s keep their exits");
    }
    if (engine_stop_is_tight(params, widest_books_bps(runner))) {
        text_add(&text, "; stop_loss_bps is below round-trip cost + width of the books + 10");
    }
}

static bool put_revision(struct runner *runner, const struct command *command)
{
    struct journal_revision revision = {
        .number = session_revision(runner->session) + 1,
        .wall_ns = runner->wall_ns,
        .time_ns = session_time_ns(runner->session),
    };
    text_copy(revision.operator_name, sizeof revision.operator_name, command->operator_name);
    text_copy(revision.origin, sizeof revision.origin, command->origin);
    text_copy(revision.params, sizeof revision.params, command->params);
    text_copy(revision.reason, sizeof revision.reason, command->reason);
    return runner_begin(runner) && (journal_put_revision(runner->journal, runner->record.id,
                                                         &revision, &runner->failure) ||
                                    runner_fail(runner));
}

/* Record, state and effect are one transaction: what a crash leaves has all of it or nothing.
 */
static bool take_effect(struct runner *runner, const struct command *command,
                        const struct config *wanted, struct command_result *out)
{
    struct event event = {
        .kind = EVENT_REVISION, .pair = -1, .time_ns = session_time_ns(runner->session)};
    event.revision.params = wanted->engine;
    describe(runner, &wanted->engine, out);
    out->done = true;
    runner_say(runner, "%s: use: %s", command->operator_name, out->text);
    text_copy(runner->revision_origin, sizeof runner->revision_origin, command->origin);
    return put_revision(runner, command) && runner_cycle(runner, &event);
}

bool runner_use(struct runner *runner, const struct command *command,
                struct command_result *out)
{
    struct config wanted = runner->setup.config;
    struct err err = {0};
    if (!take_words(&wanted, command->params, &err)) {
        return runner_answer(out, false, "%s", err.text);
    }
    const char *fault = fault_of(runner, command, &wanted);
    if (fault != NULL) {
        return runner_answer(out, false, "%s", fault);
    }
    if (!take_effect(runner, command, &wanted, out)) {
        return false;
    }
    runner_follow_params(runner);
    return true;
}

void runner_follow_params(struct runner *runner)
{
    runner->setup.config.engine = *session_params(runner->session);
}

bool runner_recall_revision(struct runner *runner, struct err *err)
{
    struct journal_revision last;
    if (!journal_last_revision(runner->journal, runner->record.id, &last, err)) {
        return false;
    }
    const uint64_t number = session_revision(runner->session);
    if (last.number != number) {
        return err_set(err, ERR_INPUT,
                       "journal is damaged: session '%s' has revision %" PRIu64
                       " of its parameters, and %" PRIu64 " is on record",
                       runner->record.name, number, last.number);
    }
    const struct engine_params *params = session_params(runner->session);
    const double limit_usd = runner->setup.session.limits.notional_per_trade_usd;
    if (params->max_position_usd > limit_usd) {
        return err_set(err, ERR_INPUT,
                       "revision %" PRIu64 " of session '%s' has engine.max_position_usd %g, "
                       "over risk_limits.notional_per_trade_usd %g: every trade would be "
                       "refused (raise the limit)",
                       number, runner->record.name, params->max_position_usd, limit_usd);
    }
    text_copy(runner->revision_origin, sizeof runner->revision_origin, last.origin);
    runner_follow_params(runner);
    return true;
}
