#include "live_case.h"

#include "store/journal.h"

/* A session whose candidates are refused again and again: what its journal has of that. */

enum { SECONDS = 20, TIMES = 2 * SECONDS };

static const struct page *decisions(struct live_case *it)
{
    static struct page page;
    const struct page_query query = {.kind = PAGE_DECISIONS, .count = PAGE_ROWS_MAX};
    struct err err = {0};
    if (!runner_page(it->session.runner, &query, &page, &err)) {
        fail_msg("%s", err.text);
    }
    return &page;
}

static uint64_t refused(struct live_case *it)
{
    static struct snapshot photo;
    runner_snapshot(it->session.runner, LIVE_BEGAN_NS, it->session.mono_ns, &photo);
    return photo.refused_count;
}

static void pump_to(struct live_case *it, int64_t after_ns)
{
    int64_t due_ns = 0;
    live_case_receive(it, after_ns);
    while (live_case_pump(it, after_ns, 64, &due_ns) == RUNNER_BUSY) {
    }
}

/* Twice a second B is 40 bps dearer, then cheaper: each time a candidate on the other side.
 * The first two seconds are even: until then no clock is known. */
static void open_killed(struct live_case *it)
{
    live_case_create(it);
    for (int64_t i = 0; i < TIMES; i++) {
        live_case_moment(it, (2000 + i * 500) * MS, i % 2 == 0 ? 40 : -40);
    }
    live_case_moment(it, 400000 * MS, 40);
    live_case_moment(it, 400500 * MS, 40); /* the same, and not 30 s later: no event */
    live_case_open(it);
    assert_true(session_folder_ask(&it->session, COMMAND_KILL, "", "").done);
}

/* Goal: forty refusals in twenty seconds, each of the other side than the one before, are two
 * rows that count them; nothing else is lost by that: not the session's count, not the trace. A
 * while later the same is a row again. */
static void a_refusal_that_repeats_itself_is_counted(void **state)
{
    struct live_case it;
    uint64_t acts = 0;
    uint64_t acts_before = 0;
    open_killed(&it);
    (void)runner_decision_hash(it.session.runner, &acts_before);
    pump_to(&it, (2000 + SECONDS * 1000) * MS);
    const struct page *page = decisions(&it);
    assert_int_equal(page->total, 2);
    for (uint32_t i = 0; i < 2; i++) { /* the newest first: the second one, then the first */
        const struct page_decision *row = &page->decisions[i];
        assert_int_equal(row->primary, REASON_GATE_KILL);
        assert_int_equal(row->side, i == 0 ? SPREAD_LONG_B_SHORT_A : SPREAD_LONG_A_SHORT_B);
        assert_int_equal(row->alike, TIMES / 2 - 1);
        /* The last of each half a second apart, decided when B was heard. */
        assert_true(row->last_ns == LIVE_BEGAN_NS + (1502 + SECONDS * 1000 - 500 * i) * MS);
    }
    assert_int_equal(refused(&it), TIMES);
    (void)runner_decision_hash(it.session.runner, &acts);
    assert_int_equal(acts - acts_before, TIMES);
    pump_to(&it, 401000 * MS);
    page = decisions(&it);
    assert_int_equal(page->total, 3);
    assert_int_equal(page->decisions[0].alike, 0);
    live_case_stop(&it);
    assert_int_equal(session_folder_count(&it.session, "refused BTC"), 3); /* told as often */
    live_case_remove(&it);
}

/* Goal: whoever asks the journal hears of as many as the session did, after a stop and with
 * what came behind it. */
static void the_journal_counts_what_the_session_counts(void **state)
{
    struct live_case it;
    struct journal *journal = NULL;
    struct journal_status status;
    struct err err = {0};
    bool found = false;
    open_killed(&it);
    pump_to(&it, 10000 * MS);
    live_case_stop(&it);
    session_folder_close(&it.session);
    live_case_open(&it);
    pump_to(&it, 401000 * MS);
    const uint64_t counted = refused(&it);
    live_case_stop(&it);
    session_folder_close(&it.session);
    assert_true(counted > TIMES / 2);
    char path[FOLDER_PATH_SIZE + 64];
    assert_true(journal_open_readonly(
        &journal, folder_file(path, it.session.folder, "journal.sqlite"), &err));
    assert_true(journal_status(journal, &status, &found, &err));
    assert_int_equal(status.refused, counted);
    journal_close(journal);
    live_case_remove(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_that_repeats_itself_is_counted),
        cmocka_unit_test(the_journal_counts_what_the_session_counts),
    };
    return cmocka_run_group_tests_name("run/refusals", tests, NULL, NULL);
}
