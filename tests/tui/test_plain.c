#include "support/check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "script_desk.h"
#include "script_port.h"
#include "sessions.h"
#include "tui/console.h"

enum { OUTPUT_SIZE = 64 * 1024 };

/* Runs the plain console over a script until the script is over, and returns what it said. */
static char *listen(struct script_port *script, const struct console_options *options)
{
    static char output[OUTPUT_SIZE];
    struct console_end end = {CONSOLE_DETACHED, 0};
    struct err err = {.kind = ERR_NONE};
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(console_plain(&script->port, options, file, &end, &err));
    assert_int_equal(end.kind, CONSOLE_SESSION_GONE);
    rewind(file);
    const size_t length = fread(output, 1, sizeof output - 1, file);
    output[length] = '\0';
    fclose(file);
    return output;
}

static int count_of(const char *text, const char *words)
{
    int count = 0;
    for (; (text = strstr(text, words)) != NULL; text++) {
        count++;
    }
    return count;
}

/* Goal: news are said once, as whole lines, without a byte that moves a cursor. */
static void appends_news_and_moves_no_cursor(void **state)
{
    static struct script_port script;
    const struct console_options options = {.ascii = true};
    script_port_open(&script, false, 20);
    script.pumps_max = 12;
    const char *said = listen(&script, &options);
    assert_int_equal(count_of(said, "PAPER"), 1); /* nothing changed: one summary */
    assert_int_equal(count_of(said, "trade 41 opened"), 1);
    assert_int_equal(count_of(said, "alarm low x4: binance depth gap"), 1);
    assert_int_equal(count_of(said, "alarm"), 1); /* the acknowledged one is not news */
    assert_int_equal(count_of(said, "Upbit cheap 12.4, needs 27.6 bp"), 1);
    assert_int_equal(count_of(said, "the session's host is gone: the session has gone; start "
                                    "it again with: arblite console"),
                     1);
    for (const char *c = said; *c != '\0'; c++) {
        assert_true(*c == '\n' || (*c >= ' ' && *c < 127));
    }
    script_port_close(&script);
}

/* Goal: a kill is said at once, not with the next summary. */
static void says_a_kill_at_once(void **state)
{
    static struct script_port script;
    const struct console_options options = {.ascii = true};
    script_port_open(&script, false, 20);
    script.killed_at = 4;
    script.pumps_max = 10;
    const char *said = listen(&script, &options);
    assert_int_equal(count_of(said, "PAPER"), 2);
    assert_int_equal(count_of(said, "ARMED entries open"), 1);
    assert_int_equal(count_of(said, "by night shift"), 1);
    assert_true(strstr(said, "ARMED") < strstr(said, "KILL ENGAGED"));
    script_port_close(&script);
}

/* Goal: a session that takes its leave is not told as a host that died. */
static void a_farewell_is_no_accident(void **state)
{
    static struct script_port script;
    const struct console_options options = {.ascii = true};
    struct console_end end = {CONSOLE_DETACHED, 0};
    struct err err = {.kind = ERR_NONE};
    FILE *file = tmpfile();
    assert_non_null(file);
    script_port_open(&script, false, 20);
    script.pumps_max = 2;
    script.quit = true;
    assert_true(console_plain(&script.port, &options, file, &end, &err));
    assert_int_equal(end.kind, CONSOLE_SESSION_ENDED);
    script_port_close(&script);
    fclose(file);
}

/* Goal: tuning sessions that run are said between the lines of the session. */
static void says_what_tuning_sessions_do(void **state)
{
    static struct script_port script;
    static struct script_desk desk;
    const struct console_options options = {.ascii = true, .desk = &desk.desk};
    struct hand *hand = mem_zalloc(sizeof *hand);
    hand_init(hand, FIXTURE_NORMAL);
    struct sessions *sessions = sessions_create(hand, SESSIONS_RUNNING);
    script_desk_open(&desk);
    desk.tuning = &sessions->tuning;
    script_desk_ring(&desk);
    script_port_open(&script, false, 20);
    script.pumps_max = 6;
    const char *said = listen(&script, &options);
    assert_int_equal(count_of(said, "21:24:07  tuning thousand: running, 1,000 jobs\n"), 1);
    assert_int_equal(count_of(said, "tuning "), 1); /* what was over before is no news */
    script_port_close(&script);
    script_desk_close(&desk);
    mem_free(sessions);
    mem_free(hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_news_and_moves_no_cursor),
        cmocka_unit_test(says_a_kill_at_once),
        cmocka_unit_test(a_farewell_is_no_accident),
        cmocka_unit_test(says_what_tuning_sessions_do),
    };
    return cmocka_run_group_tests_name("tui/plain", tests, NULL, NULL);
}
