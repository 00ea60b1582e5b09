#include "support/desk.h"

#include "base/mem.h"
#include "io/file.h"

/* The shipped scenarios end as they say, and a wrong expectation is noticed. */

static const struct {
    const char *name;
    const char *line, *altered; /* one expectation, and one that does not hold */
} scenarios[] = {
    {"basic_spread_win", "total_trades: 1", "total_trades: 2"},
    {"basic_spread_win", "pnl_sign: positive", "pnl_sign: negative"},
    {"basic_spread_win", "first_exit_reason: convergence", "first_exit_reason: stop_loss"},
    {"choppy_market", "total_trades: 0", "total_trades: 1"},
    {"stop_loss_trigger", "first_exit_reason: stop_loss", "first_exit_reason: convergence"},
    {"stop_loss_trigger", "closed_trades: 1", "closed_trades: 0"},
};

/* The scenario with one line of it changed. */
static void alter(struct text *out, const char *name, const char *line, const char *altered)
{
    char path[512];
    char *text = NULL;
    size_t length = 0;
    struct err err = {0};
    text_cut(path, sizeof path, "%s/%s.yaml", SCENARIOS, name);
    if (!file_read(path, 1 << 20, &text, &length, &err)) {
        fail_msg("%s", err.text);
    }
    const char *at = strstr(text, line);
    assert_non_null(at);
    text_add_bytes(out, text, (size_t)(at - text));
    text_add(out, altered);
    text_add(out, at + strlen(line));
    mem_free(text);
}

static void end_as_they_say(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < LEN(scenarios); i++) {
        print_message("# %s\n", scenarios[i].name);
        assert_int_equal(desk_run(desk, "paper --source scenario:%s/%s.yaml --speed max",
                                  SCENARIOS, scenarios[i].name),
                         0);
        assert_null(strstr(program_said(&desk->command, PROGRAM_MESSAGES), "unmet"));
    }
}

static void are_told_what_did_not_come(void **state)
{
    struct desk *desk = *state;
    for (size_t i = 0; i < LEN(scenarios); i++) {
        char path[DESK_PATH_SIZE];
        struct text altered = text_growing();
        print_message("# %s\n", scenarios[i].altered);
        alter(&altered, scenarios[i].name, scenarios[i].line, scenarios[i].altered);
        desk_file(desk, path, "altered.yaml", text_string(&altered));
        assert_int_equal(desk_run(desk, "paper --source scenario:%s --speed max", path), 3);
        desk_was_told(desk, "unmet: ");
        text_finish(&altered);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(end_as_they_say, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(are_told_what_did_not_come, desk_open, desk_close),
    };
    return cmocka_run_group_tests_name("flow/scenarios", tests, NULL, NULL);
}
