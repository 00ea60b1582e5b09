#include "support/check.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "session_folder.h"
#include "store/journal.h"

/* The runner between core, journal and venue: what is sent, what is not, and what is left after
 * it stopped anywhere. */

static struct page *audit(struct session_folder *s, enum page_kind kind)
{
    static struct page page;
    const struct page_query query = {.kind = kind, .count = PAGE_ROWS_MAX};
    struct err err = {0};
    if (!runner_page(s->runner, &query, &page, &err)) {
        fail_msg("%s", err.text);
    }
    return &page;
}

static struct result outcome(struct session_folder *s)
{
    struct result result;
    struct err err = {0};
    if (!runner_result(s->runner, &result, &err)) {
        fail_msg("%s", err.text);
    }
    return result;
}

/* The second row is refused for want of coin, and is told with the next commit: the one of the
 * third row's entry, whose orders are then durable and not sent yet. */
static void open_with_a_moment_before_sending(struct session_folder *s, bool with_clock,
                                              void (*told)(struct session_folder *s))
{
    session_folder_create(s);
    s->with_clock = with_clock;
    s->config.paper.coin_usd = 0;
    s->config.paper.decision_ttl_ms = 1;
    session_folder_rows(s, "c=b=o");
    session_folder_open(s, -1);
    s->told = told;
    s->mono_ns = INT64_C(1000000000);
    (void)session_folder_pump(s);
    s->mono_ns += INT64_C(100000000000);
    assert_int_equal(session_folder_pump(s), RUNNER_ENDED);
}

static void kill_now(struct session_folder *s)
{
    latch_engage(&s->latch);
}

static void drill_now(struct session_folder *s)
{
    latch_engage(&s->latch);
    latch_release(&s->latch);
}

static void wait_long(struct session_folder *s)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    (void)s;
    nanosleep(&pause, NULL);
}

static void check_not_sent(struct session_folder *s, const char *code)
{
    const struct page *page = audit(s, PAGE_AUDIT);
    int refused = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        if (strcmp(page->audits[i].operator_name, "send gate") == 0) {
            assert_string_equal(page->audits[i].result, code);
            refused++;
        }
    }
    assert_int_equal(refused, 2);
    struct result result = outcome(s);
    assert_int_equal(result.summary.opened, 0);
    assert_int_equal(result.trades_count, 0);
    result_finish(&result);
}

/* Goal: SAFETY 3.2: the epoch is looked at after the durable intent: nothing goes, neither leg,
 * also when the switch was off again by then. */
static void a_kill_before_sending_sends_nothing(void **state)
{
    void (*const moments[])(struct session_folder *) = {kill_now, drill_now};
    for (size_t i = 0; i < LEN(moments); i++) {
        struct session_folder s;
        open_with_a_moment_before_sending(&s, false, moments[i]);
        check_not_sent(&s, "GATE.KILL");
        session_folder_remove(&s);
    }
}

/* Goal: SAFETY 3.7: an ALLOW expires. 1 ms is its time, the commit took 5. */
static void an_old_decision_is_not_sent(void **state)
{
    struct session_folder s;
    open_with_a_moment_before_sending(&s, true, wait_long);
    check_not_sent(&s, "GATE.EXPIRED_DECISION");
    session_folder_remove(&s);
}

/* Goal: on a file no clock decides anything: the same slow commit changes nothing. */
static void a_file_knows_no_old_decision(void **state)
{
    struct session_folder s;
    open_with_a_moment_before_sending(&s, false, wait_long);
    struct result result = outcome(&s);
    assert_int_equal(result.summary.opened, 1);
    result_finish(&result);
    session_folder_remove(&s);
}

static void compare(const struct result *got, const struct result *want, int cut)
{
    print_message("# cut after %d events\n", cut);
    assert_memory_equal(&got->summary, &want->summary, sizeof want->summary);
    assert_int_equal(got->trades_count, want->trades_count);
    for (int64_t i = 0; i < want->trades_count; i++) {
        assert_memory_equal(&got->trades[i], &want->trades[i], sizeof want->trades[i]);
        check_near(got->results[i].pnl_usd, want->results[i].pnl_usd, 0);
    }
}

static const char ROWS[] = "ccoocxcbobbcocooc";

static struct result run_whole(void)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, ROWS);
    session_folder_open(&s, -1);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    const struct result whole = outcome(&s);
    session_folder_remove(&s);
    return whole;
}

/* Goal: a host that goes after any event, without a word, leaves a session that ends as if it
 * had never gone: same trades to the last byte, same sums and counters. */
static void a_session_cut_anywhere_ends_the_same(void **state)
{
    struct result want = run_whole();
    assert_true(want.summary.closed >= 4);
    for (int cut = 1; cut < (int)sizeof ROWS - 1; cut++) {
        struct session_folder s;
        session_folder_create(&s);
        session_folder_rows(&s, ROWS);
        session_folder_open(&s, cut);
        int64_t due_ns = 0;
        (void)runner_pump(s.runner, 0, 0, cut, &due_ns); /* and nothing is said at the end */
        session_folder_close(&s);
        session_folder_open(&s, -1);
        assert_true(runner_resumed(s.runner));
        assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
        struct result got = outcome(&s);
        compare(&got, &want, cut);
        result_finish(&got);
        session_folder_remove(&s);
    }
    result_finish(&want);
}

/* Goal: whoever asks for something is on record with what became of it, refusals too. */
static void every_command_is_audited(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "cc");
    session_folder_open(&s, -1);
    (void)session_folder_pump(&s);
    assert_true(session_folder_ask(&s, COMMAND_KILL, "", "fat finger").done);
    assert_false(session_folder_ask(&s, COMMAND_ARM, "", "").done);
    assert_false(session_folder_ask(&s, COMMAND_RELEASE, "wrong", "why").done);
    const char *name = runner_session_name(s.runner);
    assert_false(session_folder_ask(&s, COMMAND_RELEASE, name, " ").done);
    assert_true(session_folder_ask(&s, COMMAND_RELEASE, name, "all clear").done);
    const struct page *page = audit(&s, PAGE_AUDIT); /* newest first */
    static const char *const verbs[] = {"release", "release", "release", "arm", "kill"};
    for (size_t i = 0; i < LEN(verbs); i++) {
        assert_string_equal(page->audits[i].operator_name, "ann");
        assert_string_equal(page->audits[i].verb, verbs[i]);
        assert_true(page->audits[i].wall_ns == INT64_C(1700000000000000000));
        assert_true(page->audits[i].result[0] != '\0');
    }
    assert_string_equal(page->audits[4].text, "fat finger"); /* no stray number */
    assert_non_null(strstr(page->audits[0].text, "all clear"));
    session_folder_remove(&s);
}

static void kill_when_released(struct session_folder *s)
{
    if (session_folder_count(s, "session released") == 1) {
        s->told = NULL;
        latch_engage(&s->latch);
    }
}

/* Goal: a kill that comes while a release is being written is not undone by it. */
static void a_kill_during_a_release_wins(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "cc");
    session_folder_open(&s, -1);
    (void)session_folder_pump(&s);
    assert_true(session_folder_ask(&s, COMMAND_KILL, "", "first").done);
    s.told = kill_when_released;
    const char *name = runner_session_name(s.runner);
    const struct command_result result =
        session_folder_ask(&s, COMMAND_RELEASE, name, "all clear");
    assert_false(result.done);
    assert_non_null(strstr(result.text, "stays on"));
    assert_true(latch_is_on(&s.latch) && state_dir_kill_engaged(&s.dir));
    assert_false(session_folder_ask(&s, COMMAND_ARM, "", "").done);
    session_folder_remove(&s);
}

/* Goal: close_at_end is for the end of the data, not for a host that only stops early. */
static void a_limit_is_not_the_end_of_the_data(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    s.config.engine.close_at_end = true;
    session_folder_rows(&s, "cooo");
    session_folder_open(&s, 3);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    struct result result = outcome(&s);
    assert_int_equal(result.summary.closed, 0);
    result_finish(&result);
    session_folder_close(&s);
    session_folder_open(&s, -1);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    result = outcome(&s);
    assert_int_equal(result.summary.closed, 1);
    assert_int_equal(result.trades[0].exit, TRADE_EXIT_END_OF_DATA);
    result_finish(&result);
    session_folder_remove(&s);
}

/* Goal: a journal that takes no more stops the session with its reason: nothing is acted upon
 * after it, commands are told so, the kill switch works, and with room again all goes on. */
static void a_full_disk_stops_and_loses_nothing(void **state)
{
    struct result want = run_whole();
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, ROWS);
    session_folder_open(&s, -1);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const enum runner_state stopped = session_folder_pump(&s);
    const struct command_result armed = session_folder_ask(&s, COMMAND_ARM, "", "");
    const struct command_result killed = session_folder_ask(&s, COMMAND_KILL, "", "no disk");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(stopped, RUNNER_FAILED);
    assert_true(runner_failure(s.runner)->text[0] != '\0');
    assert_false(armed.done);
    assert_non_null(strstr(armed.text, "failed"));
    assert_true(killed.done);
    assert_true(latch_is_on(&s.latch) && state_dir_kill_engaged(&s.dir));
    assert_int_equal(session_folder_count(&s, "opened"), 0); /* nothing was told */
    session_folder_close(&s);
    struct err err = {0};
    assert_true(state_dir_release_kill(&s.dir, &err));
    session_folder_open(&s, -1);
    assert_int_equal(session_folder_pump(&s), RUNNER_ENDED);
    struct result got = outcome(&s);
    compare(&got, &want, -1);
    result_finish(&got);
    result_finish(&want);
    session_folder_remove(&s);
}

/* Goal: a session goes on with its own options only; the difference is named, and --new ends
 * it.
 */
static void other_options_are_another_session(void **state)
{
    struct session_folder s;
    session_folder_create(&s);
    session_folder_rows(&s, "co");
    session_folder_open(&s, 1);
    (void)session_folder_pump(&s);
    session_folder_close(&s);
    char source[SCRATCH_PATH_SIZE + 8];
    snprintf(source, sizeof source, "csv:%s", s.csv);
    s.config.engine.min_spread_bps = 7;
    struct err err = {0};
    assert_false(session_folder_try(&s, source, false, -1, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, "engine.min_spread_bps was 5, is 7"));
    assert_true(session_folder_try(&s, source, true, -1, &err));
    assert_false(runner_resumed(s.runner));
    session_folder_remove(&s);
}

/* Goal: a state of another build's layout is not guessed at; the way out is told, and what it
 * costs. */
static void a_state_of_another_layout_is_refused(void **state)
{
    struct session_folder s;
    struct err err = {0};
    char source[SCRATCH_PATH_SIZE + 8];
    session_folder_create(&s);
    session_folder_rows(&s, "co");
    session_folder_open(&s, -1);
    (void)session_folder_pump(&s);
    session_folder_close(&s);

    struct journal *journal = NULL;
    struct journal_session record;
    bool found = false;
    const struct journal_state other = {
        .core = "old", .core_size = 4, .venue = "old", .venue_size = 4};
    assert_true(journal_open(&journal, s.dir.journal, &err));
    assert_true(journal_last_session(journal, &record, &found, &err));
    assert_true(found && journal_put_state(journal, record.id, &other, &err));
    journal_close(journal);

    snprintf(source, sizeof source, "csv:%s", s.csv);
    assert_false(session_folder_try(&s, source, false, -1, &err));
    print_message("# %s\n", err.text);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, "another build (test)"));
    assert_non_null(strstr(err.text, "--new, which leaves its 1 open trades behind"));
    assert_true(session_folder_try(&s, source, true, -1, &err));
    session_folder_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_before_sending_sends_nothing),
        cmocka_unit_test(an_old_decision_is_not_sent),
        cmocka_unit_test(a_file_knows_no_old_decision),
        cmocka_unit_test(a_session_cut_anywhere_ends_the_same),
        cmocka_unit_test(every_command_is_audited),
        cmocka_unit_test(a_kill_during_a_release_wins),
        cmocka_unit_test(a_limit_is_not_the_end_of_the_data),
        cmocka_unit_test(a_full_disk_stops_and_loses_nothing),
        cmocka_unit_test(other_options_are_another_session),
        cmocka_unit_test(a_state_of_another_layout_is_refused),
    };
    return cmocka_run_group_tests_name("run/runner", tests, NULL, NULL);
}
