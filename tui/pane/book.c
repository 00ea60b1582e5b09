#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/pane.h"

/* One venue's book as a ladder: asks above, bids below, the middle row fixed. */

enum {
    RATE_COLS_MIN = 48,
    WORDS_COLS_MIN = 34,
    SPREAD_COLS_MIN = 34,
    SPREAD_BPS_COLS_MIN = 42
};
#define BPS_PER_UNIT 10000.0

/* A bar scale that seldom moves: 1, 2 or 5 times a power of ten. */
static double bar_scale(double largest)
{
    double scale = 1e-8;
    static const double STEPS[] = {2.0, 2.5, 2.0};
    for (int i = 0; scale < largest && i < 60; i++) {
        scale *= STEPS[i % 3];
    }
    return scale;
}

static double largest_size(const struct snapshot_book *book, int levels)
{
    double largest = 0.0;
    for (int i = 0; i < levels; i++) {
        if (i < book->bids_count && isfinite(book->bids[i].size)) {
            largest = fmax(largest, book->bids[i].size);
        }
        if (i < book->asks_count && isfinite(book->asks[i].size)) {
            largest = fmax(largest, book->asks[i].size);
        }
    }
    return largest;
}

static void fill_side(const struct snapshot_level *levels, int count, double scale,
                      struct ladder_level *out, int wanted)
{
    char text[UNITS_SIZE];
    double cumulative = 0.0;
    const int decimals = count > 0 ? units_price_decimals(levels[0].price) : 0;
    for (int i = 0; i < wanted && i < count; i++) {
        cumulative += levels[i].size;
        out[i].here = true;
        snprintf(out[i].price, sizeof out[i].price, "%.15s",
                 units_number(text, levels[i].price, decimals));
        snprintf(out[i].size, sizeof out[i].size, "%.11s", units_size(text, levels[i].size));
        snprintf(out[i].cumulative, sizeof out[i].cumulative, "%.11s",
                 units_size(text, cumulative));
        out[i].part = isfinite(levels[i].size) ? levels[i].size / scale : 0.0;
    }
}

static void fill_middle(const struct view *view, const struct snapshot_book *book, bool stale,
                        int cols, struct line *middle)
{
    char text[UNITS_SIZE], spread[UNITS_SIZE];
    line_add(middle, ROLE_NORMAL, "  ");
    if (stale) {
        line_add(middle, ROLE_MED, "%s", view_feed_words(text, view, book));
    } else if (book->last_price > 0.0) {
        const enum role role = book->last_direction > 0   ? ROLE_UP
                               : book->last_direction < 0 ? ROLE_DOWN
                                                          : ROLE_NORMAL;
        line_add(middle, role, "last %s %s", units_price(text, book->last_price),
                 book->last_direction > 0   ? "\u25b2"
                 : book->last_direction < 0 ? "\u25bc"
                                            : " ");
    }
    if (cols >= SPREAD_COLS_MIN && book->bids_count > 0 && book->asks_count > 0) {
        const double bid = book->bids[0].price, ask = book->asks[0].price;
        const int decimals = units_price_decimals(bid);
        line_add(middle, ROLE_DIM, "  sprd %s", units_number(spread, ask - bid, decimals));
        if (cols >= SPREAD_BPS_COLS_MIN) {
            line_add(middle, ROLE_DIM, " (%s bp)",
                     units_number(spread, (ask - bid) / bid * BPS_PER_UNIT, 2));
        }
    }
}

static void build(const struct view *view, const struct rect *area, struct panel *panel,
                  const struct snapshot_book *book, const char *title)
{
    char words[UNITS_SIZE];
    const bool stale = view_book_stale(view, book);
    line_add(&panel->title, ROLE_TITLE, "%s ", title);
    line_add_foreign(&panel->title, ROLE_TITLE, book->symbol, sizeof book->symbol);
    line_right(&panel->title);
    view_feed_words(words, view, book);
    if (!stale && area->cols < WORDS_COLS_MIN) {
        units_age_steady(words, view_age_ns(view, book->heard_ns));
    }
    line_add(&panel->title, stale ? ROLE_MED : ROLE_TITLE, "%s", words);
    if (area->cols >= RATE_COLS_MIN && !stale && book->messages_per_s > 0.0) {
        line_add(&panel->title, ROLE_TITLE, "  %s/s",
                 units_number(words, book->messages_per_s, 0));
    }
    struct ladder *ladder = &panel_add(panel, SHAPE_LADDER, 0)->ladder;
    const int fits = (area->rows - 1) / 2;
    ladder->stale = stale;
    ladder->levels = fits < 0 ? 0 : fits > SNAPSHOT_LEVELS_MAX ? SNAPSHOT_LEVELS_MAX : fits;
    const double scale = bar_scale(largest_size(book, ladder->levels));
    fill_side(book->asks, book->asks_count, scale, ladder->asks, ladder->levels);
    fill_side(book->bids, book->bids_count, scale, ladder->bids, ladder->levels);
    fill_middle(view, book, stale, area->cols, &ladder->middle);
}

void pane_book_a(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair != NULL) {
        build(view, area, panel, &pair->a, "1 UPBIT");
    }
}

void pane_book_b(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair != NULL) {
        build(view, area, panel, &pair->b, "2 BINANCE");
    }
}
