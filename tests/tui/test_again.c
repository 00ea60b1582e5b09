#include "support/check.h"

#include "tui/again.h"

/* Goal: the command can be typed as it stands and goes on as it went; speed 1 is no news. */
static void names_the_speed_that_no_journal_keeps(void **state)
{
    static const struct {
        double speed;
        const char *command, *expected;
    } cases[] = {
        {1, NULL, "arblite console"},
        {0, NULL, "arblite console"}, /* nothing was heard of it */
        {60, NULL, "arblite console --speed 60"},
        {0.5, "./run -- --state-dir /s console", "./run -- --state-dir /s console --speed 0.5"},
        {INFINITY, "arblite console", "arblite console --speed max"},
    };
    static struct snapshot snapshot;
    char buffer[AGAIN_SIZE];
    for (size_t i = 0; i < LEN(cases); i++) {
        snapshot.speed = cases[i].speed;
        assert_string_equal(again_command(buffer, cases[i].command, &snapshot),
                            cases[i].expected);
    }
    assert_string_equal(again_command(buffer, NULL, NULL), "arblite console");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_speed_that_no_journal_keeps),
    };
    return cmocka_run_group_tests_name("tui/again", tests, NULL, NULL);
}
