#include "cli/session_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "config/config.h"
#include "store/journal.h"
#include "venue/live_gate.h"

#define NS_PER_MINUTE (60 * CLOCK_NS_PER_S)

#define ROW(name, type, member, value, help)                                                   \
    {                                                                                          \
        name, type, offsetof(struct session_options, member), SIZE_MAX, value, help            \
    }
#define ROW_SEEN(name, type, member, seen, value, help)                                        \
    {                                                                                          \
        name, type, offsetof(struct session_options, member),                                  \
            offsetof(struct session_options, seen), value, help                                \
    }

static const struct arg_option ROWS[] = {
    ROW("source", ARG_TEXT, source, "SOURCE",
        "csv:FILE, frames:FILE, scenario:FILE, live or simulated[:SEED] (the default)"),
    ROW("pair", ARG_LIST, pairs, "PAIR", "KRW-BTC/BTCUSDT"),
    ROW("speed", ARG_TEXT, speed, "N", "event time against wall time: 1 (default), N or max"),
    ROW("start-at", ARG_TEXT, start_at, "TIME", "clock of a new simulated session"),
    ROW("preset", ARG_TEXT, preset, "NAME",
        "simulated market: lively, calm, crisis, noise, planted"),
    ROW("faults", ARG_TEXT, faults, "on|off", "simulated feed and order faults"),
    ROW("on-bad-row", ARG_TEXT, on_bad_row, "fail|skip", "what a bad line of a csv file does"),
    ROW("mode", ARG_CHOICE, mode, "paper|shadow|live",
        "shadow: orders are decided and written down as what would be sent; live is off"),
    ROW("record", ARG_TEXT, record, "FOLDER", "live data: record what passes"),
    ROW("set", ARG_LIST, set, "KEY=VALUE", "one config key"),
    ROW_SEEN("max-runtime-s", ARG_NUMBER, max_runtime_s, max_runtime_seen, "S",
             "stop the host after that long; the session can be resumed"),
    ROW_SEEN("max-events", ARG_COUNT, max_events, max_events_seen, "N",
             "stop the host after N events of the source"),
    ROW_SEEN("seed", ARG_COUNT, seed, seed_seen, "N", "seed of the simulated market and venue"),
    ROW("new", ARG_FLAG, new_session, NULL, "end the session that is there and start another"),
    ROW("no-opening", ARG_FLAG, no_opening, NULL, "without the scripted first ten minutes"),
};

#undef ROW
#undef ROW_SEEN

enum { OWN_COUNT = sizeof ROWS / sizeof ROWS[0] };
_Static_assert(OWN_COUNT + ENGINE_OPTIONS_COUNT + GLOBAL_OPTIONS_COUNT == SESSION_OPTIONS_COUNT,
               "the door knows their number");

void session_options_rows(struct arg_option rows[SESSION_OPTIONS_COUNT], size_t offset)
{
    for (size_t i = 0; i < OWN_COUNT; i++) {
        rows[i] = ROWS[i];
        rows[i].offset += offset;
        if (rows[i].seen_offset != SIZE_MAX) {
            rows[i].seen_offset += offset;
        }
    }
    engine_options_rows(rows + OWN_COUNT, offset + offsetof(struct session_options, engine));
    global_options_rows(rows + OWN_COUNT + ENGINE_OPTIONS_COUNT,
                        offset + offsetof(struct session_options, global));
}

/* Every mistake of a file at once, on standard error; the last word is the error's. */
static bool reported(bool done, struct text *report)
{
    if (!done && report->length > 0) {
        fputs(text_string(report), stderr);
    }
    text_finish(report);
    return done;
}

static bool load_defaults(const struct session_options *options, struct config *config,
                          struct err *err)
{
    config_defaults(config);
    if (!setup_wants_paper_defaults(options->source)) {
        return true;
    }
    size_t length = 0;
    const char *yaml = config_paper_yaml(&length);
    struct text report = text_growing();
    return reported(config_load_text(config, "configs/paper.yaml", yaml, length, &report, err),
                    &report);
}

static bool load_file(const struct session_options *options, struct config *config,
                      struct config_named *named, struct err *err)
{
    if (options->global.config == NULL) {
        return true;
    }
    struct text report = text_growing();
    return reported(config_load_named(config, named, options->global.config, &report, err),
                    &report);
}

static bool set_keys(const struct session_options *options, struct config *config,
                     struct config_named *named, struct err *err)
{
    for (int i = 0; i < options->set.count; i++) {
        const char *item = options->set.items[i];
        const char *equals = strchr(item, '=');
        char key[128];
        if (equals == NULL || (size_t)(equals - item) >= sizeof key) {
            return err_set(err, ERR_INPUT, "--set: '%s' is not KEY=VALUE", item);
        }
        text_cut(key, sizeof key, "%.*s", (int)(equals - item), item);
        if (!config_set_named(config, named, key, equals + 1, err)) {
            return err_wrap(err, "--set");
        }
    }
    return true;
}

bool session_options_looks(const struct session_options *options, struct config *config,
                           struct err *err)
{
    struct config_named named = {{0}};
    config_defaults(config);
    return load_file(options, config, &named, err) && set_keys(options, config, &named, err);
}

static bool set_market(const struct session_options *options, struct config *config,
                       struct err *err)
{
    if (options->preset != NULL &&
        !config_set(config, "market.simulated", options->preset, err)) {
        return err_wrap(err, "--preset");
    }
    if (options->faults != NULL) {
        const bool on = strcmp(options->faults, "on") == 0;
        if (!on && strcmp(options->faults, "off") != 0) {
            return err_set(err, ERR_INPUT, "--faults: '%s' is neither on nor off",
                           options->faults);
        }
        config->market.faults = on;
    }
    if (options->seed_seen) {
        config->market.seed = (uint64_t)options->seed;
    }
    config->market.opening = config->market.opening && !options->no_opening;
    return true;
}

static bool parse_speed(const char *given, double *speed, struct err *err)
{
    *speed = 1.0;
    if (given == NULL || num_parse_double(given, strlen(given), speed)) {
        return *speed > 0.0 ||
               err_set(err, ERR_INPUT, "--speed: '%s' is not above zero", given);
    }
    if (strcmp(given, "max") != 0) {
        return err_set(err, ERR_INPUT, "--speed: '%s' is not a speed (expected 1, N or max)",
                       given);
    }
    *speed = INFINITY;
    return true;
}

static bool parse_start(const char *given, int64_t *start_ns, struct err *err)
{
    *start_ns = clock_wall_ns() / NS_PER_MINUTE * NS_PER_MINUTE;
    if (given != NULL && !calendar_parse(given, strlen(given), start_ns)) {
        return err_set(err, ERR_INPUT,
                       "--start-at: '%s' is not a time (expected 2026-11-20T21:24:00Z)", given);
    }
    return true;
}

static bool parse_bad_rows(const char *given, bool fallback, bool *skip, struct err *err)
{
    *skip = given == NULL ? fallback : strcmp(given, "skip") == 0;
    if (given != NULL && !*skip && strcmp(given, "fail") != 0) {
        return err_set(err, ERR_INPUT, "--on-bad-row: '%s' is neither fail nor skip", given);
    }
    return true;
}

/* What stands in the folder and did not end: a start that names no source goes on with it, with
 * everything it was started with. */
struct unfinished {
    bool found;
    bool skip_bad_rows;
    char source[SETUP_SOURCE_SIZE];
    struct journal_session record;
};

/* A journal that cannot be read is the host's to complain about. */
static void find_unfinished(const struct session_options *options, const struct state_dir *dir,
                            struct unfinished *out)
{
    struct err ignored = {0};
    struct journal *journal = NULL;
    memset(out, 0, sizeof *out);
    if (options->source != NULL || options->new_session || access(dir->journal, R_OK) != 0 ||
        !journal_open_readonly(&journal, dir->journal, &ignored)) {
        return;
    }
    bool found = false;
    const char *rest = out->record.options_text;
    out->found =
        journal_last_session(journal, &out->record, &found, &ignored) && found &&
        out->record.ended_wall_ns == 0 &&
        setup_recall_source(&rest, out->source, sizeof out->source, &out->skip_bad_rows);
    memmove(out->record.options_text, rest, strlen(rest) + 1);
    journal_close(journal);
}

static bool recall(const struct unfinished *unfinished, struct config *config, struct err *err)
{
    return !unfinished->found || config_recall(config, unfinished->record.options_text, err) ||
           err_wrap(err, "session '%s' cannot go on with its options (use --new)",
                    unfinished->record.name);
}

static bool layer_config(const struct session_options *options,
                         const struct unfinished *unfinished, struct config *config,
                         struct config_named *named, struct err *err)
{
    if (!load_defaults(options, config, err) || !recall(unfinished, config, err) ||
        !load_file(options, config, named, err) || !set_keys(options, config, named, err) ||
        !set_market(options, config, err)) {
        return false;
    }
    engine_options_settle_model(config, named);
    return engine_options_apply(&options->engine, &config->engine, err);
}

static void warn(const struct config *config)
{
    struct text lines = text_growing();
    if (config_warnings(config, &lines) > 0) {
        fputs(text_string(&lines), stderr);
    }
    text_finish(&lines);
}

/* The source before everything else: without it no other complaint helps. */
static bool check_source(const struct session_options *given,
                         const struct unfinished *unfinished, struct err *err)
{
    struct err why = {0};
    if (!setup_check_source(given->source, &why)) {
        return err_set(err, why.kind, "%s%s%s%s", why.text,
                       unfinished->found ? " (session '" : "",
                       unfinished->found ? unfinished->record.name : "",
                       unfinished->found ? "' runs on it: put it back, or use --new to end "
                                           "that session and start another)"
                                         : "");
    }
    const bool prices_both = strncmp(given->source, "simulated", strlen("simulated")) == 0 ||
                             strncmp(given->source, "frames:", strlen("frames:")) == 0;
    if (prices_both && engine_options_has(&given->engine, "fx-rate")) {
        return err_set(err, ERR_INPUT,
                       "--fx-rate: '%s' brings its own rates (the option is for csv files)",
                       given->source);
    }
    return true;
}

/* Live trading has locks, and whatever is not live has no business with keys. */
static bool check_mode(const struct session_options *given, const struct config *config,
                       struct err *err)
{
    if (given->mode == NULL || strcmp(given->mode, "live") != 0) {
        return live_gate_check_keys(err) == REASON_NONE;
    }
    const struct live_gate gate = {
        .built = live_gate_built(),
        .enabled = config->live.enabled,
        .session = config->session.name,
        .confirmation = getenv(LIVE_GATE_VARIABLE),
        .phrase = NULL, /* nobody is asked: no session of this version sends real orders */
    };
    return live_gate_check(&gate, err) == REASON_NONE;
}

bool session_options_resolve(const struct session_options *options, struct setup *setup,
                             struct state_dir *dir, struct host_options *host, struct err *err)
{
    struct session_options given = *options;
    struct unfinished unfinished;
    if (!state_dir_find(dir, given.global.state_dir, err)) {
        return false;
    }
    find_unfinished(&given, dir, &unfinished);
    if (given.source == NULL) {
        given.source = unfinished.found ? unfinished.source : "simulated";
    }
    struct config config;
    struct config_named named = {0};
    struct setup_request request = {
        .source = given.source,
        .config = &config,
        .named = &named,
        .pairs = given.pairs.items,
        .pairs_count = given.pairs.count,
        .shadow = given.mode != NULL && strcmp(given.mode, "shadow") == 0,
    };
    /* A scenario brings its own; markets that are simulated or recorded have defaults. */
    const bool is_table = strncmp(given.source, "csv:", strlen("csv:")) == 0;
    if (!global_options_apply(&given.global, err) || !check_source(&given, &unfinished, err) ||
        !layer_config(&given, &unfinished, &config, &named, err) ||
        !check_mode(&given, &config, err) || !parse_speed(given.speed, &host->speed, err) ||
        !parse_start(given.start_at, &request.start_ns, err) ||
        !parse_bad_rows(given.on_bad_row, unfinished.skip_bad_rows, &request.skip_bad_rows,
                        err) ||
        (is_table && !engine_options_complete(&config.engine, given.source, err)) ||
        !setup_make(setup, &request, err)) {
        return false;
    }
    if (given.max_runtime_seen && !(given.max_runtime_s >= 0.0)) {
        return err_set(err, ERR_INPUT, "--max-runtime-s: '%g' is below 0", given.max_runtime_s);
    }
    if (given.record != NULL && setup->kind != SETUP_LIVE) {
        return err_set(err, ERR_INPUT, "--record: '%s' is recorded already (live data are not)",
                       given.source);
    }
    warn(&setup->config);
    host->record_folder = given.record;
    host->setup = setup;
    host->dir = dir;
    host->new_session = given.new_session;
    host->max_events = given.max_events_seen ? given.max_events : -1;
    host->max_runtime_s = given.max_runtime_seen ? given.max_runtime_s : NAN;
    return true;
}
