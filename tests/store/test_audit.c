#include "support/check.h"
#include "support/folder.h"

#include <sqlite3.h>

#include "base/err.h"
#include "base/hash.h"
#include "store/journal.h"

enum { ROWS = 6 };

static char folder[FOLDER_PATH_SIZE];
static char path[FOLDER_PATH_SIZE + 64];
static struct journal *journal;
static struct err err;

static void put(int64_t number)
{
    const struct journal_audit audit = {
        .wall_ns = 100 * number,
        .time_ns = 10 * number,
        .operator_name = "jk",
        .verb = "kill",
        .text = "it \"smells\"",
        .result = "done",
    };
    if (!journal_put_audit(journal, 1, &audit, &err)) {
        fail_msg("%s", err.text);
    }
}

static int set_up(void **state)
{
    struct journal_session session = {.name = "s", .mode = "paper"};
    folder_create(folder);
    folder_file(path, folder, "journal.sqlite");
    assert_true(journal_open(&journal, path, &err));
    assert_true(journal_start_session(journal, &session, &err));
    return 0;
}

static int tear_down(void **state)
{
    journal_close(journal);
    folder_remove(folder);
    return 0;
}

static void tamper(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void chains_what_operators_did(void **state)
{
    uint64_t rows = 99;
    static struct page page;
    const struct page_query query = {.kind = PAGE_AUDIT, .count = 2};
    assert_true(journal_verify_audit(journal, &rows, &err));
    assert_int_equal(rows, 0);
    for (int64_t i = 1; i <= ROWS; i++) {
        put(i);
    }
    assert_true(journal_verify_audit(journal, &rows, &err));
    assert_int_equal(rows, ROWS);
    assert_true(journal_query(journal, 1, &query, &page, &err));
    assert_int_equal(page.total, ROWS);
    assert_int_equal(page.count, 2);
    assert_int_equal(page.audits[0].number, ROWS);
    assert_int_equal(page.audits[0].wall_ns, 100 * ROWS);
    assert_string_equal(page.audits[0].operator_name, "jk");
    assert_string_equal(page.audits[0].verb, "kill");
    assert_string_equal(page.audits[0].text, "it \"smells\"");
    assert_string_equal(page.audits[0].result, "done");
}

/* Goal: the chain is the documented one, so that others can check it. */
static void chains_as_documented(void **state)
{
    static const char want[] = "\n1 1 100 10\n2:jk\n4:kill\n11:it \"smells\"\n4:done\n";
    char hash[HASH_SHA256_TEXT_SIZE];
    char stored[HASH_SHA256_TEXT_SIZE];
    sqlite3 *db;
    sqlite3_stmt *statement;
    put(1);
    hash_sha256_text(hash, want, strlen(want));
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT hash FROM audit", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    snprintf(stored, sizeof(stored), "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    assert_string_equal(stored, hash);
}

/* Goal: any change of a row is found, and the first row that does not fit is named. */
static void finds_tampering(void **state)
{
    static const struct {
        const char *sql;
        const char *want;
    } cases[] = {
        {"UPDATE audit SET result = 'refused' WHERE number = 3", "row 3 does not fit"},
        {"UPDATE audit SET text = 'it \"smells\".' WHERE number = 1", "row 1 does not fit"},
        /* Moving a byte from one text to the next changes no joined bytes, only lengths. */
        {"UPDATE audit SET operator_name = 'j', verb = 'kkill' WHERE number = 2",
         "row 2 does not fit"},
        {"UPDATE audit SET wall_ns = wall_ns + 1 WHERE number = 6", "row 6 does not fit"},
        {"UPDATE audit SET session = 2 WHERE number = 4", "row 4 does not fit"},
        {"UPDATE audit SET hash = upper(hash) WHERE number = 5", "row 5 does not fit"},
        {"DELETE FROM audit WHERE number = 4", "row 4 is missing"},
        {"DELETE FROM audit WHERE number >= 5", "row 5 is missing at the end"},
        {"DELETE FROM audit", "row 1 is missing at the end"},
        {"DELETE FROM audit_head", "end of the chain is gone"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        uint64_t rows = 99;
        for (int64_t row = 1; row <= ROWS; row++) {
            put(row);
        }
        tamper(cases[i].sql);
        print_message("# %s\n", cases[i].sql);
        assert_false(journal_verify_audit(journal, &rows, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.text, cases[i].want));
        assert_int_equal(rows, 99);
        tear_down(NULL);
        set_up(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chains_what_operators_did, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chains_as_documented, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_tampering, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("store/audit", tests, NULL, NULL);
}
