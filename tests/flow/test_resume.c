#include <signal.h>

#include "base/mem.h"
#include "io/file.h"
#include "support/desk.h"
#include "support/edges.h"

/* A session goes on where its host stopped, with what it was started with, or not at all. */

enum { ROWS = 400, FILE_MAX = 4 * 1024 * 1024 };

#define OPTIONS EDGES_OPTIONS " --max-open-trades 2 --baseline-tau-s 600 --baseline-warmup-s 7"

static void write_edges(const struct desk *desk, const char *name, int rows)
{
    char path[DESK_PATH_SIZE];
    struct text csv = text_growing();
    edges_csv(&csv, rows);
    desk_file(desk, path, name, text_string(&csv));
    text_finish(&csv);
}

static char *read_file(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE];
    char *text = NULL;
    size_t length = 0;
    struct err err = {0};
    text_cut(path, sizeof path, "%.200s/%.40s", desk->folder, name);
    if (!file_read(path, FILE_MAX, &text, &length, &err)) {
        fail_msg("%s", err.text);
    }
    return text;
}

static void run(struct desk *desk, const char *more)
{
    assert_int_equal(desk_run(desk,
                              "paper --source csv:%s/edges.csv --speed max " OPTIONS
                              " --trades-json %s/trades.json%s",
                              desk->folder, desk->folder, more),
                     0);
}

/* Goal: however often and wherever a session is stopped, its trades are those of one that was
 * not, to the byte. The stops lie before, on and after openings and closings. */
static void trades_as_if_never_stopped(void **state)
{
    static const int stops[] = {1, 2, 7, 10, 11, 15, 16, 20, 123, ROWS - 1};
    struct desk *desk = *state;
    write_edges(desk, "edges.csv", ROWS);
    run(desk, "");
    char *want = read_file(desk, "trades.json");
    assert_true(desk_count(want, "\"id\"") > 30);
    for (size_t i = 0; i < LEN(stops); i++) {
        char more[32];
        text_cut(more, sizeof more, " --max-events %d", stops[i]);
        run(desk, more); /* a new session: the one before has ended */
        text_cut(more, sizeof more, " --max-events %d", i % 2 == 0 ? 3 : 0);
        run(desk, more);
        run(desk, "");
        char *got = read_file(desk, "trades.json");
        assert_string_equal(got, want);
        mem_free(got);
    }
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session"), 1 + LEN(stops));
    mem_free(want);
}

/* Goal: the same for a stop that nobody planned. */
static void trades_as_if_never_terminated(void **state)
{
    struct desk *desk = *state;
    write_edges(desk, "edges.csv", ROWS);
    run(desk, "");
    char *want = read_file(desk, "trades.json");
    desk_host(desk, "--source csv:%s/edges.csv --speed 100 " OPTIONS, desk->folder);
    desk_hears(desk, "trade 2 opened");
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 143);
    assert_non_null(strstr(program_said(&desk->host, PROGRAM_OUT), "can be resumed"));
    desk_host(desk, "--source csv:%s/edges.csv --speed 100 " OPTIONS, desk->folder);
    desk_hears(desk, "opened");
    program_signal(&desk->host, SIGINT);
    assert_int_equal(desk_host_end(desk), 130);
    run(desk, "");
    char *got = read_file(desk, "trades.json");
    assert_string_equal(got, want);
    mem_free(got);
    mem_free(want);
}

/* Goal: what would make another session of it is named and refused; --new means it. */
static void refuses_what_is_not_the_same(void **state)
{
    struct desk *desk = *state;
    write_edges(desk, "edges.csv", ROWS);
    write_edges(desk, "other.csv", ROWS);
    run(desk, " --max-events 20");

    const struct {
        const char *words, *want;
    } cases[] = {
        {"--source csv:%s/edges.csv " OPTIONS " --min-spread-bps 6",
         "engine.min_spread_bps was 5, is 6"},
        {"--source csv:%s/edges.csv " OPTIONS " --max-hold-s 60", "engine.max_hold_s"},
        {"--source csv:%s/other.csv " OPTIONS, "other.csv"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char words[1024];
        const char *at = strstr(cases[i].words, "%s");
        text_cut(words, sizeof words, "%.*s%s%s", (int)(at - cases[i].words), cases[i].words,
                 desk->folder, at + 2);
        assert_int_equal(desk_run(desk, "paper --speed max %s", words), 2);
        desk_was_told(desk, cases[i].want);
        desk_was_told(desk, "--new");
    }
    write_edges(desk, "edges.csv", ROWS - 1);
    assert_int_equal(
        desk_run(desk, "paper --source csv:%s/edges.csv --speed max " OPTIONS, desk->folder),
        2);
    desk_was_told(desk, "ran on other data");
    desk_was_told(desk, "edges.csv");
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session"), 1);
    run(desk, " --new");
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session"), 2);
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session WHERE end_reason = "
                                     "'replaced by --new'"),
                     1);
}

/* Goal: one host a folder; the second is told who is there and disturbs nothing. */
static void has_one_host_a_folder(void **state)
{
    struct desk *desk = *state;
    char pid[32];
    write_edges(desk, "edges.csv", 20000);
    desk_host(desk, "--source csv:%s/edges.csv --speed 100 " OPTIONS, desk->folder);
    desk_host_ready(desk);
    text_cut(pid, sizeof pid, "%d", (int)desk->host.pid);
    assert_int_equal(desk_run(desk, "paper --source csv:%s/edges.csv " OPTIONS, desk->folder),
                     3);
    desk_was_told(desk, pid);
    assert_int_equal(
        desk_run(desk, "paper --new --source csv:%s/edges.csv " OPTIONS, desk->folder), 3);
    desk_was_told(desk, pid);
    json_t *status = desk_status(desk);
    assert_int_equal((int)desk_number(status, "pid"), (int)desk->host.pid);
    assert_string_equal(desk_word(status, "state"), "running");
    json_decref(status);
}

/* Goal: what a killed host leaves lying about, socket and lock, is no obstacle. */
static void steps_over_what_a_dead_host_left(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE * 2];
    write_edges(desk, "edges.csv", 20000);
    desk_host(desk, "--source csv:%s/edges.csv --speed 100 " OPTIONS, desk->folder);
    desk_hears(desk, "trade 1 opened");
    desk_host_kill(desk);
    text_cut(path, sizeof path, "%s/session.sock", desk->state);
    assert_int_equal(access(path, F_OK), 0);
    json_t *status = desk_status(desk); /* down, and not a word about a dead socket */
    assert_string_equal(desk_word(status, "state"), "down");
    json_decref(status);
    assert_int_equal(desk_run(desk, "pause"), 1);
    desk_was_told(desk, "no session is running");
    desk_host(desk, "--source csv:%s/edges.csv --speed 100 " OPTIONS, desk->folder);
    desk_hears(desk, "trade 3 opened");
    status = desk_status(desk);
    assert_int_equal((int)desk_number(status, "pid"), (int)desk->host.pid);
    json_decref(status);
}

static void tells_its_state_while_down(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "status --json"), 1);
    desk_was_told(desk, "no session in");
    assert_string_equal(program_said(&desk->command, PROGRAM_OUT), "");
    write_edges(desk, "edges.csv", ROWS);
    assert_int_equal(
        desk_run(desk,
                 "paper --source csv:%s/edges.csv --speed max --max-events 28 " EDGES_OPTIONS,
                 desk->folder),
        0);
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "state"), "down");
    assert_true(json_is_null(desk_at(status, "pid")));
    assert_false(desk_flag(status, "ended"));
    /* Opened with rows 0, 10 and 20, closed with rows 5, 15 and 25; row 27 is the last. */
    check_near(desk_number(status, "trades.opened"), 3, 0);
    check_near(desk_number(status, "trades.closed"), 3, 0);
    assert_string_equal(desk_word(status, "source.event_time"), "2026-01-05T00:00:27.000Z");
    json_decref(status);
}

/* Goal: without its data a session cannot go on; the operator learns what can be done. */
static void names_the_data_it_misses(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE * 2];
    write_edges(desk, "edges.csv", ROWS);
    run(desk, " --max-events 20");
    text_cut(path, sizeof path, "%s/edges.csv", desk->folder);
    assert_int_equal(remove(path), 0);
    assert_int_equal(desk_run(desk, "paper --speed max"), 1);
    desk_was_told(desk, "edges.csv': No such file or directory");
    desk_was_told(desk, "--new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trades_as_if_never_stopped, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(trades_as_if_never_terminated, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_the_same, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(has_one_host_a_folder, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(steps_over_what_a_dead_host_left, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(tells_its_state_while_down, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(names_the_data_it_misses, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/resume", tests, NULL, NULL);
}
