#include "command_line.h"

#define SESSION                                                                                \
    "tag_prefix: s1\ndata_file: turns.csv\nprofile: compat-d37\n"                              \
    "fixed: {taker_fee_a_bps: 5, taker_fee_b_bps: 5, max_position_usd: 1000}\n"                \
    "grids:\n  - {name: min_spread_bps, values: [30, 300]}\n"                                  \
    "  - {name: slippage_bps, values: [0, 5]}\n"

/* Goal: a plan is written, and again the same one. */
static void plans_a_session(void **state)
{
    static char first[8192], second[8192];
    struct command_line *line = *state;
    command_line_write("s.yaml", SESSION);
    const char *words = "session plan --session-file s.yaml --output-jobs-file plan.jsonl";
    assert_int_equal(command_line_run(line, words), 0);
    assert_string_equal(line->out, "4 jobs\n");
    assert_string_equal(line->messages, "");
    command_line_read("plan.jsonl", first, sizeof first);
    assert_non_null(strstr(first, "\n{\"job_id\": \"s1_0004\", "));
    assert_int_equal(command_line_run(line, words), 0);
    command_line_read("plan.jsonl", second, sizeof second);
    assert_string_equal(first, second);
}

/* Goal: wrong files and wrong calls end with code and message, and leave the old plan. */
static void refuses_bad_sessions(void **state)
{
    struct command_line *line = *state;
    static char kept[64];
    command_line_write("kept.jsonl", "old\n");
    command_line_write("bad.yaml", "data_file: d\nmin_spred_bps: 1\nmax_jobs: -1\n");
    static const struct {
        const char *words;
        int code;
        const char *message;
    } cases[] = {
        {"session plan --session-file bad.yaml --output-jobs-file kept.jsonl", 1,
         "bad.yaml:2: unknown parameter 'min_spred_bps' (did you mean 'min_spread_bps'?)\n"
         "bad.yaml:3: max_jobs: '-1' must be a whole number of 0 or more\n"
         "arblite session plan: 2 mistakes in 'bad.yaml'\n"},
        {"session plan --session-file none.yaml --output-jobs-file kept.jsonl", 1,
         "arblite session plan: cannot open 'none.yaml': No such file or directory\n"},
        {"session plan --output-jobs-file kept.jsonl", 2,
         "arblite session plan: missing --session-file\n"},
        {"session plan --session-file bad.yaml", 2,
         "arblite session plan: missing --output-jobs-file\n"},
        {"session plam", 2, "arblite session: unknown command 'plam' (did you mean 'plan'?)\n"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(command_line_run(line, cases[i].words), cases[i].code);
        assert_string_equal(line->messages, cases[i].message);
        assert_string_equal(line->out, "");
    }
    command_line_read("kept.jsonl", kept, sizeof kept);
    assert_string_equal(kept, "old\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_a_session),
        cmocka_unit_test(refuses_bad_sessions),
    };
    return cmocka_run_group_tests_name("cli/cmd_session", tests, command_line_enter,
                                       command_line_leave);
}
