#include "desk_bench.h"

/* Session files as they would be launched. */

/* Goal: files that may be sessions are offered in order, and nothing else is. */
static void offers_session_files(void **state)
{
    static const struct tuning_edits none = {.path = ""};
    struct bench *bench = *state;
    open_desk(bench);
    assert_int_equal(ask_form(bench->desk, &none)->files_count, 0);
    put_session_file();
    put_file("configs/tuning/a.json", "{}");
    put_file("configs/tuning/b.yml", "");
    put_file("configs/tuning/README.md", "");
    put_file("configs/tuning/.hidden.yaml", "");
    const struct tuning_form *form = ask_form(bench->desk, &none);
    assert_int_equal(form->files_count, 3);
    assert_string_equal(form->files[0], "configs/tuning/a.json");
    assert_string_equal(form->files[1], "configs/tuning/b.yml");
    assert_string_equal(form->files[2], "configs/tuning/quick.yaml");
    assert_string_equal(form->error, "");
}

/* Goal: what a file would launch: 2 x 3 jobs; slippage is no thing to tune. */
static void tells_what_a_file_would_launch(void **state)
{
    static const struct tuning_edits edits = {.path = "configs/tuning/quick.yaml"};
    struct bench *bench = *state;
    put_session_file();
    open_desk(bench);
    const struct tuning_form *form = ask_form(bench->desk, &edits);
    assert_string_equal(form->error, "");
    assert_string_equal(form->note, "");
    assert_int_equal(form->jobs, 6);
    assert_string_equal(form->name, "quick");
    assert_string_equal(form->data_file, "data.csv");
    assert_string_equal(form->profile, "exact");
    assert_string_equal(form->sampler, "grid");
    assert_int_equal(form->axes_count, 2);
    assert_string_equal(form->axes[0].axis, "min_spread_bps");
    assert_string_equal(form->axes[0].values, "10, 20");
    assert_false(form->axes[0].assumption);
    assert_string_equal(form->axes[1].values, "0, 1.5, 2");
    assert_int_equal(form->axes[1].count, 3);
    assert_true(form->axes[1].assumption);
}

static void counts_and_judges_edits(void **state)
{
    static const struct {
        struct tuning_edits edits;
        int64_t jobs;
        const char *error, *note;
    } cases[] = {
        /* 3 x 3 */
        {{.count = 1, .axes = {{"min_spread_bps", "1,2,3"}}}, 9, "", ""},
        /* Of 2 x 3 jobs the three with -1. */
        {{.count = 1, .axes = {{"min_spread_bps", "-1, 5"}}},
         6,
         "",
         "3 of the jobs would fail: min_spread_bps must be non-negative"},
        {{.count = 1, .axes = {{"min_spread_bps", "-1"}}},
         0,
         "min_spread_bps must be non-negative",
         ""},
        {{.count = 1, .axes = {{"min_spread_bps", "5, abc"}}},
         0,
         "min_spread_bps: 'abc' is no value for it (expected a number)",
         ""},
        {{.count = 1, .axes = {{"min_spread_bps", " , "}}},
         0,
         "grid 'min_spread_bps' has no values",
         ""},
        {{.count = 1, .axes = {{"cooldown_s", "5"}}},
         0,
         "there is no grid 'cooldown_s' in it",
         ""},
        {{.name = "../up"}, 0, "'../up' is no name", ""},
        {{.name = "taken"},
         6,
         "",
         "outputs/tuning/taken is there already: its results would be replaced."},
    };
    struct bench *bench = *state;
    put_session_file();
    mkdir("outputs", 0777);
    mkdir("outputs/tuning", 0777);
    mkdir("outputs/tuning/taken", 0777);
    open_desk(bench);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct tuning_edits edits = cases[i].edits;
        print_message("# %zu\n", i);
        snprintf(edits.path, sizeof edits.path, "configs/tuning/quick.yaml");
        const struct tuning_form *form = ask_form(bench->desk, &edits);
        assert_int_equal(form->jobs, cases[i].jobs);
        expect_has(form->error, cases[i].error);
        expect_has(form->note, cases[i].note);
        assert_int_equal(form->error[0] != '\0', cases[i].error[0] != '\0');
        assert_int_equal(form->note[0] != '\0', cases[i].note[0] != '\0');
        /* Wrong edits leave the file's axes to be mended. */
        assert_int_equal(form->axes_count, 2);
    }
}

/* Goal: a file that is none, or has a mistake, is told with its line. */
static void tells_mistakes_of_a_file(void **state)
{
    static const struct {
        const char *name, *text, *error;
    } cases[] = {
        {"configs/tuning/bad.yaml", "data_file: x.csv\nmin_sprea_bps: 5\n",
         "configs/tuning/bad.yaml:2: unknown parameter 'min_sprea_bps' (did you mean "
         "'min_spread_bps'?)"},
        {"configs/tuning/rubbish.yaml", "a: [1, 2\nb: }", "configs/tuning/rubbish.yaml:2: "},
        {"configs/tuning/lost.yaml",
         "data_file: lost.csv\nmin_spread_bps: 5\n"
         "taker_fee_a_bps: 1\ntaker_fee_b_bps: 1\n"
         "slippage_bps: 1\nmax_position_usd: 1\n",
         "data_file 'lost.csv': No such file or directory"},
        {"nowhere.yaml", NULL, "nowhere.yaml"},
        {"configs", NULL, "configs"},
    };
    struct bench *bench = *state;
    put_session_file();
    open_desk(bench);
    for (size_t i = 0; i < LEN(cases); i++) {
        struct tuning_edits edits = {.parallel = 1};
        if (cases[i].text != NULL) {
            put_file(cases[i].name, cases[i].text);
        }
        snprintf(edits.path, sizeof edits.path, "%s", cases[i].name);
        expect_has(ask_form(bench->desk, &edits)->error, cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(offers_session_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_what_a_file_would_launch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_and_judges_edits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_mistakes_of_a_file, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tune/desk_form", tests, NULL, NULL);
}
