#include "live_case.h"

#include "base/mem.h"
#include "io/file.h"
#include "run/replay.h"

/* A recorded session once more. B is 100 bps dearer from 2 s to 6 s and as dear as A around it:
 * one trade opens at 2 s and closes at 6 s. */

static void record(struct live_case *it)
{
    int64_t due_ns = 0;
    live_case_create(it);
    for (int64_t at_ms = 1000; at_ms < 9000; at_ms += 250) {
        live_case_moment(it, at_ms * MS, at_ms >= 2000 && at_ms < 6000 ? 100 : 0);
    }
    live_case_open(it);
    for (int64_t at_ms = 0; at_ms < 10000; at_ms += 100) {
        live_case_receive(it, at_ms * MS);
        (void)live_case_pump(it, at_ms * MS, 64, &due_ns);
        recorder_tick(it->recorder, LIVE_BEGAN_NS + at_ms * MS);
    }
    live_case_stop(it);
}

static struct replay replay(const char *path, const char *set)
{
    const struct replay_options options = {
        .path = path, .sets = &set, .sets_count = set == NULL ? 0 : 1, .version = "test"};
    struct replay out;
    struct err err = {0};
    if (!replay_run(&options, &out, &err)) {
        fail_msg("%s", err.text);
    }
    return out;
}

/* Goal: the same trades and the same decisions, at every mark, twice. */
static void gives_what_was_decided(void **state)
{
    struct live_case it;
    uint64_t count;
    record(&it);
    const char *hash = runner_decision_hash(it.session.runner, &count);
    for (int round = 0; round < 2; round++) {
        struct replay again = replay(it.folder, NULL);
        assert_true(again.exact && again.has_end);
        assert_int_equal(again.result.summary.opened, 1);
        assert_int_equal(again.result.summary.closed, 1);
        assert_string_equal(again.hash, hash);
        assert_int_equal(again.decisions, count);
        assert_true(again.marks >= 2);
        assert_int_equal(again.marks_same, again.marks);
        assert_false(again.differs);
        assert_int_equal(again.last_same.count, count);
        replay_finish(&again);
    }
    live_case_remove(&it);
}

/* Goal: another option gives another outcome, and no hash of the old one is expected: 100 bps
 * less 2 of width and 20 of fees are 78, so 90 open nothing. */
static void tells_what_another_option_would_have_given(void **state)
{
    struct live_case it;
    record(&it);
    struct replay as_it_was = replay(it.folder, NULL);
    struct replay changed = replay(it.folder, "min_spread_bps=90");
    struct text table = text_growing();
    assert_false(changed.exact);
    assert_int_equal(changed.result.summary.opened, 0);
    assert_string_not_equal(changed.hash, as_it_was.hash);
    replay_compare(&as_it_was, &changed, &table);
    assert_non_null(strstr(text_string(&table), "trades opened                   1 |"
                                                "              0\n"));
    text_finish(&table);
    replay_finish(&as_it_was);
    replay_finish(&changed);
    live_case_remove(&it);
}

static void pump_from(struct live_case *it, int64_t from_ms, int64_t to_ms)
{
    int64_t due_ns = 0;
    for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += 100) {
        live_case_receive(it, at_ms * MS);
        (void)live_case_pump(it, at_ms * MS, 64, &due_ns);
        if (it->recorder != NULL) {
            recorder_tick(it->recorder, LIVE_BEGAN_NS + at_ms * MS);
        }
    }
}

/* A market that opens and closes trades every few seconds, for a minute and a half. */
static void create_busy(struct live_case *it, struct dice *dice)
{
    live_case_create(it);
    it->session.config.engine.cooldown_s = 0;
    for (int64_t at_ms = 1000; at_ms < 90000; at_ms += 250) {
        const bool dear = at_ms / 4000 % 2 == 1;
        live_case_moment(it, at_ms * MS, (dear ? 100 : 0) + dice_part(dice) * 4);
    }
}

/* Stops it, or lets it die, and goes on some time later. */
static void interrupt(struct live_case *it, bool killed, int64_t later_ms)
{
    if (killed) {
        live_case_kill(it);
    } else {
        live_case_stop(it);
        runner_close(it->session.runner);
        it->session.runner = NULL;
    }
    live_case_miss(it, later_ms * MS);
    live_case_open(it);
}

/* Goal: a session that was stopped, and killed at any moment, and went on each time, replays
 * whole: every run, to the very decisions. */
static void runs_of_one_session_replay_as_one(void **state)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct live_case it;
        struct dice dice = {seed};
        uint64_t count;
        int64_t at_ms = 0;
        size_t runs = 1;
        create_busy(&it, &dice);
        live_case_open(&it);
        while (at_ms < 80000) {
            const int64_t until_ms = at_ms + 3000 + (int64_t)(dice_part(&dice) * 12000);
            pump_from(&it, at_ms, until_ms);
            at_ms = until_ms + (int64_t)(dice_part(&dice) * 3000);
            if (at_ms < 80000) {
                interrupt(&it, dice_part(&dice) < 0.6, at_ms);
                runs++;
            }
        }
        live_case_stop(&it);
        const char *hash = runner_decision_hash(it.session.runner, &count);
        struct replay again = replay(it.folder, NULL);
        print_message("# seed %d: %zu runs, %d trades\n", (int)seed, runs,
                      (int)again.result.summary.opened);
        assert_true(runs > 2 && again.result.summary.opened > 2);
        assert_int_equal(again.runs, runs);
        assert_int_equal(again.runs_covered, runs);
        assert_false(again.differs);
        assert_string_equal(again.hash, hash);
        assert_int_equal(again.decisions, count);
        assert_int_equal(again.marks_same, again.marks);
        replay_finish(&again);
        live_case_remove(&it);
    }
}

enum { FILE_SIZE_MAX = 64 << 20 };
static const char *const JOURNAL_FILES[] = {"", "-wal"};

/* The journal as it is on disk now, beside itself. */
static void copy_journal(const struct session_folder *s, const char *from, const char *to)
{
    for (size_t i = 0; i < LEN(JOURNAL_FILES); i++) {
        char path[2][FOLDER_PATH_SIZE * 4];
        char *data = NULL;
        size_t length;
        struct err err = {0};
        snprintf(path[0], sizeof path[0], "%s%s%s", s->dir.journal, from, JOURNAL_FILES[i]);
        snprintf(path[1], sizeof path[1], "%s%s%s", s->dir.journal, to, JOURNAL_FILES[i]);
        if (!file_read(path[0], FILE_SIZE_MAX, &data, &length, &err) ||
            !file_replace(path[1], data, length, &err)) {
            fail_msg("%s", err.text);
        }
        mem_free(data);
    }
}

/* A second trade was decided, that is durable and told, and its order is to be sent next. */
static void copy_before_sending(struct session_folder *s)
{
    const char *first = strstr(s->lines, "closed");
    if (first != NULL && strstr(first, "would send") != NULL) {
        copy_journal(s, "", ".then");
        s->told = NULL;
    }
}

/* Goal: killed between the intent and the sending of it, a session asks for orders that nobody
 * got; so does its replay. */
static void a_death_before_sending_replays(void **state)
{
    struct live_case it;
    struct dice dice = {5};
    uint64_t count;
    create_busy(&it, &dice);
    it.shadow = true; /* which tells what it is about to send */
    it.session.told = copy_before_sending;
    live_case_open(&it);
    pump_from(&it, 0, 40000);
    assert_null(it.session.told);
    live_case_kill(&it);
    copy_journal(&it.session, ".then", "");
    live_case_miss(&it, 41000 * MS);
    live_case_open(&it);
    pump_from(&it, 41000, 70000);
    live_case_stop(&it);
    const char *hash = runner_decision_hash(it.session.runner, &count);
    struct recording *recording = NULL;
    struct err err = {0};
    assert_true(recording_load(&recording, it.folder, &err));
    assert_true(recording->runs_count == 2 && recording->runs[1].sending);
    recording_free(recording);
    struct replay again = replay(it.folder, NULL);
    assert_int_equal(again.runs_covered, 2);
    assert_false(again.differs);
    assert_true(again.forgotten > 0);
    assert_string_equal(again.hash, hash);
    assert_int_equal(again.decisions, count);
    replay_finish(&again);
    live_case_remove(&it);
}

/* Goal: where what was recorded of a run ends before what was durable of it, no more than that
 * run is claimed, and it is told what is missing. */
static void a_run_without_the_one_before_it_is_not_claimed(void **state)
{
    struct live_case it;
    struct dice dice = {9};
    create_busy(&it, &dice);
    live_case_open(&it);
    pump_from(&it, 0, 10000);
    recorder_close(it.recorder); /* the disk was full, say */
    it.recorder = NULL;
    pump_from(&it, 10000, 20000);
    interrupt(&it, true, 21000);
    pump_from(&it, 21000, 30000);
    live_case_stop(&it);
    struct replay again = replay(it.folder, NULL);
    assert_int_equal(again.runs, 2);
    assert_int_equal(again.runs_covered, 1);
    assert_false(again.differs);
    assert_true(again.marks_same > 0);
    assert_true(again.gap_to > again.gap_from && again.gap_from > 0);
    replay_finish(&again);
    live_case_remove(&it);
}

/* Goal: limits may be others after a stop, and then the next run is not what this one decides.
 */
static void a_run_with_other_limits_is_not_claimed(void **state)
{
    struct live_case it;
    struct dice dice = {2};
    create_busy(&it, &dice);
    live_case_open(&it);
    pump_from(&it, 0, 10000);
    it.session.config.risk_limits.day_loss_usd += 1;
    interrupt(&it, false, 11000);
    pump_from(&it, 11000, 30000);
    live_case_stop(&it);
    struct replay again = replay(it.folder, NULL);
    assert_int_equal(again.runs_covered, 1);
    assert_false(again.differs);
    assert_int_equal(again.gap_from, again.gap_to);
    replay_finish(&again);
    live_case_remove(&it);
}

/* Goal: with another option each run begins where time had come to, and goes on trading. */
static void another_option_goes_through_all_runs(void **state)
{
    struct live_case it;
    struct dice dice = {4};
    create_busy(&it, &dice);
    live_case_open(&it);
    pump_from(&it, 0, 30000);
    interrupt(&it, true, 40000);
    pump_from(&it, 40000, 70000);
    live_case_stop(&it);
    struct replay changed = replay(it.folder, "min_spread_bps=6");
    struct replay as_it_was = replay(it.folder, NULL);
    assert_false(changed.exact);
    assert_int_equal(changed.runs_covered, 2);
    assert_int_equal(changed.result.summary.opened, as_it_was.result.summary.opened);
    replay_finish(&as_it_was);
    replay_finish(&changed);
    live_case_remove(&it);
}

/* Rewrites the recording as one plain file in which the n-th mark has another hash, and nothing
 * follows behind `until` marks. */
static void spoil(const struct live_case *it, char path[SCRATCH_PATH_SIZE], int nth, int until)
{
    struct frame_lines *lines;
    struct err err = {0};
    struct text text = text_growing();
    const char *line;
    size_t length;
    int marks = 0;
    assert_true(frame_lines_open(&lines, it->folder, &err));
    while (marks < until && frame_lines_next(lines, &line, &length, &err) == LINES_LINE) {
        const bool mark = strncmp(line, "# mark ", strlen("# mark ")) == 0;
        marks += mark ? 1 : 0;
        text_addf(&text, "%s%s\n", line, mark && marks == nth ? "0" : "");
    }
    scratch_write_text(path, text_string(&text));
    text_finish(&text);
    frame_lines_close(lines);
}

/* Goal: the first mark that differs is named, and the last before it that did not. */
static void names_the_first_difference(void **state)
{
    struct live_case it;
    char path[SCRATCH_PATH_SIZE];
    record(&it);
    spoil(&it, path, 2, 1000);
    struct replay again = replay(path, NULL);
    assert_true(again.differs);
    assert_true(again.last_same.count > 0);
    assert_true(again.first_other.count > again.last_same.count);
    assert_int_equal(again.other_count, again.first_other.count);
    assert_int_equal(again.marks_same, again.marks - 1);
    assert_string_equal(again.recorded_version, "test");
    replay_finish(&again);
    scratch_remove(path);
    live_case_remove(&it);
}

/* Goal: a recording that was cut replays as far as it goes. */
static void a_cut_recording_is_the_same_as_far_as_it_goes(void **state)
{
    struct live_case it;
    char path[SCRATCH_PATH_SIZE];
    record(&it);
    spoil(&it, path, 0, 2);
    struct replay again = replay(path, NULL);
    assert_false(again.has_end);
    assert_false(again.differs);
    assert_int_equal(again.marks, 2);
    replay_finish(&again);
    scratch_remove(path);
    live_case_remove(&it);
}

static void refuses_what_is_no_session(void **state)
{
    char path[SCRATCH_PATH_SIZE];
    struct replay out;
    struct err err = {0};
    scratch_write_text(path, "1\tupbit\tws\t{}\n");
    const struct replay_options options = {.path = path, .version = "test"};
    assert_false(replay_run(&options, &out, &err));
    assert_non_null(strstr(err.text, "records no session from its beginning"));
    scratch_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_was_decided),
        cmocka_unit_test(tells_what_another_option_would_have_given),
        cmocka_unit_test(runs_of_one_session_replay_as_one),
        cmocka_unit_test(a_death_before_sending_replays),
        cmocka_unit_test(a_run_without_the_one_before_it_is_not_claimed),
        cmocka_unit_test(a_run_with_other_limits_is_not_claimed),
        cmocka_unit_test(another_option_goes_through_all_runs),
        cmocka_unit_test(names_the_first_difference),
        cmocka_unit_test(a_cut_recording_is_the_same_as_far_as_it_goes),
        cmocka_unit_test(refuses_what_is_no_session),
    };
    return cmocka_run_group_tests_name("run/replay", tests, NULL, NULL);
}
