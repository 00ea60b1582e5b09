#include "command_line.h"

#include <jansson.h>
#include <sys/stat.h>

#include "store/results.h"

#define PLAN "session plan --session-file s.yaml --output-jobs-file plan.jsonl"
#define RUN  "session run --state-dir state --jobs-file plan.jsonl"

static void must(struct command_line *line, const char *words, int code)
{
    const int got = command_line_run(line, words);
    if (got != code) {
        print_error("%s: %d\n%s%s", words, got, line->out, line->messages);
        fail();
    }
}

static void check_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        print_error("'%s' is not in\n%s\n", part, text);
        fail();
    }
}

/* Turns of 200 bps each way (cases 4 and 5), `rows` of them a second apart, and a silence of an
 * hour before the last quarter. */
static void write_turns(const char *path, int rows)
{
    FILE *file = fopen(path, "w");
    fputs("timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n", file);
    for (int i = 0; i < rows; i++) {
        fprintf(file, "%d,%s\n", 100000 + i + (i >= rows * 3 / 4 ? 3600 : 0),
                i % 2 == 0 ? "99,100,102,103" : "102,103,99,100");
    }
    fclose(file);
}

#define COMMON                                                                                 \
    "data_file: turns.csv\nprofile: compat-d37\nfixed: {taker_fee_a_bps: 5, "                  \
    "taker_fee_b_bps: 5, slippage_bps: 5, max_position_usd: 1000}\n"

/* 6 jobs: at 300 bps nothing opens; how long a trade may be held is nothing to compat-d37. */
static void make_session(struct command_line *line)
{
    write_turns("turns.csv", 80);
    command_line_write("s.yaml", COMMON "tag_prefix: s1\ngrids:\n"
                                        "  - {name: min_spread_bps, values: [30, 60, 300]}\n"
                                        "  - {name: max_hold_s, values: [60, null]}\n");
    must(line, PLAN, 0);
    must(line, RUN, 0);
}

/* Goal: the map of a session as a table and as an object, its axes by hand, and every way to
 * ask for what is not there. 79 of 80 trades close at 185 bps: 1461.50 USD. */
static void maps_a_session(void **state)
{
    static const struct {
        const char *options;
        int code;
        const char *message;
    } cases[] = {
        {"--x min_spred_bps", 1,
         "--x: unknown parameter 'min_spred_bps' (did you mean 'min_spread_bps'?)"},
        {"--y cooldown_s", 1, "'cooldown_s' does not vary in these results"},
        {"--x max_hold_s --y max_hold_s", 1, "'max_hold_s' is asked for twice"},
        {"--third max_hold_s", 1, "--third: 'max_hold_s' is not AXIS=VALUE"},
        {"--third cooldown_s=1", 1, "--third: 'cooldown_s' does not vary in these results"},
        {"--third max_hold_s=61", 1,
         "--third: '61' is no value of max_hold_s in these results (60, off)"},
        {"--fourth a", 2, "unknown option '--fourth'"},
        {"--results-dir nowhere", 1, "cannot open folder 'nowhere'"},
    };
    struct command_line *line = *state;
    char words[512];
    make_session(line);
    must(line, "session heatmap --results-dir outputs/tuning/s1", 0);
    assert_string_equal(
        line->out, "PnL in USD; across min_spread_bps, down max_hold_s (changed nothing); all "
                   "else as in s1_0001\n"
                   "                     30          60         300\n"
                   "         60   *+1461.50    +1461.50       +0.00\n"
                   "        off    +1461.50    +1461.50       +0.00\n"
                   "* the best of the ranking\n");
    must(line,
         "session heatmap --results-dir outputs/tuning/s1 --x max_hold_s "
         "--third min_spread_bps=300 --json",
         0);
    json_t *root = json_loads(line->out, 0, NULL);
    assert_true(json_number_value(json_object_get(root, "third_value")) == 300);
    assert_true(json_is_null(json_object_get(root, "y")));
    json_decref(root);
    for (size_t i = 0; i < LEN(cases); i++) {
        snprintf(words, sizeof words, "session heatmap --results-dir outputs/tuning/s1 %s",
                 cases[i].options);
        must(line, words, cases[i].code);
        check_has(line->messages, cases[i].message);
        assert_string_equal(line->out, "");
    }
    must(line, "session heatmap", 2);
    check_has(line->messages, "missing --results-dir");
}

/* Goal: one job with everything that is known, the truth panel among it, for a reader and for a
 * machine. Four legs earn 38.99 - 2.019995 a trade, see tests/tune/test_sensitivity.c. */
static void shows_a_job(void **state)
{
    struct command_line *line = *state;
    make_session(line);
    must(line, "session show --results-dir outputs/tuning/s1 --job s1_0001", 0);
    check_has(line->out, "job s1_0001: success, profile compat-d37, PnL model spread\n");
    check_has(line->out, " * min_spread_bps        30\n");
    check_has(line->out, "   trades            79 closed, 1 open\n");
    check_has(line->out, "   truth             four legs +2920.63 USD, spread model +1461.50");
    check_has(line->out, "   fees +1 bp        +1445.70 USD, 79 closed");
    check_has(line->out, "   latency +200 ms   the spread model books what was decided, ");
    check_has(line->out, "   plateau           its 1 neighbours on the grid earn +1461.50 USD");
    check_has(line->out, "   trials            6, of which 2 traded differently\n");
    must(line, "session show --results-dir outputs/tuning/s1 --job s1_0001 --json", 0);
    json_t *root = json_loads(line->out, 0, NULL);
    json_t *measured = json_object_get(root, "measured");
    assert_int_equal(json_array_size(json_object_get(measured, "runs")), 6);
    assert_true(json_is_false(json_object_get(root, "wants_reason")));
    json_decref(root);

    must(line, "session show --results-dir outputs/tuning/s1 --job s1_0005", 0);
    check_has(line->out, "!! trades            0 closed, 0 open; fewer than 30 closed say");
    assert_int_equal(rename("turns.csv", "gone.csv"), 0);
    must(line, "session show --results-dir outputs/tuning/s1 --job s1_0001", 0);
    check_has(line->out, "!  sensitivity       not measured: turns.csv: No such file");
    must(line, "session show --results-dir outputs/tuning/s1 --job s1_9999", 1);
    check_has(line->messages, "no job 's1_9999' among these results");
    must(line, "session show --results-dir outputs/tuning/s1", 2);
    check_has(line->messages, "missing --job");
    must(line, "session show --job s1_0001", 2);
}

/* Another runner's session with a failure of its own, started after all others. */
static void put_later_session(void)
{
    struct results *results;
    struct err err;
    struct results_sweep sweep = {.folder = "/x/other",
                                  .jobs_file = "p",
                                  .jobs = 1,
                                  .pid = 1,
                                  .started_wall_ns = INT64_MAX};
    const struct results_job job = {.number = 1,
                                    .job_id = "a",
                                    .state = RESULTS_FAILED,
                                    .config_hash = "h",
                                    .data_hash = "d",
                                    .error = "a reason of another session"};
    assert_true(results_open(&results, "state/" RESULTS_FILE, &err));
    assert_true(results_start(results, &sweep, &err));
    assert_true(results_put(results, sweep.id, &job, &err));
    results_close(results);
}

/* Goal: a ranking that shows nothing says what hid it, one of failures says why they failed,
 * the commonest first; a folder without results is no ranking. */
static void says_why_there_is_nothing(void **state)
{
    struct command_line *line = *state;
    make_session(line);
    must(line, "session rank --results-dir outputs/tuning/s1 --min-trades 81", 0);
    check_has(line->out, "the filters hide all 6 of them: fewer than 81 trades 6\n");
    must(line,
         "session rank --results-dir outputs/tuning/s1 --min-trades 1 --max-drawdown-pct -1",
         0);
    check_has(line->out,
              "the filters hide all 6 of them: a drawdown above -1 % 6, fewer than 1 "
              "trades 2\n");
    must(line, "session aggregate --results-dir outputs/tuning/s1 --min-trades 81", 0);
    check_has(line->out, "\"hidden\": 6\n");
    check_has(line->out, "\"top_by_pnl\": [],");

    command_line_write("s.yaml", COMMON
                       "min_spread_bps: 30\ntag_prefix: s2\ngrids:\n  - {name: slippage_bps, "
                       "values: [-1, -2, 5]}\n  - {name: max_open_trades, "
                       "values: [1, 0]}\n");
    put_later_session();
    must(line, PLAN, 0);
    must(line, RUN, 1);
    assert_string_equal(line->out, "attempted 6, success 1, error 5, skipped 0\n");
    assert_string_equal(line->messages, "4 failed: slippage_bps must be non-negative\n"
                                        "1 failed: max_open_trades must be at least 1\n");
    must(line, "session rank --results-dir outputs/tuning/s2", 0);
    check_has(line->out, "6 jobs, 1 success, 5 error\n"
                         "  4 failed: slippage_bps must be non-negative\n"
                         "  1 failed: max_open_trades must be at least 1\n");

    assert_int_equal(mkdir("empty", 0700), 0);
    must(line, "session rank --results-dir empty", 1);
    check_has(line->messages, "'empty' has no results (those of a session lie in "
                              "outputs/tuning/NAME)");
    command_line_write("empty/package.json", "{\"name\": \"x\"}");
    must(line, "session aggregate --results-dir empty", 1);
    check_has(line->messages, "'empty' is no folder of results: of 1 that could be none is one "
                              "(package: not a result object)");
    assert_string_equal(line->out, "");
    must(line, "session rank --results-dir turns.csv", 1);
    check_has(line->messages, "cannot open folder 'turns.csv': Not a directory");
}

/* Goal: the ranking names what the best is worth beside it: how many trials, plateau, bps of
 * what was traded, and that too few trades carry no statistic. 1461.5 of 79 trades of 1000. All
 * trades lie in the first and in the last of the 16 blocks: where both are inside, in C(14,6) =
 * 3003 of 12870 splits, nobody gains outside and the best is in no upper half. */
static void ranks_with_what_it_is_worth(void **state)
{
    struct command_line *line = *state;
    make_session(line);
    must(line, "session rank --results-dir outputs/tuning/s1", 0);
    check_has(line->out, "changed nothing: max_hold_s\n");
    check_has(line->out, "   1  s1_0001                   1461.50      1461.50     0.00     79 "
                         "    80   185.00   1.4615  min_spread_bps 30  max_hold_s 60\n");
    check_has(line->out, "      best of 6 trials, 2 distinct, PSR 1.00, DSR 1.00, PBO 0.23, "
                         "P(loss) 0.00, track needed 30 of 256 buckets");
    check_has(line->out, "max_hold_s 60  (few trades)\n");
    must(line, "session rank --results-dir outputs/tuning/s1 --max-drawdown-pct 0", 0);
    must(line, "session walkforward --results-dir outputs/tuning/s1", 1);
    check_has(line->messages, "these results are of no walk-forward");
}

/* Goal: a walk-forward from its file to its summary. 80 rows in 3,679 s, most of it a silence
 * of an hour that begins in the first test and holds the second training. */
static void walks_forward(void **state)
{
    struct command_line *line = *state;
    write_turns("turns.csv", 80);
    command_line_write("s.yaml", COMMON "tag_prefix: w1\n"
                                        "grids: [{name: min_spread_bps, values: [30, 300]}]\n"
                                        "walk_forward: {train_s: 40, test_s: 1819}\n");
    must(line, PLAN, 0);
    assert_string_equal(line->out, "8 jobs\n");
    must(line, RUN, 0);
    assert_string_equal(line->out, "attempted 8, success 8, error 0, skipped 0\n");
    must(line, RUN " --resume", 0);
    assert_string_equal(line->out, "attempted 0, success 0, error 0, skipped 0, kept 8\n");
    must(line, "session walkforward --results-dir outputs/tuning/w1", 0);
    /* 40 rows close 39 trades of 18.5 USD; the test has 20 more rows and closes 19. */
    check_has(line->out,
              "walk-forward of 2 folds: chosen in the training, counted in the test\n");
    check_has(line->out, "   1  w1_0001                    721.50     39       351.50     19  "
                         "min_spread_bps 30\n");
    char *walk = strdup(line->out);
    must(line, "session rank --results-dir outputs/tuning/w1", 0);
    check_has(line->out, walk);
    free(walk);
    must(line, "session walkforward --results-dir outputs/tuning/w1 --json", 0);
    json_t *root = json_loads(line->out, 0, NULL);
    json_t *folds = json_object_get(json_array_get(root, 0), "folds");
    assert_int_equal(json_array_size(folds), 2);
    json_decref(root);

    command_line_write("s.yaml", COMMON "walk_forward: {train_s: 4000, test_s: 10}\n");
    must(line, PLAN, 1);
    check_has(line->messages,
              "walk_forward: train_s and test_s are 4010 s together, 'turns.csv' "
              "has 3679 s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_a_session),
        cmocka_unit_test(shows_a_job),
        cmocka_unit_test(says_why_there_is_nothing),
        cmocka_unit_test(ranks_with_what_it_is_worth),
        cmocka_unit_test(walks_forward),
    };
    return cmocka_run_group_tests_name("cli/cmd_session_results", tests, command_line_enter,
                                       command_line_leave);
}
