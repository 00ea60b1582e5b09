#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/pane.h"

/* A row per pair: how far it is from an entry, on which side, in words. */

enum { WORDS_COLS_MIN = 39, PRICES_COLS_MIN = 100, COSTS_COLS_MIN = 130 };

static bool fits(const struct line *line, int cols, const char *words)
{
    return line_width(line) + canvas_text_width(words) <= cols;
}

/* A feed that is not as it should be: with its age, or without where there is no room. */
static void add_feed(const struct view *view, const char *venue,
                     const struct snapshot_book *book, int cols, struct line *line)
{
    char words[UNITS_SIZE], text[2 * UNITS_SIZE];
    if (!view_book_stale(view, book)) {
        return;
    }
    snprintf(text, sizeof text, " \u00b7 %s %s", venue, view_feed_words(words, view, book));
    char *age = strrchr(text, ' ');
    if (!fits(line, cols, text) && book->heard_ns > 0) {
        *age = '\0';
    }
    line_add(line, ROLE_MED, "%s", fits(line, cols, text) ? text : "\u2026");
}

/* What it needs says nothing while the price is old. */
static void add_price(const struct view *view, const struct snapshot_pair *pair,
                      struct line *line)
{
    char words[UNITS_SIZE], number[UNITS_SIZE];
    const int64_t old_ns = view_price_old_ns(view, pair);
    view_deviation_words(words, pair);
    if (old_ns >= 0) {
        line_add(line, ROLE_STALE, "%s, %s ago", words, units_age(number, old_ns));
        return;
    }
    line_add(line, ROLE_STRONG, "%s", words);
    if (pair->decided_ns > 0 && isfinite(pair->need_bps)) {
        line_add(line, ROLE_NORMAL, ", needs %s bp", units_number(number, pair->need_bps, 1));
    }
}

static void add_distance(const struct view *view, const struct snapshot_pair *pair, int cols,
                         struct line *line)
{
    char number[UNITS_SIZE];
    add_price(view, pair, line);
    if (pair->open_trades > 0) {
        line_add(line, ROLE_NORMAL, " \u00b7 %d open", (int)pair->open_trades);
    }
    if (pair->warmup_left_s > 0.0) {
        line_add(line, ROLE_MED, " \u00b7 warm-up %s",
                 units_clock(number, pair->warmup_left_s));
    }
    add_feed(view, "upbit", &pair->a, cols, line);
    add_feed(view, "binance", &pair->b, cols, line);
}

/* BTC cheap 12.4 of 27.6 bp */
static void add_short_distance(const struct view *view, const struct snapshot_pair *pair,
                               struct line *line)
{
    char number[UNITS_SIZE], needed[UNITS_SIZE];
    const double deviation_bps = view_deviation_bps(pair);
    if (pair->decided_ns <= 0 || !isfinite(deviation_bps)) {
        line_add(line, ROLE_STRONG, "no price yet");
        return;
    }
    const int64_t old_ns = view_price_old_ns(view, pair);
    line_add(line, old_ns >= 0 ? ROLE_STALE : ROLE_STRONG, "%s %s",
             deviation_bps >= 0.0 ? "cheap" : "dear",
             units_number(number, fabs(deviation_bps), 1));
    if (old_ns >= 0) {
        line_add(line, ROLE_STALE, ", %s ago", units_age(needed, old_ns));
        return;
    }
    line_add(line, ROLE_NORMAL, " of %s bp", units_number(needed, pair->need_bps, 1));
}

static double middle(const struct snapshot_book *book)
{
    return book->bids_count > 0 && book->asks_count > 0
               ? (book->bids[0].price + book->asks[0].price) / 2.0
               : NAN;
}

static void add_prices(const struct view *view, const struct snapshot_pair *pair, int cols,
                       struct line *line)
{
    char a[UNITS_SIZE], b[UNITS_SIZE], net[UNITS_SIZE];
    line_right(line);
    if (cols >= COSTS_COLS_MIN && pair->decided_ns > 0 && view_price_old_ns(view, pair) < 0) {
        const double best =
            fmax(pair->net_bps[SPREAD_LONG_A_SHORT_B], pair->net_bps[SPREAD_LONG_B_SHORT_A]);
        line_add(line, ROLE_DIM, "net edge %s bp   ", units_signed(net, best, 1));
    }
    line_add(line, view_book_stale(view, &pair->a) ? ROLE_STALE : ROLE_NORMAL, "KRW %s",
             units_price(a, middle(&pair->a)));
    line_add(line, view_book_stale(view, &pair->b) ? ROLE_STALE : ROLE_NORMAL, "   USDT %s ",
             units_price(b, middle(&pair->b)));
}

void pane_pairs(const struct view *view, int cols, struct lines *lines)
{
    const struct snapshot *snapshot = view->snapshot;
    lines->count = 0;
    for (int i = 0; snapshot != NULL && i < snapshot->pairs_count; i++) {
        struct line *line = lines_add(lines);
        char name[UNITS_SIZE];
        const bool worded = cols >= WORDS_COLS_MIN;
        line_add(line, ROLE_STRONG, worded ? "%s%-5s " : "%s%s ",
                 i == view->state->pair ? "\u25b8" : " ", view_pair_name(name, snapshot, i));
        if (worded) {
            add_distance(view, &snapshot->pairs[i], cols, line);
        } else {
            add_short_distance(view, &snapshot->pairs[i], line);
        }
        if (cols >= PRICES_COLS_MIN) {
            add_prices(view, &snapshot->pairs[i], cols, line);
        }
        if (view->no_data) {
            for (int s = 0; s < line->count; s++) {
                line->spans[s].role = ROLE_STALE;
            }
        }
    }
}
