#include "command_line.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/journal.h"

/* Three audit rows in the folder's journal. */
static void write_journal(void)
{
    struct journal *journal = NULL;
    struct err err = {0};
    const struct journal_audit row = {
        .wall_ns = 1, .operator_name = "ann", .verb = "pause", .text = "", .result = "done"};
    struct journal_session session = {.name = "paper-1",
                                      .mode = "paper",
                                      .source = "simulated",
                                      .options_hash = "x",
                                      .started_wall_ns = 1};
    assert_true(journal_open(&journal, "state/journal.sqlite", &err));
    assert_true(journal_start_session(journal, &session, &err));
    for (int i = 0; i < 3; i++) {
        assert_true(journal_put_audit(journal, session.id, &row, &err));
    }
    journal_close(journal);
}

static void spoil(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open("state/journal.sqlite", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void verifies_the_chain(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "--state-dir state audit verify"), 1);
    assert_non_null(strstr(line->messages, "no journal in"));
    assert_int_equal(mkdir("state", 0700), 0);
    write_journal();
    assert_int_equal(command_line_run(line, "--state-dir state audit verify"), 0);
    assert_string_equal(line->out, "3 audit rows checked, the chain is whole\n");
    spoil("UPDATE audit SET operator_name = 'bob' WHERE number = 2");
    assert_int_equal(command_line_run(line, "--state-dir state audit verify"), 1);
    print_message("# %s", line->messages);
    assert_non_null(strstr(line->messages, "audit row 2"));
}

static void knows_one_word(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(command_line_run(line, "audit"), 2);
    assert_int_equal(command_line_run(line, "audit burn"), 2);
    assert_non_null(strstr(line->messages, "unexpected 'burn'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verifies_the_chain, command_line_enter,
                                        command_line_leave),
        cmocka_unit_test_setup_teardown(knows_one_word, command_line_enter, command_line_leave),
    };
    return cmocka_run_group_tests_name("cli/cmd_audit", tests, NULL, NULL);
}
