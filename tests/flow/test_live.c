#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "support/venues.h"

/* A session on live data of both simulated venues, recorded, as an operator runs it. */

enum { SAYS_MS = 60 * 1000, POLL_MS = 100 };

/* The market goes fast, so that trades come within seconds. */
#define VENUES "--seed 3 --speed 20 --no-opening --duration 100"

/* The word behind `name` in what the last command said. */
static void word_behind(const struct desk *desk, const char *name, char word[64])
{
    const char *at = strstr(program_said(&desk->command, PROGRAM_OUT), name);
    if (at == NULL) {
        fail_msg("no '%s' in: %s", name, program_said(&desk->command, PROGRAM_OUT));
        return;
    }
    at += strlen(name);
    at += strspn(at, ": \"");
    text_cut(word, 64, "%.*s", (int)strcspn(at, "\",\n"), at);
}

/* Goal: what was recorded of a session, operators too, gives its decisions again: in a replay,
 * twice, and in a session on the recording. */
static void a_live_session_is_recorded_and_replays(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    char replayed[64];
    char again[64];
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --config %s --record %s/rec", venues.config, desk->folder);
    desk_hears(desk, "upbit: connected");
    desk_hears(desk, "opened");
    assert_int_equal(desk_run(desk, "pause"), 0);
    assert_int_equal(desk_run(desk, "resume"), 0);
    desk_hears(desk, "closed");
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "source.kind"), "live");
    assert_string_equal(desk_word(status, "recording.state"), "on");
    json_decref(status);
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(desk_run(desk, "replay %s/rec --verify", desk->folder), 0);
        word_behind(desk, "Decision Hash", replayed);
        assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "verified: "));
    }
    assert_int_equal(desk_run(desk,
                              "paper --new --source frames:%s/rec --speed max --config %s "
                              "--json",
                              desk->folder, venues.config),
                     0);
    word_behind(desk, "\"decision_hash\"", again);
    assert_string_equal(again, replayed);
    assert_int_equal(desk_run(desk, "replay %s/rec --set min_spread_bps=5000", desk->folder),
                     0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "recorded"));
    venues_close(&venues);
}

/* An hour of warm-up to go, by the config. */
#define COLD "--set engine.baseline_tau_s=14400 --set engine.baseline_warmup_s=3600"

/* Are entries open within so many seconds? */
static bool is_warm_within(struct desk *desk, int64_t seconds)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * CLOCK_NS_PER_MS};
    const int64_t until_ns = clock_monotonic_ns() + seconds * CLOCK_NS_PER_S;
    bool open = false;
    while (!open && clock_monotonic_ns() < until_ns) {
        json_t *status = desk_status(desk);
        open = strcmp(desk_word(status, "gate.entries"), "open") == 0;
        json_decref(status);
        nanosleep(&pause, NULL);
    }
    return open;
}

static double decisions_of(struct desk *desk)
{
    json_t *status = desk_status(desk);
    const double decisions = desk_number(status, "decisions");
    json_decref(status);
    return decisions;
}

/* Goal: a recording whose folder somebody removes ends loudly; the session goes on deciding,
 * and its journal is whole. */
static void a_folder_that_vanishes_hurts_nobody(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    char words[2 * DESK_PATH_SIZE];
    const struct timespec pause = {.tv_nsec = POLL_MS * CLOCK_NS_PER_MS};
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --config %s --record %s/rec", venues.config, desk->folder);
    desk_hears(desk, "opened");
    snprintf(words, sizeof words, "%s/rec", desk->folder);
    desk_remove(words);
    desk_hears(desk, "RECORDING STOPPED, the session goes on");
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "recording.state"), "failed");
    const double decided = desk_number(status, "decisions");
    json_decref(status);
    while (decisions_of(desk) == decided) {
        nanosleep(&pause, NULL);
    }
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    assert_int_equal(desk_run(desk, "audit verify"), 0);
    assert_int_equal(desk_count(program_said(&desk->host, PROGRAM_OUT), "RECORDING STOPPED"),
                     1);
    venues_close(&venues);
}

/* Goal: a session begins with what was before it: entries are open within seconds, and it is
 * said why. */
static void a_session_with_a_past_is_warm_at_once(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --config %s " COLD, venues.config);
    desk_hears(desk, " minute candles of upbit and binance, newest ");
    assert_true(is_warm_within(desk, 30));
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    venues_close(&venues);
}

/* Goal: what was recorded without a session has its past too: a session on it, which needs none
 * of its own, is as warm as one on live data. */
static void a_recording_alone_warms_a_session(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    assert_int_equal(desk_run(desk, "record %s/alone --config %s " COLD " --max-runtime-s 8",
                              desk->folder, venues.config),
                     0);
    venues_close(&venues);
    desk_host(desk, "--source frames:%s/alone --speed 1 --config %s " COLD, desk->folder,
              venues.config);
    desk_host_ready(desk);
    assert_true(is_warm_within(desk, 30));
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
}

/* Goal: a market that Upbit does not list is said to be missing and not traded, and the others
 * are traded. */
static void a_market_that_is_not_listed_is_named(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --config %s --pair KRW-BTC/BTCUSDT --pair KRW-NONE/NONEUSDT",
              venues.config);
    desk_hears(desk, "upbit does not list KRW-NONE");
    desk_hears(desk, "opened");
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    assert_null(strstr(program_said(&desk->host, PROGRAM_OUT), "does not list KRW-BTC"));
    venues_close(&venues);
}

static double recorded_bytes(struct desk *desk)
{
    json_t *status = desk_status(desk);
    const double bytes = desk_number(status, "recording.bytes");
    json_decref(status);
    return bytes;
}

/* Goal: a shadow session writes down what it would send; its recording, cut by kill -9, is the
 * same as far as it goes. */
static void a_shadow_killed_while_recording_is_there_to_its_last_second(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    const struct timespec pause = {.tv_nsec = POLL_MS * CLOCK_NS_PER_MS};
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --mode shadow --config %s --record %s/rec", venues.config,
              desk->folder);
    desk_hears(desk, "would send");
    desk_hears(desk, "opened");
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "mode"), "shadow");
    json_decref(status);
    assert_int_equal(desk_run(desk, "console --snap 100x30"), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), " SHADOW "));
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "LIVE DATA REC"));
    const double before = recorded_bytes(desk);
    while (recorded_bytes(desk) == before) {
        nanosleep(&pause, NULL);
    }
    desk_host_kill(desk);
    assert_true(desk_rows(desk, "SELECT count(*) FROM audit WHERE verb = 'would send'") >= 2);
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session WHERE mode = 'shadow'"), 1);
    assert_int_equal(desk_run(desk, "replay %s/rec --verify", desk->folder), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT),
                           "the recording was cut; this is as far as it tells"));
    venues_close(&venues);
}

/* Goal: killed twice without warning and stopped once, and gone on with, a session replays
 * whole from the one folder: in a replay, and in a session on the recording. */
static void a_session_that_was_killed_and_resumed_replays_whole(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    char replayed[64];
    char again[64];
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    for (int run = 0; run < 4; run++) {
        desk_host(desk, "--source live --config %s --record %s/rec", venues.config,
                  desk->folder);
        desk_hears(desk, run == 0 ? "started" : "resumed");
        desk_hears(desk, "opened");
        desk_hears(desk, "closed");
        if (run < 2) {
            desk_host_kill(desk);
        } else {
            program_signal(&desk->host, SIGTERM);
            assert_int_equal(desk_host_end(desk), 143);
        }
    }
    assert_int_equal(desk_run(desk, "replay %s/rec --verify", desk->folder), 0);
    const char *said = program_said(&desk->command, PROGRAM_OUT);
    assert_non_null(strstr(said, "stopped and resumed: 4 of its 4 runs are covered"));
    assert_non_null(strstr(said, "verified: "));
    word_behind(desk, "Decision Hash", replayed);
    assert_int_equal(desk_run(desk,
                              "paper --new --source frames:%s/rec --speed max --config %s "
                              "--json",
                              desk->folder, venues.config),
                     0);
    word_behind(desk, "\"decision_hash\"", again);
    assert_string_equal(again, replayed);
    venues_close(&venues);
}

/* Goal: with nobody there each venue is told of in one line within five seconds, and everything
 * else works. */
static void says_at_once_what_cannot_be_reached(void **state)
{
    static const char NOBODY[] = "live:\n"
                                 "  upbit_rest_url: \"http://127.0.0.1:1\"\n"
                                 "  upbit_socket_url: \"ws://127.0.0.1:1\"\n"
                                 "  binance_rest_url: \"http://127.0.0.1:1\"\n"
                                 "  binance_public_url: \"ws://127.0.0.1:1\"\n"
                                 "  binance_market_url: \"ws://127.0.0.1:1\"\n";
    struct desk *desk = *state;
    char config[DESK_PATH_SIZE];
    desk_file(desk, config, "nobody.yaml", NOBODY);
    const int64_t began_ns = clock_monotonic_ns();
    desk_host(desk, "--source live --config %s", config);
    desk_hears(desk, "upbit: cannot be reached: NET.CONNECT");
    desk_hears(desk, "binance: cannot be reached: NET.CONNECT");
    assert_true(clock_monotonic_ns() - began_ns < 5 * CLOCK_NS_PER_S);
    desk_host_ready(desk);
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "gate.reason"), "NET.CONNECT");
    assert_string_equal(desk_word(status, "feeds.0.reason"), "NET.CONNECT");
    assert_false(desk_flag(status, "pairs.0.aligned"));
    json_decref(status);
    assert_int_equal(desk_run(desk, "console --snap 100x30"), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "LIVE DATA"));
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    const char *said = program_said(&desk->host, PROGRAM_OUT);
    assert_int_equal(desk_count(said, "upbit: cannot be reached"), 1);
    assert_int_equal(desk_count(said, "binance: cannot be reached"), 1);
}

/* Every feed is fresh, and has begun anew at least `resyncs` times. */
static bool all_fresh_again(struct desk *desk, double resyncs)
{
    json_t *status = desk_status(desk);
    const json_t *feeds = desk_at(status, "feeds");
    bool fresh = json_array_size(feeds) > 0;
    for (size_t i = 0; i < json_array_size(feeds); i++) {
        const json_t *feed = json_array_get(feeds, i);
        fresh = fresh && strcmp(desk_word(feed, "state"), "fresh") == 0 &&
                desk_number(feed, "resyncs") >= resyncs;
    }
    json_decref(status);
    return fresh;
}

static void wait_until_fresh(struct desk *desk, double resyncs)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * CLOCK_NS_PER_MS};
    const int64_t until_ns = clock_monotonic_ns() + 30 * CLOCK_NS_PER_S;
    while (!all_fresh_again(desk, resyncs)) {
        assert_true(clock_monotonic_ns() < until_ns);
        nanosleep(&pause, NULL);
    }
}

/* Goal: CLOCK.STALL: a process that was stopped believes nothing of what waited for it: every
 * book begins anew before the session goes on, and its recording gives the same decisions. */
static void a_session_that_was_stopped_begins_its_books_anew(void **state)
{
    struct desk *desk = *state;
    struct venues venues;
    const struct timespec stall = {.tv_sec = 2}; /* live.stall_ms is 1500 */
    venues_open(&venues, desk, VENUES, VENUES_FREE);
    desk_host(desk, "--source live --config %s --record %s/rec", venues.config, desk->folder);
    desk_hears(desk, "binance: connected");
    wait_until_fresh(desk, 0);
    program_signal(&desk->host, SIGSTOP);
    nanosleep(&stall, NULL);
    program_signal(&desk->host, SIGCONT);
    wait_until_fresh(desk, 1);
    assert_true(program_says(&desk->host, PROGRAM_MESSAGES, "reason=CLOCK.STALL", SAYS_MS));
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    assert_int_equal(desk_run(desk, "replay %s/rec --verify", desk->folder), 0);
    venues_close(&venues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_live_session_is_recorded_and_replays, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(a_session_that_was_killed_and_resumed_replays_whole,
                                        desk_open, desk_close),
        cmocka_unit_test_setup_teardown(
            a_shadow_killed_while_recording_is_there_to_its_last_second, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(a_folder_that_vanishes_hurts_nobody, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(a_session_with_a_past_is_warm_at_once, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(a_recording_alone_warms_a_session, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(a_market_that_is_not_listed_is_named, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(a_session_that_was_stopped_begins_its_books_anew,
                                        desk_open, desk_close),
        cmocka_unit_test_setup_teardown(says_at_once_what_cannot_be_reached, desk_open,
                                        desk_close),
    };
    return cmocka_run_group_tests_name("flow/live", tests, NULL, NULL);
}
