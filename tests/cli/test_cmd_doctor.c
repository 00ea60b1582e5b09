#include "command_line.h"

#include <jansson.h>

/* Goal: something that would stop a session is exit 3, with a line that says what to do. */
static void fails_where_a_session_would(void **state)
{
    struct command_line *line = *state;
    command_line_write("file", "");
    assert_int_equal(command_line_run(line, "doctor --state-dir file"), 3);
    assert_non_null(strstr(line->out, "FAIL  state folder"));
    assert_non_null(strstr(line->out, "-> move it away, or pass --state-dir DIR\n"));
    assert_int_equal(command_line_run(line, "doctor --state-dir fresh"), 0);
    assert_null(strstr(line->out, "FAIL"));
}

/* Goal: the same as JSON, one object. */
static void prints_json(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "doctor --json --state-dir fresh"), 0);
    json_t *root = json_loads(line->out, 0, NULL);
    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "failed")), 0);
    const json_t *checks = json_object_get(root, "checks");
    assert_true(json_array_size(checks) >= 10);
    for (size_t i = 0; i < json_array_size(checks); i++) {
        const char *said =
            json_string_value(json_object_get(json_array_get(checks, i), "state"));
        assert_non_null(said);
        assert_true(strcmp(said, "ok") == 0 || strcmp(said, "warn") == 0);
    }
    json_decref(root);
}

/* Goal: a config that does not load is bad input, not a diagnosis. */
static void refuses_a_bad_config(void **state)
{
    struct command_line *line = *state;
    command_line_write("bad.yaml", "zebra: 1\n");
    assert_int_equal(command_line_run(line, "doctor --config bad.yaml"), 1);
    assert_int_equal(strncmp(line->messages, "bad.yaml:1: zebra: ", 19), 0);
    assert_string_equal(line->out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fails_where_a_session_would),
        cmocka_unit_test(prints_json),
        cmocka_unit_test(refuses_a_bad_config),
    };
    return cmocka_run_group_tests_name("cli/cmd_doctor", tests, command_line_enter,
                                       command_line_leave);
}
