#include "command_line.h"

#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURNS                                                                                  \
    "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n"                                  \
    "1000,99,100,102,103\n1001,102,103,99,100\n1002,99,100,102,103\n"
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

#define RUN "session run --state-dir state --jobs-file plan.jsonl "

/* A session of 4 jobs; costs of 10 and 15 bps, so that 300 bps open nothing. */
static void make_plan(struct command_line *line)
{
    command_line_write("turns.csv", TURNS);
    command_line_write("s.yaml", SESSION);
    assert_int_equal(
        command_line_run(line,
                         "session plan --session-file s.yaml --output-jobs-file plan.jsonl"),
        0);
}

/* Goal: a session runs, is told of, and is resumed with nothing to do. */
static void runs_a_session(void **state)
{
    struct command_line *line = *state;
    make_plan(line);
    assert_int_equal(command_line_run(line, RUN), 0);
    assert_string_equal(line->out, "attempted 4, success 4, error 0, skipped 0\n");
    assert_string_equal(line->messages, "");
    assert_int_equal(command_line_run(line, RUN "--resume"), 0);
    assert_string_equal(line->out, "attempted 0, success 0, error 0, skipped 0, kept 4\n");
    assert_int_equal(command_line_run(line, "session status --state-dir state"), 0);
    /* Slippage 0: 200 - 10 bps of 1000 USD, twice. */
    assert_non_null(strstr(line->out, "/outputs/tuning/s1: done, 4 of 4 done, 0 failed, "
                                      "best +38.00 USD s1_0001\n"));
    assert_int_equal(command_line_run(line, "session status --json --state-dir state"), 0);
    assert_non_null(strstr(line->out, "\"state\": \"done\""));
    assert_int_equal(command_line_run(line, "session status --state-dir elsewhere"), 1);
    assert_int_equal(command_line_run(line, "session status --json --state-dir elsewhere"), 0);
    assert_string_equal(line->out, "[]\n");
}

/* Goal: the exit codes of SPEC.md 6 and cases 63-65, 68. */
static void ends_with_the_code_of_what_happened(void **state)
{
    static const struct {
        const char *options;
        int code;
        const char *out, *message;
    } cases[] = {
        {"--max-jobs 3", 0, "attempted 3, success 3, error 0, skipped 1\n", ""},
        {"--max-jobs 0", 2, "attempted 0, success 0, error 0, skipped 4\n",
         "nothing was attempted: --max-jobs is 0\n"},
        {"--parallel 0", 1, "", "--parallel: expected 1 to 256"},
        {"--parallel x", 1, "", "--parallel: 'x' is not a whole number"},
        {"--results sql", 1, "", "--results: expected 'files' or 'jsonl'"},
        {"--prone", 2, "", "unknown option '--prone'"},
        {"--jobs-file none", 1, "", "No such file or directory"},
    };
    struct command_line *line = *state;
    make_plan(line);
    for (size_t i = 0; i < LEN(cases); i++) {
        char words[512];
        snprintf(words, sizeof words, RUN "%s", cases[i].options);
        assert_int_equal(command_line_run(line, words), cases[i].code);
        assert_string_equal(line->out, cases[i].out);
        assert_non_null(strstr(line->messages, cases[i].message));
    }
    assert_int_equal(command_line_run(line, "session run --state-dir state"), 2);
    command_line_write("empty.jsonl", "");
    assert_int_equal(
        command_line_run(line, "session run --state-dir state --jobs-file empty.jsonl"), 2);
    assert_string_equal(line->messages, "nothing was attempted: the plan has no jobs\n");
    /* What attempts nothing leaves the results of the first case. */
    assert_int_equal(access("outputs/tuning/s1/s1_0003.json", F_OK), 0);
    assert_int_equal(access("outputs/tuning/s1/s1_0004.json", F_OK), -1);

    assert_int_equal(rename("turns.csv", "gone.csv"), 0);
    assert_int_equal(command_line_run(line, RUN "--stop-on-error"), 1);
    assert_string_equal(line->out, "attempted 1, success 0, error 1, skipped 3\n");
    assert_int_equal(command_line_run(line, RUN), 1);
    assert_string_equal(line->out, "attempted 4, success 0, error 4, skipped 0\n");
}

/* Goal: the ranking of a run as JSON and as a table; the summary may lie among the results. */
static void ranks_a_session(void **state)
{
    static char summary[65536];
    struct command_line *line = *state;
    make_plan(line);
    assert_int_equal(command_line_run(line, RUN), 0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(command_line_run(line,
                                          "session aggregate --results-dir outputs/tuning/s1 "
                                          "--output-json outputs/tuning/s1/summary.json"),
                         0);
        command_line_read("outputs/tuning/s1/summary.json", summary, sizeof summary);
        assert_string_equal(line->out, summary);
        assert_ptr_equal(strstr(summary, "{\n  \"total_jobs\": 4,\n  \"success_jobs\": 4,"),
                         summary);
        assert_non_null(strstr(summary, "\"ranked_pnl_usd\": 38,"));
        assert_non_null(strstr(summary, "\"name\": \"slippage_bps\""));
    }
    assert_int_equal(command_line_run(line, "session rank --results-dir outputs/tuning/s1 "
                                            "--min-trades 1"),
                     0);
    assert_non_null(strstr(line->out, "4 jobs, 4 success, 0 error\n"));
    assert_non_null(strstr(line->out, "\n--  slippage_bps 5\n   1  s1_0002 "));
    assert_null(strstr(line->out, "s1_0003"));

    command_line_write("outputs/tuning/s1/other.json",
                       "{\"status\": \"success\", \"metrics\": {\"realized_pnl_usd\": 1}}");
    assert_int_equal(command_line_run(line, "session rank --results-dir outputs/tuning/s1"), 1);
    assert_non_null(strstr(line->messages, "do not rank together"));
    assert_int_equal(
        command_line_run(line, "session rank --results-dir outputs/tuning/s1 --allow-mixed"),
        0);
    assert_int_equal(unlink("outputs/tuning/s1/other.json"), 0);
    assert_int_equal(command_line_run(line, "session rank"), 2);
    assert_int_equal(command_line_run(line, "session rank --results-dir nowhere"), 1);
}

/* Goal: a hostile line is left out and counted, and nothing is written where it leads. */
static void leaves_hostile_lines_out(void **state)
{
    struct command_line *line = *state;
    make_plan(line);
    FILE *plan = fopen("plan.jsonl", "a");
    fputs("{\"job_id\": \"x\", \"config\": {}, \"output_json\": \"../x.json\"}\n", plan);
    fclose(plan);
    assert_int_equal(command_line_run(line, RUN), 1);
    assert_string_equal(line->out,
                        "attempted 4, success 4, error 0, skipped 0, refused 1 line\n");
    assert_non_null(strstr(line->messages, "plan.jsonl:5: output_json: expected "
                                           "'outputs/tuning/NAME/FILE.json'"));
    assert_int_not_equal(access("../x.json", F_OK), 0);
}

/* Starts the run of a long plan, and lets the signal come once results have. */
static int signal_a_run(int signal)
{
    extern char **environ;
    char words[] = "session\0run\0--state-dir\0state\0--jobs-file\0plan.jsonl\0--results\0"
                   "jsonl\0--parallel\0"
                   "2";
    char *argv[12] = {getenv("ARBLITE")};
    char *word = words;
    for (int i = 1; i <= 10; i++) {
        argv[i] = word;
        word += strlen(word) + 1;
    }
    struct stat results = {0};
    pid_t pid;
    int status;
    unlink("outputs/tuning/long/results.jsonl");
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
    for (int i = 0; results.st_size == 0 && i < 20000; i++) {
        usleep(1000);
        stat("outputs/tuning/long/results.jsonl", &results);
    }
    kill(pid, signal);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* 180 jobs over 20,000 rows: in 60 passes, one for each rate, which takes longer than to notice
 * that the first is done; or in a single one. */
static void make_long_plan(struct command_line *line, bool many_passes)
{
    FILE *rows = fopen("long.csv", "w");
    fputs("timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n", rows);
    for (int i = 0; i < 20000; i++) {
        fputs(i % 2 == 0 ? "1000,99,100,102,103\n" : "1000,102,103,99,100\n", rows);
    }
    fclose(rows);
    FILE *session = fopen("long.yaml", "w");
    fprintf(session,
            "data_file: long.csv\nprofile: compat-d37\nslippage_bps: 0\ntaker_fee_a_bps: 0\n"
            "taker_fee_b_bps: 0\nmax_position_usd: 9\ngrids:\n- name: %s\n  values: [1",
            many_passes ? "fx_rate" : "cooldown_s");
    for (int i = 1; i < 60; i++) {
        fprintf(session, ", %g", 1 + i * 1e-4);
    }
    fputs("]\n- name: min_spread_bps\n  values: [0, 1, 2]\n", session);
    fclose(session);
    assert_int_equal(
        command_line_run(line,
                         "session plan --session-file long.yaml --output-jobs-file plan.jsonl"),
        0);
}

/* Goal: after TERM, INT or kill -9 a resume ends with the bytes of an undisturbed run. */
static void resumes_after_every_end(void **state)
{
    static const struct {
        int signal, code;
        const char *told;
    } ends[] = {{SIGTERM, 143, ": interrupted, "},
                {SIGINT, 130, ": interrupted, "},
                {SIGKILL, 137, ": interrupted, "}};
    struct command_line *line = *state;
    make_long_plan(line, true);
    for (size_t i = 0; i < LEN(ends); i++) {
        assert_int_equal(signal_a_run(ends[i].signal), ends[i].code);
        assert_int_equal(command_line_run(line, "session status --state-dir state"), 0);
        assert_non_null(strstr(line->out, ends[i].told));
        assert_int_equal(command_line_run(line, RUN "--results jsonl --resume"), 0);
        assert_non_null(strstr(line->out, ", skipped 0, kept "));
        if (i == 0) {
            assert_int_equal(rename("outputs/tuning/long/results.jsonl", "first"), 0);
            assert_int_equal(command_line_run(line, RUN "--results jsonl --parallel 1"), 0);
            assert_string_equal(line->out, "attempted 180, success 180, error 0, skipped 0\n");
        } else {
            assert_int_equal(system("cmp -s first outputs/tuning/long/results.jsonl"), 0);
        }
    }
}

/* Goal: --prune stops the lower half at each rung, says so and what it saved, and exits well; a
 * watcher is told, too. Premium swings of 24 sizes: the less a job asks for, the more it earns,
 * so that of 4 go on 2 and 1, which leaves nobody to stop at the third rung. */
static void stops_jobs_early_on_request(void **state)
{
    struct command_line *line = *state;
    FILE *rows = fopen("swings.csv", "w");
    fputs("timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b\n", rows);
    for (int i = 0; i < 12000; i++) {
        const double size = i / 60 * 7 % 24 * 0.055;
        const double swing = i % 60 < 30 ? size : -size;
        fprintf(rows, "%d,100.0000,100.0100,%.4f,%.4f\n", 1000 + i, 100.0 + swing,
                100.01 + swing);
    }
    fclose(rows);
    command_line_write("s.yaml", "tag_prefix: p\ndata_file: swings.csv\nfixed: "
                                 "{taker_fee_a_bps: 1, taker_fee_b_bps: 1, slippage_bps: 1, "
                                 "max_position_usd: 1000, fx_rate: 1}\n"
                                 "grids: [{name: min_spread_bps, values: [0, 30, 60, 90]}]\n");
    assert_int_equal(
        command_line_run(line,
                         "session plan --session-file s.yaml --output-jobs-file plan.jsonl"),
        0);
    assert_int_equal(command_line_run(line, RUN "--prune"), 0);
    assert_ptr_equal(strstr(line->out, "attempted 4, success 1, error 0, skipped 0, stopped 3 "
                                       "early ("),
                     line->out);
    assert_non_null(strstr(line->out, " % of the work saved"));
    assert_int_equal(command_line_run(line, "session status --state-dir state"), 0);
    assert_non_null(strstr(line->out, ": done, 1 of 4 done, 0 failed, 3 stopped early, "));
    assert_int_equal(command_line_run(line, "session status --json --state-dir state"), 0);
    assert_non_null(strstr(line->out, "\"prune\": true"));
    assert_int_equal(command_line_run(line, "session rank --results-dir outputs/tuning/p"), 0);
    assert_non_null(strstr(line->out, "4 jobs, 1 success, 0 error, 3 stopped early"));
    assert_int_equal(command_line_run(line, RUN "--prune --resume"), 0);
    assert_non_null(strstr(line->out, "attempted 0, success 0, error 0, skipped 0, kept 4\n"));
}

/* Goal: a full disk ends the run with a message and leaves no half result. */
static void notices_a_full_disk(void **state)
{
    char command[1024];
    struct command_line *line = *state;
    make_long_plan(line, false);
    /* 700 blocks of 512 bytes: a limit stands for the disk; its signal is ignored. */
    snprintf(command, sizeof command,
             "trap '' XFSZ; ulimit -f 700; '%s' " RUN
             "--results jsonl --parallel 2 >out 2>messages",
             getenv("ARBLITE"));
    const int status = system(command);
    command_line_read("messages", line->messages, sizeof line->messages);
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_string_equal(line->messages, "arblite session run: cannot write "
                                        "'outputs/tuning/long/results.jsonl': File too "
                                        "large\n");
    assert_int_equal(system("test -z \"$(tail -c 1 outputs/tuning/long/results.jsonl)\""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_a_session),
        cmocka_unit_test(refuses_bad_sessions),
        cmocka_unit_test(runs_a_session),
        cmocka_unit_test(ends_with_the_code_of_what_happened),
        cmocka_unit_test(ranks_a_session),
        cmocka_unit_test(leaves_hostile_lines_out),
        cmocka_unit_test(resumes_after_every_end),
        cmocka_unit_test(stops_jobs_early_on_request),
        cmocka_unit_test(notices_a_full_disk),
    };
    return cmocka_run_group_tests_name("cli/cmd_session", tests, command_line_enter,
                                       command_line_leave);
}
