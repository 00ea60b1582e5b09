#include "hand.h"

#include "golden.h"
#include "tui/console.h"

/* Whole screens as text. */

struct screen_case {
    const char *name;
    enum fixture fixture;
    int cols, rows;
    const char *keys;
    bool ascii, roles;
};

static const struct screen_case CASES[] = {
    {"live-80x24-normal", FIXTURE_NORMAL, 80, 24, "", false, true},
    {"live-80x24-stale", FIXTURE_STALE, 80, 24, "", false, true},
    {"live-80x24-kill", FIXTURE_KILL, 80, 24, "", false, true},
    {"live-80x24-alarms", FIXTURE_ALARMS, 80, 24, "6", false, true},
    {"live-80x24-empty", FIXTURE_EMPTY, 80, 24, "", false, false},
    {"live-80x24-normal-ascii", FIXTURE_NORMAL, 80, 24, "", true, false},
    {"live-80x24-kill-ascii", FIXTURE_KILL, 80, 24, "", true, false},
    {"live-160x48-normal", FIXTURE_NORMAL, 160, 48, "", false, false},
    {"live-160x48-stale", FIXTURE_STALE, 160, 48, "", false, false},
    {"live-160x48-alarms", FIXTURE_ALARMS, 160, 48, "6", false, false},
    {"live-160x48-normal-ascii", FIXTURE_NORMAL, 160, 48, "", true, false},
    {"live-300x80-normal", FIXTURE_NORMAL, 300, 80, "", false, false},
    {"live-120x36-normal", FIXTURE_NORMAL, 120, 36, ">", false, false},
    {"live-60x16-normal", FIXTURE_NORMAL, 60, 16, "", false, false},
    {"live-60x16-kill", FIXTURE_KILL, 60, 16, "", false, false},
    {"live-60x16-normal-ascii", FIXTURE_NORMAL, 60, 16, "", true, false},
    {"live-40x40-normal", FIXTURE_NORMAL, 40, 40, "", false, false},
    {"live-30x6-normal", FIXTURE_NORMAL, 30, 6, "", false, false},
    {"live-30x6-stale", FIXTURE_STALE, 30, 6, "", false, false},
    {"live-30x6-kill-ascii", FIXTURE_KILL, 30, 6, "", true, false},
    {"live-30x6-empty", FIXTURE_EMPTY, 30, 6, "", false, false},
    {"live-60x16-stale", FIXTURE_STALE, 60, 16, "", false, false},
    {"live-24x1-normal", FIXTURE_NORMAL, 24, 1, "", false, false},
    {"live-10x3-normal", FIXTURE_NORMAL, 10, 3, "", false, false},
    {"live-28x1-kill", FIXTURE_KILL, 28, 1, "", false, false},
    {"premium-80x24-alone", FIXTURE_NORMAL, 80, 24, "33", false, false},
    {"trades-80x24", FIXTURE_NORMAL, 80, 24, "44", false, false},
    {"trade-80x24-closed", FIXTURE_NORMAL, 80, 24, "44j\r", false, false},
    {"trade-80x24-open", FIXTURE_NORMAL, 80, 24, "44\r", false, false},
    {"alerts-80x24", FIXTURE_ALARMS, 80, 24, "66", false, false},
    {"risk-80x24", FIXTURE_STALE, 80, 24, "55", false, false},
    {"live-80x24-live", FIXTURE_LIVE, 80, 24, "", false, false},
    {"live-120x36-live", FIXTURE_LIVE, 120, 36, "", false, false},
    {"system-80x24", FIXTURE_LIVE, 80, 24, "7", false, false},
    {"system-160x48", FIXTURE_LIVE, 160, 48, "7", false, false},
    {"system-80x24-empty", FIXTURE_EMPTY, 80, 24, "7", false, false},
    {"help-80x24", FIXTURE_NORMAL, 80, 24, "?", false, false},
    {"box-close-80x24", FIXTURE_NORMAL, 80, 24, "c", false, false},
    {"box-release-80x24", FIXTURE_KILL, 80, 24, ":release\rpaper-20261120-2124\rchecked", false,
     false},
    {"box-release-30x6", FIXTURE_KILL, 30, 6, ":release\rpaper-20261120-2124\rchecked", false,
     false},
    {"command-line-80x24", FIXTURE_NORMAL, 80, 24, ":pa", false, false},
    {"frozen-80x24", FIXTURE_NORMAL, 80, 24, " ", false, false},
};

static void screens_look_as_reviewed(void **state)
{
    for (size_t i = 0; i < LEN(CASES); i++) {
        const struct screen_case *row = &CASES[i];
        struct hand hand;
        struct text got = text_growing();
        hand_init(&hand, row->fixture);
        hand_type(&hand, 0, row->keys);
        hand_draw(&hand, row->cols, row->rows, row->ascii, row->roles, &got);
        golden_compare(row->name, &got);
        text_finish(&got);
    }
}

/* Goal: after two seconds without a new snapshot nothing on the screen looks live. */
static void silence_is_seen_at_every_size(void **state)
{
    static const struct {
        int cols, rows;
    } sizes[] = {{160, 48}, {80, 24}, {60, 16}, {40, 40}, {30, 6}, {30, 1}};
    for (size_t i = 0; i < LEN(sizes); i++) {
        struct hand hand;
        struct text got = text_growing();
        hand_init(&hand, FIXTURE_NORMAL);
        hand.world.now_ns += 5000 * HAND_MS;
        hand_draw(&hand, sizes[i].cols, sizes[i].rows, false, false, &got);
        const bool said = strstr(text_string(&got), "NO DATA") != NULL ||
                          strstr(text_string(&got), "NODATA") != NULL;
        assert_true(said);
        assert_null(strstr(text_string(&got), "seq ok"));
        assert_null(strstr(text_string(&got), "last "));
        text_finish(&got);
    }
}

/* Goal: no byte of the session reaches the screen as a control character. */
static void foreign_text_is_harmless(void **state)
{
    struct hand hand;
    struct text got = text_growing();
    hand_init(&hand, FIXTURE_ALARMS);
    snprintf(hand.snapshot.source, sizeof hand.snapshot.source,
             "CSV \033[2J\x9b"
             "31m.csv");
    snprintf(hand.snapshot.pairs[0].name, sizeof hand.snapshot.pairs[0].name, "B\aTC");
    hand_draw(&hand, 160, 48, false, false, &got);
    for (size_t i = 0; i < got.length; i++) {
        const unsigned char byte = (unsigned char)got.data[i];
        assert_true(byte == '\n' || byte >= ' ');
        assert_int_not_equal(byte, 127);
    }
    assert_null(strstr(text_string(&got), "\xe2\x80\xae")); /* right-to-left override */
    text_finish(&got);
}

/* Goal: --snap is the same picture. */
static void snap_is_the_golden_renderer(void **state)
{
    static struct snapshot snapshot;
    const struct console_snap want = {.screen = "live", .cols = 80, .rows = 24, .roles = true};
    struct text got = text_growing();
    struct err err;
    fixture_fill(&snapshot, FIXTURE_NORMAL);
    assert_true(console_snap(&snapshot, NULL, &want, &got, &err));
    golden_compare("live-80x24-normal", &got);
    text_finish(&got);
}

static void snap_refuses_nonsense(void **state)
{
    static struct snapshot snapshot;
    static const struct console_snap cases[] = {
        {.screen = "nowhere", .cols = 80, .rows = 24},
        {.screen = "live", .cols = 0, .rows = 24},
        {.screen = "live", .cols = 80, .rows = 100000},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct text got = text_growing();
        struct err err = {.kind = ERR_NONE};
        assert_false(console_snap(&snapshot, NULL, &cases[i], &got, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_int_equal(got.length, 0);
        text_finish(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_look_as_reviewed),
        cmocka_unit_test(silence_is_seen_at_every_size),
        cmocka_unit_test(foreign_text_is_harmless),
        cmocka_unit_test(snap_is_the_golden_renderer),
        cmocka_unit_test(snap_refuses_nonsense),
    };
    return cmocka_run_group_tests_name("tui/golden", tests, NULL, NULL);
}
