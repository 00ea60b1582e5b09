#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command as an operator runs it: words in; output, messages and exit code out. */

#define GIVEN                                                                                  \
    " --min-spread-bps 30 --taker-fee-a-bps 5 --taker-fee-b-bps 5 --slippage-bps 5"            \
    " --max-position-usd 1000 "
#define HEADER "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b"
/* Cases 4, 5, 4 of SPEC.md 7: 37.0 USD from two of three trades. */
#define TURNS HEADER "\n1000,99,100,102,103\n1001,102,103,99,100\n1002,99,100,102,103\n"

static char folder[] = "/tmp/arblite-cli-XXXXXX";
static char out[65536], messages[8192];

static int enter_folder(void **state)
{
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "cd / && rm -r %s", folder);
    return system(command);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void read_file(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Runs `ENVIRONMENT arblite WORDS` and returns its exit code. */
static int run_with(const char *environment, const char *words)
{
    char command[4096];
    const char *program = getenv("ARBLITE");
    assert_non_null(program);
    snprintf(command, sizeof command, "%s '%s' %s >out 2>messages", environment, program,
             words);
    const int status = system(command);
    read_file("out", out, sizeof out);
    read_file("messages", messages, sizeof messages);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int run(const char *words)
{
    return run_with("", words);
}

/* Goal: the summary an operator reads. */
static void prints_a_summary(void **state)
{
    write_file("turns.csv", TURNS);
    assert_int_equal(run("backtest --profile compat-d37 --data-file turns.csv" GIVEN), 0);
    assert_string_equal(messages, "");
    assert_non_null(strstr(out, "Total Trades:              3\n"));
    assert_non_null(strstr(out, "Closed Trades:             2\n"));
    assert_non_null(strstr(out, "Realized PnL (USD):        37.00\n"));
    assert_non_null(strstr(out, "funding: not modelled\n"));
}

/* Goal: --json is one object and nothing else on standard output, also with a chart. */
static void prints_one_json_object(void **state)
{
    write_file("turns.csv", TURNS);
    assert_int_equal(
        run("backtest --json --chart --profile compat-d37 --data-file turns.csv" GIVEN), 0);
    json_t *root = json_loads(out, 0, NULL);
    assert_non_null(root);
    json_t *metrics = json_object_get(root, "metrics");
    assert_int_equal(json_integer_value(json_object_get(metrics, "total_trades")), 3);
    assert_string_equal(json_string_value(json_object_get(root, "engine_profile")),
                        "compat-d37");
    assert_string_equal(json_string_value(json_object_get(root, "pnl_model")), "spread");
    assert_non_null(strstr(messages, "10037.00 |"));
    json_decref(root);
}

/* Goal: the same bytes in every locale and time zone; only the chart follows the terminal. */
static void answers_the_same_everywhere(void **state)
{
    static char first[sizeof out];
    write_file("turns.csv", TURNS);
    const char *words = "backtest --json --profile compat-d37 --data-file turns.csv" GIVEN;
    assert_int_equal(run_with("LC_ALL=C TZ=UTC", words), 0);
    memcpy(first, out, sizeof out);
    assert_int_equal(run_with("LC_ALL=de_DE.UTF-8 TZ=Asia/Seoul", words), 0);
    assert_string_equal(out, first);

    const char *chart = "backtest --chart --profile compat-d37 --data-file turns.csv" GIVEN;
    assert_int_equal(run_with("LC_ALL=C", chart), 0);
    for (const char *at = out; *at != '\0'; at++) {
        assert_true((unsigned char)*at < 0x80);
    }
    assert_int_equal(run_with("LC_ALL=C.UTF-8", chart), 0);
    assert_non_null(strstr(out, "\xe2\xa0"));
}

/* Goal: every trade in a file, in both forms. */
static void writes_the_trades(void **state)
{
    static char trades[8192];
    write_file("turns.csv", TURNS);
    assert_int_equal(run("backtest --profile compat-d37 --data-file turns.csv"
                         " --trades-csv t.csv --trades-json t.json" GIVEN),
                     0);
    read_file("t.csv", trades, sizeof trades);
    assert_non_null(strstr(trades, "\n1,BTC,LONG_A_SHORT_B,1000000000000,1001000000000,200,0,"
                                   "spread_reversal,1000,10,18.5,185,1\n"));
    assert_non_null(strstr(trades, "\n3,BTC,LONG_A_SHORT_B,1002000000000,,200,,,1000,10,,,\n"));
    read_file("t.json", trades, sizeof trades);
    json_t *root = json_loads(trades, 0, NULL);
    assert_int_equal(json_array_size(root), 3);
    json_decref(root);
    assert_int_equal(run("backtest --profile compat-d37 --data-file turns.csv"
                         " --trades-csv absent/t.csv" GIVEN),
                     1);
}

/* Goal: the config file gives what options do not say, and options win. */
static void lets_options_beat_the_config(void **state)
{
    write_file("turns.csv", TURNS);
    write_file("c.yaml", "engine:\n  profile: compat-d37\n  min_spread_bps: 500\n"
                         "  taker_fee_a_bps: 5\n  taker_fee_b_bps: 5\n  slippage_bps: 5\n"
                         "  max_position_usd: 1000\n");
    assert_int_equal(run("backtest --data-file turns.csv --config c.yaml"), 0);
    assert_non_null(strstr(out, "Profile:                   compat-d37, spread\n"));
    assert_non_null(strstr(out, "Total Trades:              0\n"));
    assert_int_equal(run("--config c.yaml backtest --data-file turns.csv --min-spread-bps 0"),
                     0);
    assert_non_null(strstr(out, "Total Trades:              3\n"));

    write_file("bad.yaml", "engine:\n  min_spred_bps: 5\n  cooldown_s: soon\n");
    assert_int_equal(run("backtest --data-file turns.csv --config bad.yaml"), 1);
    assert_non_null(strstr(messages, "bad.yaml:2:"));
    assert_non_null(strstr(messages, "bad.yaml:3:"));
}

/* Goal: each wrong call ends with its exit code and a message that says what and where. */
static void refuses_with_code_and_message(void **state)
{
    write_file("empty.csv", "");
    write_file("number.csv", HEADER ",fx_rate\n1000,99,100,102,103,1\n1001,99,abc,102,103,1\n");
    write_file("column.csv", "timestamp,best_bid_a,best_ask_a,best_bid_b\n1000,99,100,102\n");
    write_file("back.csv", HEADER "\n1000,99,100,102,103\n999,99,100,102,103\n");
    write_file("plain.csv", HEADER "\n1000,99,100,102,103\n");
    static const struct {
        const char *words;
        int code;
        const char *message;
    } cases[] = {
        {"--data-file empty.csv" GIVEN, 1, "empty.csv:1: empty file"},
        {"--data-file number.csv" GIVEN, 1, "number.csv:3: best_ask_a: 'abc' is not a number"},
        {"--data-file column.csv" GIVEN, 1, "column.csv:1: column 'best_ask_b' is missing"},
        {"--data-file back.csv --fx-rate 1" GIVEN, 1, "back.csv:3: timestamp: '999'"},
        {"--data-file plain.csv" GIVEN, 1, "fx rate needed; pass --fx-rate 1 for one currency"},
        {"--data-file absent.csv" GIVEN, 1, "absent.csv: "},
        {"--data-file ''" GIVEN, 1, "data_file must be specified"},
        {"--data-file plain.csv" GIVEN "--min-spread-bps -1 --slippage-bps -1", 1,
         "min_spread_bps must be non-negative"},
        {"--data-file plain.csv" GIVEN "--max-open-trades 0", 1,
         "max_open_trades must be at least 1"},
        {"--data-file plain.csv" GIVEN "--stop-on-drawdown-pct 0", 1,
         "stop_on_drawdown_pct must be positive"},
        {"--data-file plain.csv" GIVEN "--pnl-model spread", 1,
         "profile exact knows no pnl_model spread"},
        {"--data-file plain.csv --fx-rate 1" GIVEN "--trades-csv ./plain.csv", 1,
         "'./plain.csv' is what is read: name another file to write"},
        {"--data-file plain.csv --fx-rate 1" GIVEN "--trades-json plain.csv", 1,
         "'plain.csv' is what is read"},
        {"--data-file plain.csv" GIVEN "--on-bad-row stop", 1, "expected 'fail' or 'skip'"},
        {"--data-file plain.csv" GIVEN "--slippage-bps 1_0", 1, "'1_0' is not a number"},
        {"--min-spread-bps 1", 2, "missing --data-file, --taker-fee-a-bps"},
        {"--min-spred-bps 1", 2, "did you mean '--min-spread-bps'?"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char words[512];
        snprintf(words, sizeof words, "backtest %s", cases[i].words);
        assert_int_equal(run(words), cases[i].code);
        assert_string_equal(out, "");
        if (strstr(messages, cases[i].message) == NULL) {
            print_error("'%s' does not say '%s'\n", messages, cases[i].message);
            fail();
        }
    }
}

/* Goal: bad rows may be skipped, and then they are counted. */
static void skips_bad_rows_when_told(void **state)
{
    write_file("number.csv", HEADER "\n1000,99,100,102,103\n1001,99,abc,102,103\n");
    assert_int_equal(run("backtest --profile compat-d37 --data-file number.csv"
                         " --on-bad-row skip" GIVEN),
                     0);
    assert_non_null(strstr(out, "Total Snapshots:           2\n"));
    assert_non_null(strstr(out, "Bad Rows Skipped:          1\n"));
}

/* Goal: output that cannot be written is a failure, not a silence. */
static void notices_a_full_disk(void **state)
{
    char command[1024];
    write_file("turns.csv", TURNS);
    snprintf(command, sizeof command,
             "'%s' backtest --profile compat-d37 --data-file turns.csv" GIVEN
             ">/dev/full 2>messages",
             getenv("ARBLITE"));
    assert_int_equal(WEXITSTATUS(system(command)), 1);
}

/* `BEFORE VERSION BEHIND`, or from a repository `VERSION+COMMIT` and perhaps `-dirty`. */
static void check_version(const char *said, const char *before, const char *behind)
{
    char start[64];
    snprintf(start, sizeof start, "%s%s", before, ARBLITE_VERSION);
    assert_int_equal(strncmp(said, start, strlen(start)), 0);
    const char *rest = said + strlen(start);
    if (*rest == '+') {
        const size_t digits = strspn(rest + 1, "0123456789abcdef");
        assert_true(digits >= 12);
        rest += 1 + digits;
        rest += strncmp(rest, "-dirty", strlen("-dirty")) == 0 ? strlen("-dirty") : 0;
    }
    assert_string_equal(rest, behind);
}

static void says_its_version(void **state)
{
    assert_int_equal(run("version"), 0);
    check_version(out, "arblite ", "\n");
    assert_int_equal(run("--version"), 0);
    check_version(out, "arblite ", "\n");
    assert_int_equal(run("version --json"), 0);
    json_t *root = json_loads(out, 0, NULL);
    check_version(json_string_value(json_object_get(root, "version")), "", "");
    json_decref(root);
    assert_int_equal(run("--help"), 0);
    assert_non_null(strstr(out, "\n  backtest "));
    assert_int_equal(run("backtset"), 2);
    assert_non_null(strstr(messages, "did you mean 'backtest'?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_a_summary),
        cmocka_unit_test(prints_one_json_object),
        cmocka_unit_test(answers_the_same_everywhere),
        cmocka_unit_test(writes_the_trades),
        cmocka_unit_test(lets_options_beat_the_config),
        cmocka_unit_test(refuses_with_code_and_message),
        cmocka_unit_test(skips_bad_rows_when_told),
        cmocka_unit_test(notices_a_full_disk),
        cmocka_unit_test(says_its_version),
    };
    return cmocka_run_group_tests_name("cli/cmd_backtest", tests, enter_folder, leave_folder);
}
