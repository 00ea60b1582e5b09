#include "support/check.h"

#include "tui/layout.h"

enum { COLS = 300, ROWS = 100, RECTS = PANE_LAST + 5 };

/* The rects a layout gives out, the empty ones too. */
static void collect(const struct layout *layout, struct rect rects[RECTS])
{
    for (int i = 0; i <= PANE_LAST; i++) {
        rects[i] = layout->panes[i];
    }
    rects[PANE_LAST + 1] = layout->header;
    rects[PANE_LAST + 2] = layout->pairs;
    rects[PANE_LAST + 3] = layout->log;
    rects[PANE_LAST + 4] = layout->footer;
}

static bool overlap(const struct rect *a, const struct rect *b)
{
    const struct rect both = rect_clip(*a, b);
    return both.cols > 0 && both.rows > 0;
}

static void check_one(int cols, int rows, const struct layout_wish *wish)
{
    const struct layout layout = layout_make(cols, rows, wish);
    const struct rect whole = {0, 0, cols, rows};
    struct rect rects[RECTS];
    collect(&layout, rects);
    for (int i = 0; i < RECTS; i++) {
        const struct rect inside = rect_clip(rects[i], &whole);
        assert_true(rects[i].cols >= 0 && rects[i].rows >= 0);
        if (rects[i].cols > 0 && rects[i].rows > 0) {
            assert_memory_equal(&inside, &rects[i], sizeof inside);
        }
        for (int j = 0; j < i; j++) {
            if (overlap(&rects[i], &rects[j])) {
                print_error("%dx%d: %d and %d overlap\n", cols, rows, i, j);
                fail();
            }
        }
    }
}

/* Goal: at every size nothing overlaps and nothing leaves the screen. */
static void fits_every_size(void **state)
{
    const struct layout_wish wishes[] = {
        {.pairs = 3, .positions = 1, .alerts = 2},
        {.pairs = 8, .positions = 24, .alerts = 40},
        {.pairs = 1, .full = true},
        {.pairs = 3, .zoomed = true, .focus = PANE_PREMIUM},
        {.pairs = 0},
    };
    for (size_t i = 0; i < LEN(wishes); i++) {
        for (int cols = 1; cols <= COLS; cols++) {
            for (int rows = 1; rows <= ROWS; rows++) {
                check_one(cols, rows, &wishes[i]);
            }
        }
    }
}

static void chooses_by_what_fits(void **state)
{
    static const struct {
        int cols, rows;
        enum layout_size want;
    } cases[] = {
        {160, 48, LAYOUT_XL}, {159, 48, LAYOUT_L}, {120, 36, LAYOUT_L},  {120, 35, LAYOUT_M},
        {80, 24, LAYOUT_M},   {79, 24, LAYOUT_S},  {60, 16, LAYOUT_S},   {40, 40, LAYOUT_STACK},
        {59, 16, LAYOUT_XS},  {30, 6, LAYOUT_XS},  {29, 6, LAYOUT_LINE}, {1, 1, LAYOUT_LINE},
    };
    const struct layout_wish wish = {.pairs = 3};
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(layout_make(cases[i].cols, cases[i].rows, &wish).size, cases[i].want);
    }
}

/* Goal: the main screen of 80x24 is whole: every pane has a row behind its title. */
static void shows_everything_at_80x24(void **state)
{
    for (int pairs = 1; pairs <= 3; pairs++) {
        const struct layout_wish wish = {.pairs = pairs, .positions = 1, .alerts = 3};
        const struct layout layout = layout_make(80, 24, &wish);
        assert_int_equal(layout.pairs.rows, pairs);
        for (int i = 0; i <= PANE_LAST; i++) {
            assert_true(layout.panes[i].rows >= 2);
        }
        /* Three levels a side at least, and as many bids as asks. */
        assert_true(layout.panes[PANE_BOOK_A].rows >= 8);
        assert_int_equal(layout.panes[PANE_BOOK_A].rows % 2, 0);
    }
}

/* Goal: 60x16 has three levels a side, the premium, an alarm, and the sum of the positions. */
static void shows_an_alarm_at_60x16(void **state)
{
    for (int pairs = 1; pairs <= 3; pairs++) {
        const struct layout_wish wish = {.pairs = pairs, .positions = 1, .alerts = 3};
        const struct layout layout = layout_make(60, 16, &wish);
        assert_int_equal(layout.panes[PANE_BOOK_A].rows, 8);
        assert_int_equal(layout.panes[PANE_PREMIUM].rows, 2);
        assert_int_equal(layout.panes[PANE_POSITIONS].rows, 1);
        assert_int_equal(layout.panes[PANE_ALERTS].rows, 2);
        assert_int_equal(layout.pairs.rows, 0); /* all of them or none */
        assert_int_equal(layout_make(60, 16 + pairs, &wish).pairs.rows, pairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_every_size),
        cmocka_unit_test(chooses_by_what_fits),
        cmocka_unit_test(shows_everything_at_80x24),
        cmocka_unit_test(shows_an_alarm_at_60x16),
    };
    return cmocka_run_group_tests_name("tui/layout", tests, NULL, NULL);
}
