#include "command_line.h"

#include <jansson.h>

#define TURNS                                                                                  \
    "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n"                                  \
    "1000,99,100,102,103\n1001,102,103,99,100\n1002,99,100,102,103\n"
#define GIVEN                                                                                  \
    "--profile compat-d37 --data-file turns.csv --min-spread-bps 30 --taker-fee-a-bps 5 "      \
    "--taker-fee-b-bps 5 --slippage-bps 5 --max-position-usd 1000 "

static json_t *member(json_t *root, const char *group, const char *name)
{
    return json_object_get(json_object_get(root, group), name);
}

/* Goal: case 30 as a job: the object of a backtest with its tag, printed or written. */
static void gives_the_result_object(void **state)
{
    static char file[65536];
    struct command_line *line = *state;
    command_line_write("turns.csv", TURNS);
    assert_int_equal(command_line_run(line, "tune " GIVEN "--tag mine"), 0);
    json_t *root = json_loads(line->out, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(root, "status")), "success");
    assert_string_equal(json_string_value(member(root, "config", "tag")), "mine");
    assert_int_equal(json_integer_value(member(root, "metrics", "total_trades")), 3);
    assert_true(json_number_value(member(root, "metrics", "realized_pnl_usd")) == 37.0);
    assert_true(json_number_value(member(root, "metrics", "runtime_seconds")) == 0);
    json_decref(root);

    assert_int_equal(command_line_run(line, "tune " GIVEN "--tag mine --output-json r.json"),
                     0);
    assert_string_equal(line->out, "");
    assert_int_equal(command_line_run(line, "tune " GIVEN "--tag mine"), 0);
    command_line_read("r.json", file, sizeof file);
    assert_string_equal(file, line->out);
}

/* Goal: a failed job replaces the success of an earlier one; a wrong call touches nothing. */
static void leaves_no_old_success(void **state)
{
    static char file[65536];
    struct command_line *line = *state;
    command_line_write("turns.csv", TURNS);
    assert_int_equal(command_line_run(line, "tune " GIVEN "--output-json r.json"), 0);
    assert_int_equal(command_line_run(line, "tune --output-json r.json --min-spread-bps 3"), 2);
    command_line_read("r.json", file, sizeof file);
    assert_non_null(strstr(file, "\"status\": \"success\""));

    static const struct {
        const char *more, *reason;
    } cases[] = {
        {"--max-open-trades 0", "max_open_trades must be at least 1"},
        {"--data-file absent.csv", "No such file or directory"},
        {"--data-file ''", "data_file must be specified"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char words[512];
        snprintf(words, sizeof words, "tune " GIVEN "--tag t --output-json r.json %s",
                 cases[i].more);
        assert_int_equal(command_line_run(line, words), 1);
        assert_string_equal(line->out, "");
        assert_non_null(strstr(line->messages, cases[i].reason));
        command_line_read("r.json", file, sizeof file);
        json_t *root = json_loads(file, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(root, "status")), "error");
        assert_non_null(
            strstr(json_string_value(json_object_get(root, "error")), cases[i].reason));
        assert_string_equal(json_string_value(member(root, "config", "tag")), "t");
        json_decref(root);
    }
}

/* Goal: a result that cannot be written is a failure that says so. */
static void notices_what_cannot_be_written(void **state)
{
    struct command_line *line = *state;
    command_line_write("turns.csv", TURNS);
    assert_int_equal(command_line_run(line, "tune " GIVEN "--output-json none/r.json"), 1);
    assert_non_null(strstr(line->messages, "cannot write 'none/r.json'"));
}

/* Goal: the data of a job are never replaced by its result, good or bad. */
static void leaves_its_data_alone(void **state)
{
    static char file[65536];
    struct command_line *line = *state;
    command_line_write("turns.csv", TURNS);
    assert_int_equal(command_line_run(line, "tune " GIVEN "--output-json ./turns.csv"), 1);
    assert_non_null(strstr(line->messages, "'./turns.csv' is what is read"));
    assert_int_equal(
        command_line_run(line, "tune " GIVEN "--max-open-trades 0 --output-json turns.csv"), 1);
    command_line_read("turns.csv", file, sizeof file);
    assert_string_equal(file, TURNS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_result_object),
        cmocka_unit_test(leaves_no_old_success),
        cmocka_unit_test(notices_what_cannot_be_written),
        cmocka_unit_test(leaves_its_data_alone),
    };
    return cmocka_run_group_tests_name("cli/cmd_tune", tests, command_line_enter,
                                       command_line_leave);
}
