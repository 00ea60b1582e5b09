#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "build.h"
#include "cli/args.h"
#include "cli/global_options.h"
#include "cli/subcommand.h"
#include "io/file.h"
#include "run/json.h"
#include "run/replay.h"

/* replay: a recorded session once more, compared with what it decided then, or with what other
 * options would have given. */

struct replay_args {
    bool verify;
    bool json;
    struct arg_list set;
    const char *trades_json;
    struct global_options global;
};

enum { OWN_COUNT = 4, OPTIONS_COUNT = OWN_COUNT + GLOBAL_OPTIONS_COUNT };

static void list_options(struct arg_option rows[OPTIONS_COUNT])
{
    static const struct arg_option OWN[OWN_COUNT] = {
        {"verify", ARG_FLAG, offsetof(struct replay_args, verify), SIZE_MAX, NULL,
         "compare with the decisions on record; 1 when they differ"},
        {"set", ARG_LIST, offsetof(struct replay_args, set), SIZE_MAX, "KEY=VALUE",
         "what if: an option other than recorded; prints both outcomes"},
        {"trades-json", ARG_TEXT, offsetof(struct replay_args, trades_json), SIZE_MAX, "FILE",
         "write every trade as JSON"},
        {"json", ARG_FLAG, offsetof(struct replay_args, json), SIZE_MAX, NULL, "for machines"},
    };
    memcpy(rows, OWN, sizeof OWN);
    global_options_rows(rows + OWN_COUNT, offsetof(struct replay_args, global));
}

static void print_trade(const struct replay *replay, int64_t index)
{
    const struct trade *trade = &replay->result.trades[index];
    const char *pair = replay->setup.session.pairs[trade->pair].name;
    char opened[CALENDAR_TEXT_SIZE];
    printf("%4" PRIu64 "  %-6s %-15s %s  ", trade->id, pair, spread_side_name(trade->side),
           calendar_format(opened, trade->open_ns, 0));
    if (trade->state == TRADE_CLOSED) {
        printf("%8.1f s  %-12s %+10.2f USD\n", (double)(trade->close_ns - trade->open_ns) / 1e9,
               trade_exit_name(trade->exit), replay->result.results[index].pnl_usd);
    } else {
        printf("%s\n", trade_state_name(trade->state));
    }
}

static void print_replay(const struct replay *replay)
{
    struct text summary = text_growing();
    for (int64_t i = 0; i < replay->result.trades_count; i++) {
        print_trade(replay, i);
    }
    result_summary(&replay->result, &summary);
    fputs(text_string(&summary), stdout);
    text_finish(&summary);
    printf("Decisions: %" PRIu64 "\nDecision Hash: %s\n", replay->decisions, replay->hash);
}

/* Did it decide what is on record? A recording without a mark has nothing to compare with. */
static bool is_same(const struct replay *replay)
{
    return replay->marks > 0 && !replay->differs && replay->runs_covered == replay->runs;
}

/* What of the session this is, where it is not simply all. */
static void print_cover(const struct replay *replay)
{
    if (replay->runs > 1) {
        printf("the session was stopped and resumed: %zu of its %zu runs are covered\n",
               replay->runs_covered, replay->runs);
    }
    if (replay->runs_covered < replay->runs && replay->gap_to == replay->gap_from) {
        printf("run %zu had other options\n", replay->runs_covered + 1);
    } else if (replay->runs_covered < replay->runs) {
        printf("run %zu went on from event %" PRIu64
               "; the recording of the one before it ends "
               "with event %" PRIu64 "\n",
               replay->runs_covered + 1, replay->gap_to, replay->gap_from);
    }
    if (replay->forgotten > 0) {
        printf("%" PRIu64 " marks not compared: a crash undid what was decided there\n",
               replay->forgotten);
    }
}

/* Rules of decision change between builds: what differs need not be a defect then. */
static void print_builds(const struct replay *replay)
{
    if (!is_same(replay) && strcmp(replay->recorded_version, build_name()) != 0) {
        printf("recorded by another build: %s, this is %s\n", replay->recorded_version,
               build_name());
    }
}

static void print_verdict(const struct replay *replay)
{
    print_cover(replay);
    char from[CALENDAR_TEXT_SIZE];
    char to[CALENDAR_TEXT_SIZE];
    const struct recording_mark *last = &replay->last_same;
    if (replay->marks == 0) {
        printf("not verified: the recording holds no decision\n");
    } else if (!replay->differs) {
        printf("%s: %zu marks, %" PRIu64 " decisions, %s%s\n",
               is_same(replay) ? "verified" : "verified in part", replay->marks, last->count,
               last->hash,
               replay->has_end ? "" : " (the recording was cut; this is as far as it tells)");
    } else {
        printf("differs: the same up to decision %" PRIu64 " (%s), not any more at decision "
               "%" PRIu64 " (%s)\n  recorded %" PRIu64 " %s\n  replayed %" PRIu64 " %s\n",
               last->count,
               last->count == 0 ? "the beginning" : calendar_format(from, last->time_ns, 3),
               replay->first_other.count, calendar_format(to, replay->first_other.time_ns, 3),
               replay->first_other.count, replay->first_other.hash, replay->other_count,
               replay->other_hash);
    }
    print_builds(replay);
}

static void put_outcome(struct json *json, const char *key, const struct replay *replay)
{
    const struct summary *summary = &replay->result.summary;
    json_open_object(json, key);
    json_add_integer(json, "opened", summary->opened);
    json_add_integer(json, "closed", summary->closed);
    json_add_integer(json, "wins", summary->wins);
    json_add_number(json, "realized_usd", summary->realized_usd);
    json_add_number(json, "unrealized_usd", summary->unrealized_usd);
    json_add_number(json, "fees_usd", summary->fees_usd);
    json_add_number(json, "max_drawdown_pct", summary->drawdown * 100.0);
    json_add_unsigned(json, "decisions", replay->decisions);
    json_add_string(json, "decision_hash", replay->hash);
    json_close_object(json);
}

static void print_json(const struct replay_args *args, const struct replay *recorded,
                       const struct replay *changed)
{
    struct text out = text_growing();
    struct json json;
    json_begin(&json, &out);
    json_open_object(&json, NULL);
    json_add_string(&json, "session", recorded->session);
    json_add_string(&json, "version", recorded->recorded_version);
    json_add_string(&json, "replayed_by", build_name());
    json_add_bool(&json, "complete",
                  recorded->has_end && recorded->runs_covered == recorded->runs);
    json_add_unsigned(&json, "runs", recorded->runs);
    json_add_unsigned(&json, "runs_covered", recorded->runs_covered);
    if (args->verify) {
        json_add_bool(&json, "verified", is_same(recorded));
        json_add_unsigned(&json, "marks", recorded->marks);
        json_add_unsigned(&json, "same_until", recorded->last_same.count);
    }
    put_outcome(&json, "recorded", recorded);
    if (changed != NULL) {
        put_outcome(&json, "changed", changed);
    }
    json_close_object(&json);
    printf("%s\n", text_string(&out));
    text_finish(&out);
}

static void print_changed(const struct replay *recorded, const struct replay *changed)
{
    struct text table = text_growing();
    replay_compare(recorded, changed, &table);
    fputs(text_string(&table), stdout);
    text_finish(&table);
}

static bool write_trades(const struct replay_args *args, const struct replay *replay,
                         struct err *err)
{
    const char *names[SESSION_PAIRS_MAX];
    struct text out = text_growing();
    if (args->trades_json == NULL) {
        return true;
    }
    for (int32_t i = 0; i < replay->setup.session.pairs_count; i++) {
        names[i] = replay->setup.session.pairs[i].name;
    }
    result_trades_json(&replay->result, names, &out);
    const bool done = file_replace(args->trades_json, text_string(&out), out.length, err);
    text_finish(&out);
    return done;
}

/* `recorded` is the session as it was; the changed one, if any, runs after it. */
static bool tell(const struct replay_args *args, struct replay_options *options,
                 const struct replay *recorded, struct err *err)
{
    struct replay changed;
    const bool what_if = args->set.count > 0;
    options->sets = args->set.items;
    options->sets_count = args->set.count;
    if (what_if && !replay_run(options, &changed, err)) {
        return false;
    }
    if (args->json) {
        print_json(args, recorded, what_if ? &changed : NULL);
    } else if (what_if) {
        print_changed(recorded, &changed);
    } else {
        print_replay(recorded);
    }
    if (args->verify && !args->json) {
        print_verdict(recorded);
    }
    const bool done = write_trades(args, what_if ? &changed : recorded, err);
    if (what_if) {
        replay_finish(&changed);
    }
    return done;
}

int cmd_replay(int argc, char **argv)
{
    struct arg_option rows[OPTIONS_COUNT];
    list_options(rows);
    const struct arg_spec spec = {
        .command = "replay",
        .operands = "FILE|FOLDER",
        .summary = "Runs a recorded session once more, as fast as it goes.",
        .options = rows,
        .options_count = OPTIONS_COUNT,
        .operands_min = 1,
        .operands_max = 1,
    };
    struct replay_args args = {0};
    struct err err = {0};
    const char *path = NULL;
    int count = 0;
    int code = 0;
    if (!args_take(&spec, argc, argv, &args, &path, &count, &code)) {
        return code;
    }
    struct replay_options options = {.path = path, .version = build_name()};
    static const struct replay NONE;
    struct replay recorded = NONE;
    bool done =
        global_options_apply(&args.global, &err) && replay_run(&options, &recorded, &err);
    const bool same = !args.verify || is_same(&recorded);
    done = done && tell(&args, &options, &recorded, &err);
    replay_finish(&recorded);
    if (!done) {
        fprintf(stderr, "arblite replay: %s\n", err.text);
        return err_exit_code(err.kind);
    }
    return same ? 0 : 1;
}
