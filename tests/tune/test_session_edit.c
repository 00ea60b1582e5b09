#include "support/check.h"

#include "tune/plan.h"
#include "tune/session_edit.h"
#include "tune/session_file.h"

static const char SESSION[] = "# what an operator wrote\n"
                              "data_file: \"some data.csv\"\n"
                              "tag_prefix: quick\n"
                              "fixed:\n"
                              "  taker_fee_a_bps: 5 # a remark\n"
                              "  take_profit_bps: ~\n"
                              "  profile: 'exact'\n"
                              "grids:\n"
                              "- {name: min_spread_bps, values: [20, 30.5]}\n"
                              "- name: max_hold_s\n"
                              "  values:\n"
                              "    - null\n"
                              "    - 3600\n"
                              "sampler: random\n"
                              "samples: 3\n"
                              "seed: 7\n";

static void plan_of(const char *bytes, struct text *plan)
{
    struct session_file file;
    struct text report = text_growing();
    struct err err;
    int64_t jobs;
    if (!session_file_parse(&file, "quick.yaml", bytes, strlen(bytes), &report, &err)) {
        fail_msg("%s", text_string(&report));
    }
    assert_true(plan_format(&file, plan, &jobs, &err));
    session_file_finish(&file);
    text_finish(&report);
}

static void edit(const struct tuning_edits *edits, struct text *out)
{
    struct err err;
    assert_true(session_edit("quick.yaml", SESSION, strlen(SESSION), edits, out, &err));
}

/* Goal: a file that is written again plans the same jobs, to the byte. */
static void keeps_what_is_not_edited(void **state)
{
    static const struct tuning_edits same = {.count = 1,
                                             .axes = {{"min_spread_bps", "20, 30.5"}}};
    struct text before = text_growing(), after = text_growing(), edited = text_growing();
    edit(&same, &edited);
    plan_of(SESSION, &before);
    plan_of(text_string(&edited), &after);
    assert_string_equal(text_string(&after), text_string(&before));
    text_finish(&before);
    text_finish(&after);
    text_finish(&edited);
}

/* Goal: the edits are in, in the place of what they replace. */
static void puts_the_edits_in(void **state)
{
    static const struct tuning_edits edits = {
        .name = "slow",
        .count = 2,
        .axes = {{"max_hold_s", " 60 ,null,"}, {"min_spread_bps", "1e1, abc d"}}};
    struct text edited = text_growing();
    edit(&edits, &edited);
    assert_string_equal(text_string(&edited), "data_file: \"some data.csv\"\n"
                                              "fixed:\n"
                                              "  taker_fee_a_bps: 5\n"
                                              "  take_profit_bps: null\n"
                                              "  profile: \"exact\"\n"
                                              "grids:\n"
                                              "  -\n"
                                              "    name: min_spread_bps\n"
                                              "    values: [1e1, \"abc d\"]\n"
                                              "  -\n"
                                              "    name: max_hold_s\n"
                                              "    values: [60, null]\n"
                                              "sampler: random\n"
                                              "samples: 3\n"
                                              "seed: 7\n"
                                              "tag_prefix: \"slow\"\n");
    text_finish(&edited);
}

static void refuses_an_axis_that_is_not_there(void **state)
{
    static const struct tuning_edits edits = {.count = 1, .axes = {{"cooldown_s", "1"}}};
    struct text edited = text_growing();
    struct err err;
    assert_false(session_edit("quick.yaml", SESSION, strlen(SESSION), &edits, &edited, &err));
    assert_string_equal(err.text, "there is no grid 'cooldown_s' in it");
    text_finish(&edited);
}

static void knows_whether_there_is_anything_to_change(void **state)
{
    struct tuning_edits edits = {.path = "x.yaml", .parallel = 3, .prune = true};
    assert_false(session_edit_changes(&edits));
    edits.count = 1;
    assert_true(session_edit_changes(&edits));
    edits.count = 0;
    edits.name[0] = 'a';
    assert_true(session_edit_changes(&edits));
}

/* Goal: what is shown of an axis can be typed back. */
static void shows_values_as_they_are_typed(void **state)
{
    static double holds[] = {NAN, 0.0, 3600.0, 0.125, 1e300}, flags[] = {0.0, 1.0};
    static const struct {
        const char *name;
        int32_t count;
        double *values;
        const char *want;
    } cases[] = {
        {"max_hold_s", 5, holds, "null, 0, 3600, 0.125, 1e300"},
        {"close_at_end", 2, flags, "false, true"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        const struct space_axis axis = {param_find(cases[i].name), cases[i].count,
                                        cases[i].values};
        struct text text = text_growing();
        assert_non_null(axis.param);
        session_edit_values(&axis, &text);
        assert_string_equal(text_string(&text), cases[i].want);
        text_finish(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_not_edited),
        cmocka_unit_test(puts_the_edits_in),
        cmocka_unit_test(refuses_an_axis_that_is_not_there),
        cmocka_unit_test(knows_whether_there_is_anything_to_change),
        cmocka_unit_test(shows_values_as_they_are_typed),
    };
    return cmocka_run_group_tests_name("tune/session_edit", tests, NULL, NULL);
}
