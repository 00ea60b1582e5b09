#include "support/check.h"

#include <jansson.h>

#include "run/status.h"

static const int64_t SECOND_NS = INT64_C(1000000000);

static json_t *parse(struct text *text)
{
    json_t *tree = json_loads(text_string(text), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    text_finish(text);
    return tree;
}

static json_t *status_of(const struct snapshot *snapshot, int64_t mono_ns)
{
    struct text text = text_growing();
    status_json(snapshot, NULL, mono_ns, &text);
    return parse(&text);
}

/* Follows "pairs.0.ask_a" down the tree. */
static const json_t *at(const json_t *tree, const char *path)
{
    while (*path != '\0') {
        char name[40];
        const size_t length = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        tree = json_is_array(tree) ? json_array_get(tree, (size_t)(name[0] - '0'))
                                   : json_object_get(tree, name);
        assert_non_null(tree);
        path += length + (path[length] == '.' ? 1 : 0);
    }
    return tree;
}

/* The state is large; each test starts from the same quiet session. */
static int start(void **state)
{
    struct snapshot *s = test_calloc(1, sizeof *s);
    snprintf(s->session, sizeof s->session, "paper-1");
    snprintf(s->mode, sizeof s->mode, "paper");
    snprintf(s->source, sizeof s->source, "SIM lively seed 1");
    s->pid = 77;
    s->speed = 600;
    s->progress = NAN;
    s->started_wall_ns = 100 * SECOND_NS;
    s->made_wall_ns = 190 * SECOND_NS;
    s->made_mono_ns = 50 * SECOND_NS;
    s->entries_until_s = NAN;
    s->margin_used_pct = NAN;
    s->pairs_count = 1;
    snprintf(s->pairs[0].name, sizeof s->pairs[0].name, "BTC");
    *state = s;
    return 0;
}

static int end(void **state)
{
    test_free(*state);
    return 0;
}

/* Goal: which parameters, and whose; a line about them only when they were changed. */
static void says_what_the_engine_goes_by(void **state)
{
    struct snapshot *s = *state;
    s->params.min_spread_bps = 7.5;
    s->params.stop_loss_bps = NAN;
    s->params.max_open_trades = 2;
    json_t *tree = status_of(s, 0);
    assert_int_equal(json_integer_value(at(tree, "params.revision")), 0);
    assert_true(json_is_null(at(tree, "params.origin")));
    check_near(json_number_value(at(tree, "params.min_spread_bps")), 7.5, 0);
    assert_true(json_is_null(at(tree, "params.stop_loss_bps")));
    assert_int_equal(json_integer_value(at(tree, "params.max_open_trades")), 2);
    json_decref(tree);
    struct text lines = text_growing();
    status_lines(s, NULL, &lines);
    assert_null(strstr(text_string(&lines), "params"));
    s->revision = 3;
    snprintf(s->revision_origin, sizeof s->revision_origin, "small/0017 data 00ff");
    text_clear(&lines);
    status_lines(s, NULL, &lines);
    assert_non_null(
        strstr(text_string(&lines), "params    revision 3 from small/0017 data 00ff\n"));
    text_finish(&lines);
    tree = status_of(s, 0);
    assert_int_equal(json_integer_value(at(tree, "params.revision")), 3);
    assert_string_equal(json_string_value(at(tree, "params.origin")), "small/0017 data 00ff");
    json_decref(tree);
}

static void says_who_and_how_old(void **state)
{
    json_t *tree = status_of(*state, 52 * SECOND_NS);
    assert_int_equal(json_integer_value(at(tree, "schema_version")), STATUS_SCHEMA_VERSION);
    assert_int_equal(json_integer_value(at(tree, "pid")), 77);
    assert_string_equal(json_string_value(at(tree, "state")), "running");
    assert_string_equal(json_string_value(at(tree, "source.label")), "SIM lively seed 1");
    check_near(json_number_value(at(tree, "source.speed")), 600, 0.0);
    check_near(json_number_value(at(tree, "uptime_s")), 90, 1e-12); /* 190 s less 100 s */
    check_near(json_number_value(at(tree, "age_ms")), 2000, 1e-12); /* 52 s less 50 s */
    json_decref(tree);
}

/* Goal: what was never heard is null; an age or a price of 0 would be a claim. */
static void knows_what_it_does_not_know(void **state)
{
    static const char *const nulls[] = {
        "source.event_time", "source.progress",   "gate.until_s",   "kill.by",
        "kill.since",        "kill.reason",       "feeds.0.age_ms", "fx.age_ms",
        "fx.krw_per_usdt",   "exposure.since_ms", "pairs.0.bid_a",  "pairs.0.net_edge_bps",
        "margin.ratio_pct",
    };
    json_t *tree = status_of(*state, 0);
    for (size_t i = 0; i < LEN(nulls); i++) {
        print_message("# %s\n", nulls[i]);
        assert_true(json_is_null(at(tree, nulls[i])));
    }
    json_decref(tree);
    struct snapshot *s = *state;
    s->speed = INFINITY; /* as fast as it goes is no number */
    tree = status_of(s, 0);
    assert_true(json_is_null(at(tree, "source.speed")));
    json_decref(tree);
}

static void shows_the_market_as_decided(void **state)
{
    struct snapshot *s = *state;
    struct snapshot_pair *pair = &s->pairs[0];
    s->time_ns = 1000 * SECOND_NS;
    s->krw_per_usd = 1400.5;
    s->fx_heard_ns = 998 * SECOND_NS;
    pair->a.bids_count = pair->b.asks_count = 1;
    pair->a.bids[0].price = 145000000;
    pair->b.asks[0].price = 100300.1;
    pair->a.heard_ns = 999 * SECOND_NS;
    pair->decided_ns = 1;
    pair->net_bps[0] = -3;
    pair->net_bps[1] = 7.5;
    pair->funding_next_ns = 1600 * SECOND_NS;
    pair->mark_ns = 998 * SECOND_NS;
    json_t *tree = status_of(s, 0);
    assert_string_equal(json_string_value(at(tree, "source.event_time")),
                        "1970-01-01T00:16:40.000Z"); /* 1,000 s */
    check_near(json_number_value(at(tree, "feeds.0.age_ms")), 1000, 0.0);
    check_near(json_number_value(at(tree, "fx.age_ms")), 2000, 0.0);
    check_near(json_number_value(at(tree, "fx.krw_per_usdt")), 1400.5, 0.0);
    check_near(json_number_value(at(tree, "pairs.0.bid_a")), 145000000, 0.0);
    check_near(json_number_value(at(tree, "pairs.0.ask_b")), 100300.1, 0.0);
    assert_true(json_is_null(at(tree, "pairs.0.ask_a"))); /* that side is empty */
    check_near(json_number_value(at(tree, "pairs.0.net_edge_bps")), 7.5, 0.0);
    check_near(json_number_value(at(tree, "funding.0.next_s")), 600, 0.0);
    check_near(json_number_value(at(tree, "funding.0.age_ms")), 2000, 0.0);
    json_decref(tree);
}

static void names_what_bars_entries(void **state)
{
    struct snapshot *s = *state;
    s->killed = true;
    s->killed_wall_ns = SECOND_NS;
    snprintf(s->killed_by, sizeof s->killed_by, "SIGUSR2");
    snprintf(s->killed_reason, sizeof s->killed_reason, "said \"stop\"\n");
    s->entries_reason = REASON_GATE_KILL;
    s->causes_count = 1;
    s->causes[0].reason = REASON_GLOBAL_DAY_LOSS;
    s->causes[0].pair = -1;
    s->causes[0].level = GUARD_HALTED;
    json_t *tree = status_of(s, 0);
    assert_string_equal(json_string_value(at(tree, "gate.entries")), "off");
    assert_string_equal(json_string_value(at(tree, "gate.reason")),
                        reason_code(REASON_GATE_KILL));
    assert_true(json_is_true(at(tree, "kill.on")));
    assert_string_equal(json_string_value(at(tree, "kill.by")), "SIGUSR2");
    assert_string_equal(json_string_value(at(tree, "kill.since")), "1970-01-01T00:00:01.000Z");
    assert_non_null(strstr(json_string_value(at(tree, "kill.reason")), "\"stop\""));
    assert_string_equal(json_string_value(at(tree, "guard.causes.0.scope")), "global");
    assert_string_equal(json_string_value(at(tree, "guard.causes.0.level")), "halted");
    json_decref(tree);
}

/* Goal: without a host the journal speaks, and a kill flag that no host has seen counts. */
static void speaks_for_a_session_without_a_host(void **state)
{
    struct journal_status down = {.opened = 3, .closed = 2, .realized_usd = -1.5};
    snprintf(down.session.name, sizeof down.session.name, "paper-1");
    struct text text = text_growing();
    status_json_down(&down, &(struct status_aside){.killed = true}, NULL, &text);
    json_t *tree = parse(&text);
    assert_string_equal(json_string_value(at(tree, "state")), "down");
    assert_true(json_is_null(at(tree, "pid")));
    assert_true(json_is_true(at(tree, "kill.on")));
    assert_int_equal(json_integer_value(at(tree, "trades.open")), 1);
    check_near(json_number_value(at(tree, "pnl.realized_usd")), -1.5, 0.0);
    assert_true(json_is_null(at(tree, "pnl.unrealized_usd"))); /* nobody marks it now */
    json_decref(tree);

    text = text_growing();
    status_lines_down(&down, &(struct status_aside){0}, NULL, &text);
    assert_non_null(strstr(text_string(&text), "no host is running; it can be resumed"));
    assert_non_null(strstr(text_string(&text), "kill      off"));
    text_finish(&text);
}

/* Goal: the machinery's numbers with their ages; what a source has not is null and no 0. */
static void tells_how_the_machinery_does(void **state)
{
    static const char *const nulls[] = {
        "metrics.cycle_ms",
        "metrics.queue_depth",
        "metrics.venues.0.decode_ms",
        "metrics.venues.0.bytes",
        "metrics.venues.1.messages",
        "metrics.venues.1.decision_ms",
        "metrics.venues.1.clock_age_ms",
    };
    struct snapshot *s = *state;
    struct snapshot_venue *a = &s->venues[VENUE_A];
    s->queue_depth = a->bytes = s->venues[VENUE_B].messages = NAN;
    a->messages = 1234;
    a->messages_per_s = 12.5;
    a->rates_mono_ns = 49 * SECOND_NS;
    a->decision = (struct snapshot_latency){
        .count = 7, .p50_ms = 0.25, .p99_ms = 1.5, .max_ms = 2, .last_mono_ns = 48 * SECOND_NS};
    a->happenings_count = 1;
    a->happenings[0] = (struct snapshot_happening){REASON_FEED_SEQ_GAP, 3};
    json_t *tree = status_of(s, 50 * SECOND_NS);
    for (size_t i = 0; i < LEN(nulls); i++) {
        print_message("# %s\n", nulls[i]);
        assert_true(json_is_null(at(tree, nulls[i])));
    }
    assert_string_equal(json_string_value(at(tree, "metrics.venues.0.venue")), "upbit");
    check_near(json_number_value(at(tree, "metrics.venues.0.messages")), 1234, 0);
    check_near(json_number_value(at(tree, "metrics.venues.0.messages_per_s")), 12.5, 0);
    check_near(json_number_value(at(tree, "metrics.venues.0.rates_age_ms")), 1000, 0);
    const json_t *decision = at(tree, "metrics.venues.0.decision_ms");
    assert_int_equal(json_integer_value(at(decision, "count")), 7);
    check_near(json_number_value(at(decision, "p99")), 1.5, 0);
    check_near(json_number_value(at(decision, "age_ms")), 2000, 0);
    const json_t *reasons = at(tree, "metrics.venues.0.reasons");
    assert_int_equal(json_integer_value(json_object_get(reasons, "FEED.SEQ_GAP")), 3);
    json_decref(tree);
}

/* Every key of `up` stands in `down`, in its objects too. */
static void check_keys(json_t *up, json_t *down)
{
    const char *key;
    json_t *value;
    json_object_foreach(up, key, value)
    {
        json_t *same = json_object_get(down, key);
        print_message("# %s\n", key);
        assert_non_null(same);
        if (json_is_object(value)) {
            assert_true(json_is_object(same));
            check_keys(value, same);
        }
        assert_int_equal(json_is_array(value), json_is_array(same));
    }
}

/* Goal: who reads the status of a session that runs can read that of one that does not. */
static void has_the_same_keys_without_a_host(void **state)
{
    struct journal_status down = {0};
    snprintf(down.session.source, sizeof down.session.source, "simulated:7");
    snprintf(down.session.options_text, sizeof down.session.options_text,
             "source = simulated:7\nengine.profile = compat-d37\nengine.profile_x = 1\n");
    struct text text = text_growing();
    status_json_down(&down, &(struct status_aside){.other_build_pid = 4711}, NULL, &text);
    json_t *tree = parse(&text);
    json_t *up = status_of(*state, 0);
    check_keys(up, tree);
    assert_string_equal(json_string_value(at(tree, "profile")), "compat-d37");
    assert_string_equal(json_string_value(at(tree, "source.kind")), "simulated");
    assert_string_equal(json_string_value(at(tree, "gate.entries")), "off");
    assert_string_equal(json_string_value(at(tree, "gate.reason")), "DOWN");
    assert_int_equal(json_integer_value(at(tree, "pid")), 4711);
    assert_string_equal(json_string_value(at(tree, "state")), "other_build");
    json_decref(up);
    json_decref(tree);
}

/* Three tuning sessions, the last started first: one that has ended, and one that runs. */
static struct tuning *some_tuning(void)
{
    struct tuning *tuning = test_calloc(1, sizeof *tuning);
    static const char *const names[] = {"new", "busy", "old"};
    tuning->total = tuning->count = 3;
    for (int i = 0; i < 3; i++) {
        struct tuning_session *session = &tuning->sessions[i];
        snprintf(session->name, sizeof session->name, "%s", names[i]);
        session->state = i == 1 ? TUNING_RUNNING : TUNING_DONE;
        session->jobs = 24;
        session->done = 12;
        session->failed = i;
        session->jobs_per_s = 3.5;
        session->eta_s = NAN;
    }
    snprintf(tuning->sessions[1].best_job, TUNING_NAME_SIZE, "job_0007");
    tuning->sessions[1].best_pnl_usd = 4.25;
    return tuning;
}

/* Goal: the sessions that run, and the last one, with a host and without. */
static void tells_of_tuning_beside_it(void **state)
{
    struct tuning *tuning = some_tuning();
    const struct journal_status down = {0};
    struct text text = text_growing();
    for (int with_host = 0; with_host < 2; with_host++) {
        if (with_host) {
            status_json(*state, tuning, 0, &text);
        } else {
            status_json_down(&down, &(struct status_aside){0}, tuning, &text);
        }
        json_t *tree = parse(&text);
        assert_int_equal(json_integer_value(at(tree, "tuning.total")), 3);
        assert_int_equal(json_integer_value(at(tree, "tuning.running")), 1);
        assert_true(json_is_null(at(tree, "tuning.error")));
        assert_int_equal(json_array_size(at(tree, "tuning.sessions")), 2);
        assert_string_equal(json_string_value(at(tree, "tuning.sessions.0.name")), "new");
        assert_string_equal(json_string_value(at(tree, "tuning.sessions.0.state")), "done");
        assert_true(json_is_null(at(tree, "tuning.sessions.0.best_pnl_usd")));
        assert_string_equal(json_string_value(at(tree, "tuning.sessions.1.state")), "running");
        assert_int_equal(json_integer_value(at(tree, "tuning.sessions.1.done")), 12);
        assert_int_equal(json_integer_value(at(tree, "tuning.sessions.1.jobs")), 24);
        assert_int_equal(json_integer_value(at(tree, "tuning.sessions.1.failed")), 1);
        check_near(json_number_value(at(tree, "tuning.sessions.1.jobs_per_s")), 3.5, 0);
        assert_true(json_is_null(at(tree, "tuning.sessions.1.eta_s")));
        check_near(json_number_value(at(tree, "tuning.sessions.1.best_pnl_usd")), 4.25, 0);
        json_decref(tree);
        text = text_growing();
    }
    test_free(tuning);
    text_finish(&text);
}

/* Goal: one line, about one that runs before one that ended; a broken journal is told. */
static void tells_of_tuning_in_a_line(void **state)
{
    struct tuning *tuning = some_tuning();
    struct text lines = text_growing();
    status_lines(*state, tuning, &lines);
    assert_non_null(strstr(text_string(&lines),
                           "\ntuning    busy running, 12 of 24 jobs done, 1 failed, best "
                           "+4.25 USD job_0007\n"));
    tuning->sessions[1].state = TUNING_INTERRUPTED;
    text_clear(&lines);
    status_lines(*state, tuning, &lines);
    assert_non_null(
        strstr(text_string(&lines), "\ntuning    new done, 12 of 24 jobs done, 0 failed\n"));
    tuning->count = 0;
    snprintf(tuning->error, sizeof tuning->error, "not a database");
    text_clear(&lines);
    status_lines(*state, tuning, &lines);
    assert_non_null(strstr(text_string(&lines), "\ntuning    not a database\n"));
    test_free(tuning);
    text_finish(&lines);
}

/* Goal: a recording that stopped is not one that was never wanted; and what was decided has its
 * hash. */
static void tells_of_recording_and_decisions(void **state)
{
    struct snapshot *s = *state;
    s->decisions = 7;
    snprintf(s->decision_hash, sizeof s->decision_hash, "xxh3-128:ab");
    json_t *tree = status_of(s, 0);
    assert_true(json_is_null(at(tree, "recording")));
    assert_int_equal(json_integer_value(at(tree, "decisions")), 7);
    assert_string_equal(json_string_value(at(tree, "decision_hash")), "xxh3-128:ab");
    json_decref(tree);
    s->recording = SNAPSHOT_RECORDING_FAILED;
    s->recorded_frames = 12;
    s->recorded_bytes = 345;
    snprintf(s->recording_failure, sizeof s->recording_failure, "no room");
    tree = status_of(s, 0);
    assert_string_equal(json_string_value(at(tree, "recording.state")), "failed");
    assert_int_equal(json_integer_value(at(tree, "recording.frames")), 12);
    assert_string_equal(json_string_value(at(tree, "recording.failure")), "no room");
    json_decref(tree);
    struct text lines = text_growing();
    status_lines(s, NULL, &lines);
    assert_non_null(strstr(text_string(&lines),
                           "\nrecording STOPPED after 12 frames, 345 bytes: no room\n"));
    text_finish(&lines);
}

int main(void)
{
#define QUIET(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        QUIET(says_who_and_how_old),
        QUIET(tells_of_recording_and_decisions),
        QUIET(knows_what_it_does_not_know),
        QUIET(shows_the_market_as_decided),
        QUIET(names_what_bars_entries),
        QUIET(tells_how_the_machinery_does),
        cmocka_unit_test(speaks_for_a_session_without_a_host),
        QUIET(says_what_the_engine_goes_by),
        QUIET(has_the_same_keys_without_a_host),
        QUIET(tells_of_tuning_beside_it),
        QUIET(tells_of_tuning_in_a_line),
    };
    return cmocka_run_group_tests_name("run/status", tests, NULL, NULL);
}
