#include "command_line.h"

#include <jansson.h>
#include <sys/stat.h>

/* Cases 46 to 70 of SPEC.md 7 and the messages of SPEC.md 6, as an operator meets them. */

#define PLAN "session plan --session-file s.yaml --output-jobs-file plan.jsonl"
#define RUN  "session run --state-dir state --jobs-file plan.jsonl"
#define COMMON                                                                                 \
    "data_file: turns.csv\nprofile: compat-d37\ntag_prefix: s1\nfixed: {taker_fee_a_bps: 5, "  \
    "slippage_bps: 5, max_position_usd: 1000, taker_fee_b_bps: 0}\n"
#define TURNS                                                                                  \
    "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n"                                  \
    "1000,99,100,102,103\n1001,102,103,99,100\n1002,99,100,102,103\n"

static void must(struct command_line *line, const char *words, int code)
{
    const int got = command_line_run(line, words);
    if (got != code) {
        print_error("%s: %d\n%s%s", words, got, line->out, line->messages);
        fail();
    }
}

static void plan(struct command_line *line, const char *grids)
{
    char session[1024];
    snprintf(session, sizeof session, COMMON "%s", grids);
    command_line_write("turns.csv", TURNS);
    command_line_write("s.yaml", session);
    must(line, PLAN, 0);
}

/* Goal: cases 46, 47 and 51: two grids are six jobs, the last varies fastest, and a fixed 0
 * stays in every one. */
static void plans_grids_in_order(void **state)
{
    static const int expected[][2] = {{20, 3}, {20, 5}, {20, 7}, {30, 3}, {30, 5}, {30, 7}};
    struct command_line *line = *state;
    char text[1024];
    plan(line, "grids:\n- {name: min_spread_bps, values: [20, 30]}\n"
               "- {name: max_open_trades, values: [3, 5, 7]}\n");
    assert_string_equal(line->out, "6 jobs\n");
    FILE *file = fopen("plan.jsonl", "r");
    for (size_t i = 0; i < LEN(expected); i++) {
        assert_non_null(fgets(text, sizeof text, file));
        json_t *root = json_loads(text, 0, NULL);
        json_t *config = json_object_get(root, "config");
        assert_int_equal(json_number_value(json_object_get(config, "min_spread_bps")),
                         expected[i][0]);
        assert_int_equal(json_integer_value(json_object_get(config, "max_open_trades")),
                         expected[i][1]);
        assert_true(json_is_integer(json_object_get(config, "taker_fee_b_bps")));
        assert_int_equal(json_integer_value(json_object_get(config, "taker_fee_b_bps")), 0);
        json_decref(root);
    }
    assert_null(fgets(text, sizeof text, file));
    fclose(file);
}

/* Goal: cases 48 to 50: max_jobs cuts, no grids are one job, none at 0. */
static void counts_the_jobs_of_a_session(void **state)
{
    static const struct {
        const char *grids, *out;
    } cases[] = {
        {"min_spread_bps: 1\n", "1 jobs\n"},
        {"grids: [{name: min_spread_bps, values: [1, 2, 3]}]\nmax_jobs: 2\n", "2 jobs\n"},
        {"grids: [{name: min_spread_bps, values: [1, 2, 3]}]\nmax_jobs: 9\n", "3 jobs\n"},
        {"grids: [{name: min_spread_bps, values: [1, 2, 3]}]\nmax_jobs: 0\n", "0 jobs\n"},
    };
    struct command_line *line = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        plan(line, cases[i].grids);
        assert_string_equal(line->out, cases[i].out);
    }
    must(line, RUN, 2);
    assert_string_equal(line->out, "attempted 0, success 0, error 0, skipped 0\n");
}

static void write_result(const char *name, double pnl_usd, double drawdown_pct, int trades)
{
    char path[64];
    char text[512];
    snprintf(path, sizeof path, "r/%s.json", name);
    snprintf(text, sizeof text,
             "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": %g, "
             "\"max_drawdown_pct\": %g, \"total_trades\": %d, \"closed_trades\": %d}}",
             pnl_usd, drawdown_pct, trades, trades);
    command_line_write(path, text);
}

/* What the summary says: the ids in order, and the counts. */
static void check_summary(struct command_line *line, const char *options, const char *ids,
                          int total, int success, int error)
{
    char words[256];
    char got[256] = "";
    size_t i;
    json_t *row;
    snprintf(words, sizeof words, "session aggregate --results-dir r %s", options);
    must(line, words, 0);
    json_t *root = json_loads(line->out, 0, NULL);
    json_array_foreach(json_object_get(root, "top_by_pnl"), i, row)
    {
        strcat(got, json_string_value(json_object_get(row, "job_id")));
    }
    assert_string_equal(got, ids);
    assert_int_equal(json_integer_value(json_object_get(root, "total_jobs")), total);
    assert_int_equal(json_integer_value(json_object_get(root, "success_jobs")), success);
    assert_int_equal(json_integer_value(json_object_get(root, "error_jobs")), error);
    json_decref(root);
}

/* Goal: cases 53 to 57: the order, both filters with their own value in, and broken rows. */
static void ranks_filters_and_counts(void **state)
{
    static const char *const broken[] = {
        "[]", "", "{\"status\": \"success\", \"metr",
        "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": null}}"};
    struct command_line *line = *state;
    assert_int_equal(mkdir("r", 0700), 0);
    write_result("a", 1000, 5, 10);
    write_result("b", 800, 8, 3);
    write_result("c", 1200, 15, 12);
    check_summary(line, "", "cab", 3, 3, 0);
    check_summary(line, "--max-drawdown-pct 10", "ab", 3, 3, 0);
    check_summary(line, "--max-drawdown-pct 8", "ab", 3, 3, 0);
    check_summary(line, "--min-trades 5", "ca", 3, 3, 0);
    check_summary(line, "--min-trades 12", "c", 3, 3, 0);
    for (size_t i = 0; i < LEN(broken); i++) {
        command_line_write("r/b.json", broken[i]);
        check_summary(line, "", "ca", 3, 2, 1);
    }
    assert_int_equal(unlink("r/b.json"), 0);
    assert_int_equal(mkdir("r/b.json", 0700), 0);
    check_summary(line, "", "ca", 3, 2, 1);
}

/* Goal: cases 63 to 65 and 68, and a plan none of whose lines makes a job. */
static void attempts_what_it_may(void **state)
{
    static const struct {
        const char *grids, *options;
        int code;
        const char *out;
    } cases[] = {
        {"values: [1, 2, 3, 4, 5]", "--max-jobs 3", 0,
         "attempted 3, success 3, error 0, skipped 2\n"},
        {"values: [1, -1, 3]", "--stop-on-error", 1,
         "attempted 2, success 1, error 1, skipped 1\n"},
        {"values: [1, -1, 3]", "", 1, "attempted 3, success 2, error 1, skipped 0\n"},
        {"values: [1, 2]", "--max-jobs 0", 2, "attempted 0, success 0, error 0, skipped 2\n"},
    };
    struct command_line *line = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[256];
        snprintf(text, sizeof text, "grids: [{name: min_spread_bps, %s}]\n", cases[i].grids);
        plan(line, text);
        snprintf(text, sizeof text, RUN " %s", cases[i].options);
        must(line, text, cases[i].code);
        assert_string_equal(line->out, cases[i].out);
    }
    command_line_write("plan.jsonl", "[]\nnull\n");
    must(line, RUN, 2);
    assert_string_equal(line->out,
                        "attempted 0, success 0, error 0, skipped 0, refused 2 lines\n");
    assert_non_null(strstr(line->messages, "plan.jsonl:1: expected an object\n"));
}

/* Goal: each validation message of SPEC.md 6 reaches the operator of a session. */
static void tells_every_message(void **state)
{
    static const struct {
        const char *yaml, *message;
    } cases[] = {
        {"min_spread_bps: -1", "min_spread_bps must be non-negative"},
        {"min_spread_bps: 1\ntaker_fee_a_bps: -1", "taker_fee_a_bps must be non-negative"},
        {"min_spread_bps: 1\ntaker_fee_b_bps: -1", "taker_fee_b_bps must be non-negative"},
        {"min_spread_bps: 1\nslippage_bps: -0.5", "slippage_bps must be non-negative"},
        {"min_spread_bps: 1\nmax_position_usd: 0", "max_position_usd must be positive"},
        {"min_spread_bps: 1\ninitial_balance_usd: 0", "initial_balance_usd must be positive"},
        {"min_spread_bps: 1\nmax_open_trades: 0", "max_open_trades must be at least 1"},
        {"min_spread_bps: 1\nstop_on_drawdown_pct: 0", "stop_on_drawdown_pct must be positive"},
        {"max_open_trades: 0", "min_spread_bps must be non-negative"}, /* the first of two */
    };
    static const char *const usual[] = {"taker_fee_a_bps: 1", "taker_fee_b_bps: 1",
                                        "slippage_bps: 1", "max_position_usd: 1"};
    struct command_line *line = *state;
    command_line_write("turns.csv", TURNS);
    for (size_t i = 0; i < LEN(cases); i++) {
        char text[1024];
        char expected[256];
        int length = snprintf(text, sizeof text,
                              "data_file: turns.csv\nprofile: compat-d37\n%s\n", cases[i].yaml);
        for (size_t k = 0; k < LEN(usual); k++) {
            const int name = (int)strcspn(usual[k], " ");
            char key[64];
            snprintf(key, sizeof key, "%.*s", name, usual[k]);
            if (strstr(cases[i].yaml, key) == NULL) {
                length +=
                    snprintf(text + length, sizeof text - (size_t)length, "%s\n", usual[k]);
            }
        }
        command_line_write("s.yaml", text);
        must(line, PLAN, 0);
        must(line, RUN, 1);
        assert_string_equal(line->out, "attempted 1, success 0, error 1, skipped 0\n");
        snprintf(expected, sizeof expected, "1 failed: %s\n", cases[i].message);
        assert_string_equal(line->messages, expected);
    }
    command_line_write("s.yaml", "min_spread_bps: 1\n");
    must(line, PLAN, 1);
    assert_non_null(strstr(line->messages, "s.yaml:1: data_file must be specified\n"));
}

/* Goal: a summary or a plan that cannot be written is an error, and says so. */
static void says_what_it_cannot_write(void **state)
{
    struct command_line *line = *state;
    plan(line, "min_spread_bps: 1\n");
    must(line, RUN, 0);
    must(line, "session aggregate --results-dir outputs/tuning/s1 --output-json outputs", 1);
    assert_string_equal(line->out, "");
    assert_non_null(strstr(line->messages, "'outputs'"));
    must(line, "session plan --session-file s.yaml --output-jobs-file outputs", 1);
    assert_non_null(strstr(line->messages, "'outputs'"));
    must(line, "session plan --session-file s.yaml --output-jobs-file nowhere/p.jsonl", 1);
    assert_non_null(strstr(line->messages, "nowhere/p.jsonl"));
    char command[512];
    snprintf(command, sizeof command,
             "'%s' session aggregate --results-dir outputs/tuning/s1 >/dev/full 2>messages",
             getenv("ARBLITE"));
    assert_int_equal(WEXITSTATUS(system(command)), 1);
    command_line_read("messages", line->messages, sizeof line->messages);
    assert_string_equal(line->messages, "arblite session aggregate: cannot write to standard "
                                        "output: No space left on device\n");
}

/* Goal: a summary takes the place of an older summary, and of no result in either form. */
static void leaves_results_alone(void **state)
{
    static const char SUM[] =
        "session aggregate --results-dir outputs/tuning/s1 --output-json ";
    static const struct {
        const char *how, *path;
    } cases[] = {
        {" --results files", "outputs/tuning/s1/s1_0001.json"},
        {" --results jsonl", "outputs/tuning/s1/results.jsonl"},
    };
    struct command_line *line = *state;
    assert_int_equal(system("rm -rf outputs"), 0);
    plan(line, "grids: [{name: min_spread_bps, values: [1, 2]}]\n");
    for (size_t i = 0; i < LEN(cases); i++) {
        char words[512];
        snprintf(words, sizeof words, RUN "%s", cases[i].how);
        must(line, words, 0);
        snprintf(words, sizeof words, "%s%s", SUM, cases[i].path);
        must(line, words, 1);
        assert_non_null(strstr(line->messages, "has results of jobs: name another file"));
        snprintf(words, sizeof words, "%soutputs/tuning/s1/sum.json", SUM);
        must(line, words, 0);
        must(line, words, 0);
        assert_non_null(strstr(line->out, "\"success_jobs\": 2"));
    }
}

/* Goal: a smaller plan of the same name does not rank with the rest of a larger one unseen. */
static void tells_of_results_of_another_plan(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(system("rm -rf outputs"), 0);
    plan(line, "grids: [{name: min_spread_bps, values: [1, 2]}]\n");
    must(line, RUN, 0);
    assert_string_equal(line->messages, "");
    plan(line, "grids: [{name: min_spread_bps, values: [1]}]\n");
    must(line, RUN, 0);
    assert_string_equal(line->out, "attempted 1, success 1, error 0, skipped 0\n");
    assert_non_null(
        strstr(line->messages, "warning: 1 result of another plan in outputs/tuning/s1: "));
}

/* Goal: a plan takes the place of neither its session file nor the data. */
static void leaves_what_it_reads_alone(void **state)
{
    struct command_line *line = *state;
    char before[1024], after[1024];
    plan(line, "min_spread_bps: 1\n");
    command_line_read("s.yaml", before, sizeof before);
    must(line, "session plan --session-file s.yaml --output-jobs-file ./s.yaml", 1);
    assert_string_equal(line->messages, "arblite session plan: './s.yaml' is what is read: "
                                        "name another file to write\n");
    must(line, "session plan --session-file s.yaml --output-jobs-file turns.csv", 1);
    command_line_read("s.yaml", after, sizeof after);
    assert_string_equal(before, after);
    command_line_read("turns.csv", after, sizeof after);
    assert_string_equal(after, TURNS);
}

/* Goal: a folder in the place of a result ends the run with a message, and nothing is half
 * there. */
static void meets_a_folder_in_the_way(void **state)
{
    struct command_line *line = *state;
    assert_int_equal(system("rm -rf outputs"), 0);
    plan(line, "grids: [{name: min_spread_bps, values: [1, 2]}]\n");
    must(line, RUN, 0);
    assert_int_equal(unlink("outputs/tuning/s1/s1_0002.json"), 0);
    assert_int_equal(mkdir("outputs/tuning/s1/s1_0002.json", 0700), 0);
    must(line, RUN " --resume", 1);
    assert_string_equal(line->messages,
                        "arblite session run: cannot write 'outputs/tuning/s1/s1_0002.json': "
                        "Is a directory\n");
    assert_int_equal(system("test \"$(ls -A outputs/tuning/s1 | tr '\\n' ' ')\" = "
                            "'s1_0001.json s1_0002.json '"),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_grids_in_order),
        cmocka_unit_test(counts_the_jobs_of_a_session),
        cmocka_unit_test(ranks_filters_and_counts),
        cmocka_unit_test(attempts_what_it_may),
        cmocka_unit_test(tells_every_message),
        cmocka_unit_test(says_what_it_cannot_write),
        cmocka_unit_test(leaves_results_alone),
        cmocka_unit_test(tells_of_results_of_another_plan),
        cmocka_unit_test(leaves_what_it_reads_alone),
        cmocka_unit_test(meets_a_folder_in_the_way),
    };
    return cmocka_run_group_tests_name("cli/cmd_session_cases", tests, command_line_enter,
                                       command_line_leave);
}
