#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/trade.h"
#include "support/desk.h"

/* A tuning result's parameters in a session that runs, as an operator takes them: asked for,
 * refused, taken, killed and resumed. */

enum { ROWS = 3000, FIRST_S = 1767571200 };

#define OPTIONS                                                                                \
    "--min-spread-bps 5 --taker-fee-a-bps 5 --taker-fee-b-bps 5 --slippage-bps 0 "             \
    "--max-position-usd 1000 --max-open-trades 2"

/* Two and a half minutes: time enough for an operator, however slow the machine. */
#define SLOWLY "20"

/* One row a second: B is 101 bps dearer, an edge of 79, until the last hundred, in which it is
 * converged. */
static void write_rows(const struct desk *desk)
{
    char path[DESK_PATH_SIZE];
    struct text csv = text_growing();
    text_add(&csv, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    for (int i = 0; i < ROWS; i++) {
        const bool edge = i > 0 && i < ROWS - 100;
        text_addf(&csv, "%d,99990,100000,%s,1000\n", FIRST_S + i,
                  edge ? "101.00,101.01" : "99.98,99.99");
    }
    desk_file(desk, path, "rows.csv", text_string(&csv));
    text_finish(&csv);
}

/* A result over the first rows of the same market: one trade after another, 60 s each. */
static void write_result(struct desk *desk)
{
    assert_int_equal(desk_run(desk,
                              "tune --data-file %s/rows.csv --max-hold-s 60 --output-json "
                              "%s/one.json " OPTIONS,
                              desk->folder, desk->folder),
                     0);
}

static void start(struct desk *desk, const char *speed)
{
    desk_host(desk, "--source csv:%s/rows.csv --speed %s " OPTIONS, desk->folder, speed);
}

static int use(struct desk *desk, const char *words)
{
    return desk_run(desk, "use --result %s/one.json %s", desk->folder, words);
}

static void check_revision(struct desk *desk, double number)
{
    json_t *status = desk_status(desk);
    check_near(desk_number(status, "params.revision"), number, 0);
    assert_int_equal(strncmp(desk_word(status, "params.origin"), "", 1) != 0, number > 0);
    json_decref(status);
}

/* Trade 1 was opened before and has no max_hold: it stays till the premium has converged. Those
 * opened later, from trade 3 on, have 60 s; the last of them converges, too. */
static void check_trades(struct desk *desk)
{
    char sql[256];
    text_cut(sql, sizeof sql,
             "SELECT count(*) FROM trade WHERE id = 1 AND exit = %d AND close_ns = %d * "
             "1000000000",
             TRADE_EXIT_CONVERGENCE, FIRST_S + ROWS - 100);
    assert_int_equal(desk_rows(desk, sql), 1);
    text_cut(sql, sizeof sql,
             "SELECT count(*) FROM trade WHERE id > 2 AND exit = %d AND close_ns - open_ns = "
             "60 * 1000000000",
             TRADE_EXIT_MAX_HOLD);
    const int64_t held = desk_rows(desk, sql);
    assert_true(held > 5);
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM trade WHERE id > 2"), held + 1);
}

/* Goal: what the issue asks for, end to end: shown and asked first, a reason where the result
 * is thin, refused without, in effect and on record with it; the trade that is open keeps its
 * exits and later ones have the new, through a SIGKILL; the chain is whole. */
static void are_used_in_a_running_session(void **state)
{
    struct desk *desk = *state;
    write_rows(desk);
    write_result(desk);
    start(desk, SLOWLY);
    desk_hears(desk, "trade 1 opened");
    assert_int_equal(use(desk, "--dry-run --size"), 0);
    const char *shown = program_said(&desk->command, PROGRAM_OUT);
    assert_non_null(strstr(shown, "max_hold_s"));
    assert_non_null(strstr(shown, "guard             would have refused 0 of"));
    check_revision(desk, 0);
    assert_int_equal(use(desk, ""), 2);
    desk_was_told(desk, "--yes must say so");
    check_revision(desk, 0);
    desk_hears(desk, "trade 2 opened");
    assert_int_equal(desk_run(desk, "pause"), 0);
    assert_int_equal(desk_run(desk, "close 2"), 0);
    assert_int_equal(use(desk, "--yes --reason thin-but-watched"), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "revision 1"));
    check_revision(desk, 1);
    assert_int_equal(desk_run(desk, "resume"), 0);
    assert_int_equal(use(desk, "--yes --reason again"), 3);
    desk_was_told(desk, "no parameter of it is another than the session's");
    desk_host_kill(desk);
    check_revision(desk, 1);
    start(desk, "max");
    assert_int_equal(desk_host_end(desk), 0);
    assert_int_equal(desk_run(desk, "audit verify"), 0);
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM revision WHERE reason = "
                                     "'thin-but-watched' AND origin LIKE '%/one data %'"),
                     1);
    check_trades(desk);
}

static void write_other(struct desk *desk, const char *words)
{
    assert_int_equal(
        desk_run(desk,
                 "tune --data-file %s/rows.csv --output-json %s/other.json " OPTIONS " %s",
                 desk->folder, desk->folder, words),
        0);
}

static int use_other(struct desk *desk, const char *words)
{
    return desk_run(desk, "use --result %s/other.json --yes %s", desk->folder, words);
}

/* Goal: a result that says little wants a reason typed; its fees are shown to differ and stay
 * behind; one of other rules is refused, and so is all of it when no session runs. */
static void are_refused_with_the_reason(void **state)
{
    struct desk *desk = *state;
    write_rows(desk);
    start(desk, SLOWLY);
    desk_host_ready(desk);
    write_other(desk, "--max-hold-s 2000 --taker-fee-a-bps 4"); /* four trades */
    assert_int_equal(use_other(desk, ""), 3);
    desk_was_told(desk, "a reason is needed (--reason TEXT): trades: 4 closed");
    assert_non_null(
        strstr(program_said(&desk->command, PROGRAM_OUT), "taker_fee_a_bps 4, here 5"));
    assert_int_equal(use_other(desk, "--json"), 3);
    json_t *said = json_loads(program_said(&desk->command, PROGRAM_OUT), 0, NULL);
    assert_true(desk_flag(said, "wants_reason"));
    assert_false(desk_flag(said, "done"));
    assert_string_equal(desk_word(said, "changes.0.name"), "max_hold_s");
    json_decref(said);
    check_revision(desk, 0);
    assert_int_equal(use_other(desk, "--reason four-will-do"), 0);
    check_revision(desk, 1);
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM revision WHERE params LIKE '%fee%' "
                                     "OR params LIKE '%position%'"),
                     0);
    write_other(desk, "--profile compat-d37 --fx-rate 1000");
    assert_int_equal(use_other(desk, "--reason why-not"), 3);
    desk_was_told(desk, "the result is of profile compat-d37, the session runs exact");
    assert_int_equal(desk_run(desk, "quit"), 0);
    assert_int_equal(use_other(desk, ""), 1);
    desk_was_told(desk, "no session is running");
}

/* A command on a terminal, answered as it asks. */
struct talk {
    pid_t pid;
    int terminal;
    struct text shown;
};

static struct talk begin_talk(const struct desk *desk)
{
    struct talk talk = {.shown = text_growing()};
    char result[DESK_PATH_SIZE + 16];
    text_cut(result, sizeof result, "%s/other.json", desk->folder);
    talk.pid = forkpty(&talk.terminal, NULL, NULL, NULL);
    assert_true(talk.pid >= 0);
    if (talk.pid == 0) {
        const char *program = getenv("ARBLITE");
        execl(program, program, "use", "--state-dir", desk->state, "--result", result, NULL);
        _exit(127);
    }
    return talk;
}

/* Reads until it has asked that, and types the answer. */
static void reply(struct talk *talk, const char *question, const char *line)
{
    char bytes[1024];
    while (strstr(text_string(&talk->shown), question) == NULL) {
        struct pollfd wait = {.fd = talk->terminal, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, DESK_HOST_MS), 1);
        const ssize_t count = read(talk->terminal, bytes, sizeof bytes);
        assert_true(count > 0);
        text_add_bytes(&talk->shown, bytes, (size_t)count);
    }
    assert_int_equal(write(talk->terminal, line, strlen(line)), strlen(line));
}

static int end_talk(struct talk *talk)
{
    char bytes[1024];
    int status = 0;
    while (read(talk->terminal, bytes, sizeof bytes) > 0) {
    }
    assert_int_equal(waitpid(talk->pid, &status, 0), talk->pid);
    close(talk->terminal);
    text_finish(&talk->shown);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Goal: on a terminal it asks why and whether; no reason or no consent changes nothing. */
static void are_asked_for_on_a_terminal(void **state)
{
    static const char WHY[] = "why use it all the same?";
    struct desk *desk = *state;
    write_rows(desk);
    start(desk, SLOWLY);
    desk_host_ready(desk);
    write_other(desk, "--max-hold-s 2000");
    struct talk talk = begin_talk(desk);
    reply(&talk, WHY, " \n");
    assert_int_equal(end_talk(&talk), 3);
    talk = begin_talk(desk);
    reply(&talk, WHY, "it was watched\n");
    reply(&talk, "use these parameters in session paper-", "no\n");
    assert_int_equal(end_talk(&talk), 3);
    check_revision(desk, 0);
    talk = begin_talk(desk);
    reply(&talk, WHY, "it was watched\n");
    reply(&talk, "[y/N] ", "y\n");
    assert_int_equal(end_talk(&talk), 0);
    check_revision(desk, 1);
    assert_int_equal(
        desk_rows(desk, "SELECT count(*) FROM revision WHERE reason = 'it was watched'"), 1);
    assert_int_equal(desk_run(desk, "quit"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(are_used_in_a_running_session, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(are_asked_for_on_a_terminal, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(are_refused_with_the_reason, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/use", tests, NULL, NULL);
}
