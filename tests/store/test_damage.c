#include "fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../../src/store/db.h"
#include "base/mem.h"
#include "base/rng.h"
#include "io/file.h"

enum { FLIPS = 300, FILE_SIZE_MAX = 1 << 20 };

static char *bytes;
static size_t length;

static void read_bytes(void)
{
    mem_free(bytes);
    assert_true(file_read(path, FILE_SIZE_MAX, &bytes, &length, &err));
}

static void write_bytes(const char *from, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(from, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* A closed journal with something in every table, its bytes in `bytes`. */
static void close_filled(void)
{
    const struct journal_state now = {.sequence = 7,
                                      .core = "core state",
                                      .core_size = 10,
                                      .venue = "venue",
                                      .venue_size = 5};
    const struct order_report report = {.client_id = 1, .kind = REPORT_DONE};
    const struct journal_audit audit = {1, 2, "jk", "kill", "", "done"};
    for (uint64_t id = 1; id <= 40; id++) {
        put_trade(id, TRADE_CLOSED);
    }
    assert_true(journal_put_state(journal, 1, &now, &err));
    assert_true(journal_put_intent(journal, 1, &ORDER, 1, &err));
    assert_true(journal_put_report(journal, 1, &ORDER, &report, 1, &err));
    assert_true(journal_put_audit(journal, 1, &audit, &err));
    journal_close(journal);
    journal = NULL;
    read_bytes();
}

/* Opening `count` bytes fails as bad input with `want`, and the file stays as it was. */
static void check_refused(const char *from, size_t count, const char *want)
{
    write_bytes(from, count);
    err.text[0] = '\0';
    assert_false(journal_open(&journal, path, &err));
    journal = NULL;
    print_message("# %s\n", err.text);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, want));
    assert_non_null(strstr(err.text, path));
    read_bytes();
    assert_int_equal(length, count);
    assert_memory_equal(bytes, from, count);
}

static void refuses_what_is_not_its_own(void **state)
{
    static const struct {
        const char *sql;
        const char *want;
    } cases[] = {
        {"CREATE TABLE t (x)", "not a journal of arblite"},
        {"PRAGMA application_id = 77", "application id 77"},
        {"PRAGMA application_id = 1634886252; PRAGMA user_version = 4", "version 4"},
        {"PRAGMA user_version = 1", "not a journal of arblite"},
    };
    static char copy[FILE_SIZE_MAX];
    journal_close(journal);
    journal = NULL;
    for (size_t i = 0; i < LEN(cases); i++) {
        sqlite3 *db;
        unlink(path);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        read_bytes();
        memcpy(copy, bytes, length);
        check_refused(copy, length, cases[i].want);
    }
    check_refused("timestamp,best_bid_a\n", 21, "damaged");
}

static void refuses_a_torn_file(void **state)
{
    static char copy[FILE_SIZE_MAX];
    close_filled();
    const size_t whole = length;
    memcpy(copy, bytes, whole);
    const size_t cuts[] = {1, 99, 100, 4095, 4096, whole / 2, whole - 4096, whole - 1};
    for (size_t i = 0; i < LEN(cuts); i++) {
        check_refused(copy, cuts[i], "damaged");
    }
    /* And an empty one is a new one: nothing was ever promised in it. */
    write_bytes(copy, 0);
    assert_true(journal_open(&journal, path, &err));
}

/* Reads everything back as a starting host would. A wrong state must never be among it. */
static void read_all(bool *refused)
{
    struct journal_state got = {0};
    uint64_t rows;
    bool found = false;
    static struct page page;
    const struct page_query query = {.kind = PAGE_TRADES, .count = PAGE_ROWS_MAX};
    if (journal_get_state(journal, 1, &got, &found, &err)) {
        assert_true(found);
        assert_int_equal(got.sequence, 7);
        assert_int_equal(got.core_size, 10);
        assert_memory_equal(got.core, "core state", 10);
        assert_memory_equal(got.venue, "venue", 5);
        mem_free((void *)got.core);
        mem_free((void *)got.venue);
    } else {
        *refused = true;
    }
    *refused = !journal_verify_audit(journal, &rows, &err) || *refused;
    *refused = !journal_query(journal, 1, &query, &page, &err) || *refused;
}

/* Goal: single bits flipped anywhere never crash us and never change the state a session would
 * go on from: the file is refused, the state is refused, or the state is right. */
static void never_goes_on_from_a_flipped_bit(void **state)
{
    static char copy[FILE_SIZE_MAX];
    struct rng rng;
    int refused_open = 0;
    int refused_later = 0;
    rng_seed(&rng, 42, 0);
    close_filled();
    const size_t whole = length;
    memcpy(copy, bytes, whole);
    for (int i = 0; i < FLIPS; i++) {
        /* Half of them in the file's header and the head of its first page. */
        const size_t at = rng_below(&rng, i % 2 == 0 ? 112 : whole);
        const char bit = (char)(1 << rng_below(&rng, 8));
        bool refused = false;
        copy[at] ^= bit;
        write_bytes(copy, whole);
        if (!journal_open(&journal, path, &err)) {
            journal = NULL;
            assert_true(err.text[0] != '\0');
            read_bytes();
            assert_memory_equal(bytes, copy, whole);
            refused_open++;
        } else {
            read_all(&refused);
            refused_later += refused;
            journal_close(journal);
            journal = NULL;
        }
        copy[at] ^= bit;
    }
    print_message("# %d flips: %d refused at open, %d later\n", FLIPS, refused_open,
                  refused_later);
    assert_true(refused_open > FLIPS / 10);
}

/* Goal: a full disk is an error, nothing is half applied, and room made later is used. */
static void fails_whole_when_the_disk_is_full(void **state)
{
    char sql[64];
    static char big[200000];
    const struct journal_state now = {.sequence = 1, .core = big, .core_size = sizeof(big)};
    struct rng noise;
    rng_seed(&noise, 1, 0);
    for (size_t i = 0; i < sizeof(big); i++) {
        big[i] = (char)rng_next(&noise); /* does not pack any smaller */
    }
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
             (long long)count_of("PRAGMA page_count") + 8);
    assert_int_equal(sqlite3_exec(journal->db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_true(journal_begin(journal, &err));
    put_trade(1, TRADE_OPEN);
    assert_false(journal_put_state(journal, 1, &now, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, "full"));
    assert_int_equal(journal_fault(journal), REASON_JOURNAL_FULL);
    assert_false(journal_commit(journal, &err));
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 0);

    /* Small things still fit, and with room the big one does. */
    put_trade(1, TRADE_OPEN);
    assert_int_equal(journal_fault(journal), REASON_NONE);
    sqlite3_exec(journal->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
    assert_true(journal_put_state(journal, 1, &now, &err));
    reopen();
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 1);
    assert_int_equal(count_of("SELECT count(*) FROM state"), 1);
}

/* Goal: after an I/O error nothing is written through that connection, also when the disk
 * seems well again; a fresh one has everything acknowledged. The error is a write beyond the
 * process's file size limit. */
static void takes_no_more_writes_after_an_io_error(void **state)
{
    struct rlimit limit;
    put_trade(1, TRADE_OPEN);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = limit.rlim_max};
    const struct trade trade = a_trade(2, TRADE_OPEN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const bool wrote = journal_put_trade(journal, 1, &trade, NULL, "BTC", &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(wrote);
    assert_int_equal(err.kind, ERR_IO);
    assert_int_equal(journal_fault(journal), REASON_JOURNAL_IOERR);
    assert_false(journal_put_trade(journal, 1, &trade, NULL, "BTC", &err));
    assert_non_null(strstr(err.text, "takes no more writes"));
    reopen();
    assert_int_equal(count_of("SELECT count(*) FROM trade"), 1);
    put_trade(2, TRADE_OPEN);
}

/* Goal: a folder that cannot be written is an error with a place, not a crash or a hang. Root
 * may write anywhere, so root tries it as nobody. */
static void refuses_a_folder_it_cannot_write(void **state)
{
    enum { NOBODY = 65534 };
    int status = 0;
    journal_close(journal);
    journal = NULL;
    assert_int_equal(chmod(folder, 0500), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, NOBODY, NOBODY), 0);
        assert_int_equal(chown(path, NOBODY, NOBODY), 0);
    }
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
            _exit(2);
        }
        const bool opened = journal_open(&journal, path, &err);
        _exit(!opened && err.kind == ERR_IO && strstr(err.text, path) != NULL ? 0 : 1);
    }
    waitpid(child, &status, 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 0, 0), 0);
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int forget(void **state)
{
    mem_free(bytes);
    bytes = NULL;
    return tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_what_is_not_its_own, set_up, forget),
        cmocka_unit_test_setup_teardown(refuses_a_torn_file, set_up, forget),
        cmocka_unit_test_setup_teardown(never_goes_on_from_a_flipped_bit, set_up, forget),
        cmocka_unit_test_setup_teardown(fails_whole_when_the_disk_is_full, set_up, forget),
        cmocka_unit_test_setup_teardown(takes_no_more_writes_after_an_io_error, set_up, forget),
        cmocka_unit_test_setup_teardown(refuses_a_folder_it_cannot_write, set_up, forget),
    };
    return cmocka_run_group_tests_name("store/damage", tests, NULL, NULL);
}
