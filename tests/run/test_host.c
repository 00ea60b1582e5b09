#include "support/check.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "run/host.h"
#include "session_folder.h"

/* The process of a session: who may be it, how it ends, and what it leaves. */

static bool run_host(struct session_folder *s, int64_t max_events, enum host_end *end,
                     struct result *result, struct err *err)
{
    char source[SCRATCH_PATH_SIZE + 8];
    snprintf(source, sizeof source, "csv:%s", s->csv);
    const struct setup_request request = {.source = source, .config = &s->config};
    if (!setup_make(&s->setup, &request, err)) {
        fail_msg("%s", err->text);
    }
    const struct host_options options = {
        .setup = &s->setup,
        .dir = &s->dir,
        .speed = INFINITY,
        .max_events = max_events,
        .max_runtime_s = NAN,
        .take_signals = true,
        .version = "test",
        .life = session_folder_line,
        .life_context = s,
    };
    return host_run(&options, end, result, err);
}

static void must_run(struct session_folder *s, int64_t max_events, enum host_end want)
{
    enum host_end end;
    struct result result;
    struct err err = {0};
    if (!run_host(s, max_events, &end, &result, &err)) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(end, want);
    result_finish(&result);
}

/* Goal: the end of the data ends the session; the next host starts another. */
static void the_end_of_the_data_ends_it(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "coc");
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_int_equal(session_folder_count(&s, "the data have ended"), 1);
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_int_equal(session_folder_count(&s, " resumed:"), 0);
    assert_int_equal(session_folder_count(&s, "trade 1 closed"), 2);
    session_folder_remove(&s);
}

/* Goal: a limit of the host's is not the session's end: the next goes on where it stopped. */
static void a_limit_leaves_it_to_be_resumed(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "coooc");
    must_run(&s, 2, HOST_LIMIT);
    assert_int_equal(session_folder_count(&s, "trade 1 opened"), 1);
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_int_equal(session_folder_count(&s, " resumed:"), 1);
    assert_int_equal(session_folder_count(&s, "trade 1 opened"), 1);
    assert_int_equal(session_folder_count(&s, "trade 1 closed"), 1);
    session_folder_remove(&s);
}

/* Goal: SAFETY row 59: one host per folder, and the second is told who has it. */
static void a_second_host_is_refused(void **state)
{
    struct session_folder s;
    struct err err = {0};
    enum host_end end;
    struct result result;
    char pid[32];
    session_folder_create(&s);
    session_folder_rows(&s, "c");
    struct state_dir holder = s.dir;
    assert_true(state_dir_lock(&holder, &err));
    assert_false(run_host(&s, -1, &end, &result, &err));
    state_dir_unlock(&holder);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    assert_int_equal(err.kind, ERR_REFUSED);
    assert_non_null(strstr(err.text, pid));
    session_folder_remove(&s);
}

static void terminate(struct session_folder *s)
{
    if (session_folder_count(s, "trade 1 opened") == 1) {
        raise(SIGTERM);
        s->told = NULL;
    }
}

/* Rows enough for the loop to come round before they end. */
static void write_long(struct session_folder *s)
{
    static char rows[20001];
    memset(rows, 'o', sizeof rows - 1);
    rows[sizeof rows - 2] = 'c';
    session_folder_rows(s, rows);
}

/* Goal: SAFETY row 50: SIGTERM ends it cleanly: state on disk, the trade open, to be resumed.
 */
static void sigterm_stops_it_cleanly(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    write_long(&s);
    s.told = terminate;
    must_run(&s, -1, HOST_TERMINATED);
    assert_int_equal(session_folder_count(&s, "the host was stopped"), 1);
    session_folder_open(&s, -1);
    assert_true(runner_resumed(s.runner));
    static struct page page;
    const struct page_query query = {.kind = PAGE_AUDIT, .count = 2};
    struct err err = {0};
    assert_true(runner_page(s.runner, &query, &page, &err));
    assert_string_equal(page.audits[0].verb, "resume");
    assert_string_equal(page.audits[1].verb, "stop");
    session_folder_remove(&s);
}

static void kill_by_signal(struct session_folder *s)
{
    if (session_folder_count(s, " started:") == 1) {
        raise(SIGUSR2);
        s->told = NULL;
    }
}

/* Goal: SIGUSR2 is the kill switch: no entry after it, nor in the next host, nor in the next
 * session of the folder. */
static void sigusr2_bars_entries_for_good(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "coc");
    s.told = kill_by_signal;
    must_run(&s, -1, HOST_DATA_ENDED);
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_true(state_dir_kill_engaged(&s.dir));
    assert_int_equal(session_folder_count(&s, "opening"), 0);
    assert_int_equal(session_folder_count(&s, "GATE.KILL"), 2);
    session_folder_remove(&s);
}

/* Goal: SAFETY row 44: a journal that cannot be written ends the host with an error that says
 * so, and the next host goes on with the session. */
static void an_io_error_ends_it(void **state)
{
    struct session_folder s;
    struct err err = {0};
    enum host_end end;
    struct result result;
    struct rlimit before;
    session_folder_create(&s);
    session_folder_rows(&s, "cococococococococococococococococococococ");
    must_run(&s, 1, HOST_LIMIT);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 150000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const bool done = run_host(&s, -1, &end, &result, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(done);
    print_message("# %s\n", err.text);
    assert_true(err_exit_code(err.kind) == 1);
    assert_non_null(strstr(err.text, "journal"));
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_int_equal(session_folder_count(&s, " resumed:"), 2);
    session_folder_remove(&s);
}

/* Another program that holds the journal from the first trade on until the host says it waits.
 */
static sqlite3 *other_writer;

static void hold_the_journal(struct session_folder *s)
{
    if (other_writer == NULL && session_folder_count(s, "trade 1 opened") == 1 &&
        session_folder_count(s, "session waits") == 0) {
        assert_int_equal(sqlite3_open(s->dir.journal, &other_writer), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other_writer, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                         SQLITE_OK);
    } else if (other_writer != NULL && session_folder_count(s, "session waits") == 1) {
        assert_int_equal(sqlite3_close(other_writer), SQLITE_OK);
        other_writer = NULL;
    }
}

/* Goal: SAFETY rows 40 and 41: a journal that takes no writes for a while stops the session for
 * that while; every trade is made as if it had not. */
static void a_busy_journal_is_waited_for(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "cococococo");
    s.told = hold_the_journal;
    must_run(&s, 9, HOST_LIMIT); /* the ninth row closes the fourth trade */
    assert_null(other_writer);
    assert_int_equal(session_folder_count(&s, "nothing is acted upon: JOURNAL.BUSY"), 1);
    assert_int_equal(session_folder_count(&s, " resumed:"), 1);
    for (int i = 1; i <= 4; i++) {
        char line[32];
        snprintf(line, sizeof line, "trade %d opened", i);
        assert_int_equal(session_folder_count(&s, line), 1);
        snprintf(line, sizeof line, "trade %d closed", i);
        assert_int_equal(session_folder_count(&s, line), 1);
    }
    assert_int_equal(session_folder_count(&s, "trade 5"), 0);
    session_folder_remove(&s);
}

/* Pages that a journal may have which is opened from now on. */
static int pages_max = 1000000;

static int limit_pages(sqlite3 *db, const char **message, const void *routines)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", pages_max);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void make_room(struct session_folder *s)
{
    if (session_folder_count(s, "session waits") == 1) {
        pages_max = 1000000;
    }
}

/* Goal: SAFETY row 40: the same for a disk without a page to spare, until there is room. */
static void a_full_journal_is_waited_for(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "cococococococococococ");
    must_run(&s, 1, HOST_LIMIT);
    assert_int_equal(sqlite3_auto_extension((void (*)(void))limit_pages), SQLITE_OK);
    pages_max = 1; /* as many as there are */
    s.told = make_room;
    must_run(&s, -1, HOST_DATA_ENDED);
    sqlite3_reset_auto_extension();
    assert_int_equal(pages_max, 1000000);
    assert_int_equal(session_folder_count(&s, "nothing is acted upon: JOURNAL.FULL"), 1);
    assert_int_equal(session_folder_count(&s, " resumed:"), 2);
    assert_int_equal(session_folder_count(&s, "trade 10 opened"), 1);
    assert_int_equal(session_folder_count(&s, " closed BTC"), 10);
    session_folder_remove(&s);
}

static void kill_while_it_waits(struct session_folder *s)
{
    struct err err = {0};
    hold_the_journal(s);
    if (session_folder_count(s, "session waits") == 1 && !state_dir_kill_engaged(&s->dir)) {
        assert_true(state_dir_engage_kill(&s->dir, "ann", "disk", &err));
    }
}

/* Goal: what was killed while it waited opens nothing when it goes on, and closes what is open.
 */
static void a_kill_while_it_waits_holds(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "cococococo");
    s.told = kill_while_it_waits;
    must_run(&s, -1, HOST_DATA_ENDED);
    assert_int_equal(session_folder_count(&s, "kill switch is ON"), 1);
    assert_int_equal(session_folder_count(&s, "trade 1 closed"), 1);
    assert_int_equal(session_folder_count(&s, "trade 2"), 0);
    assert_int_equal(session_folder_count(&s, "GATE.KILL"), 4);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_the_data_ends_it),
        cmocka_unit_test(a_limit_leaves_it_to_be_resumed),
        cmocka_unit_test(a_second_host_is_refused),
        cmocka_unit_test(sigterm_stops_it_cleanly),
        cmocka_unit_test(sigusr2_bars_entries_for_good),
        cmocka_unit_test(an_io_error_ends_it),
        cmocka_unit_test(a_busy_journal_is_waited_for),
        cmocka_unit_test(a_full_journal_is_waited_for),
        cmocka_unit_test(a_kill_while_it_waits_holds),
    };
    return cmocka_run_group_tests_name("run/host", tests, NULL, NULL);
}
