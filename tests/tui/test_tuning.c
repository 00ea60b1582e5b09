#include "sessions.h"

#include "base/mem.h"
#include "tui/form.h"

/* What the keys do on the Tuning screen and in its form. */

struct tuning_case {
    struct hand hand;
    struct sessions *sessions;
};

static struct tuning_case *begin(enum sessions_kind kind, const char *keys)
{
    struct tuning_case *test = mem_zalloc(sizeof *test);
    hand_init(&test->hand, FIXTURE_NORMAL);
    test->sessions = sessions_create(&test->hand, kind);
    sessions_type(test->sessions, &test->hand, keys);
    return test;
}

static void end(struct tuning_case *test)
{
    mem_free(test->sessions);
    mem_free(test);
}

static void type(struct tuning_case *test, const char *keys)
{
    sessions_type(test->sessions, &test->hand, keys);
}

static bool says(struct tuning_case *test, const char *words)
{
    struct text got = text_growing();
    hand_draw(&test->hand, 100, 30, false, false, &got);
    const bool found = strstr(text_string(&got), words) != NULL;
    text_finish(&got);
    return found;
}

static const struct desk_order *ordered(const struct tuning_case *test)
{
    return test->hand.ordered > 0 ? &test->hand.outbox.order : NULL;
}

/* Goal: the question names the session the cursor was on, and y stops that one, wherever it
 * stands by then. */
static void stops_the_one_it_asked_about(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8x");
    assert_true(says(test, "Stop tuning session thousand?"));
    assert_true(says(test, "512 of 1,000 jobs are done and stay"));
    struct tuning_session *sessions = test->sessions->tuning.sessions;
    const struct tuning_session first = sessions[0];
    sessions[0] = sessions[1];
    sessions[1] = first;
    type(test, "y");
    assert_non_null(ordered(test));
    assert_int_equal(ordered(test)->verb, DESK_STOP);
    assert_int_equal(ordered(test)->session, SESSIONS_RUNNING_ID);
    assert_int_equal(test->hand.ordered, 1);
    end(test);
}

/* Goal: a stop is deaf at first, and nothing but y does it. */
static void stops_by_y_alone(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8x");
    test->hand.state.dialog.opened_ns = test->hand.world.now_ns;
    hand_press(&test->hand, 100, 'y');
    assert_null(ordered(test));
    type(test, "\rx ");
    assert_null(ordered(test));
    type(test, "n");
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    type(test, "y");
    assert_null(ordered(test));
    end(test);
}

/* Goal: the cursor stays with its session when another one comes on top of the list. */
static void the_selection_follows_its_session(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8j");
    assert_int_equal(test->hand.state.tuning_id, SESSIONS_INTERRUPTED_ID);
    struct tuning *tuning = &test->sessions->tuning;
    memmove(&tuning->sessions[1], &tuning->sessions[0], 3 * sizeof tuning->sessions[0]);
    tuning->sessions[0].id = 9;
    tuning->count = 4;
    type(test, "R");
    assert_true(says(test, "Go on with tuning session overnight? 24,228 jobs to do."));
    type(test, "y");
    assert_int_equal(ordered(test)->verb, DESK_RESUME);
    assert_int_equal(ordered(test)->session, SESSIONS_INTERRUPTED_ID);
    end(test);
}

/* Goal: what makes no sense is said and not asked. */
static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        enum sessions_kind kind;
        const char *keys, *words;
    } cases[] = {
        {SESSIONS_RUNNING, "8R", "session thousand is running"},
        {SESSIONS_RUNNING, "8jx", "session overnight is not running"},
        {SESSIONS_RUNNING, "8jjR", "session quick has all its results"},
        {SESSIONS_EMPTY, "8x", "choose a session on the Tuning screen"},
        {SESSIONS_RUNNING, "x", "choose a session on the Tuning screen"},
        {SESSIONS_RUNNING, "8:tune-start\r", "choose a session file first"},
        {SESSIONS_RUNNING, "8nR", "choose a session on the Tuning screen"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct tuning_case *test = begin(cases[i].kind, cases[i].keys);
        print_message("# %s\n", cases[i].words);
        assert_true(says(test, cases[i].words));
        assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
        assert_null(ordered(test));
        end(test);
    }
}

/* Goal: a console that may only look, or has no desk, starts and stops nothing. */
static void looking_is_not_touching(void **state)
{
    for (int way = 0; way < 3; way++) {
        struct tuning_case *test = begin(SESSIONS_RUNNING, "8");
        test->hand.world.read_only = way == 0;
        test->hand.snapshot.read_only = way == 1;
        test->hand.world.has_desk = way != 2;
        type(test, "xy");
        type(test, "jRy");
        type(test, "n\rsy");
        assert_null(ordered(test));
        assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
        assert_true(says(test, way == 2 ? "no desk" : "read-only"));
        end(test);
    }
}

/* Goal: a file, an axis, a number of threads and pruning go into the order as they were set. */
static void the_form_orders_what_it_shows(void **state)
{
    struct tuning_case *test = begin(SESSIONS_EMPTY, "8n");
    assert_true(says(test, "configs/tuning/thousand.yaml"));
    type(test, "\r");
    assert_true(says(test, "24 jobs"));
    type(test, "\r\x15slow\r");
    type(test, "j\r, 30\rj");
    assert_true(says(test, "48 jobs"));
    type(test, "G\rk\r2\r");
    assert_true(says(test, "changed"));
    type(test, "s");
    assert_true(says(test, "Start session slow: 48 jobs?"));
    assert_int_equal(test->hand.state.dialog.class, ACTION_REVERSIBLE);
    type(test, "y");
    const struct desk_order *order = ordered(test);
    assert_non_null(order);
    assert_int_equal(order->verb, DESK_START);
    assert_string_equal(order->edits.path, "configs/tuning/quick.yaml");
    assert_string_equal(order->edits.name, "slow");
    assert_int_equal(order->edits.count, 1);
    assert_string_equal(order->edits.axes[0].axis, "min_spread_bps");
    assert_string_equal(order->edits.axes[0].values, "0, 2, 5, 10, 15, 20, 30");
    assert_int_equal(order->edits.parallel, 2);
    assert_true(order->edits.prune);
    assert_false(test->hand.state.form.open);
    end(test);
}

/* Goal: results that would be replaced are named in a question that is deaf at first. */
static void replacing_results_is_asked_like_a_loss(void **state)
{
    struct tuning_case *test = begin(SESSIONS_EMPTY, "8n\rs");
    assert_int_equal(test->hand.state.dialog.class, ACTION_COSTS);
    assert_true(says(test, "outputs/tuning/quick is there already"));
    assert_true(says(test, "its results would be replaced"));
    end(test);
}

/* Goal: nothing is started that has not been counted, or that has a mistake. */
static void starts_only_what_was_counted(void **state)
{
    struct tuning_case *test = begin(SESSIONS_EMPTY, "8n\rj\r\x15"
                                                     "1, abc\rs");
    assert_true(says(test, "not started: min_spread_bps: '1, abc' is no value for it"));
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    /* What the file says comes back when nothing is typed. */
    type(test, "\r\x15\r");
    assert_int_equal(test->hand.state.form.edits.count, 0);
    assert_true(says(test, "0, 2, 5, 10, 15, 20"));
    /* Keys without an answer between them. */
    hand_type(&test->hand, 1, "\r, 30\rs");
    assert_true(says(test, "counting the jobs"));
    assert_int_equal(test->hand.state.dialog.kind, DIALOG_NONE);
    end(test);
}

/* Goal: Esc goes back a step at a time and changes nothing; the form waits while other screens
 * are looked at. */
static void escapes_step_by_step(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8n\rj\r, 30");
    assert_true(test->hand.state.form.typing);
    type(test, "\x1b");
    assert_false(test->hand.state.form.typing);
    assert_int_equal(test->hand.state.form.edits.count, 0);
    type(test, "0");
    assert_int_equal(test->hand.state.screen, SCREEN_LIVE);
    type(test, "8");
    assert_true(form_is_shown(&test->hand.state));
    assert_true(test->hand.state.form.chosen);
    type(test, "\x1b");
    assert_false(test->hand.state.form.chosen);
    type(test, "q");
    assert_false(test->hand.state.form.open);
    assert_int_equal(test->hand.state.screen, SCREEN_TUNING);
    end(test);
}

/* Goal: another file is typed by its path, or named behind the command; blanks belong to it. */
static void takes_a_path(void **state)
{
    static const char *const ways[] = {"8nG\rmy files/quick.yml\r",
                                       ":tune my files/quick.yml\r"};
    for (size_t i = 0; i < LEN(ways); i++) {
        struct tuning_case *test = begin(SESSIONS_EMPTY, ways[i]);
        assert_string_equal(test->hand.state.form.edits.path, "my files/quick.yml");
        assert_true(says(test, "24 jobs"));
        end(test);
    }
}

/* Goal: K K in a field of the form kills and leaves no letter; a paste is typed into it. */
static void the_cord_works_in_the_form(void **state)
{
    struct tuning_case *test = begin(SESSIONS_EMPTY, "8nG\rpath");
    hand_type(&test->hand, 10, "KK");
    assert_int_equal(hand_sent(&test->hand, COMMAND_KILL), 1);
    assert_string_equal(test->hand.state.form.field.text, "path");
    hand_press(&test->hand, 10, PRESS_PASTE_START);
    hand_type(&test->hand, 1, "/x");
    hand_press(&test->hand, 1, PRESS_PASTE_END);
    assert_string_equal(test->hand.state.form.field.text, "path/x");
    end(test);
}

/* Goal: figures that are not renewed are said to be old after two seconds. */
static void old_figures_look_old(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8");
    assert_true(says(test, "as of 0.4 s ago"));
    hand_wait(&test->hand, 1600); /* 2 s in all */
    assert_true(says(test, "as of 2.0 s ago"));
    hand_wait(&test->hand, 1);
    assert_true(says(test, "NO ANSWER for 2.0s"));
    assert_false(says(test, "as of"));
    end(test);
}

/* Goal: Enter opens the results of that session. */
static void enter_opens_results(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8jj\r");
    assert_int_equal(test->hand.state.screen, SCREEN_RESULTS);
    assert_int_equal(test->hand.asked[DESK_RANKING].ranking.session, SESSIONS_DONE_ID);
    end(test);
}

/* Goal: names and reasons from outside cannot steer the terminal. */
static void foreign_text_is_harmless(void **state)
{
    struct tuning_case *test = begin(SESSIONS_FAILED, "8");
    snprintf(test->sessions->tuning.sessions[0].name, TUNING_NAME_SIZE, "a\033[31mb\x9b");
    test->sessions->tuning.sessions[0].state = TUNING_RUNNING;
    type(test, "x");
    struct text got = text_growing();
    hand_draw(&test->hand, 100, 30, false, false, &got);
    for (size_t i = 0; i < got.length; i++) {
        const unsigned char byte = (unsigned char)got.data[i];
        assert_true(byte == '\n' || (byte >= ' ' && byte != 127));
    }
    assert_non_null(strstr(text_string(&got), "Stop tuning session a\\x1b[31mb"));
    text_finish(&got);
    end(test);
}

/* Goal: a list that is not all of them says so; the end of a session is not told twice, and one
 * of another day has a date. */
static void says_what_the_list_leaves_out(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8");
    struct tuning *tuning = &test->sessions->tuning;
    assert_false(says(test, "below"));
    tuning->total = 205;
    assert_true(says(test, "8 TUNING 205 sessions, the last 3 below"));
    struct tuning_session *session = &tuning->sessions[0];
    session->state = TUNING_INTERRUPTED;
    session->ended_wall_ns = session->started_wall_ns + INT64_C(5000000000);
    snprintf(session->end_reason, sizeof session->end_reason, "interrupted");
    assert_true(says(test, "thousand  interrupted after 5.0s, started 21:23"));
    snprintf(session->end_reason, sizeof session->end_reason, "its runner died");
    assert_true(says(test, "thousand  interrupted: its runner died after 5.0s"));
    session->started_wall_ns -= INT64_C(86400000000000);
    assert_true(says(test, ", started 2026-11-19 21:23"));
    end(test);
}

/* Goal: a stray letter on a screen without alarms acknowledges none of them unseen. */
static void acknowledges_no_alarm_unseen(void **state)
{
    struct tuning_case *test = begin(SESSIONS_DONE, "8aAm9aAm");
    assert_int_equal(test->hand.outbox.commands_count, 0);
    assert_string_equal(test->hand.state.notice.text, "shelve: where alarms are seen, 0 or 66");
    type(test, "0a");
    assert_int_equal(hand_sent(&test->hand, COMMAND_ACK), 1);
    end(test);
}

/* Goal: whoever looks into one file after the other goes on where he was. */
static void leaves_a_file_where_it_stands(void **state)
{
    struct tuning_case *test = begin(SESSIONS_EMPTY, "8njj\r");
    assert_true(test->hand.state.form.chosen);
    type(test, "\033");
    assert_false(test->hand.state.form.chosen);
    assert_int_equal(test->hand.state.form.row, 2);
    type(test, "\033");
    assert_false(test->hand.state.form.open);
    end(test);
}

/* Goal: the list is young when its runner tells nothing: then pace and what is left are not
 * told as if they were of now. */
static void tells_of_a_silent_runner(void **state)
{
    struct tuning_case *test = begin(SESSIONS_RUNNING, "8");
    struct tuning *tuning = &test->sessions->tuning;
    struct tuning_session *session = &tuning->sessions[0];
    session->told_wall_ns = tuning->made_wall_ns - INT64_C(9000000000);
    assert_true(says(test, "thousand  running for 62s, pid "));
    assert_false(says(test, "NO WORD"));
    assert_true(says(test, " 59s "));
    session->told_wall_ns = tuning->made_wall_ns - INT64_C(14000000000);
    assert_true(says(test, ", NO WORD from it for 14s"));
    assert_true(says(test, "silent"));
    assert_false(says(test, " 59s "));
    session->state = TUNING_DONE;
    assert_false(says(test, "NO WORD"));
    end(test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_the_one_it_asked_about),
        cmocka_unit_test(stops_by_y_alone),
        cmocka_unit_test(the_selection_follows_its_session),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(looking_is_not_touching),
        cmocka_unit_test(the_form_orders_what_it_shows),
        cmocka_unit_test(replacing_results_is_asked_like_a_loss),
        cmocka_unit_test(starts_only_what_was_counted),
        cmocka_unit_test(escapes_step_by_step),
        cmocka_unit_test(takes_a_path),
        cmocka_unit_test(the_cord_works_in_the_form),
        cmocka_unit_test(old_figures_look_old),
        cmocka_unit_test(enter_opens_results),
        cmocka_unit_test(foreign_text_is_harmless),
        cmocka_unit_test(says_what_the_list_leaves_out),
        cmocka_unit_test(acknowledges_no_alarm_unseen),
        cmocka_unit_test(leaves_a_file_where_it_stands),
        cmocka_unit_test(tells_of_a_silent_runner),
    };
    return cmocka_run_group_tests_name("tui/tuning", tests, NULL, NULL);
}
