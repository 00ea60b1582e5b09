#include "support/desk.h"

#include <stdlib.h>

#include "terminal.h"

/* The results of a finished tuning session browsed at a console, as a person does. */

enum { DEAF_MS = 450, COLS = 110, ROWS = 32, JOBS = 16, FAILED = 8 };

struct room {
    struct desk *desk;
    struct terminal terminal;
};

static int enter(void **state)
{
    static struct room room;
    desk_open((void **)&room.desk);
    room.terminal = (struct terminal){.pid = 0};
    *state = &room;
    return 0;
}

static int leave(void **state)
{
    struct room *room = *state;
    terminal_finish(&room->terminal);
    return desk_close((void **)&room->desk);
}

/* A premium that swings by 40 bps around nothing every two minutes, for an hour. */
static void write_data(const struct desk *desk)
{
    char path[DESK_PATH_SIZE];
    struct text text = text_growing();
    text_add(&text, "timestamp,best_bid_a,best_ask_a,best_bid_b,best_ask_b,fx_rate\n");
    for (int i = 0; i < 3600; i++) {
        const int phase = i % 120;
        const int swing = phase < 60 ? phase : 120 - phase;
        const double b = 100.0 + 0.8 * swing / 120 - 0.2;
        text_addf(&text, "%d,99990,100010,%.4f,%.4f,1000\n", 1767225600 + i, b - 0.01,
                  b + 0.01);
    }
    desk_file(desk, path, "data.csv", text_string(&text));
    text_finish(&text);
}

static void run(struct room *room, const char *words)
{
    struct program *command = &room->desk->command;
    program_start_in(command, room->desk->folder, NULL, words);
    program_end(command, 60000);
}

/* Sixteen jobs, of which half fail: there is no time before now. */
static void furnish(struct room *room)
{
    char path[DESK_PATH_SIZE];
    write_data(room->desk);
    desk_file(room->desk, path, "small.yaml",
              "data_file: data.csv\n"
              "tag_prefix: small\n"
              "fixed: {taker_fee_a_bps: 2, taker_fee_b_bps: 2, slippage_bps: 1,\n"
              "  max_position_usd: 1000}\n"
              "grids:\n"
              "  - {name: min_spread_bps, values: [0, 5, 10, 20]}\n"
              "  - {name: max_hold_s, values: [20, null]}\n"
              "  - {name: cooldown_s, values: [0, -1]}\n");
    run(room, "session plan --session-file small.yaml --output-jobs-file plan.jsonl");
    run(room, "--state-dir state session run --jobs-file plan.jsonl");
    struct text words = text_growing();
    text_addf(&words, "--state-dir %s console --embedded --source simulated:7",
              room->desk->state);
    terminal_start(&room->terminal, room->desk->folder, COLS, ROWS, text_string(&words));
    terminal_expect(&room->terminal, "KILL off");
    text_finish(&words);
}

static void stand_up(struct room *room)
{
    terminal_type(&room->terminal, ":quit\r");
    terminal_expect(&room->terminal, "End this session?");
    terminal_wait(&room->terminal, DEAF_MS);
    terminal_type(&room->terminal, "y");
    assert_int_equal(terminal_end(&room->terminal), 0);
}

static char *read_file(const struct desk *desk, const char *name)
{
    char path[DESK_PATH_SIZE];
    text_cut(path, sizeof path, "%.100s/%s", desk->folder, name);
    struct text text = text_growing();
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("'%s' is missing", path);
    }
    for (int byte; (byte = fgetc(file)) != EOF;) {
        text_add_char(&text, (char)byte);
    }
    fclose(file);
    return text.data;
}

/* The best of the session as the command line tells it. */
static void find_best(struct room *room, char job[64])
{
    run(room, "session aggregate --results-dir outputs/tuning/small --output-json sum.json");
    char *bytes = read_file(room->desk, "sum.json");
    json_error_t problem;
    json_t *summary = json_loads(bytes, 0, &problem);
    assert_non_null(summary);
    text_cut(job, 64, "%s", desk_word(summary, "top_by_pnl.0.job_id"));
    assert_int_equal(desk_number(summary, "total_jobs"), JOBS);
    assert_int_equal(desk_number(summary, "error_jobs"), FAILED);
    json_decref(summary);
    free(bytes);
}

/* Goal: a finished session is looked through: order, filter, one result with its trades, the
 * map, two side by side. */
static void a_session_is_looked_through(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    char best[64], expected[128];
    furnish(room);
    find_best(room, best);
    terminal_type(terminal, "9");
    terminal_expect(terminal, "9 RESULTS small");
    terminal_expect(terminal, "16 results  8 failed");
    terminal_expect(terminal, "fail small_0002");
    text_cut(expected, sizeof expected, "1 %s", best);
    terminal_expect(terminal, expected);
    terminal_type(terminal, "oo");
    terminal_expect(terminal, "by trades");
    terminal_type(terminal, "/hold=off cooldown=0\r");
    terminal_expect(terminal, "filter hold=off cooldown=0: 4 of 16");
    terminal_type(terminal, "/\033");
    terminal_expect(terminal, "row 1 of 16");
    terminal_type(terminal, ":sort PnL\rg\r");
    text_cut(expected, sizeof expected, "RESULT %s", best);
    terminal_expect(terminal, expected);
    terminal_expect(terminal, "exact books the four legs it trades");
    terminal_expect(terminal, "fees +1 bp");
    terminal_type(terminal, "\t");
    terminal_expect(terminal, "2026-01-01 00:");
    terminal_type(terminal, "q");
    terminal_expect(terminal, "9 RESULTS small");
    terminal_type(terminal, "h");
    terminal_expect(terminal, "MAP small");
    terminal_expect(terminal, "best   ");
    terminal_type(terminal, "\r");
    terminal_expect(terminal, "RESULT small_");
    terminal_type(terminal, "qq");
    terminal_expect(terminal, "row 1 of 16");
    terminal_type(terminal, "gvjv=");
    terminal_expect(terminal, "COMPARE");
    terminal_expect(terminal, "trades closed");
    terminal_type(terminal, "qq0");
    stand_up(room);
}

/* Goal: what is shown goes into new files only, as the command line has it. */
static void a_ranking_is_exported(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    char best[64], expected[128];
    furnish(room);
    find_best(room, best);
    terminal_type(terminal, "9");
    terminal_expect(terminal, "16 results");
    terminal_type(terminal, "etop.csv\r");
    terminal_expect(terminal, "16 rows written: top.csv");
    terminal_type(terminal, "/trades>0\r");
    terminal_expect(terminal, "filter trades>0:");
    terminal_type(terminal, "etop.csv\r");
    terminal_expect(terminal, "not written:");
    terminal_type(terminal, "etop.txt\r");
    terminal_expect(terminal, "ends neither in .csv nor in .json");
    terminal_type(terminal, "etop.json\r");
    terminal_expect(terminal, "rows written: top.json");
    stand_up(room);
    char *csv = read_file(room->desk, "top.csv");
    assert_int_equal(desk_count(csv, "\n"), 1 + JOBS);
    assert_int_equal(desk_count(csv, ",success,"), JOBS - FAILED);
    assert_int_equal(desk_count(csv, ",error,"), FAILED);
    assert_int_equal(desk_count(csv, "cooldown_s must be non-negative"), FAILED);
    text_cut(expected, sizeof expected, "error\n\"%s\",success,", best);
    assert_non_null(strstr(csv, expected));
    free(csv);
    char *bytes = read_file(room->desk, "top.json");
    json_error_t problem;
    json_t *json = json_loads(bytes, 0, &problem);
    assert_non_null(json);
    assert_string_equal(desk_word(json, "rows.0.job_id"), best);
    assert_string_equal(desk_word(json, "filter"), "trades>0");
    json_decref(json);
    free(bytes);
}

/* Goal: the way from a result to the session that runs: what speaks for and against it, a typed
 * reason where it must be, one y, and the session has other parameters. */
static void a_result_is_used(void **state)
{
    struct room *room = *state;
    struct terminal *terminal = &room->terminal;
    furnish(room);
    terminal_type(terminal, "9");
    terminal_expect(terminal, "16 results");
    terminal_type(terminal, "/min_spread=20 hold=off\r");
    terminal_expect(terminal, ": 1 of 16");
    terminal_type(terminal, "u");
    terminal_expect(terminal, "in this session?");
    terminal_expect(terminal, "min_spread_bps");
    terminal_expect(terminal, "!! so much speaks against it");
    terminal_type(terminal, "u");
    terminal_expect(terminal, "Why all the same?");
    terminal_type(terminal, "only a try\r");
    terminal_expect(terminal, "reason: only a try");
    terminal_wait(terminal, DEAF_MS);
    terminal_type(terminal, "y");
    terminal_expect(terminal, "revision 1");
    json_t *status = desk_status(room->desk);
    check_near(desk_number(status, "params.revision"), 1, 0);
    assert_non_null(strstr(desk_word(status, "params.origin"), "small/small_"));
    json_decref(status);
    stand_up(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_is_looked_through, enter, leave),
        cmocka_unit_test_setup_teardown(a_ranking_is_exported, enter, leave),
        cmocka_unit_test_setup_teardown(a_result_is_used, enter, leave),
    };
    return cmocka_run_group_tests_name("flow/results", tests, NULL, NULL);
}
