#include "support/check.h"

#include "cli/global_options.h"

/* Goal: how far a global option reaches, so that the command behind it can be found. */
static void measures_itself(void **state)
{
    static const struct {
        const char *words[2];
        int count, length;
    } cases[] = {
        {{"--state-dir", "D"}, 2, 2}, {{"--state-dir=D", "paper"}, 2, 1},
        {{"--color", NULL}, 1, 1},    {{"--log-level", "debug"}, 2, 2},
        {{"--states", "D"}, 2, 0},    {{"--state-dirs", "D"}, 2, 0},
        {{"paper", "D"}, 2, 0},       {{"-c", "D"}, 2, 0},
        {{NULL, NULL}, 0, 0},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        char *argv[] = {(char *)cases[i].words[0], (char *)cases[i].words[1], NULL};
        assert_int_equal(global_option_length(cases[i].count, argv), cases[i].length);
    }
}

/* Goal: every command may parse them, wherever they lie in its own struct. */
static void parses_into_any_struct(void **state)
{
    struct {
        int other;
        struct global_options global;
    } args = {0};
    struct arg_option rows[GLOBAL_OPTIONS_COUNT];
    global_options_rows(rows, (size_t)((char *)&args.global - (char *)&args));
    const struct arg_spec spec = {.command = "x",
                                  .operands = "",
                                  .summary = "",
                                  .options = rows,
                                  .options_count = LEN(rows)};
    char *argv[] = {(char *)"x", (char *)"--config=C", (char *)"--state-dir", (char *)"D",
                    NULL};
    struct err err = {.kind = ERR_NONE};
    assert_int_equal(args_parse(&spec, 4, argv, &args, NULL, NULL, &err), ARGS_OK);
    assert_string_equal(args.global.config, "C");
    assert_string_equal(args.global.state_dir, "D");
    assert_null(args.global.log_level);
}

/* Goal: a word that means nothing is refused by every command, also by one that never draws. */
static void refuses_words_that_mean_nothing(void **state)
{
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"--color=purple", "--color: 'purple' is not one of auto|never|8|256"},
        {"--color=25", "--color: '25' is not one of auto|never|8|256"},
        {"--color=", "--color: '' is not one of auto|never|8|256"},
        {"--log-level=loud", "--log-level: 'loud' is not one of error|warn|info|debug"},
    };
    struct global_options global = {0};
    struct arg_option rows[GLOBAL_OPTIONS_COUNT];
    global_options_rows(rows, 0);
    const struct arg_spec spec = {.command = "x",
                                  .operands = "",
                                  .summary = "",
                                  .options = rows,
                                  .options_count = LEN(rows)};
    for (size_t i = 0; i < LEN(cases); i++) {
        char *argv[] = {(char *)"x", (char *)cases[i].word, NULL};
        struct err err = {.kind = ERR_NONE};
        assert_int_equal(args_parse(&spec, 2, argv, &global, NULL, NULL, &err), ARGS_ERROR);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.text, cases[i].want);
    }
    char *argv[] = {(char *)"x", (char *)"--color=256", (char *)"--log-level", (char *)"info",
                    NULL};
    struct err err = {.kind = ERR_NONE};
    assert_int_equal(args_parse(&spec, 4, argv, &global, NULL, NULL, &err), ARGS_OK);
    assert_string_equal(global.color, "256");
    assert_string_equal(global.log_level, "info");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_itself),
        cmocka_unit_test(parses_into_any_struct),
        cmocka_unit_test(refuses_words_that_mean_nothing),
    };
    return cmocka_run_group_tests_name("cli/global_options", tests, NULL, NULL);
}
