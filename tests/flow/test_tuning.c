#include "room.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

/* Tuning sessions launched, watched, stopped and gone on with at a console, as a person does.
 */

enum { COLS = 100, ROWS = 30 };

static void make_folder(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE];
    text_cut(path, sizeof path, "%.150s/%s", desk->folder, name);
    assert_int_equal(mkdir(path, 0777), 0);
}

static void write_session(const struct desk *desk, const char *name, const char *data,
                          const char *grids)
{
    char path[DESK_PATH_SIZE], file[64];
    struct text text = text_growing();
    text_addf(&text,
              "data_file: %s\n"
              "fixed: {taker_fee_a_bps: 2, taker_fee_b_bps: 2, slippage_bps: 1,\n"
              "  max_position_usd: 1000}\n"
              "grids:\n%s",
              data, grids);
    text_cut(file, sizeof file, "configs/tuning/%s", name);
    desk_file(desk, path, file, text_string(&text));
    text_finish(&text);
}

/* A quick session of six jobs and a long one. */
static void furnish(const struct desk *desk)
{
    struct text grids = text_growing();
    make_folder(desk, "configs");
    make_folder(desk, "configs/tuning");
    room_write_market(desk, "small.csv", 600, 120);
    room_write_market(desk, "large.csv", 150000, 240);
    write_session(desk, "quick.yaml", "small.csv",
                  "  - {name: min_spread_bps, values: [0, 5, 10]}\n"
                  "  - {name: max_hold_s, values: [60, null]}\n");
    text_add(&grids, "  - {name: min_spread_bps, values: [");
    for (int i = 0; i < LONG_JOBS / 10; i++) {
        text_addf(&grids, "%s%d.%d", i > 0 ? ", " : "", i / 10, i % 10);
    }
    text_add(&grids, "]}\n  - {name: max_hold_s, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\n");
    write_session(desk, "slow.yaml", "large.csv", text_string(&grids));
    text_finish(&grids);
}

/* Goal: a session launched from the form is the one the command line plans and runs, to the
 * byte, with the values that were typed. */
static void what_is_launched_is_what_was_typed(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room->desk);
    room_sit_down(room, COLS, ROWS);
    terminal_type(terminal, "8");
    terminal_expect(terminal, "no tuning session was run with this state folder");
    terminal_type(terminal, "n");
    terminal_expect(terminal, "configs/tuning/slow.yaml");
    terminal_type(terminal, "\r");
    terminal_expect(terminal, "6 jobs; s starts them");
    terminal_type(terminal, "j\r, 20\r");
    terminal_expect(terminal, "8 jobs; s starts them");
    terminal_type(terminal, "s");
    terminal_expect(terminal, "Start session quick: 8 jobs?");
    terminal_type(terminal, "y");
    terminal_expect(terminal, "8/8");
    terminal_expect(terminal, "quick  done after");
    terminal_expect(terminal, "results in ");
    room_stand_up(room);

    char *at_console = room_read(room, "outputs/tuning/quick/job_0008.json");
    char *plan = room_read(room, "outputs/tuning/quick/plan.jsonl");
    write_session(room->desk, "quick.yaml", "small.csv",
                  "  - {name: min_spread_bps, values: [0, 5, 10, 20]}\n"
                  "  - {name: max_hold_s, values: [60, null]}\n");
    struct program *command = &room->desk->command;
    program_start_in(command, room->desk->folder, NULL,
                     "session plan --session-file configs/tuning/quick.yaml "
                     "--output-jobs-file plan.jsonl");
    assert_int_equal(program_end(command, 60000), 0);
    program_start_in(command, room->desk->folder, NULL,
                     "--state-dir state session run --jobs-file plan.jsonl");
    assert_int_equal(program_end(command, 60000), 0);
    char *by_hand = room_read(room, "outputs/tuning/quick/job_0008.json");
    char *own_plan = room_read(room, "plan.jsonl");
    assert_string_equal(plan, own_plan);
    assert_string_equal(at_console, by_hand);
    free(at_console);
    free(by_hand);
    free(plan);
    free(own_plan);
}

/* The runner's number, as the screen tells it. */
static pid_t shown_pid(const struct terminal *terminal)
{
    uint64_t pid = 0;
    const char *at = strstr(text_string(&terminal->screen), " for ");
    at = at != NULL ? strstr(at, ", pid ") : NULL;
    assert_non_null(at);
    at += strlen(", pid ");
    assert_true(num_parse_uint64(at, strspn(at, "0123456789"), &pid) && pid > 1);
    return (pid_t)pid;
}

/* Holds the runner on show still: a fast machine would end it while a key is typed. */
static pid_t hold_runner(struct terminal *terminal)
{
    terminal_expect(terminal, "slow  running for");
    const pid_t runner = shown_pid(terminal);
    assert_int_equal(kill(runner, SIGSTOP), 0);
    return runner;
}

/* Goal: a long session is stopped by a question and gone on with; when its runner is killed it
 * is shown as interrupted; at last it has all its results. */
static void a_session_is_stopped_and_gone_on_with(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room->desk);
    room_sit_down(room, COLS, ROWS);
    terminal_type(terminal, ":tune configs/tuning/slow.yaml\r");
    terminal_expect(terminal, "jobs; s starts them");
    terminal_type(terminal, "Gk\r1\rs");
    terminal_expect(terminal, "Start session slow");
    terminal_type(terminal, "y");
    const pid_t runner = hold_runner(terminal);
    terminal_type(terminal, "x");
    terminal_expect(terminal, "Stop tuning session slow?");
    terminal_wait(terminal, ROOM_DEAF_MS);
    terminal_type(terminal, "y");
    terminal_expect(terminal, "slow: told to stop; it can be resumed");
    assert_int_equal(kill(runner, SIGCONT), 0);
    terminal_expect(terminal, "slow  interrupted");

    terminal_type(terminal, "R");
    terminal_expect(terminal, "Go on with tuning session slow?");
    terminal_type(terminal, "y");
    assert_int_equal(kill(hold_runner(terminal), SIGKILL), 0);
    terminal_expect(terminal, "slow  interrupted: its runner died");

    terminal_type(terminal, "R");
    terminal_expect(terminal, "Go on with tuning session slow?");
    terminal_type(terminal, "y");
    terminal_expect(terminal, "slow  done after");
    room_stand_up(room);
    struct text name = text_growing();
    text_addf(&name, "outputs/tuning/slow/job_%04d.json", LONG_JOBS);
    free(room_read(room, text_string(&name)));
    text_finish(&name);
}

/* Goal: a session goes on when the console that launched it ends, and the next one sees it. */
static void a_session_outlives_its_console(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room->desk);
    room_sit_down(room, COLS, ROWS);
    terminal_type(terminal, ":tune configs/tuning/slow.yaml\r");
    terminal_expect(terminal, "jobs; s starts them");
    terminal_type(terminal, "Gk\r1\rs");
    terminal_expect(terminal, "Start session slow");
    terminal_type(terminal, "y");
    const pid_t runner = hold_runner(terminal);
    terminal_finish(terminal); /* as if the machine's terminal had burnt */
    room_sit_down(room, COLS, ROWS);
    terminal_type(terminal, "8");
    terminal_expect(terminal, "slow  running for");
    assert_int_equal(kill(runner, SIGCONT), 0);
    terminal_expect(terminal, "slow  done after");
    room_stand_up(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_launched_is_what_was_typed, room_enter,
                                        room_leave),
        cmocka_unit_test_setup_teardown(a_session_is_stopped_and_gone_on_with, room_enter,
                                        room_leave),
        cmocka_unit_test_setup_teardown(a_session_outlives_its_console, room_enter, room_leave),
    };
    return cmocka_run_group_tests_name("flow/tuning", tests, NULL, NULL);
}
