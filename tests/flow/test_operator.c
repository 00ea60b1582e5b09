#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/desk.h"
#include "support/edges.h"

/* The kill switch and the other words of an operator, on a market that offers an edge every ten
 * rows: whatever is asked must show in what is traded. */

enum { ROWS = 20000, SPEED = 200 };

static void write_edges(struct desk *desk)
{
    char path[DESK_PATH_SIZE];
    struct text csv = text_growing();
    edges_csv(&csv, ROWS);
    desk_file(desk, path, "edges.csv", text_string(&csv));
    text_finish(&csv);
}

static void start(struct desk *desk)
{
    write_edges(desk);
    desk_host(desk, "--source csv:%s/edges.csv --speed %d " EDGES_OPTIONS, desk->folder, SPEED);
}

static void start_again(struct desk *desk)
{
    desk_host(desk, "--source csv:%s/edges.csv --speed %d " EDGES_OPTIONS, desk->folder, SPEED);
    desk_host_ready(desk);
}

static void stop(struct desk *desk)
{
    program_signal(&desk->host, SIGTERM);
    assert_int_equal(desk_host_end(desk), 128 + SIGTERM);
}

/* Goal: edges are offered, more than two of them, and none is taken, for that reason. */
static void check_no_entries(struct desk *desk, const char *reason)
{
    const int64_t until_ns = clock_monotonic_ns() + 20 * CLOCK_NS_PER_S;
    json_t *status = desk_status(desk);
    const double opened = desk_number(status, "trades.opened");
    const double refused = desk_number(status, "trades.refused");
    while (desk_number(status, "trades.refused") <= refused + EDGES_PERIOD) {
        assert_true(clock_monotonic_ns() < until_ns);
        json_decref(status);
        program_listen(&desk->host, 20 * (int64_t)CLOCK_NS_PER_MS);
        status = desk_status(desk);
    }
    assert_string_equal(desk_word(status, "state"), "running");
    assert_string_equal(desk_word(status, "gate.entries"), "off");
    assert_string_equal(desk_word(status, "gate.reason"), reason);
    check_near(desk_number(status, "trades.opened"), opened, 0);
    check_near(desk_number(status, "trades.open"), 0, 0);
    json_decref(status);
}

/* Waits until that many trades more have been opened. */
static void check_traded(struct desk *desk, int more)
{
    const int64_t until_ns = clock_monotonic_ns() + 20 * CLOCK_NS_PER_S;
    json_t *status = desk_status(desk);
    const double opened = desk_number(status, "trades.opened");
    while (desk_number(status, "trades.opened") < opened + more) {
        assert_true(clock_monotonic_ns() < until_ns);
        json_decref(status);
        status = desk_status(desk);
    }
    json_decref(status);
}

static void check_entries(struct desk *desk)
{
    text_clear(&desk->host.said[PROGRAM_OUT]);
    desk_hears(desk, " opened BTC");
}

static void check_kill(struct desk *desk, bool on, bool armed, const char *by)
{
    json_t *status = desk_status(desk);
    assert_int_equal(desk_flag(status, "kill.on"), on);
    assert_int_equal(desk_flag(status, "armed"), armed);
    assert_string_equal(desk_word(status, "kill.by"), by);
    assert_int_equal(desk_word(status, "kill.since")[0] != '\0', on);
    json_decref(status);
}

static const char *operator_here(void)
{
    const struct passwd *user = getpwuid(getuid());
    assert_non_null(user);
    return user->pw_name;
}

static int64_t audited(const struct desk *desk, const char *verb)
{
    char sql[128];
    text_cut(sql, sizeof sql, "SELECT count(*) FROM audit WHERE verb = '%s'", verb);
    return desk_rows(desk, sql);
}

/* Goal: after the kill no entry, neither in this process nor in the next nor in a new session;
 * the trade that was open is closed by the engine. */
static void check_killed(struct desk *desk, const char *by)
{
    desk_hears(desk, "session killed");
    const char *after = strstr(program_said(&desk->host, PROGRAM_OUT), "session killed");
    const size_t from = (size_t)(after - program_said(&desk->host, PROGRAM_OUT));
    desk_hears(desk, "refused");
    check_no_entries(desk, "GATE.KILL");
    after = program_said(&desk->host, PROGRAM_OUT) + from;
    assert_int_equal(desk_count(after, "open"), 0); /* neither opening nor opened */
    assert_int_equal(desk_count(program_said(&desk->host, PROGRAM_OUT), "opened"),
                     desk_count(program_said(&desk->host, PROGRAM_OUT), "closed"));
    check_kill(desk, true, true, by);
    assert_true(audited(desk, "kill") >= 1);
    stop(desk);
    check_kill(desk, true, true, by);
    start_again(desk);
    check_kill(desk, true, true, by);
    check_no_entries(desk, "GATE.KILL");
    stop(desk);
    desk_host(desk, "--source csv:%s/edges.csv --new --speed %d " EDGES_OPTIONS, desk->folder,
              SPEED);
    desk_host_ready(desk);
    check_no_entries(desk, "GATE.KILL");
}

static void is_killed_from_the_command_line(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 2 opened");
    assert_int_equal(desk_run(desk, "kill --reason looks-wrong"), 0);
    check_killed(desk, operator_here());
}

static void is_killed_by_a_signal(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 2 opened");
    program_signal(&desk->host, SIGUSR2);
    check_killed(desk, "signal");
}

static void is_killed_by_the_flag_file(void **state)
{
    struct desk *desk = *state;
    char path[DESK_PATH_SIZE];
    start(desk);
    desk_hears(desk, "trade 2 closed");
    desk_file(desk, path, "state/KILL", "");
    desk_hears(desk, "session killed");
    check_killed(desk, "flag file");
}

/* Goal: without a host the flag is left, and the next session starts with it on. */
static void is_killed_before_it_starts(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(desk_run(desk, "kill --reason maintenance"), 0);
    assert_int_equal(desk_run(desk, "kill --reason again"), 0);
    assert_int_equal(desk_run(desk, "status"), 1); /* a flag is no session */
    start(desk);
    desk_host_ready(desk);
    check_no_entries(desk, "GATE.KILL");
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "kill.by"), operator_here());
    assert_string_equal(desk_word(status, "kill.reason"), "maintenance"); /* the first one */
    json_decref(status);
}

/* Goal: the operator learns that the host hangs, and it finds the switch on when it goes on. */
static void is_killed_while_it_hangs(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 1 closed");
    program_signal(&desk->host, SIGSTOP);
    assert_int_equal(desk_run(desk, "kill --reason hangs"), 0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "does not answer"));
    assert_int_equal(desk_run(desk, "status"), 1);
    desk_was_told(desk, "does not answer");
    program_signal(&desk->host, SIGCONT);
    desk_hears(desk, "session killed");
    check_no_entries(desk, "GATE.KILL");
    check_kill(desk, true, true, operator_here());
}

/* Goal: nobody releases by accident; what was released still waits to be armed, over a restart
 * too. */
static void is_released_by_name_and_reason_only(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 1 closed");
    assert_int_equal(desk_run(desk, "release --session x --reason y"), 3);
    assert_int_equal(desk_run(desk, "kill"), 0);
    json_t *status = desk_status(desk);
    char name[64];
    text_cut(name, sizeof name, "%s", desk_word(status, "session"));
    json_decref(status);

    assert_int_equal(desk_run(desk, "release --reason checked"), 3);
    desk_was_told(desk, name);
    assert_int_equal(desk_run(desk, "release --reason checked --session paper"), 3);
    desk_was_told(desk, name);
    assert_int_equal(desk_run(desk, "release --session %s", name), 3);
    desk_was_told(desk, "reason");
    assert_int_equal(desk_run(desk, "arm"), 3);
    desk_was_told(desk, "release it first");
    check_kill(desk, true, true, operator_here());

    assert_int_equal(desk_run(desk, "release --reason checked-the-feed --session %s", name), 0);
    check_kill(desk, false, false, "");
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM audit WHERE verb = 'release' AND "
                                     "text LIKE '%checked-the-feed%' AND result LIKE "
                                     "'released%'"),
                     1);
    assert_int_equal(audited(desk, "release"), 5); /* refusals too */
    check_no_entries(desk, "GATE.DISARMED");
    stop(desk);
    start_again(desk);
    check_kill(desk, false, false, "");
    check_no_entries(desk, "GATE.DISARMED");
    assert_int_equal(desk_run(desk, "arm"), 0);
    check_entries(desk);
}

static void pauses_and_resumes(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 1 opened");
    assert_int_equal(desk_run(desk, "pause"), 0);
    desk_hears(desk, "trade 1 closed BTC convergence"); /* exits go on */
    check_no_entries(desk, "GATE.PAUSED");
    stop(desk);
    start_again(desk);
    check_no_entries(desk, "GATE.PAUSED");
    assert_int_equal(desk_run(desk, "resume"), 0);
    check_entries(desk);
}

/* Three trades at once that never converge: only an operator closes them. */
static void closes_what_it_is_told_to(void **state)
{
    struct desk *desk = *state;
    write_edges(desk);
    desk_host(desk,
              "--source csv:%s/edges.csv --speed %d " EDGES_OPTIONS
              " --max-open-trades 3 --exit-spread-bps -1000",
              desk->folder, SPEED);
    desk_hears(desk, "trade 3 opened");
    assert_int_equal(desk_run(desk, "close 2"), 0);
    desk_hears(desk, "trade 2 closed BTC operator");
    desk_hears(desk, "trade 4 opened"); /* there is room again */
    assert_int_equal(desk_run(desk, "close 2"), 3);
    desk_was_told(desk, "trade 2 is not open");
    assert_int_equal(desk_run(desk, "close two"), 1);
    desk_was_told(desk, "'two' is not a trade number");
    assert_int_equal(desk_run(desk, "close"), 2);

    assert_int_equal(desk_run(desk, "pause"), 0);
    assert_int_equal(desk_run(desk, "flatten --reason lunch"), 0);
    assert_string_equal(program_said(&desk->command, PROGRAM_OUT), "closing 3 trades\n");
    desk_hears(desk, "trade 1 closed BTC flatten");
    desk_hears(desk, "trade 3 closed BTC flatten");
    desk_hears(desk, "trade 4 closed BTC flatten");
    check_no_entries(desk, "GATE.PAUSED");
    assert_int_equal(audited(desk, "flatten"), 1);
}

/* Goal: quit ends the session for good: the next one is new. */
static void quits(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_hears(desk, "trade 1 closed");
    assert_int_equal(desk_run(desk, "quit"), 0);
    assert_int_equal(desk_host_end(desk), 0);
    json_t *status = desk_status(desk);
    assert_string_equal(desk_word(status, "state"), "down");
    assert_true(desk_flag(status, "ended"));
    json_decref(status);
    assert_int_equal(desk_run(desk, "pause"), 1);
    desk_was_told(desk, "no session is running");
    assert_int_equal(desk_run(desk, "kill --reason holiday"), 0);
    status = desk_status(desk); /* who and why, though no host has seen it */
    assert_string_equal(desk_word(status, "kill.by"), operator_here());
    assert_string_equal(desk_word(status, "kill.reason"), "holiday");
    json_decref(status);
    char path[DESK_PATH_SIZE * 2];
    text_cut(path, sizeof path, "%s/KILL", desk->state);
    assert_int_equal(unlink(path), 0); /* by hand, as there is no session to release */
    start_again(desk);
    desk_hears(desk, "trade 1 opened");
    assert_int_equal(desk_rows(desk, "SELECT count(*) FROM session"), 2);
}

/* Goal: a host in the background is there when the command returns, hears no terminal go, and
 * keeps its words in host.log. */
static void goes_on_in_the_background(void **state)
{
    struct desk *desk = *state;
    write_edges(desk);
    assert_int_equal(desk_run(desk,
                              "paper --detach --max-runtime-s 120 --source csv:%s/edges.csv "
                              "--speed %d " EDGES_OPTIONS,
                              desk->folder, SPEED),
                     0);
    assert_non_null(strstr(program_said(&desk->command, PROGRAM_OUT), "attach"));
    json_t *status = desk_status(desk);
    const pid_t pid = (pid_t)desk_number(status, "pid");
    json_decref(status);
    assert_int_equal(kill(pid, SIGHUP), 0);
    check_traded(desk, 2);
    status = desk_status(desk);
    assert_int_equal((pid_t)desk_number(status, "pid"), pid);
    json_decref(status);
    assert_int_equal(desk_run(desk, "kill --drill"), 0); /* measured, and nothing changed */
    check_kill(desk, false, true, "");
    assert_int_equal(desk_run(desk, "quit"), 0);
    status = desk_status(desk);
    assert_true(desk_flag(status, "ended"));
    json_decref(status);
    char path[DESK_PATH_SIZE * 2];
    text_cut(path, sizeof path, "%s/host.log", desk->state);
    FILE *log = fopen(path, "rb");
    char words[4096];
    assert_non_null(log);
    words[fread(words, 1, sizeof words - 1, log)] = '\0';
    fclose(log);
    assert_non_null(strstr(words, "trade 1 opened"));
}

static void check_listed(struct desk *desk, const char *words)
{
    assert_int_equal(desk_run(desk, "alerts"), 0);
    if (desk_count(program_said(&desk->command, PROGRAM_OUT), words) == 0) {
        fail_msg("no '%s' in: %s", words, program_said(&desk->command, PROGRAM_OUT));
    }
}

/* Goal: the kill switch is an alarm; all alarms are acknowledged but HIGH ones, which are one
 * by one; nothing stays away for more than an hour. */
static void alarms_are_listed_and_acknowledged(void **state)
{
    struct desk *desk = *state;
    start(desk);
    desk_host_ready(desk);
    assert_int_equal(desk_run(desk, "kill --reason alarm"), 0);
    const int64_t until_ns = clock_monotonic_ns() + 20 * CLOCK_NS_PER_S;
    do {
        assert_true(clock_monotonic_ns() < until_ns);
        assert_int_equal(desk_run(desk, "alerts"), 0);
    } while (desk_count(program_said(&desk->command, PROGRAM_OUT), "kill.engaged") == 0);
    const long number = strtol(program_said(&desk->command, PROGRAM_OUT), NULL, 10);
    check_listed(desk, "HIGH new");
    assert_int_equal(desk_run(desk, "alerts --ack all"), 0);
    check_listed(desk, "HIGH new");
    assert_int_equal(desk_run(desk, "alerts --ack %ld", number), 0);
    check_listed(desk, "HIGH acked");
    assert_int_equal(desk_run(desk, "alerts --shelve %ld --for-s 4000", number), 3);
    assert_int_equal(desk_run(desk, "alerts --ack x"), 1);
    stop(desk);
    assert_int_equal(desk_run(desk, "alerts"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_killed_from_the_command_line, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(is_killed_by_a_signal, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(is_killed_by_the_flag_file, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(is_killed_before_it_starts, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(is_killed_while_it_hangs, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(is_released_by_name_and_reason_only, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(pauses_and_resumes, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(closes_what_it_is_told_to, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(alarms_are_listed_and_acknowledged, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(quits, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(goes_on_in_the_background, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/operator", tests, NULL, NULL);
}
