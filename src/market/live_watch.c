#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "live_state.h"

/* What nobody says: that nothing comes, that a side stands still, that time jumped. */

#define NS(ms) ((int64_t)((ms)*1e6))

/* What is heard is told so often, for books that are quiet by themselves. */
#define TELL_NS (250 * INT64_C(1000000))
/* So many changes of one side while the other stands are no accident. */
enum { ALONE_LEAST = 10 };

/* All books begin anew: nothing that waits in a buffer is believed. */
static void begin_anew(struct live *live, enum reason reason)
{
    log_warn("market", "all books begin anew reason=%s", reason_code(reason));
    for (int i = 0; i <= LINE_LAST; i++) {
        const struct live_line *line = &live->lines[i];
        if (line->open && line->carries_books) {
            live_tell(live, line->venue, NULL, FEED_NEWS_RESYNC, reason);
        }
    }
    live_ask_for(live, ASK_UPBIT_BOOKS);
    live_ask_for(live, ASK_TIME);
}

void live_check_clock(struct live *live, int64_t now_ns)
{
    const int64_t stood_ns = now_ns - live->tick_ns;
    const int64_t wall_off_ns = live->wall_ns() - (now_ns + live->ahead_ns);
    const int64_t step_ns = wall_off_ns - live->wall_off_ns;
    const bool stepped = llabs(step_ns) > NS(live->config.clock_step_ms);
    live->tick_ns = now_ns;
    live->wall_off_ns = wall_off_ns;
    if (stepped) {
        live_tell_clock(live, VENUE_A, REASON_CLOCK_STEP, step_ns, live->config.clock_step_ms);
    }
    if (stood_ns > NS(live->config.stall_ms)) {
        begin_anew(live, REASON_CLOCK_STALL);
    } else if (stepped) {
        begin_anew(live, REASON_CLOCK_STEP);
    }
}

static void watch_line(struct live_line *line, int64_t now_ns)
{
    struct live *live = line->live;
    if (!live_line_watch(line, now_ns) || !line->carries_books) {
        return;
    }
    const int64_t heard_ns = websocket_stats(line->socket)->heard_mono_ns;
    const bool quiet = live_line_is_quiet(line, now_ns);
    if (quiet && !line->stale) {
        line->stale = true;
        live_tell(live, line->venue, NULL, FEED_NEWS_STALE, REASON_FEED_STALE);
    } else if (!quiet && line->stale) {
        live_line_heard(line);
    }
    if (!quiet && heard_ns > line->told_ns && now_ns - line->told_ns >= TELL_NS) {
        line->told_ns = now_ns;
        live_tell(live, line->venue, NULL, FEED_NEWS_FRESH, REASON_NONE);
    }
}

/* Tells that something began or is over, when it did. */
static void follow(struct live *live, enum venue venue, int32_t pair, bool is, bool *was,
                   enum reason reason)
{
    if (is != *was) {
        *was = is;
        live_tell(live, venue, feeds_symbol(&live->intake.feeds.pairs[pair], venue),
                  is ? FEED_NEWS_STALE : FEED_NEWS_FRESH, reason);
    }
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* Binance sends diffs ten times a second: a pair that is quiet among others is not quiet. */
static bool is_quiet(const struct live *live, const struct feed_sides *sides, int64_t event_ns)
{
    const int64_t moved_ns = -earlier(-sides->bids_ns, -sides->asks_ns);
    return moved_ns > 0 && live->lines[LINE_PUBLIC].open &&
           event_ns - moved_ns > NS(live->config.silence_ms);
}

/* Is the venue late, or was its clock set? Its answers tell, and bring books meanwhile. */
static void watch_late(struct live *live, enum venue venue, bool late, int64_t *asked_ns)
{
    const int64_t now_ns = live->tick_ns;
    if (!late) {
        *asked_ns = 0;
    } else if (*asked_ns == 0 || now_ns - *asked_ns >= NS(live->config.resync_ms)) {
        *asked_ns = now_ns;
        live_ask_for(live, venue == VENUE_A ? ASK_UPBIT_BOOKS : ASK_TIME);
    }
}

static void watch_pair(struct live *live, int32_t index, enum venue venue, int64_t event_ns)
{
    struct live_pair *watched = &live->pairs[index];
    const struct feed_sides *sides = &live->intake.feeds.pairs[index].feeds[venue].sides;
    const int64_t stood_ns = event_ns - earlier(sides->bids_ns, sides->asks_ns);
    const bool one_stands =
        sides->alone >= ALONE_LEAST && stood_ns > NS(live->config.stale_side_ms);
    const bool quiet = venue == VENUE_B && is_quiet(live, sides, event_ns);
    follow(live, venue, index, one_stands, &watched->side_stale[venue], REASON_FEED_STALE_SIDE);
    follow(live, venue, index, quiet, &watched->stale[venue], REASON_FEED_STALE);
    watch_late(live, venue, feeds_is_late(&live->intake.feeds.pairs[index].feeds[venue]),
               &watched->late_asked_ns[venue]);
}

static uint64_t drops_of(const struct live *live, enum venue venue)
{
    static const enum reason reasons[] = {REASON_INPUT_MALFORMED, REASON_INPUT_NOT_FINITE,
                                          REASON_INPUT_NOT_POSITIVE, REASON_INPUT_RANGE,
                                          REASON_INPUT_DEPTH};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        count += live->intake.feeds.reasons[venue][reasons[i]];
    }
    return count;
}

/* One message that cannot be read is an accident; many are another dialect. */
static void watch_dialect(struct live *live, enum venue venue, int64_t now_ns)
{
    struct live_venue *state = &live->venues[venue];
    const uint64_t drops = drops_of(live, venue);
    const bool many = (double)(drops - state->dropped) > live->config.malformed_per_min;
    const bool minute_over = now_ns - state->minute_ns >= 60 * CLOCK_NS_PER_S;
    if (many && !state->drifts) {
        state->drifts = true;
        live_tell(live, venue, NULL, FEED_NEWS_STALE, REASON_VENUE_API_DRIFT);
    }
    if (!minute_over) {
        return;
    }
    state->minute_ns = now_ns;
    state->dropped = drops;
    if (state->drifts && !many) {
        state->drifts = false;
        live_tell(live, venue, NULL, FEED_NEWS_FRESH, REASON_VENUE_API_DRIFT);
    }
}

/* An offset that is too large is said as long as it is, and measured again meanwhile. */
static void tell_skew(struct live *live, enum venue venue, int64_t offset_ns, int64_t now_ns)
{
    struct live_venue *state = &live->venues[venue];
    if (state->skew_told_ns != 0 && now_ns - state->skew_told_ns < NS(live->config.resync_ms)) {
        return;
    }
    state->skew_told_ns = now_ns;
    live_tell_clock(live, venue, REASON_CLOCK_VENUE_SKEW, offset_ns,
                    live->config.clock_skew_ms);
    live_ask_for(live, venue == VENUE_A ? ASK_UPBIT_BOOKS : ASK_TIME);
}

static void watch_venue_clock(struct live *live, enum venue venue, int64_t now_ns)
{
    struct live_venue *state = &live->venues[venue];
    int64_t offset_ns;
    int64_t error_ns;
    if (!offset_get(&state->clock, &offset_ns, &error_ns)) {
        return;
    }
    const bool skewed = llabs(offset_ns) - error_ns > NS(live->config.clock_skew_ms);
    if (skewed && !state->skewed) {
        feeds_count(&live->intake.feeds, venue, REASON_CLOCK_VENUE_SKEW);
        log_warn("market", "%s clock differs offset_ms=%lld error_ms=%lld", venue_name(venue),
                 (long long)(offset_ns / CLOCK_NS_PER_MS),
                 (long long)(error_ns / CLOCK_NS_PER_MS));
    }
    state->skewed = skewed;
    if (skewed) {
        tell_skew(live, venue, offset_ns, now_ns);
    }
}

void live_watch(struct live *live, int64_t now_ns)
{
    live_check_clock(live, now_ns);
    if (live->overflowed && intake_waiting(&live->intake) == 0) {
        live->overflowed = false;
        begin_anew(live, REASON_CLOCK_STALL);
    }
    for (int i = 0; i <= LINE_LAST; i++) {
        watch_line(&live->lines[i], now_ns);
    }
    for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
        watch_pair(live, i, VENUE_A, now_ns + live->ahead_ns);
        watch_pair(live, i, VENUE_B, now_ns + live->ahead_ns);
    }
    watch_late(live, VENUE_A, live->intake.feeds.fx_late, &live->fx_late_asked_ns);
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        watch_dialect(live, venue, now_ns);
        watch_venue_clock(live, venue, now_ns);
    }
    live_asks_send(live, now_ns);
    live_past_watch(live, now_ns);
}
