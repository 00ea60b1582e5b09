#include "command_line.h"

/* Goal: a good file is good; what is unwise is said, and is no failure. */
static void checks_good_files(void **state)
{
    struct command_line *line = *state;
    command_line_write("good.yaml", "engine:\n  min_spread_bps: 8\n");
    command_line_write("unwise.yaml", "engine: {stop_loss_bps: 20}\n");
    assert_int_equal(command_line_run(line, "config check good.yaml unwise.yaml"), 0);
    assert_string_equal(line->messages, "");
    assert_int_equal(strncmp(line->out, "good.yaml: ok\nunwise.yaml: warning: ", 36), 0);
    assert_non_null(strstr(line->out, "\nunwise.yaml: ok, with warnings\n"));
}

/* Goal: one bad file among good ones fails the check; every mistake and the good files stand.
 */
static void checks_bad_files(void **state)
{
    struct command_line *line = *state;
    command_line_write("good.yaml", "{}\n");
    command_line_write("bad.yaml", "engine:\n  min_spread_bps: x\nfx: {price: low}\n");
    assert_int_equal(command_line_run(line, "config check bad.yaml nowhere.yaml good.yaml"), 1);
    assert_string_equal(
        line->messages,
        "bad.yaml:2: engine.min_spread_bps: 'x' is not a number (expected a number from 0 to "
        "10000 bps, or null)\n"
        "bad.yaml:3: fx.price: 'low' is not known (expected one of micro, mid, last)\n"
        "arblite config: 2 mistakes in 'bad.yaml'\n"
        "arblite config: cannot open 'nowhere.yaml': No such file or directory\n");
    assert_string_equal(line->out, "good.yaml: ok\n");
}

/* Goal: what is printed is a config file again, over the layers asked for. */
static void prints_a_config_that_checks(void **state)
{
    struct command_line *line = *state;
    command_line_write("own.yaml", "paper: {krw: 5}\n");
    assert_int_equal(command_line_run(line, "config print --paper --config own.yaml"), 0);
    assert_non_null(strstr(line->out, "\n  krw: 5\n"));
    assert_non_null(strstr(line->out, "\n  max_hold_s: 7200\n"));
    command_line_write("printed.yaml", line->out);
    assert_int_equal(command_line_run(line, "config check printed.yaml"), 0);
    assert_int_equal(command_line_run(line, "--config own.yaml config print --with-help"), 0);
    assert_non_null(strstr(line->out, "\n  krw: 5\n"));
    assert_non_null(strstr(line->out, "\n  max_hold_s: null\n"));
    command_line_write("printed.yaml", line->out);
    assert_int_equal(command_line_run(line, "config check printed.yaml"), 0);
}

/* Goal: a key is explained, an unknown one answered with the nearest. */
static void explains_keys(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "config explain fx.price"), 0);
    assert_non_null(
        strstr(line->out, "\n  takes: one of micro, mid, last\n  default: micro\n"));
    assert_int_equal(command_line_run(line, "config explain fx.prize"), 1);
    assert_string_equal(line->messages,
                        "arblite config: 'fx.prize' is not a known key (did you "
                        "mean 'fx.price'?)\n");
    assert_string_equal(line->out, "");
}

/* Goal: a line that makes no sense is a usage error. */
static void refuses_what_makes_no_sense(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "config"), 2);
    assert_int_equal(command_line_run(line, "config chek"), 2);
    assert_string_equal(line->messages,
                        "arblite config: unknown command 'chek' (did you mean 'check'?)\n");
    assert_int_equal(command_line_run(line, "config check"), 2);
    assert_int_equal(command_line_run(line, "config print extra"), 2);
    assert_int_equal(command_line_run(line, "config explain"), 2);
    assert_int_equal(command_line_run(line, "config --help"), 0);
    assert_int_equal(command_line_run(line, "config print --help"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_good_files),           cmocka_unit_test(checks_bad_files),
        cmocka_unit_test(prints_a_config_that_checks), cmocka_unit_test(explains_keys),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };
    return cmocka_run_group_tests_name("cli/cmd_config", tests, command_line_enter,
                                       command_line_leave);
}
