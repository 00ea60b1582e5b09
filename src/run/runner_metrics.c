#include <assert.h>
#include <math.h>

#include "base/clock.h"
#include "runner_state.h"

/* What the machinery takes of the clock. It is looked at and never decided by, so a replay
 * differs here and nowhere else. */

enum { BOUND_POWER_FIRST = 10, BOUND_POWER_STEP = 2 };

static_assert(BOUND_POWER_FIRST + BOUND_POWER_STEP * (SNAPSHOT_LATENCY_BOUNDS - 1) <=
                  HISTOGRAM_POWERS,
              "every bound of a snapshot is one of a histogram");

static const enum reason REASONS[] = {
#define X(name, number, code, text) REASON_##name,
    REASON_TABLE(X)
#undef X
};

/* Whose message the event came from; false: of no venue alone. */
static bool came_from(const struct event *event, enum venue *out)
{
    switch (event->kind) {
    case EVENT_BOOK:
        *out = event->book.venue;
        return true;
    case EVENT_PRINT:
        *out = event->print.venue;
        return true;
    case EVENT_FX:
        *out = VENUE_A;
        return true;
    case EVENT_MARK:
    case EVENT_FUNDING:
        *out = VENUE_B;
        return true;
    case EVENT_ROW:
    case EVENT_FEED: /* tells what has not come, too */
    case EVENT_INSTRUMENT:
    case EVENT_CLOCK:
    case EVENT_FAULT:
    case EVENT_HISTORY:
    case EVENT_REPORT:
    case EVENT_TIMER:
    case EVENT_COMMAND:
    case EVENT_REVISION:
        break;
    }
    return false;
}

void runner_measure(struct runner *runner, const struct event *event, int64_t taken_ns)
{
    struct runner_metrics *metrics = &runner->metrics;
    enum venue venue = VENUE_A;
    const int64_t done_ns = clock_monotonic_ns();
    histogram_add(&metrics->cycle, done_ns - taken_ns);
    metrics->cycle_mono_ns = done_ns;
    if (runner->pace.follows && came_from(event, &venue)) {
        histogram_add(&metrics->decision[venue],
                      done_ns + runner->pace.ahead_ns - event->time_ns);
        metrics->decision_mono_ns[venue] = done_ns;
    }
}

static struct source_traffic unknown_traffic(void)
{
    return (struct source_traffic){.messages = NAN,
                                   .bytes = NAN,
                                   .reconnects = NAN,
                                   .requests = NAN,
                                   .queue_depth = NAN,
                                   .budget_left_pct = NAN,
                                   .round_trip_ms = NAN,
                                   .clock_offset_ms = NAN,
                                   .clock_error_ms = NAN};
}

/* What all feeds of a venue went through; what cannot be told apart counts for each. */
static struct source_feed all_feeds(const struct runner *runner, enum venue venue)
{
    const struct source_ops *ops = runner->source->ops;
    struct source_feed all = {0};
    for (int32_t i = 0; i < runner->setup.session.pairs_count; i++) {
        struct source_feed feed = {.messages = runner->meters[i][venue].messages};
        if (ops->feed != NULL) {
            (void)ops->feed(runner->source, i, venue, &feed);
        }
        all.messages += feed.messages;
        all.gaps += feed.gaps;
        all.resyncs += feed.resyncs;
        all.dropped += feed.dropped;
        all.reconnects = feed.reconnects > all.reconnects ? feed.reconnects : all.reconnects;
    }
    return all;
}

/* A connection carries all pairs of a venue, so that one of them reconnected is enough. */
static struct source_traffic traffic_of(const struct runner *runner, enum venue venue,
                                        const struct source_feed *feeds)
{
    const struct source_ops *ops = runner->source->ops;
    struct source_traffic traffic = unknown_traffic();
    if (ops->traffic != NULL) {
        ops->traffic(runner->source, venue, &traffic);
    }
    if (isnan(traffic.messages)) {
        traffic.messages = (double)feeds->messages;
    }
    if (isnan(traffic.reconnects) && ops->feed != NULL) {
        traffic.reconnects = (double)feeds->reconnects;
    }
    return traffic;
}

void runner_measure_rates(struct runner *runner, int64_t mono_ns)
{
    struct runner_metrics *metrics = &runner->metrics;
    const int64_t passed_ns = mono_ns - metrics->counted_mono_ns;
    const bool first = metrics->counted_mono_ns == 0;
    if (!first && passed_ns < CLOCK_NS_PER_S) {
        return;
    }
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct source_feed feeds = all_feeds(runner, venue);
        const struct source_traffic traffic = traffic_of(runner, venue, &feeds);
        const double passed_s = (double)passed_ns / 1e9;
        metrics->messages_per_s[venue] =
            (traffic.messages - metrics->messages[venue]) / passed_s;
        metrics->bytes_per_s[venue] = (traffic.bytes - metrics->bytes[venue]) / passed_s;
        metrics->messages[venue] = traffic.messages;
        metrics->bytes[venue] = traffic.bytes;
    }
    metrics->rates_mono_ns = first ? 0 : mono_ns;
    metrics->counted_mono_ns = mono_ns;
}

static void observe_latency(const struct histogram *histogram, int64_t last_mono_ns,
                            struct snapshot_latency *out)
{
    const bool any = histogram != NULL && histogram->count > 0;
    *out = (struct snapshot_latency){.p50_ms = NAN, .p99_ms = NAN, .max_ms = NAN};
    if (!any) {
        return;
    }
    out->count = histogram->count;
    out->p50_ms = (double)histogram_quantile_ns(histogram, 0.5) / 1e6;
    out->p99_ms = (double)histogram_quantile_ns(histogram, 0.99) / 1e6;
    out->max_ms = (double)histogram->max_ns / 1e6;
    out->sum_s = (double)histogram->sum_ns / 1e9;
    out->last_mono_ns = last_mono_ns;
    for (int i = 0; i < SNAPSHOT_LATENCY_BOUNDS; i++) {
        out->within[i] = histogram_within(histogram, BOUND_POWER_FIRST + BOUND_POWER_STEP * i);
    }
}

/* True for what a frame is thrown away for. */
static bool is_drop(enum reason reason)
{
    return reason == REASON_NET_OVERSIZE ||
           (reason >= REASON_INPUT_NOT_FINITE && reason <= REASON_INPUT_DEPTH);
}

static void observe_happenings(const struct runner *runner, enum venue venue,
                               struct snapshot_venue *out)
{
    const struct source_ops *ops = runner->source->ops;
    if (ops->count == NULL) {
        return;
    }
    out->dropped = 0;
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        const enum reason reason = REASONS[i];
        const uint64_t count = ops->count(runner->source, venue, reason);
        out->dropped += is_drop(reason) ? (double)count : 0.0;
        if (count > 0 && reason != REASON_NONE &&
            out->happenings_count < SNAPSHOT_REASONS_MAX) {
            out->happenings[out->happenings_count++] =
                (struct snapshot_happening){reason, count};
        }
    }
}

static void observe_venue(const struct runner *runner, enum venue venue,
                          const struct source_traffic *traffic, const struct source_feed *feeds,
                          struct snapshot_venue *out)
{
    const struct runner_metrics *metrics = &runner->metrics;
    const bool has_feeds = runner->source->ops->feed != NULL;
    const bool has_rates = metrics->rates_mono_ns != 0;
    *out = (struct snapshot_venue){
        .messages = traffic->messages,
        .bytes = traffic->bytes,
        .messages_per_s = has_rates ? metrics->messages_per_s[venue] : NAN,
        .bytes_per_s = has_rates ? metrics->bytes_per_s[venue] : NAN,
        .rates_mono_ns = metrics->rates_mono_ns,
        .heard_mono_ns = traffic->heard_mono_ns,
        .reconnects = traffic->reconnects,
        .gaps = has_feeds ? (double)feeds->gaps : NAN,
        .resyncs = has_feeds ? (double)feeds->resyncs : NAN,
        .dropped = has_feeds ? (double)feeds->dropped : NAN,
        .requests = traffic->requests,
        .budget_left_pct = traffic->budget_left_pct,
        .round_trip_ms = traffic->round_trip_ms,
        .round_trip_mono_ns = traffic->round_trip_mono_ns,
        .clock_offset_ms = traffic->clock_offset_ms,
        .clock_error_ms = traffic->clock_error_ms,
        .clock_mono_ns = traffic->clock_mono_ns,
    };
    observe_latency(traffic->decode, traffic->decode_mono_ns, &out->decode);
    observe_latency(&metrics->decision[venue], metrics->decision_mono_ns[venue],
                    &out->decision);
    observe_happenings(runner, venue, out);
}

void runner_observe_metrics(const struct runner *runner, struct snapshot *out)
{
    const struct runner_metrics *metrics = &runner->metrics;
    observe_latency(&metrics->cycle, metrics->cycle_mono_ns, &out->cycle);
    out->cycle_ms_p99 = out->cycle.p99_ms;
    for (enum venue venue = VENUE_A; venue <= VENUE_LAST; venue++) {
        const struct source_feed feeds = all_feeds(runner, venue);
        const struct source_traffic traffic = traffic_of(runner, venue, &feeds);
        out->queue_depth = traffic.queue_depth;
        observe_venue(runner, venue, &traffic, &feeds, &out->venues[venue]);
    }
}
