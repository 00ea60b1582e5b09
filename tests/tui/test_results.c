#include "desk_case.h"

#include <math.h>

/* What the keys do on the Results screen. */

/* Goal: the screen asks at once when it opens, about once a second after that, and not at all
 * while the view is frozen or another screen is on show. */
static void asks_for_what_it_shows(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    assert_int_equal(test->hand.asked_count[DESK_RANKING], 1);
    assert_int_equal(asked(test, DESK_RANKING)->session, 0);
    assert_int_equal(asked(test, DESK_RANKING)->count, RANKING_ROWS_MAX);
    assert_true(isnan(asked(test, DESK_RANKING)->drawdown_pct_max));
    hand_wait(&test->hand, 900);
    assert_int_equal(test->hand.asked_count[DESK_RANKING], 1);
    hand_wait(&test->hand, 100);
    assert_int_equal(test->hand.asked_count[DESK_RANKING], 2);
    type(test, " ");
    hand_wait(&test->hand, 5000);
    assert_int_equal(test->hand.asked_count[DESK_RANKING], 2);
    type(test, " 0");
    const int before = test->hand.asked_count[DESK_RANKING];
    hand_wait(&test->hand, 5000);
    assert_int_equal(test->hand.asked_count[DESK_RANKING], before);
    end(test);
}

/* Goal: o goes through every order and round, O turns it back, and both ask anew. */
static void sorts_by_each_order_in_turn(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    for (int i = 1; i <= RANKING_SORT_LAST + 1; i++) {
        type(test, "o");
        assert_int_equal(asked(test, DESK_RANKING)->sort, i % (RANKING_SORT_LAST + 1));
        assert_false(asked(test, DESK_RANKING)->backwards);
    }
    type(test, "O");
    assert_true(asked(test, DESK_RANKING)->backwards);
    type(test, "O");
    assert_false(asked(test, DESK_RANKING)->backwards);
    type(test, ":sort plateau\r");
    assert_int_equal(asked(test, DESK_RANKING)->sort, RANKING_BY_PLATEAU);
    type(test, ":sort beauty\r");
    assert_int_equal(asked(test, DESK_RANKING)->sort, RANKING_BY_PLATEAU);
    assert_non_null(strstr(test->hand.state.notice.text, "sort: PnL, drawdown"));
    end(test);
}

/* Goal: the selection follows the job and not the place. */
static void selection_follows_the_job(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9jj");
    assert_string_equal(row_job(test), "grid_0002");
    const struct ranking_row moved = test->archive->ranking.rows[2];
    test->archive->ranking.rows[2] = test->archive->ranking.rows[5];
    test->archive->ranking.rows[5] = moved;
    assert_string_equal(row_job(test), "grid_0002");
    type(test, "k");
    assert_string_equal(row_job(test), test->archive->ranking.rows[4].job);
    type(test, "kkkkkkkkkk");
    assert_string_equal(row_job(test), "grid_0005");
    end(test);
}

/* Goal: at the ends of a page the next one is asked for, its near end selected; G and g go to
 * the ends of the ranking. 450 rows are pages of 200, 200 and 50. */
static void turns_pages(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    struct ranking *ranking = &test->archive->ranking;
    ranking->kept = 450;
    type(test, "k"); /* above the first row is nothing */
    assert_int_equal(asked(test, DESK_RANKING)->offset, 0);
    ranking->count = RANKING_ROWS_MAX;
    for (int i = 0; i < ranking->count; i++) {
        snprintf(ranking->rows[i].job, sizeof ranking->rows[i].job, "job_%d", i);
    }
    for (int i = 0; i < RANKING_ROWS_MAX; i++) {
        type(test, "j");
    }
    assert_int_equal(asked(test, DESK_RANKING)->offset, 200);
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), 0);
    type(test, "k");
    assert_int_equal(asked(test, DESK_RANKING)->offset, 0);
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), 199);
    type(test, "G");
    assert_int_equal(asked(test, DESK_RANKING)->offset, 400);
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), 199);
    type(test, "o"); /* another order begins at its first row */
    assert_int_equal(asked(test, DESK_RANKING)->offset, 0);
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), 0);
    type(test, "Gg");
    assert_int_equal(asked(test, DESK_RANKING)->offset, 0);
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), 0);
    end(test);
}

static void filters_by_a_typed_line(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9/pnl>0 dd<5");
    assert_string_equal(asked(test, DESK_RANKING)->filter, ""); /* nothing before Enter */
    type(test, "\r");
    assert_string_equal(asked(test, DESK_RANKING)->filter, "pnl>0 dd<5");
    assert_true(says(test, "filter pnl>0 dd<5: 12 of 12"));
    snprintf(test->archive->ranking.filter_error, TUNING_TEXT_SIZE, "'x' is not a number");
    assert_true(says(test, "is left out: 'x' is not a number"));
    type(test, "/"); /* what is there can be changed */
    assert_string_equal(test->hand.state.dialog.fields[0].text, "pnl>0 dd<5");
    type(test, "\033"); /* Esc takes it away */
    assert_string_equal(asked(test, DESK_RANKING)->filter, "");
    assert_int_equal(test->hand.state.screen, SCREEN_RESULTS);
    type(test, ":filter trades>=30  fast\r");
    assert_string_equal(asked(test, DESK_RANKING)->filter, "trades>=30  fast");
    end(test);
}

/* Goal: a name is asked for; the order carries what is shown now. */
static void exports_what_is_shown(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9/dd<5\rooe");
    assert_int_equal(test->hand.ordered, 0);
    type(test, "top.csv\r");
    assert_int_equal(test->hand.ordered, 1);
    const struct desk_order *order = &test->hand.outbox.order;
    assert_int_equal(order->verb, DESK_EXPORT);
    assert_string_equal(order->path, "top.csv");
    assert_string_equal(order->ranking.filter, "dd<5");
    assert_int_equal(order->ranking.sort, RANKING_BY_TRADES);
    type(test, "e\033"); /* left alone */
    type(test, "e\r");   /* no name */
    assert_int_equal(test->hand.ordered, 1);
    type(test, ":export my file.json\r");
    assert_int_equal(test->hand.ordered, 2);
    assert_string_equal(test->hand.outbox.order.path, "my file.json");
    end(test);
}

/* Goal: Enter opens the job of the row, Esc and q come back to it; the ranking is asked again.
 */
static void opens_a_result_and_comes_back(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9j\r");
    assert_string_equal(asked(test, DESK_RESULT)->job, "grid_0006");
    assert_string_equal(asked(test, DESK_RESULT)->other, "");
    assert_true(says(test, "RESULT grid-small/grid_0006"));
    const int before = test->hand.asked_count[DESK_RANKING];
    type(test, "q");
    assert_int_equal(test->hand.state.browse.view, BROWSE_RANKING);
    assert_string_equal(row_job(test), "grid_0006");
    assert_true(test->hand.asked_count[DESK_RANKING] > before);
    type(test, "\033");
    assert_int_equal(test->hand.state.screen, SCREEN_LIVE);
    end(test);
}

/* Goal: while the desk still works something out it is asked again soon, else once a second. */
static void asks_again_while_something_is_worked_out(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9\r");
    const int before = test->hand.asked_count[DESK_RESULT];
    hand_wait(&test->hand, 250);
    assert_int_equal(test->hand.asked_count[DESK_RESULT], before);
    test->archive->result.working = true;
    snprintf(test->archive->result.run.profile, 16, "compat-d37");
    assert_true(says(test, "truth  is being worked out"));
    hand_wait(&test->hand, 250);
    assert_int_equal(test->hand.asked_count[DESK_RESULT], before + 1);
    end(test);
}

/* Goal: trades come a page at a time, as far as they are scrolled. 221 trades, pages of 100. */
static void scrolls_through_all_trades(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9\r\t");
    assert_true(test->hand.state.browse.trades);
    assert_int_equal(asked(test, DESK_RESULT)->offset, 0);
    for (int i = 0; i < 100; i++) {
        type(test, "j");
    }
    assert_int_equal(asked(test, DESK_RESULT)->offset, 100);
    type(test, "G");
    assert_int_equal(test->hand.state.browse.scroll, 220);
    assert_int_equal(asked(test, DESK_RESULT)->offset, 200);
    type(test, "g");
    assert_int_equal(asked(test, DESK_RESULT)->offset, 0);
    type(test, "\t");
    assert_false(test->hand.state.browse.trades);
    end(test);
}

/* Goal: two marks, the older makes room for a third; one mark compares with the cursor. */
static void compares_two_marked_rows(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9=");
    assert_int_equal(test->hand.state.browse.view, BROWSE_RANKING);
    assert_non_null(strstr(test->hand.state.notice.text, "v marks a row"));
    type(test, "vj=");
    assert_int_equal(test->hand.state.browse.view, BROWSE_COMPARE);
    assert_string_equal(asked(test, DESK_RESULT)->job, "grid_0005");
    assert_string_equal(asked(test, DESK_RESULT)->other, "grid_0006");
    type(test, "\033jv"); /* a third: the first leaves */
    assert_true(browse_is_marked(&test->hand.state.browse, "grid_0006"));
    assert_true(browse_is_marked(&test->hand.state.browse, "grid_0002"));
    assert_false(browse_is_marked(&test->hand.state.browse, "grid_0005"));
    type(test, "v"); /* the same key takes it away */
    assert_false(browse_is_marked(&test->hand.state.browse, "grid_0002"));
    assert_int_equal(test->hand.state.browse.marks_count, 1);
    end(test);
}

/* Goal: only what differs is listed of the parameters, and different data are no contest. */
static void comparing_tells_kinds_apart(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9vj=");
    assert_true(says(test, "baseline_tau_s"));
    assert_false(says(test, "min_spread_bps")); /* both 10 */
    assert_false(says(test, "DIFFERENT KINDS"));
    snprintf(test->archive->result.other.data_hash, 48, "xxh3-128:ff");
    assert_true(says(test, "DIFFERENT KINDS"));
    end(test);
}

/* Goal: the cursor begins at the job that was selected, moves by keys and arrows, stays inside,
 * and Enter opens the job of its cell, from where Esc comes back to the map. */
static void walks_over_the_map(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9jjh");
    const struct browse *browse = &test->hand.state.browse;
    assert_int_equal(browse->view, BROWSE_HEAT);
    assert_int_equal(browse->row, 0); /* grid_0002: spread 5, tau 3600 */
    assert_int_equal(browse->col, 1);
    type(test, "jl");
    assert_int_equal(browse->row, 1);
    assert_int_equal(browse->col, 2);
    type(test, "lll");
    assert_int_equal(browse->col, 2);
    hand_press(&test->hand, 0, PRESS_LEFT);
    type(test, "h");
    assert_int_equal(browse->col, 0);
    type(test, "\r");
    assert_string_equal(asked(test, DESK_RESULT)->job, "grid_0004");
    type(test, "\033");
    assert_int_equal(browse->view, BROWSE_HEAT);
    assert_int_equal(browse->row, 1);
    type(test, "Gl\r"); /* spread 20, tau 3600, then the hole beside it */
    assert_string_equal(asked(test, DESK_RESULT)->job, "grid_0011");
    type(test, "\033l\r");
    assert_int_equal(browse->view, BROWSE_HEAT);
    assert_non_null(strstr(test->hand.state.notice.text, "no result here"));
    end(test);
}

/* Goal: ] and [ go round the third axis; Tab goes round the pairs of axes, the later across. */
static void turns_the_map(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9h");
    assert_int_equal(test->hand.state.browse.row, 1); /* the first row: spread 10, tau 3600 */
    assert_int_equal(test->hand.state.browse.col, 1);
    type(test, "]");
    assert_int_equal(asked(test, DESK_HEAT)->third, 2); /* of two, from 1 */
    type(test, "]");
    assert_int_equal(asked(test, DESK_HEAT)->third, 1);
    type(test, "[");
    assert_int_equal(asked(test, DESK_HEAT)->third, 2);
    type(test, "t");
    assert_int_equal(asked(test, DESK_HEAT)->third, 1);
    type(test, "T");
    assert_int_equal(asked(test, DESK_HEAT)->third, 2);
    assert_int_equal(test->hand.state.screen, SCREEN_RESULTS);
    type(test, "\t"); /* from spread x tau to spread x hold */
    assert_string_equal(asked(test, DESK_HEAT)->y, "min_spread_bps");
    assert_string_equal(asked(test, DESK_HEAT)->x, "max_hold_s");
    assert_int_equal(asked(test, DESK_HEAT)->third, 0);
    hand_press(&test->hand, 0, PRESS_BACKTAB);
    assert_string_equal(asked(test, DESK_HEAT)->x, "baseline_tau_s");
    end(test);
}

/* Goal: < and > go through the sessions of the desk's list and forget what was selected. */
static void goes_through_sessions(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9jjv");
    struct tuning *tuning = mem_zalloc(sizeof *tuning);
    tuning->count = tuning->total = 3;
    for (int i = 0; i < 3; i++) {
        tuning->sessions[i].id = 7 - i; /* the ranking on show is of session 7 */
    }
    test->hand.world.tuning = tuning;
    type(test, ">");
    assert_int_equal(asked(test, DESK_RANKING)->session, 6);
    assert_int_equal(test->hand.state.browse.marks_count, 0);
    test->archive->ranking.session_id = 6;
    type(test, "<");
    assert_int_equal(asked(test, DESK_RANKING)->session, 7);
    test->archive->ranking.session_id = 7;
    type(test, "<");
    assert_int_equal(asked(test, DESK_RANKING)->session, 5);
    end(test);
    mem_free(tuning);
}

/* Goal: the last one started is on show until another is chosen or the screen is entered anew;
 * one that begins meanwhile, whose jobs have the same names, does not take its place. */
static void stays_with_the_session_on_show(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9jj\r");
    struct tuning *tuning = mem_zalloc(sizeof *tuning);
    test->hand.world.tuning = tuning;
    tuning->count = tuning->total = 2;
    tuning->sessions[0].id = 8; /* it has begun; what is on show is session 7 */
    tuning->sessions[1].id = 7;
    hand_wait(&test->hand, 1000);
    assert_int_equal(asked(test, DESK_RESULT)->session, 7);
    type(test, "h");
    assert_int_equal(asked(test, DESK_HEAT)->session, 7);
    type(test, "\033/pnl>0\r9");
    assert_int_equal(asked(test, DESK_RANKING)->session, 7);
    assert_string_equal(asked(test, DESK_RANKING)->filter, "pnl>0");
    type(test, "09");
    assert_int_equal(asked(test, DESK_RANKING)->session, 0);
    assert_string_equal(asked(test, DESK_RANKING)->filter, "");
    type(test, ">"); /* round to the one before */
    assert_int_equal(asked(test, DESK_RANKING)->session, 8);
    tuning->sessions[0].id = 9;
    type(test, "09");
    assert_int_equal(asked(test, DESK_RANKING)->session, 8);
    end(test);
    mem_free(tuning);
}

/* Goal: an answer about another session or another job is not shown as if it were of this. */
static void shows_no_answer_to_another_question(void **state)
{
    struct desk_case *test = begin(ARCHIVE_GOOD, "9");
    test->archive->ranking.query.session = 3;
    assert_int_equal(browse_selected(&test->hand.state, &test->hand.world), -1);
    assert_true(says(test, "reading the results"));
    test->archive->ranking.query.session = 0;
    type(test, "\r");
    snprintf(test->archive->result.query.job, TUNING_NAME_SIZE, "grid_0009");
    assert_true(says(test, "reading the results"));
    end(test);
}

static bool says_at(struct desk_case *test, int cols, const char *words)
{
    struct text got = text_growing();
    hand_draw(&test->hand, cols, 24, false, false, &got);
    const bool found = strstr(text_string(&got), words) != NULL;
    text_finish(&got);
    return found;
}

/* Goal: verdict, order and age come before hints and before the end of a long name, and a job
 * is named with its session, since jobs of all sessions have the same names. */
static void titles_say_what_matters(void **state)
{
    static const char LONG[] = "kimchi-premium-with-a-name-that-is-much-too-long-for-titles";
    struct desk_case *test = begin(ARCHIVE_DOUBTFUL, "9O");
    assert_true(says_at(test, 60, "grid-small  DOUBTFUL  by PnL, backwards"));
    snprintf(test->archive->ranking.session, TUNING_NAME_SIZE, LONG);
    snprintf(test->archive->result.session, TUNING_NAME_SIZE, LONG);
    for (int cols = 60; cols <= 200; cols++) {
        assert_true(says_at(test, cols, "  DOUBTFUL  by PnL, backwards "));
    }
    type(test, "\r");
    assert_true(
        says_at(test, 60, "RESULT kimchi-premium-with-a-\u2026/grid_0005  read 12s ago "));
    assert_true(says_at(test, 150, "-titles/grid_0005  read 12s ago "));
    assert_true(says_at(test, 150, " Tab trades  v mark  u use  Esc back "));
    end(test);
}

/* Goal: the kill switch comes first, in every view and while a line is typed. */
static void kills_from_every_view(void **state)
{
    static const char *const PLACES[] = {
        "9", "9\r", "9\r\t", "9vj=", "9h", "9u", "9/dd", "9etop"};
    for (size_t i = 0; i < LEN(PLACES); i++) {
        struct desk_case *test = begin(ARCHIVE_GOOD, PLACES[i]);
        print_message("# %s\n", PLACES[i]);
        type(test, "KK");
        assert_int_equal(hand_sent(&test->hand, COMMAND_KILL), 1);
        end(test);
    }
}

/* Goal: no key of this screen does anything elsewhere but say where it belongs. */
static void keys_belong_to_the_screen(void **state)
{
    static const char KEYS[] = "oO/v=heu";
    for (const char *key = KEYS; *key != '\0'; key++) {
        struct desk_case *test = begin(ARCHIVE_GOOD, "");
        hand_press(&test->hand, 0, (unsigned char)*key);
        assert_int_equal(test->hand.state.screen, SCREEN_LIVE);
        assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
        assert_non_null(strstr(test->hand.state.notice.text, "on the Results screen"));
        end(test);
    }
}

static void foreign_text_is_harmless(void **state)
{
    static const char *const PLACES[] = {"9", "9\r", "9\r\t", "9vj=", "9h", "9u"};
    static const char EVIL[] = "a\033[2J\x9b\n\xe2\x80\xae";
    for (size_t i = 0; i < LEN(PLACES); i++) {
        struct desk_case *test = begin(ARCHIVE_DOUBTFUL, "9");
        struct ranking *ranking = &test->archive->ranking;
        for (int row = 0; row < ranking->count; row++) {
            snprintf(ranking->rows[row].job, TUNING_NAME_SIZE, "%d%s", row, EVIL);
            memcpy(ranking->rows[row].error, EVIL, sizeof EVIL);
            memcpy(ranking->rows[row].params[0].name, EVIL, sizeof EVIL);
            memcpy(ranking->rows[row].params[0].value, EVIL, sizeof EVIL);
        }
        memcpy(ranking->session, EVIL, sizeof EVIL);
        memcpy(ranking->inert[0], EVIL, sizeof EVIL);
        memcpy(ranking->filter_error, EVIL, sizeof EVIL);
        memcpy(test->archive->heat.x_values[0], EVIL, sizeof EVIL);
        memcpy(test->archive->heat.held, EVIL, sizeof EVIL);
        memcpy(test->archive->result.evidence[0].text, EVIL, sizeof EVIL);
        memcpy(test->archive->result.note, EVIL, sizeof EVIL);
        type(test, PLACES[i]);
        struct text got = text_growing();
        hand_draw(&test->hand, 160, 48, false, false, &got);
        for (size_t at = 0; at < got.length; at++) {
            const unsigned char byte = (unsigned char)got.data[at];
            assert_true(byte == '\n' || (byte >= ' ' && byte != 127));
        }
        assert_null(strstr(text_string(&got), "\xe2\x80\xae"));
        text_finish(&got);
        end(test);
    }
}

/* Goal: every size from one cell up is drawn without a fault in every view. */
static void survives_every_size(void **state)
{
    static const char *const PLACES[] = {"9", "9\r", "9\r\t", "9vj=", "9hlj", "9u", "9/x"};
    for (size_t i = 0; i < LEN(PLACES); i++) {
        struct desk_case *test = begin(ARCHIVE_DOUBTFUL, PLACES[i]);
        for (int cols = 1; cols < 200; cols = cols * 3 / 2 + 1) {
            for (int rows = 1; rows < 60; rows = rows * 3 / 2 + 1) {
                struct text got = text_growing();
                hand_draw(&test->hand, cols, rows, rows % 2 == 0, false, &got);
                text_finish(&got);
            }
        }
        end(test);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_what_it_shows),
        cmocka_unit_test(sorts_by_each_order_in_turn),
        cmocka_unit_test(selection_follows_the_job),
        cmocka_unit_test(turns_pages),
        cmocka_unit_test(filters_by_a_typed_line),
        cmocka_unit_test(exports_what_is_shown),
        cmocka_unit_test(opens_a_result_and_comes_back),
        cmocka_unit_test(asks_again_while_something_is_worked_out),
        cmocka_unit_test(scrolls_through_all_trades),
        cmocka_unit_test(compares_two_marked_rows),
        cmocka_unit_test(comparing_tells_kinds_apart),
        cmocka_unit_test(walks_over_the_map),
        cmocka_unit_test(turns_the_map),
        cmocka_unit_test(goes_through_sessions),
        cmocka_unit_test(stays_with_the_session_on_show),
        cmocka_unit_test(titles_say_what_matters),
        cmocka_unit_test(shows_no_answer_to_another_question),
        cmocka_unit_test(kills_from_every_view),
        cmocka_unit_test(keys_belong_to_the_screen),
        cmocka_unit_test(foreign_text_is_harmless),
        cmocka_unit_test(survives_every_size),
    };
    return cmocka_run_group_tests_name("tui/results", tests, NULL, NULL);
}
