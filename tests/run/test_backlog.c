#include <pthread.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "session_folder.h"

/* JOURNAL.BACKLOG: a journal that takes its time closes entries for a while, and the session
 * goes on. */

/* No disk takes a quarter of a second for a page; a writer is waited for a second at most. */
enum { LIFE_MS = 250, HELD_MS = 700 };

/* Another program that holds the journal for so long. */
struct holder {
    sqlite3 *db;
    pthread_t thread;
};

static void *hold(void *context)
{
    struct holder *holder = context;
    usleep(HELD_MS * 1000);
    sqlite3_close(holder->db);
    return NULL;
}

static void hold_the_journal(struct holder *holder, const struct session_folder *s)
{
    assert_int_equal(sqlite3_open(s->dir.journal, &holder->db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(holder->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(pthread_create(&holder->thread, NULL, hold, holder), 0);
}

static const struct snapshot *look(struct session_folder *s)
{
    static struct snapshot photo;
    runner_snapshot(s->runner, 0, clock_monotonic_ns(), &photo);
    return &photo;
}

/* One row a minute. */
static void pass_a_row(struct session_folder *s)
{
    s->mono_ns += 60 * CLOCK_NS_PER_S;
    assert_int_not_equal(session_folder_pump(s), RUNNER_FAILED);
}

static int32_t opened(struct session_folder *s)
{
    struct result result;
    struct err err = {0};
    assert_true(runner_result(s->runner, &result, &err));
    const int32_t count = (int32_t)result.summary.opened;
    result_finish(&result);
    return count;
}

static void open_session(struct session_folder *s, bool with_clock)
{
    session_folder_create(s);
    s->with_clock = with_clock;
    s->config.paper.decision_ttl_ms = LIFE_MS;
    session_folder_rows(s, "ccoccoco");
    session_folder_open(s, -1);
    s->mono_ns = CLOCK_NS_PER_S;
}

/* Goal: the write of an entry takes almost three lives of a decision: it is not sent, nothing
 * is for ten lives, and it shows; then entries go again. */
static void a_slow_journal_closes_entries_for_a_while(void **state)
{
    struct session_folder s;
    struct holder holder;
    open_session(&s, true);
    pass_a_row(&s);
    assert_true(look(&s)->entries_open);
    hold_the_journal(&holder, &s);
    pass_a_row(&s);
    pass_a_row(&s); /* "o": what it decides waits for the journal */
    assert_int_equal(pthread_join(holder.thread, NULL), 0);
    assert_int_equal(opened(&s), 0);
    assert_int_equal(session_folder_count(&s, "no entries: JOURNAL.BACKLOG, a write took"), 1);
    assert_int_equal(session_folder_count(&s, "entry not sent: JOURNAL.BACKLOG"), 2); /* legs */
    assert_false(look(&s)->entries_open);
    assert_int_equal(look(&s)->entries_reason, REASON_JOURNAL_BACKLOG);
    assert_true(look(&s)->entries_until_s > 0 &&
                look(&s)->entries_until_s <= 10 * LIFE_MS / 1e3);
    const int64_t until_ns = clock_monotonic_ns() + INT64_C(10) * LIFE_MS * CLOCK_NS_PER_MS;
    while (!look(&s)->entries_open && clock_monotonic_ns() < until_ns + CLOCK_NS_PER_S) {
        usleep(1000);
    }
    assert_true(look(&s)->entries_open);
    for (int i = 0; i < 5; i++) {
        pass_a_row(&s);
    }
    assert_true(opened(&s) >= 1);
    session_folder_remove(&s);
}

/* Goal: where no clock decides, the same wait changes nothing. */
static void a_file_waits_for_its_journal(void **state)
{
    struct session_folder s;
    struct holder holder;
    open_session(&s, false);
    hold_the_journal(&holder, &s);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    assert_int_equal(pthread_join(holder.thread, NULL), 0);
    assert_true(opened(&s) >= 1);
    assert_int_equal(session_folder_count(&s, "JOURNAL.BACKLOG"), 0);
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_journal_closes_entries_for_a_while),
        cmocka_unit_test(a_file_waits_for_its_journal),
    };
    return cmocka_run_group_tests_name("run/backlog", tests, NULL, NULL);
}
