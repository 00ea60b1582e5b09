#include "hand.h"

#include "tui/dialog.h"

/* Goal: K K within two seconds kills from every screen and every dialog, and nothing else. */
static void kills_from_anywhere(void **state)
{
    static const struct {
        const char *where;
        const char *keys; /* to get there */
    } cases[] = {
        {"live", ""},       {"trades", "44"},   {"help", "?"},   {"zoomed", "z"},
        {"pause box", "P"}, {"close box", "c"}, {"frozen", " "}, {"command line", ":pa"},
        {"alerts", "66"},   {"risk", "55"},     {"system", "7"}, {"detail", "44\r"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        print_message("# %s\n", cases[i].where);
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 10, cases[i].keys);
        hand_press(&hand, 10, 'K');
        assert_int_equal(hand_sent(&hand, COMMAND_KILL), 0);
        hand_press(&hand, 1990, 'K');
        assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
        assert_int_equal(hand.outbox.commands_count, 1);
        assert_string_equal(hand.outbox.commands[0].operator_name, "jk");
    }
}

static void kills_inside_the_release_dialog(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 10, ":release\rsome");
    assert_int_equal(hand.state.dialog.kind, DIALOG_RELEASE);
    hand_type(&hand, 10, "KK");
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
}

/* Goal: the two K must be close together and with nothing in between. */
static void does_not_kill_by_accident(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, 'K');
    hand_press(&hand, 2001, 'K'); /* too late: this is a first one again */
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 0);
    hand_press(&hand, 100, 'j');
    hand_press(&hand, 100, 'K');
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 0);
    hand_press(&hand, 100, 'K');
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
}

/* Goal: after J, H or L within three seconds the shift lock may be on: a third K is wanted, and
 * said so. */
static void asks_for_a_third_k_under_caps_lock(void **state)
{
    static const uint32_t moves[] = {'J', 'H', 'L'};
    for (size_t i = 0; i < LEN(moves); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_press(&hand, 0, moves[i]);
        hand_press(&hand, 2900, 'K');
        assert_non_null(strstr(hand.state.notice.text, "CapsLock?"));
        hand_press(&hand, 100, 'K');
        assert_int_equal(hand_sent(&hand, COMMAND_KILL), 0);
        hand_press(&hand, 100, 'K');
        assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
    }
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, 'J');
    hand_press(&hand, 3001, 'K');
    hand_press(&hand, 100, 'K');
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
}

/* Goal: a box that costs names its target, hears nothing for 400 ms, and only y confirms. */
static void closes_a_trade_by_id_and_y_only(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, 'c');
    assert_non_null(strstr(hand.state.dialog.question, "Close trade 41 at"));
    assert_string_equal(hand.state.dialog.detail,
                        "BTC, long Upbit, short Binance, now -1.92 USD");
    hand_press(&hand, 399, 'y'); /* typed ahead */
    assert_int_equal(hand.state.dialog.kind, DIALOG_CONFIRM);
    hand_press(&hand, 100, PRESS_ENTER);
    hand_press(&hand, 100, 'c');
    hand_press(&hand, 100, ' ');
    assert_int_equal(hand.state.dialog.kind, DIALOG_CONFIRM);
    assert_int_equal(hand.outbox.commands_count, 0);
    hand_press(&hand, 100, 'y');
    assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
    assert_int_equal(hand_sent(&hand, COMMAND_CLOSE), 1);
    assert_int_equal(hand.outbox.commands[0].number, 41);
}

/* Goal: the list changes under the question; the trade that was asked about is the one meant.
 */
static void keeps_the_target_when_the_list_moves(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, 'c');
    hand.snapshot.positions[0].id = 99;
    hand_press(&hand, 500, 'y');
    assert_int_equal(hand.outbox.commands[0].number, 41);
}

static void says_no_on_n_escape_and_interrupt(void **state)
{
    static const uint32_t keys[] = {'n', PRESS_ESCAPE, PRESS_CONTROL('c')};
    for (size_t i = 0; i < LEN(keys); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 0, ":flatten\r");
        assert_int_equal(hand.state.dialog.kind, DIALOG_CONFIRM);
        hand_press(&hand, 500, keys[i]);
        assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
        assert_int_equal(hand.outbox.commands_count, 0);
        assert_false(hand.outbox.detach);
    }
}

/* Goal: pause asks one y, at once, and the next press means resume. */
static void pauses_and_resumes_with_one_y(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, "Py");
    assert_int_equal(hand_sent(&hand, COMMAND_PAUSE), 1);
    hand.snapshot.paused = true;
    hand_type(&hand, 1, "Py");
    assert_int_equal(hand_sent(&hand, COMMAND_RESUME), 1);
}

/* Goal: release wants the session's name, a reason, y, and three seconds of nothing. */
static void releases_by_name_and_reason_only(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release\rwrong\r");
    assert_int_equal(hand.state.dialog.stage, 0);
    hand_press(&hand, 1, PRESS_CONTROL('u'));
    hand_type(&hand, 1, "paper-20261120-2124\r");
    assert_int_equal(hand.state.dialog.stage, 1);
    hand_type(&hand, 1, "\r"); /* no reason yet */
    assert_int_equal(hand.state.dialog.stage, 1);
    hand_type(&hand, 1, "checked the books\r");
    assert_int_equal(hand.state.dialog.stage, RELEASE_STAGE_CONFIRM);
    hand_press(&hand, 100, 'y'); /* typed ahead */
    hand_press(&hand, 1000, PRESS_ENTER);
    assert_int_equal(hand.state.dialog.stage, RELEASE_STAGE_CONFIRM);
    hand_press(&hand, 1, 'y');
    hand_wait(&hand, 2999);
    assert_int_equal(hand.outbox.commands_count, 0);
    hand_wait(&hand, 1);
    assert_int_equal(hand_sent(&hand, COMMAND_RELEASE), 1);
    assert_string_equal(hand.outbox.commands[0].text, "paper-20261120-2124");
    assert_string_equal(hand.outbox.commands[0].reason, "checked the books");
}

/* Goal: what is typed behind the command counts as typed in the box: both, the name alone, or a
 * name that is another's; the question comes in every case. */
static void a_release_may_be_typed_in_one_line(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release paper-20261120-2124  checked the books\r");
    assert_int_equal(hand.state.dialog.stage, RELEASE_STAGE_CONFIRM);
    assert_int_equal(hand.outbox.commands_count, 0);
    hand_press(&hand, 1000, 'y');
    hand_wait(&hand, 3001);
    assert_int_equal(hand_sent(&hand, COMMAND_RELEASE), 1);
    assert_string_equal(hand.outbox.commands[0].text, "paper-20261120-2124");
    assert_string_equal(hand.outbox.commands[0].reason, "checked the books");

    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release paper-20261120-2124\r");
    assert_int_equal(hand.state.dialog.stage, 1);
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release wrong because I say so\r");
    assert_int_equal(hand.state.dialog.stage, 0);
    assert_string_equal(hand.state.dialog.detail, "'wrong' is not the name of this session");
}

static void any_key_cancels_a_release(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release\rpaper-20261120-2124\rok\r");
    hand_press(&hand, 500, 'y');
    assert_int_equal(hand.state.dialog.stage, RELEASE_STAGE_WAIT);
    hand_press(&hand, 2000, 'x');
    hand_wait(&hand, 5000);
    assert_int_equal(hand.outbox.commands_count, 0);
    assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
}

static void there_is_nothing_to_release_when_not_killed(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, ":release\r");
    assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
}

/* Goal: a frozen view thaws after two minutes or when a new HIGH alarm comes. */
static void thaws_by_itself(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, ' ');
    assert_true(hand.state.frozen);
    hand_wait(&hand, 119999);
    assert_true(hand.state.frozen);
    hand_wait(&hand, 1);
    assert_false(hand.state.frozen);

    hand_press(&hand, 0, ' ');
    hand.snapshot.alerts_high_unacked = 1;
    hand_wait(&hand, 1);
    assert_false(hand.state.frozen);
    assert_true(hand.outbox.bell);
    /* It is known now: freezing again holds. */
    hand_press(&hand, 0, ' ');
    hand_wait(&hand, 1000);
    assert_true(hand.state.frozen);
}

/* Goal: what is frozen looks as it did, however long one looks; the header goes on. */
static void a_frozen_view_does_not_grow_stale(void **state)
{
    static struct snapshot before;
    struct hand hand;
    struct text out = text_growing();
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, ' ');
    before = hand.snapshot;
    hand.world.shown = &before;
    hand.snapshot.day_usd = 77.0;
    hand_wait(&hand, 60000);
    hand_draw(&hand, 80, 24, false, false, &out);
    assert_non_null(strstr(text_string(&out), "VIEW FROZEN 60s"));
    assert_non_null(strstr(text_string(&out), "last 148,230,000"));
    assert_non_null(strstr(text_string(&out), "day +77.00"));
    assert_null(strstr(text_string(&out), "STALE"));
    text_finish(&out);
}

static void detaches_from_live_only_by_q(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, "44");
    assert_int_equal(hand.state.screen, SCREEN_TRADES);
    hand_type(&hand, 1, "q");
    assert_false(hand.outbox.detach);
    assert_int_equal(hand.state.screen, SCREEN_LIVE);
    hand_type(&hand, 1, "q");
    assert_true(hand.outbox.detach);

    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, "44Q");
    assert_true(hand.outbox.detach);
}

static void interrupts_twice_within_a_second(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, PRESS_CONTROL('c'));
    hand_press(&hand, 1001, PRESS_CONTROL('c'));
    assert_false(hand.outbox.detach);
    hand_press(&hand, 1000, PRESS_CONTROL('c'));
    assert_true(hand.outbox.detach);
    assert_int_equal(hand.outbox.commands_count, 0);
}

/* Goal: a paste presses no keys; in a text field it is text, without its control characters. */
static void drops_pastes_outside_text_fields(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_press(&hand, 0, PRESS_PASTE_START);
    hand_type(&hand, 0, "KKPyq");
    hand_press(&hand, 0, PRESS_PASTE_END);
    assert_int_equal(hand.outbox.commands_count, 0);
    assert_false(hand.outbox.detach);
    assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);

    hand_press(&hand, 0, ':');
    hand_press(&hand, 0, PRESS_PASTE_START);
    hand_type(&hand, 0, "pa\rKKuse");
    hand_press(&hand, 0, PRESS_PASTE_END);
    assert_string_equal(hand.state.dialog.fields[0].text, "paKKuse");
    assert_int_equal(hand.outbox.commands_count, 0);

    /* A paste whose end is lost does not swallow the keyboard for ever. */
    hand_press(&hand, 0, PRESS_PASTE_START);
    hand_press(&hand, 1001, PRESS_ESCAPE);
    assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
}

static void a_read_only_console_sends_nothing(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.world.read_only = true;
    hand_type(&hand, 1, "KKPyaA:hold\r");
    assert_int_equal(hand.outbox.commands_count, 0);
    assert_non_null(strstr(hand.state.notice.text, "read-only"));
}

/* Goal: a console beside another one throws the kill switch and does nothing else. */
static void a_second_console_only_kills(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand.snapshot.read_only = true;
    hand_type(&hand, 1, "PyaA:hold\r");
    assert_int_equal(hand.outbox.commands_count, 0);
    hand_type(&hand, 1, "KK");
    assert_int_equal(hand.outbox.commands_count, 1);
    assert_int_equal(hand_sent(&hand, COMMAND_KILL), 1);
}

/* Goal: the cursor follows the id of an alarm, not its row. */
static void acknowledges_by_id(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_ALARMS);
    hand_type(&hand, 1, "6jj"); /* the third row: id 3 */
    const struct snapshot_alert first = hand.snapshot.alerts[0];
    hand.snapshot.alerts[0] = hand.snapshot.alerts[2];
    hand.snapshot.alerts[2] = first;
    hand_type(&hand, 1, "a");
    assert_int_equal(hand_sent(&hand, COMMAND_ACK), 1);
    assert_int_equal(hand.outbox.commands[0].number, 3);
    hand_type(&hand, 1, ":shelve 5\r");
    assert_int_equal(hand.outbox.commands[1].kind, COMMAND_SHELVE);
    check_near(hand.outbox.commands[1].value, 300.0, 0.0);
    hand_type(&hand, 1, ":shelve 61\r");
    assert_int_equal(hand.outbox.commands_count, 2);
}

static void jumps_to_the_next_new_alarm(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_ALARMS); /* rows 6 and 13 are shelved */
    hand_type(&hand, 1, "6jjjjj!");
    assert_int_equal(hand.state.alert_id, 8);
}

static void asks_for_pages_of_its_screen(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_wait(&hand, 5000);
    assert_false(hand.outbox.asks);
    hand_type(&hand, 1, "44");
    assert_true(hand.outbox.asks);
    assert_int_equal(hand.outbox.query.kind, PAGE_TRADES);
    assert_int_equal(hand.outbox.query.id, 0);
    hand_type(&hand, 1, "j\r");
    hand_wait(&hand, 1);
    assert_int_equal(hand.outbox.query.id, 40);
}

/* Goal: the cursor can go to the end of the longest page and is seen there. */
static void shows_the_selection_of_a_long_page(void **state)
{
    static struct page page;
    struct hand hand;
    struct text out = text_growing();
    hand_init(&hand, FIXTURE_ALARMS);
    page.query.kind = PAGE_ALERTS;
    page.count = page.total = PAGE_ROWS_MAX;
    for (uint32_t i = 0; i < PAGE_ROWS_MAX; i++) {
        page.alerts[i] = hand.snapshot.alerts[0];
        page.alerts[i].id = i + 1;
        page.alerts[i].count = (int32_t)i + 1;
    }
    hand.world.pages[PAGE_ALERTS] = &page;
    hand_type(&hand, 1, "66G");
    assert_int_equal(hand.state.alert_id, PAGE_ROWS_MAX);
    hand_draw(&hand, 80, 24, true, false, &out);
    assert_non_null(strstr(text_string(&out), "x200 new"));
    assert_null(strstr(text_string(&out), "x1 new"));
    text_finish(&out);
}

/* Goal: history and completion of the command line. */
static void completes_and_recalls_commands(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, ":speed 600\r:spe\t");
    assert_string_equal(hand.state.dialog.fields[0].text, "speed");
    hand_press(&hand, 1, PRESS_UP);
    assert_string_equal(hand.state.dialog.fields[0].text, "speed 600");
    hand_press(&hand, 1, PRESS_DOWN);
    assert_string_equal(hand.state.dialog.fields[0].text, "");
    check_near(hand.outbox.commands[0].value, 600.0, 0.0);
    hand_type(&hand, 1, "nonsense\r");
    assert_non_null(strstr(hand.state.notice.text, "'nonsense'"));
}

/* Goal: an answer is text of the session and passes no control character on. */
static void shows_answers_safely(void **state)
{
    struct hand hand;
    struct command_result result = {.done = false, .text = "no\033]0;x\a way"};
    hand_init(&hand, FIXTURE_NORMAL);
    state_answer(&hand.state, &result, hand.world.now_ns);
    assert_non_null(strstr(hand.state.notice.text, "refused: no"));
    assert_null(strchr(hand.state.notice.text, '\033'));
    assert_null(strchr(hand.state.notice.text, '\a'));
}

/* Goal: whatever is pressed, at any size, draws without leaving the canvas (ASan looks on). */
static void survives_random_keys_at_random_sizes(void **state)
{
    uint64_t seed = 7;
    struct hand hand;
    for (int round = 0; round < 60; round++) {
        hand_init(&hand, (enum fixture)(round % 5));
        for (int i = 0; i < 60; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const uint32_t pick = (uint32_t)(seed >> 40);
            hand_press(&hand, (int)(pick % 700),
                       pick % 5 == 0 ? PRESS_UP + pick % 14 : pick % 128);
        }
        struct text out = text_growing();
        hand_draw(&hand, 1 + (int)(seed >> 33) % 200, 1 + (int)(seed >> 50) % 60, round % 2,
                  false, &out);
        text_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kills_from_anywhere),
        cmocka_unit_test(kills_inside_the_release_dialog),
        cmocka_unit_test(does_not_kill_by_accident),
        cmocka_unit_test(asks_for_a_third_k_under_caps_lock),
        cmocka_unit_test(closes_a_trade_by_id_and_y_only),
        cmocka_unit_test(keeps_the_target_when_the_list_moves),
        cmocka_unit_test(says_no_on_n_escape_and_interrupt),
        cmocka_unit_test(pauses_and_resumes_with_one_y),
        cmocka_unit_test(releases_by_name_and_reason_only),
        cmocka_unit_test(a_release_may_be_typed_in_one_line),
        cmocka_unit_test(any_key_cancels_a_release),
        cmocka_unit_test(there_is_nothing_to_release_when_not_killed),
        cmocka_unit_test(thaws_by_itself),
        cmocka_unit_test(a_frozen_view_does_not_grow_stale),
        cmocka_unit_test(detaches_from_live_only_by_q),
        cmocka_unit_test(interrupts_twice_within_a_second),
        cmocka_unit_test(drops_pastes_outside_text_fields),
        cmocka_unit_test(a_read_only_console_sends_nothing),
        cmocka_unit_test(a_second_console_only_kills),
        cmocka_unit_test(acknowledges_by_id),
        cmocka_unit_test(jumps_to_the_next_new_alarm),
        cmocka_unit_test(asks_for_pages_of_its_screen),
        cmocka_unit_test(shows_the_selection_of_a_long_page),
        cmocka_unit_test(completes_and_recalls_commands),
        cmocka_unit_test(shows_answers_safely),
        cmocka_unit_test(survives_random_keys_at_random_sizes),
    };
    return cmocka_run_group_tests_name("tui/state", tests, NULL, NULL);
}
