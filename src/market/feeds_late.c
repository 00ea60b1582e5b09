#include "feeds.h"

/* What a socket brings may have been long under way, though it comes just now. The venue's own
 * time says so, once it is known how far its clock is from ours. It is judged before it is
 * taken in, from what frames told and nothing else, so that a recording is judged alike. */

static bool is_late(const struct feeds *feeds, enum venue venue, int64_t under_way_ns)
{
    const struct feeds_clock *clock = &feeds->clocks[venue];
    return clock->known && under_way_ns + clock->off_ns - clock->error_ns > clock->late_ns;
}

void feeds_judge(struct feeds *feeds, int32_t pair, enum venue venue, int64_t exchange_ns)
{
    struct feed *feed = &feeds->pairs[pair].feeds[venue];
    feed->under_way_ns = feeds->receive_ns - exchange_ns;
    const bool late = is_late(feeds, venue, feed->under_way_ns);
    feeds_hold_late(feeds, pair, venue, late);
    feeds_hold_behind(feeds, venue, late);
}

bool feeds_judge_fx(struct feeds *feeds, int64_t exchange_ns)
{
    const bool late = is_late(feeds, VENUE_A, feeds->receive_ns - exchange_ns);
    if (late && !feeds->fx_late) {
        feeds_count(feeds, VENUE_A, REASON_FEED_STALE);
    }
    feeds->fx_late = late;
    feeds_hold_behind(feeds, VENUE_A, late);
    return late;
}

void feeds_take_offset(struct feeds *feeds, enum venue venue, const struct feed_news *news)
{
    feeds->clocks[venue] = (struct feeds_clock){
        .known = true,
        .off_ns = news->off_ms * 1000000,
        .error_ns = news->error_ms * 1000000,
        .late_ns = news->limit_ms * 1000000,
    };
    bool behind = false;
    for (int32_t i = 0; i < feeds->pairs_count; i++) {
        const struct feed *feed = &feeds->pairs[i].feeds[venue];
        if (feed->under_way_ns != 0) {
            const bool late = is_late(feeds, venue, feed->under_way_ns);
            feeds_hold_late(feeds, i, venue, late);
            behind = behind || late;
        }
    }
    feeds_hold_behind(feeds, venue, behind);
}
