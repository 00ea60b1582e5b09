#include "hand.h"

#include "tui/dialog.h"

static void expect_drawn(struct hand *hand, const char *words)
{
    struct text got = text_growing();
    hand_draw(hand, 80, 24, false, false, &got);
    if (strstr(text_string(&got), words) == NULL) {
        print_error("'%s' is not in\n%s\n", words, text_string(&got));
        fail();
    }
    text_finish(&got);
}

/* Goal: the alarm cord leaves no trace in what was being typed; a K by itself is a letter. */
static void a_kill_is_not_typed(void **state)
{
    static const struct {
        const char *keys, *left;
    } cases[] = {
        {":paKK", "pa"}, {":KK", ""}, {":KaK", "KaK"}, {":LKKK", "L"}, /* the shift lock */
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        print_message("# %s\n", cases[i].keys);
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 10, cases[i].keys);
        assert_int_equal(hand_sent(&hand, COMMAND_KILL), strstr(cases[i].keys, "KK") != NULL);
        assert_int_equal(hand.state.dialog.kind, DIALOG_COMMAND);
        assert_string_equal(hand.state.dialog.fields[0].text, cases[i].left);
    }
}

/* Goal: a wrong name is said where it was typed, and may be typed again from nothing. */
static void a_wrong_name_is_said_in_the_box(void **state)
{
    struct hand hand;
    hand_init(&hand, FIXTURE_KILL);
    hand_type(&hand, 1, ":release\rwrong\r");
    assert_int_equal(hand.state.dialog.stage, 0);
    assert_string_equal(hand.state.dialog.fields[0].text, "");
    expect_drawn(&hand, "'wrong' is not the name of this session");
    hand_type(&hand, 1, "paper-20261120-2124\r");
    assert_int_equal(hand.state.dialog.stage, 1);
    assert_string_equal(hand.state.dialog.detail, "");
    hand_type(&hand, 1, "\r");
    expect_drawn(&hand, "a reason is needed; it is journaled");
}

/* Goal: q closes what lies on top; a pane alone lies on top. */
static void q_closes_a_pane_alone_first(void **state)
{
    static const char *const ways[] = {"22", "z", ":binance\r"};
    for (size_t i = 0; i < LEN(ways); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 1, ways[i]);
        assert_true(hand.state.zoomed);
        expect_drawn(&hand, "q back");
        hand_type(&hand, 1, "q");
        assert_false(hand.state.zoomed);
        assert_false(hand.outbox.detach);
        expect_drawn(&hand, "q detach");
        hand_type(&hand, 1, "q");
        assert_true(hand.outbox.detach);
    }
}

static void names_the_trade_that_is_not_open(void **state)
{
    static const struct {
        const char *keys, *said;
    } cases[] = {
        {":close 99999\r", "trade 99999 is not open"},
        {":close 40\r", "trade 40 is not open"},
        {":close x\r", "'x' is no trade's number"},
        {":close 0\r", "'0' is no trade's number"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 1, cases[i].keys);
        assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
        assert_string_equal(hand.state.notice.text, cases[i].said);
    }
    struct hand hand;
    hand_init(&hand, FIXTURE_NORMAL);
    hand_type(&hand, 1, ":close 41\r");
    assert_int_equal(hand.state.dialog.command.number, 41);
}

/* Goal: a picture of the screen is asked for by either name, and needs a file. */
static void asks_for_a_picture(void **state)
{
    static const char *const names[] = {":snap /tmp/a.screen\r", ":w /tmp/a.screen\r"};
    for (size_t i = 0; i < LEN(names); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 1, names[i]);
        assert_string_equal(hand.outbox.snap_path, "/tmp/a.screen");
        hand_init(&hand, FIXTURE_NORMAL);
        hand_type(&hand, 1, ":w\r");
        assert_string_equal(hand.outbox.snap_path, "");
        assert_string_equal(hand.state.notice.text, "w: the name of a file is needed");
    }
}

/* Goal: what is being typed is seen at every size, both fields wherever there are two rows. */
static void small_screens_show_the_fields(void **state)
{
    static const struct {
        int cols, rows;
        const char *name, *reason, *other, *question;
    } cases[] = {
        {30, 6, "name paper-20261120-2124_\n", "reason checked it twice_\n",
         "name paper-20261120-2124\n", "y releases after three se\u2026"},
        {30, 2, "name paper-20261120-2124_\n", "reason checked it twice_\n",
         "name paper-20261120-2124\n", "y releases after three se\u2026"},
        {28, 1, "name aper-20261120-2124_\n", "reason checked it twice_\n", "",
         "y releases after three \u2026"},
        {80, 24, "session name paper-20261120-2124_", "reason       checked it twice_",
         "session name paper-20261120-2124 ", "y releases after three seconds, n does not"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hand hand;
        struct text got = text_growing();
        hand_init(&hand, FIXTURE_KILL);
        hand_type(&hand, 1, ":release\rpaper-20261120-2124");
        hand_draw(&hand, cases[i].cols, cases[i].rows, false, false, &got);
        assert_non_null(strstr(text_string(&got), cases[i].name));
        assert_true(cases[i].rows == 1 || strstr(text_string(&got), "reason") != NULL);
        text_finish(&got);
        got = text_growing();
        hand_type(&hand, 1, "\rchecked it twice");
        hand_draw(&hand, cases[i].cols, cases[i].rows, false, false, &got);
        assert_non_null(strstr(text_string(&got), cases[i].reason));
        assert_non_null(strstr(text_string(&got), cases[i].other));
        text_finish(&got);
        got = text_growing();
        hand_type(&hand, 1, "\r");
        hand_draw(&hand, cases[i].cols, cases[i].rows, false, false, &got);
        assert_non_null(strstr(text_string(&got), cases[i].question));
        text_finish(&got);
    }
}

/* Goal: who may only look is told so at every size, and before a question is asked. */
static void a_read_only_console_asks_nothing(void **state)
{
    static const char *const keys[] = {"P",         "c",          ":close 41\r", ":arm\r",
                                       ":disarm\r", ":flatten\r", ":release\r",  ":quit\r"};
    for (size_t i = 0; i < 2 * LEN(keys); i++) {
        struct hand hand;
        hand_init(&hand, FIXTURE_KILL);
        hand.world.read_only = i % 2 == 0;
        hand.snapshot.read_only = i % 2 == 1;
        hand_type(&hand, 1, keys[i / 2]);
        assert_int_equal(hand.state.dialog.kind, DIALOG_NONE);
        assert_false(hand.state.quitting);
        assert_int_equal(strncmp(hand.state.notice.text, "read-only console: ", 19), 0);
    }
}

static void a_read_only_console_says_so(void **state)
{
    static const struct {
        int cols, rows;
    } sizes[] = {{160, 48}, {80, 24}, {60, 16}, {40, 40}};
    for (size_t i = 0; i < 3 * LEN(sizes); i++) {
        struct hand hand;
        struct text got = text_growing();
        hand_init(&hand, FIXTURE_KILL);
        hand.world.read_only = i % 3 == 1;
        hand.snapshot.read_only = i % 3 == 2;
        hand_draw(&hand, sizes[i / 3].cols, sizes[i / 3].rows, false, false, &got);
        const char *screen = text_string(&got);
        assert_int_equal(strstr(screen, "read-only") != NULL, i % 3 != 0);
        assert_int_equal(strstr(screen, "K K KILL") != NULL, i % 3 != 1);
        assert_int_equal(strstr(screen, "P pause") != NULL, i % 3 == 0 && i / 3 < 3);
        text_finish(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_is_not_typed),
        cmocka_unit_test(a_wrong_name_is_said_in_the_box),
        cmocka_unit_test(q_closes_a_pane_alone_first),
        cmocka_unit_test(names_the_trade_that_is_not_open),
        cmocka_unit_test(asks_for_a_picture),
        cmocka_unit_test(small_screens_show_the_fields),
        cmocka_unit_test(a_read_only_console_asks_nothing),
        cmocka_unit_test(a_read_only_console_says_so),
    };
    return cmocka_run_group_tests_name("tui/dialog", tests, NULL, NULL);
}
