#include "command_line.h"

#include <jansson.h>
#include <signal.h>
#include <time.h>

/* Goal: it says where it is in words and as config, and how it was when it ends. */
static void says_where_it_is_and_how_it_was(void **state)
{
    struct command_line *line = *state;
    unsigned a, b, again;
    assert_int_equal(command_line_run(line, "venue-sim --pairs BTC,DOGE --duration 0.05"), 0);
    assert_string_equal(line->messages, "");
    assert_int_equal(sscanf(line->out, "venue-sim: upbit http://127.0.0.1:%u ", &a), 1);
    const char *binance = strstr(line->out, "venue-sim: binance ");
    assert_non_null(binance);
    assert_int_equal(sscanf(binance, "venue-sim: binance http://127.0.0.1:%u ", &b), 1);
    assert_true(a > 0 && b > 0 && a != b);
    const char *config = strstr(line->out, "live:\n");
    assert_non_null(config);
    const char *market = strstr(config, "  binance_market_url: ws://127.0.0.1:");
    assert_non_null(market);
    assert_int_equal(sscanf(market, "  binance_market_url: ws://127.0.0.1:%u/market", &again),
                     1);
    assert_int_equal(again, b);
    json_t *status = json_loads(strstr(line->out, "{\"elapsed_ms\""), 0, NULL);
    assert_non_null(status);
    const json_t *venues = json_object_get(status, "venues");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(venues, "upbit"), "port")), a);
    json_decref(status);
}

/* Goal: the config it prints is one a session takes. */
static void prints_config_a_session_takes(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "venue-sim --duration 0.01 --tls ca"), 0);
    assert_non_null(strstr(line->out, "venue-sim: upbit https://127.0.0.1:"));
    assert_non_null(strstr(line->out, "  ca_file: ca/ca.pem\n"));
    assert_int_equal(access("ca/ca.pem", R_OK), 0);
    char *config = strstr(line->out, "live:\n");
    *strstr(config, "{\"elapsed_ms\"") = '\0';
    command_line_write("live.yaml", config);
    assert_int_equal(command_line_run(line, "config check live.yaml"), 0);
}

/* Goal: a signal ends it in good order, with its last words. */
static void a_signal_ends_it(void **state)
{
    const char *program = getenv("ARBLITE");
    assert_non_null(program);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (freopen("out", "w", stdout) != NULL) {
            execl(program, program, "venue-sim", (char *)NULL);
        }
        _exit(99);
    }
    const struct timespec turn = {0, 20000000};
    for (int i = 0; i < 500 && system("grep -q binance_market_url out 2>/dev/null") != 0; i++) {
        nanosleep(&turn, NULL);
    }
    int status;
    kill(child, SIGTERM);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(system("tail -n 1 out | grep -q elapsed_ms"), 0);
}

static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        const char *words;
        int code;
        const char *message;
    } cases[] = {
        {"venue-sim --pairs btc", 1, "--pairs: 'btc' is not a coin (expected BTC)"},
        {"venue-sim --pairs BTC,,ETH", 1, "--pairs: '' is not a coin"},
        {"venue-sim --pairs BTC,BTC", 1, "--pairs: 'BTC' stands twice"},
        {"venue-sim --upbit-port 70000", 1, "--upbit-port: '70000' is not a port"},
        {"venue-sim --chaos x", 1, "--chaos: 'x' is not a seed and a rate"},
        {"venue-sim --chaos 1:0", 1, "--chaos: '1:0' is not a seed and a rate"},
        {"venue-sim --speed 0", 1, "'0' is not a speed"},
        {"venue-sim --duration 0", 1, "--duration: expected more than 0"},
        {"venue-sim --preset quiet", 1, "--preset: 'quiet'"},
        {"venue-sim --script none.yaml", 1, "none.yaml"},
        {"venue-sim --frames none.frames", 1, "none.frames"},
        {"venue-sim live", 2, "live"},
        {"venue-sim --spead 1", 2, "did you mean '--speed'?"},
    };
    struct command_line *line = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        const int code = command_line_run(line, cases[i].words);
        if (code != cases[i].code || strstr(line->messages, cases[i].message) == NULL) {
            fail_msg("%s: %d %s", cases[i].words, code, line->messages);
        }
        assert_string_equal(line->out, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_where_it_is_and_how_it_was, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(prints_config_a_session_takes, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(a_signal_ends_it, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(refuses_what_makes_no_sense, command_line_enter,
                                        command_line_leave),
    };
    return cmocka_run_group_tests_name("cli/cmd_venue_sim", tests, NULL, NULL);
}
