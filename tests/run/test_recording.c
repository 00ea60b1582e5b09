#include "support/check.h"

#include "run/recording.h"
#include "support/scratch.h"

/* Comments of a recording, read back. */

#define HEAD  "# arblite frames 1\n# version 9\n# session live-1\n"
#define BEGUN HEAD "# begin open\n"

static struct recording *load(const char *text)
{
    char path[SCRATCH_PATH_SIZE];
    struct recording *recording = NULL;
    struct err err = {0};
    scratch_write_text(path, text);
    if (!recording_load(&recording, path, &err)) {
        fail_msg("%s", err.text);
    }
    scratch_remove(path);
    return recording;
}

/* Goal: whatever a session told is known again, in order. */
static void tells_what_the_session_told(void **state)
{
    struct recording *it = load(HEAD "# option engine.min_spread_bps = 5\n"
                                     "# begin killed\n"
                                     "# command 17 1000 close 3\n"
                                     "# use 19 1001 min_spread_bps=7 max_hold_s=null\n"
                                     "# unsent 5 109\n"
                                     "# mark 20 1002 4 xxh3-128:ab\n"
                                     "1\tupbit\tws\t{}\n"
                                     "# a remark of somebody's\n"
                                     "# end 30 1003 6 xxh3-128:cd\n");
    assert_true(it->of_session);
    assert_int_equal(it->runs_count, 1);
    const struct recording_run *run = &it->runs[0];
    assert_true(run->killed && run->has_end);
    assert_string_equal(it->version, "9");
    assert_string_equal(it->session, "live-1");
    assert_string_equal(it->options, "engine.min_spread_bps = 5\n");
    assert_int_equal(run->acts_count, 2);
    assert_int_equal(run->acts[0].sequence, 17);
    assert_int_equal(run->acts[0].time_ns, 1000);
    assert_int_equal(run->acts[0].verb, OPERATOR_CLOSE);
    assert_int_equal(run->acts[0].trade_id, 3);
    assert_null(run->acts[0].params);
    assert_string_equal(run->acts[1].params, "min_spread_bps=7 max_hold_s=null");
    assert_int_equal(run->unsent_count, 1);
    assert_int_equal(run->unsent[0].client_id, 5);
    assert_int_equal(run->unsent[0].reason, REASON_GATE_EXPIRED_DECISION);
    assert_int_equal(run->marks_count, 2);
    assert_int_equal(run->marks[0].sequence, 20);
    assert_string_equal(run->marks[1].hash, "xxh3-128:cd");
    assert_int_equal(run->end_ns, 1003);
    recording_free(it);
}

/* Goal: options stand in every file and count once; each run has its own notes. */
static void tells_runs_apart(void **state)
{
    struct recording *it = load(
        HEAD "# option a = 1\n# begin open\n# mark 7 70 2 xxh3-128:ab\n" HEAD "# version 10\n"
             "# option a = 1\n# resume 6 65 sending killed\n"
             "# mark 6 65 1 xxh3-128:ef\n# command 8 99 release 0\n");
    assert_string_equal(it->options, "a = 1\n");
    assert_int_equal(it->runs_count, 2);
    assert_false(it->runs[0].killed || it->runs[0].has_end || it->runs[0].sending);
    assert_int_equal(it->runs[0].marks_count, 1);
    assert_int_equal(it->runs[0].acts_count, 0);
    const struct recording_run *second = &it->runs[1];
    assert_string_equal(it->runs[0].version, "9");
    assert_string_equal(second->version, "10");
    assert_true(second->killed && second->sending);
    assert_int_equal(second->sequence, 6);
    assert_int_equal(second->time_ns, 65);
    assert_int_equal(second->marks_count, 1);
    assert_int_equal(second->acts_count, 1);
    recording_free(it);
}

/* Goal: comments of others are theirs, whatever words they begin with. */
static void a_file_of_others_is_no_session(void **state)
{
    struct recording *it = load("# command and conquer\n# end of part one\n1\tupbit\tws\t{}\n");
    assert_false(it->of_session);
    assert_int_equal(it->runs_count, 0);
    recording_free(it);
}

static void names_what_makes_no_sense(void **state)
{
    static const char *const lines[] = {
        "# arblite frames 2",
        "# session live-2",
        "# command 1 2 dance 0",
        "# command 1 x pause 0",
        "# command 1 2 close",
        "# use 1 2",
        "# unsent 1 1",
        "# unsent 1 99999999",
        "# mark 1 2 3",
        "# mark -1 2 3 xxh3-128:ab",
        "# end 1 2 three hash",
        "# resume soon",
        "# resume 1 2 idle",
        "# resume 1 2 asleep open",
        "# begin",
        "# begin open",
    };
    for (size_t i = 0; i < LEN(lines); i++) {
        char path[SCRATCH_PATH_SIZE];
        char text[256];
        char want[160];
        struct recording *recording = NULL;
        struct err err = {0};
        snprintf(text, sizeof text, BEGUN "%s\n", lines[i]);
        scratch_write_text(path, text);
        assert_false(recording_load(&recording, path, &err));
        snprintf(want, sizeof want, ":5: '%s' is not what a recording says", lines[i]);
        print_message("# %s\n", err.text);
        assert_non_null(strstr(err.text, want));
        assert_int_equal(err.kind, ERR_INPUT);
        scratch_remove(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_the_session_told),
        cmocka_unit_test(tells_runs_apart),
        cmocka_unit_test(a_file_of_others_is_no_session),
        cmocka_unit_test(names_what_makes_no_sense),
    };
    return cmocka_run_group_tests_name("run/recording", tests, NULL, NULL);
}
