#include "command_line.h"

#include <sys/stat.h>

/* What `use` says of results before it comes to a session. */

static const char RESULT[] =
    "{\"status\": \"success\", \"engine_profile\": \"exact\", \"pnl_model\": \"legs\", "
    "\"data_hash\": \"xxh3-128:00\", "
    "\"config\": {\"data_file\": \"none.csv\", \"min_spread_bps\": 7.5, "
    "\"taker_fee_a_bps\": 1, \"max_position_usd\": 500}, "
    "\"config_summary\": {\"job_id\": \"%s\", \"max_hold_s\": null, \"exit_spread_bps\": -2}, "
    "\"metrics\": {\"realized_pnl_usd\": 3, \"total_trades\": 1, \"closed_trades\": 1}, "
    "\"unrealized_pnl_usd\": 0}\n";

static void write_results(const char *path, const char *first, const char *second)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, RESULT, first);
    if (second != NULL) {
        fprintf(file, RESULT, second);
    }
    fclose(file);
}

static void check(struct command_line *line, const char *words, int code, const char *message)
{
    assert_int_equal(command_line_run(line, words), code);
    print_message("# %s", line->messages);
    assert_non_null(strstr(line->messages, message));
}

static void names_what_is_missing(void **state)
{
    struct command_line *line = *state;
    check(line, "use", 2, "missing --result");
    check(line, "use --result none", 1, "--result: 'none' is not there");
    check(line, "use --result x --sizes", 2, "did you mean");
    assert_int_equal(mkdir("small", 0700), 0);
    write_results("small/results.jsonl", "a", "b");
    check(line, "use --result small", 1, "has 2 results: say which one with --job");
    check(line, "use --result small/results.jsonl --job c", 1, "no job 'c' among these");
    check(line, "--state-dir st use --result small --job a", 1, "no session");
    write_results("small/one.json", "mine", NULL);
    check(line, "--state-dir st use --result small/one.json", 1, "no session");
}

/* Goal: only what ran to its end is something to go by. */
static void a_failed_job_is_no_result(void **state)
{
    struct command_line *line = *state;
    command_line_write("bad.json", "{\"status\": \"error\", \"error\": \"no \\u001b rows\", "
                                   "\"job_id\": \"bad\"}\n");
    check(line, "use --result bad.json", 1, "job 'bad' has no result to go by: no \\x1b rows");
    command_line_write("bad.json", "{\"half\": ");
    check(line, "use --result bad.json", 1, "job 'bad' has no result to go by: not JSON");
}

/* Goal: the parameters as a config: what the result says of those a session takes, null kept,
 * fees left out; `config check` takes it. */
static void writes_a_config(void **state)
{
    struct command_line *line = *state;
    char yaml[1024];
    write_results("one.json", "a", NULL);
    assert_int_equal(command_line_run(line, "use --result one.json --as-config p.yaml"), 0);
    command_line_read("p.yaml", yaml, sizeof yaml);
    const char *rest = strchr(yaml, '\n'); /* behind the comment that names the job */
    assert_non_null(strstr(yaml, "/a data xxh3-128:00\n"));
    assert_string_equal(rest, "\nengine:\n  min_spread_bps: 7.5\n  exit_spread_bps: -2\n"
                              "  max_hold_s: null\n  max_position_usd: 500\n");
    assert_int_equal(command_line_run(line, "config check p.yaml"), 0);
}

/* Goal: a result of another program without parameters, or with one that is no number, is no
 * config. */
static void writes_no_config_of_nothing(void **state)
{
    static const struct {
        const char *params, *message;
    } cases[] = {
        {"", "the result tells no parameter"},
        {"\"min_spread_bps\": \"7\"", "min_spread_bps: the result has no value of it"},
        {"\"max_position_usd\": null", "max_position_usd: the result has no value of it"},
    };
    struct command_line *line = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        char result[512];
        snprintf(result, sizeof result,
                 "{\"status\": \"success\", \"engine_profile\": \"exact\", \"config\": {%s}, "
                 "\"metrics\": {\"realized_pnl_usd\": 3}}",
                 cases[i].params);
        command_line_write("r.json", result);
        check(line, "use --result r.json --as-config p.yaml", 1, cases[i].message);
        assert_int_not_equal(access("p.yaml", F_OK), 0);
    }
}

#define IN_A_FOLDER(test)                                                                      \
    cmocka_unit_test_setup_teardown(test, command_line_enter, command_line_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(names_what_is_missing),
        IN_A_FOLDER(a_failed_job_is_no_result),
        IN_A_FOLDER(writes_a_config),
        IN_A_FOLDER(writes_no_config_of_nothing),
    };
    return cmocka_run_group_tests_name("cli/cmd_use", tests, NULL, NULL);
}
