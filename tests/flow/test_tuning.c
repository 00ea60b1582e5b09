#include "support/desk.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "terminal.h"

/* Tuning sessions launched, watched, stopped and gone on with at a console, as a person does.
 */

enum { DEAF_MS = 450, COLS = 100, ROWS = 30 };

struct room {
    struct desk *desk;
    struct terminal terminal;
};

static int enter(void **state)
{
    static struct room room;
    desk_open((void **)&room.desk);
    room.terminal = (struct terminal){.pid = 0};
    *state = &room;
    return 0;
}

static int leave(void **state)
{
    struct room *room = *state;
    terminal_finish(&room->terminal);
    return desk_close((void **)&room->desk);
}

static void make_folder(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE];
    text_cut(path, sizeof path, "%.150s/%s", desk->folder, name);
    assert_int_equal(mkdir(path, 0777), 0);
}

/* A premium that swings by 40 bps around nothing every `period` rows: (b * 1000 - a) / a. */
static void write_data(const struct desk *desk, const char *name, int rows, int period)
{
    char path[DESK_PATH_SIZE];
    struct text text = text_growing();
    text_add(&text, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    for (int i = 0; i < rows; i++) {
        const int phase = i % period;
        const int swing = phase < period / 2 ? phase : period - phase; /* 0 .. period/2 */
        const double b = 100.0 + 0.8 * swing / period - 0.2;
        text_addf(&text, "%d,99990,100010,%.4f,%.4f,1000\n", 1767225600 + i, b - 0.01,
                  b + 0.01);
    }
    desk_file(desk, path, name, text_string(&text));
    text_finish(&text);
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
    write_data(desk, "small.csv", 600, 120);
    write_data(desk, "large.csv", 150000, 240);
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

/* A console on a session of its own, in one process: it ends when the console is closed. */
static void sit_down(struct room *room)
{
    struct text words = text_growing();
    text_addf(&words, "--state-dir %s console --embedded --source simulated:7",
              room->desk->state);
    terminal_start(&room->terminal, room->desk->folder, COLS, ROWS, text_string(&words));
    terminal_expect(&room->terminal, "KILL off");
    text_finish(&words);
}

static void stand_up(struct room *room)
{
    terminal_type(&room->terminal, ":quit\r");
    terminal_expect(&room->terminal, "End this session?");
    terminal_wait(&room->terminal, DEAF_MS);
    terminal_type(&room->terminal, "y");
    assert_int_equal(terminal_end(&room->terminal), 0);
}

static char *read_file(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE];
    text_cut(path, sizeof path, "%.100s/%s", desk->folder, name);
    struct text text = text_growing();
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("'%s' is missing", path);
    }
    for (int byte; (byte = fgetc(file)) != EOF;) {
        text_add_char(&text, (char)byte);
    }
    fclose(file);
    return text.data;
}

/* Goal: a session launched from the form is the one the command line plans and runs, to the
 * byte, with the values that were typed. */
static void what_is_launched_is_what_was_typed(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room->desk);
    sit_down(room);
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
    stand_up(room);

    char *at_console = read_file(room->desk, "outputs/tuning/quick/job_0008.json");
    char *plan = read_file(room->desk, "outputs/tuning/quick/plan.jsonl");
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
    char *by_hand = read_file(room->desk, "outputs/tuning/quick/job_0008.json");
    char *own_plan = read_file(room->desk, "plan.jsonl");
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
    sit_down(room);
    terminal_type(terminal, ":tune configs/tuning/slow.yaml\r");
    terminal_expect(terminal, "jobs; s starts them");
    terminal_type(terminal, "Gk\r1\rs");
    terminal_expect(terminal, "Start session slow");
    terminal_type(terminal, "y");
    const pid_t runner = hold_runner(terminal);
    terminal_type(terminal, "x");
    terminal_expect(terminal, "Stop tuning session slow?");
    terminal_wait(terminal, DEAF_MS);
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
    stand_up(room);
    struct text name = text_growing();
    text_addf(&name, "outputs/tuning/slow/job_%04d.json", LONG_JOBS);
    free(read_file(room->desk, text_string(&name)));
    text_finish(&name);
}

/* Goal: a session goes on when the console that launched it ends, and the next one sees it. */
static void a_session_outlives_its_console(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room->desk);
    sit_down(room);
    terminal_type(terminal, ":tune configs/tuning/slow.yaml\r");
    terminal_expect(terminal, "jobs; s starts them");
    terminal_type(terminal, "Gk\r1\rs");
    terminal_expect(terminal, "Start session slow");
    terminal_type(terminal, "y");
    const pid_t runner = hold_runner(terminal);
    terminal_finish(terminal); /* as if the machine's terminal had burnt */
    sit_down(room);
    terminal_type(terminal, "8");
    terminal_expect(terminal, "slow  running for");
    assert_int_equal(kill(runner, SIGCONT), 0);
    terminal_expect(terminal, "slow  done after");
    stand_up(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_launched_is_what_was_typed, enter, leave),
        cmocka_unit_test_setup_teardown(a_session_is_stopped_and_gone_on_with, enter, leave),
        cmocka_unit_test_setup_teardown(a_session_outlives_its_console, enter, leave),
    };
    return cmocka_run_group_tests_name("flow/tuning", tests, NULL, NULL);
}
