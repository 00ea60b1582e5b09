#include <math.h>

#include "base/text.h"
#include "measure.h"

/* Rules on feeds and fx. Ages are event time; a source without clock (csv) has no age limits
 * and raises none of these. */

static const struct snapshot_book *book_of(const struct snapshot *now, int32_t feed)
{
    const struct snapshot_pair *pair = &now->pairs[feed / 2];
    return feed % 2 == 0 ? &pair->a : &pair->b;
}

/* Since the start for a feed that was never heard. */
static double age_ms(const struct look *look, int64_t heard_ns)
{
    const int64_t from_ns = heard_ns > 0 ? heard_ns : look->start_ns;
    return seconds_between(from_ns, look->now->time_ns) * 1e3;
}

static bool is_over_age(const struct look *look, const struct snapshot_book *book)
{
    return age_ms(look, book->heard_ns) > book->age_limit_ms;
}

void measure_feed_stale(const struct look *look, int32_t subject, struct memory *memory,
                        struct finding *out)
{
    if (subject / 2 >= look->now->pairs_count) {
        return;
    }
    const struct snapshot_book *book = book_of(look->now, subject);
    const double age = age_ms(look, book->heard_ns);
    if (!(age > book->age_limit_ms)) {
        return;
    }
    out->enter = LEVEL_MED;
    out->stay = LEVEL_HIGH;
    out->since_ns = look->now->time_ns - (int64_t)((age - book->age_limit_ms) * 1e6);
    /* An open trade cannot be priced without its feed. */
    if (look->now->pairs[subject / 2].open_trades > 0) {
        out->high_dwell_s = look->alarm->second_high;
    }
    text_cut(out->text, sizeof(out->text), "%s %s %s%.1f s%s, limit %.1f s",
             venue_name(subject % 2 == 0 ? VENUE_A : VENUE_B), book->symbol,
             book->heard_ns > 0 ? "" : "not heard for ", age / 1e3,
             book->heard_ns > 0 ? " old" : "", book->age_limit_ms / 1e3);
}

/* Puts the resyncs since the last look at the front of the times kept. */
static void note_resyncs(struct memory *memory, uint64_t resyncs, int64_t now_ns)
{
    uint64_t fresh = resyncs > memory->count ? resyncs - memory->count : 0;
    memory->count = resyncs;
    fresh = fresh < MEMORY_TIMES ? fresh : MEMORY_TIMES;
    for (int i = MEMORY_TIMES - 1; i >= 0; i--) {
        const uint64_t at = (uint64_t)i;
        memory->times_ns[i] = at < fresh ? now_ns : memory->times_ns[at - fresh];
    }
}

void measure_feed_gap(const struct look *look, int32_t subject, struct memory *memory,
                      struct finding *out)
{
    if (subject / 2 >= look->now->pairs_count) {
        return;
    }
    const struct snapshot_book *book = book_of(look->now, subject);
    const int64_t now_ns = look->now->time_ns;
    const double window_s = look->alarm->leave_dwell_s;
    const bool mending = book->state == FEED_GAP || book->state == FEED_RESYNC;
    int recent = 0;
    note_resyncs(memory, book->resyncs, now_ns);
    for (int i = 0; i < MEMORY_TIMES; i++) {
        recent += memory->times_ns[i] != 0 &&
                  seconds_between(memory->times_ns[i], now_ns) <= window_s;
    }
    if (!mending) {
        memory->ns = now_ns;
    }
    const double mending_s = seconds_between(memory->ns > 0 ? memory->ns : now_ns, now_ns);
    /* No more than MEMORY_TIMES are told apart. */
    const double many = fmin(look->alarm->enter, MEMORY_TIMES);
    if (recent >= many || mending_s > look->alarm->second) {
        out->enter = LEVEL_MED;
    }
    /* The window itself forgets; nothing is waited for beyond it. */
    out->stay = recent > 0 || mending ? LEVEL_MED : LEVEL_NONE;
    out->leave_dwell_s = 0.0;
    const char *venue = venue_name(subject % 2 == 0 ? VENUE_A : VENUE_B);
    if (mending) {
        text_cut(out->text, sizeof(out->text), "%s %s resyncs for %.1f s", venue, book->symbol,
                 mending_s);
    } else {
        text_cut(out->text, sizeof(out->text), "%s %s: %d resync%s in %.0f min", venue,
                 book->symbol, recent, recent == 1 ? "" : "s", window_s / 60.0);
    }
}

/* Of a pair. A feed over its age limit is feed.stale's business alone. */
void measure_feed_skew(const struct look *look, int32_t subject, struct memory *memory,
                       struct finding *out)
{
    if (subject >= look->now->pairs_count) {
        return;
    }
    const struct snapshot_pair *pair = &look->now->pairs[subject];
    if (isnan(pair->a.age_limit_ms) || pair->a.heard_ns == 0 || pair->b.heard_ns == 0 ||
        is_over_age(look, &pair->a) || is_over_age(look, &pair->b)) {
        return;
    }
    const double skew_ms = fabs(seconds_between(pair->a.heard_ns, pair->b.heard_ns)) * 1e3;
    out->enter = skew_ms > look->alarm->enter ? LEVEL_MED : LEVEL_NONE;
    out->stay = skew_ms >= look->alarm->leave ? LEVEL_MED : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "%s: the two books are %.0f ms apart, limit %.0f",
             pair->name, skew_ms, look->alarm->enter);
}

void measure_fx_stale(const struct look *look, int32_t subject, struct memory *memory,
                      struct finding *out)
{
    const double limit_ms = look->now->fx_age_limit_ms;
    const double age = age_ms(look, look->now->fx_heard_ns);
    if (isnan(limit_ms)) {
        return;
    }
    if (age > limit_ms) {
        out->enter = LEVEL_MED;
        out->since_ns = look->now->time_ns - (int64_t)((age - limit_ms) * 1e6);
    }
    out->stay = age >= look->alarm->leave * 1e3 ? LEVEL_HIGH : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "fx %.0f s old, limit %.0f s", age / 1e3,
             limit_ms / 1e3);
}

void measure_fx_jump(const struct look *look, int32_t subject, struct memory *memory,
                     struct finding *out)
{
    const struct history *history = look->history;
    const double window_s = look->config->risk_limits.fx_jump_window_s;
    double low = (double)INFINITY;
    double high = 0.0;
    if (isnan(look->now->fx_age_limit_ms) || !(window_s > 0.0)) {
        return;
    }
    const int64_t part_now = (int64_t)(seconds_between(0, look->now->time_ns) / window_s * 12);
    for (int i = 0; i < HISTORY_FX_PARTS; i++) {
        if (history->fx_high[i] > 0.0 && part_now - history->fx_part[i] <= 12) {
            low = fmin(low, history->fx_low[i]);
            high = fmax(high, history->fx_high[i]);
        }
    }
    const double move_bps = high > 0.0 ? (high - low) / low * 1e4 : 0.0;
    const struct config_alarm *alarm = look->alarm;
    /* At the threshold is a jump: four ticks are meant to be one. */
    out->enter = move_bps >= alarm->enter_high ? LEVEL_HIGH
                 : move_bps >= alarm->enter    ? LEVEL_MED
                                               : LEVEL_NONE;
    out->stay = move_bps >= alarm->leave ? LEVEL_HIGH : LEVEL_NONE;
    text_cut(out->text, sizeof(out->text), "fx moved %.0f bps within %.0f s, limit %.0f",
             move_bps, window_s, alarm->enter);
}

void measure_fx_wide(const struct look *look, int32_t subject, struct memory *memory,
                     struct finding *out)
{
    const double ticks = look->input->fx_spread_ticks;
    out->enter = level_above(ticks, look->alarm->enter, (double)NAN, (double)NAN);
    out->stay = level_above(ticks, look->alarm->leave, (double)NAN, (double)NAN);
    text_cut(out->text, sizeof(out->text), "KRW-USDT is %.0f ticks wide, limit %.0f", ticks,
             look->alarm->enter);
}

/* A jump is the span between the lowest and the highest rate of the window, kept by twelfths.
 */
void history_look(struct history *history, const struct snapshot *now, double fx_window_s)
{
    const double rate = now->krw_per_usd;
    if (!isfinite(rate) || rate <= 0.0 || !(fx_window_s > 0.0)) {
        return;
    }
    const int64_t part = (int64_t)(seconds_between(0, now->time_ns) / fx_window_s * 12);
    const int64_t at = part % HISTORY_FX_PARTS;
    if (history->fx_part[at] != part || history->fx_high[at] <= 0.0) {
        history->fx_part[at] = part;
        history->fx_low[at] = rate;
        history->fx_high[at] = rate;
    }
    history->fx_low[at] = fmin(history->fx_low[at], rate);
    history->fx_high[at] = fmax(history->fx_high[at], rate);
}
