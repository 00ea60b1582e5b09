#pragma once
#include "tui/list.h"
#include "tui/shape.h"
#include "tui/state.h"
#include "tui/units.h"

/* view: what panes are built from, and the few sentences they share. */

struct view {
    const struct state *state;
    const struct world *world;
    const struct snapshot *snapshot; /* the shown one */
    const struct snapshot *newest;
    int64_t now_ns;     /* of the shown snapshot: stands still while the view is frozen */
    int64_t silence_ns; /* how old the newest snapshot is */
    bool no_data;       /* too old to be taken for now */
};

/* Silence after which nothing may look live. */
#define VIEW_SILENCE_NS INT64_C(2000000000)
/* So far apart event time and the time on the wall are two clocks. */
#define VIEW_APART_NS INT64_C(2000000000)

struct view view_make(const struct state *state, const struct world *world);

/* The pair on show; NULL when there is none. */
const struct snapshot_pair *view_pair(const struct view *view);

/* Age now of something heard at event time `heard_ns`; -1 when never. */
int64_t view_age_ns(const struct view *view, int64_t heard_ns);
bool view_book_stale(const struct view *view, const struct snapshot_book *book);
bool view_fx_stale(const struct view *view);
/* How old a price of the pair is, from both books and fx, once one of them is stale; -1 before:
 * what did not change is still true. */
int64_t view_price_old_ns(const struct view *view, const struct snapshot_pair *pair);
/* Of all pairs, and of those with open trades, the oldest. */
int64_t view_prices_old_ns(const struct view *view);
int64_t view_open_old_ns(const struct view *view);
/* "seq ok 0.1s", "STALE 3.4s", "GAP 1.2s", "DOWN", "no data 5.0s". */
const char *view_feed_words(char buffer[UNITS_SIZE], const struct view *view,
                            const struct snapshot_book *book);

/* The funding to come: "+0.0100" percent, "3:12:45" left or "due", and how old both are; or why
 * there is none. */
struct view_funding {
    bool known, old, due;
    char rate[UNITS_SIZE], left[UNITS_SIZE], age[UNITS_SIZE];
    const char *why;
};
void view_funding(const struct view *view, const struct snapshot_pair *pair,
                  struct view_funding *out);

/* p - m, B over A: above zero Upbit is cheap. */
double view_deviation_bps(const struct snapshot_pair *pair);
/* "Upbit cheap 12.4" or "Upbit dear 3.0"; "no price yet". */
const char *view_deviation_words(char buffer[UNITS_SIZE], const struct snapshot_pair *pair);
/* "long Upbit, short Binance" */
const char *view_side_words(enum spread_side side);
/* A pair's name made safe; "?" for an index that is none, "all" for -1. */
const char *view_pair_name(char buffer[UNITS_SIZE], const struct snapshot *snapshot,
                           int32_t pair);
/* Whether prices, and so profits, come out of a generator. */
bool view_simulated(const struct snapshot *snapshot);
bool view_live(const struct snapshot *snapshot); /* of the venues themselves */
/* When the kill switch was engaged: wall time, which is said where event time differs. */
const char *view_killed_time(char buffer[UNITS_SIZE], const struct snapshot *snapshot);
/* The role of money: up, down, or normal when it rounds to nothing. */
enum role view_money_role(double usd);
