#include "tui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/safe.h"

#define NS_PER_MS       INT64_C(1000000)
#define NS_PER_S        1e9
#define SMALLEST_USD    0.005
#define BPS_PER_PERCENT 100.0
/* Binance tells the mark price, and with it the funding, at least every three seconds. */
#define FUNDING_OLD_NS INT64_C(15000000000)
#define SPEED_OF_LIFE  1.0

struct view view_make(const struct state *state, const struct world *world)
{
    struct view view = {
        .state = state,
        .world = world,
        .snapshot = world->shown,
        .newest = world->newest,
        .now_ns = state->frozen ? state->frozen_ns : world->now_ns,
    };
    if (world->newest != NULL) {
        view.silence_ns = world->now_ns - world->newest->made_mono_ns;
        view.no_data = view.silence_ns > VIEW_SILENCE_NS;
    }
    return view;
}

const struct snapshot_pair *view_pair(const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    const int32_t pair = view->state->pair;
    return pair >= 0 && pair < snapshot->pairs_count ? &snapshot->pairs[pair] : NULL;
}

/* Event time now: at the speed of life it goes on while the snapshot grows old. */
static int64_t event_now_ns(const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    const bool passes = snapshot->speed == SPEED_OF_LIFE && !snapshot->playback_paused &&
                        !snapshot->source_ended;
    const int64_t lag_ns = view->now_ns - snapshot->made_mono_ns;
    return snapshot->time_ns + (passes && lag_ns > 0 ? lag_ns : 0);
}

int64_t view_age_ns(const struct view *view, int64_t heard_ns)
{
    if (heard_ns <= 0) {
        return -1;
    }
    const int64_t age_ns = event_now_ns(view) - heard_ns;
    return age_ns > 0 ? age_ns : 0;
}

void view_funding(const struct view *view, const struct snapshot_pair *pair,
                  struct view_funding *out)
{
    *out = (struct view_funding){.known = false};
    if (pair->mark_ns <= 0) {
        const bool file = strcmp(view->snapshot->source_kind, "csv") == 0;
        out->why = file ? "file has none" : "not heard yet";
        return;
    }
    if (pair->funding_next_ns <= 0) {
        out->why = "it has none";
        return;
    }
    const int64_t age_ns = view_age_ns(view, pair->mark_ns);
    const int64_t left_ns = pair->funding_next_ns - event_now_ns(view);
    char left[UNITS_SIZE];
    units_clock(left, (double)left_ns / NS_PER_S);
    const bool short_hour = left[0] == '0' && strlen(left) == strlen("00:00:00");
    out->known = true;
    out->due = left_ns <= 0;
    out->old = view->no_data || age_ns > FUNDING_OLD_NS;
    units_signed(out->rate, pair->funding_rate_bps / BPS_PER_PERCENT, 4);
    snprintf(out->left, UNITS_SIZE, "%s", out->due ? "due" : left + short_hour);
    units_age_steady(out->age, age_ns);
}

bool view_book_stale(const struct view *view, const struct snapshot_book *book)
{
    const int64_t age_ns = view_age_ns(view, book->heard_ns);
    const bool old = book->age_limit_ms > 0.0 && isfinite(book->age_limit_ms) &&
                     (double)age_ns > book->age_limit_ms * (double)NS_PER_MS;
    return view->no_data || book->state != FEED_FRESH || age_ns < 0 || old;
}

bool view_fx_stale(const struct view *view)
{
    const double limit_ms = view->snapshot->fx_age_limit_ms;
    const int64_t age_ns = view_age_ns(view, view->snapshot->fx_heard_ns);
    return view->no_data || age_ns < 0 ||
           (limit_ms > 0.0 && (double)age_ns > limit_ms * (double)NS_PER_MS);
}

int64_t view_price_old_ns(const struct view *view, const struct snapshot_pair *pair)
{
    const bool stale = view_book_stale(view, &pair->a) || view_book_stale(view, &pair->b) ||
                       view_fx_stale(view);
    return stale ? view_age_ns(view, pair->decided_ns) : -1;
}

int64_t view_prices_old_ns(const struct view *view)
{
    int64_t oldest_ns = -1;
    for (int32_t i = 0; i < view->snapshot->pairs_count; i++) {
        const int64_t old_ns = view_price_old_ns(view, &view->snapshot->pairs[i]);
        oldest_ns = old_ns > oldest_ns ? old_ns : oldest_ns;
    }
    return oldest_ns;
}

int64_t view_open_old_ns(const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    int64_t oldest_ns = -1;
    for (int32_t i = 0; i < snapshot->positions_count; i++) {
        const int32_t pair = snapshot->positions[i].pair;
        if (pair >= 0 && pair < snapshot->pairs_count) {
            const int64_t old_ns = view_price_old_ns(view, &snapshot->pairs[pair]);
            oldest_ns = old_ns > oldest_ns ? old_ns : oldest_ns;
        }
    }
    return oldest_ns;
}

const char *view_feed_words(char buffer[UNITS_SIZE], const struct view *view,
                            const struct snapshot_book *book)
{
    char age[UNITS_SIZE];
    units_age(age, view_age_ns(view, book->heard_ns));
    const char *words = "STALE";
    if (view->no_data) {
        words = "NO DATA";
        units_age(age, view->silence_ns);
    } else if (book->state == FEED_DOWN) {
        words = "DOWN";
    } else if (book->state == FEED_GAP) {
        words = "GAP";
    } else if (book->state == FEED_RESYNC) {
        words = "RESYNC";
    } else if (book->state == FEED_SILENT || book->heard_ns <= 0) {
        words = "SILENT";
    } else if (!view_book_stale(view, book)) {
        words = "seq ok";
        units_age_steady(age, view_age_ns(view, book->heard_ns));
    }
    const bool aged = view->no_data || book->heard_ns > 0;
    snprintf(buffer, UNITS_SIZE, "%s%s%.20s", words, aged ? " " : "", aged ? age : "");
    return buffer;
}

double view_deviation_bps(const struct snapshot_pair *pair)
{
    return pair->premium_bps - pair->baseline_bps;
}

const char *view_deviation_words(char buffer[UNITS_SIZE], const struct snapshot_pair *pair)
{
    const double deviation_bps = view_deviation_bps(pair);
    char number[UNITS_SIZE];
    if (pair->decided_ns <= 0 || !isfinite(deviation_bps)) {
        snprintf(buffer, UNITS_SIZE, "no price yet");
        return buffer;
    }
    units_number(number, fabs(deviation_bps), 1);
    snprintf(buffer, UNITS_SIZE, "Upbit %s %.20s", deviation_bps >= 0.0 ? "cheap" : "dear",
             number);
    return buffer;
}

const char *view_side_words(enum spread_side side)
{
    return side == SPREAD_LONG_A_SHORT_B ? "long Upbit, short Binance"
                                         : "long Binance, short Upbit";
}

const char *view_pair_name(char buffer[UNITS_SIZE], const struct snapshot *snapshot,
                           int32_t pair)
{
    if (pair < 0 || pair >= snapshot->pairs_count) {
        snprintf(buffer, UNITS_SIZE, "%s", pair == -1 ? "all" : "?");
        return buffer;
    }
    const char *name = snapshot->pairs[pair].name;
    return safe_text(buffer, UNITS_SIZE, name,
                     strnlen(name, sizeof snapshot->pairs[pair].name));
}

bool view_simulated(const struct snapshot *snapshot)
{
    return strcmp(snapshot->source_kind, "simulated") == 0;
}

bool view_live(const struct snapshot *snapshot)
{
    return strcmp(snapshot->source_kind, "live") == 0;
}

const char *view_killed_time(char buffer[UNITS_SIZE], const struct snapshot *snapshot)
{
    char when[UNITS_SIZE];
    const int64_t apart_ns = snapshot->made_wall_ns - snapshot->time_ns;
    const bool differs = apart_ns > VIEW_APART_NS || apart_ns < -VIEW_APART_NS;
    units_time(when, snapshot->killed_wall_ns);
    snprintf(buffer, UNITS_SIZE, "%.20s%s", when, differs ? " wall" : "");
    return buffer;
}

enum role view_money_role(double usd)
{
    return usd >= SMALLEST_USD ? ROLE_UP : usd <= -SMALLEST_USD ? ROLE_DOWN : ROLE_NORMAL;
}
