#include "live_case.h"

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
        cmocka_unit_test(names_the_first_difference),
        cmocka_unit_test(a_cut_recording_is_the_same_as_far_as_it_goes),
        cmocka_unit_test(refuses_what_is_no_session),
    };
    return cmocka_run_group_tests_name("run/replay", tests, NULL, NULL);
}
