#include "fixture.h"

#include <unistd.h>

#include "schema_sql.h"

/* Revisions of a session's parameters on record: what comes back, what the chain guards. */

static struct journal_revision a_revision(uint64_t number)
{
    struct journal_revision revision = {
        .number = number,
        .wall_ns = 100 + (int64_t)number,
        .time_ns = 200 + (int64_t)number,
        .operator_name = "jk",
        .origin = "small/0017 data 00ff",
        .params = "min_spread_bps=7 max_hold_s=null",
        .reason = "it's \"better\"",
    };
    revision.params[strlen("min_spread_bps=")] += (char)number;
    return revision;
}

static void put(uint64_t number)
{
    const struct journal_revision revision = a_revision(number);
    if (!journal_put_revision(journal, session.id, &revision, &err)) {
        fail_msg("%s", err.text);
    }
}

static void the_last_one_comes_back(void **state)
{
    struct journal_revision got;
    assert_true(journal_last_revision(journal, session.id, &got, &err));
    assert_int_equal(got.number, 0);
    put(1);
    put(2);
    const struct journal_revision want = a_revision(2);
    assert_true(journal_last_revision(journal, session.id, &got, &err));
    assert_memory_equal(&got, &want, sizeof want);
    struct journal_status status;
    bool found = false;
    assert_true(journal_status(journal, &status, &found, &err));
    assert_int_equal(status.revision.number, 2);
    assert_true(journal_last_revision(journal, session.id + 1, &got, &err));
    assert_int_equal(got.number, 0);
}

/* Goal: one number is used once. */
static void a_number_is_used_once(void **state)
{
    const struct journal_revision revision = a_revision(1);
    put(1);
    assert_false(journal_put_revision(journal, session.id, &revision, &err));
    uint64_t rows = 0;
    assert_true(journal_verify_audit(journal, &rows, &err));
    assert_int_equal(rows, 1); /* and its audit row is not there either */
}

static void tamper(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Goal: the chain covers every column of every revision: a change of any, one that is gone and
 * one too many are found, and the audit row beside it named. Row 2 is a kill. */
static void the_chain_covers_revisions(void **state)
{
    static const char *const attacks[] = {
        "UPDATE revision SET params = 'min_spread_bps=0' WHERE number = 2",
        "UPDATE revision SET origin = 'other' WHERE number = 2",
        "UPDATE revision SET reason = '' WHERE number = 2",
        "UPDATE revision SET operator_name = 'eve' WHERE number = 2",
        "UPDATE revision SET wall_ns = 0 WHERE number = 2",
        "UPDATE revision SET time_ns = 0 WHERE number = 2",
        "UPDATE revision SET number = 5 WHERE number = 2",
        "DELETE FROM revision WHERE number = 2",
        "UPDATE revision SET audit = 2 WHERE number = 2",
        ("INSERT INTO revision SELECT session, 3, 3, wall_ns, time_ns, operator_name, origin, "
         "params, reason FROM revision WHERE number = 2"),
    };
    const struct journal_audit kill = {
        .operator_name = "jk", .verb = "kill", .text = "", .result = "revision 9"};
    uint64_t rows = 0;
    put(1);
    assert_true(journal_put_audit(journal, session.id, &kill, &err));
    put(2);
    assert_true(journal_verify_audit(journal, &rows, &err));
    assert_int_equal(rows, 3);
    for (size_t i = 0; i < LEN(attacks); i++) {
        print_message("# %s\n", attacks[i]);
        tamper("CREATE TABLE kept AS SELECT * FROM revision");
        tamper(attacks[i]);
        err.text[0] = '\0';
        assert_false(journal_verify_audit(journal, &rows, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, "and the revision it tells of differ"));
        tamper("DELETE FROM revision; INSERT INTO revision SELECT * FROM kept; DROP TABLE "
               "kept");
        assert_true(journal_verify_audit(journal, &rows, &err));
    }
}

/* Goal: a journal of version 1 is brought up when it is opened for writing, with what it
 * holds. */
static void a_journal_without_revisions_gets_them(void **state)
{
    sqlite3 *db;
    struct journal_session got;
    bool found = false;
    journal_close(journal);
    journal = NULL;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, SCHEMA_SQL, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA application_id = 1634886252; PRAGMA user_version = 1;"
                                  "INSERT INTO session VALUES (7, 'old', 'paper', '', '', '', "
                                  "'', 1, 2, 0, '', 3, '')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_false(journal_open_readonly(&journal, path, &err));
    assert_non_null(
        strstr(err.text, "version 1, this build reads 3: the next 'arblite paper'"));
    reopen();
    assert_true(journal_last_session(journal, &got, &found, &err));
    assert_true(found);
    assert_string_equal(got.name, "old");
    session.id = got.id;
    put(1);
    assert_int_equal(count_of("PRAGMA user_version"), 3);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(the_last_one_comes_back),
        FRESH(a_number_is_used_once),
        FRESH(the_chain_covers_revisions),
        FRESH(a_journal_without_revisions_gets_them),
    };
    return cmocka_run_group_tests_name("store/revisions", tests, NULL, NULL);
}
