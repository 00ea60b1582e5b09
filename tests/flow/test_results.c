#include "room.h"

#include <stdlib.h>

/* The results of a finished tuning session browsed at a console, as a person does. */

enum { COLS = 110, ROWS = 32, JOBS = 16, FAILED = 8 };

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
    room_write_market(room->desk, "data.csv", 3600, 120);
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
    room_sit_down(room, COLS, ROWS);
}

/* The best of the session as the command line tells it. */
static void find_best(struct room *room, char job[64])
{
    run(room, "session aggregate --results-dir outputs/tuning/small --output-json sum.json");
    char *bytes = room_read(room, "sum.json");
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
    text_cut(expected, sizeof expected, "RESULT small/%s", best);
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
    terminal_expect(terminal, "RESULT small/small_");
    terminal_type(terminal, "qq");
    terminal_expect(terminal, "row 1 of 16");
    terminal_type(terminal, "gvjv=");
    terminal_expect(terminal, "COMPARE");
    terminal_expect(terminal, "trades closed");
    terminal_type(terminal, "qq0");
    room_stand_up(room);
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
    room_stand_up(room);
    char *csv = room_read(room, "top.csv");
    assert_int_equal(desk_count(csv, "\n"), 1 + JOBS);
    assert_int_equal(desk_count(csv, ",success,"), JOBS - FAILED);
    assert_int_equal(desk_count(csv, ",error,"), FAILED);
    assert_int_equal(desk_count(csv, "cooldown_s must be non-negative"), FAILED);
    text_cut(expected, sizeof expected, "error\n\"%s\",success,", best);
    assert_non_null(strstr(csv, expected));
    free(csv);
    char *bytes = room_read(room, "top.json");
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
    terminal_wait(terminal, ROOM_DEAF_MS);
    terminal_type(terminal, "y");
    terminal_expect(terminal, "revision 1");
    json_t *status = desk_status(room->desk);
    check_near(desk_number(status, "params.revision"), 1, 0);
    assert_non_null(strstr(desk_word(status, "params.origin"), "small/small_"));
    json_decref(status);
    room_stand_up(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_is_looked_through, room_enter, room_leave),
        cmocka_unit_test_setup_teardown(a_ranking_is_exported, room_enter, room_leave),
        cmocka_unit_test_setup_teardown(a_result_is_used, room_enter, room_leave),
    };
    return cmocka_run_group_tests_name("flow/results", tests, NULL, NULL);
}
