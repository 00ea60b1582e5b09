#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/pane.h"

/* One venue's book as a ladder: asks above, bids below, the middle row fixed. */

enum { RATE_COLS_MIN = 48, WORDS_COLS_MIN = 34, SPREAD_COLS_MIN = 34 };
#define BPS_PER_UNIT 10000.0
#define PRINT_OLD_NS INT64_C(10000000000) /* a trade so long ago says so */

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

/* The last is for where even the one before has no room: what is old runs down no more. */
enum { FUNDING_FORMS = 4, FUNDING_RESERVED = 2 };

/* The same from long to short. */
struct funding_words {
    enum role role;
    char forms[FUNDING_FORMS][4 * UNITS_SIZE];
};

static void word_funding(const struct view *view, const struct snapshot_pair *pair,
                         struct funding_words *out)
{
    struct view_funding funding;
    view_funding(view, pair, &funding);
    const size_t size = sizeof out->forms[0];
    out->role = funding.known && !funding.old ? ROLE_DIM : ROLE_MED;
    if (funding.known) {
        const char *rate = funding.rate, *left = funding.left, *age = funding.age;
        const char *old = funding.old ? "STALE " : "", *in = funding.due ? "" : "in ";
        snprintf(out->forms[0], size, "  funding %s %% %s%s, %sheard %s ago", rate, in, left,
                 old, age);
        snprintf(out->forms[1], size, "  funding %s%% %s%s %s%s", rate, in, left, old, age);
        const char *sign = funding.old ? "!" : "";
        snprintf(out->forms[2], size, " fund %s%% %s %s%s", rate, left, age, sign);
        snprintf(out->forms[3], size, " fund %s%% %s%s", rate, age, sign);
    } else {
        snprintf(out->forms[0], size, "  funding n/a: %s", funding.why);
        snprintf(out->forms[1], size, "  funding n/a: %s", funding.why);
        snprintf(out->forms[2], size, " fund n/a: %s", funding.why);
        snprintf(out->forms[3], size, " fund n/a");
    }
}

/* As long as there is room for, or not at all. */
static void add_funding(const struct funding_words *funding, int cols, struct line *line)
{
    for (int i = 0; i < FUNDING_FORMS; i++) {
        if (line_width(line) + canvas_text_width(funding->forms[i]) <= cols) {
            line_add(line, funding->role, "%s", funding->forms[i]);
            return;
        }
    }
}

static void add_last(const struct view *view, const struct snapshot_book *book, bool stale,
                     int cols, struct line *line)
{
    char price[UNITS_SIZE], words[2 * UNITS_SIZE];
    if (stale) {
        line_add(line, ROLE_MED, "%s", view_feed_words(words, view, book));
        return;
    }
    if (!(book->last_price > 0.0)) {
        return;
    }
    const enum role role = book->last_direction > 0   ? ROLE_UP
                           : book->last_direction < 0 ? ROLE_DOWN
                                                      : ROLE_NORMAL;
    snprintf(words, sizeof words, "last %s %s", units_price(price, book->last_price),
             book->last_direction > 0   ? "\u25b2"
             : book->last_direction < 0 ? "\u25bc"
                                        : " ");
    const int64_t age_ns = view_age_ns(view, book->last_ns);
    if (age_ns >= PRINT_OLD_NS) {
        char age[UNITS_SIZE];
        const size_t length = strlen(words);
        snprintf(words + length, sizeof words - length, " %s", units_age(age, age_ns));
    }
    const bool named = line_width(line) + canvas_text_width(words) <= cols;
    line_add(line, role, "%s", named ? words : words + strlen("last "));
}

static void add_spread(const struct snapshot_book *book, int cols, struct line *line)
{
    char number[UNITS_SIZE], words[2 * UNITS_SIZE];
    if (book->bids_count == 0 || book->asks_count == 0) {
        return;
    }
    const double bid = book->bids[0].price, ask = book->asks[0].price;
    snprintf(words, sizeof words, "  sprd %s",
             units_number(number, ask - bid, units_price_decimals(bid)));
    if (line_width(line) + canvas_text_width(words) <= cols) {
        line_add(line, ROLE_DIM, "%s", words);
        snprintf(words, sizeof words, " (%s bp)",
                 units_number(number, (ask - bid) / bid * BPS_PER_UNIT, 2));
        if (line_width(line) + canvas_text_width(words) <= cols) {
            line_add(line, ROLE_DIM, "%s", words);
        }
    }
}

/* `pair`: whose funding is to be told beside; NULL: none's. It is not to be had elsewhere, so
 * it goes before the spread. */
static void fill_middle(const struct view *view, const struct snapshot_book *book,
                        const struct snapshot_pair *pair, bool stale, int cols,
                        struct line *middle)
{
    struct funding_words funding;
    const bool funded = pair != NULL && cols >= SPREAD_COLS_MIN;
    int reserved = 0;
    if (funded) {
        word_funding(view, pair, &funding);
        reserved = canvas_text_width(funding.forms[FUNDING_RESERVED]);
    }
    line_add(middle, ROLE_NORMAL, "  ");
    add_last(view, book, stale, cols - reserved, middle);
    if (cols >= SPREAD_COLS_MIN) {
        add_spread(book, cols - reserved, middle);
    }
    if (funded) {
        add_funding(&funding, cols, middle);
    }
}

static void build(const struct view *view, const struct rect *area, struct panel *panel,
                  const struct snapshot_book *book, const struct snapshot_pair *funded,
                  const char *title)
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
    fill_middle(view, book, funded, stale, area->cols, &ladder->middle);
}

void pane_book_a(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair != NULL) {
        build(view, area, panel, &pair->a, NULL, "1 UPBIT");
    }
}

void pane_book_b(const struct view *view, const struct rect *area, struct panel *panel)
{
    const struct snapshot_pair *pair = view_pair(view);
    if (pair != NULL) {
        build(view, area, panel, &pair->b, pair, "2 BINANCE");
    }
}
