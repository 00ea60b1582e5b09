#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "live_state.h"

/* How it stands with a venue, in numbers and in one line. */

static int64_t ms_until(int64_t due_ns, int64_t now_ns)
{
    return due_ns > now_ns ? (due_ns - now_ns + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS : 0;
}

static void say(struct live_status *out, enum venue venue, const char *what, const char *why)
{
    const long long seconds = (out->next_try_ms + 999) / 1000;
    text_cut(out->text, sizeof(out->text), "%s: %s: %s %s%snext try in %lld s",
             venue_name(venue), what, reason_code(out->reason), why, why[0] != '\0' ? "; " : "",
             seconds);
}

static void add_line(const struct live_line *line, struct live_status *out)
{
    if (line->socket == NULL) {
        return;
    }
    const struct websocket_stats *stats = websocket_stats(line->socket);
    out->connects += stats->connects;
    out->losses += stats->losses;
    out->reconnects += stats->connects > 0 ? stats->connects - 1 : 0;
    out->messages += stats->messages;
    out->bytes += stats->bytes;
    if (stats->heard_mono_ns > out->heard_mono_ns) {
        out->heard_mono_ns = stats->heard_mono_ns;
    }
    if (line->carries_books) {
        out->round_trip_ns = stats->round_trip_ns;
        out->round_trip_mono_ns = stats->round_trip_mono_ns;
    }
}

bool live_next_notice(struct source *source, char *text, size_t size)
{
    struct live *live = (struct live *)source;
    for (int32_t i = 0; i < live->intake.feeds.pairs_count; i++) {
        const struct feeds_pair *pair = &live->intake.feeds.pairs[i];
        const struct feed *feed = &pair->feeds[VENUE_A];
        struct live_pair *told = &live->pairs[i];
        if (told->gone != feed->gone) {
            told->gone = feed->gone;
            text_cut(text, size,
                     feed->gone ? "upbit does not list %s (misspelt, or delisted): nothing is "
                                  "traded there"
                                : "upbit lists %s again",
                     pair->symbol_a);
            return true;
        }
        if (strcmp(told->cautions, feed->cautions) != 0) {
            memcpy(told->cautions, feed->cautions, sizeof(told->cautions));
            text_cut(text, size, "upbit warns of %s: %s", pair->symbol_a,
                     feed->cautions[0] != '\0' ? feed->cautions : "no more");
            return true;
        }
    }
    return false;
}

bool live_is_of_network(enum reason reason)
{
    return strncmp(reason_code(reason), "NET.", strlen("NET.")) == 0;
}

static const char *what_of_line(const struct live_line *line)
{
    const bool answered = strncmp(reason_code(line->reason), "VENUE.", strlen("VENUE.")) == 0;
    return line->lost ? "lost" : answered ? "refuses" : "cannot be reached";
}

static void add_requests(const struct live *live, enum venue which, int64_t now_ns,
                         struct live_status *out)
{
    const struct live_venue *venue = &live->venues[which];
    out->requests = venue->requests;
    out->budget_left_pct = budget_left_pct(&venue->budget, now_ns);
    out->clock_known = offset_get(&venue->clock, &out->clock_offset_ns, &out->clock_error_ns);
    out->clock_mono_ns = out->clock_known ? venue->clock.heard_ns - live->ahead_ns : 0;
    out->banned_ms = ms_until(venue->banned_ns, now_ns);
    if (out->banned_ms > 0) {
        out->reason = REASON_VENUE_BANNED;
        out->next_try_ms = out->banned_ms;
        say(out, which, "is not to be asked", "");
    } else if (out->reason == REASON_NONE && venue->reason != REASON_NONE) {
        out->reason = venue->reason;
        out->next_try_ms = ms_until(venue->retry_ns, now_ns);
        const bool unheard = !out->reached && live_is_of_network(venue->reason);
        say(out, which, unheard ? "cannot be reached" : "requests fail", venue->why);
    }
}

void live_status(const struct source *source, enum venue venue, struct live_status *out)
{
    const struct live *live = (const struct live *)source;
    const int64_t now_ns = clock_monotonic_ns();
    *out = (struct live_status){.reached = true, .next_try_ms = -1};
    for (int i = 0; i <= LINE_LAST; i++) {
        const struct live_line *line = &live->lines[i];
        if (line->venue != venue) {
            continue;
        }
        add_line(line, out);
        if (line->open) {
            continue;
        }
        out->reached = false;
        if (line->reason != REASON_NONE && out->reason == REASON_NONE) {
            out->reason = line->reason;
            out->next_try_ms = ms_until(line->retry_ns, now_ns);
            say(out, venue, what_of_line(line), line->why);
        }
    }
    add_requests(live, venue, now_ns, out);
}

void live_traffic(const struct source *source, enum venue venue, struct source_traffic *out)
{
    const struct live *live = (const struct live *)source;
    struct live_status status;
    live_status(source, venue, &status);
    *out = (struct source_traffic){
        .messages = (double)status.messages,
        .bytes = (double)status.bytes,
        .reconnects = (double)status.reconnects,
        .requests = (double)status.requests,
        .queue_depth = (double)intake_waiting(&live->intake),
        .budget_left_pct = status.budget_left_pct,
        .round_trip_ms =
            status.round_trip_mono_ns != 0 ? (double)status.round_trip_ns / 1e6 : NAN,
        .clock_offset_ms = status.clock_known ? (double)status.clock_offset_ns / 1e6 : NAN,
        .clock_error_ms = status.clock_known ? (double)status.clock_error_ns / 1e6 : NAN,
        .heard_mono_ns = status.heard_mono_ns,
        .round_trip_mono_ns = status.round_trip_mono_ns,
        .clock_mono_ns = status.clock_mono_ns,
        .decode = &live->decode[venue],
        .decode_mono_ns = live->decode_mono_ns[venue],
    };
}
