#include "tui/layout.h"

enum {
    XL_COLS = 160,
    XL_ROWS = 48,
    L_COLS = 120,
    L_ROWS = 36,
    M_COLS = 80,
    M_ROWS = 24,
    S_COLS = 60,
    S_ROWS = 16,
    S_BODY_ROWS = 13, /* three levels a side, premium, sum of positions, an alarm */
    XS_COLS = 30,
    XS_ROWS = 6,
    STACK_ROWS = 30,
    GUARD_COLS = 52,
    LEVELS_MAX = SNAPSHOT_LEVELS_MAX,
    LEVELS_BUSY = 9,     /* each more costs a line far more bytes than a row of anything else */
    BOOK_FRAME_ROWS = 2, /* title and the middle row */
};

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

static enum layout_size size_of(int cols, int rows)
{
    if (cols >= XL_COLS && rows >= XL_ROWS) {
        return LAYOUT_XL;
    }
    if (cols >= L_COLS && rows >= L_ROWS) {
        return LAYOUT_L;
    }
    if (cols >= M_COLS && rows >= M_ROWS) {
        return LAYOUT_M;
    }
    if (cols >= XS_COLS && cols < M_COLS && rows >= STACK_ROWS) {
        return LAYOUT_STACK;
    }
    if (cols >= S_COLS && rows >= S_ROWS) {
        return LAYOUT_S;
    }
    return cols >= XS_COLS && rows >= XS_ROWS ? LAYOUT_XS : LAYOUT_LINE;
}

/* Takes `rows` off the top of what is left. */
static struct rect take_top(struct rect *left, int rows)
{
    const int taken = max_int(0, min_int(rows, left->rows));
    const struct rect top = {left->x, left->y, left->cols, taken};
    left->y += taken;
    left->rows -= taken;
    return top;
}

static struct rect take_bottom(struct rect *left, int rows)
{
    const int taken = max_int(0, min_int(rows, left->rows));
    left->rows -= taken;
    return (struct rect){left->x, left->y + left->rows, left->cols, taken};
}

static struct rect take_right(struct rect *left, int cols)
{
    const int taken = max_int(0, min_int(cols, left->cols));
    left->cols -= taken;
    return (struct rect){left->x + left->cols, left->y, taken, left->rows};
}

/* Splits a rect in two with a free column between them. */
static void halve(struct rect both, struct rect *left, struct rect *right)
{
    const int half = both.cols / 2;
    *left = (struct rect){both.x, both.y, half, both.rows};
    *right =
        (struct rect){both.x + half + 1, both.y, max_int(0, both.cols - half - 1), both.rows};
}

/* Rows of the panes below the books, each at its least; what is over goes to the books first,
 * then to the chart. */
struct shares {
    int books, premium, positions, guard, alerts, log;
};

static int used(const struct shares *shares)
{
    return shares->books + shares->premium + shares->positions + shares->guard +
           shares->alerts + shares->log;
}

static void grow(int *share, int most, int *over)
{
    const int more = max_int(0, min_int(most - *share, *over));
    *share += more;
    *over -= more;
}

/* Books grow by whole pairs of rows, so that the middle stays the middle. */
static void grow_books(int *books, int most, int *over)
{
    int more = max_int(0, min_int(most - *books, *over));
    more -= more % 2;
    *books += more;
    *over -= more;
}

static struct shares share_rows(const struct layout *layout, const struct layout_wish *wish,
                                int rows)
{
    const bool small = layout->size == LAYOUT_S;
    const bool column = layout->size == LAYOUT_XL;
    const int legs = 2 * max_int(1, wish->positions);
    struct shares shares = {
        .books = BOOK_FRAME_ROWS + 6,
        .premium = 2,
        .positions = small ? 1 : 4,
        .guard = small || column ? 0 : 2,
        .alerts = 2,
    };
    int over = rows - used(&shares);
    while (over < 0 && shares.books > BOOK_FRAME_ROWS + 2) {
        shares.books -= 2;
        over += 2;
    }
    if (small) {
        if (over >= 1 + legs) {
            grow(&shares.positions, 2 + legs, &over);
        }
        grow_books(&shares.books, BOOK_FRAME_ROWS + 2 * 5, &over);
        grow(&shares.premium, 6, &over);
        grow(&shares.alerts, 1 + max_int(1, wish->alerts), &over);
        grow(&shares.premium, over + shares.premium, &over);
        return shares;
    }
    grow(&shares.positions, min_int(2 + legs, 8), &over);
    grow_books(&shares.books, BOOK_FRAME_ROWS + 2 * 5, &over);
    grow(&shares.premium, layout->size == LAYOUT_M ? 4 : 9, &over);
    grow(&shares.alerts, min_int(1 + max_int(1, wish->alerts), column ? 7 : 4), &over);
    grow(&shares.guard, column ? 0 : 6, &over);
    grow_books(&shares.books, BOOK_FRAME_ROWS + 2 * LEVELS_BUSY, &over);
    grow(&shares.premium, 12, &over);
    grow(&shares.positions, 2 + legs, &over);
    grow(&shares.alerts, 1 + max_int(1, wish->alerts), &over);
    grow(&shares.premium, 18, &over);
    grow_books(&shares.books, BOOK_FRAME_ROWS + 2 * LEVELS_MAX, &over);
    shares.premium += over;
    return shares;
}

/* Panes over each other, books side by side at the top; XL keeps a column for guard and log. */
static void place_panes(struct layout *layout, const struct layout_wish *wish, struct rect left)
{
    const struct shares shares = share_rows(layout, wish, left.rows);
    struct rect upper = take_top(&left, shares.books + shares.premium);
    if (layout->size == LAYOUT_XL) {
        struct rect column = take_right(&upper, GUARD_COLS + (upper.cols - XL_COLS) / 4);
        upper.cols -= 1;
        layout->panes[PANE_GUARD] = take_top(&column, shares.books);
        layout->log = column;
    }
    const struct rect books = take_top(&upper, shares.books);
    halve(books, &layout->panes[PANE_BOOK_A], &layout->panes[PANE_BOOK_B]);
    layout->panes[PANE_PREMIUM] = upper;
    layout->panes[PANE_POSITIONS] = take_top(&left, shares.positions);
    if (layout->size != LAYOUT_XL) {
        layout->panes[PANE_GUARD] = take_top(&left, shares.guard);
    }
    layout->panes[PANE_ALERTS] = left;
}

static void place_stack(struct layout *layout, const struct layout_wish *wish, struct rect left)
{
    const int legs = 2 * max_int(1, wish->positions);
    int book = BOOK_FRAME_ROWS + 4, premium = 3, positions = 4, guard = 3, alerts = 2;
    int over = left.rows - (2 * book + premium + positions + guard + alerts);
    while (over < 0 && book > BOOK_FRAME_ROWS + 2) {
        book -= 2;
        over += 4;
    }
    int both = 2 * book;
    while (over >= 4 && both < 2 * (BOOK_FRAME_ROWS + 2 * 8)) {
        both += 4;
        over -= 4;
    }
    grow(&premium, 8, &over);
    grow(&positions, 2 + legs, &over);
    grow(&alerts, 1 + max_int(1, wish->alerts), &over);
    grow(&guard, 10, &over);
    layout->panes[PANE_BOOK_A] = take_top(&left, both / 2);
    layout->panes[PANE_BOOK_B] = take_top(&left, both / 2);
    layout->panes[PANE_PREMIUM] = take_top(&left, premium + max_int(0, over));
    layout->panes[PANE_POSITIONS] = take_top(&left, positions);
    layout->panes[PANE_GUARD] = take_top(&left, guard);
    layout->panes[PANE_ALERTS] = left;
}

/* Small screens show the pairs all or not at all: the premium's title speaks of one of them. */
static int pair_rows(const struct layout *layout, const struct layout_wish *wish, int rows)
{
    if (layout->size == LAYOUT_S) {
        return wish->pairs <= rows - S_BODY_ROWS ? wish->pairs : 0;
    }
    return min_int(wish->pairs, rows / 5);
}

struct layout layout_make(int cols, int rows, const struct layout_wish *wish)
{
    struct layout layout = {
        .size = size_of(cols, rows),
        .whole = {0, 0, max_int(0, cols), max_int(0, rows)},
    };
    struct rect left = layout.whole;
    if (layout.size == LAYOUT_LINE && !wish->full) {
        layout.header = left;
        return layout;
    }
    const bool tiny = layout.size == LAYOUT_LINE;
    layout.footer = take_bottom(&left, tiny && rows < 3 ? 0 : 1);
    layout.header = take_top(&left, tiny || layout.size == LAYOUT_XS ? rows > 2 : 2);
    layout.body = left;
    if (wish->full || layout.size == LAYOUT_XS) {
        return layout;
    }
    layout.pairs = take_top(&left, pair_rows(&layout, wish, left.rows));
    layout.body = left;
    if (wish->zoomed) {
        layout.panes[wish->focus] = left;
    } else if (layout.size == LAYOUT_STACK) {
        place_stack(&layout, wish, left);
    } else {
        place_panes(&layout, wish, left);
    }
    return layout;
}
