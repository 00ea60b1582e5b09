#include "support/check.h"

#include "cli/subcommand.h"

/* What the command that ran was called with. */
static struct {
    int argc;
    char line[256];
} seen;

static int note(int argc, char **argv)
{
    seen.argc = argc;
    seen.line[0] = '\0';
    for (int i = 0; i < argc; i++) {
        const size_t at = strlen(seen.line);
        snprintf(seen.line + at, sizeof seen.line - at, "%s%s", i == 0 ? "" : " ", argv[i]);
    }
    assert_null(argv[argc]);
    return 40 + argc;
}

static const struct subcommand COMMANDS[] = {
    {"console", "the screen", note},
    {"paper", "a session", note},
    {"version", "the build", note},
};

static int dispatch(const char *const *words)
{
    char *argv[16] = {(char *)"arblite"};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)words[argc - 1];
    }
    memset(&seen, 0, sizeof seen);
    return subcommand_dispatch(COMMANDS, LEN(COMMANDS), argc, argv);
}

/* Goal: the command is found behind global options, which then belong to it; without a command
 * it is the console. */
static void finds_the_command(void **state)
{
    static const struct {
        const char *words[8];
        const char *line;
    } cases[] = {
        {{"paper", "--source", "live", NULL}, "paper --source live"},
        {{"--state-dir", "D", "paper", "--speed", "1", NULL}, "paper --state-dir D --speed 1"},
        {{"--state-dir=D", "--config", "paper", "paper", NULL},
         "paper --state-dir=D --config paper"},
        {{NULL}, "console"},
        {{"--state-dir", "D", NULL}, "console --state-dir D"},
        {{"--source", "simulated", NULL}, "console --source simulated"},
        {{"--config", NULL}, "console --config"},
        {{"--version", NULL}, "version"},
        {{"paper", "--help", NULL}, "paper --help"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const int code = dispatch(cases[i].words);
        assert_int_equal(code, 40 + seen.argc);
        assert_string_equal(seen.line, cases[i].line);
    }
}

/* Goal: a word that is no command runs nothing. */
static void refuses_what_it_does_not_know(void **state)
{
    static const char *const words[] = {"papre", NULL};
    assert_int_equal(dispatch(words), 2);
    assert_int_equal(seen.argc, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_command),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests_name("cli/subcommand", tests, NULL, NULL);
}
