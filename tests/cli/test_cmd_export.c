#include "command_line.h"

#include <signal.h>
#include <time.h>

/* Goal: a file of the given stretch under its usual name, which is not replaced unasked, and
 * which a backtest takes. */
static void exports_a_file_a_backtest_runs_on(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "export simulated --hours 0.5 --seed 7"), 0);
    assert_string_equal(line->out, "1800 rows in 'outputs/simulated-lively-7.csv'\n");
    assert_string_equal(line->messages, "");
    assert_int_equal(command_line_run(line, "export simulated --hours 0.5 --seed 7"), 1);
    assert_string_equal(line->messages,
                        "arblite export: 'outputs/simulated-lively-7.csv' is there already "
                        "(--force replaces it)\n");
    assert_int_equal(
        command_line_run(line, "backtest --data-file outputs/simulated-lively-7.csv "
                               "--min-spread-bps 0 --taker-fee-a-bps 0 --taker-fee-b-bps 0 "
                               "--slippage-bps 0 --max-position-usd 1000"),
        0);
    assert_non_null(strstr(line->out, "Total Snapshots:           1800\n"));
    assert_non_null(strstr(line->out, "Invalid Snapshots:         0\n"));
}

/* Goal: seed, preset, coin, start, step and faults each make another file; the same words the
 * same one, wherever it goes. Seed 21 has a fault in its third minute. */
static void the_words_decide_every_byte(void **state)
{
    static const char *const words[] = {
        "",
        "--seed 2",
        "--preset calm",
        "--pair XRP",
        "--faults on",
        "--start-at 2026-01-01T08:00:00Z",
        "--step-ms 500",
    };
    struct command_line *line = *state;
    char command[256];
    assert_int_equal(
        command_line_run(line, "export simulated --hours 0.05 --seed 21 --output 0.csv"), 0);
    for (size_t i = 0; i < LEN(words); i++) {
        snprintf(command, sizeof command,
                 "export simulated --hours 0.05 --seed 21 --force --output a/b/1.csv %s",
                 words[i]);
        assert_int_equal(command_line_run(line, command), 0);
        assert_int_equal(system("cmp -s 0.csv a/b/1.csv") == 0, i == 0);
    }
}

/* Goal: what the config says holds until an option says otherwise. */
static void takes_seed_and_preset_from_the_config(void **state)
{
    struct command_line *line = *state;
    command_line_write("m.yaml", "market:\n  simulated: noise\n  seed: 5\n");
    assert_int_equal(command_line_run(line, "export simulated --hours 0.01 --config m.yaml"),
                     0);
    assert_string_equal(line->out, "36 rows in 'outputs/simulated-noise-5.csv'\n");
    assert_int_equal(
        command_line_run(line, "export simulated --hours 0.01 --config m.yaml --seed 6"), 0);
    assert_string_equal(line->out, "36 rows in 'outputs/simulated-noise-6.csv'\n");
}

static void refuses_what_makes_no_file(void **state)
{
    static const struct {
        const char *words;
        int code;
        const char *message;
    } cases[] = {
        {"export", 2, "missing"},
        {"export live", 2, "'live' cannot be exported (expected 'simulated')"},
        {"export simulated --preset quiet", 1, "--preset: 'quiet'"},
        {"export simulated --hours 0", 1, "--hours: expected more than 0, at most 8784"},
        {"export simulated --hours -1", 1, "--hours: expected more than 0, at most 8784"},
        {"export simulated --step-ms 0", 1, "--step-ms: expected 1 to 86400000"},
        {"export simulated --pair btc", 1, "--pair: 'btc' is not a coin (expected BTC)"},
        {"export simulated --pair ''", 1, "--pair: '' is not a coin (expected BTC)"},
        {"export simulated --start-at noon", 1, "--start-at: 'noon' is not a time"},
        {"export simulated --faults maybe", 1, "--faults: 'maybe'"},
        {"export simulated --hours 0.01 --output /proc/none/x.csv", 1, "/proc/none"},
        {"export simulated --hour 1", 2, "did you mean '--hours'?"},
    };
    struct command_line *line = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(command_line_run(line, cases[i].words), cases[i].code);
        assert_string_equal(line->out, "");
        if (strstr(line->messages, cases[i].message) == NULL) {
            fail_msg("%s: %s", cases[i].words, line->messages);
        }
    }
    assert_int_equal(access("outputs", F_OK), -1);
}

/* Goal: stopped in the middle, it ends with the signal's code and leaves no file. */
static void a_signal_takes_it_back(void **state)
{
    const char *program = getenv("ARBLITE");
    assert_non_null(program);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        execl(program, program, "export", "simulated", "--hours", "8000", (char *)NULL);
        _exit(99);
    }
    const struct timespec turn = {0, 20000000};
    for (int i = 0; i < 500 && system("ls outputs/*.tmp >/dev/null 2>&1") != 0; i++) {
        nanosleep(&turn, NULL);
    }
    int status;
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
    assert_int_equal(system("test -z \"$(ls -A outputs)\""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exports_a_file_a_backtest_runs_on, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(the_words_decide_every_byte, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(takes_seed_and_preset_from_the_config,
                                        command_line_enter, command_line_leave),
        cmocka_unit_test_setup_teardown(refuses_what_makes_no_file, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(a_signal_takes_it_back, command_line_enter,
                                        command_line_leave),
    };
    return cmocka_run_group_tests_name("cli/cmd_export", tests, NULL, NULL);
}
